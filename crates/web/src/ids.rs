//! Numbers as strangers see them: 26 letters that say nothing, neither how many there are nor which came first.
//!
//! One block of AES-128 holds the kind, seven zero bytes and the number, so the same thing always has the same text and
//! two kinds never share one. Whoever makes a text up has to hit 64 bits that must be zero or the kind; what does
//! not decipher so is refused without asking the store. The text is Crockford's Base32 in small letters, which can be
//! read aloud and has no sign that an address or a shell would take for its own.

use aes::Aes128;
use aes::cipher::{Array, BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use gapura_app::import_desk::ListId;
use gapura_domain::ids::{
    AccountId, ApplicationId, CardId, DecisionId, DeviceId, GateId, OrganisationId, PersonId,
    RoomId, RulesId, SessionId, VenueId,
};
use serde::{Serialize, Serializer};
use std::fmt;
use std::ops::Deref;

use crate::problem::Problem;
use crate::state::AppState;

/// Letters of an id.
pub const CHARACTERS: usize = 26;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// What each letter is worth; `0xff` for those that are none. Capitals count as small letters.
const VALUES: [u8; 256] = {
    let mut values = [0xff; 256];
    let mut value = 0;
    while value < 32 {
        let letter = ALPHABET[value as usize];
        values[letter as usize] = value;
        values[letter.to_ascii_uppercase() as usize] = value;
        value += 1;
    }
    values
};

/// A number that has a name outside.
pub trait Named: Copy {
    /// Tells its kind from all others. Never changes, since people keep addresses.
    const KIND: u8;
    /// The number inside.
    fn number(self) -> u64;
    /// The id of a number.
    fn of(number: u64) -> Self;
}

macro_rules! named {
    ($($name:ident = $kind:literal),* $(,)?) => {$(
        impl Named for $name {
            const KIND: u8 = $kind;
            fn number(self) -> u64 {
                self.0
            }
            fn of(number: u64) -> Self {
                Self(number)
            }
        }
    )*};
}

named! {
    OrganisationId = 1,
    ApplicationId = 2,
    VenueId = 3,
    RoomId = 4,
    GateId = 5,
    DeviceId = 6,
    PersonId = 7,
    AccountId = 8,
    DecisionId = 9,
    CardId = 10,
    RulesId = 11,
    SessionId = 12,
}

impl Named for ListId {
    const KIND: u8 = 13;
    fn number(self) -> u64 {
        self.0
    }
    fn of(number: u64) -> Self {
        Self(number)
    }
}

/// Where a list continues: the number of the last row that was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct After(pub u64);

impl Named for After {
    const KIND: u8 = 128;
    fn number(self) -> u64 {
        self.0
    }
    fn of(number: u64) -> Self {
        Self(number)
    }
}

/// The key that turns numbers into texts and back. Another key makes every address a stranger's.
pub struct IdKey(Aes128);

impl IdKey {
    /// Takes 16 secret bytes, which must be used for nothing else.
    pub fn new(secret: [u8; 16]) -> Self {
        Self(Aes128::new(&Array::from(secret)))
    }

    /// The text of an id.
    pub fn show<T: Named>(&self, id: T) -> IdText {
        let mut block = [0; 16];
        block[0] = T::KIND;
        block[8..].copy_from_slice(&id.number().to_be_bytes());
        let mut block = Array::from(block);
        self.0.encrypt_block(&mut block);
        IdText(write(u128::from_be_bytes(block.into())))
    }

    /// The id behind a text; `None` if it is not one of this kind, made by this key.
    pub fn read<T: Named>(&self, text: &str) -> Option<T> {
        let mut block = Array::from(read(text.as_bytes())?.to_be_bytes());
        self.0.decrypt_block(&mut block);
        let block: [u8; 16] = block.into();
        let (front, number) = block.split_at(8);
        let is_ours = front[0] == T::KIND && front[1..].iter().all(|byte| *byte == 0);
        let number = u64::from_be_bytes(number.try_into().ok()?);
        is_ours.then(|| T::of(number))
    }
}

impl fmt::Debug for IdKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdKey(…)")
    }
}

/// An id as it is shown.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct IdText([u8; CHARACTERS]);

impl Deref for IdText {
    type Target = str;
    fn deref(&self) -> &str {
        // Only letters of the alphabet are ever put in.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for IdText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl fmt::Debug for IdText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl Serialize for IdText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

/// The only id in an address: `/venues/{venue}`. What is not one answers like a thing that does not exist.
#[derive(Clone, Copy, Debug)]
pub struct PathId<T>(pub T);

impl<T: Named> FromRequestParts<AppState> for PathId<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let params = params(parts, state).await?;
        let (_, text) = params.iter().next().ok_or_else(Problem::not_found)?;
        state
            .ids
            .read(text)
            .map(Self)
            .ok_or_else(Problem::not_found)
    }
}

/// Two ids in an address, in their order: `/venues/{venue}/devices/{device}`.
#[derive(Clone, Copy, Debug)]
pub struct PathIds<T, U>(pub T, pub U);

impl<T: Named, U: Named> FromRequestParts<AppState> for PathIds<T, U> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let params = params(parts, state).await?;
        let mut texts = params.iter().map(|(_, text)| text);
        let (Some(first), Some(second)) = (texts.next(), texts.next()) else {
            return Err(Problem::not_found());
        };
        match (state.ids.read(first), state.ids.read(second)) {
            (Some(first), Some(second)) => Ok(Self(first, second)),
            _ => Err(Problem::not_found()),
        }
    }
}

async fn params(parts: &mut Parts, state: &AppState) -> Result<RawPathParams, Problem> {
    RawPathParams::from_request_parts(parts, state)
        .await
        .map_err(|_| Problem::not_found())
}

/// 26 letters of five bits hold 130; the first letter is below eight.
fn write(mut value: u128) -> [u8; CHARACTERS] {
    let mut text = [0; CHARACTERS];
    for letter in text.iter_mut().rev() {
        *letter = ALPHABET[(value & 31) as usize];
        value >>= 5;
    }
    text
}

fn read(text: &[u8]) -> Option<u128> {
    if text.len() != CHARACTERS || VALUES[usize::from(text[0])] > 7 {
        return None;
    }
    text.iter().try_fold(0, |sum: u128, letter| {
        let value = VALUES[usize::from(*letter)];
        (value < 32).then(|| sum << 5 | u128::from(value))
    })
}

#[cfg(test)]
mod tests {
    use gapura_domain::ids::{GateId, PersonId};
    use proptest::prelude::*;

    use super::{CHARACTERS, IdKey};

    fn key(secret: u8) -> IdKey {
        IdKey::new([secret; 16])
    }

    #[test]
    fn the_same_number_of_two_kinds_has_two_texts_and_neither_reads_as_the_other() {
        let (gate, person) = (key(1).show(GateId(7)), key(1).show(PersonId(7)));
        assert_ne!(&*gate, &*person);
        assert_eq!(key(1).read::<GateId>(&gate), Some(GateId(7)));
        assert_eq!(key(1).read::<PersonId>(&gate), None);
    }

    #[test]
    fn another_key_reads_nothing() {
        assert_eq!(key(2).read::<GateId>(&key(1).show(GateId(7))), None);
    }

    #[test]
    fn capitals_are_read_too_since_people_type_what_they_hear() {
        let text = key(1).show(GateId(7)).to_uppercase();
        assert_eq!(key(1).read(&text), Some(GateId(7)));
    }

    #[test]
    fn neighbours_do_not_look_alike() {
        let (one, two) = (key(1).show(GateId(1)), key(1).show(GateId(2)));
        let same = one.bytes().zip(two.bytes()).filter(|(a, b)| a == b);
        assert!(same.count() < CHARACTERS / 2);
    }

    proptest! {
        #[test]
        fn every_number_is_read_back(number: u64) {
            let text = key(3).show(PersonId(number));
            prop_assert_eq!(text.len(), CHARACTERS);
            prop_assert_eq!(key(3).read(&text), Some(PersonId(number)));
        }

        #[test]
        fn what_was_made_up_is_refused(text in "[0-9a-zA-Z]{26}|.{0,40}") {
            prop_assert_eq!(key(3).read::<PersonId>(&text), None);
        }

        #[test]
        fn one_changed_letter_is_refused(number: u64, place in 0..CHARACTERS, letter in "[0-9a-hjkmnp-tv-z]") {
            let text = key(3).show(PersonId(number)).to_string();
            let mut changed = text.clone();
            changed.replace_range(place..=place, &letter);
            prop_assume!(changed != text);
            prop_assert_eq!(key(3).read::<PersonId>(&changed), None);
        }
    }
}
