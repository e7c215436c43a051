//! What somebody who was refused can do now: the booth, another hour, another place.

use crate::App;
use crate::check_in::SaidReason;
use crate::door_plan::GatePlan;
use crate::error::Result;
use crate::places::{BoothPlace, Place};
use gapura_domain::door::Decision;
use gapura_domain::time::Time;
use gapura_domain::verdict::{Reason, Verdict};

/// Reasons of the shipped rule sets that a dose would mend.
const MENDED_BY_DOSE: [&str; 4] = [
    "dose_missing",
    "second_dose_missing",
    "booster_missing",
    "child_dose_missing",
];

/// How many other places a refusal names.
const OTHER_PLACES: usize = 3;

/// What to do now.
#[derive(Clone, Debug)]
pub enum NextStep {
    /// Go to a vaccination booth that is open, or when it opens next.
    Booth(BoothPlace),
    /// Come back then; until then these places of the same kind have room.
    ComeBack {
        /// When, if it is known.
        at: Option<Time>,
        /// Nearest first, at most three.
        others: Vec<Place>,
    },
    /// Somebody leaves and there is room again; or go to one of these.
    Wait {
        /// Nearest first, at most three.
        others: Vec<Place>,
    },
    /// An officer looks at something now.
    Officer,
    /// Ask the health office.
    HealthOffice,
}

impl App {
    pub(crate) async fn next_step(
        &self,
        decision: &Decision,
        reasons: &[SaidReason],
        plan: &GatePlan,
    ) -> Result<Option<NextStep>> {
        match decision.verdict {
            Verdict::Admit => return Ok(None),
            Verdict::Check => return Ok(Some(NextStep::Officer)),
            Verdict::Refuse => {}
        }
        let now = decision.at;
        if reasons
            .iter()
            .any(|said| MENDED_BY_DOSE.contains(&&*said.code))
            && let Some(booth) = self.nearest_booth(plan, now).await?
        {
            return Ok(Some(NextStep::Booth(booth)));
        }
        let limit = decision.reasons.iter().rev().find(|reason| {
            matches!(
                reason,
                Reason::Full { .. } | Reason::QuotaReached { .. } | Reason::Closed { .. }
            )
        });
        Ok(Some(match limit {
            Some(Reason::QuotaReached { opens, .. } | Reason::Closed { opens }) => {
                NextStep::ComeBack {
                    at: *opens,
                    others: self.others(plan, now).await?,
                }
            }
            Some(_) => NextStep::Wait {
                others: self.others(plan, now).await?,
            },
            None => NextStep::HealthOffice,
        }))
    }

    async fn others(&self, plan: &GatePlan, now: Time) -> Result<Vec<Place>> {
        self.nearby_with_room(plan, now, OTHER_PLACES).await
    }
}
