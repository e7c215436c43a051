//! Who came to a place on a day: times, rooms and doors, without names; as a page and as a file.

use askama::Template;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use gapura_app::AppError;
use gapura_app::export::{Cell, CsvWriter};
use gapura_domain::door::Visit;
use gapura_domain::ids::VenueId;
use gapura_domain::role::Role;
use gapura_domain::time::Zone;
use gapura_domain::venue::Venue;
use gapura_domain::verdict::{Exit, Way};
use gapura_store::{Actor, Cursor};

use crate::format;
use crate::forms::Form;
use crate::ids::{After, PathId};
use crate::page::{Desk, Frame, Pages, html};
use crate::problem::Problem;
use crate::staff::office::{Address, Office, address};
use crate::venue::head::{self, DayChoice, PlaceHead, Section, hour, hour_of_day};
use crate::words::Words;

const PER_PAGE: u32 = 50;
const PER_READ: u32 = 1000;

#[derive(Template)]
#[template(path = "venue/visits.html")]
struct Visits {
    frame: Frame,
    w: Words,
    desk: Desk,
    form: Form,
    place: PlaceHead,
    day: DayChoice,
    finding: String,
    only_inside: bool,
    inside_href: Option<String>,
    all_href: String,
    export_href: String,
    rows: Vec<Row>,
    pages: Pages,
}

struct Row {
    from: String,
    to: String,
    room: String,
    gate: String,
    way: &'static str,
    marks: Vec<(&'static str, &'static str)>,
    correct: String,
    correct_label: String,
}

pub(super) async fn page(
    office: Office,
    PathId(id): PathId<VenueId>,
    Address(mut form): Address,
) -> Result<Response, Problem> {
    let w = office.w;
    let venue = head::venue(&office, id).await?;
    let zone = venue.spec.district.zone();
    let path = format!("{}/visits", head::base_of(&office, id));
    let only_inside = form.text("only") == "inside";
    let after = office
        .state
        .ids
        .read(form.text("after"))
        .map(|After(after)| after);
    let day = DayChoice::of(w, &path, &mut form, office.now(), zone);
    let store = &office.state.app.store;
    let (visits, next) = if only_inside {
        (store.open_visits(id).await.map_err(AppError::from)?, None)
    } else {
        let cursor = Cursor {
            after,
            limit: PER_PAGE,
        };
        let page = store
            .visits_at(id, day.day, cursor)
            .await
            .map_err(AppError::from)?;
        (page.rows, page.next)
    };
    let manages = office.may(Role::VenueManager, venue.organisation).await?;
    let parameter = day.parameter();
    let at =
        |more: &[(&str, &str)]| address(&path, &[&[("day", parameter.as_str())], more].concat());
    let page = Visits {
        finding: finding(w, &visits, only_inside, next.is_some()),
        inside_href: (day.is_today() && !only_inside).then(|| at(&[("only", "inside")])),
        all_href: at(&[]),
        export_href: address(&format!("{path}.csv"), &[("day", &parameter)]),
        only_inside,
        rows: visits
            .iter()
            .map(|visit| row(&office, &venue, visit, (&day, manages)))
            .collect(),
        pages: Pages {
            earlier: after.map(|_| at(&[])),
            later: next.map(|next| at(&[("after", &office.state.ids.show(After(next)))])),
            shown: String::new(),
        },
        place: PlaceHead::of(&office, &venue, Section::Visits).await?,
        frame: office.frame,
        desk: office.desk,
        w,
        day,
        form,
    };
    Ok((page.form.status(), html(&page)).into_response())
}

fn finding(w: Words, visits: &[Visit], only_inside: bool, has_more: bool) -> String {
    if only_inside {
        w.venue_visits_finding_today(visits.len())
    } else if has_more {
        w.venue_visits_title().to_owned()
    } else {
        w.venue_visits_finding(visits.len())
    }
}

fn row(office: &Office, venue: &Venue, visit: &Visit, (day, manages): (&DayChoice, bool)) -> Row {
    let w = office.w;
    let zone = venue.spec.district.zone();
    let from = hour_of_day(w, visit.from, zone, day.day);
    let base = head::base_of(office, venue.id);
    Row {
        to: visit
            .to
            .map(|to| hour_of_day(w, to, zone, day.day))
            .unwrap_or_default(),
        room: room_name(venue, visit),
        gate: gate_name(venue, visit),
        way: way_name(w, visit.way),
        marks: marks(w, visit),
        correct: if manages {
            format!("{base}/visits/{}/correct", office.state.ids.show(visit.id))
        } else {
            String::new()
        },
        correct_label: w.venue_visits_correct_of(hour(visit.from, zone)),
        from,
    }
}

pub(super) fn room_name(venue: &Venue, visit: &Visit) -> String {
    let room = venue.rooms.iter().find(|room| room.id == visit.room);
    room.map(|room| room.name.to_string()).unwrap_or_default()
}

pub(super) fn gate_name(venue: &Venue, visit: &Visit) -> String {
    let gate = venue.gates.iter().find(|gate| gate.id == visit.gate);
    gate.map(|gate| gate.name.to_string()).unwrap_or_default()
}

/// What is not sure about a visit, and how it ended where that says something.
fn marks(w: Words, visit: &Visit) -> Vec<(&'static str, &'static str)> {
    let mut marks = Vec::new();
    if visit.unproven {
        marks.push(("check", w.venue_mark_unproven()));
    }
    match visit.exit {
        Some(exit) if exit.is_imputed() => marks.push(("check", exit_name(w, exit))),
        Some(exit @ (Exit::Corrected | Exit::HoldLapsed | Exit::HoldRefused)) => {
            marks.push(("none", exit_name(w, exit)));
        }
        Some(Exit::Visitor | Exit::Officer | Exit::Moved) | None => {}
        Some(Exit::Elsewhere | Exit::Closing | Exit::LongestStay) => {}
    }
    marks
}

fn way_name(w: Words, way: Way) -> &'static str {
    match way {
        Way::Device => w.venue_way_device(),
        Way::Screen => w.venue_way_screen(),
        Way::Poster => w.venue_way_poster(),
        Way::Manual => w.venue_way_manual(),
        Way::Offline => w.venue_way_offline(),
    }
}

pub(super) fn exit_name(w: Words, exit: Exit) -> &'static str {
    match exit {
        Exit::Visitor => w.venue_exit_visitor(),
        Exit::Officer => w.venue_exit_officer(),
        Exit::Elsewhere => w.venue_exit_elsewhere(),
        Exit::Moved => w.venue_exit_moved(),
        Exit::Closing => w.venue_exit_closing(),
        Exit::LongestStay => w.venue_exit_longest_stay(),
        Exit::HoldLapsed => w.venue_exit_hold_lapsed(),
        Exit::HoldRefused => w.venue_exit_hold_refused(),
        Exit::Corrected => w.venue_exit_corrected(),
    }
}

/// The visits of a day as a file for spreadsheets: no names, no numbers of anybody.
pub(super) async fn export(
    office: Office,
    PathId(id): PathId<VenueId>,
    Address(mut form): Address,
) -> Result<Response, Problem> {
    let venue = head::venue(&office, id).await?;
    let zone = venue.spec.district.zone();
    let day = DayChoice::of(office.w, "", &mut form, office.now(), zone).day;
    let app = &office.state.app;
    let mut rows = Vec::new();
    let mut after = None;
    loop {
        let cursor = Cursor {
            after,
            limit: PER_READ,
        };
        let page = app
            .store
            .visits_at(id, day, cursor)
            .await
            .map_err(AppError::from)?;
        rows.extend(page.rows);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let bytes = csv(office.w, &venue, &rows, zone).map_err(|_| Problem::broken())?;
    let date = day.date();
    app.mark(
        Actor::Account(office.by.account),
        "visits_exported",
        ("venue", id.0),
        &date.to_string(),
    )
    .await?;
    let disposition = format!("attachment; filename=\"kunjungan-{date}.csv\"");
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, bytes).into_response())
}

fn csv(w: Words, venue: &Venue, visits: &[Visit], zone: Zone) -> std::io::Result<Vec<u8>> {
    let mut writer = CsvWriter::new(Vec::new())?;
    let heads = [
        w.venue_visits_in(),
        w.venue_visits_out(),
        w.venue_visits_room(),
        w.venue_visits_gate(),
        w.venue_visits_way(),
        w.venue_visits_exit(),
        w.venue_mark_unproven(),
    ];
    writer.row(heads.map(Cell::Text))?;
    let at = |time| {
        format::local(time, zone)
            .strftime("%Y-%m-%d %H:%M")
            .to_string()
    };
    for visit in visits {
        let (from, to) = (at(visit.from), visit.to.map(at).unwrap_or_default());
        let (room, gate) = (room_name(venue, visit), gate_name(venue, visit));
        writer.row([
            Cell::Text(&from),
            if to.is_empty() {
                Cell::Empty
            } else {
                Cell::Text(&to)
            },
            Cell::Text(&room),
            Cell::Text(&gate),
            Cell::Text(way_name(w, visit.way)),
            visit
                .exit
                .map_or(Cell::Empty, |exit| Cell::Text(exit_name(w, exit))),
            Cell::Whole(i64::from(visit.unproven)),
        ])?;
    }
    Ok(writer.into_inner())
}
