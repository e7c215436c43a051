//! Passes and cards: what the server signs and a visitor shows.
//!
//! # Layout, version 1
//!
//! Both kinds are 92 bytes, numbers with the most significant byte first:
//!
//! | Bytes | Meaning |
//! | --- | --- |
//! | 0–3 | name of the signing key ([`KeyId`]) |
//! | 4–7 | issued at, Unix seconds (until the year 2106) |
//! | 8–11 | expires at, Unix seconds, exclusive |
//! | 12–27 | sealed block (AES-128 under a key of this kind): person (8 bytes) and serial (8 bytes) |
//! | 28–91 | Ed25519 signature of the prefix and of bytes 0–27 |
//!
//! In a pass the serial is the person's pass version (upper four bytes) and the issue time (lower
//! four), so that two passes of one person have nothing in common; in a card it is the card number.
//!
//! # Text
//!
//! `GP1:` (pass) or `GK1:` (card) and 148 characters of Base32 (RFC 4648, section 6) without padding.
//! All 152 characters lie in a QR code's alphanumeric set; Base45 would be ten characters shorter,
//! but needs the same QR versions (5 at level L, 6 at M, 8 at Q) and has characters that a USB
//! scanner with another keyboard layout garbles. The prefix names kind and version and is signed.
//! Every text has exactly one form: a changed character is another code, and a refused one. Only a
//! text that is small throughout is raised first, because a scanner does that when Caps Lock is on.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::sync::Arc;

use aws_lc_rs::digest;
use data_encoding::BASE32_NOPAD;
use thiserror::Error;

use crate::keys::{KeyId, SigningKey};

/// The length of a pass or card in bytes.
pub const CODE_BYTES: usize = 92;

/// The length of a pass or card as text, prefix included.
pub const CODE_CHARACTERS: usize = PREFIX_CHARACTERS + 148;

const PREFIX_CHARACTERS: usize = 4;
/// Where the signature begins.
pub(crate) const SIGNED_BYTES: usize = 28;

/// The longest life a pass may be given, in seconds: a day.
const PASS_SECONDS_MAX: i64 = 24 * 60 * 60;

/// The longest life a card may be given, in seconds: twenty years.
const CARD_SECONDS_MAX: i64 = 20 * 366 * 24 * 60 * 60;

/// What kind of signed code this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The rotating pass on a visitor's phone.
    Pass,
    /// The printed card.
    Card,
}

impl Kind {
    /// The characters before the code, which are signed with it.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Pass => "GP1:",
            Self::Card => "GK1:",
        }
    }

    /// The name that commands and interfaces use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "gapura-pass",
            Self::Card => "gapura-card",
        }
    }

    const fn seconds_max(self) -> i64 {
        match self {
            Self::Pass => PASS_SECONDS_MAX,
            Self::Card => CARD_SECONDS_MAX,
        }
    }
}

/// The pass on a visitor's phone: shown as a QR code, valid for minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pass {
    /// The pseudonymous number of the visitor.
    pub person: u64,
    /// The version of the person's passes; raising it revokes all that are out.
    pub version: u32,
    /// Unix seconds.
    pub issued_at: i64,
    /// Unix seconds; at this moment it is no longer valid.
    pub expires_at: i64,
}

/// The printed card: valid for years, revoked by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Card {
    /// The pseudonymous number of the visitor.
    pub person: u64,
    /// The card's own number.
    pub serial: u64,
    /// Unix seconds.
    pub issued_at: i64,
    /// Unix seconds; at this moment it is no longer valid.
    pub expires_at: i64,
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Pass {}
    impl Sealed for super::Card {}
}

/// A kind of signed code: [`Pass`] or [`Card`].
pub trait Credential: sealed::Sealed {
    /// Which of the two.
    const KIND: Kind;
}

impl Credential for Pass {
    const KIND: Kind = Kind::Pass;
}

impl Credential for Card {
    const KIND: Kind = Kind::Card;
}

/// Why a text with the prefix of a pass or card is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FormError {
    /// Another prefix than that of this kind.
    #[error("the text does not begin as a pass or card does")]
    Prefix,
    /// A character is missing or too much.
    #[error("a pass or card has {CODE_CHARACTERS} characters")]
    Length,
    /// A character that such a code never has.
    #[error("a character does not belong into a pass or card")]
    Character,
}

/// A pass or card whose form is right and whose signature nobody has looked at yet.
pub struct Unverified<T> {
    bytes: [u8; CODE_BYTES],
    kind: PhantomData<fn() -> T>,
}

impl<T: Credential> Unverified<T> {
    /// Reads the text of a code of this kind.
    pub fn parse(text: &str) -> Result<Self, FormError> {
        let (prefix, body) = text
            .split_at_checked(PREFIX_CHARACTERS)
            .ok_or(FormError::Prefix)?;
        if !prefix.eq_ignore_ascii_case(T::KIND.prefix()) {
            return Err(FormError::Prefix);
        }
        if body.len() != CODE_CHARACTERS - PREFIX_CHARACTERS {
            return Err(FormError::Length);
        }
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            if prefix != T::KIND.prefix() {
                return Err(FormError::Prefix);
            }
            return Self::decode(body.as_bytes());
        }
        Self::decode(body.to_ascii_uppercase().as_bytes())
    }

    fn decode(body: &[u8]) -> Result<Self, FormError> {
        let mut bytes = [0; CODE_BYTES];
        if BASE32_NOPAD.decode_len(body.len()) != Ok(CODE_BYTES) {
            return Err(FormError::Length);
        }
        // Bits after the last byte must be zero, or one code would have several texts.
        BASE32_NOPAD
            .decode_mut(body, &mut bytes)
            .map_err(|_| FormError::Character)?;
        Ok(Self::from_bytes(bytes))
    }

    /// Takes the 92 bytes of a code of this kind.
    pub const fn from_bytes(bytes: [u8; CODE_BYTES]) -> Self {
        Self {
            bytes,
            kind: PhantomData,
        }
    }

    /// The 92 bytes.
    pub const fn as_bytes(&self) -> &[u8; CODE_BYTES] {
        &self.bytes
    }

    /// The one text of this code.
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(CODE_CHARACTERS);
        text.push_str(T::KIND.prefix());
        BASE32_NOPAD.encode_append(&self.bytes, &mut text);
        text
    }

    /// Which key is said to have signed.
    pub const fn key_id(&self) -> KeyId {
        KeyId([self.bytes[0], self.bytes[1], self.bytes[2], self.bytes[3]])
    }

    /// When it is said to have been issued, in Unix seconds.
    pub fn issued_at(&self) -> i64 {
        i64::from(u32::from_be_bytes(self.part(4)))
    }

    /// When it is said to expire, in Unix seconds.
    pub fn expires_at(&self) -> i64 {
        i64::from(u32::from_be_bytes(self.part(8)))
    }

    /// The SHA-256 of prefix and bytes, which names this very code.
    pub fn fingerprint(&self) -> [u8; 32] {
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(T::KIND.prefix().as_bytes());
        context.update(&self.bytes);
        let mut fingerprint = [0; 32];
        fingerprint.copy_from_slice(context.finish().as_ref());
        fingerprint
    }

    pub(crate) fn sealed_block(&self) -> [u8; 16] {
        self.part(12)
    }

    pub(crate) fn signature(&self) -> &[u8] {
        &self.bytes[SIGNED_BYTES..]
    }

    pub(crate) fn signed_message(&self) -> [u8; PREFIX_CHARACTERS + SIGNED_BYTES] {
        message(T::KIND, &self.part(0))
    }

    fn part<const N: usize>(&self, from: usize) -> [u8; N] {
        std::array::from_fn(|place| self.bytes[from + place])
    }
}

fn message(kind: Kind, signed: &[u8; SIGNED_BYTES]) -> [u8; PREFIX_CHARACTERS + SIGNED_BYTES] {
    let mut message = [0; PREFIX_CHARACTERS + SIGNED_BYTES];
    message[..PREFIX_CHARACTERS].copy_from_slice(kind.prefix().as_bytes());
    message[PREFIX_CHARACTERS..].copy_from_slice(signed);
    message
}

impl<T> Clone for Unverified<T> {
    fn clone(&self) -> Self {
        Self {
            bytes: self.bytes,
            kind: PhantomData,
        }
    }
}

impl<T> PartialEq for Unverified<T> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl<T> Eq for Unverified<T> {}

impl<T> Hash for Unverified<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bytes.hash(state);
    }
}

/// Written without the code, which opens doors for as long as it is valid.
impl<T: Credential> fmt::Debug for Unverified<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "Unverified({}, key {}, …)",
            T::KIND.name(),
            self.key_id()
        )
    }
}

/// Why a pass or card was not issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum IssueError {
    /// A time before 1970 or after the year 2106.
    #[error("a code cannot carry a time before 1970 or after 2106")]
    TimeOutOfRange,
    /// It would expire before it was issued, or live longer than its kind may.
    #[error("a pass lives for at most a day, a card for at most twenty years")]
    Lifetime,
    /// The cryptographic library failed to sign.
    #[error("signing failed")]
    Signing,
}

/// Signs passes and cards with the active key.
#[derive(Clone, Debug)]
pub struct Issuer(Arc<SigningKey>);

impl Issuer {
    pub(crate) const fn new(key: Arc<SigningKey>) -> Self {
        Self(key)
    }

    /// The name of the key that signs.
    pub fn key_id(&self) -> KeyId {
        self.0.id
    }

    /// Signs a pass and writes it as text for a QR code.
    pub fn issue_pass(&self, pass: &Pass) -> Result<String, IssueError> {
        let serial = (u64::from(pass.version) << 32) | u64::from(seconds(pass.issued_at)?);
        self.issue::<Pass>(pass.person, serial, pass.issued_at, pass.expires_at)
    }

    /// Signs a card and writes it as text for a QR code.
    pub fn issue_card(&self, card: &Card) -> Result<String, IssueError> {
        self.issue::<Card>(card.person, card.serial, card.issued_at, card.expires_at)
    }

    fn issue<T: Credential>(
        &self,
        person: u64,
        serial: u64,
        issued_at: i64,
        expires_at: i64,
    ) -> Result<String, IssueError> {
        let issued = seconds(issued_at)?;
        let expires = seconds(expires_at)?;
        let life = expires_at - issued_at;
        if life <= 0 || life > T::KIND.seconds_max() {
            return Err(IssueError::Lifetime);
        }
        let mut block = [0; 16];
        block[..8].copy_from_slice(&person.to_be_bytes());
        block[8..].copy_from_slice(&serial.to_be_bytes());

        let mut signed = [0; SIGNED_BYTES];
        signed[..4].copy_from_slice(&self.0.id.0);
        signed[4..8].copy_from_slice(&issued.to_be_bytes());
        signed[8..12].copy_from_slice(&expires.to_be_bytes());
        signed[12..].copy_from_slice(&self.0.seal.close(T::KIND, block));
        let signature = self
            .0
            .pair
            .try_sign(&message(T::KIND, &signed))
            .map_err(|_| IssueError::Signing)?;

        let mut bytes = [0; CODE_BYTES];
        bytes[..SIGNED_BYTES].copy_from_slice(&signed);
        bytes[SIGNED_BYTES..].copy_from_slice(signature.as_ref());
        Ok(Unverified::<T>::from_bytes(bytes).text())
    }
}

fn seconds(unix_seconds: i64) -> Result<u32, IssueError> {
    u32::try_from(unix_seconds).map_err(|_| IssueError::TimeOutOfRange)
}
