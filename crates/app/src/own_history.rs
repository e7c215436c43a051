//! Where a visitor and those who come along have been, with the names of the places.

use crate::App;
use crate::door_plan::GatePlan;
use crate::error::Result;
use crate::status;
use gapura_domain::door::Visit;
use gapura_domain::ids::PersonId;
use gapura_domain::verdict::Exit;
use std::sync::Arc;

/// A stay, alone or together.
#[derive(Clone, Debug)]
pub struct OwnStay {
    /// The visit; of those who stayed together the account's own, or the first.
    pub visit: Visit,
    /// Place, room and door.
    pub plan: Arc<GatePlan>,
    /// Whether the account itself was there.
    pub is_own: bool,
    /// Initials of those of the family who were there too, or alone.
    pub family: Vec<Arc<str>>,
}

impl App {
    /// Stays of an account and its family within the retention time, newest first. Who came by one
    /// scan and left at one time stands in one row.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn own_history(&self, account: PersonId) -> Result<Vec<OwnStay>> {
        let mut stays: Vec<OwnStay> = Vec::new();
        for visit in self.own_visits(account).await? {
            if matches!(visit.exit, Some(Exit::HoldLapsed | Exit::HoldRefused)) {
                continue;
            }
            let Some(plan) = self.door_plan(visit.gate).await? else {
                continue;
            };
            let is_own = visit.person == account;
            let family = if is_own {
                None
            } else {
                self.initials_of(&visit, &plan).await?
            };
            match stays
                .iter_mut()
                .find(|stay| is_together(&stay.visit, &visit))
            {
                Some(stay) => {
                    stay.family.splice(0..0, family);
                    if is_own {
                        stay.is_own = true;
                        stay.visit = visit;
                    }
                }
                None => stays.push(OwnStay {
                    visit,
                    plan,
                    is_own,
                    family: family.into_iter().collect(),
                }),
            }
        }
        Ok(stays)
    }

    async fn initials_of(&self, visit: &Visit, plan: &GatePlan) -> Result<Option<Arc<str>>> {
        let known = status::member(self, visit.person, plan.plan.zone, self.now()).await?;
        Ok(known.map(|known| known.initials))
    }
}

fn is_together(one: &Visit, other: &Visit) -> bool {
    (one.decision, one.to, one.exit) == (other.decision, other.to, other.exit)
}
