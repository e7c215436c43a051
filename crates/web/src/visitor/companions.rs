//! Family without phones: adding somebody, and taking somebody off again.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use gapura_app::AppError;
use gapura_app::companions::{Companion, add_companion, companions, remove_companion};
use gapura_domain::ids::PersonId;

use super::faults::complain;
use super::onward::{NEXT, Onward};
use super::person;
use super::sure::Sure;
use crate::caller::Visitor;
use crate::forms::Form;
use crate::ids::PathId;
use crate::page::{Frame, html};
use crate::problem::Problem;
use crate::state::AppState;
use crate::words::Words;

#[derive(Template)]
#[template(path = "visitor/companions.html")]
struct AddCompanion {
    frame: Frame,
    w: Words,
    form: Form,
    onward: Onward,
    nik_warning: bool,
}

/// `GET /me/companions`
pub(super) async fn page(frame: Frame, _: Visitor, onward: Onward) -> Response {
    shown(frame, Form::blank(), onward, false)
}

/// `POST /me/companions`
pub(super) async fn add(
    frame: Frame,
    State(state): State<AppState>,
    visitor: Visitor,
    mut form: Form,
) -> Result<Response, Problem> {
    let onward = Onward::parse(form.text(NEXT));
    if person::wants_second_look(&state.app, &form) {
        return Ok(shown(frame, form, onward, true));
    }
    let w = frame.w;
    match add_companion(&state.app, visitor.person, &person::typed(&form)).await {
        Ok(_) if onward.is_door() => return Ok(onward.go().into_response()),
        Ok(_) => return Ok(Redirect::to("/me?done=added").into_response()),
        Err(AppError::NotNow("companions_full")) => {
            form.complain("name", w.visitor_companion_full());
        }
        Err(AppError::NotNow("is_companion")) => {
            form.complain("name", w.visitor_companion_is_companion());
        }
        Err(error) => complain(&mut form, w, error, "name")?,
    }
    Ok(shown(frame, form, onward, false))
}

/// `GET /me/companions/{person}/remove`
pub(super) async fn sure(
    frame: Frame,
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(person): PathId<PersonId>,
) -> Result<Response, Problem> {
    let companion = find(&state, visitor, person).await?;
    let w = frame.w;
    Ok(html(&Sure {
        title: w.visitor_companion_remove_title(companion.name.expose()),
        what: w.visitor_companion_remove_what(),
        yes: w.visitor_companion_remove_go(),
        no: w.visitor_companion_remove_keep(),
        back: "/me",
        w,
        frame,
    }))
}

/// `POST /me/companions/{person}/remove`
pub(super) async fn remove(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(person): PathId<PersonId>,
) -> Result<Redirect, Problem> {
    remove_companion(&state.app, visitor.person, person).await?;
    Ok(Redirect::to("/me?done=removed"))
}

async fn find(state: &AppState, visitor: Visitor, person: PersonId) -> Result<Companion, Problem> {
    let all = companions(&state.app, visitor.person).await?;
    all.into_iter()
        .find(|companion| companion.person == person)
        .ok_or_else(Problem::not_found)
}

fn shown(frame: Frame, form: Form, onward: Onward, nik_warning: bool) -> Response {
    let page = AddCompanion {
        w: frame.w,
        frame,
        form,
        onward,
        nik_warning,
    };
    (page.form.status(), html(&page)).into_response()
}
