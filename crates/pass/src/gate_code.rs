//! What a poster and a gate's screen say: which door this is, and that somebody stands before it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use crate::crockford::{self, Symbols, TYPED_CHARACTERS, TypedCodeError};

/// The longest address a poster carries: what a QR code of version 5 (37 modules a side) holds at
/// error level Q in byte mode (ISO/IEC 18004, table 7).
pub const POSTER_URL_BYTES_MAX: usize = 60;

/// The code of one gate: seven random characters of Crockford's Base32 and a check character.
///
/// The eight values, taken as a polynomial over GF(2⁵) with x⁵ + x² + 1, are zero at the field's
/// generator. So any single wrong character and any two characters that changed places are noticed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GateCode([u8; TYPED_CHARACTERS]);

impl GateCode {
    /// Makes a code from random bytes, of which 35 bits are used.
    pub fn from_random(bytes: [u8; 5]) -> Self {
        let mut symbols = crockford::symbols_of(bytes);
        symbols[TYPED_CHARACTERS - 1] = 0;
        // The last step of the evaluation leaves exactly what the check character must cancel.
        symbols[TYPED_CHARACTERS - 1] = value_at_generator(symbols);
        Self(crockford::write(symbols))
    }

    /// Reads a code as a person types it.
    pub fn parse(text: &str) -> Result<Self, TypedCodeError> {
        let symbols = crockford::read(text)?;
        if value_at_generator(symbols) != 0 {
            return Err(TypedCodeError::Check);
        }
        Ok(Self(crockford::write(symbols)))
    }

    /// The eight characters without a gap.
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }

    /// The code in two groups of four, as posters show it: `7K3M-Q2XA`.
    pub fn grouped(&self) -> String {
        grouped(self.as_str())
    }

    /// The address of this gate's page; `public_url` may end with a slash.
    pub fn url(&self, public_url: &str) -> String {
        format!("{}/d/{self}", public_url.trim_end_matches('/'))
    }

    /// The address for a poster, which must be one that phones open and that fits the poster's QR.
    pub fn poster_url(&self, public_url: &str) -> Result<String, PosterUrlError> {
        if !["https://", "http://"]
            .iter()
            .any(|scheme| public_url.len() > scheme.len() && public_url.starts_with(scheme))
        {
            return Err(PosterUrlError::NotAnAddress);
        }
        let url = self.url(public_url);
        if url.len() > POSTER_URL_BYTES_MAX {
            return Err(PosterUrlError::TooLong { bytes: url.len() });
        }
        Ok(url)
    }

    /// The address that a gate's screen shows as a QR, with the minute's code at its end.
    pub fn screen_url(&self, public_url: &str, screen: ScreenCode) -> String {
        format!("{}/{screen}", self.url(public_url))
    }
}

/// Why an address cannot stand on a poster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PosterUrlError {
    /// It does not begin with `https://` or `http://` and a name.
    #[error("public_url must begin with https:// (or http://), or phones will not open the poster")]
    NotAnAddress,
    /// The QR code would need more than 37 modules a side.
    #[error(
        "the address on the poster would have {bytes} bytes; at most {POSTER_URL_BYTES_MAX} fit its QR code, so choose a shorter public_url"
    )]
    TooLong {
        /// How long the whole address would be.
        bytes: usize,
    },
}

/// The code on a gate's screen, which changes every minute and proves that its reader is there.
///
/// It has the form of a gate's code without a check character; whether it is right is decided by
/// [`GateKey::accepts_screen_code`](crate::GateKey::accepts_screen_code).
#[derive(Clone, Copy)]
pub struct ScreenCode([u8; TYPED_CHARACTERS]);

impl ScreenCode {
    pub(crate) fn from_mac(bytes: [u8; 5]) -> Self {
        Self(crockford::write(crockford::symbols_of(bytes)))
    }

    /// Reads a code as a person types it.
    pub fn parse(text: &str) -> Result<Self, TypedCodeError> {
        Ok(Self(crockford::write(crockford::read(text)?)))
    }

    /// The eight characters without a gap.
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }

    /// The code in two groups of four.
    pub fn grouped(&self) -> String {
        grouped(self.as_str())
    }
}

/// Without the usual `==`: a screen's code is compared in constant time.
impl PartialEq for ScreenCode {
    fn eq(&self, other: &Self) -> bool {
        aws_lc_rs::constant_time::verify_slices_are_equal(&self.0, &other.0).is_ok()
    }
}

impl Eq for ScreenCode {}

/// Evaluates the eight values as a polynomial at the generator of GF(2⁵), by Horner's rule.
fn value_at_generator(symbols: Symbols) -> u8 {
    symbols.iter().fold(0, |sum, &symbol| {
        let doubled = sum << 1;
        let reduced = if doubled & 0b10_0000 == 0 {
            doubled
        } else {
            doubled ^ 0b10_0101
        };
        reduced ^ symbol
    })
}

fn ascii(bytes: &[u8; TYPED_CHARACTERS]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

fn grouped(text: &str) -> String {
    let (first, second) = text.split_at(TYPED_CHARACTERS / 2);
    format!("{first}-{second}")
}

impl fmt::Display for GateCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl fmt::Debug for GateCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "GateCode({})", self.as_str())
    }
}

impl fmt::Display for ScreenCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Written without the code: for a minute it is as good as standing at the door.
impl fmt::Debug for ScreenCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ScreenCode(…)")
    }
}

impl FromStr for GateCode {
    type Err = TypedCodeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl Serialize for GateCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for GateCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LETTERS: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    #[test]
    fn a_known_code_stays_what_it_is() {
        let code = GateCode::from_random([0x3a, 0xb7, 0x41, 0x5e, 0xd0]);
        assert_eq!(code.as_str(), "7AVM2QPX");
        assert_eq!(code.grouped(), "7AVM-2QPX");
    }

    #[test]
    fn json_carries_a_code_as_text_and_refuses_a_misread_one() {
        let code = GateCode::from_random([1, 2, 3, 4, 5]);
        let json = serde_json::to_string(&code).expect("a code is text");
        assert_eq!(serde_json::from_str::<GateCode>(&json).ok(), Some(code));
        assert!(serde_json::from_str::<GateCode>("\"7AVM2QPY\"").is_err());
    }

    #[test]
    fn a_poster_takes_sixty_bytes_and_says_so_at_sixty_one() {
        let code = GateCode::from_random([0; 5]);
        let fits = format!("https://{}", "a".repeat(41));
        assert_eq!(code.poster_url(&fits).map(|url| url.len()), Ok(60));
        let too_long = format!("{fits}a");
        assert_eq!(
            code.poster_url(&too_long),
            Err(PosterUrlError::TooLong { bytes: 61 })
        );
    }

    #[test]
    fn a_poster_needs_an_address_that_phones_open() {
        let code = GateCode::from_random([0; 5]);
        for public_url in ["", "gapura.example", "ftp://gapura.example", "https://"] {
            assert_eq!(
                code.poster_url(public_url),
                Err(PosterUrlError::NotAnAddress)
            );
        }
        assert_eq!(
            code.poster_url("http://127.0.0.1:8700/").as_deref(),
            Ok("http://127.0.0.1:8700/d/00000000")
        );
    }

    proptest! {
        #[test]
        fn a_code_reads_as_it_was_written(bytes: [u8; 5]) {
            let code = GateCode::from_random(bytes);
            prop_assert_eq!(GateCode::parse(code.as_str()), Ok(code));
            prop_assert_eq!(GateCode::parse(&code.grouped().to_lowercase()), Ok(code));
        }

        #[test]
        fn one_wrong_character_is_noticed(bytes: [u8; 5], place in 0..8_usize, other in 0..32_usize) {
            let code = GateCode::from_random(bytes);
            let mut wrong = code.0;
            prop_assume!(wrong[place] != LETTERS[other]);
            wrong[place] = LETTERS[other];
            prop_assert_eq!(GateCode::parse(ascii(&wrong)), Err(TypedCodeError::Check));
        }

        #[test]
        fn two_characters_that_changed_places_are_noticed(bytes: [u8; 5], one in 0..8_usize, other in 0..8_usize) {
            let code = GateCode::from_random(bytes);
            let mut swapped = code.0;
            prop_assume!(swapped[one] != swapped[other]);
            swapped.swap(one, other);
            prop_assert_eq!(GateCode::parse(ascii(&swapped)), Err(TypedCodeError::Check));
        }
    }
}
