//! Somebody of the staff who is signed in, what that person may do, and whom they may make a colleague.

use crate::App;
use crate::error::{AppError, Result};
use gapura_domain::ids::{AccountId, OrganisationId};
use gapura_domain::role::{Grant, Role};
use gapura_store::Actor;

/// Who acts, with the roles that the account has now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The account.
    pub account: AccountId,
    /// Its roles.
    pub grants: Vec<Grant>,
}

impl Principal {
    /// Whether the account has a role for an organisation whose chain of ancestors, itself first, is
    /// `lineage`. An empty chain stands for all organisations.
    pub fn may(&self, role: Role, lineage: &[OrganisationId]) -> bool {
        self.grants.iter().any(|grant| grant.covers(role, lineage))
    }

    /// Whether the account has a role anywhere.
    pub fn has(&self, role: Role) -> bool {
        self.grants.iter().any(|grant| grant.role == role)
    }

    /// Whether the account may give a role for an organisation of this lineage, or take it away.
    pub fn may_give(&self, role: Role, lineage: &[OrganisationId]) -> bool {
        givers(role).iter().any(|giver| self.may(*giver, lineage))
    }
}

/// Who gives which role. The operator makes those who answer for the whole, and reads no names; the
/// authority of a branch makes those who work in it; a place's manager makes door officers and fellow
/// managers.
fn givers(role: Role) -> &'static [Role] {
    match role {
        Role::Operator | Role::Authority | Role::Auditor => &[Role::Operator],
        Role::Tracer | Role::Inspector | Role::Booth => &[Role::Authority],
        Role::VenueManager | Role::Gate => &[Role::Authority, Role::VenueManager],
    }
}

/// Who does something that staff and the operator's command line both can do.
#[derive(Clone, Copy, Debug)]
pub enum By<'a> {
    /// Somebody signed in.
    Staff(&'a Principal),
    /// The operator at the command line, who has the machine and may do everything.
    CommandLine,
}

impl By<'_> {
    /// Who stands in the audit mark.
    pub fn actor(self) -> Actor {
        match self {
            Self::Staff(principal) => Actor::Account(principal.account),
            Self::CommandLine => Actor::System,
        }
    }

    /// Refuses somebody who has none of the roles anywhere.
    pub(crate) fn require_any(self, roles: &[Role]) -> Result<()> {
        match self {
            Self::Staff(principal) if !roles.iter().any(|role| principal.has(*role)) => {
                Err(AppError::NotAllowed)
            }
            Self::Staff(_) | Self::CommandLine => Ok(()),
        }
    }

    /// Refuses somebody who may not give all of these roles.
    pub(crate) async fn require_giver(self, app: &App, grants: &[Grant]) -> Result<()> {
        match self {
            Self::Staff(principal) => require_giver(app, principal, grants).await,
            Self::CommandLine => Ok(()),
        }
    }
}

/// Where a role counts: the branch of its organisation, or everywhere.
///
/// # Errors
/// `NotFound` for an organisation that does not exist.
pub(crate) async fn lineage(app: &App, grant: Grant) -> Result<Vec<OrganisationId>> {
    match grant.branch {
        Some(branch) => app.lineage(branch).await,
        None => Ok(Vec::new()),
    }
}

/// Whether somebody may give, or take away, each of these roles.
///
/// # Errors
/// `NotAllowed`.
pub(crate) async fn require_giver(app: &App, by: &Principal, grants: &[Grant]) -> Result<()> {
    for grant in grants {
        let lineage = lineage(app, *grant).await?;
        if !by.may_give(grant.role, &lineage) {
            return Err(AppError::NotAllowed);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(role: Role, branch: Option<u64>) -> Principal {
        let branch = branch.map(OrganisationId);
        Principal {
            account: AccountId(1),
            grants: vec![Grant { role, branch }],
        }
    }

    #[test]
    fn nobody_gives_a_role_beyond_their_branch_or_rank() {
        let (polda, polresta) = (OrganisationId(1), OrganisationId(2));
        let below = [polresta, polda];
        let authority = with(Role::Authority, Some(1));
        assert!(authority.may_give(Role::VenueManager, &below));
        assert!(authority.may_give(Role::Booth, &[polda]));
        assert!(!authority.may_give(Role::Authority, &below));
        assert!(!authority.may_give(Role::Gate, &[OrganisationId(3)]));
        assert!(
            !authority.may_give(Role::Gate, &[]),
            "everywhere is beyond a branch"
        );
        let manager = with(Role::VenueManager, Some(2));
        assert!(manager.may_give(Role::Gate, &below));
        assert!(!manager.may_give(Role::Gate, &[polda]));
        assert!(!manager.may_give(Role::Booth, &below));
        let operator = with(Role::Operator, None);
        assert!(operator.may_give(Role::Authority, &below));
        assert!(operator.may_give(Role::Authority, &[]));
        assert!(!operator.may_give(Role::Tracer, &below));
        for role in Role::ALL {
            assert!(!with(Role::Gate, None).may_give(role, &below));
            assert!(!with(Role::Booth, None).may_give(role, &below));
        }
    }
}
