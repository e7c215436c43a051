//! What has finished since a moment, with the ways to find it.
//!
//! Events go in at one end; when a packing begins, the tail is sealed as it is and a new one begins.

use gapura_domain::door::{Decision, Event, Remark, Visit};
use gapura_domain::ids::{DecisionId, GateId, PersonId, RequestId, VenueId};
use gapura_domain::ledger::Finished;
use gapura_domain::time::Time;
use gapura_domain::verdict::{Reason, Verdict};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What a tally counts by: gate, hour since the epoch, verdict, code of the reason.
pub(super) type TallyKey = (GateId, i64, Verdict, &'static str);

/// An exit that a manager set.
#[derive(Clone, Debug)]
pub(super) struct Correction {
    pub(super) visit: DecisionId,
    pub(super) out: Time,
    pub(super) at: Time,
    pub(super) remark: Remark,
}

struct Row {
    finished: Finished,
    /// The visit of the same person that finished before this one.
    before: Option<DecisionId>,
}

/// Everything since the tail before this one was sealed.
#[derive(Default)]
pub(super) struct Tail {
    rows: FxHashMap<DecisionId, Row>,
    of_person: FxHashMap<PersonId, DecisionId>,
    of_venue: FxHashMap<VenueId, Vec<DecisionId>>,
    asked: FxHashMap<(VenueId, RequestId), DecisionId>,
    pub(super) tallies: FxHashMap<TallyKey, u64>,
    pub(super) corrections: Vec<Correction>,
    /// The events themselves, for the ledger that the packer keeps.
    pub(super) events: Vec<Event>,
    /// The last row of the log that is in it; set when it is sealed.
    pub(super) log_id: i64,
}

impl Tail {
    /// Takes in the events of a batch and what has finished by them.
    pub(super) fn absorb(&mut self, events: Vec<Event>, finished: Vec<Finished>) {
        for event in &events {
            if let Some((key, people)) = tally(event) {
                *self.tallies.entry(key).or_default() += people;
            }
            if let Event::Corrected {
                visit,
                out,
                at,
                remark,
            } = event
            {
                self.corrections.push(Correction {
                    visit: *visit,
                    out: *out,
                    at: *at,
                    remark: remark.clone(),
                });
            }
        }
        self.events.extend(events);
        for finished in finished {
            self.add(finished);
        }
    }

    fn add(&mut self, finished: Finished) {
        let (number, decision) = (finished.number(), &finished.decision);
        let key = (decision.venue, decision.request);
        self.asked.insert(key, decision.id);
        let known = self.rows.get(&number);
        let was_visit = known.is_some_and(|row| row.finished.is_visit());
        let mut before = known.and_then(|row| row.before);
        if finished.is_visit() && !was_visit {
            before = self.of_person.insert(finished.person(), number);
            self.of_venue
                .entry(decision.venue)
                .or_default()
                .push(number);
        }
        self.rows.insert(number, Row { finished, before });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    pub(super) fn finished(&self) -> impl Iterator<Item = &Finished> {
        self.rows.values().map(|row| &row.finished)
    }

    pub(super) fn row(&self, number: DecisionId) -> Option<&Finished> {
        Some(&self.rows.get(&number)?.finished)
    }

    pub(super) fn visits_of(&self, person: PersonId) -> impl Iterator<Item = Visit> {
        let mut next = self.of_person.get(&person).copied();
        std::iter::from_fn(move || {
            let row = self.rows.get(&next?)?;
            next = row.before;
            row.finished.visit()
        })
    }

    pub(super) fn visits_at(&self, venue: VenueId) -> impl Iterator<Item = Visit> {
        let numbers = self.of_venue.get(&venue).into_iter().flatten();
        numbers.filter_map(|number| self.row(*number)?.visit())
    }

    pub(super) fn asked(&self, venue: VenueId, request: RequestId) -> Option<&Arc<Decision>> {
        let id = *self.asked.get(&(venue, request))?;
        let decision = (0..gapura_domain::door::PARTY_MAX)
            .filter_map(|member| self.row(DecisionId(id.0.wrapping_add(member as u64))))
            .map(|row| &row.decision);
        decision.into_iter().find(|decision| decision.id == id)
    }
}

/// How many people an event adds to which tally.
fn tally(event: &Event) -> Option<(TallyKey, u64)> {
    let (decision, at) = match event {
        Event::Decided(decision) if decision.is_leave() => return None,
        Event::Decided(decision) => (decision, decision.at),
        Event::Resolved { decision, at, .. } => (decision, *at),
        Event::Ended { .. } | Event::Corrected { .. } | Event::Placed { .. } => return None,
    };
    let reason = decision.reasons.iter().rev().find(|reason| {
        let is_only_status = matches!(reason, Reason::Status { .. } | Reason::WithAdult { .. });
        !(decision.verdict == Verdict::Admit && is_only_status)
    });
    let reason = reason.map_or("", |reason| reason.code());
    let key = (decision.gate, at.unix_hour(), decision.verdict, reason);
    Some((key, decision.party.len() as u64))
}
