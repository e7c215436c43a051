//! Approving applications, singly or together: the venue, its rooms and gates come into being, and
//! each gate gets its code.

use crate::error::Result;
use crate::staff::Principal;
use crate::{App, AppError};
use gapura_domain::ids::{ApplicationId, VenueId};
use gapura_domain::role::Role;
use gapura_pass::GateCode;
use gapura_store::{Actor, StoreError};

/// How often new codes are drawn if one is taken. Codes carry 35 bits, so twice is never.
const DRAWS_MAX: usize = 8;

impl App {
    /// Approves an application.
    ///
    /// # Errors
    /// `NotFound`, `NotAllowed`, and `NotNow("application_not_submitted")` if somebody else decided.
    pub async fn approve(&self, by: &Principal, id: ApplicationId) -> Result<VenueId> {
        let application = self
            .store
            .application(id)
            .await?
            .ok_or(AppError::NotFound)?;
        self.require(by, &[Role::Authority], application.organisation)
            .await?;
        let rooms = application.spec.rooms.iter();
        let gates = rooms.map(|room| room.gates.len()).sum();
        let venue = self.approve_with_new_codes(by, id, gates).await?;
        let actor = Actor::Account(by.account);
        self.mark(actor, "application_approved", ("application", id.0), "")
            .await?;
        if let Some(venue) = self.store.venue(venue).await? {
            self.list_venue(&venue);
        }
        Ok(venue)
    }

    /// Approves several applications; each stands for itself.
    pub async fn approve_many(
        &self,
        by: &Principal,
        ids: &[ApplicationId],
    ) -> Vec<(ApplicationId, Result<VenueId>)> {
        let mut outcomes = Vec::with_capacity(ids.len());
        for id in ids {
            outcomes.push((*id, self.approve(by, *id).await));
        }
        outcomes
    }

    async fn approve_with_new_codes(
        &self,
        by: &Principal,
        id: ApplicationId,
        gates: usize,
    ) -> Result<VenueId> {
        for _ in 1..DRAWS_MAX {
            let codes: Vec<String> = (0..gates)
                .map(|_| self.new_gate_code().to_string())
                .collect();
            let now = self.now();
            match self
                .store
                .approve_application(id, &codes, by.account, now)
                .await
            {
                Ok(Some(venue)) => return Ok(venue),
                Ok(None) => return Err(AppError::NotNow("application_not_submitted")),
                Err(StoreError::Conflict(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(StoreError::Conflict("no free code for a gate was found").into())
    }

    pub(crate) fn new_gate_code(&self) -> GateCode {
        GateCode::from_random(self.random())
    }
}
