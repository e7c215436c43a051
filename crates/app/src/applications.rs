//! Applications as lists: the authority's queue, and the tasks of a place's manager.

use crate::error::{Fault, Result};
use crate::staff::Principal;
use crate::venue_form::VenueForm;
use crate::{App, AppError};
use gapura_domain::ids::{ApplicationId, VenueId};
use gapura_domain::role::Role;
use gapura_domain::venue::{Application, ApplicationState, Label};
use gapura_store::venues::ApplicationFilter;
use gapura_store::{Cursor, Page};

/// What the owner of a place does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextTask {
    /// Wait: the authority looks at it.
    Wait,
    /// Mend what the authority wrote and hand it in again.
    Mend {
        /// The authority's words.
        reasons: String,
    },
    /// Print the posters and hang them.
    Print {
        /// The venue.
        venue: VenueId,
    },
}

/// An application with what a list shows of it.
#[derive(Clone, Debug)]
pub struct ApplicationRow {
    /// The application.
    pub application: Application,
    /// Names from the owner upwards.
    pub owner: Vec<Label>,
    /// What the owner does next.
    pub next: NextTask,
    /// What is unusual, at its field: what the authority looks at first.
    pub warnings: Vec<Fault>,
}

impl App {
    /// The applications that somebody decides about as authority or owns as manager, oldest first.
    /// `state` is `submitted`, `returned` or `approved`; all of them if `None`.
    ///
    /// # Errors
    /// `NotAllowed` for whoever has none of the roles; a fault at `state`.
    pub async fn applications(
        &self,
        by: &Principal,
        role: Role,
        state: Option<&str>,
        cursor: Cursor,
    ) -> Result<Page<ApplicationRow>> {
        if !matches!(role, Role::Authority | Role::VenueManager) {
            return Err(AppError::NotAllowed);
        }
        let state = match state {
            None => None,
            Some("submitted") => Some("submitted"),
            Some("returned") => Some("returned"),
            Some("approved") => Some("approved"),
            Some(_) => return Err(AppError::Faults(vec![Fault::new("state", "state")])),
        };
        let filter = ApplicationFilter {
            organisations: self.branches_of(by, &[role]).await?,
            state,
        };
        let page = self.store.applications(&filter, cursor).await?;
        let tree = self.organisation_tree().await?;
        let rows = page.rows.into_iter().map(|application| {
            let owner = tree.path(application.organisation);
            row(application, owner.into_iter().cloned().collect())
        });
        Ok(Page {
            rows: rows.collect(),
            next: page.next,
        })
    }

    /// One application, for its authority or its owner's managers.
    ///
    /// # Errors
    /// `NotFound`, also for whoever may not see it.
    pub async fn application(&self, by: &Principal, id: ApplicationId) -> Result<ApplicationRow> {
        let application = self
            .store
            .application(id)
            .await?
            .ok_or(AppError::NotFound)?;
        let roles = [Role::Authority, Role::VenueManager];
        self.require(by, &roles, application.organisation)
            .await
            .map_err(|_| AppError::NotFound)?;
        let tree = self.organisation_tree().await?;
        let owner = tree.path(application.organisation).into_iter().cloned();
        Ok(row(application, owner.collect()))
    }
}

fn row(application: Application, owner: Vec<Label>) -> ApplicationRow {
    let next = match &application.state {
        ApplicationState::Submitted => NextTask::Wait,
        ApplicationState::Returned { reasons, .. } => NextTask::Mend {
            reasons: reasons.clone(),
        },
        ApplicationState::Approved { venue, .. } => NextTask::Print { venue: *venue },
    };
    let checked = VenueForm::of(&application.spec).read();
    ApplicationRow {
        owner,
        next,
        warnings: checked.map_or_else(|faults| faults, |checked| checked.warnings),
        application,
    }
}
