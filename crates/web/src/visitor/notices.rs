//! Messages of the health office. Nobody can send one yet, and the page says what will stand here.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use gapura_app::profile::profile;

use crate::caller::Visitor;
use crate::page::{Frame, Tab, html};
use crate::problem::Problem;
use crate::state::AppState;
use crate::words::Words;

#[derive(Template)]
#[template(path = "visitor/notices.html")]
struct Notices {
    frame: Frame,
    w: Words,
    none: String,
}

/// `GET /me/notices`
pub(super) async fn page(
    frame: Frame,
    State(state): State<AppState>,
    visitor: Visitor,
) -> Result<Response, Problem> {
    let own = profile(&state.app, visitor.person).await?;
    let w = frame.w;
    Ok(html(&Notices {
        none: own.record.contact.as_ref().map_or_else(
            || w.visitor_notices_none_plain().to_owned(),
            |contact| w.visitor_notices_none(contact.expose()),
        ),
        w,
        frame: frame.on(Tab::Notices),
    }))
}
