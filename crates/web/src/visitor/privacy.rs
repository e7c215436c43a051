//! What is kept and for how long, in plain words.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::page::{Frame, html};
use crate::state::AppState;
use crate::words::Words;

#[derive(Template)]
#[template(path = "visitor/privacy.html")]
struct Privacy {
    frame: Frame,
    w: Words,
    rows: Vec<Row>,
    who: String,
}

struct Row {
    what: &'static str,
    long: String,
    why: &'static str,
}

/// `GET /privacy`
pub(super) async fn page(frame: Frame, State(state): State<AppState>) -> Response {
    let w = frame.w;
    let config = &state.app.config;
    let row = |what, long: &str, why| Row {
        what,
        long: long.to_owned(),
        why,
    };
    html(&Privacy {
        rows: vec![
            row(
                w.visitor_privacy_identity(),
                w.visitor_privacy_identity_long(),
                w.visitor_privacy_identity_why(),
            ),
            row(
                w.visitor_privacy_visits(),
                &w.visitor_privacy_visits_long(config.retention_days),
                w.visitor_privacy_visits_why(),
            ),
            row(
                w.visitor_privacy_health(),
                w.visitor_privacy_health_long(),
                w.visitor_privacy_health_why(),
            ),
            row(
                w.visitor_privacy_sessions(),
                w.visitor_privacy_sessions_long(),
                w.visitor_privacy_sessions_why(),
            ),
            row(
                w.visitor_privacy_marks(),
                w.visitor_privacy_marks_long(),
                w.visitor_privacy_marks_why(),
            ),
            row(
                w.visitor_privacy_position(),
                w.visitor_privacy_position_long(),
                w.visitor_privacy_position_why(),
            ),
        ],
        who: w.visitor_privacy_who(&config.authority_name),
        w,
        frame,
    })
}
