//! Whether somebody may do something at an organisation's places.

use crate::error::Result;
use crate::staff::Principal;
use crate::{App, AppError};
use gapura_domain::ids::OrganisationId;
use gapura_domain::role::Role;

impl App {
    /// Refuses unless somebody has one of the roles for an organisation.
    pub(crate) async fn require(
        &self,
        by: &Principal,
        roles: &[Role],
        organisation: OrganisationId,
    ) -> Result<()> {
        let lineage = self.lineage(organisation).await?;
        if roles.iter().any(|role| by.may(*role, &lineage)) {
            Ok(())
        } else {
            Err(AppError::NotAllowed)
        }
    }

    /// All organisations for which somebody has one of the roles; `None` means all there are.
    ///
    /// # Errors
    /// `NotAllowed` for somebody who has none of the roles.
    pub async fn branches_of(
        &self,
        by: &Principal,
        roles: &[Role],
    ) -> Result<Option<Vec<OrganisationId>>> {
        let grants = by.grants.iter().filter(|grant| roles.contains(&grant.role));
        let branches: Vec<Option<OrganisationId>> = grants.map(|grant| grant.branch).collect();
        if branches.is_empty() {
            return Err(AppError::NotAllowed);
        }
        if branches.contains(&None) {
            return Ok(None);
        }
        let tree = self.organisation_tree().await?;
        let mut ids: Vec<OrganisationId> = branches
            .into_iter()
            .flatten()
            .flat_map(|branch| tree.branch(branch))
            .collect();
        ids.sort_unstable();
        ids.dedup();
        Ok(Some(ids))
    }
}
