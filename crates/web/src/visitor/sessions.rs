//! Where an account is open, and how to end that elsewhere.

use askama::Template;
use axum::extract::State;
use axum::response::{Redirect, Response};
use gapura_app::visitor_session::{end_session, sessions};
use gapura_domain::ids::SessionId;

use super::done::Done;
use super::me::HOME_ZONE;
use crate::caller::Visitor;
use crate::format;
use crate::ids::PathId;
use crate::page::{Frame, html};
use crate::problem::Problem;
use crate::state::AppState;
use crate::words::Words;

#[derive(Template)]
#[template(path = "visitor/sessions.html")]
struct Sessions {
    frame: Frame,
    w: Words,
    rows: Vec<Row>,
}

struct Row {
    is_this: bool,
    since: String,
    until: String,
    end: String,
}

/// `GET /me/sessions`
pub(super) async fn page(
    frame: Frame,
    State(state): State<AppState>,
    visitor: Visitor,
    done: Done,
) -> Result<Response, Problem> {
    let w = frame.w;
    let told = [
        ("ended", w.visitor_sessions_ended().to_owned()),
        ("passes", w.visitor_card_lost_done().to_owned()),
    ];
    let frame = done.tell(frame, told);
    let moment = |time| format::moment(w, &format::local(time, HOME_ZONE));
    let date = |time| format::date(w, format::local(time, HOME_ZONE).date());
    let mut all = sessions(&state.app, visitor.person).await?;
    all.sort_by_key(|session| {
        (
            session.id != visitor.session,
            std::cmp::Reverse(session.since),
        )
    });
    Ok(html(&Sessions {
        rows: all
            .into_iter()
            .map(|session| Row {
                is_this: session.id == visitor.session,
                since: w.visitor_sessions_since(moment(session.since)),
                until: w.visitor_sessions_until(date(session.expires)),
                end: format!("/me/sessions/{}/end", state.ids.show(session.id)),
            })
            .collect(),
        w,
        frame,
    }))
}

/// `POST /me/sessions/{session}/end`
pub(super) async fn end(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(session): PathId<SessionId>,
) -> Result<Redirect, Problem> {
    end_session(&state.app, visitor.person, session).await?;
    Ok(Redirect::to("/me/sessions?done=ended"))
}
