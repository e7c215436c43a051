//! Remembering what was proven: a signature is checked once for as long as the code is valid.
//!
//! A code is found again by all of its bytes and its kind, never by a part or a digest of them, so
//! nothing passes here that did not pass the [`Verifier`]. Only proven codes are kept; a stranger
//! cannot fill the memory with rubbish.

use std::collections::HashMap;

use parking_lot::Mutex;

use crate::credential::{CODE_BYTES, Credential, Kind, SIGNED_BYTES, Unverified};
use crate::verify::{Verified, Verifier, VerifyError};

/// How many locks share the codes; more than the cores of the machines this runs on.
const SHARDS_COUNT: usize = 32;

/// The codes proven before, in a bounded memory of about 300 bytes each.
///
/// When a shard's young half is full, it becomes the old half and the old half is forgotten; a code
/// found in the old half moves to the young one. So what is used stays, without a list to keep in
/// order. After a key has left the ring, make a new cache with the new [`Verifier`].
#[derive(Debug)]
pub struct VerifiedCache {
    shards: Box<[Mutex<Shard>]>,
    codes_per_half: usize,
}

type Key = (Kind, [u8; CODE_BYTES]);

#[derive(Debug, Default)]
struct Shard {
    young: HashMap<Key, Verified>,
    old: HashMap<Key, Verified>,
}

impl VerifiedCache {
    /// Makes a cache that holds at most about `codes_max` codes.
    pub fn new(codes_max: usize) -> Self {
        Self {
            shards: (0..SHARDS_COUNT).map(|_| Mutex::default()).collect(),
            codes_per_half: (codes_max / SHARDS_COUNT / 2).max(1),
        }
    }

    /// Gives what was proven before, or proves it now and remembers it.
    pub fn verify<T: Credential>(
        &self,
        verifier: &Verifier,
        code: &Unverified<T>,
        now: i64,
    ) -> Result<Verified, VerifyError> {
        if let Some(proven) = self.lookup(code, now) {
            return Ok(proven);
        }
        let proven = verifier.verify(code, now)?;
        let key = key_of(code);
        self.shard(&key)
            .lock()
            .insert(key, proven, self.codes_per_half);
        Ok(proven)
    }

    /// Gives what was proven before and still holds.
    pub fn lookup<T: Credential>(&self, code: &Unverified<T>, now: i64) -> Option<Verified> {
        let key = key_of(code);
        let verified = self.shard(&key).lock().find(&key, self.codes_per_half)?;
        verified.holds_at(now).ok()?;
        Some(verified)
    }

    /// How many codes are remembered, expired ones included.
    pub fn codes_count(&self) -> usize {
        self.shards
            .iter()
            .map(|shard| {
                let shard = shard.lock();
                shard.young.len() + shard.old.len()
            })
            .sum()
    }

    fn shard(&self, key: &Key) -> &Mutex<Shard> {
        // The first byte of a signature is as good as random, and costs nothing. The table within
        // the shard hashes all bytes under a secret key.
        &self.shards[usize::from(key.1[SIGNED_BYTES]) % SHARDS_COUNT]
    }
}

impl Shard {
    fn find(&mut self, key: &Key, codes_max: usize) -> Option<Verified> {
        if let Some(verified) = self.young.get(key) {
            return Some(*verified);
        }
        let verified = self.old.remove(key)?;
        self.insert(*key, verified, codes_max);
        Some(verified)
    }

    fn insert(&mut self, key: Key, verified: Verified, codes_max: usize) {
        if self.young.len() >= codes_max && !self.young.contains_key(&key) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, verified);
    }
}

fn key_of<T: Credential>(code: &Unverified<T>) -> Key {
    (T::KIND, *code.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credential::{Card, Pass};
    use crate::keys::{KeyRing, SigningKey};

    fn ring() -> KeyRing {
        KeyRing::new(SigningKey::from_secret(&[3; 32]).expect("any secret makes a key"))
    }

    fn card(serial: u64) -> Unverified<Card> {
        let text = ring()
            .issuer()
            .issue_card(&Card {
                person: 5,
                serial,
                issued_at: 1_000,
                expires_at: 2_000,
            })
            .expect("the card is in order");
        Unverified::parse(&text).expect("an issued card reads")
    }

    #[test]
    fn what_was_proven_once_is_found_without_a_key() {
        let cache = VerifiedCache::new(1_000);
        let proven = cache.verify(&ring().verifier(), &card(1), 1_500);
        assert_eq!(cache.lookup(&card(1), 1_600), proven.ok());
        assert_eq!(cache.verify(&Verifier::new([]), &card(1), 1_600), proven);
        assert_eq!(cache.codes_count(), 1);
    }

    #[test]
    fn what_expired_since_is_expired() {
        let cache = VerifiedCache::new(1_000);
        let verifier = ring().verifier();
        assert!(cache.verify(&verifier, &card(1), 1_999).is_ok());
        assert_eq!(cache.lookup(&card(1), 2_000), None);
        assert_eq!(
            cache.verify(&verifier, &card(1), 2_000),
            Err(VerifyError::Expired)
        );
    }

    #[test]
    fn a_proven_card_is_not_a_proven_pass_of_the_same_bytes() {
        let cache = VerifiedCache::new(1_000);
        let verifier = ring().verifier();
        assert!(cache.verify(&verifier, &card(1), 1_500).is_ok());
        let disguised = Unverified::<Pass>::from_bytes(*card(1).as_bytes());
        assert_eq!(cache.lookup(&disguised, 1_500), None);
        assert_eq!(
            cache.verify(&verifier, &disguised, 1_500),
            Err(VerifyError::BadSignature)
        );
    }

    #[test]
    fn what_was_refused_is_not_kept() {
        let cache = VerifiedCache::new(1_000);
        assert!(cache.verify(&Verifier::new([]), &card(1), 1_500).is_err());
        assert_eq!(cache.codes_count(), 0);
    }

    #[test]
    fn the_memory_is_bounded_and_keeps_what_is_in_use() {
        let cache = VerifiedCache::new(128);
        let verifier = ring().verifier();
        for serial in 0..1_000 {
            assert!(cache.verify(&verifier, &card(serial), 1_500).is_ok());
            assert!(cache.verify(&verifier, &card(0), 1_500).is_ok());
            assert!(cache.lookup(&card(0), 1_500).is_some());
        }
        assert!(cache.codes_count() <= 128, "{}", cache.codes_count());
    }
}
