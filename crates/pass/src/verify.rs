//! Proving a pass or a card: the key is known, the signature holds, the time is right.

use std::fmt;

use thiserror::Error;

use crate::credential::{Credential, Kind, Unverified};
use crate::keys::{KeyId, VerifyingKey};

/// How far ahead of this clock the issuing clock may be, in seconds.
///
/// A pass may be shown in the second in which another server made it.
pub const CLOCK_TOLERANCE_SECONDS: i64 = 30;

/// Why a code that has the right form proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum VerifyError {
    /// Signed rightly, but what was signed makes no sense.
    #[error("the code contradicts itself")]
    Malformed,
    /// No key of that name is in the ring.
    #[error("the code names a key that is not known here")]
    UnknownKey,
    /// The key has been retired for longer than its codes may live.
    #[error("the key of this code is no longer trusted")]
    KeyRetired,
    /// The key of that name did not sign this.
    #[error("the signature does not fit")]
    BadSignature,
    /// Its time has not come.
    #[error("the code is not valid yet")]
    NotYetValid,
    /// Its time is over.
    #[error("the code has expired")]
    Expired,
}

impl VerifyError {
    /// The stable word for commands and interfaces.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::UnknownKey => "unknown-key",
            Self::KeyRetired => "key-retired",
            Self::BadSignature => "bad-signature",
            Self::NotYetValid => "not-yet-valid",
            Self::Expired => "expired",
        }
    }
}

/// What a proven code says. Whether it was revoked since, only the store knows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    kind: Kind,
    key_id: KeyId,
    person: u64,
    serial: u64,
    issued_at: i64,
    expires_at: i64,
    key_not_after: Option<i64>,
    fingerprint: [u8; 32],
}

impl Verified {
    /// Pass or card.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The pseudonymous number of the visitor.
    pub const fn person(&self) -> u64 {
        self.person
    }

    /// A card's number, or the version of the person's passes.
    pub const fn serial(&self) -> u64 {
        self.serial
    }

    /// Unix seconds.
    pub const fn issued_at(&self) -> i64 {
        self.issued_at
    }

    /// Unix seconds; at this moment it is no longer valid.
    pub const fn expires_at(&self) -> i64 {
        self.expires_at
    }

    /// The key that signed.
    pub const fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// The SHA-256 of the code, by which a caller may remember it.
    pub const fn fingerprint(&self) -> &[u8; 32] {
        &self.fingerprint
    }

    /// Whether the code, once proven, still holds at a moment in Unix seconds.
    pub fn holds_at(&self, now: i64) -> Result<(), VerifyError> {
        if self.key_not_after.is_some_and(|last| now > last) {
            return Err(VerifyError::KeyRetired);
        }
        if now >= self.expires_at {
            return Err(VerifyError::Expired);
        }
        if self.issued_at > now.saturating_add(CLOCK_TOLERANCE_SECONDS) {
            return Err(VerifyError::NotYetValid);
        }
        Ok(())
    }
}

/// Written without the fingerprint, which links scans of one card.
impl fmt::Debug for Verified {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Verified")
            .field("kind", &self.kind)
            .field("person", &self.person)
            .field("serial", &self.serial)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// Proves passes and cards of all keys it knows. It cannot sign.
#[derive(Clone, Debug)]
pub struct Verifier(Vec<VerifyingKey>);

impl Verifier {
    /// Takes the keys that may prove; of two with one name the first counts.
    pub fn new(keys: impl IntoIterator<Item = VerifyingKey>) -> Self {
        Self(keys.into_iter().collect())
    }

    /// Proves a code at a moment given in Unix seconds.
    pub fn verify<T: Credential>(
        &self,
        code: &Unverified<T>,
        now: i64,
    ) -> Result<Verified, VerifyError> {
        let verified = self.prove(code)?;
        verified.holds_at(now)?;
        Ok(verified)
    }

    /// Proves the signature alone, for those who then ask at what times the code holds.
    pub fn prove<T: Credential>(&self, code: &Unverified<T>) -> Result<Verified, VerifyError> {
        // A server has a handful of keys, and a list is the fastest map of a handful.
        let key = self
            .0
            .iter()
            .find(|key| key.id == code.key_id())
            .ok_or(VerifyError::UnknownKey)?;
        key.public
            .verify_sig(&code.signed_message(), code.signature())
            .map_err(|_| VerifyError::BadSignature)?;
        let block = key.seal.open(T::KIND, code.sealed_block());
        let person = number(&block, 0);
        let sealed = number(&block, 8);
        let issued_at = code.issued_at();
        let serial = match T::KIND {
            Kind::Card => sealed,
            Kind::Pass if sealed & 0xffff_ffff == issued_at.cast_unsigned() => sealed >> 32,
            Kind::Pass => return Err(VerifyError::Malformed),
        };
        if code.expires_at() <= issued_at {
            return Err(VerifyError::Malformed);
        }
        Ok(Verified {
            kind: T::KIND,
            key_id: key.id,
            person,
            serial,
            issued_at,
            expires_at: code.expires_at(),
            key_not_after: key.not_after,
            fingerprint: code.fingerprint(),
        })
    }
}

fn number(block: &[u8; 16], from: usize) -> u64 {
    u64::from_be_bytes(std::array::from_fn(|place| block[from + place]))
}
