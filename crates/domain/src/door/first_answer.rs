//! What somebody is told who asks the same again.
//!
//! A request that is delivered twice gets the first answer twice, also when an officer has changed
//! the decision in between. So a changed decision carries what was answered first.

use super::{Answer, Decision, Remark};
use crate::ids::DecisionId;
use crate::time::{LocalDay, Time};
use crate::verdict::{Exit, Limits, Reason, Verdict};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Those parts of a decision that a resolution changes, as they were answered first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstAnswer {
    day: LocalDay,
    verdict: Verdict,
    reasons: Vec<Reason>,
    limits: Limits,
    hold_until: Option<Time>,
    ends: (Time, Exit),
    remark: Option<Remark>,
    already: Option<DecisionId>,
}

impl Decision {
    /// This decision about to be changed: it remembers what was answered first.
    #[must_use]
    pub(crate) fn to_be_changed(&self) -> Self {
        let first = self.first.clone().unwrap_or_else(|| {
            Box::new(FirstAnswer {
                day: self.day,
                verdict: self.verdict,
                reasons: self.reasons.clone(),
                limits: self.limits,
                hold_until: self.hold_until,
                ends: self.ends,
                remark: self.remark.clone(),
                already: self.already,
            })
        });
        Self {
            first: Some(first),
            ..self.clone()
        }
    }

    /// The decision as it was answered first.
    pub fn first_answered(decision: &Arc<Self>) -> Arc<Self> {
        let Some(first) = &decision.first else {
            return Arc::clone(decision);
        };
        let first = FirstAnswer::clone(first);
        Arc::new(Self {
            day: first.day,
            verdict: first.verdict,
            reasons: first.reasons,
            limits: first.limits,
            hold_until: first.hold_until,
            ends: first.ends,
            remark: first.remark,
            already: first.already,
            first: None,
            ..decision.as_ref().clone()
        })
    }

    /// Whether this records that somebody left by a scan.
    pub fn is_leave(&self) -> bool {
        self.reasons.contains(&Reason::CheckedOut)
    }

    /// What whoever sends the request of this decision again is answered.
    pub fn told_again(decision: &Arc<Self>) -> Answer {
        match decision.already {
            Some(visit) if decision.is_leave() => {
                let (at, exit) = decision.ends;
                Answer::Left { visit, at, exit }
            }
            _ => Answer::Decided(Self::first_answered(decision)),
        }
    }
}
