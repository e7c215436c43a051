//! The doors in memory: the ledger, and what has finished since the last checkpoint.

use super::find;
use super::log::{self, Checkpoint};
use super::tail::{Tail, TallyKey};
use crate::fault::{Fault, Outcome};
use gapura_domain::door::{Decision, Event, PARTY_MAX, Visit};
use gapura_domain::ids::{DecisionId, PersonId, RequestId, VenueId};
use gapura_domain::ledger::{Finished, Ledger, Open, RECALL_S};
use gapura_domain::time::Time;
use gapura_domain::verdict::Exit;
use rusqlite::Connection;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Everything since the checkpoint, and all who are inside.
pub(crate) struct State {
    pub(super) ledger: Ledger,
    pub(super) checkpoint: Checkpoint,
    /// The last row of the log.
    pub(super) log_end: i64,
    tail: Tail,
    /// What is being packed.
    sealed: Option<Arc<Tail>>,
}

impl State {
    /// Reads checkpoint and log.
    pub(super) fn load(conn: &Connection) -> Outcome<Self> {
        let checkpoint = log::checkpoint(conn)?;
        let mut state = Self {
            ledger: log::ledger(conn, checkpoint)?,
            checkpoint,
            log_end: checkpoint.log_id,
            tail: Tail::default(),
            sealed: None,
        };
        let since = state.ledger.clock().plus_s(-RECALL_S);
        log::read(conn, 1, since, |id, events| {
            if id <= checkpoint.log_id {
                for event in &events {
                    state.ledger.recall(event);
                }
                return Ok(());
            }
            state.replay(id, events)
        })?;
        Ok(state)
    }

    /// Takes in what another process has written since.
    pub(super) fn catch_up(&mut self, conn: &Connection) -> Outcome<()> {
        log::read(conn, self.log_end + 1, Time(i64::MIN), |id, events| {
            self.replay(id, events)
        })
    }

    fn replay(&mut self, id: i64, events: Vec<Event>) -> Outcome<()> {
        if id != self.log_end + 1 {
            return Err(Fault::Column("door_log.id"));
        }
        self.log_end = id;
        for event in &events {
            self.ledger.apply(event);
        }
        self.absorb(events);
        Ok(())
    }

    /// Takes in events that the ledger has applied.
    pub(super) fn absorb(&mut self, events: Vec<Event>) {
        let finished = self.ledger.take_finished();
        self.tail.absorb(events, finished);
    }

    /// The events of the tail from the one with this number on.
    pub(super) fn events_from(&self, first: usize) -> &[Event] {
        &self.tail.events[first..]
    }

    /// How many events wait to be packed.
    pub(super) fn waiting(&self) -> usize {
        self.tail.events.len()
    }

    /// Hands out what is to be packed next. `None` if there is nothing.
    pub(super) fn seal(&mut self) -> Option<Arc<Tail>> {
        if self.sealed.is_none() && !self.tail.is_empty() {
            let mut tail = std::mem::take(&mut self.tail);
            tail.log_id = self.log_end;
            self.sealed = Some(Arc::new(tail));
        }
        self.sealed.clone()
    }

    /// Lets go of what was packed. `None` if this state was read from the file meanwhile and knows
    /// no such seal.
    pub(super) fn packed(&mut self, tail: &Arc<Tail>, to: Checkpoint) -> Option<()> {
        let sealed = self.sealed.take()?;
        if !Arc::ptr_eq(&sealed, tail) {
            return None;
        }
        self.checkpoint = to;
        Some(())
    }

    /// What is not packed yet, newest first.
    fn tails(&self) -> impl Iterator<Item = &Tail> {
        std::iter::once(&self.tail).chain(self.sealed.as_deref())
    }

    /// The row of this number that finished last.
    pub(super) fn finished(&self, number: DecisionId) -> Option<&Finished> {
        self.tails().find_map(|tail| tail.row(number))
    }

    /// A decision as it stands, if memory knows it.
    pub(super) fn decision(&self, id: DecisionId) -> Option<&Arc<Decision>> {
        let members = (0..PARTY_MAX as u64).map(|member| DecisionId(id.0.wrapping_add(member)));
        let known = members.filter_map(|number| {
            let open = self.ledger.open(number).map(|open| &open.decision);
            open.or_else(|| self.finished(number).map(|row| &row.decision))
        });
        let latest = self.ledger.resolvable(id);
        latest.or_else(|| known.into_iter().find(|decision| decision.id == id))
    }

    /// The decision that a request began, as it stands, if memory knows it.
    pub(super) fn asked(&self, venue: VenueId, request: RequestId) -> Option<&Arc<Decision>> {
        let open = self.ledger.open_by_request(venue, request);
        open.map(|open| &open.decision)
            .or_else(|| self.tails().find_map(|tail| tail.asked(venue, request)))
    }

    /// Whether memory knows what this number is, a visit or none.
    pub(super) fn knows(&self, number: DecisionId) -> bool {
        self.ledger.open(number).is_some() || self.finished(number).is_some()
    }

    /// A visit, if this number is one that memory knows.
    pub(super) fn visit(&self, number: DecisionId) -> Option<Visit> {
        if let Some(open) = self.ledger.open(number) {
            return (!open.held).then(|| open.visit());
        }
        let mut visits = Visits::default();
        visits.add(self.finished(number)?.visit());
        visits.correct_by(&self.corrections());
        visits.0.remove(&number)
    }

    /// Visits of a person, by number.
    pub(super) fn visits_of(&self, person: PersonId) -> Visits {
        let open = self.ledger.open_of(person).into_iter();
        self.visits(open, |tail| tail.visits_of(person).collect())
    }

    /// Visits of a venue, by number.
    pub(super) fn visits_at(&self, venue: VenueId) -> Visits {
        let open = self.ledger.open_at(venue);
        self.visits(open, |tail| tail.visits_at(venue).collect())
    }

    fn visits<'a>(
        &'a self,
        open: impl Iterator<Item = &'a Open>,
        over: impl Fn(&'a Tail) -> Vec<Visit>,
    ) -> Visits {
        let mut visits = Visits::default();
        let inside = open.filter(|open| !open.held).map(Open::visit);
        visits.add(inside);
        for tail in self.tails() {
            visits.add(over(tail));
        }
        visits
    }

    /// Exits that managers set and that are not packed yet.
    pub(super) fn corrections(&self) -> FxHashMap<DecisionId, Time> {
        let mut corrections = FxHashMap::default();
        let tails: Vec<&Tail> = self.tails().collect();
        for tail in tails.into_iter().rev() {
            let set = tail.corrections.iter();
            corrections.extend(set.map(|correction| (correction.visit, correction.out)));
        }
        corrections
    }

    /// Tallies that are not packed yet.
    pub(super) fn tallies(&self) -> impl Iterator<Item = (&TallyKey, &u64)> {
        self.tails().flat_map(|tail| &tail.tallies)
    }
}

/// Visits by number. What is added first of a number holds.
#[derive(Default)]
pub(super) struct Visits(pub(super) BTreeMap<DecisionId, Visit>);

impl Visits {
    pub(super) fn add(&mut self, visits: impl IntoIterator<Item = Visit>) {
        for visit in visits {
            self.0.entry(visit.id).or_insert(visit);
        }
    }

    /// Sets the exits that managers set, as the file knows them.
    pub(super) fn correct(&mut self, conn: &Connection) -> Outcome<()> {
        for visit in self.over() {
            if let Some(out) = find::correction(conn, visit.id)? {
                correct(visit, out);
            }
        }
        Ok(())
    }

    /// Sets the exits that managers set, as memory knows them.
    pub(super) fn correct_by(&mut self, corrections: &FxHashMap<DecisionId, Time>) {
        for visit in self.over() {
            if let Some(out) = corrections.get(&visit.id) {
                correct(visit, *out);
            }
        }
    }

    fn over(&mut self) -> impl Iterator<Item = &mut Visit> {
        self.0.values_mut().filter(|visit| visit.to.is_some())
    }
}

fn correct(visit: &mut Visit, out: Time) {
    visit.to = Some(out.max(visit.from));
    visit.exit = Some(Exit::Corrected);
}
