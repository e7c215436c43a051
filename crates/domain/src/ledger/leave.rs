//! Going out: by a scan, by a button or an officer, and set afterwards by a manager.

use super::Ledger;
use crate::door::{Answer, CheckIn, Event, HOLD_S, Intent, Remark};
use crate::ids::DecisionId;
use crate::time::Time;
use crate::verdict::{Exit, Way};
use std::sync::Arc;

impl Ledger {
    /// `None` if the scan is not meant to leave.
    ///
    /// Whoever came as a companion leaves alone; whoever brought companions takes them out again.
    /// The leaving is a decision of its own, so that the same scan sent again does not let them in.
    pub(super) fn leave_by_scan(
        &mut self,
        ask: &CheckIn,
        now: Time,
        events: &mut Vec<Event>,
    ) -> Option<Answer> {
        let plan = &ask.plan;
        let inside = self
            .open_of(ask.party[0].person)
            .filter(|open| !open.held && open.decision.venue == plan.venue);
        let open = match (ask.intent, inside) {
            (Intent::Enter, _) | (Intent::Auto, None) => return None,
            (Intent::Leave, None) => return Some(Answer::NotOpen),
            (Intent::Leave, Some(open)) => open,
            (Intent::Auto, Some(open)) => {
                let is_out = open.decision.room == plan.room && now.since_s(open.since) >= HOLD_S;
                is_out.then_some(open)?
            }
        };
        let (visit, member, came) = (open.number(), open.member, Arc::clone(&open.decision));
        let mut leaving = vec![visit];
        if member == 0 {
            leaving.extend((1..came.party.len()).map(|member| came.visit_of(member)));
        }
        let companions = ask.party.iter().skip(1);
        leaving.extend(
            companions
                .filter_map(|member| self.open_of(member.person))
                .filter(|open| open.decision.venue == plan.venue)
                .map(super::Open::number),
        );
        let exit = if ask.way == Way::Device {
            Exit::Officer
        } else {
            Exit::Visitor
        };
        for visit in leaving {
            self.leave(visit, now, exit, events);
        }
        let decision = Arc::new(self.record_of_leaving(ask, visit, exit, now));
        self.record(Event::Decided(decision), events);
        Some(Answer::Left {
            visit,
            at: now,
            exit,
        })
    }

    pub(super) fn check_out(
        &mut self,
        visit: DecisionId,
        at: Option<Time>,
        exit: Exit,
        whole_party: bool,
        now: Time,
        events: &mut Vec<Event>,
    ) -> Answer {
        let Some(open) = self.open.get(&visit) else {
            return Answer::NotOpen;
        };
        let at = at.unwrap_or(now).min(now).max(open.since);
        let exit = if open.held { Exit::HoldLapsed } else { exit };
        let came = Arc::clone(&open.decision);
        self.leave(visit, at, exit, events);
        if whole_party {
            for member in 0..came.party.len() {
                self.leave(came.visit_of(member), at, exit, events);
            }
        }
        Answer::Left { visit, at, exit }
    }

    /// Ends a visit or hold if it is open.
    fn leave(&mut self, visit: DecisionId, at: Time, exit: Exit, events: &mut Vec<Event>) {
        if let Some(open) = self.open.get(&visit) {
            let exit = if open.held { Exit::HoldLapsed } else { exit };
            let at = at.max(open.since);
            self.end(visit, at, exit, events);
        }
    }

    /// Whether a visit that is not open ever was, the store knows; here it is recorded either way.
    pub(super) fn correct(
        &mut self,
        visit: DecisionId,
        out: Time,
        remark: Remark,
        now: Time,
        events: &mut Vec<Event>,
    ) -> Answer {
        let mut out = out.min(now);
        if let Some(open) = self.open.get(&visit) {
            if open.held {
                return Answer::NotOpen;
            }
            out = out.max(open.since);
            self.end(visit, out, Exit::Corrected, events);
        }
        let corrected = Event::Corrected {
            visit,
            out,
            at: now,
            remark,
        };
        self.record(corrected, events);
        Answer::Corrected
    }
}
