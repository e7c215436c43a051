//! Roles as people read them: what somebody is trusted with, and for which branch.

use gapura_domain::role::{Grant, Role};

use crate::problem::Problem;
use crate::staff::office::Office;
use crate::words::Words;

/// What people call a role.
pub(crate) fn role_name(w: Words, role: Role) -> &'static str {
    match role {
        Role::Authority => w.staff_role_authority(),
        Role::Tracer => w.staff_role_tracer(),
        Role::Inspector => w.staff_role_inspector(),
        Role::Auditor => w.staff_role_auditor(),
        Role::VenueManager => w.staff_role_venue_manager(),
        Role::Gate => w.staff_role_gate(),
        Role::Booth => w.staff_role_booth(),
        Role::Operator => w.staff_role_operator(),
    }
}

/// Each role with its branch.
pub(crate) async fn told(office: &Office, grants: &[Grant]) -> Result<Vec<String>, Problem> {
    let w = office.w;
    let tree = office.state.app.organisation_tree().await?;
    let told = |grant: &Grant| {
        let role = role_name(w, grant.role);
        match grant.branch.and_then(|branch| tree.get(branch)) {
            Some(branch) => w.staff_account_role_at(&branch.name, role),
            None => w.staff_account_role_everywhere(role),
        }
    };
    Ok(grants.iter().map(told).collect())
}
