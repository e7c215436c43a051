//! What stands beside a door: the place's name, and who may come in.

use gapura_app::door_plan::GatePlan;
use gapura_domain::status::{Admission, Colour};
use gapura_domain::verdict::Verdict;

use crate::place_words;
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
