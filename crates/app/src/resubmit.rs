//! Handing a returned application in again.

use crate::apply::Applied;
use crate::error::Result;
use crate::staff::Principal;
use crate::venue_form::VenueForm;
use crate::{App, AppError};
use gapura_domain::ids::ApplicationId;
use gapura_domain::role::Role;
use gapura_store::Actor;

impl App {
    /// Submits a returned application again, as mended.
    ///
    /// # Errors
    /// `NotFound`, `NotAllowed`, `Faults` at fields of the form, and
    /// `NotNow("application_not_returned")`.
    pub async fn resubmit(
        &self,
        by: &Principal,
        id: ApplicationId,
        form: &VenueForm,
    ) -> Result<Applied> {
        let application = self
            .store
            .application(id)
            .await?
            .ok_or(AppError::NotFound)?;
        let roles = [Role::VenueManager, Role::Authority];
        self.require(by, &roles, application.organisation).await?;
        let checked = form.read().map_err(AppError::Faults)?;
        let _applying = self.places_memory.applying.lock().await;
        self.refuse_twice(application.organisation, &checked.spec, Some(id))
            .await?;
        let now = self.now();
        let is_done = self
            .store
            .resubmit_application(id, &checked.spec, by.account, now)
            .await?;
        if !is_done {
            return Err(AppError::NotNow("application_not_returned"));
        }
        let actor = Actor::Account(by.account);
        self.mark(actor, "application_resubmitted", ("application", id.0), "")
            .await?;
        Ok(Applied {
            id,
            warnings: checked.warnings,
        })
    }
}
