//! How often somebody may try: allowances that refill with time, kept in memory.
//!
//! Each is the generic cell rate algorithm: a key's state is one time, up to which its tries are used
//! up. A server that restarts forgets them, which gives an attacker one more burst and no more.

use gapura_domain::time::Time;
use gapura_store::people::KeyedHash;
use parking_lot::Mutex;
use rustc_hash::FxHashMap;

use crate::error::{AppError, Result};

/// What is tried. Each has allowances of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Tried {
    /// A one-time code is sent to a contact.
    CodeTo,
    /// A client asks for one-time codes. Many phones share one address of their network.
    CodeFrom,
    /// A client types one-time codes.
    ConfirmFrom,
    /// A client signs in to staff accounts.
    StaffFrom,
    /// A client types enrolment codes of devices.
    EnrolFrom,
}

impl Tried {
    /// How many at once, and the seconds until one more.
    const fn allowance(self) -> (i64, i64) {
        match self {
            // Each code may be guessed at five times: at most 365 guesses a day among a million.
            Self::CodeTo => (8, 1_200),
            Self::CodeFrom => (60, 5),
            Self::ConfirmFrom => (60, 2),
            Self::StaffFrom => (30, 6),
            Self::EnrolFrom => (20, 15),
        }
    }
}

/// Keys remembered at most; beyond that the oldest allowances are given anew.
const KEYS_MAX: usize = 200_000;

/// All allowances that are partly used up.
#[derive(Default)]
pub(crate) struct Tries(Mutex<FxHashMap<(Tried, KeyedHash), Time>>);

impl Tries {
    /// Uses up one try.
    ///
    /// # Errors
    /// `TooMany` with the seconds until the next.
    pub(crate) fn take(&self, tried: Tried, key: KeyedHash, now: Time) -> Result<()> {
        let (burst, every_s) = tried.allowance();
        let mut used_until = self.0.lock();
        if used_until.len() >= KEYS_MAX {
            make_room(&mut used_until, now);
        }
        let until = used_until.entry((tried, key)).or_insert(now);
        let from = (*until).max(now);
        let wait_s = from.since_s(now) - (burst - 1) * every_s;
        if wait_s > 0 {
            let retry_after_s = u32::try_from(wait_s).unwrap_or(u32::MAX);
            return Err(AppError::TooMany { retry_after_s });
        }
        *until = from.plus_s(every_s);
        Ok(())
    }
}

fn make_room(used_until: &mut FxHashMap<(Tried, KeyedHash), Time>, now: Time) {
    used_until.retain(|_, until| *until > now);
    if used_until.len() >= KEYS_MAX {
        let mut all: Vec<Time> = used_until.values().copied().collect();
        let (_, middle, _) = all.select_nth_unstable(KEYS_MAX / 2);
        let middle = *middle;
        used_until.retain(|_, until| *until > middle);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(tries: &Tries, key: u8, now: i64) -> Option<u32> {
        match tries.take(Tried::CodeTo, [key; 32], Time(now)) {
            Ok(()) => None,
            Err(AppError::TooMany { retry_after_s }) => Some(retry_after_s),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn after_a_burst_one_more_comes_every_twenty_minutes() {
        let tries = Tries::default();
        for _ in 0..8 {
            assert_eq!(wait(&tries, 1, 1_000), None);
        }
        assert_eq!(wait(&tries, 1, 1_000), Some(1_200));
        assert_eq!(wait(&tries, 1, 2_199), Some(1));
        assert_eq!(wait(&tries, 1, 2_200), None);
        assert_eq!(wait(&tries, 1, 2_200), Some(1_200));
        assert_eq!(wait(&tries, 2, 2_200), None, "others are not concerned");
        for _ in 0..8 {
            assert_eq!(wait(&tries, 1, 20_000), None);
        }
    }

    #[test]
    fn the_memory_of_tries_is_bounded() {
        let tries = Tries::default();
        for number in 0..300_000_u32 {
            let mut key = [0; 32];
            key[..4].copy_from_slice(&number.to_be_bytes());
            let now = Time(i64::from(number) / 10_000);
            assert!(tries.take(Tried::CodeTo, key, now).is_ok());
        }
        assert!(tries.0.lock().len() <= KEYS_MAX);
    }
}
