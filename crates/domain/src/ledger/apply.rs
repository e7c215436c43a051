//! What an event does to the counters. Nothing else changes them.

use super::{Count, Finished, Ledger, Open, REMEMBER_S};
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
        }
        // A ledger that is only replayed must forget too, or it would remember every answer of years.
        self.forget_before(self.clock.plus_s(-REMEMBER_S));
    }

    fn decided(&mut self, decision: &Arc<Decision>) {
        self.clock = self.clock.max(decision.at);
        self.next = self.next.max(decision.id.0 + decision.party.len() as u64);
        self.remember(decision.request, decision, decision.at);
        if decision.verdict != Verdict::Admit {
            self.resolvable.insert(decision.id, Arc::clone(decision));
        }
        match (decision.verdict, decision.hold_until) {
            (Verdict::Refuse, _) => self.finish_without_stay(decision, |_| true),
            _ if decision.already.is_some() => self.finish_without_stay(decision, |_| true),
            (Verdict::Admit, _) => {
                self.begin(decision, false, decision.at, decision.ends);
            }
            (Verdict::Check, until) => {
                let until = until.unwrap_or(decision.at);
                self.begin(decision, true, decision.at, (until, Exit::HoldLapsed));
            }
        }
    }

    fn finish_without_stay(&mut self, decision: &Arc<Decision>, test: impl Fn(usize) -> bool) {
        for member in (0..decision.party.len()).filter(|member| test(*member)) {
            let decision = Arc::clone(decision);
            let member = u8::try_from(member).unwrap_or(u8::MAX);
            let since = decision.at;
            self.finished.push(Finished {
                decision,
                member,
                since,
                end: None,
            });
        }
    }

    fn resolved(&mut self, request: RequestId, decision: &Arc<Decision>, at: Time) {
        self.clock = self.clock.max(at);
        self.remember(request, decision, at);
        self.resolvable.insert(decision.id, Arc::clone(decision));
        let is_admitted = decision.verdict == Verdict::Admit;
        if !self.open.contains_key(&decision.visit_of(0)) {
            if is_admitted {
                self.begin(decision, false, at, decision.ends);
            } else {
                self.finish_without_stay(decision, |_| true);
            }
            return;
        }
        for member in 0..decision.party.len() {
            let visit = decision.visit_of(member);
            if let Some(open) = self.open.get_mut(&visit) {
                open.decision = Arc::clone(decision);
                if is_admitted {
                    self.expiries.remove(&(open.ends.0, visit));
                    open.held = false;
                    open.ends = decision.ends;
                    self.expiries.insert((open.ends.0, visit));
                }
            }
        }
    }

    fn remember(&mut self, request: RequestId, decision: &Arc<Decision>, at: Time) {
        let key = (decision.venue, request);
        if self.remembered.insert(key, Arc::clone(decision)).is_none() {
            let asked = Time(request.unix_ms() / 1000);
            self.forget.insert((asked.max(at), decision.venue, request));
        }
    }

    fn begin(&mut self, decision: &Arc<Decision>, held: bool, since: Time, ends: (Time, Exit)) {
        for (index, member) in decision.party.iter().enumerate() {
            let before = self
                .open_of(member.person)
                .map(|open| (open.decision.venue, open.decision.room));
            // Somebody of the party who is in this room already keeps that visit.
            if before.is_some_and(|(_, room)| room == decision.room) {
                self.finish_without_stay(decision, |member| member == index);
                continue;
            }
            let moved = before.is_some_and(|(venue, _)| venue == decision.venue);
            let visit = decision.visit_of(index);
            let member_index = u8::try_from(index).unwrap_or(u8::MAX);
            let decision = Arc::clone(decision);
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
            self.by_person.insert(member.person, visit);
            self.expiries.insert((ends.0, visit));
            let open = Open {
                decision,
                member: member_index,
                held,
                since,
                ends,
                moved,
            };
            self.open.insert(visit, open);
        }
    }

    fn ended(&mut self, visit: DecisionId, at: Time, exit: Exit) {
        let Some(open) = self.open.remove(&visit) else {
            return;
        };
        self.expiries.remove(&(open.ends.0, visit));
        let person = open.person();
        if self.by_person.get(&person) == Some(&visit) {
            self.by_person.remove(&person);
        }
        let was_no_visit = matches!(exit, Exit::HoldLapsed | Exit::HoldRefused);
        let day = open.decision.day;
        let (member, since) = (open.member, open.since);
        let decision = Arc::clone(&open.decision);
        self.finished.push(Finished {
            decision,
            member,
            since,
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
