//! Giving a gate a new code; the old one says so from then on.

use crate::error::Result;
use crate::staff::Principal;
use crate::{App, AppError};
use gapura_domain::ids::GateId;
use gapura_domain::role::Role;
use gapura_pass::GateCode;
use gapura_store::{Actor, StoreError};

const DRAWS_MAX: usize = 8;

impl App {
    /// Replaces a gate's code. Its posters must be printed again.
    ///
    /// # Errors
    /// `NotFound`, `NotAllowed`.
    pub async fn reissue_gate_code(&self, by: &Principal, gate: GateId) -> Result<GateCode> {
        let before = self
            .store
            .venue_of_gate(gate)
            .await?
            .ok_or(AppError::NotFound)?;
        let roles = [Role::VenueManager, Role::Authority];
        self.require(by, &roles, before.organisation).await?;
        let code = self.draw_new_code(gate).await?;
        // The old code and the new one are both forgotten, whatever was read of them meanwhile.
        self.venue_changed(&before);
        self.refresh_venue(before.id).await?;
        let actor = Actor::Account(by.account);
        self.mark(actor, "gate_code_reissued", ("gate", gate.0), "")
            .await?;
        Ok(code)
    }

    async fn draw_new_code(&self, gate: GateId) -> Result<GateCode> {
        for _ in 1..DRAWS_MAX {
            let code = self.new_gate_code();
            match self
                .store
                .reissue_gate_code(gate, code.as_str(), self.now())
                .await
            {
                Ok(true) => return Ok(code),
                Ok(false) => return Err(AppError::NotFound),
                Err(StoreError::Conflict(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(StoreError::Conflict("no free code for a gate was found").into())
    }
}
