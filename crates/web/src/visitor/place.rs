//! One place: rooms with their free places, hours, booth, and who may come in.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use gapura_app::places::Place;
use gapura_domain::hours::{OpeningHours, Span};
use gapura_domain::ids::{RoomId, VenueId};
use gapura_domain::region::full_name;
use gapura_domain::time::{LocalDay, Zone};
use std::collections::BTreeMap;

use super::plate::{self, Plate, Rule};
use crate::format;
use crate::ids::PathId;
use crate::page::{Frame, html};
use crate::place_words::{self, Fact};
use crate::problem::Problem;
use crate::state::AppState;
use crate::words::Words;

/// The minute at which a day ends.
const MIDNIGHT: u16 = 1440;

#[derive(Template)]
#[template(path = "visitor/place.html")]
struct PlacePage {
    frame: Frame,
    w: Words,
    plate: Plate,
    facts: Vec<Fact>,
    admission: Vec<Rule>,
    address: String,
    region: String,
    rooms: Vec<Room>,
    booth: String,
    week: Vec<Day>,
    closures: Vec<String>,
}

struct Room {
    name: String,
    free: Fact,
}

struct Day {
    name: &'static str,
    hours: String,
    is_today: bool,
}

/// `GET /p/{venue}`
pub(super) async fn page(
    frame: Frame,
    State(state): State<AppState>,
    PathId(venue): PathId<VenueId>,
) -> Result<Response, Problem> {
    let (app, w) = (&state.app, frame.w);
    let place = app.place_of(venue).await?.ok_or_else(Problem::not_found)?;
    let listing = &place.listing;
    let (zone, now) = (listing.zone(), app.now());
    let today = zone.day_of(now);
    let booth = place
        .booth
        .map(|open| place_words::booth(w, open, zone, now));
    Ok(html(&PlacePage {
        plate: Plate {
            kind: place_words::category(w, listing.category),
            place: listing.name.to_string(),
            door: String::new(),
        },
        facts: plate::facts(
            w,
            place.open,
            (zone, now),
            (place.free, place.occupancy.bounds.capacity),
        ),
        admission: plate::admission(w, app.door_rules.admission(listing.category)),
        address: listing.address.to_string(),
        region: full_name(listing.district),
        rooms: rooms(&state, w, &place).await?,
        booth: listing
            .booth
            .as_ref()
            .zip(booth)
            .map_or_else(String::new, |(booth, state)| {
                w.visitor_place_booth_where(&booth.place, state.text)
            }),
        week: week(w, &listing.hours, today),
        closures: closures(w, &listing.hours, today),
        w,
        frame,
    }))
}

async fn rooms(state: &AppState, w: Words, place: &Place) -> Result<Vec<Room>, Problem> {
    let venue = place.listing.venue;
    let full = state.app.occupancy(venue).await?;
    let plans = state.app.door_plans_of(venue).await?;
    let names: BTreeMap<RoomId, String> = plans
        .iter()
        .map(|plan| (plan.plan.room, plan.room_name.to_string()))
        .collect();
    let room = |(room, now): &(RoomId, gapura_domain::venue::Occupancy)| Room {
        name: names.get(room).cloned().unwrap_or_default(),
        free: place_words::free(w, now.free(), now.bounds.capacity),
    };
    Ok(full.rooms.iter().map(room).collect())
}

fn week(w: Words, hours: &OpeningHours, today: LocalDay) -> Vec<Day> {
    let monday = today.plus_days(-i32::try_from(today.weekday()).unwrap_or(0));
    let days = (0..7).map(|offset| monday.plus_days(offset));
    days.zip(hours.week())
        .map(|(day, spans)| Day {
            name: format::weekday(w, day.date()),
            hours: spans_said(w, day, spans),
            is_today: day == today,
        })
        .collect()
}

fn spans_said(w: Words, day: LocalDay, spans: &[Span]) -> String {
    // Any zone writes the same hours of its own day.
    let hour = |minute| match minute {
        MIDNIGHT => "24.00".to_owned(),
        _ => format::hour(format::local(Zone::Wib.time_at(day, minute), Zone::Wib).time()),
    };
    if spans.is_empty() {
        return w.place_open_day_closed().to_owned();
    }
    let said = spans
        .iter()
        .map(|span| w.place_open_hours(hour(span.from), hour(span.to)));
    said.collect::<Vec<_>>().join(", ")
}

fn closures(w: Words, hours: &OpeningHours, today: LocalDay) -> Vec<String> {
    let coming = hours
        .closures()
        .iter()
        .filter(|closure| closure.to >= today);
    coming
        .map(|closure| {
            let (from, to) = (closure.from.date(), closure.to.date());
            if from == to {
                format::date(w, from)
            } else {
                w.visitor_place_closure(format::date(w, from), format::date(w, to))
            }
        })
        .collect()
}
