//! What a code says: the codes on posters, on screens, on phones and on cards, read once and proven.
//!
//! Everything a camera, a USB scanner or a keyboard hands in goes through [`scan()`], which parses it
//! into a type that cannot be wrong about its form. What claims to be signed stays [`Unverified`]
//! until a [`Verifier`] has proven it; [`VerifiedCache`] remembers what was proven, because a
//! signature costs more than everything else at the door. A code proves; it never reads: the number
//! of the person inside is sealed, so a photograph of a card tells nothing and links nothing.
//!
//! There is no clock, no randomness and no I/O here: both time (Unix seconds) and random bytes are
//! arguments. Whether a pass or a card was revoked is not known here either; callers ask their store
//! at every scan, by person and serial.
//!
//! | Code | Text | Made by |
//! | --- | --- | --- |
//! | [`GateCode`] | `7K3M-Q2XA`, or `https://…/d/7K3MQ2XA` | random bytes and a check character |
//! | [`ScreenCode`] | `…/d/7K3MQ2XA/9DT04MZB`, another every minute | [`GateKey`] |
//! | [`Pass`] | `GP1:…`, 152 characters | [`Issuer`] |
//! | [`Card`] | `GK1:…`, 152 characters | [`Issuer`] |
//! | [`HealthCertificateText`] | `HC1:…`, `shc:/…` | others; recognised and kept as text |

mod cache;
mod credential;
mod crockford;
mod gate_code;
mod gate_key;
mod keys;
mod scan;
mod verify;
mod words;

pub use cache::VerifiedCache;
pub use credential::{
    CODE_BYTES, CODE_CHARACTERS, Card, Credential, FormError, IssueError, Issuer, Kind, Pass,
    Unverified,
};
pub use crockford::TypedCodeError;
pub use gate_code::{GateCode, POSTER_URL_BYTES_MAX, PosterUrlError, ScreenCode};
pub use gate_key::{GateKey, SCREEN_CODE_SECONDS, minute_of};
pub use keys::{KeyId, KeyIdError, KeyRing, KeyRingError, SigningKey, VerifyingKey};
pub use scan::{
    CertificateFormat, HealthCertificateText, SCAN_BYTES_MAX, ScanError, Scanned, scan,
};
pub use verify::{CLOCK_TOLERANCE_SECONDS, Verified, Verifier, VerifyError};
pub use words::{WORDS, WORDS_COUNT};
