//! Somebody of the staff who is signed in, and what that person may do.

use gapura_domain::ids::{AccountId, OrganisationId};
use gapura_domain::role::{Grant, Role};

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
}
