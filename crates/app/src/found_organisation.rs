//! Founds organisations without doubling any.

use crate::error::{Fault, Result};
use crate::staff::Principal;
use crate::venue_form::read_label;
use crate::{App, AppError};
use gapura_domain::ids::OrganisationId;
use gapura_domain::role::Role;
use gapura_domain::venue::Label;
use gapura_store::Actor;

impl App {
    /// Founds an organisation below another one; the one that bears the name there already is taken.
    ///
    /// # Errors
    /// A fault at `name`; `NotAllowed` for whoever is neither manager nor authority there.
    pub async fn found_organisation(
        &self,
        by: &Principal,
        parent: Option<OrganisationId>,
        name: &str,
    ) -> Result<OrganisationId> {
        let roles = [Role::VenueManager, Role::Authority];
        match parent {
            Some(parent) => self.require(by, &roles, parent).await?,
            None if roles.iter().any(|role| by.may(*role, &[])) => {}
            None => return Err(AppError::NotAllowed),
        }
        let name = label_at("name", name)?;
        let _applying = self.places_memory.applying.lock().await;
        self.match_or_found(by, parent, &name).await
    }

    /// Founds an organisation for somebody who signs it up and has no account yet.
    ///
    /// # Errors
    /// A fault at `name`: `organisation_known` if it exists, so that nobody becomes the manager of
    /// another's places by its name.
    pub async fn sign_up_organisation(&self, name: &str) -> Result<OrganisationId> {
        let name = label_at("name", name)?;
        let _applying = self.places_memory.applying.lock().await;
        let tree = self.organisation_tree().await?;
        if tree.all_named(&name).next().is_some() {
            return Err(AppError::Faults(vec![Fault::new(
                "name",
                "organisation_known",
            )]));
        }
        let id = self
            .store
            .create_organisation(None, &name, self.now())
            .await?;
        self.mark(
            Actor::System,
            "organisation_signed_up",
            ("organisation", id.0),
            "",
        )
        .await?;
        self.organisation_tree().await?;
        Ok(id)
    }

    /// To be called while `applying` is held.
    pub(crate) async fn match_or_found(
        &self,
        by: &Principal,
        parent: Option<OrganisationId>,
        name: &Label,
    ) -> Result<OrganisationId> {
        let tree = self.organisation_tree().await?;
        if let Some(known) = tree.named(parent, name) {
            return Ok(known);
        }
        let id = self
            .store
            .create_organisation(parent, name, self.now())
            .await?;
        let actor = Actor::Account(by.account);
        self.mark(actor, "organisation_founded", ("organisation", id.0), "")
            .await?;
        self.organisation_tree().await?;
        Ok(id)
    }
}

fn label_at(field: &str, text: &str) -> Result<Label> {
    read_label(text).map_err(|mut fault| {
        field.clone_into(&mut fault.field);
        AppError::Faults(vec![fault])
    })
}
