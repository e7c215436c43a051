//! What becomes of a list: its progress, its report before anything is stored, and its report afterwards.

use std::time::Duration;

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use gapura_app::csv_table::CellFault;
use gapura_app::import_desk::{ListId, ListState, Stage, store_list};
use gapura_app::staff::Principal;

use crate::format;
use crate::forms::Form;
use crate::ids::PathId;
use crate::live::{Source, follow};
use crate::page::{Desk, Frame, html};
use crate::people::columns::{header, sentence};
use crate::people::import::PATH;
use crate::people::journal_file;
use crate::problem::Problem;
use crate::staff::office::Office;
use crate::state::AppState;
use crate::words::Words;

/// A short list is over before its page is shown.
const PATIENCE: Duration = Duration::from_millis(1_500);
/// How often whoever follows a list is told.
const LOOK: Duration = Duration::from_millis(500);

#[derive(Template)]
#[template(path = "people/progress.html")]
struct Progress {
    frame: Frame,
    w: Words,
    desk: Desk,
    path: String,
    title: &'static str,
    is_waiting: bool,
    is_check: bool,
    rows: String,
    taken: String,
    rejected: String,
}

#[derive(Template)]
#[template(path = "people/report.html")]
struct Report {
    frame: Frame,
    w: Words,
    desk: Desk,
    path: String,
    title: String,
    /// Of what was stored.
    reference: Option<String>,
    sentences: Vec<String>,
    is_unreadable: bool,
    tiles: Vec<(&'static str, String)>,
    faults: Vec<Told>,
    more: u64,
    has_file: bool,
    send: Option<String>,
}

struct Told {
    row: String,
    column: &'static str,
    is_rejected: bool,
    sentence: String,
}

pub(super) async fn page(office: Office, PathId(id): PathId<ListId>) -> Result<Response, Problem> {
    let app = &office.state.app;
    let list = app.list_state(&office.by, id, PATIENCE).await?;
    if list.stage.is_over() {
        Ok(report(office, id, &list))
    } else {
        Ok(progress(office, id, &list))
    }
}

fn progress(office: Office, id: ListId, list: &ListState) -> Response {
    let w = office.w;
    let counts = list.counts;
    let number = |count| format::number(w.lang(), count);
    html(&Progress {
        path: format!("{PATH}/{}", office.id(id)),
        title: if list.is_check {
            w.people_progress_checking()
        } else {
            w.people_progress_storing()
        },
        is_waiting: list.stage == Stage::Waiting,
        is_check: list.is_check,
        rows: number(counts.rows),
        taken: number(counts.created + counts.changed),
        rejected: number(counts.rejected),
        frame: office.frame,
        desk: office.desk,
        w,
    })
}

fn report(office: Office, id: ListId, list: &ListState) -> Response {
    let w = office.w;
    let counts = list.counts;
    let taken = counts.created + counts.changed;
    let is_stored = !list.is_check && taken > 0;
    let told = |(is_rejected, fault): &(bool, CellFault)| told(w, *is_rejected, fault);
    html(&Report {
        path: format!("{PATH}/{}", office.id(id)),
        title: title(w, list, taken),
        reference: is_stored.then(|| office.reference(id)),
        sentences: sentences(w, list, taken),
        is_unreadable: list.stage == Stage::Unreadable,
        tiles: tiles(w, list),
        faults: list.first.iter().map(told).collect(),
        more: list.told.saturating_sub(list.first.len() as u64),
        has_file: list.told > 0,
        send: list.can_be_stored.then(|| w.authority_import_send(taken)),
        frame: office.frame,
        desk: office.desk,
        w,
    })
}

fn title(w: Words, list: &ListState, taken: u64) -> String {
    let of_check = list.is_check;
    match list.stage {
        Stage::Unreadable => w.people_report_unreadable().to_owned(),
        Stage::Stopped if of_check => w.people_report_stopped_check().to_owned(),
        Stage::Stopped => w.people_report_stopped_store(taken),
        Stage::Broken if of_check => w.people_report_broken_check().to_owned(),
        Stage::Broken => w.people_report_broken_store(taken),
        Stage::Waiting | Stage::Running | Stage::Done if taken > 0 => {
            if of_check {
                w.authority_import_report_title(taken)
            } else {
                w.authority_import_done_title(taken)
            }
        }
        Stage::Waiting | Stage::Running | Stage::Done => {
            if list.counts.rejected == 0 && list.counts.known > 0 {
                w.people_report_all_known().to_owned()
            } else {
                w.people_report_nothing().to_owned()
            }
        }
    }
}

fn sentences(w: Words, list: &ListState, taken: u64) -> Vec<String> {
    let mut sentences = Vec::new();
    match list.stage {
        Stage::Done if list.can_be_stored => sentences.push(w.authority_import_report_text()),
        Stage::Unreadable => sentences.push(w.people_report_nothing_stored()),
        Stage::Stopped | Stage::Broken if taken == 0 || list.is_check => {
            sentences.push(w.people_report_nothing_stored());
        }
        Stage::Stopped | Stage::Broken => sentences.push(w.people_report_part_stored()),
        Stage::Done if list.counts.rejected > 0 => sentences.push(w.people_report_partly()),
        Stage::Done | Stage::Waiting | Stage::Running => {
            sentences.push(w.people_report_all_taken());
        }
    }
    let mut sentences: Vec<String> = sentences.into_iter().map(str::to_owned).collect();
    if !list.unknown_columns.is_empty() {
        let positions: Vec<String> = list.unknown_columns.iter().map(usize::to_string).collect();
        sentences.push(w.people_report_unknown_columns(positions.join(", ")));
    }
    sentences
}

fn tiles(w: Words, list: &ListState) -> Vec<(&'static str, String)> {
    let counts = list.counts;
    let all = [
        (w.people_report_rows(), counts.rows, true),
        (w.people_report_created(), counts.created, true),
        (
            w.people_report_changed(),
            counts.changed,
            counts.changed > 0,
        ),
        (w.people_report_known(), counts.known, true),
        (w.people_report_noted(), counts.noted, counts.noted > 0),
        (w.people_report_rejected(), counts.rejected, true),
    ];
    all.into_iter()
        .filter(|(_, _, is_shown)| *is_shown && list.stage != Stage::Unreadable)
        .map(|(name, count, _)| (name, format::number(w.lang(), count)))
        .collect()
}

fn told(w: Words, is_rejected: bool, fault: &CellFault) -> Told {
    Told {
        row: if fault.row == 0 {
            w.people_report_whole_file().to_owned()
        } else {
            w.venue_list_row_at(fault.row)
        },
        column: match fault.column {
            Some(column) => header(w, column),
            None => w.people_report_whole_row(),
        },
        is_rejected,
        sentence: sentence(w, fault.column, fault.code),
    }
}

/// Stores the list, or stops what runs.
pub(super) async fn step(
    office: Office,
    PathId(id): PathId<ListId>,
    form: Form,
) -> Result<Response, Problem> {
    let app = &office.state.app;
    if form.value("do") == "store" {
        store_list(app, &office.by, id)?;
    } else {
        app.stop_list(&office.by, id)?;
    }
    Ok(Redirect::to(&format!("{PATH}/{}", office.id(id))).into_response())
}

/// All rows that were not taken whole, as a file.
pub(super) async fn file(office: Office, PathId(id): PathId<ListId>) -> Result<Response, Problem> {
    let journal = office.state.app.list_journal(&office.by, id)?;
    Ok(journal_file::answer(office.w, journal))
}

/// How far a list is, for whoever looks on.
pub(super) async fn stream(
    office: Office,
    PathId(id): PathId<ListId>,
) -> Result<Response, Problem> {
    let app = &office.state.app;
    app.list_state(&office.by, id, Duration::ZERO).await?;
    let followed = Followed {
        state: office.state.clone(),
        by: office.by,
        id,
    };
    follow(&office.state, followed)
}

struct Followed {
    state: AppState,
    by: Principal,
    id: ListId,
}

impl Source for Followed {
    async fn changed(&mut self) {
        tokio::time::sleep(LOOK).await;
    }

    async fn now(&mut self) -> Option<String> {
        let app = &self.state.app;
        let list = app.list_state(&self.by, self.id, Duration::ZERO).await;
        let list = list.ok()?;
        let told = serde_json::json!({
            "rows": list.counts.rows,
            "taken": list.counts.created + list.counts.changed,
            "rejected": list.counts.rejected,
            "over": list.stage.is_over(),
        });
        Some(told.to_string())
    }
}
