//! Who is in the room behind the gate, so that an officer can end a visit. Initials only.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use gapura_app::check_out::Leaver;

use super::{Door, hour, param, plan_of, to};
use crate::caller::DeviceUser;
use crate::forms::Form;
use crate::page::{Frame, html};
use crate::problem::Problem;
use crate::state::AppState;
use crate::words::Words;

/// Rows on a page.
const ROWS: usize = 50;

#[derive(Template)]
#[template(path = "gate/inside.html")]
struct Inside {
    w: Words,
    frame: Frame,
    door: Door,
    room: String,
    total: usize,
    rows: Vec<Row>,
    form: Form,
    later: Option<String>,
    shown: String,
}

struct Row {
    visit: String,
    initials: String,
    since: String,
    word: &'static str,
}

pub(super) async fn page(
    State(state): State<AppState>,
    frame: Frame,
    device: DeviceUser,
) -> Result<Response, Problem> {
    let plan = plan_of(&state.app, device).await?;
    let sought = param(&frame.here, "cari").unwrap_or_default().to_owned();
    let letters = letters(&sought);
    let page: usize = param(&frame.here, "lembar")
        .and_then(|text| text.parse().ok())
        .unwrap_or(0);
    let mut insiders = state.app.inside(&plan).await?;
    let total = insiders.len();
    insiders.retain(|one| {
        self::letters(&one.initials).starts_with(&letters) || one.word.starts_with(&letters)
    });
    let found = insiders.len();
    let from = page.saturating_mul(ROWS).min(found);
    let rows: Vec<Row> = insiders[from..found.min(from + ROWS)]
        .iter()
        .map(|one| Row {
            visit: state.ids.show(one.visit).to_string(),
            initials: one.initials.to_string(),
            since: hour(one.since, &plan),
            word: one.word,
        })
        .collect();
    let until = from + rows.len();
    let w = frame.w;
    let later =
        (until < found).then(|| format!("/gate/di-dalam?cari={letters}&lembar={}", page + 1));
    Ok(html(&Inside {
        w,
        door: Door::of(&plan, state.app.now()),
        room: plan.room_name.as_str().to_owned(),
        total,
        shown: w.gate_inside_shown((from + 1).min(until), until, found),
        rows,
        form: Form::blank().fill("cari", letters),
        later,
        frame,
    }))
}

/// What counts in a search: letters, small.
fn letters(text: &str) -> String {
    text.chars()
        .filter(|letter| letter.is_alphabetic())
        .flat_map(char::to_lowercase)
        .take(40)
        .collect()
}

pub(super) async fn check_out(
    State(state): State<AppState>,
    device: DeviceUser,
    form: Form,
) -> Result<Response, Problem> {
    let visit = state.ids.read(form.text("visit"));
    let visit = visit.ok_or_else(Problem::not_found)?;
    let by = Leaver::Officer(device.venue);
    let left = state.app.check_out(visit, None, by).await?;
    let id = state.ids.show(left.id);
    Ok(to(&format!("/gate/keluar/{id}?baru=1")))
}
