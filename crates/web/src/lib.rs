//! JSON API and pages of Gapura, a folder an audience.
//!
//! # How to add a page
//!
//! 1. **Words first.** Add the sentences to `words/id/AUDIENCE.toml` and `words/en/AUDIENCE.toml`. The build makes a
//!    method of each: `[door] confirm = "…"` in `visitor.toml` is `w.visitor_door_confirm()`; `{from}` in a sentence is
//!    an argument (several come in alphabetical order); `{count}` is any unsigned number, with `one` and `other` where English needs
//!    both. A sentence that one language lacks, other parameters, or an exclamation mark stop the build.
//! 2. **One file a page**, `src/AUDIENCE/PAGE.rs`: its struct, its handler. The struct has at least
//!
//!    ```text
//!    #[derive(Template)]
//!    #[template(path = "visitor/history.html")]
//!    struct History { frame: Frame, w: Words, visits: Vec<Row> }
//!
//!    async fn history(frame: Frame, /* … */) -> Result<Response, Problem> {
//!        let visits = /* one use case */;
//!        Ok(html(&History { w: frame.w, frame: frame.on(Tab::History), visits }))
//!    }
//!    ```
//!
//!    Pages of a desk also have `desk: Desk`. What goes wrong is a [`problem::Problem`]; it becomes a document or a page
//!    by itself.
//! 3. **The template**, `templates/AUDIENCE/PAGE.html`:
//!
//!    ```html
//!    {% extends "phone.html" %}{% import "ui.html" as ui %}
//!    {% block title %}{{ w.visitor_history_title() }}{% endblock %}
//!    {% block content %}<h1>…</h1>{% endblock %}
//!    ```
//!
//!    `phone.html` is for visitors, `desk.html` for staff (blocks `content` and `panel`; set block `panelled` to
//!    `has-panel` when there is a panel), `gate.html` for the officer's pages on a gate's device. Scripts go into block `scripts`:
//!    `<script type="module" src="{{ crate::assets::path::LIVE_JS }}"></script>`. Everything must work without them.
//! 4. **Parts** are macros of `templates/ui.html`, called as `{% call ui::name(…) %}{% endcall %}`: `field`, `choice`,
//!    `select`, `area`, `errors`, `token`, `tag`, `empty`, `confirmed`, `step`, `tile`, `pages`, `table_note`, icons. Each says there
//!    what it wants. A form posts to its own address, holds `{% call ui::token() %}`, has one `primary` button, and is
//!    rendered again with its [`forms::Form`] when something is wrong (`(form.status(), html(&page))`).
//! 5. **A page that scans** answers with `Extension(Needs::camera())` and includes `part/scanner.html` with the script `SCANNER_JS`.
//! 6. **A row in the table of routes.** The audience's folder has `pub fn routes() -> Vec<Route>`; add
//!    `get("/riwayat", Access::VISITOR, history)`. The row says who may, and there is no other way to mount a handler.
//!    Callers are arguments ([`caller::Visitor`], [`caller::StaffUser`], [`caller::DeviceUser`]); whether this officer
//!    may touch that place is the handler's question. Ids in addresses are [`ids::PathId`]; show them by
//!    `state.ids.show(id)`. Errors of use cases become problems by `?`. See [`table`].
//!
//! `cargo run -p gapura-web --example gallery` shows every part; `npm run shots` in `ui` photographs it.

pub mod access;
pub mod api;
pub mod assets;
mod authority;
pub mod caller;
pub mod client;
pub mod cookies;
pub mod csrf;
pub mod format;
pub mod forms;
mod gate;
pub mod gate_screen;
mod guard;
pub mod ids;
pub mod json;
pub mod lang;
pub mod list_words;
pub mod live;
pub mod log;
pub mod messages;
pub mod metrics;
pub mod operation;
mod operator;
pub mod page;
mod people;
pub mod place_words;
pub mod problem;
pub mod qr;
pub mod reasons;
mod refusal;
mod request_number;
pub mod security;
mod staff;
pub mod state;
pub mod table;
mod venue;
pub mod verdict;
mod visitor;
pub mod words;

#[cfg(test)]
#[path = "../build/words.rs"]
mod words_build;

use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::{Router, routing};

use access::Access;
use state::AppState;
use table::Route;

/// The whole table of routes.
#[must_use]
pub fn routes() -> Vec<Route> {
    let assets = table::get("/assets/{hash}/{name}", Access::PUBLIC, assets::serve);
    [
        vec![assets],
        api::routes(),
        gate::routes(),
        venue::routes(),
        authority::routes(),
        people::routes(),
        operator::routes(),
        staff::routes(),
        visitor::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The server.
pub fn server(state: AppState) -> Router {
    table::router(routes(), state)
}

/// Wraps a router that has no table, as that of the gallery, into what every answer has in common: the interface's
/// files, problems in the reader's language, the remembered language, the limit of bodies and the headers.
pub fn finish(rooms: Router, reached: security::Reached) -> Router {
    rooms
        .route("/assets/{hash}/{name}", routing::get(assets::serve))
        .fallback(|| async { problem::Problem::not_found().into_response() })
        .layer(DefaultBodyLimit::max(security::BODY_BYTES_MAX))
        .layer(from_fn_with_state(reached, dress))
}

async fn dress(State(reached): State<security::Reached>, request: Request, next: Next) -> Response {
    let asked = problem::Asked::of(request.uri(), request.headers());
    problem::dressed(&asked, reached, next.run(request).await)
}
