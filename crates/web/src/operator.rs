//! What whoever runs the machine looks at.

mod outbox;

use crate::table::Route;

/// The rows of this folder.
pub(crate) fn routes() -> Vec<Route> {
    outbox::routes()
}
