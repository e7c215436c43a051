//! Pages about people: lists that the authority imports, and cards for those who stand at a desk.

mod columns;
mod import;
mod journal_file;
mod report;

use gapura_domain::role::Role;

use crate::access::Access;
use crate::table::{Route, get, post};

/// Who imports lists.
pub(crate) const ROOM_IMPORT: &[Role] = &[Role::Authority];

const AUTHORITY: Access = Access::staff(ROOM_IMPORT);

/// The rows of this folder.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        get(import::PATH, AUTHORITY, import::form),
        post(import::PATH, AUTHORITY, import::take).streamed(),
        get("/desk/people/people.csv", AUTHORITY, import::people),
        get(
            "/desk/people/vaccinations.csv",
            AUTHORITY,
            import::vaccinations,
        ),
        get("/desk/people/{list}", AUTHORITY, report::page),
        post("/desk/people/{list}", AUTHORITY, report::step),
        get("/desk/people/{list}/stream", AUTHORITY, report::stream),
        get("/desk/people/{list}/report.csv", AUTHORITY, report::file),
    ]
}
