//! What visitors see: the door and its answer, their own pages, and places to go.

mod card;
mod companions;
mod done;
mod door;
mod faults;
mod history;
mod me;
mod notices;
mod onward;
mod person;
mod place;
mod places;
mod plate;
mod privacy;
mod profile;
mod register;
mod scan;
mod sessions;
mod sign_in;
mod start;
mod sure;
mod typed_code;
mod visit;

use crate::access::Access;
use crate::table::{Route, get, post};

/// Strangers and visitors alike; a handler is told which.
const ANYBODY: Access = Access::PUBLIC.or(Access::VISITOR);
const VISITOR: Access = Access::VISITOR;

/// The rows of this folder.
pub(crate) fn routes() -> Vec<Route> {
    [public(), signing_in(), doors(), own(), cards()]
        .into_iter()
        .flatten()
        .collect()
}

fn public() -> Vec<Route> {
    vec![
        get("/", ANYBODY, start::page),
        get("/privacy", ANYBODY, privacy::page),
        get("/scan", ANYBODY, scan::page),
        get("/places", ANYBODY, places::page),
        get("/p/{venue}", ANYBODY, place::page),
    ]
}

fn signing_in() -> Vec<Route> {
    vec![
        get("/masuk", ANYBODY, sign_in::page),
        post("/masuk", ANYBODY, sign_in::request_code),
        get("/masuk/kode", ANYBODY, sign_in::code_page),
        post("/masuk/kode", ANYBODY, sign_in::confirm_code),
        post("/masuk/kode/lagi", ANYBODY, sign_in::send_again),
        get("/masuk/data", ANYBODY, register::page_proven),
        post("/masuk/data", ANYBODY, register::finish),
        get("/daftar", ANYBODY, register::page),
        post("/daftar", ANYBODY, register::begin),
        post("/keluar", VISITOR, sign_in::sign_out),
    ]
}

fn doors() -> Vec<Route> {
    vec![
        get("/d", ANYBODY, typed_code::page),
        get("/d/{code}", ANYBODY, door::page),
        post("/d/{code}", VISITOR, door::enter),
        get("/d/{code}/{minute}", ANYBODY, door::page_of_minute),
        post("/d/{code}/{minute}", VISITOR, door::enter_in_minute),
        get("/visit/{decision}", VISITOR, visit::page),
        get("/visit/{decision}/now", VISITOR, visit::now),
        post("/visit/{decision}/leave", VISITOR, visit::leave),
    ]
}

fn own() -> Vec<Route> {
    vec![
        get("/me", VISITOR, me::page),
        get("/me/profile", VISITOR, profile::page),
        post("/me/profile", VISITOR, profile::change),
        get("/me/companions", VISITOR, companions::page),
        post("/me/companions", VISITOR, companions::add),
        get("/me/companions/{person}/remove", VISITOR, companions::sure),
        post(
            "/me/companions/{person}/remove",
            VISITOR,
            companions::remove,
        ),
        get("/me/history", VISITOR, history::page),
        get("/me/notices", VISITOR, notices::page),
        get("/me/sessions", VISITOR, sessions::page),
        post("/me/sessions/{session}/end", VISITOR, sessions::end),
    ]
}

fn cards() -> Vec<Route> {
    vec![
        get("/me/card", VISITOR, card::page),
        get("/me/card/of/{person}", VISITOR, card::page_of),
        get("/me/card/of/{person}/pass", VISITOR, card::part),
        get("/me/card/lost", VISITOR, card::sure_passes),
        post("/me/card/lost", VISITOR, card::revoke_passes),
        get("/me/card/{card}/revoke", VISITOR, card::sure_card),
        post("/me/card/{card}/revoke", VISITOR, card::revoke_card),
    ]
}
