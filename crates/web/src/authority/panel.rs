//! One application beside the list: all that is needed to decide about it.

use gapura_app::hours_text::{write_hours, write_spans};
use gapura_domain::hours::{Closure, OpeningHours, Span};
use gapura_domain::ids::ApplicationId;
use gapura_domain::region::full_name;
use gapura_domain::role::Role;
use gapura_domain::venue::{ApplicationState, Label, RoomSpec};

use crate::authority::applications::{state_of, zone};
use crate::format;
use crate::place_words;
use crate::problem::Problem;
use crate::staff::office::Office;
use crate::venue::fields::warnings;
use crate::words::Words;

/// The panel.
pub(super) struct Panel {
    pub id: String,
    pub name: String,
    pub reference: String,
    pub kind: &'static str,
    pub state: &'static str,
    pub reasons: String,
    pub decided: String,
    pub owner: String,
    pub category: &'static str,
    pub address: String,
    pub district: String,
    pub map: String,
    pub position: String,
    pub contact: String,
    pub hours: Vec<String>,
    pub booth: String,
    pub demands_screen_code: bool,
    pub rooms: Vec<RoomLine>,
    pub warnings: Vec<String>,
    pub can_decide: bool,
    pub mend: String,
    pub place: String,
    pub back: String,
}

/// A room in two lines.
pub(super) struct RoomLine {
    pub name: String,
    pub about: String,
    pub gates: String,
}

impl Panel {
    pub(super) async fn of(
        office: &Office,
        id: ApplicationId,
        decides: bool,
        back: String,
    ) -> Result<Self, Problem> {
        let w = office.w;
        let row = office.state.app.application(&office.by, id).await?;
        let spec = &row.application.spec;
        let (kind, state) = state_of(w, row.application.state.name());
        let at = |time| format::moment(w, &format::local(time, zone(&row)));
        let owns = office
            .may(Role::VenueManager, row.application.organisation)
            .await?;
        let id = office.id(id);
        let [reasons, decided, mend, place] = match &row.application.state {
            ApplicationState::Submitted => Default::default(),
            ApplicationState::Returned {
                reasons, at: when, ..
            } => {
                let decided = w.authority_queue_decided_returned(at(*when));
                let mend = if owns {
                    format!("/desk/applications/{id}/mend")
                } else {
                    String::new()
                };
                [reasons.clone(), decided, mend, String::new()]
            }
            ApplicationState::Approved {
                venue, at: when, ..
            } => {
                let decided = w.authority_queue_decided_approved(at(*when));
                let place = format!("/desk/places/{}", office.id(*venue));
                [String::new(), decided, String::new(), place]
            }
        };
        let (north, east) = (spec.position.latitude, spec.position.longitude);
        Ok(Self {
            name: spec.name.to_string(),
            reference: office.reference(row.application.id),
            kind,
            state,
            reasons,
            decided,
            owner: names(&row.owner),
            category: place_words::category(w, spec.category),
            address: spec.address.to_string(),
            district: full_name(spec.district),
            map: format!(
                "https://www.openstreetmap.org/?mlat={north}&mlon={east}#map=17/{north}/{east}"
            ),
            position: format!("{north}, {east}"),
            contact: spec.contact.to_string(),
            hours: hours(w, &spec.hours),
            booth: spec.booth.as_ref().map_or_else(String::new, |booth| {
                w.authority_queue_booth(write_hours(&booth.hours), &booth.place)
            }),
            demands_screen_code: spec.demands_screen_code,
            rooms: spec.rooms.iter().map(|room| room_line(w, room)).collect(),
            warnings: warnings(w, &row.warnings)
                .into_iter()
                .map(|warning| warning.sentence)
                .collect(),
            can_decide: decides && row.application.state.name() == "submitted",
            mend,
            place,
            back,
            id,
        })
    }
}

fn names(owner: &[Label]) -> String {
    let names: Vec<&str> = owner.iter().map(Label::as_str).collect();
    names.join(" – ")
}

/// The hours, days that are alike as one line, and the days of closure.
pub(super) fn hours(w: Words, hours: &OpeningHours) -> Vec<String> {
    let week = hours.week();
    let mut lines = Vec::new();
    let mut first = 0;
    while first < 7 {
        let last = (first..6)
            .find(|day| week[day + 1] != week[first])
            .unwrap_or(6);
        let day = if first == last {
            format::weekday_of(w, first).to_owned()
        } else {
            format!(
                "{}–{}",
                format::weekday_of(w, first),
                format::weekday_of(w, last)
            )
        };
        lines.push(match week[first].as_slice() {
            [] => w.authority_queue_closed_day(day),
            [Span { from: 0, to: 1440 }] => w.authority_queue_open_all_day(day),
            spans => w.authority_queue_open_day(day, write_spans(spans)),
        });
        first = last + 1;
    }
    if !hours.closures().is_empty() {
        let told = hours.closures().iter().map(|closure| closed(w, closure));
        lines.push(w.authority_queue_closures(told.collect::<Vec<_>>().join("; ")));
    }
    lines
}

/// Days of closure as people say them: `25 Desember 2026`.
fn closed(w: Words, closure: &Closure) -> String {
    let (from, to) = (closure.from.date(), closure.to.date());
    if from == to {
        format::date(w, from)
    } else {
        format!("{} – {}", format::date(w, from), format::date(w, to))
    }
}

fn room_line(w: Words, room: &RoomSpec) -> RoomLine {
    let is_whole = room.floor_area_m2.fract() < 0.05;
    let area = format::decimal(w.lang(), room.floor_area_m2, usize::from(!is_whole));
    let capacity = room
        .bounds
        .capacity
        .map_or_else(|| "–".to_owned(), |most| most.to_string());
    let gates: Vec<&str> = room.gates.iter().map(|gate| gate.name.as_str()).collect();
    RoomLine {
        name: room.name.to_string(),
        about: match room.bounds.quota {
            Some(quota) => w.authority_queue_room_about_quota(area, capacity, quota),
            None => w.authority_queue_room_about(area, capacity),
        },
        gates: w.authority_queue_gates(gates.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use gapura_app::hours_text::{read_closures, read_week};
    use gapura_domain::hours::OpeningHours;

    use super::hours;
    use crate::lang::Lang;

    #[test]
    fn days_that_are_alike_stand_on_one_line() {
        let week = read_week("Sen-Jum 08.00-15.00; Sab 24 jam").unwrap();
        let closures = read_closures("2026-12-25; 2026-12-30..2027-01-02").unwrap();
        let hours = hours(
            Lang::En.words(),
            &OpeningHours::new(week, closures).unwrap(),
        );
        assert_eq!(
            hours,
            [
                "Monday–Friday: 08.00-15.00",
                "Saturday: day and night",
                "Sunday: closed",
                "Closed on: 25 December 2026; 30 December 2026 – 2 January 2027"
            ]
        );
    }
}
