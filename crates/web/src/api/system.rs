//! What machines ask about the machine: does it live, can it serve, what does it count, what does it offer.

use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use gapura_app::AppError;

use crate::access::Access;
use crate::metrics;
use crate::operation::Operation;
use crate::problem::Problem;
use crate::state::AppState;
use crate::table::{Route, get};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/healthz", Access::PUBLIC, healthz),
        get("/readyz", Access::PUBLIC, readyz),
        get("/metrics", Access::PUBLIC, figures),
        get("/api/v1/openapi.json", Access::PUBLIC, openapi)
            .describe(Operation::giving("This description.", "application/json")),
    ]
}

/// Lives.
async fn healthz() -> &'static str {
    "ok\n"
}

/// Can serve: the store answers.
async fn readyz(State(state): State<AppState>) -> Result<&'static str, Problem> {
    state
        .app
        .store
        .setting("ready")
        .await
        .map_err(AppError::from)?;
    Ok("ready\n")
}

async fn figures(State(state): State<AppState>) -> Response {
    let answers = |verdict| state.app.feed.answers(verdict);
    let text = state.metrics.text(answers, &(state.figures)());
    typed(metrics::CONTENT_TYPE, text)
}

async fn openapi(State(state): State<AppState>) -> Response {
    typed(
        "application/json",
        state.openapi.get().cloned().unwrap_or_default(),
    )
}

fn typed(kind: &'static str, text: String) -> Response {
    ([(CONTENT_TYPE, HeaderValue::from_static(kind))], text).into_response()
}
