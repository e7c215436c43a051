//! The desk that prints cards: who stands there is found by pass, card or ID document, never by a number alone.
//!
//! What a desk does with somebody stays within forms: a sealed ticket stands for the person for a quarter of an
//! hour, and nothing about them stands in an address. See `gapura_app::card_desk`.

use askama::Template;
use axum::Extension;
use axum::response::{IntoResponse, Response};
use gapura_app::AppError;
use gapura_app::card_desk::{self, AtDesk};
use gapura_app::person_form::PersonForm;
use gapura_domain::ids::CardId;
use gapura_domain::time::Zone;
use gapura_store::people::Card;

use crate::format;
use crate::forms::Form;
use crate::page::{Desk, Frame, html};
use crate::people::columns::sentence;
use crate::problem::Problem;
use crate::security::Needs;
use crate::staff::office::{Office, faults_of};
use crate::words::Words;

pub(super) const PATH: &str = "/desk/cards";
/// Desks read dates by the clock of the west; a card's day is no matter of hours.
const ZONE: Zone = Zone::Wib;

#[derive(Template)]
#[template(path = "people/cards.html")]
struct Start {
    frame: Frame,
    w: Words,
    desk: Desk,
    form: Form,
    is_unknown: bool,
}

#[derive(Template)]
#[template(path = "people/card_person.html")]
struct Person {
    frame: Frame,
    w: Words,
    desk: Desk,
    form: Form,
    ticket: String,
    title: String,
    born: Option<String>,
    is_verified: bool,
    cards: Vec<CardRow>,
    revoke_old: Option<String>,
}

struct CardRow {
    id: String,
    reference: String,
    printed: String,
    state: String,
    is_valid: bool,
    revoke_label: String,
}

pub(super) async fn start(office: Office) -> Response {
    first(office, Form::blank(), false)
}

fn first(office: Office, form: Form, is_unknown: bool) -> Response {
    let office = home(office);
    let page = Start {
        w: office.w,
        frame: office.frame,
        desk: office.desk,
        is_unknown,
        form,
    };
    let status = page.form.status();
    (status, Extension(Needs::camera()), html(&page)).into_response()
}

/// These pages answer forms; another language or a reload begins anew.
pub(super) fn home(mut office: Office) -> Office {
    PATH.clone_into(&mut office.frame.here);
    office
}

pub(super) async fn by_code(office: Office, mut form: Form) -> Result<Response, Problem> {
    if form.text("code").is_empty() {
        form.complain("code", office.w.authority_card_not_found());
        return Ok(first(office, form, false));
    }
    match card_desk::by_code(&office.state.app, &office.by, form.text("code")).await {
        Ok(found) => Ok(person(office, &found, Form::blank())),
        Err(AppError::NotNow(_) | AppError::NotFound) => {
            form.complain("code", office.w.authority_card_not_found());
            Ok(first(office, form, false))
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn by_id(office: Office, mut form: Form) -> Result<Response, Problem> {
    match card_desk::by_id(&office.state.app, &office.by, &typed(&form)).await {
        Ok(Some(found)) => Ok(person(office, &found, form)),
        Ok(None) => Ok(first(office, form, true)),
        Err(error) => {
            complain(&mut form, office.w, error)?;
            Ok(first(office, form, false))
        }
    }
}

pub(super) async fn register(office: Office, mut form: Form) -> Result<Response, Problem> {
    if !form.has("seen", "yes") {
        form.complain("seen", office.w.authority_card_compare_missing());
        return Ok(first(office, form, true));
    }
    match card_desk::register_at_desk(&office.state.app, &office.by, &typed(&form)).await {
        Ok(made) => Ok(person(office, &made, form)),
        Err(error) => {
            complain(&mut form, office.w, error)?;
            Ok(first(office, form, false))
        }
    }
}

pub(super) fn typed(form: &Form) -> PersonForm {
    PersonForm {
        name: form.text("name").to_owned(),
        birth_date: form.text("birth_date").to_owned(),
        nik: form.text("nik").to_owned(),
    }
}

/// Puts faults into the form; whatever else went wrong is a problem.
pub(super) fn complain(form: &mut Form, w: Words, error: AppError) -> Result<(), Problem> {
    for fault in faults_of(error)? {
        let said = match (fault.field.as_str(), fault.code) {
            (_, "number_known_otherwise") => w.people_card_registered_otherwise().to_owned(),
            ("name", "name_differs") => w.people_card_name_differs().to_owned(),
            ("birth_date", "birth_date_differs") => w.people_card_birth_date_differs().to_owned(),
            (_, "nik_differs") => w.people_card_nik_differs().to_owned(),
            (_, "missing") => w.staff_fault_missing(label(w, &fault.field)),
            (_, code) => sentence(w, None, code),
        };
        form.complain(&fault.field, said);
    }
    Ok(())
}

fn label(w: Words, field: &str) -> &'static str {
    match field {
        "name" => w.people_card_name(),
        "birth_date" => w.people_card_birth_date(),
        _ => w.people_card_nik(),
    }
}

/// The page of somebody who stands at the desk.
pub(super) fn person(office: Office, found: &AtDesk, form: Form) -> Response {
    let office = home(office);
    let w = office.w;
    let valid = found.cards.iter().filter(|card| card.revoked_at.is_none());
    let valid = valid.count();
    let page = Person {
        ticket: found.ticket.clone(),
        title: w.authority_card_found_title(found.record.name.expose()),
        born: found
            .birth_date
            .map(|day| w.authority_card_born(format::date(w, day.expose()))),
        is_verified: found.is_verified,
        cards: found.cards.iter().map(|card| row(&office, card)).collect(),
        revoke_old: (valid > 0).then(|| w.authority_card_revoke_old(valid)),
        frame: office.frame,
        desk: office.desk,
        form,
        w,
    };
    (page.form.status(), html(&page)).into_response()
}

fn row(office: &Office, card: &Card) -> CardRow {
    let w = office.w;
    let date = |moment| format::date(w, format::local(moment, ZONE).date());
    let printed = date(card.issued_at);
    CardRow {
        id: office.id(card.id),
        reference: office.reference(card.id),
        revoke_label: w.people_card_revoke_of(&printed),
        printed: w.people_card_printed(printed),
        is_valid: card.revoked_at.is_none(),
        state: match card.revoked_at {
            Some(at) => w.people_card_revoked(date(at)),
            None => w.people_card_valid().to_owned(),
        },
    }
}

/// Revokes a card of whoever stands there, and shows them as before.
pub(super) async fn revoke(office: Office, form: Form) -> Result<Response, Problem> {
    let mut office = office;
    let (app, ticket) = (&office.state.app, form.text("ticket"));
    let card = office.state.ids.read::<CardId>(form.text("card"));
    let card = card.ok_or_else(Problem::not_found)?;
    match card_desk::revoke_of(app, &office.by, ticket, card).await {
        // Twice is as good as once.
        Ok(()) | Err(AppError::NotFound) => {}
        Err(AppError::Faults(_)) => return Ok(expired(office)),
        Err(error) => return Err(error.into()),
    }
    let found = card_desk::again(app, &office.by, ticket).await?;
    office.frame.flash = Some(office.w.people_card_revoked_done().to_owned());
    Ok(person(office, &found, Form::blank()))
}

/// The ticket's time is over: begin anew.
pub(super) fn expired(office: Office) -> Response {
    let mut form = Form::blank();
    form.complain("code", office.w.people_card_expired());
    first(office, form, false)
}

/// Revokes a card that was found, without opening whose it is.
pub(super) async fn found(office: Office, mut form: Form) -> Result<Response, Problem> {
    let app = &office.state.app;
    match card_desk::revoke_found(app, &office.by, form.text("found")).await {
        Ok(()) => {
            let office = home(office);
            let w = office.w;
            let done = crate::staff::outcome::Done::at(
                &office,
                w.people_card_revoked_done(),
                String::new(),
            );
            Ok(done
                .saying(w.people_card_revoked_text())
                .then(PATH, w.people_card_back())
                .shown())
        }
        Err(AppError::NotNow(_) | AppError::NotFound) => {
            form.complain("found", office.w.people_card_found_card_not_card());
            Ok(first(office, form, false))
        }
        Err(error) => Err(error.into()),
    }
}
