//! A visitor's own page: the status and what changes it, doses on record, the family, the account.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use gapura_app::App;
use gapura_app::companions::{Companion, companions};
use gapura_app::own_status::{OwnStatus, colour_of, own_status};
use gapura_app::profile::{Profile, profile};
use gapura_domain::status::Colour;
use gapura_domain::time::Zone;

use super::done::Done;
use crate::caller::Visitor;
use crate::format;
use crate::page::{Frame, html};
use crate::place_words;
use crate::problem::Problem;
use crate::reasons;
use crate::state::AppState;
use crate::words::Words;

/// Visitors have no address here. Only between the midnights of east and west could another zone show another day.
pub(super) const HOME_ZONE: Zone = Zone::Wib;

#[derive(Template)]
#[template(path = "visitor/me.html")]
struct Me {
    frame: Frame,
    w: Words,
    status: StatusSaid,
    doses: Vec<DoseRow>,
    is_exempt: bool,
    family: Vec<FamilyRow>,
    name: String,
    born: String,
    nik: String,
    contact: String,
    is_verified: bool,
}

struct StatusSaid {
    colour: &'static str,
    mark: &'static str,
    word: &'static str,
    why: String,
    since: String,
    change: &'static str,
    turns: String,
    wants_booth: bool,
}

struct DoseRow {
    number: String,
    what: String,
}

struct FamilyRow {
    name: String,
    age: String,
    mark: &'static str,
    colour: &'static str,
    remove: String,
}

/// `GET /me`
pub(super) async fn page(
    frame: Frame,
    State(state): State<AppState>,
    visitor: Visitor,
    done: Done,
) -> Result<Response, Problem> {
    let (app, w) = (&state.app, frame.w);
    let own = profile(app, visitor.person).await?;
    let status = own_status(app, &own.facts, HOME_ZONE).await?;
    let mut family = Vec::new();
    for companion in companions(app, visitor.person).await? {
        family.push(family_row(&state, w, &companion).await?);
    }
    let newest = family.last().map_or("", |one: &FamilyRow| &one.name);
    let told = [
        ("added", w.visitor_companion_added(newest)),
        ("removed", w.visitor_companion_removed().to_owned()),
        ("saved", w.visitor_profile_done().to_owned()),
    ];
    let frame = done.tell(frame, told);
    Ok(html(&Me {
        status: said(w, &status),
        doses: doses(w, &own),
        is_exempt: own.facts.exempt,
        family,
        name: own.record.name.expose().to_owned(),
        born: own
            .birth_date()
            .map_or_else(String::new, |birth| format::date(w, birth.expose())),
        nik: own.nik_ending().map_or_else(
            || w.visitor_me_nik_none().to_owned(),
            |ending| w.visitor_me_nik_ending(ending),
        ),
        contact: own
            .record
            .contact
            .as_ref()
            .map_or_else(String::new, |contact| contact.expose().to_owned()),
        is_verified: own.is_verified,
        w,
        frame,
    }))
}

fn said(w: Words, status: &OwnStatus) -> StatusSaid {
    let turns = status.turns.map(|(colour, day)| {
        w.visitor_me_turns(place_words::colour(w, colour), format::date(w, day))
    });
    StatusSaid {
        colour: status.colour.name(),
        mark: place_words::colour_mark(status.colour),
        word: place_words::colour(w, status.colour),
        why: reasons::status(w, &status.reason),
        since: status
            .since
            .map_or_else(String::new, |day| w.visitor_me_since(format::date(w, day))),
        change: if status.colour == Colour::Green {
            ""
        } else {
            change(w, &status.reason)
        },
        turns: turns.unwrap_or_default(),
        wants_booth: status.reason.ends_with("dose_missing")
            || &*status.reason == "booster_missing",
    }
}

/// What would make the status another, by the code of its reason.
fn change(w: Words, reason: &str) -> &'static str {
    match reason {
        "dose_missing" => w.visitor_me_change_dose_missing(),
        "second_dose_missing" => w.visitor_me_change_second_dose_missing(),
        "booster_missing" => w.visitor_me_change_booster_missing(),
        "child_dose_missing" => w.visitor_me_change_child_dose_missing(),
        "positive_test" => w.visitor_me_change_positive_test(),
        "close_contact" => w.visitor_me_change_close_contact(),
        "no_rule" | "rules_error" => w.visitor_me_change_no_rule(),
        _ => w.visitor_me_change_other(),
    }
}

fn doses(w: Words, own: &Profile) -> Vec<DoseRow> {
    own.facts
        .doses
        .iter()
        .map(|dose| DoseRow {
            number: w.visitor_me_dose(dose.number),
            what: w.visitor_me_dose_product(format::date(w, dose.date), &dose.product),
        })
        .collect()
}

async fn family_row(
    state: &AppState,
    w: Words,
    companion: &Companion,
) -> Result<FamilyRow, Problem> {
    let now = state.app.now();
    let colour = colour_of(&state.app, companion.person, HOME_ZONE, now).await?;
    let colour = colour.unwrap_or(Colour::None);
    Ok(FamilyRow {
        name: companion.name.expose().to_owned(),
        age: age(&state.app, w, companion),
        mark: place_words::colour_mark(colour),
        colour: place_words::colour(w, colour),
        remove: format!("/me/companions/{}/remove", state.ids.show(companion.person)),
    })
}

/// `8 tahun`; empty where the birth date is not known.
pub(super) fn age(app: &App, w: Words, companion: &Companion) -> String {
    let today = HOME_ZONE.day_of(app.now()).date();
    companion.birth_date.map_or_else(String::new, |birth| {
        w.visitor_door_age(birth.age_years(today))
    })
}
