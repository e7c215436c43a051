//! Becoming known: name, birth date, contact, and the ID number if one likes; consent in plain words.
//!
//! Two ways lead here: whoever begins with the contact has proven it already and only says who they are; whoever
//! fills in everything at once gets the code afterwards.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use gapura_app::AppError;
use gapura_app::register::{register, register_proven};
use gapura_domain::person::Contact;

use super::faults::{complain, is_expired};
use super::onward::{NEXT, Onward};
use super::{person, sign_in};
use crate::caller::Visitor;
use crate::client::ClientAddress;
use crate::forms::Form;
use crate::page::{Frame, html};
use crate::problem::Problem;
use crate::state::AppState;
use crate::words::Words;

#[derive(Template)]
#[template(path = "visitor/register.html")]
struct Register {
    frame: Frame,
    w: Words,
    form: Form,
    onward: Onward,
    is_proven: bool,
    nik_warning: bool,
    retention_days: u16,
}

/// `GET /daftar`
pub(super) async fn page(
    frame: Frame,
    State(state): State<AppState>,
    visitor: Option<Visitor>,
    onward: Onward,
) -> Response {
    if visitor.is_some() {
        return onward.go().into_response();
    }
    shown(frame, &state, Form::blank(), onward, false, false)
}

/// `GET /masuk/data`
pub(super) async fn page_proven(
    frame: Frame,
    State(state): State<AppState>,
    onward: Onward,
) -> Response {
    shown(frame, &state, Form::blank(), onward, true, false)
}

/// `POST /daftar`
pub(super) async fn begin(
    frame: Frame,
    State(state): State<AppState>,
    ClientAddress(client): ClientAddress,
    mut form: Form,
) -> Result<Response, Problem> {
    let onward = Onward::parse(form.text(NEXT));
    if let Some(looks) = look_first(&frame, &state, &mut form, true) {
        return Ok(shown(frame, &state, form, onward, false, looks));
    }
    let (typed, contact) = (person::typed(&form), form.text("contact").to_owned());
    let language = sign_in::language(frame.w);
    match register(&state.app, &typed, &contact, client, language).await {
        Ok(sent) => Ok(sign_in::code_sent(
            &state,
            &sent,
            &onward.after("/masuk/kode"),
        )),
        Err(error) => {
            complain(&mut form, frame.w, error, "contact")?;
            Ok(shown(frame, &state, form, onward, false, false))
        }
    }
}

/// `POST /masuk/data`
pub(super) async fn finish(
    frame: Frame,
    State(state): State<AppState>,
    headers: HeaderMap,
    mut form: Form,
) -> Result<Response, Problem> {
    let onward = Onward::parse(form.text(NEXT));
    if let Some(looks) = look_first(&frame, &state, &mut form, false) {
        return Ok(shown(frame, &state, form, onward, true, looks));
    }
    let typed = person::typed(&form);
    match register_proven(&state.app, &typed, sign_in::ticket(&state, &headers)).await {
        Ok(confirmed) => Ok(sign_in::go_on(&state, confirmed, &onward)),
        Err(error) if is_expired(&error) => {
            Ok(Redirect::to(&onward.after("/masuk?anew=yes")).into_response())
        }
        Err(error) => {
            complain(&mut form, frame.w, error, "name")?;
            Ok(shown(frame, &state, form, onward, true, false))
        }
    }
}

/// What the page says before anything is done: without consent nothing is, and an odd ID number is looked at twice.
/// Whether the latter, if either.
fn look_first(
    frame: &Frame,
    state: &AppState,
    form: &mut Form,
    with_contact: bool,
) -> Option<bool> {
    if !form.has("agree", "yes") {
        if let Err(faults) = person::typed(form).read(state.app.now()) {
            // These are faults of fields alone, so nothing is left over.
            complain(form, frame.w, AppError::Faults(faults), "name").ok()?;
        }
        if with_contact && Contact::parse(form.text("contact")).is_err() {
            form.complain("contact", frame.w.visitor_fault_contact());
        }
        form.complain("agree", frame.w.visitor_register_agree_missing());
        return Some(false);
    }
    person::wants_second_look(&state.app, form).then_some(true)
}

fn shown(
    frame: Frame,
    state: &AppState,
    form: Form,
    onward: Onward,
    is_proven: bool,
    nik_warning: bool,
) -> Response {
    let page = Register {
        w: frame.w,
        frame,
        form,
        onward,
        is_proven,
        nik_warning,
        retention_days: state.app.config.retention_days,
    };
    (page.form.status(), html(&page)).into_response()
}
