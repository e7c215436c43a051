//! Who may do what, and where: roles for branches of the organisation tree.

use crate::ids::OrganisationId;
use serde::{Deserialize, Serialize};

/// What somebody with an account is trusted with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Approves places, sets rules, imports people and results.
    Authority,
    /// Works on cases and contacts.
    Tracer,
    /// Sees that doors are really used.
    Inspector,
    /// Sees who looked at whom and why.
    Auditor,
    /// Applies for places, prints posters, corrects visits.
    VenueManager,
    /// Stands at a door.
    Gate,
    /// Vaccinates.
    Booth,
    /// Runs the machine.
    Operator,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 8] = [
        Self::Authority,
        Self::Tracer,
        Self::Inspector,
        Self::Auditor,
        Self::VenueManager,
        Self::Gate,
        Self::Booth,
        Self::Operator,
    ];

    /// The name that API and lists use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Authority => "authority",
            Self::Tracer => "tracer",
            Self::Inspector => "inspector",
            Self::Auditor => "auditor",
            Self::VenueManager => "venue_manager",
            Self::Gate => "gate",
            Self::Booth => "booth",
            Self::Operator => "operator",
        }
    }

    /// The role with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// A role for a branch of the organisation tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Grant {
    /// What.
    pub role: Role,
    /// For this organisation and all below it; for all organisations if `None`.
    pub branch: Option<OrganisationId>,
}

impl Grant {
    /// Whether the grant gives `role` for an organisation whose chain of ancestors, itself first,
    /// is `lineage`.
    pub fn covers(self, role: Role, lineage: &[OrganisationId]) -> bool {
        self.role == role && self.branch.is_none_or(|branch| lineage.contains(&branch))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_reaches_down_its_branch_and_not_beside_it() {
        let (polda, polresta, other) = (OrganisationId(1), OrganisationId(2), OrganisationId(3));
        let grant = Grant {
            role: Role::VenueManager,
            branch: Some(polda),
        };
        assert!(grant.covers(Role::VenueManager, &[polresta, polda]));
        assert!(!grant.covers(Role::VenueManager, &[other]));
        assert!(!grant.covers(Role::Authority, &[polda]));
    }
}
