//! The doors in memory: the ledger, and what has finished since the last checkpoint.

use super::log;
use crate::fault::Outcome;
use gapura_domain::door::Event;
use gapura_domain::ids::{DecisionId, GateId};
use gapura_domain::ledger::{Finished, Ledger};
use gapura_domain::time::Time;
use gapura_domain::verdict::{Reason, Verdict};
use rusqlite::Connection;
use rustc_hash::FxHashMap;

/// What a tally counts by: gate, hour since the epoch, verdict, code of the reason.
pub(super) type TallyKey = (GateId, i64, Verdict, &'static str);

/// Everything since the checkpoint, and all who are inside.
#[derive(Default)]
pub(crate) struct State {
    pub(super) ledger: Ledger,
    pub(super) finished: FxHashMap<DecisionId, Finished>,
    pub(super) tallies: FxHashMap<TallyKey, u64>,
    /// Exits that a manager set.
    pub(super) corrections: FxHashMap<DecisionId, Time>,
    /// The log row at which the checkpoint stands.
    pub(super) checkpoint: i64,
    /// The last row of the log.
    pub(super) log_end: i64,
    /// Events in the log since the checkpoint.
    pub(super) waiting: u64,
}

impl State {
    /// Reads checkpoint and log.
    pub(super) fn load(conn: &Connection) -> Outcome<Self> {
        let (checkpoint, ledger) = log::checkpoint(conn)?;
        let mut state = Self {
            ledger,
            checkpoint,
            log_end: checkpoint,
            ..Self::default()
        };
        log::read_after(conn, checkpoint, |id, events| {
            events.iter().for_each(|event| state.ledger.apply(event));
            state.absorb(&events);
            state.log_end = id;
        })?;
        Ok(state)
    }

    /// Takes in events that the ledger has applied.
    pub(super) fn absorb(&mut self, events: &[Event]) {
        for event in events {
            if let Some((key, people)) = tally(event) {
                *self.tallies.entry(key).or_default() += people;
            }
            if let Event::Corrected { visit, out, .. } = event {
                self.corrections.insert(*visit, *out);
            }
        }
        for finished in self.ledger.take_finished() {
            self.finished.insert(finished.number(), finished);
        }
        self.waiting += events.len() as u64;
    }

    /// Lets go of what a checkpoint at `log_id` has packed.
    pub(super) fn packed(&mut self, packed: &Self) {
        for (number, row) in &packed.finished {
            // An override may have finished the same number anew since.
            if self.finished.get(number) == Some(row) {
                self.finished.remove(number);
            }
        }
        for (key, people) in &packed.tallies {
            if let Some(count) = self.tallies.get_mut(key) {
                *count = count.saturating_sub(*people);
            }
        }
        self.tallies.retain(|_, people| *people > 0);
        self.corrections
            .retain(|visit, out| packed.corrections.get(visit) != Some(out));
        self.checkpoint = packed.log_end;
        self.waiting = self.waiting.saturating_sub(packed.waiting);
    }
}

/// How many people an event adds to which tally.
fn tally(event: &Event) -> Option<(TallyKey, u64)> {
    let (decision, at) = match event {
        Event::Decided(decision) => (decision, decision.at),
        Event::Resolved { decision, at, .. } => (decision, *at),
        Event::Ended { .. } | Event::Corrected { .. } => return None,
    };
    let reason = decision.reasons.iter().rev().find(|reason| {
        let is_only_status = matches!(reason, Reason::Status { .. } | Reason::WithAdult { .. });
        !(decision.verdict == Verdict::Admit && is_only_status)
    });
    let reason = reason.map_or("", |reason| reason.code());
    let key = (decision.gate, at.unix_hour(), decision.verdict, reason);
    Some((key, decision.party.len() as u64))
}
