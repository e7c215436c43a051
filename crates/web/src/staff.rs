//! What all desks share, and how staff come in: signing in, signing an organisation up, one's own account.

pub(crate) mod account;
mod factor;
pub(crate) mod fault;
pub(crate) mod grants;
mod join;
pub(crate) mod office;
pub(crate) mod outcome;
pub(crate) mod printing;
mod set_up;
mod sign_in;
pub(crate) mod upload;

use axum::response::{IntoResponse, Redirect, Response};
use gapura_app::delivery::Language;

use crate::access::Access;
use crate::lang::Lang;
use crate::problem::Problem;
use crate::staff::office::Office;
use crate::table::{Route, get, post};
use crate::words::Words;

/// Where staff sign in. `next` in its query brings them back.
pub(crate) const SIGN_IN: &str = sign_in::PATH;

/// The rows of this folder.
pub(crate) fn routes() -> Vec<Route> {
    let public_or_staff = Access::PUBLIC.or(Access::ANY_STAFF);
    vec![
        get(sign_in::PATH, public_or_staff, sign_in::page),
        post(sign_in::PATH, Access::PUBLIC, sign_in::send),
        post("/staff/sign-out", Access::ANY_STAFF, sign_in::sign_out),
        get("/join", Access::PUBLIC, join::page),
        post("/join", Access::PUBLIC, join::begin),
        post("/join/confirm", Access::PUBLIC, join::finish),
        get("/staff/welcome", Access::PUBLIC, set_up::page),
        post("/staff/welcome", Access::PUBLIC, set_up::send),
        get("/staff/account", Access::ANY_STAFF, account::page),
        post(
            "/staff/account/password",
            Access::ANY_STAFF,
            account::password,
        ),
        post(
            "/staff/account/sessions/{session}/end",
            Access::ANY_STAFF,
            account::end_session,
        ),
        get("/desk", Access::ANY_STAFF, first_room),
    ]
}

/// The desk's first room; an account whose rooms are not built yet comes to itself.
async fn first_room(office: Office) -> Result<Response, Problem> {
    let mut rooms = office.desk.rooms.iter().chain(&office.desk.oversight);
    let to = rooms.next().map_or("/staff/account", |room| &room.href);
    Ok(Redirect::to(to).into_response())
}

/// The language in which messages are written to somebody who reads these words.
pub(crate) fn language(w: Words) -> Language {
    match w.lang() {
        Lang::Id => Language::Indonesian,
        Lang::En => Language::English,
    }
}

/// What people call a field of an account.
pub(crate) fn name_of_field(w: Words, field: &str) -> &'static str {
    match field {
        "organisation" => w.staff_join_organisation(),
        "display_name" => w.staff_join_name(),
        "email" => w.staff_join_email(),
        "password" => w.staff_join_password(),
        "current" => w.staff_account_current(),
        "code" => w.staff_join_mailed(),
        "second_factor" => w.staff_factor_code(),
        _ => w.staff_sign_in_login(),
    }
}
