//! An officer's word: a check is ended with yes or no, a refusal is overridden.

use super::Ledger;
use super::memory::Asked;
use crate::door::{Answer, Decision, DoorPlan, Event, Officer, RESOLVABLE_S, Remark};
use crate::ids::{DecisionId, RequestId};
use crate::time::Time;
use crate::verdict::{Exit, Verdict};
use std::sync::Arc;

impl Ledger {
    pub(super) fn resolve(
        &mut self,
        (request, id): (RequestId, DecisionId),
        plan: &DoorPlan,
        admit: bool,
        remark: Remark,
        now: Time,
        events: &mut Vec<Event>,
    ) -> Answer {
        if let Some((asked, first)) = self.memory.answer_to(plan.venue, request) {
            return if *asked == Asked::Resolution && first.id == id {
                Answer::Decided(Arc::clone(first))
            } else {
                Answer::IdReused
            };
        }
        let Some(first) = self.memory.resolvable(id).map(Arc::clone) else {
            return Answer::NotResolvable;
        };
        let is_over = now.since_s(first.at) > RESOLVABLE_S || first.gate != plan.gate;
        match (first.verdict, admit) {
            _ if is_over => return Answer::NotResolvable,
            (Verdict::Admit, false) => return Answer::NotResolvable,
            (Verdict::Admit, true) | (Verdict::Refuse, false) => return Answer::Decided(first),
            // Whatever the officer saw: only somebody with a name lets in against the limits.
            (Verdict::Refuse, true) if !matches!(remark.by, Officer::Account(_)) => {
                return Answer::NotResolvable;
            }
            (Verdict::Check, _) | (Verdict::Refuse, true) => {}
        }
        if admit {
            self.release_other_holds(&first, now, events);
        }
        let decision = Arc::new(self.judge_again(&first, plan, admit, remark, now));
        let before = self.left_behind(&decision);
        let resolved = Event::Resolved {
            request,
            decision: Arc::clone(&decision),
            at: now,
        };
        self.record(resolved, events);
        self.end_visits_elsewhere(&before, now, events, decision.venue);
        if decision.verdict == Verdict::Refuse {
            for member in 0..decision.party.len() {
                let visit = decision.visit_of(member);
                if self.open.contains_key(&visit) {
                    self.end(visit, now, Exit::HoldRefused, events);
                }
            }
        }
        Answer::Decided(decision)
    }

    /// Somebody who scanned again meanwhile and waits for another officer is let in here and now.
    fn release_other_holds(&mut self, first: &Decision, now: Time, events: &mut Vec<Event>) {
        for (index, member) in first.party.iter().enumerate() {
            if let Some(open) = self.open_of(member.person)
                && open.held
                && open.number() != first.visit_of(index)
            {
                let visit = open.number();
                self.end(visit, now, Exit::HoldLapsed, events);
            }
        }
    }
}
