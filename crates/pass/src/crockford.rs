//! Crockford's Base32: thirty-two characters that people can read aloud and type.
//!
//! The alphabet has no I, L, O and U. Typing is forgiven: small letters, spaces and dashes between
//! groups, O for zero, I and L for one.

use thiserror::Error;

/// The thirty-two characters in the order of their values.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// How many characters every typed code has.
pub(crate) const TYPED_CHARACTERS: usize = 8;

/// Eight values from 0 to 31.
pub(crate) type Symbols = [u8; TYPED_CHARACTERS];

/// Why eight characters could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TypedCodeError {
    /// Fewer or more characters than eight, spaces and dashes not counted.
    #[error("a code has eight characters")]
    Length,
    /// A character that the alphabet does not have.
    #[error("a code has only figures and letters, without U")]
    Character,
    /// The last character does not fit the others: one was misread, or two changed places.
    #[error("one character of the code is wrong or two have changed places")]
    Check,
}

/// Reads eight characters as a person types them.
pub(crate) fn read(text: &str) -> Result<Symbols, TypedCodeError> {
    let mut symbols = [0; TYPED_CHARACTERS];
    let mut length = 0;
    for character in text.chars().filter(|&character| !is_separator(character)) {
        let value = value_of(character).ok_or(TypedCodeError::Character)?;
        *symbols.get_mut(length).ok_or(TypedCodeError::Length)? = value;
        length += 1;
    }
    if length == TYPED_CHARACTERS {
        Ok(symbols)
    } else {
        Err(TypedCodeError::Length)
    }
}

/// Writes eight values as their characters.
pub(crate) fn write(symbols: Symbols) -> [u8; TYPED_CHARACTERS] {
    symbols.map(|value| ALPHABET[usize::from(value & 31)])
}

/// Cuts forty bits into eight values.
pub(crate) fn symbols_of(bytes: [u8; 5]) -> Symbols {
    let bits = bytes
        .iter()
        .fold(0_u64, |bits, &byte| (bits << 8) | u64::from(byte));
    std::array::from_fn(|place| ((bits >> (35 - 5 * place)) & 31).to_le_bytes()[0])
}

/// Spaces, and the dashes that people and their phones put between groups.
pub(crate) fn is_separator(character: char) -> bool {
    character.is_whitespace() || matches!(character, '-' | '\u{2010}'..='\u{2015}')
}

/// The value of one typed character.
pub(crate) fn value_of(character: char) -> Option<u8> {
    let byte = match character.to_ascii_uppercase() {
        'O' => b'0',
        'I' | 'L' => b'1',
        other => u8::try_from(other).ok()?,
    };
    let place = ALPHABET.iter().position(|&letter| letter == byte)?;
    u8::try_from(place).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_people_confuse_is_forgiven() {
        assert_eq!(read("oil0 1234"), read("0110-1234"));
        assert_eq!(read("abcd–efgh"), read("ABCDEFGH"));
    }

    #[test]
    fn what_is_not_of_the_alphabet_is_refused() {
        assert_eq!(read("ABCDEFGU"), Err(TypedCodeError::Character));
        assert_eq!(read("ABCDEFGÉ"), Err(TypedCodeError::Character));
        assert_eq!(read("ABCDEFG"), Err(TypedCodeError::Length));
        assert_eq!(read("ABCDEFGHJ"), Err(TypedCodeError::Length));
    }

    proptest! {
        #[test]
        fn forty_bits_come_back_as_eight_characters(bytes: [u8; 5]) {
            let symbols = symbols_of(bytes);
            let text = String::from_utf8(write(symbols).to_vec()).expect("the alphabet is ASCII");
            prop_assert_eq!(read(&text), Ok(symbols));
        }
    }
}
