//! The demo's outbox: what would have been sent to phones and mailboxes. There is none where messages are really sent.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use gapura_app::delivery::Kept;
use gapura_domain::time::Zone;

use crate::access::Access;
use crate::format;
use crate::page::{Frame, html};
use crate::problem::Problem;
use crate::state::AppState;
use crate::table::{Route, get};
use crate::words::Words;

pub(super) fn routes() -> Vec<Route> {
    vec![get("/outbox", Access::PUBLIC, outbox)]
}

#[derive(Template)]
#[template(path = "operator/outbox.html")]
struct Outbox {
    frame: Frame,
    w: Words,
    messages: Vec<Message>,
}

struct Message {
    to: String,
    subject: String,
    text: String,
    time: String,
}

async fn outbox(State(state): State<AppState>, frame: Frame) -> Result<Response, Problem> {
    let outbox = state.outbox.get().ok_or_else(Problem::not_found)?;
    let messages = outbox.kept().into_iter().map(shown).collect();
    Ok(html(&Outbox {
        w: frame.w,
        frame,
        messages,
    }))
}

fn shown(kept: Kept) -> Message {
    Message {
        time: format::clock(&format::local(kept.at, Zone::Wib)),
        to: kept.to,
        subject: kept.subject,
        text: kept.text,
    }
}
