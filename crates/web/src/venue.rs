//! Pages of those who look after places: applying, printing, watching, correcting.

mod apply;
pub(crate) mod columns;
mod correct;
mod edit;
mod enrol;
pub(crate) mod fault;
pub(crate) mod fields;
mod gates;
pub(crate) mod head;
mod list;
mod place;
mod places;
pub(crate) mod poster;
mod region_steps;
mod visits;

use gapura_app::csv_table::Limits;
use gapura_domain::role::Role;

use crate::access::Access;
use crate::staff::office::ROOM_PLACES;
use crate::table::{Route, get, post};
use crate::words::Words;

/// A list as it comes back from its preview: in Base64, with what a form adds to it.
const LIST_BYTES_MAX: usize = Limits::PAGE.bytes_max as usize * 2;

const MANAGERS: Access = Access::staff(&[Role::VenueManager]);
const APPLICANTS: Access = Access::staff(&[Role::VenueManager, Role::Authority]);
const WATCHERS: Access = Access::staff(ROOM_PLACES);

/// The rows of this folder.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        get("/desk/places", WATCHERS, places::list),
        get("/desk/regions", APPLICANTS, region_steps::suggest),
        get("/desk/places/new", APPLICANTS, apply::blank),
        post("/desk/places/new", APPLICANTS, apply::send),
        get(
            "/desk/applications/{application}/mend",
            APPLICANTS,
            apply::mend,
        ),
        post(
            "/desk/applications/{application}/mend",
            APPLICANTS,
            apply::send_again,
        ),
        get("/desk/places/list", APPLICANTS, list::form),
        get("/desk/places/list/template.csv", APPLICANTS, list::template),
        post("/desk/places/list/preview", APPLICANTS, list::preview).upload(LIST_BYTES_MAX),
        post("/desk/places/list", APPLICANTS, list::mend_or_send).upload(LIST_BYTES_MAX),
        get("/desk/places/{venue}", WATCHERS, place::page),
        get("/desk/places/{venue}/stream", WATCHERS, place::stream),
        get("/desk/places/{venue}/visits", WATCHERS, visits::page),
        get("/desk/places/{venue}/visits.csv", MANAGERS, visits::export),
        get(
            "/desk/places/{venue}/visits/{visit}/correct",
            MANAGERS,
            correct::form,
        ),
        post(
            "/desk/places/{venue}/visits/{visit}/correct",
            MANAGERS,
            correct::send,
        ),
        get("/desk/places/{venue}/poster.pdf", WATCHERS, poster::pdf),
        get("/desk/places/{venue}/gates", WATCHERS, gates::page),
        get(
            "/desk/places/{venue}/gates/{gate}/reissue",
            MANAGERS,
            gates::ask_reissue,
        ),
        post(
            "/desk/places/{venue}/gates/{gate}/reissue",
            MANAGERS,
            gates::reissue,
        ),
        get(
            "/desk/places/{venue}/gates/{gate}/enrol",
            MANAGERS,
            enrol::form,
        ),
        post(
            "/desk/places/{venue}/gates/{gate}/enrol",
            MANAGERS,
            enrol::send,
        ),
        get(
            "/desk/places/{venue}/devices/{device}/revoke",
            MANAGERS,
            gates::ask_revoke,
        ),
        post(
            "/desk/places/{venue}/devices/{device}/revoke",
            MANAGERS,
            gates::revoke,
        ),
        get("/desk/places/{venue}/edit", MANAGERS, edit::form),
        post("/desk/places/{venue}/edit", MANAGERS, edit::send),
    ]
}

/// A reason in two or three words, for tables that count them.
pub(crate) fn reason_name(w: Words, code: &str) -> String {
    let name = match code {
        "status" => w.venue_reason_status(),
        "with_adult" => w.venue_reason_with_adult(),
        "closed" => w.venue_reason_closed(),
        "full" => w.venue_reason_full(),
        "quota_reached" => w.venue_reason_quota_reached(),
        "already_inside" => w.venue_reason_already_inside(),
        "checked_out" => w.venue_reason_checked_out(),
        "overridden" => w.venue_reason_overridden(),
        "check_passed" => w.venue_reason_check_passed(),
        "check_failed" => w.venue_reason_check_failed(),
        "entered_by_hand" => w.venue_reason_entered_by_hand(),
        code => return w.venue_reason_other(code),
    };
    name.to_owned()
}
