//! The bare ledger with all that it ever said, to hold the store against.

use gapura_domain::door::{Answer, Command, Decision, Event, Visit};
use gapura_domain::ids::{DecisionId, GateId, PersonId, RequestId, VenueId};
use gapura_domain::ledger::{Finished, Ledger, Open};
use gapura_domain::time::{LocalDay, Time};
use gapura_domain::verdict::{Exit, Verdict};
use std::collections::BTreeMap;
use std::sync::Arc;

type Told = (GateId, PersonId, Answer);

#[derive(Clone)]
pub(super) struct Model {
    pub(super) ledger: Ledger,
    decisions: BTreeMap<DecisionId, Arc<Decision>>,
    rows: BTreeMap<DecisionId, Finished>,
    corrections: BTreeMap<DecisionId, Time>,
    told: BTreeMap<(VenueId, RequestId), Told>,
    tallies: BTreeMap<(GateId, Verdict), u64>,
}

impl Model {
    pub(super) fn new() -> Self {
        Self {
            ledger: Ledger::new(),
            decisions: BTreeMap::new(),
            rows: BTreeMap::new(),
            corrections: BTreeMap::new(),
            told: BTreeMap::new(),
            tallies: BTreeMap::new(),
        }
    }

    /// What must be answered.
    pub(super) fn tell(&mut self, command: Command, now: Time) -> Answer {
        let mut told_as = None;
        match &command {
            Command::CheckIn(ask) => {
                let key = (ask.plan.venue, ask.request);
                let who = (ask.plan.gate, ask.party[0].person);
                match self.told.get(&key) {
                    Some((gate, person, answer)) if (*gate, *person) == who => {
                        return answer.clone();
                    }
                    Some(_) => return Answer::IdReused,
                    None => told_as = Some((key, who)),
                }
            }
            Command::Correct { visit, .. } if self.visit(*visit).is_none() => {
                return Answer::NotOpen;
            }
            _ => {}
        }
        let mut events = Vec::new();
        let answer = self.ledger.decide(command, now, &mut events);
        for event in events {
            self.take(event);
        }
        for row in self.ledger.take_finished() {
            self.rows.insert(row.number(), row);
        }
        if let Some((key, (gate, person))) = told_as
            && matches!(answer, Answer::Decided(_) | Answer::Left { .. })
        {
            self.told.insert(key, (gate, person, answer.clone()));
        }
        answer
    }

    fn take(&mut self, event: Event) {
        let decision = match event {
            Event::Decided(decision) | Event::Resolved { decision, .. } => decision,
            Event::Corrected { visit, out, .. } => {
                self.corrections.insert(visit, out);
                return;
            }
            Event::Ended { .. } | Event::Placed { .. } => return,
        };
        if !decision.is_leave() {
            let key = (decision.gate, decision.verdict);
            *self.tallies.entry(key).or_default() += decision.party.len() as u64;
        }
        self.decisions.insert(decision.id, decision);
    }

    pub(super) fn decision(&self, id: DecisionId) -> Option<&Arc<Decision>> {
        self.decisions.get(&id)
    }

    pub(super) fn visit(&self, number: DecisionId) -> Option<Visit> {
        if let Some(open) = self.ledger.open(number) {
            return (!open.held).then(|| open.visit());
        }
        let visit = self.rows.get(&number)?.visit()?;
        Some(match self.corrections.get(&number) {
            Some(out) => Visit {
                to: Some((*out).max(visit.from)),
                exit: Some(Exit::Corrected),
                ..visit
            },
            None => visit,
        })
    }

    pub(super) fn visits(&self) -> Vec<Visit> {
        let numbers = (1..self.ledger.next().0).map(DecisionId);
        numbers.filter_map(|number| self.visit(number)).collect()
    }

    pub(super) fn visits_of(&self, person: PersonId, from: Time, to: Time) -> Vec<Visit> {
        let mut visits = self.visits();
        visits.retain(|visit| visit.person == person && visit.from >= from && visit.from < to);
        visits.sort_by_key(|visit| (visit.from, visit.id));
        visits
    }

    pub(super) fn visits_at(&self, venue: VenueId, day: LocalDay) -> Vec<Visit> {
        let mut visits = self.visits();
        visits.retain(|visit| visit.venue == venue && visit.day == day);
        visits
    }

    pub(super) fn inside(&self, venue: VenueId) -> Vec<Visit> {
        let open = self.ledger.open_at(venue).filter(|open| !open.held);
        open.map(Open::visit).collect()
    }

    pub(super) fn tallies(&self) -> &BTreeMap<(GateId, Verdict), u64> {
        &self.tallies
    }

    /// Every check-in that was answered, with its decision as it was answered first.
    pub(super) fn answered(
        &self,
    ) -> impl Iterator<Item = (VenueId, RequestId, Option<Arc<Decision>>)> {
        self.told.iter().map(|((venue, request), (_, _, answer))| {
            let first = match answer {
                Answer::Decided(first) => Some(Arc::clone(first)),
                _ => None,
            };
            (*venue, *request, first)
        })
    }
}
