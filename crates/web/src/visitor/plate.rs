//! What stands beside a door: the place's name, its hours and free places, and who may come in.

use gapura_app::door_plan::GatePlan;
use gapura_domain::hours::OpenState;
use gapura_domain::status::{Admission, Colour};
use gapura_domain::time::{Time, Zone};
use gapura_domain::verdict::Verdict;

use crate::place_words::{self, Fact};
use crate::words::Words;

/// The plate of a place or of one of its doors.
pub(super) struct Plate {
    pub(super) kind: &'static str,
    pub(super) place: String,
    pub(super) door: String,
}

/// The plate of a door.
pub(super) fn of_door(w: Words, plan: &GatePlan) -> Plate {
    Plate {
        kind: place_words::category(w, plan.category),
        place: plan.venue_name.to_string(),
        door: door_name(w, plan),
    }
}

/// The door with its room: `Pintu utama – Ruang SPKT`.
pub(super) fn door_name(w: Words, plan: &GatePlan) -> String {
    w.visitor_door_gate_room(&plan.gate_name, &plan.room_name)
}

/// Hours and free places; behind a closed door no place is free.
pub(super) fn facts(
    w: Words,
    open: OpenState,
    (zone, now): (Zone, Time),
    (free, capacity): (Option<u32>, Option<u32>),
) -> Vec<Fact> {
    let mut facts = vec![place_words::open(w, open, zone, now)];
    if matches!(open, OpenState::Open { .. }) {
        facts.push(place_words::free(w, free, capacity));
    }
    facts
}

/// The colours that lead to one verdict.
pub(super) struct Rule {
    pub(super) meaning: &'static str,
    pub(super) colours: Vec<(&'static str, &'static str)>,
}

/// Which colours come in at once, which are looked at and which have to wait. A verdict of no colour is left out.
pub(super) fn admission(w: Words, admission: Admission) -> Vec<Rule> {
    let rule = |verdict, meaning| Rule {
        meaning,
        colours: Colour::ALL
            .into_iter()
            .filter(|colour| admission.of(*colour) == verdict)
            .map(|colour| {
                (
                    place_words::colour_mark(colour),
                    place_words::colour(w, colour),
                )
            })
            .collect(),
    };
    let rules = [
        rule(Verdict::Admit, w.visitor_door_rule_admit()),
        rule(Verdict::Check, w.visitor_door_rule_check()),
        rule(Verdict::Refuse, w.visitor_door_rule_refuse()),
    ];
    rules
        .into_iter()
        .filter(|rule| !rule.colours.is_empty())
        .collect()
}
