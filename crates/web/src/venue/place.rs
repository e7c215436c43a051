//! A place as it is now: how full, what its doors answered, live while one looks; and any day that is still kept.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use gapura_app::watch::{Answers, DoorDay, VenueOccupancy};
use gapura_domain::door::Bounds;
use gapura_domain::ids::VenueId;
use gapura_domain::venue::{Occupancy, Venue};
use gapura_domain::verdict::Verdict;
use serde_json::{Map, Value, json};
use std::time::Duration;

use crate::format;
use crate::forms::Form;
use crate::ids::PathId;
use crate::live::{Source, follow};
use crate::page::{Desk, Frame, html};
use crate::problem::Problem;
use crate::staff::office::{Address, Office};
use crate::state::AppState;
use crate::venue::head::{self, DayChoice, PlaceHead, Section};
use crate::venue::reason_name;
use crate::words::Words;

/// How often the figures of a page that somebody looks at are read.
const EVERY: Duration = Duration::from_secs(2);

#[derive(Template)]
#[template(path = "venue/place.html")]
struct PlacePage {
    frame: Frame,
    w: Words,
    desk: Desk,
    form: Form,
    place: PlaceHead,
    day: DayChoice,
    free: String,
    now: Shown,
    total: Answers,
    share: Option<String>,
    rooms: Vec<RoomRow>,
    by_hour: Vec<AnswerRow>,
    by_hour_finding: String,
    by_reason: Vec<ReasonRow>,
    by_gate: Vec<AnswerRow>,
}

/// Figures as they are shown, each with its limit.
struct Shown {
    inside: String,
    capacity: String,
    today: String,
    quota: String,
}

struct RoomRow {
    name: String,
    inside_key: String,
    today_key: String,
    inside: u32,
    most: Option<u32>,
    high: u32,
    level: String,
    now: Shown,
}

struct AnswerRow {
    name: String,
    admitted: u64,
    checked: u64,
    refused: u64,
}

struct ReasonRow {
    reason: String,
    kind: &'static str,
    answer: &'static str,
    people: u64,
}

pub(super) async fn page(
    office: Office,
    PathId(id): PathId<VenueId>,
    Address(mut form): Address,
) -> Result<Response, Problem> {
    let w = office.w;
    let app = &office.state.app;
    let venue = head::venue(&office, id).await?;
    let zone = venue.spec.district.zone();
    let day = DayChoice::of(
        w,
        &head::base_of(&office, id),
        &mut form,
        office.now(),
        zone,
    );
    let occupancy = app.occupancy(id).await?;
    let answers = app.door_day(&venue, day.day).await?;
    let status = form.status();
    let page = PlacePage {
        place: PlaceHead::of(&office, &venue, Section::Now).await?,
        free: free(w, &occupancy),
        now: shown(w, whole(&occupancy)),
        total: answers.total,
        share: share(&office, &venue),
        rooms: rooms(w, &venue, &occupancy),
        by_hour_finding: busiest(w, &answers, day.is_today()),
        by_hour: by_hour(&answers),
        by_reason: by_reason(w, &answers),
        by_gate: by_gate(&venue, &answers),
        frame: office.frame,
        desk: office.desk,
        w,
        form,
        day,
    };
    Ok((status, html(&page)).into_response())
}

/// The limits of the venue and its rooms as one.
fn whole(now: &VenueOccupancy) -> Occupancy {
    let sum = |of: fn(&Bounds) -> Option<u32>| {
        let rooms = now.rooms.iter();
        rooms
            .map(|(_, room)| of(&room.bounds))
            .try_fold(0_u32, |sum, most| Some(sum.saturating_add(most?)))
    };
    let least = |a: Option<u32>, b: Option<u32>| match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    let bounds = now.venue.bounds;
    Occupancy {
        bounds: Bounds {
            capacity: least(bounds.capacity, sum(|bounds| bounds.capacity)),
            quota: least(bounds.quota, sum(|bounds| bounds.quota)),
        },
        ..now.venue
    }
}

fn free(w: Words, now: &VenueOccupancy) -> String {
    match whole(now).free() {
        Some(0) => w.venue_place_full().to_owned(),
        Some(free) => w.venue_place_free(free),
        None => w.venue_place_unlimited().to_owned(),
    }
}

fn shown(w: Words, now: Occupancy) -> Shown {
    let number = |figure: u32| format::number(w.lang(), u64::from(figure));
    let of =
        |most: Option<u32>| most.map_or_else(String::new, |most| w.venue_place_of(number(most)));
    Shown {
        inside: number(now.inside),
        capacity: of(now.bounds.capacity),
        today: number(now.today),
        quota: of(now.bounds.quota),
    }
}

/// Which share of capacity the level leaves, where it is not all.
fn share(office: &Office, venue: &Venue) -> Option<String> {
    let rules = &office.state.app.door_rules;
    let percent = rules.percent(venue.spec.category, venue.spec.district);
    let level = rules.level(venue.spec.district);
    (percent < 100).then(|| office.w.venue_place_share(level, percent))
}

fn rooms(w: Words, venue: &Venue, now: &VenueOccupancy) -> Vec<RoomRow> {
    let row = |(index, room): (usize, &gapura_domain::venue::Room)| {
        let seen = now
            .rooms
            .iter()
            .find(|(id, _)| *id == room.id)
            .map(|(_, seen)| *seen);
        let seen = seen.unwrap_or(Occupancy {
            inside: 0,
            today: 0,
            bounds: room.bounds,
        });
        let most = seen.bounds.capacity;
        RoomRow {
            name: room.name.to_string(),
            inside_key: inside_key(index),
            today_key: today_key(index),
            inside: seen.inside,
            most,
            high: most.unwrap_or(0).saturating_sub(1),
            level: w.venue_place_room_level(seen.inside, most.unwrap_or(0), &room.name),
            now: shown(w, seen),
        }
    };
    venue.rooms.iter().enumerate().map(row).collect()
}

fn inside_key(room: usize) -> String {
    format!("room{room}inside")
}

fn today_key(room: usize) -> String {
    format!("room{room}today")
}

fn answer_row(name: String, answers: Answers) -> AnswerRow {
    AnswerRow {
        name,
        admitted: answers.admitted,
        checked: answers.checked,
        refused: answers.refused,
    }
}

/// The hours from the first to the last in which somebody came.
fn by_hour(day: &DoorDay) -> Vec<AnswerRow> {
    let is_used = |answers: &Answers| *answers != Answers::default();
    let first = day.by_hour.iter().position(is_used);
    let last = day.by_hour.iter().rposition(is_used);
    let (Some(first), Some(last)) = (first, last) else {
        return Vec::new();
    };
    // One hour alone would be a bar without anything to compare it with.
    let (first, last) = if first == last {
        (
            first.saturating_sub(1),
            (last + 1).min(day.by_hour.len() - 1),
        )
    } else {
        (first, last)
    };
    let row = |hour: usize| answer_row(format!("{hour:02}"), day.by_hour[hour]);
    (first..=last).map(row).collect()
}

fn busiest(w: Words, day: &DoorDay, is_today: bool) -> String {
    let most = day
        .by_hour
        .iter()
        .enumerate()
        .max_by_key(|(hour, answers)| (answers.admitted, std::cmp::Reverse(*hour)));
    match most {
        Some((hour, answers)) if answers.admitted > 0 => {
            w.venue_place_by_hour_finding(answers.admitted, format!("{hour:02}"))
        }
        _ if is_today => w.venue_place_by_hour_none().to_owned(),
        _ => w.venue_place_by_hour_none_day().to_owned(),
    }
}

fn by_reason(w: Words, day: &DoorDay) -> Vec<ReasonRow> {
    let row = |(verdict, reason, people): &(Verdict, String, u64)| {
        let (kind, answer) = match verdict {
            Verdict::Admit => ("admit", w.venue_place_admitted()),
            Verdict::Check => ("check", w.venue_place_checked()),
            Verdict::Refuse => ("refuse", w.venue_place_refused()),
        };
        ReasonRow {
            reason: reason_name(w, reason),
            kind,
            answer,
            people: *people,
        }
    };
    day.by_reason.iter().map(row).collect()
}

fn by_gate(venue: &Venue, day: &DoorDay) -> Vec<AnswerRow> {
    let several = venue.rooms.len() > 1;
    let row = |gate: &gapura_domain::venue::Gate| {
        let room = venue
            .rooms
            .iter()
            .find(|room| room.id == gate.room)
            .filter(|_| several);
        let name = match room {
            Some(room) => format!("{} – {}", room.name, gate.name),
            None => gate.name.to_string(),
        };
        answer_row(name, day.by_gate.get(&gate.id).copied().unwrap_or_default())
    };
    venue.gates.iter().map(row).collect()
}

/// The figures of a place as they change.
struct PlaceFigures {
    state: AppState,
    w: Words,
    venue: Venue,
}

impl Source for PlaceFigures {
    async fn changed(&mut self) {
        tokio::time::sleep(EVERY).await;
    }

    async fn now(&mut self) -> Option<String> {
        let app = &self.state.app;
        let now = app.occupancy(self.venue.id).await.ok()?;
        let day = self.venue.spec.district.zone().day_of(app.now());
        let total = app.door_day(&self.venue, day).await.ok()?.total;
        let mut figures = Map::new();
        figures.insert("free".into(), json!(free(self.w, &now)));
        let mut put = |key: String, figure: u64| figures.insert(key, json!(figure));
        put("inside".into(), now.venue.inside.into());
        put("today".into(), now.venue.today.into());
        put("admitted".into(), total.admitted);
        put("checked".into(), total.checked);
        put("refused".into(), total.refused);
        for (index, room) in self.venue.rooms.iter().enumerate() {
            if let Some((_, seen)) = now.rooms.iter().find(|(id, _)| *id == room.id) {
                put(inside_key(index), seen.inside.into());
                put(today_key(index), seen.today.into());
            }
        }
        Some(Value::Object(figures).to_string())
    }
}

pub(super) async fn stream(
    office: Office,
    State(state): State<AppState>,
    PathId(id): PathId<VenueId>,
) -> Result<Response, Problem> {
    let venue = head::venue(&office, id).await?;
    follow(
        &state,
        PlaceFigures {
            state: state.clone(),
            w: office.w,
            venue,
        },
    )
}

#[cfg(test)]
mod tests {
    use gapura_app::watch::{Answers, DoorDay};

    use super::{busiest, by_hour};
    use crate::lang::Lang;

    fn day(hours: &[(usize, u64)]) -> DoorDay {
        let mut day = DoorDay {
            by_hour: vec![Answers::default(); 24],
            ..DoorDay::default()
        };
        for (hour, admitted) in hours {
            day.by_hour[*hour].admitted = *admitted;
        }
        day
    }

    #[test]
    fn the_chart_begins_and_ends_with_the_first_and_last_visitor() {
        let names = |hours: &[(usize, u64)]| {
            by_hour(&day(hours))
                .into_iter()
                .map(|row| row.name)
                .collect::<Vec<_>>()
        };
        assert_eq!(names(&[(8, 1), (10, 2)]), ["08", "09", "10"]);
        assert_eq!(names(&[(23, 1)]), ["22", "23"]);
        assert!(names(&[]).is_empty());
    }

    #[test]
    fn the_busiest_hour_is_told_the_earlier_of_equals() {
        let w = Lang::En.words();
        let said = busiest(w, &day(&[(8, 4), (10, 4)]), true);
        assert_eq!(said, w.venue_place_by_hour_finding(4_u64, "08"));
        assert_eq!(busiest(w, &day(&[]), true), w.venue_place_by_hour_none());
    }
}
