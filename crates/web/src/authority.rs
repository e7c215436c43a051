//! Pages of the health authority: applications, people, the rules in force; and cards, which booth and gate print.

mod applications;
mod decide;
mod panel;
mod rules;

use gapura_domain::role::Role;

use crate::access::Access;
use crate::staff::office::{ROOM_PLACES, ROOM_RULES};
use crate::table::{Route, get, post};

const AUTHORITY: Access = Access::staff(&[Role::Authority]);

/// The rows of this folder.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(
            "/desk/applications",
            Access::staff(ROOM_PLACES),
            applications::list,
        ),
        post("/desk/applications", AUTHORITY, decide::picked),
        post("/desk/applications/approve", AUTHORITY, decide::approve),
        post("/desk/applications/return", AUTHORITY, decide::send_back),
        get("/desk/rules", Access::staff(ROOM_RULES), rules::page),
    ]
}
