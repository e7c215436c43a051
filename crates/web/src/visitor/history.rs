//! Where a visitor and the family have been within the retention time, and when that is erased.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use gapura_app::own_history::OwnStay;
use gapura_domain::door::Visit;
use gapura_domain::time::LocalDay;
use gapura_domain::verdict::Exit;
use jiff::SignedDuration;

use super::plate;
use crate::caller::Visitor;
use crate::format;
use crate::page::{Frame, Tab, html};
use crate::problem::Problem;
use crate::state::AppState;
use crate::words::Words;

#[derive(Template)]
#[template(path = "visitor/history.html")]
struct History {
    frame: Frame,
    w: Words,
    visits: Vec<Row>,
    any_unproven: bool,
    erased: String,
}

struct Row {
    place: String,
    room: String,
    time: String,
    notes: Vec<String>,
    leave: Option<String>,
}

/// `GET /me/history`
pub(super) async fn page(
    frame: Frame,
    State(state): State<AppState>,
    visitor: Visitor,
) -> Result<Response, Problem> {
    let w = frame.w;
    let stays = state.app.own_history(visitor.person).await?;
    let days = state.app.config.retention_days;
    let oldest = stays.iter().map(|stay| stay.visit.day).min();
    Ok(html(&History {
        any_unproven: stays.iter().any(|stay| stay.visit.unproven),
        erased: oldest.map_or_else(
            || w.visitor_history_erased_plain(days),
            |day| w.visitor_history_erased(format::date(w, erased_on(day, days).date()), days),
        ),
        visits: stays.iter().map(|stay| row(&state, w, stay)).collect(),
        w,
        frame: frame.on(Tab::History),
    }))
}

/// The first day on which the erasure no longer keeps a day.
fn erased_on(day: LocalDay, retention_days: u16) -> LocalDay {
    day.plus_days(i32::from(retention_days) + 1)
}

fn row(state: &AppState, w: Words, stay: &OwnStay) -> Row {
    let visit = &stay.visit;
    Row {
        place: stay.plan.venue_name.to_string(),
        room: plate::door_name(w, &stay.plan),
        time: match visit.to {
            None => time(w, stay),
            Some(to) => {
                let stayed = SignedDuration::from_secs(to.since_s(visit.from).max(60));
                w.visitor_history_lasting(format::lasting(w, stayed), time(w, stay))
            }
        },
        notes: notes(w, stay),
        leave: visit
            .to
            .is_none()
            .then(|| format!("/visit/{}/leave", state.ids.show(visit.id))),
    }
}

fn time(w: Words, stay: &OwnStay) -> String {
    let local = |moment| format::local(moment, stay.plan.plan.zone);
    let from = local(stay.visit.from);
    let date = format::date(w, from.date());
    match stay.visit.to.map(local) {
        None => w.visitor_history_since(date, format::time(&from)),
        Some(to) if to.date() == from.date() => {
            w.visitor_history_span(date, format::hour(from.time()), format::time(&to))
        }
        Some(to) => {
            w.visitor_history_span_day(date, format::hour(from.time()), format::moment(w, &to))
        }
    }
}

/// What is worth knowing about a stay: who was there, how sure its end and its beginning are.
fn notes(w: Words, stay: &OwnStay) -> Vec<String> {
    let mut notes = Vec::new();
    let family = stay.family.join(", ");
    if !family.is_empty() {
        notes.push(if stay.is_own {
            w.visitor_history_with(family)
        } else {
            w.visitor_history_of(family)
        });
    }
    notes.extend(about_exit(w, &stay.visit).map(str::to_owned));
    if stay.visit.unproven {
        notes.push(w.visitor_history_unproven().to_owned());
    }
    notes
}

fn about_exit(w: Words, visit: &Visit) -> Option<&'static str> {
    match visit.exit? {
        Exit::Elsewhere => Some(w.visitor_history_imputed_elsewhere()),
        Exit::Closing => Some(w.visitor_history_imputed_closing()),
        Exit::LongestStay => Some(w.visitor_history_imputed_longest()),
        Exit::Corrected => Some(w.visitor_history_corrected()),
        Exit::Visitor | Exit::Officer | Exit::Moved | Exit::HoldLapsed | Exit::HoldRefused => None,
    }
}
