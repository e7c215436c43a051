//! A door's answer as the visitor's own page shows it, for as long as it means something.

use crate::App;
use crate::check_in::DoorAnswer;
use crate::error::Result;
use gapura_domain::door::{Decision, RESOLVABLE_S, Visit};
use gapura_domain::ids::{DecisionId, PersonId};
use gapura_domain::time::Time;
use gapura_domain::verdict::Verdict;
use gapura_pass::minute_of;

/// One's own decision.
#[derive(Clone, Debug)]
pub struct OwnDecision {
    /// The answer with all that its words are made of.
    pub answer: DoorAnswer,
    /// The visit that it began, or that was found open.
    pub visit: Option<Visit>,
    /// Whether the place of a check is no longer held.
    pub is_lapsed: bool,
    /// The word of this minute; `None` once the answer proves nothing any more.
    pub word: Option<&'static str>,
}

impl App {
    /// A decision about an account or somebody who comes along with it; `None` for all others.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn own_decision(
        &self,
        account: PersonId,
        id: DecisionId,
    ) -> Result<Option<OwnDecision>> {
        let Some(decision) = self.store.decision(id).await? else {
            return Ok(None);
        };
        if !self.is_own(account, &decision).await? {
            return Ok(None);
        }
        let Some(plan) = self.door_plan(decision.gate).await? else {
            return Ok(None);
        };
        let now = self.now();
        let visit = match decision.visit() {
            Some(visit) => self.store.visit(visit).await?,
            None => None,
        };
        let minute = minute_of(now.0);
        let is_live = is_live(&decision, visit.as_ref(), now);
        Ok(Some(OwnDecision {
            word: is_live.then(|| self.keys.gate().minute_word(decision.gate.0, minute)),
            is_lapsed: decision.verdict == Verdict::Check
                && decision.hold_until.is_some_and(|until| now >= until),
            visit,
            answer: self.door_answer(decision, plan).await?,
        }))
    }

    async fn is_own(&self, account: PersonId, decision: &Decision) -> Result<bool> {
        let is_of = |person: PersonId| decision.party.iter().any(|member| member.person == person);
        if is_of(account) {
            return Ok(true);
        }
        Ok(self.store.companions(account).await?.into_iter().any(is_of))
    }
}

/// An admission holds while its visit lasts; the others for as long as an officer may still change them.
fn is_live(decision: &Decision, visit: Option<&Visit>, now: Time) -> bool {
    match decision.verdict {
        Verdict::Admit => visit.is_some_and(|visit| visit.to.is_none()),
        Verdict::Check | Verdict::Refuse => now.since_s(decision.at) < RESOLVABLE_S,
    }
}
