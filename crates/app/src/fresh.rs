//! A bounded memory of what the store said, that never answers with what has changed since.
//!
//! Filling takes two steps, because the store may change between reading and remembering: whoever
//! fills asks for a [`Ticket`] before reading, and hands it in with what was read. Forgetting raises
//! the shard's epoch, and what was read under an earlier epoch is not remembered. So once a change is
//! durable and [`Fresh::forget`] has returned, nobody gets the old value from here.
//!
//! A hit takes a read lock on one of many shards, hashes the key and clones the value.

use gapura_domain::time::Time;
use parking_lot::RwLock;
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::hash::{BuildHasher, Hash};

const SHARDS: usize = 64;

struct Shard<K, V> {
    epoch: u64,
    entries: FxHashMap<K, (V, Time)>,
}

/// The memory.
pub(crate) struct Fresh<K, V> {
    shards: Box<[RwLock<Shard<K, V>>]>,
    shard_entries_max: usize,
}

/// Says when somebody began to read what is to be remembered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ticket {
    epoch: u64,
}

impl<K: Hash + Eq, V: Clone> Fresh<K, V> {
    /// A memory of at most `entries_max` values, rounded up to a multiple of the shards.
    pub(crate) fn new(entries_max: usize) -> Self {
        let shard = || {
            RwLock::new(Shard {
                epoch: 0,
                entries: FxHashMap::default(),
            })
        };
        Self {
            shards: (0..SHARDS).map(|_| shard()).collect(),
            shard_entries_max: entries_max.div_ceil(SHARDS).max(1),
        }
    }

    /// What is remembered of this key and still holds at `now`.
    pub(crate) fn get(&self, key: &K, now: Time) -> Option<V> {
        let shard = self.shard(key).read();
        let (value, until) = shard.entries.get(key)?;
        (now < *until).then(|| value.clone())
    }

    /// To be called before the store is read.
    pub(crate) fn begin(&self, key: &K) -> Ticket {
        Ticket {
            epoch: self.shard(key).read().epoch,
        }
    }

    /// Remembers what was read after the ticket was given, until a time. `false` if something was
    /// forgotten in between, so that the value may be an old one.
    pub(crate) fn keep(&self, ticket: Ticket, key: K, value: V, now: Time, until: Time) -> bool {
        let mut shard = self.shard(&key).write();
        if shard.epoch != ticket.epoch {
            return false;
        }
        if shard.entries.len() >= self.shard_entries_max && !shard.entries.contains_key(&key) {
            make_room(&mut shard.entries, self.shard_entries_max, now);
        }
        shard.entries.insert(key, (value, until));
        true
    }

    /// Forgets what is known of a key, and whatever is being read in its shard.
    pub(crate) fn forget(&self, key: &K) {
        let mut shard = self.shard(key).write();
        shard.epoch += 1;
        shard.entries.remove(key);
    }

    /// Forgets everything, and whatever is being read.
    pub(crate) fn forget_all(&self) {
        for shard in &self.shards {
            let mut shard = shard.write();
            shard.epoch += 1;
            shard.entries.clear();
        }
    }

    /// How many values are remembered.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.shards
            .iter()
            .map(|shard| shard.read().entries.len())
            .sum()
    }

    fn shard(&self, key: &K) -> &RwLock<Shard<K, V>> {
        // The map uses the low and the topmost bits; those between choose the shard.
        let hash = FxBuildHasher.hash_one(key) >> 32;
        let index = usize::try_from(hash).unwrap_or(0) % SHARDS;
        &self.shards[index]
    }
}

/// Drops what is over; if that is not enough, an eighth of the rest, whichever comes first: who is
/// asked for again is read again.
fn make_room<K: Hash + Eq, V>(
    entries: &mut FxHashMap<K, (V, Time)>,
    entries_max: usize,
    now: Time,
) {
    entries.retain(|_, (_, until)| now < *until);
    if entries.len() < entries_max {
        return;
    }
    let mut to_drop = entries_max.div_ceil(8);
    entries.retain(|_, _| {
        let stays = to_drop == 0;
        to_drop = to_drop.saturating_sub(1);
        stays
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FAR: Time = Time(1_000_000);

    fn fill(memory: &Fresh<u64, u64>, key: u64, value: u64, until: Time) -> bool {
        let ticket = memory.begin(&key);
        memory.keep(ticket, key, value, Time(0), until)
    }

    #[test]
    fn what_was_read_before_a_change_is_not_remembered_after_it() {
        let memory = Fresh::new(1_000);
        let ticket = memory.begin(&7);
        let read_before_the_change = 1;
        memory.forget(&7);
        assert!(!memory.keep(ticket, 7, read_before_the_change, Time(0), FAR));
        assert_eq!(memory.get(&7, Time(0)), None);
        assert!(fill(&memory, 7, 2, FAR));
        assert_eq!(memory.get(&7, Time(0)), Some(2));
    }

    #[test]
    fn a_value_holds_until_its_time() {
        let memory = Fresh::new(1_000);
        fill(&memory, 7, 1, Time(10));
        assert_eq!(memory.get(&7, Time(9)), Some(1));
        assert_eq!(memory.get(&7, Time(10)), None);
    }

    #[test]
    fn the_memory_stays_within_its_bounds() {
        let memory = Fresh::new(640);
        for key in 0..100_000 {
            fill(&memory, key, key, FAR);
        }
        assert!(memory.len() <= 640, "{}", memory.len());
        assert!(memory.len() > 320, "{}", memory.len());
        assert_eq!(memory.get(&99_999, Time(0)), Some(99_999));
    }

    /// One step of a reader or of somebody who changes things.
    #[derive(Clone, Copy, Debug)]
    enum Step {
        Begin(usize),
        Read(usize),
        Keep(usize),
        Change,
        Forget,
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            (0..3_usize).prop_map(Step::Begin),
            (0..3_usize).prop_map(Step::Read),
            (0..3_usize).prop_map(Step::Keep),
            Just(Step::Change),
            Just(Step::Forget),
        ];
        proptest::collection::vec(step, 0..60)
    }

    proptest! {
        /// Readers and a writer take turns in every order; after each forgetting, nothing older than
        /// the change before it is ever remembered.
        #[test]
        fn nothing_older_than_the_last_forgetting_is_remembered(steps in steps()) {
            let memory = Fresh::new(100);
            let (mut stored, mut known_since) = (0_u64, 0_u64);
            let mut readers = [(None, None); 3];
            for step in steps {
                match step {
                    Step::Begin(reader) => readers[reader] = (Some(memory.begin(&1)), None),
                    Step::Read(reader) if readers[reader].0.is_some() => readers[reader].1 = Some(stored),
                    Step::Keep(reader) => {
                        if let (Some(ticket), Some(value)) = readers[reader] {
                            memory.keep(ticket, 1, value, Time(0), FAR);
                        }
                    }
                    Step::Change => stored += 1,
                    Step::Forget => {
                        memory.forget(&1);
                        known_since = stored;
                    }
                    Step::Read(_) => {}
                }
                if let Some(value) = memory.get(&1, Time(0)) {
                    prop_assert!(value >= known_since, "{value} is older than {known_since}");
                }
            }
        }
    }
}
