//! JSON for programs: devices at gates, the interface's own scripts, other people's systems.

mod answer;
mod applications;
mod check_in_bodies;
mod check_ins;
mod params;
mod places;
mod posters;
mod request_id;
mod rule_sets;
mod system;
mod vaccinations;

use gapura_domain::time::Time;

pub(crate) use request_id::new_request;

use crate::table::Route;

/// The rows of this folder.
pub(crate) fn routes() -> Vec<Route> {
    [
        system::routes(),
        check_ins::routes(),
        places::routes(),
        posters::routes(),
        applications::routes(),
        rule_sets::routes(),
        vaccinations::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A moment as programs read it.
fn rfc3339(time: Time) -> String {
    time.to_jiff().to_string()
}
