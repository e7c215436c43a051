//! The queue of applications: what waits, what was decided, and one of them beside the list. Managers see their own.

use askama::Template;
use axum::response::Response;
use gapura_app::AppError;
use gapura_app::applications::ApplicationRow;
use gapura_domain::ids::ApplicationId;
use gapura_domain::region::region;
use gapura_domain::role::Role;
use gapura_domain::time::Zone;
use gapura_store::Cursor;

use crate::authority::panel::Panel;
use crate::format;
use crate::forms::Form;
use crate::page::{Desk, Frame, Pages, html};
use crate::problem::Problem;
use crate::staff::office::{Address, Head, Office, address, numbered};
use crate::words::Words;

pub(super) const PATH: &str = "/desk/applications";
/// So many applications are searched and sorted at once.
const READ_MAX: usize = 5_000;

#[derive(Template)]
#[template(path = "authority/applications.html")]
struct Applications {
    frame: Frame,
    w: Words,
    desk: Desk,
    form: Form,
    finding: String,
    is_filtered: bool,
    can_apply: bool,
    can_decide: bool,
    empty: &'static str,
    states: Vec<(&'static str, &'static str)>,
    heads: Vec<Head>,
    rows: Vec<Row>,
    pages: Pages,
    panel: Option<Panel>,
}

struct Row {
    id: String,
    href: String,
    name: String,
    owner: String,
    region: &'static str,
    gates: usize,
    capacity: String,
    submitted: String,
    kind: &'static str,
    state: &'static str,
    is_selected: bool,
    can_decide: bool,
    pick_label: String,
}

/// As which of their roles somebody looks at applications.
pub(super) fn role_of(office: &Office) -> Role {
    if office.has(&[Role::Authority]) {
        Role::Authority
    } else {
        Role::VenueManager
    }
}

pub(super) async fn list(office: Office, Address(form): Address) -> Result<Response, Problem> {
    let w = office.w;
    let role = role_of(&office);
    let decides = role == Role::Authority;
    let state = state_asked(&form, decides);
    let mut found = read(&office, role, state).await?;
    let finding = finding(w, decides, state, found.len());
    found.retain(|row| is_match(&office, row, form.text("q")));
    sort(&mut found, form.text("sort"));
    let selected = office.state.ids.read::<ApplicationId>(form.text("id"));
    let here = here(&form, state);
    let (rows, pages) = numbered(w, PATH, &here[..3], form.text("page"), found.len());
    let rows = found[rows]
        .iter()
        .map(|row| shown(&office, row, selected, (decides, &here)));
    let panel = match selected {
        Some(id) => Some(Panel::of(&office, id, decides, address(PATH, &here)).await?),
        None => None,
    };
    let page = Applications {
        finding,
        is_filtered: !form.text("q").is_empty() || !form.text("state").is_empty(),
        can_apply: office.has(&[Role::VenueManager]),
        can_decide: decides,
        empty: if decides {
            w.authority_queue_empty_authority()
        } else {
            w.authority_queue_empty_manager()
        },
        states: states(w),
        heads: heads(w, &form, state),
        rows: rows.collect(),
        pages,
        panel,
        form: form.put("state", state.unwrap_or("all")),
        frame: office.frame,
        w,
        desk: office.desk,
    };
    Ok(html(&page))
}

/// What waits is shown to the authority first; a manager sees everything.
fn state_asked(form: &Form, decides: bool) -> Option<&'static str> {
    match form.text("state") {
        "submitted" => Some("submitted"),
        "returned" => Some("returned"),
        "approved" => Some("approved"),
        "" if decides => Some("submitted"),
        _ => None,
    }
}

async fn read(
    office: &Office,
    role: Role,
    state: Option<&str>,
) -> Result<Vec<ApplicationRow>, Problem> {
    let mut rows = Vec::new();
    let mut after = None;
    while rows.len() < READ_MAX {
        let cursor = Cursor { after, limit: 1000 };
        let page = office
            .state
            .app
            .applications(&office.by, role, state, cursor)
            .await?;
        rows.extend(page.rows);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    Ok(rows)
}

fn finding(w: Words, decides: bool, state: Option<&str>, count: usize) -> String {
    match state {
        Some("submitted") if decides && count == 0 => w.authority_queue_finding_none().to_owned(),
        Some("submitted") => w.authority_queue_finding_waiting(count),
        _ if count == 0 => w.authority_queue_title().to_owned(),
        _ => w.authority_queue_finding_own(count),
    }
}

fn is_match(office: &Office, row: &ApplicationRow, words: &str) -> bool {
    let spec = &row.application.spec;
    let owner = row.owner.first().map_or("", |name| name.as_str());
    let reference = office.reference(row.application.id);
    let text = format!("{} {} {owner} {reference}", spec.name, spec.address).to_lowercase();
    words
        .to_lowercase()
        .split_whitespace()
        .all(|word| text.contains(word))
}

fn capacity(row: &ApplicationRow) -> u64 {
    let rooms = row.application.spec.rooms.iter();
    rooms
        .filter_map(|room| room.bounds.capacity)
        .map(u64::from)
        .sum()
}

fn gates(row: &ApplicationRow) -> usize {
    row.application
        .spec
        .rooms
        .iter()
        .map(|room| room.gates.len())
        .sum()
}

fn sort(rows: &mut [ApplicationRow], by: &str) {
    match by.strip_prefix('-').unwrap_or(by) {
        "name" => rows.sort_by(|a, b| a.application.spec.name.cmp(&b.application.spec.name)),
        "region" => rows.sort_by_key(|row| row.application.spec.district),
        "gates" => rows.sort_by_key(gates),
        "capacity" => rows.sort_by_key(capacity),
        _ => rows.sort_by_key(|row| (row.application.submitted_at, row.application.id)),
    }
    if by.starts_with('-') {
        rows.reverse();
    }
}

/// The parameters that make the list what it is.
fn here<'f>(form: &'f Form, state: Option<&'static str>) -> [(&'static str, &'f str); 4] {
    [
        ("q", form.text("q")),
        ("state", state.unwrap_or("all")),
        ("sort", form.text("sort")),
        ("page", form.text("page")),
    ]
}

fn heads(w: Words, form: &Form, state: Option<&'static str>) -> Vec<Head> {
    let [q, state, _, _] = here(form, state);
    let others = [q, state];
    let head = |column| Head::new(column, PATH, form.text("sort"), &others);
    vec![
        head((w.authority_queue_name(), "name", false)),
        head((w.venue_places_region(), "region", false)),
        head((w.venue_list_summary_gates(), "gates", true)),
        head((w.venue_list_summary_capacity(), "capacity", true)),
        head((w.authority_queue_submitted(), "submitted", false)),
        head((w.authority_queue_state(), "", false)),
    ]
}

fn states(w: Words) -> Vec<(&'static str, &'static str)> {
    vec![
        ("submitted", w.venue_state_submitted()),
        ("returned", w.venue_state_returned()),
        ("approved", w.venue_state_approved()),
        ("all", w.authority_queue_state_all()),
    ]
}

/// The mark and the word of a state.
pub(super) fn state_of(w: Words, state: &str) -> (&'static str, &'static str) {
    match state {
        "submitted" => ("wait", w.venue_state_submitted()),
        "returned" => ("refuse", w.venue_state_returned()),
        _ => ("admit", w.venue_state_approved()),
    }
}

fn shown(
    office: &Office,
    row: &ApplicationRow,
    selected: Option<ApplicationId>,
    (decides, here): (bool, &[(&str, &str)]),
) -> Row {
    let w = office.w;
    let application = &row.application;
    let (kind, state) = state_of(w, application.state.name());
    let id = office.id(application.id);
    let href = address(PATH, &[here, &[("id", id.as_str())]].concat());
    let submitted = format::local(application.submitted_at, zone(row));
    Row {
        href: format!("{href}#panel"),
        name: application.spec.name.to_string(),
        owner: row
            .owner
            .first()
            .map(ToString::to_string)
            .unwrap_or_default(),
        region: region(application.spec.district.regency()).map_or("", |region| region.name),
        gates: gates(row),
        capacity: format::number(w.lang(), capacity(row)),
        submitted: format!(
            "{} {}",
            format::day(w, submitted.date()),
            format::hour(submitted.time())
        ),
        kind,
        state,
        is_selected: selected == Some(application.id),
        can_decide: decides && application.state.name() == "submitted",
        pick_label: w.authority_queue_pick(&application.spec.name),
        id,
    }
}

/// The clock of the place that is applied for.
pub(super) fn zone(row: &ApplicationRow) -> Zone {
    row.application.spec.district.zone()
}

/// The applications that a form names, as far as they may be seen.
pub(super) async fn named(office: &Office, form: &Form) -> Result<Vec<ApplicationRow>, Problem> {
    let mut rows = Vec::new();
    for id in form
        .values("id")
        .filter_map(|text| office.state.ids.read::<ApplicationId>(text))
    {
        match office.state.app.application(&office.by, id).await {
            Ok(row) => rows.push(row),
            Err(AppError::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(rows)
}
