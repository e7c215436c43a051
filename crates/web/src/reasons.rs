//! Why a door answered so and what to do now, in words: for the API, visitors' pages and gates' screens.
//!
//! A decision carries codes; the sentences stand in the catalogue under `reasons`. Rule sets are data and may have
//! codes that no catalogue knows: those are told by their code.

use gapura_app::check_in::{DoorAnswer, SaidReason};
use gapura_app::next_step::NextStep;
use gapura_app::places::{BoothPlace, Place};
use gapura_domain::hours::OpenState;
use gapura_domain::time::{Time, Zone};
use gapura_domain::verdict::{Reason, Scope, Verdict};

use crate::format;
use crate::verdict;
use crate::words::Words;

/// What time it is for the reader: everything to come is told from here.
#[derive(Clone, Copy, Debug)]
pub struct Here {
    /// The place's zone.
    pub zone: Zone,
    /// The moment of the decision.
    pub now: Time,
}

impl Here {
    fn when(self, w: Words, moment: Time) -> String {
        let local = |moment| format::local(moment, self.zone);
        format::when(w, &local(moment), &local(self.now))
    }

    fn time(self, moment: Time) -> String {
        format::time(&format::local(moment, self.zone))
    }
}

/// Where and when an answer was given.
#[must_use]
pub fn here(answer: &DoorAnswer) -> Here {
    Here {
        zone: answer.plan.plan.zone,
        now: answer.decision.at,
    }
}

/// All reasons of an answer, the weightiest last.
#[must_use]
pub fn sentences(w: Words, answer: &DoorAnswer) -> Vec<String> {
    let here = here(answer);
    answer
        .reasons
        .iter()
        .map(|said| sentence(w, said, here))
        .collect()
}

/// The one line of a verdict screen: the weightiest reason, or nothing for a plain admission.
#[must_use]
pub fn headline(w: Words, answer: &DoorAnswer) -> String {
    let decisive = answer
        .reasons
        .iter()
        .rev()
        .find(|said| weighs(said, answer));
    let said = decisive.or(answer.reasons.last());
    said.map_or_else(String::new, |said| sentence(w, said, here(answer)))
}

/// That somebody was entered by hand explains no verdict but an admission.
fn weighs(said: &SaidReason, answer: &DoorAnswer) -> bool {
    said.reason != Reason::EnteredByHand || answer.decision.verdict == Verdict::Admit
}

/// A reason as a sentence; of a party with whose it is.
#[must_use]
pub fn sentence(w: Words, said: &SaidReason, here: Here) -> String {
    let sentence = match said.reason {
        Reason::Status { .. } => status(w, &said.code),
        Reason::WithAdult { .. } => w.reasons_door_with_adult().to_owned(),
        Reason::Closed { opens: None } => w.reasons_door_closed().to_owned(),
        Reason::Closed { opens: Some(opens) } => w.reasons_door_closed_until(here.when(w, opens)),
        Reason::Full { scope: Scope::Room } => w.reasons_door_full_room().to_owned(),
        Reason::Full {
            scope: Scope::Venue,
        } => w.reasons_door_full_venue().to_owned(),
        Reason::QuotaReached {
            scope: Scope::Room, ..
        } => w.reasons_door_quota_room().to_owned(),
        Reason::QuotaReached {
            scope: Scope::Venue,
            ..
        } => w.reasons_door_quota_venue().to_owned(),
        Reason::AlreadyInside => w.reasons_door_already_inside().to_owned(),
        Reason::CheckedOut => w.reasons_door_checked_out().to_owned(),
        Reason::Overridden => w.reasons_door_overridden().to_owned(),
        Reason::CheckPassed => w.reasons_door_check_passed().to_owned(),
        Reason::CheckFailed => w.reasons_door_check_failed().to_owned(),
        Reason::EnteredByHand => w.reasons_door_entered_by_hand().to_owned(),
    };
    match &said.initials {
        Some(initials) => w.reasons_of_member(initials, sentence),
        None => sentence,
    }
}

/// The reason that a rule set gives for a colour.
#[must_use]
pub fn status(w: Words, code: &str) -> String {
    match known_status(w, code) {
        Some(sentence) => sentence.to_owned(),
        None => w.reasons_status_other(code),
    }
}

fn known_status(w: Words, code: &str) -> Option<&'static str> {
    Some(match code {
        "complete" => w.reasons_status_complete(),
        "exempt" => w.reasons_status_exempt(),
        "dose_missing" => w.reasons_status_dose_missing(),
        "second_dose_missing" => w.reasons_status_second_dose_missing(),
        "booster_missing" => w.reasons_status_booster_missing(),
        "child_dose_missing" => w.reasons_status_child_dose_missing(),
        "positive_test" => w.reasons_status_positive_test(),
        "close_contact" => w.reasons_status_close_contact(),
        "no_rule" => w.reasons_status_no_rule(),
        "rules_error" => w.reasons_status_rules_error(),
        _ => return None,
    })
}

/// That somebody left, and when.
#[must_use]
pub fn left(w: Words, at: Time, zone: Zone) -> String {
    w.reasons_door_left(format::time(&format::local(at, zone)))
}

/// The stable code of a next step.
#[must_use]
pub const fn step_code(step: &NextStep) -> &'static str {
    match step {
        NextStep::Booth(_) => "booth",
        NextStep::ComeBack { .. } => "come_back",
        NextStep::Wait { .. } => "wait",
        NextStep::Officer => "officer",
        NextStep::HealthOffice => "health_office",
    }
}

/// The next step of an answer, for its panel on the screen. It has no link; who knows addresses adds one.
#[must_use]
pub fn next_step(w: Words, answer: &DoorAnswer) -> Option<verdict::NextStep> {
    let step = answer.next_step.as_ref()?;
    let here = here(answer);
    let (what, details) = match step {
        NextStep::Booth(booth) => to_booth(w, booth, here),
        NextStep::ComeBack {
            at: Some(at),
            others,
        } => (
            w.reasons_step_come_back(here.when(w, *at)),
            elsewhere(w, others),
        ),
        NextStep::ComeBack { at: None, others } if others.is_empty() => (
            w.reasons_step_come_back_unknown().to_owned(),
            w.reasons_step_come_back_unknown_detail().to_owned(),
        ),
        NextStep::ComeBack { at: None, others } => (
            w.reasons_step_come_back_unknown().to_owned(),
            elsewhere(w, others),
        ),
        NextStep::Wait { others } => (w.reasons_step_wait().to_owned(), elsewhere(w, others)),
        NextStep::Officer => (
            w.reasons_step_officer().to_owned(),
            w.reasons_step_officer_detail().to_owned(),
        ),
        NextStep::HealthOffice if must_rest(answer) => (
            w.reasons_step_isolate().to_owned(),
            w.reasons_step_isolate_detail().to_owned(),
        ),
        NextStep::HealthOffice => (
            w.reasons_step_health_office().to_owned(),
            w.reasons_step_health_office_detail().to_owned(),
        ),
    };
    Some(verdict::NextStep {
        what,
        details,
        href: None,
    })
}

/// Other places that a next step names.
#[must_use]
pub fn others(step: &NextStep) -> &[Place] {
    match step {
        NextStep::ComeBack { others, .. } | NextStep::Wait { others } => others,
        NextStep::Booth(_) | NextStep::Officer | NextStep::HealthOffice => &[],
    }
}

fn must_rest(answer: &DoorAnswer) -> bool {
    let codes = answer.reasons.iter().map(|said| &*said.code);
    codes
        .into_iter()
        .any(|code| matches!(code, "positive_test" | "close_contact"))
}

fn to_booth(w: Words, booth: &BoothPlace, here: Here) -> (String, String) {
    let place = &booth.place;
    let Some(km) = booth.distance_km else {
        let details = match booth.open {
            OpenState::Open { until } => w.reasons_step_booth_here_open(here.time(until)),
            OpenState::Closed { opens: Some(opens) } => {
                w.reasons_step_booth_here_later(here.when(w, opens))
            }
            OpenState::Closed { opens: None } => w.place_booth_closed().to_owned(),
        };
        return (w.reasons_step_booth_here(place), details);
    };
    let distance = format::distance(w.lang(), km * 1000.0);
    let details = match booth.open {
        OpenState::Open { until } => {
            w.reasons_step_booth_elsewhere_open(&booth.address, place, here.time(until))
        }
        OpenState::Closed { opens: Some(opens) } => {
            w.reasons_step_booth_elsewhere_later(&booth.address, place, here.when(w, opens))
        }
        OpenState::Closed { opens: None } => w.place_booth_closed().to_owned(),
    };
    (
        w.reasons_step_booth_elsewhere(distance, &booth.venue_name),
        details,
    )
}

fn elsewhere(w: Words, others: &[Place]) -> String {
    if others.is_empty() {
        return w.reasons_step_others_none().to_owned();
    }
    let named: Vec<String> = others.iter().map(|place| other(w, place)).collect();
    w.reasons_step_others(named.join("; "))
}

/// A place with its free places and distance, as a list names it.
fn other(w: Words, place: &Place) -> String {
    let name = &place.listing.name;
    let km = place.distance_km.unwrap_or_default();
    let distance = format::distance(w.lang(), km * 1000.0);
    match place.free {
        Some(free) => w.reasons_step_other_free(free, distance, name),
        None => w.reasons_step_other_unlimited(distance, name),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;
    use std::sync::Arc;

    use gapura_app::check_in::SaidReason;
    use gapura_domain::time::{Time, Zone};
    use gapura_domain::verdict::{Reason, Scope};
    use serde_json::Value;

    use super::{Here, known_status, sentence, status};
    use crate::lang::Lang;

    const HERE: Here = Here {
        zone: Zone::Wib,
        now: Time(1_795_323_600), // 22 November 2026, 12.00 WIB
    };

    fn said(reason: Reason, initials: Option<&str>) -> String {
        let said = SaidReason {
            code: Arc::from(reason.code()),
            reason,
            initials: initials.map(Arc::from),
        };
        sentence(Lang::Id.words(), &said, HERE)
    }

    /// Every code after `"reason":` in the rule sets that ship.
    fn shipped_codes() -> BTreeSet<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules");
        let files = fs::read_dir(folder).expect("the rule sets are there");
        let mut codes = BTreeSet::from(["no_rule".to_owned(), "rules_error".to_owned()]);
        for file in files {
            let path = file.expect("a readable folder").path();
            if path.extension().is_some_and(|ending| ending == "json") {
                let text = fs::read_to_string(path).expect("a readable file");
                collect(&serde_json::from_str(&text).expect("JSON"), &mut codes);
            }
        }
        codes
    }

    fn collect(value: &Value, codes: &mut BTreeSet<String>) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    if let ("reason", Some(code)) = (name.as_str(), value.as_str()) {
                        codes.insert(code.to_owned());
                    }
                    collect(value, codes);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| collect(item, codes)),
            _ => {}
        }
    }

    #[test]
    fn every_code_of_a_rule_set_that_ships_has_its_sentence() {
        let codes = shipped_codes();
        assert!(codes.len() >= 10, "{codes:?}");
        for code in codes {
            for lang in Lang::ALL {
                assert!(
                    known_status(lang.words(), &code).is_some(),
                    "{code} has no sentence"
                );
            }
        }
        assert!(status(Lang::En.words(), "of_another_rule_set").contains("of_another_rule_set"));
    }

    #[test]
    fn a_reason_names_the_hour_the_place_and_whose_it_is() {
        let opens = Some(HERE.now.plus_s(20 * 3600));
        assert_eq!(
            said(Reason::Closed { opens }, None),
            "Tempat ini sedang tutup dan buka lagi besok pukul 08.00 WIB."
        );
        let full = Reason::Full { scope: Scope::Room };
        assert_eq!(said(full, None), "Ruang ini sedang penuh.");
        let child = Reason::WithAdult { member: 1 };
        assert_eq!(
            said(child, Some("S. A.")),
            "S. A.: Anak ini mengikuti status orang dewasa yang datang bersamanya."
        );
    }
}
