//! A party at a gate: what it is told again, what it leaves behind, what becomes of it.

use super::memory::Asked;
use super::{Ledger, Open};
use crate::door::{Answer, CheckIn, Decision, Event};
use crate::ids::{DecisionId, VenueId};
use crate::time::Time;
use crate::verdict::{Exit, Verdict};
use std::sync::Arc;

impl Ledger {
    pub(super) fn check_in(&mut self, ask: CheckIn, now: Time, events: &mut Vec<Event>) -> Answer {
        let plan = &ask.plan;
        if let Some((asked, first)) = self.memory.answer_to(plan.venue, ask.request) {
            let is_same = *asked == Asked::CheckIn
                && first.gate == plan.gate
                && first.party[0].person == ask.party[0].person;
            return if is_same {
                Decision::told_again(first)
            } else {
                Answer::IdReused
            };
        }
        if self.positions.get(&plan.venue) != Some(&plan.position) {
            let (venue, position) = (plan.venue, plan.position);
            self.record(Event::Placed { venue, position }, events);
        }
        if let Some(answer) = self.leave_by_scan(&ask, now, events) {
            return answer;
        }
        self.release_holds(&ask, now, events);
        let decision = Arc::new(self.judge(ask, now));
        let before = self.left_behind(&decision);
        self.record(Event::Decided(Arc::clone(&decision)), events);
        self.end_visits_elsewhere(&before, now, events, decision.venue);
        Answer::Decided(decision)
    }

    /// Whoever waits for an officer and scans again is judged anew, without the place held before.
    fn release_holds(&mut self, ask: &CheckIn, now: Time, events: &mut Vec<Event>) {
        for member in ask.party.iter() {
            if let Some(open) = self.open_of(member.person)
                && open.held
            {
                let visit = open.number();
                self.end(visit, now, Exit::HoldLapsed, events);
            }
        }
    }

    /// Open visits in other rooms of those whom a decision lets in.
    pub(super) fn left_behind(&self, decision: &Decision) -> Vec<Open> {
        if decision.verdict == Verdict::Refuse {
            return Vec::new();
        }
        let members = decision.party.iter();
        members
            .filter_map(|member| self.open_of(member.person))
            .filter(|open| open.decision.room != decision.room)
            .cloned()
            .collect()
    }

    /// Somebody let in here has left wherever they were before.
    pub(super) fn end_visits_elsewhere(
        &mut self,
        before: &[Open],
        now: Time,
        events: &mut Vec<Event>,
        to: VenueId,
    ) {
        for open in before {
            let visit: DecisionId = open.number();
            let exit = if open.decision.venue == to {
                Exit::Moved
            } else {
                Exit::Elsewhere
            };
            self.end(visit, now, exit, events);
        }
    }
}
