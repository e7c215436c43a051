//! What was answered before: repeats that come too late for the ledger to remember them.

use super::state::State;
use super::{find, packed_decision};
use crate::SqliteStore;
use gapura_domain::door::{Answer, CheckIn, Decision, Remark};
use gapura_domain::ids::{DecisionId, RequestId, VenueId};
use gapura_domain::time::Time;
use gapura_domain::verdict::{Reason, Verdict};
use gapura_store::Result;
use std::sync::Arc;

/// A client's id so much older or newer than the clock may have been answered before what the
/// ledger remembers. Twice this is less than [`gapura_domain::ledger::REMEMBER_S`].
const FRESH_MS: i64 = 120_000;

impl SqliteStore {
    /// The answer to a check-in whose id is not fresh, if it was decided before.
    pub(super) async fn told_before(&self, ask: &CheckIn, now: Time) -> Result<Option<Answer>> {
        let age_ms = now
            .0
            .saturating_mul(1000)
            .saturating_sub(ask.request.unix_ms());
        if (-FRESH_MS..=FRESH_MS).contains(&age_ms) {
            return Ok(None);
        }
        let Some(first) = self.decided_by(ask.plan.venue, ask.request).await? else {
            return Ok(None);
        };
        let is_same = first.gate == ask.plan.gate && first.party[0].person == ask.party[0].person;
        Ok(Some(if is_same {
            Decision::told_again(&first)
        } else {
            Answer::IdReused
        }))
    }

    pub(super) async fn first_answer(
        &self,
        venue: VenueId,
        request: RequestId,
    ) -> Result<Option<Arc<Decision>>> {
        let first = self.decided_by(venue, request).await?;
        Ok(first.map(|decision| Decision::first_answered(&decision)))
    }

    /// The decision that a request began, durable when this answers.
    async fn decided_by(
        &self,
        venue: VenueId,
        request: RequestId,
    ) -> Result<Option<Arc<Decision>>> {
        let memory = |state: &State| {
            let known = state.asked(venue, request);
            let known = known.or_else(|| state.ledger.remembered(venue, request));
            known.map(Arc::clone)
        };
        if self.look(memory).await?.is_some() {
            // Memory may be a moment ahead of the disk. What it still shows after the writer has
            // answered the next batch is durable.
            self.write(|_| Ok(())).await?;
            if let Some(known) = self.look(memory).await? {
                return Ok(Some(known));
            }
        }
        let packed = self
            .read(move |conn| {
                let rows = find::by_request(conn, request)?;
                let mut here = rows.iter().map(|row| &row.finished.decision);
                let first = here.find(|decision| decision.venue == venue);
                first.map_or(Ok(None), |decision| packed_decision(conn, decision.id))
            })
            .await?;
        Ok(packed.map(Arc::new))
    }

    /// An officer's word that comes again after the ledger has let go of the decision.
    pub(super) async fn stands_already(
        &self,
        id: DecisionId,
        admit: bool,
        remark: &Remark,
    ) -> Result<Answer> {
        let decision = gapura_store::Doors::decision(self, id).await?;
        let is_word = |reason: &&Reason| {
            matches!(
                reason,
                Reason::CheckPassed | Reason::CheckFailed | Reason::Overridden
            )
        };
        let stands = decision.filter(|decision| {
            let word = decision.reasons.iter().rev().find(is_word);
            let is_yes = word != Some(&Reason::CheckFailed);
            // A yes for which there was no place any more was a yes too.
            let is_same = is_yes == admit && (admit || decision.verdict == Verdict::Refuse);
            word.is_some() && is_same && decision.remark.as_ref() == Some(remark)
        });
        Ok(stands.map_or(Answer::NotResolvable, Answer::Decided))
    }
}
