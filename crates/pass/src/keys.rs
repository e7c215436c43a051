//! Signing keys: one signs, older ones still prove what they signed, and all can be replaced.
//!
//! Everything of one key comes from one 32-byte secret by HMAC-SHA256 under a label: the Ed25519
//! seed, and two AES-128 keys that seal the person's number in passes and in cards. A key is named
//! by the first four bytes of the SHA-256 of its public half, so nobody has to number keys.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use aes::Aes128;
use aes::cipher::{Array, BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, ParsedPublicKey};
use aws_lc_rs::{digest, hmac};
use data_encoding::HEXLOWER;
use thiserror::Error;

use crate::credential::{Issuer, Kind};
use crate::verify::Verifier;

/// The name of a key: the first four bytes of the SHA-256 of its public half.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub(crate) [u8; 4]);

impl KeyId {
    fn of(public_key: &[u8]) -> Self {
        let digest = digest::digest(&digest::SHA256, public_key);
        let mut id = [0; 4];
        id.copy_from_slice(&digest.as_ref()[..4]);
        Self(id)
    }

    /// The four bytes.
    pub const fn as_bytes(&self) -> &[u8; 4] {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "KeyId({self})")
    }
}

/// Eight hexadecimal digits were expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the name of a key has eight hexadecimal digits")]
pub struct KeyIdError;

impl FromStr for KeyId {
    type Err = KeyIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| KeyIdError)?;
        bytes.try_into().map(Self).map_err(|_| KeyIdError)
    }
}

/// The keys that hide a person's number inside a code from everybody but the server.
///
/// The sixteen bytes hold number and serial together, so two cards of one person look unrelated.
#[derive(Clone)]
pub(crate) struct Seal {
    pass: Aes128,
    card: Aes128,
}

impl Seal {
    fn derive(secret: &hmac::Key) -> Self {
        Self {
            pass: block_cipher(secret, b"gapura pass seal 1"),
            card: block_cipher(secret, b"gapura card seal 1"),
        }
    }

    pub(crate) fn close(&self, kind: Kind, block: [u8; 16]) -> [u8; 16] {
        let mut block = Array::from(block);
        self.of(kind).encrypt_block(&mut block);
        block.into()
    }

    pub(crate) fn open(&self, kind: Kind, block: [u8; 16]) -> [u8; 16] {
        let mut block = Array::from(block);
        self.of(kind).decrypt_block(&mut block);
        block.into()
    }

    const fn of(&self, kind: Kind) -> &Aes128 {
        match kind {
            Kind::Pass => &self.pass,
            Kind::Card => &self.card,
        }
    }
}

fn block_cipher(secret: &hmac::Key, label: &[u8]) -> Aes128 {
    let tag = hmac::sign(secret, label);
    let mut key = [0; 16];
    key.copy_from_slice(&tag.as_ref()[..16]);
    Aes128::new(&Array::from(key))
}

/// A key that signs passes and cards. Whoever has it can let anybody in.
pub struct SigningKey {
    pub(crate) id: KeyId,
    pub(crate) pair: Ed25519KeyPair,
    pub(crate) seal: Seal,
    public: ParsedPublicKey,
}

impl SigningKey {
    /// Derives a key from 32 secret random bytes; the same bytes give the same key.
    pub fn from_secret(secret: &[u8; 32]) -> Result<Self, KeyRingError> {
        let secret = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let seed = hmac::sign(&secret, b"gapura signing seed 1");
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.as_ref())
            .map_err(|_| KeyRingError::NotDerivable)?;
        let bytes = pair.public_key().as_ref();
        let public =
            ParsedPublicKey::new(&ED25519, bytes).map_err(|_| KeyRingError::NotDerivable)?;
        Ok(Self {
            id: KeyId::of(bytes),
            public,
            seal: Seal::derive(&secret),
            pair,
        })
    }

    /// The name of this key.
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// The half that proves: for ever, or until a moment in Unix seconds.
    pub fn verifying(&self, not_after: Option<i64>) -> VerifyingKey {
        VerifyingKey {
            id: self.id,
            public: self.public.clone(),
            seal: self.seal.clone(),
            not_after,
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SigningKey({}, …)", self.id)
    }
}

/// What proves the codes of one key and opens the person's number in them, but cannot sign.
#[derive(Clone)]
pub struct VerifyingKey {
    pub(crate) id: KeyId,
    pub(crate) public: ParsedPublicKey,
    pub(crate) seal: Seal,
    pub(crate) not_after: Option<i64>,
}

impl VerifyingKey {
    /// The name of this key.
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// The last moment at which the key proves anything, in Unix seconds.
    pub const fn not_after(&self) -> Option<i64> {
        self.not_after
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "VerifyingKey({}, not after {:?}, …)",
            self.id, self.not_after
        )
    }
}

/// Why keys do not make a ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum KeyRingError {
    /// The same key was given twice.
    #[error("the key {0} stands in the ring twice")]
    Twice(KeyId),
    /// The cryptographic library refused the seed; it accepts every seed of 32 bytes.
    #[error("no signing key could be derived from the secret")]
    NotDerivable,
}

/// All signing keys of a server: one that signs and older ones that only prove.
#[derive(Debug)]
pub struct KeyRing {
    active: Arc<SigningKey>,
    retired: Vec<VerifyingKey>,
}

impl KeyRing {
    /// A ring of one key.
    pub fn new(active: SigningKey) -> Self {
        Self {
            active: Arc::new(active),
            retired: Vec::new(),
        }
    }

    /// Adds an older key that proves what it signed until `not_after` (Unix seconds), and no longer.
    ///
    /// Choose it after the last card of that key expires; a key that leaked is not added at all.
    pub fn with_retired(mut self, key: &SigningKey, not_after: i64) -> Result<Self, KeyRingError> {
        if self.holds(key.id) {
            return Err(KeyRingError::Twice(key.id));
        }
        self.retired.push(key.verifying(Some(not_after)));
        Ok(self)
    }

    /// Lets `next` sign from now on; the key before it proves until `not_after` (Unix seconds).
    pub fn rotate(mut self, next: SigningKey, not_after: i64) -> Result<Self, KeyRingError> {
        if self.holds(next.id) {
            return Err(KeyRingError::Twice(next.id));
        }
        self.retired.push(self.active.verifying(Some(not_after)));
        self.active = Arc::new(next);
        Ok(self)
    }

    /// The name of the key that signs.
    pub fn active(&self) -> KeyId {
        self.active.id
    }

    /// What signs with the active key.
    pub fn issuer(&self) -> Issuer {
        Issuer::new(Arc::clone(&self.active))
    }

    /// What proves the codes of every key in the ring.
    pub fn verifier(&self) -> Verifier {
        let active = self.active.verifying(None);
        Verifier::new(std::iter::once(active).chain(self.retired.iter().cloned()))
    }

    fn holds(&self, id: KeyId) -> bool {
        self.active.id == id || self.retired.iter().any(|key| key.id == id)
    }
}
