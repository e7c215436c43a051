//! Posters for programs that print them: all gates of a place in one document.

use axum::extract::State;
use axum::response::Response;
use gapura_domain::ids::VenueId;

use super::params::Params;
use crate::access::Access;
use crate::caller::StaffUser;
use crate::ids::PathId;
use crate::operation::Operation;
use crate::problem::Problem;
use crate::staff::office::ROOM_PLACES;
use crate::state::AppState;
use crate::table::{Route, get};
use crate::venue::poster::document;

pub(super) fn routes() -> Vec<Route> {
    let about = Operation::giving(
        "The posters of all gates of a place, a page of A4 each, for those who may print them on its page.",
        "application/pdf",
    );
    vec![
        get(
            "/api/v1/venues/{venue}/poster.pdf",
            Access::staff(ROOM_PLACES),
            pdf,
        )
        .describe(
            about
                .query(
                    "size",
                    "a4: a page each; small: eight to a page, to cut out. a4 if left out.",
                )
                .refusing(&[
                    (404, "not_found"),
                    (409, "public_url"),
                    (422, "wrong_parameter"),
                ]),
        ),
    ]
}

async fn pdf(
    State(state): State<AppState>,
    staff: StaffUser,
    PathId(venue): PathId<VenueId>,
    params: Params,
) -> Result<Response, Problem> {
    let is_small = params.read("size", "a4 or small", |text| match text {
        "a4" => Some(false),
        "small" => Some(true),
        _ => None,
    })?;
    let contents = state.app.posters(&staff.principal, &[venue]).await?;
    document(contents, is_small.unwrap_or(false)).await
}
