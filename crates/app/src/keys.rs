//! The secret keys: one file, made on the first start, without which the database tells nothing.
//!
//! The file is TOML, readable by its owner alone (mode 0600), or its text stands in the environment
//! variable `GAPURA_KEYS`. It holds, each as 32 random bytes in Base64:
//!
//! | Name | Opens or proves | What replacing it does |
//! | --- | --- | --- |
//! | `vault` | names, ID numbers, contacts, second factors; several by number, the highest seals | `gapura keys rotate` adds one; records are sealed anew in batches |
//! | `signing` | passes and cards; the first signs, others still prove until `not_after` | the old one goes on proving until then |
//! | `pepper` | keyed hashes by which people and sessions are found | nobody is found any more, everybody signed out |
//! | `gate` | words of the minute and screens' codes | posters' check words change |
//! | `ids` | numbers in addresses | bookmarks are dead |
//!
//! A backup of the database without this file is worthless, and the file beside the backup makes it a
//! list of names: keep them apart.

mod file;

use aws_lc_rs::aead::{AES_256_GCM, LessSafeKey, UnboundKey};
use aws_lc_rs::hmac;
use gapura_pass::{GateKey, KeyRing, SigningKey};
use gapura_store::people::KeyedHash;
use std::collections::BTreeMap;
use zeroize::Zeroizing;

pub use file::{create_keys_file, is_open_to_others, new_keys, read_keys_file, rotate_keys_file};

/// The variable that may hold the text of the keys file.
pub const ENVIRONMENT_VARIABLE: &str = "GAPURA_KEYS";

/// 32 secret bytes, overwritten when dropped.
pub(crate) type Secret = Zeroizing<[u8; 32]>;

/// Why there are no keys. Never holds a part of one.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The file cannot be read or written.
    #[error("the keys file {path}: {cause}; give the server's user access to it, or set keys_file")]
    File {
        /// Which.
        path: String,
        /// What the system said.
        #[source]
        cause: std::io::Error,
    },
    /// There is a file already, and a new one would make the database unreadable.
    #[error(
        "the keys file {0} exists already; it is not replaced, since it may be the only one that opens the database"
    )]
    Exists(String),
    /// The text is not a keys file.
    #[error("line {line} of the keys: {what}")]
    Text {
        /// Counted from 1.
        line: usize,
        /// What is expected there.
        what: &'static str,
    },
}

/// What a keyed hash is for. The same text has another hash for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HashOf {
    /// An ID number.
    Nik,
    /// A phone number or e-mail address.
    Contact,
    /// A one-time code, with the contact it was sent to.
    OneTimeCode,
    /// The token of a visitor's session.
    VisitorToken,
    /// The token of a staff session.
    StaffToken,
    /// The token of a device.
    DeviceToken,
    /// The code by which a device is enrolled.
    EnrolmentCode,
    /// A client's address, for counting tries.
    Client,
}

impl HashOf {
    const ALL: [(Self, &'static [u8]); 8] = [
        (Self::Nik, b"gapura hash nik 1"),
        (Self::Contact, b"gapura hash contact 1"),
        (Self::OneTimeCode, b"gapura hash one-time code 1"),
        (Self::VisitorToken, b"gapura hash visitor token 1"),
        (Self::StaffToken, b"gapura hash staff token 1"),
        (Self::DeviceToken, b"gapura hash device token 1"),
        (Self::EnrolmentCode, b"gapura hash enrolment code 1"),
        (Self::Client, b"gapura hash client 1"),
    ];
}

/// All keys of a server, ready for use.
pub struct Keys {
    vault: BTreeMap<u32, LessSafeKey>,
    tickets: Box<LessSafeKey>,
    hashes: Box<[hmac::Key]>,
    ring: KeyRing,
    gate: Box<GateKey>,
    ids: Secret,
}

impl Keys {
    /// Reads the text of a keys file.
    ///
    /// # Errors
    /// `Text`, with the line.
    pub fn parse(text: &str) -> Result<Self, KeysError> {
        file::Parts::parse(text)?.into_keys()
    }

    /// The hash by which the store finds what it must not know.
    pub fn hash(&self, of: HashOf, text: &[u8]) -> KeyedHash {
        let tag = hmac::sign(&self.hashes[of as usize], text);
        bytes_of(&tag)
    }

    /// What signs passes and cards, and proves them.
    pub fn ring(&self) -> &KeyRing {
        &self.ring
    }

    /// What makes the words of gates and the codes of their screens.
    pub fn gate(&self) -> &GateKey {
        &self.gate
    }

    /// The secret that turns numbers into opaque text for addresses.
    pub fn ids(&self) -> &[u8; 32] {
        &self.ids
    }

    /// The number of the vault key that seals.
    pub fn vault_number(&self) -> u32 {
        self.vault.last_key_value().map_or(0, |(number, _)| *number)
    }

    /// Whether there are older vault keys beside it.
    pub fn has_older_vault_keys(&self) -> bool {
        self.vault.len() > 1
    }

    pub(crate) fn vault_key(&self, number: u32) -> Option<&LessSafeKey> {
        self.vault.get(&number)
    }

    pub(crate) fn ticket_key(&self) -> &LessSafeKey {
        &self.tickets
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys(vault {}, …)", self.vault_number())
    }
}

fn cipher(secret: &[u8; 32]) -> Option<LessSafeKey> {
    UnboundKey::new(&AES_256_GCM, secret)
        .ok()
        .map(LessSafeKey::new)
}

/// A key for one use from a key for many.
fn derive(parent: &hmac::Key, label: &[u8]) -> Secret {
    Zeroizing::new(bytes_of(&hmac::sign(parent, label)))
}

fn bytes_of(tag: &hmac::Tag) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(tag.as_ref());
    bytes
}

impl file::Parts {
    fn into_keys(self) -> Result<Keys, KeysError> {
        // AES takes every key of 32 bytes, and so does Ed25519; the library still asks.
        let unusable = || KeysError::Text {
            line: 1,
            what: "the cryptographic library refuses a key",
        };
        let pepper = hmac::Key::new(hmac::HMAC_SHA256, &*self.pepper);
        let hashes = HashOf::ALL
            .map(|(_, label)| hmac::Key::new(hmac::HMAC_SHA256, &*derive(&pepper, label)));
        let vault = self
            .vault
            .iter()
            .map(|(number, secret)| Some((*number, cipher(secret)?)))
            .collect::<Option<_>>()
            .ok_or_else(unusable)?;
        let mut signing = self.signing.iter();
        let (active, _) = signing.next().ok_or_else(unusable)?;
        let key = |secret: &Secret| SigningKey::from_secret(secret).map_err(|_| unusable());
        let mut ring = KeyRing::new(key(active)?);
        for (secret, not_after) in signing {
            let not_after = not_after.unwrap_or(i64::MIN);
            ring = ring
                .with_retired(&key(secret)?, not_after)
                .map_err(|_| unusable())?;
        }
        Ok(Keys {
            vault,
            tickets: Box::new(cipher(&derive(&pepper, b"gapura tickets 1")).ok_or_else(unusable)?),
            hashes: hashes.into(),
            ring,
            gate: Box::new(GateKey::new(&self.gate)),
            ids: self.ids,
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::ambient::Chance;

    /// Bytes that differ from call to call and are the same in every run.
    #[derive(Default)]
    pub(crate) struct Counting(std::sync::atomic::AtomicU64);

    impl Chance for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            let count = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let block = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &count.to_be_bytes());
            for (byte, random) in bytes.iter_mut().zip(block.as_ref().iter().cycle()) {
                *byte = *random;
            }
        }
    }

    pub(crate) fn keys() -> Keys {
        Keys::parse(&new_keys(&Counting::default())).expect("new keys can be read")
    }

    #[test]
    fn every_purpose_has_hashes_of_its_own() {
        for (index, (of, _)) in HashOf::ALL.into_iter().enumerate() {
            assert_eq!(of as usize, index);
        }
        let keys = keys();
        let hashes: std::collections::HashSet<_> =
            HashOf::ALL.map(|(of, _)| keys.hash(of, b"the same")).into();
        assert_eq!(hashes.len(), HashOf::ALL.len());
        assert_eq!(
            keys.hash(HashOf::Nik, b"1"),
            super::tests::keys().hash(HashOf::Nik, b"1")
        );
    }

    #[test]
    fn keys_print_nothing_of_themselves() {
        assert_eq!(format!("{:?}", keys()), "Keys(vault 1, …)");
    }
}
