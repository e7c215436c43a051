//! What the ledger remembers of its latest answers: for repeats, and for officers who end checks.

use crate::door::{Decision, RESOLVABLE_S};
use crate::ids::{DecisionId, RequestId, VenueId};
use crate::time::{LocalDay, Time};
use crate::verdict::Verdict;
use rustc_hash::FxHashMap;
use std::collections::VecDeque;
use std::sync::Arc;

/// For how long a ledger itself remembers the answers it gave to check-ins. Older ones are the store's to
/// find. Answers to officers' words are remembered for [`RESOLVABLE_S`]: after that none changes anything.
pub const REMEMBER_S: i64 = 300;

/// Whoever begins again from a snapshot recalls the events of so many seconds before it.
pub const RECALL_S: i64 = if REMEMBER_S > RESOLVABLE_S {
    REMEMBER_S
} else {
    RESOLVABLE_S
};

/// What a request asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    CheckIn,
    Resolution,
}

/// Both queues are in the order of time, because the ledger's time never runs backwards.
#[derive(Clone, Debug, Default)]
pub(super) struct Memory {
    answers: FxHashMap<(VenueId, RequestId), (Asked, Arc<Decision>)>,
    answered: VecDeque<(Time, VenueId, RequestId)>,
    resolutions: VecDeque<(Time, VenueId, RequestId)>,
    resolvable: FxHashMap<DecisionId, Arc<Decision>>,
    decided: VecDeque<(Time, DecisionId)>,
}

impl Memory {
    pub(super) fn answer(&self, venue: VenueId, request: RequestId) -> Option<&Arc<Decision>> {
        self.answers
            .get(&(venue, request))
            .map(|(_, decision)| decision)
    }

    pub(super) fn answer_to(
        &self,
        venue: VenueId,
        request: RequestId,
    ) -> Option<&(Asked, Arc<Decision>)> {
        self.answers.get(&(venue, request))
    }

    pub(super) fn resolvable(&self, decision: DecisionId) -> Option<&Arc<Decision>> {
        self.resolvable.get(&decision)
    }

    pub(super) fn sizes(&self) -> (usize, usize) {
        (self.answers.len(), self.resolvable.len())
    }

    pub(super) fn decided(&mut self, decision: &Arc<Decision>) {
        self.answer_with(Asked::CheckIn, decision.request, decision, decision.at);
        if decision.verdict != Verdict::Admit {
            self.resolvable.insert(decision.id, Arc::clone(decision));
            self.decided.push_back((decision.at, decision.id));
        }
    }

    pub(super) fn resolved(&mut self, request: RequestId, decision: &Arc<Decision>, at: Time) {
        self.answer_with(Asked::Resolution, request, decision, at);
        if let Some(known) = self.resolvable.get_mut(&decision.id) {
            *known = Arc::clone(decision);
        }
    }

    fn answer_with(&mut self, asked: Asked, id: RequestId, decision: &Arc<Decision>, at: Time) {
        let key = (decision.venue, id);
        let answer = (asked, Arc::clone(decision));
        if self.answers.insert(key, answer).is_none() {
            let queue = match asked {
                Asked::CheckIn => &mut self.answered,
                Asked::Resolution => &mut self.resolutions,
            };
            queue.push_back((at, decision.venue, id));
        }
    }

    pub(super) fn forget(&mut self, clock: Time) {
        for (queue, kept_s) in [
            (&mut self.answered, REMEMBER_S),
            (&mut self.resolutions, RESOLVABLE_S),
        ] {
            let horizon = clock.plus_s(-kept_s);
            while let Some(&(at, venue, request)) = queue.front()
                && at < horizon
            {
                queue.pop_front();
                self.answers.remove(&(venue, request));
            }
        }
        let horizon = clock.plus_s(-RESOLVABLE_S);
        while let Some(&(at, decision)) = self.decided.front()
            && at < horizon
        {
            self.decided.pop_front();
            self.resolvable.remove(&decision);
        }
    }

    pub(super) fn forget_days_before(&mut self, day: LocalDay) {
        self.answers.retain(|_, (_, decision)| decision.day >= day);
        self.resolvable.retain(|_, decision| decision.day >= day);
    }
}
