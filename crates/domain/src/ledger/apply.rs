//! What an event does to the counters. Nothing else changes them.

use super::{Count, Finished, Ledger, Open};
use crate::door::{Decision, Event};
use crate::ids::{DecisionId, RequestId};
use crate::time::Time;
use crate::verdict::{Exit, Verdict};
use std::sync::Arc;

impl Ledger {
    /// Applies an event of the log. Events must come in the order in which they were recorded.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::Decided(decision) => self.decided(decision),
            Event::Ended { visit, at, exit } => self.ended(*visit, *at, *exit),
            Event::Resolved {
                request,
                decision,
                at,
            } => self.resolved(*request, decision, *at),
            Event::Corrected { at, .. } => self.clock = self.clock.max(*at),
            Event::Placed { venue, position } => {
                self.positions.insert(*venue, *position);
            }
        }
    }

    /// Takes in an event from before the snapshot that this ledger was restored from, so that
    /// repeats are recognised and checks can be ended. Comes before any event is applied.
    pub fn recall(&mut self, event: &Event) {
        match event {
            Event::Decided(decision) => self.memory.decided(decision),
            Event::Resolved {
                request,
                decision,
                at,
            } => self.memory.resolved(*request, decision, *at),
            Event::Ended { .. } | Event::Corrected { .. } | Event::Placed { .. } => {}
        }
        // A ledger that is only replayed must forget too.
        self.memory.forget(self.clock);
    }

    fn decided(&mut self, decision: &Arc<Decision>) {
        self.clock = self.clock.max(decision.at);
        self.next = self.next.max(decision.id.0 + decision.party.len() as u64);
        if !self.follows {
            self.memory.decided(decision);
        }
        let (held, ends) = match (decision.verdict, decision.hold_until) {
            (Verdict::Check, until) => (true, (until.unwrap_or(decision.at), Exit::HoldLapsed)),
            (Verdict::Admit | Verdict::Refuse, _) => (false, decision.ends),
        };
        for member in 0..decision.party.len() {
            if decision.verdict == Verdict::Refuse || decision.is_leave() {
                self.finish_without_stay(decision, member);
            } else {
                self.begin(decision, member, held, decision.at, ends);
            }
        }
    }

    fn finish_without_stay(&mut self, decision: &Arc<Decision>, member: usize) {
        self.finish(Finished {
            decision: Arc::clone(decision),
            member: u8::try_from(member).unwrap_or(u8::MAX),
            since: decision.at,
            end: None,
        });
    }

    fn finish(&mut self, finished: Finished) {
        if !self.follows {
            self.finished.push(finished);
        }
    }

    fn resolved(&mut self, request: RequestId, decision: &Arc<Decision>, at: Time) {
        self.clock = self.clock.max(at);
        if !self.follows {
            self.memory.resolved(request, decision, at);
        }
        let is_admitted = decision.verdict == Verdict::Admit;
        for member in 0..decision.party.len() {
            let visit = decision.visit_of(member);
            match self.open.get_mut(&visit) {
                Some(open) => {
                    open.decision = Arc::clone(decision);
                    if is_admitted {
                        self.expiries.remove(&(open.ends.0, visit));
                        open.held = false;
                        open.ends = decision.ends;
                        self.expiries.insert((open.ends.0, visit));
                    }
                }
                None if is_admitted => self.begin(decision, member, false, at, decision.ends),
                None => self.finish_without_stay(decision, member),
            }
        }
    }

    fn begin(
        &mut self,
        decision: &Arc<Decision>,
        member: usize,
        held: bool,
        since: Time,
        ends: (Time, Exit),
    ) {
        let person = decision.party[member].person;
        let before = self.open_of(person);
        // Somebody of the party who is in this room already keeps that visit.
        if before.is_some_and(|open| open.decision.room == decision.room) {
            self.finish_without_stay(decision, member);
            return;
        }
        let moved = before.is_some_and(|open| open.decision.venue == decision.venue);
        let visit = decision.visit_of(member);
        let ends = (ends.0.max(since), ends.1);
        let add = |count: &mut Count, is_new: bool| {
            if count.day < decision.day {
                *count = Count {
                    day: decision.day,
                    today: 0,
                    ..*count
                };
            }
            count.inside += 1;
            count.today += u32::from(is_new && count.day == decision.day);
        };
        add(self.rooms.entry(decision.room).or_default(), true);
        add(self.venues.entry(decision.venue).or_default(), !moved);
        self.by_person.insert(person, visit);
        self.by_venue.insert((decision.venue, visit));
        self.by_request
            .insert((decision.venue, decision.request), visit);
        self.expiries.insert((ends.0, visit));
        let open = Open {
            decision: Arc::clone(decision),
            member: u8::try_from(member).unwrap_or(u8::MAX),
            held,
            since,
            ends,
            moved,
        };
        self.open.insert(visit, open);
    }

    /// Of a party, somebody who is still inside is found by its request.
    fn find_another_by_request(&mut self, decision: &Decision, ended: DecisionId) {
        let key = (decision.venue, decision.request);
        if self.by_request.get(&key) == Some(&ended) {
            let mut members = (0..decision.party.len()).map(|member| decision.visit_of(member));
            match members.find(|visit| self.open.contains_key(visit)) {
                Some(visit) => self.by_request.insert(key, visit),
                None => self.by_request.remove(&key),
            };
        }
    }

    fn ended(&mut self, visit: DecisionId, at: Time, exit: Exit) {
        let Some(open) = self.open.remove(&visit) else {
            return;
        };
        self.expiries.remove(&(open.ends.0, visit));
        self.by_venue.remove(&(open.decision.venue, visit));
        self.find_another_by_request(&open.decision, visit);
        let person = open.person();
        if self.by_person.get(&person) == Some(&visit) {
            self.by_person.remove(&person);
        }
        let was_no_visit = matches!(exit, Exit::HoldLapsed | Exit::HoldRefused);
        let day = open.decision.day;
        self.finish(Finished {
            decision: Arc::clone(&open.decision),
            member: open.member,
            since: open.since,
            end: Some((at, exit)),
        });
        let subtract = |count: &mut Count, was_counted: bool| {
            count.inside = count.inside.saturating_sub(1);
            if was_no_visit && was_counted && count.day == day {
                count.today = count.today.saturating_sub(1);
            }
        };
        subtract(self.rooms.entry(open.decision.room).or_default(), true);
        subtract(
            self.venues.entry(open.decision.venue).or_default(),
            !open.moved,
        );
    }
}
