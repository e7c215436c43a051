//! What a gate's screen shows as it happens: who came through in the last minutes, by initials.
//!
//! Kept in memory only, and only for gates whose screen was on since the start.

use crate::check_in::DoorAnswer;
use gapura_domain::ids::{DecisionId, GateId};
use gapura_domain::time::Time;
use gapura_domain::verdict::{Verdict, Way};
use parking_lot::RwLock;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::broadcast;

/// Entries stay on the screen for so long.
const RECENT_S: i64 = 600;

/// Most entries on the screen.
const RECENT_MAX: usize = 12;

/// One line of a gate's screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The decision; of somebody who left, the visit that ended.
    pub id: DecisionId,
    /// When.
    pub at: Time,
    /// The answer; absent for somebody who left.
    pub verdict: Option<Verdict>,
    /// How they came; absent for somebody who left.
    pub way: Option<Way>,
    /// Initials of the party.
    pub initials: Vec<Arc<str>>,
    /// The minute's word that the visitor's page shows too.
    pub word: &'static str,
}

struct Screen {
    recent: VecDeque<Entry>,
    live: broadcast::Sender<Entry>,
}

/// The screens that were on since the start.
#[derive(Default)]
pub struct Feed {
    screens: RwLock<BTreeMap<GateId, Screen>>,
    answers: [AtomicU64; 3],
}

impl Feed {
    /// How often doors answered so since the start; an answer told again counts again.
    pub fn answers(&self, verdict: Verdict) -> u64 {
        self.answers[verdict as usize].load(Ordering::Relaxed)
    }

    /// What came through lately, newest first, and what will.
    pub fn watch(&self, gate: GateId, now: Time) -> (Vec<Entry>, broadcast::Receiver<Entry>) {
        let mut screens = self.screens.write();
        let screen = screens.entry(gate).or_insert_with(|| Screen {
            recent: VecDeque::new(),
            live: broadcast::channel(64).0,
        });
        let recent = screen
            .recent
            .iter()
            .filter(|entry| now.since_s(entry.at) < RECENT_S);
        (recent.cloned().collect(), screen.live.subscribe())
    }

    /// Tells a gate's screen of a decision. A decision told again takes the place of the first.
    pub(crate) fn tell(&self, answer: &DoorAnswer) {
        let decision = &answer.decision;
        self.answers[decision.verdict as usize].fetch_add(1, Ordering::Relaxed);
        self.put(decision.gate, || Entry {
            id: decision.id,
            at: decision.at,
            verdict: Some(decision.verdict),
            way: Some(decision.way),
            initials: answer.initials.clone(),
            word: answer.word,
        });
    }

    /// Tells a gate's screen that somebody left, alone or with a party. Told again it stands there once.
    pub(crate) fn tell_left(
        &self,
        gate: GateId,
        visit: DecisionId,
        at: Time,
        initials: &[Arc<str>],
    ) {
        self.put(gate, || Entry {
            id: visit,
            at,
            verdict: None,
            way: None,
            initials: initials.to_vec(),
            word: "",
        });
    }

    fn put(&self, gate: GateId, entry: impl FnOnce() -> Entry) {
        if !self.screens.read().contains_key(&gate) {
            return;
        }
        if let Some(screen) = self.screens.write().get_mut(&gate) {
            let entry = entry();
            screen.recent.retain(|old| {
                old.id != entry.id || old.verdict.is_none() != entry.verdict.is_none()
            });
            screen.recent.push_front(entry.clone());
            screen.recent.truncate(RECENT_MAX);
            // Nobody listens while a screen is off.
            drop(screen.live.send(entry));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(decision: u64, at: i64) -> Entry {
        Entry {
            id: DecisionId(decision),
            at: Time(at),
            verdict: Some(Verdict::Check),
            way: Some(Way::Poster),
            initials: vec![Arc::from("S. W.")],
            word: "kelapa",
        }
    }

    #[test]
    fn a_resolved_check_takes_the_place_of_the_check() {
        let feed = Feed::default();
        let (_, mut live) = feed.watch(GateId(1), Time(0));
        feed.put(GateId(1), || entry(1, 0));
        feed.put(GateId(1), || Entry {
            verdict: Some(Verdict::Admit),
            ..entry(1, 5)
        });
        feed.put(GateId(2), || entry(2, 5));
        let (recent, _) = feed.watch(GateId(1), Time(10));
        assert_eq!(recent.len(), 1);
        assert_eq!(recent[0].verdict, Some(Verdict::Admit));
        assert_eq!(live.try_recv().unwrap().verdict, Some(Verdict::Check));
        assert!(feed.watch(GateId(1), Time(605)).0.is_empty());
    }

    #[test]
    fn coming_and_leaving_are_two_lines_and_a_leaving_told_again_is_one() {
        let feed = Feed::default();
        let (_, mut live) = feed.watch(GateId(1), Time(0));
        feed.put(GateId(1), || entry(1, 0));
        let initials = [Arc::from("S. W.")];
        for _ in 0..2 {
            feed.tell_left(GateId(1), DecisionId(1), Time(60), &initials);
        }
        let (recent, _) = feed.watch(GateId(1), Time(60));
        let verdicts: Vec<_> = recent.iter().map(|entry| entry.verdict).collect();
        assert_eq!(verdicts, [None, Some(Verdict::Check)]);
        assert_eq!(recent[0].initials, initials);
        assert_eq!(live.try_recv().unwrap().verdict, Some(Verdict::Check));
        assert_eq!(live.try_recv().unwrap().verdict, None);
    }
}
