//! JSON for programs: devices at gates, the interface's own scripts, other people's systems.

mod answer;
mod check_ins;
mod request_id;
mod system;

use crate::table::Route;

/// The rows of this folder.
pub(crate) fn routes() -> Vec<Route> {
    [system::routes(), check_ins::routes()]
        .into_iter()
        .flatten()
        .collect()
}
