//! Changing one's own name or ID number, as long as nobody has looked at the ID.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use gapura_app::AppError;
use gapura_app::profile::{change_profile, profile};

use super::faults::complain;
use super::person;
use crate::caller::Visitor;
use crate::forms::Form;
use crate::page::{Frame, html};
use crate::problem::Problem;
use crate::state::AppState;
use crate::words::Words;

#[derive(Template)]
#[template(path = "visitor/profile.html")]
struct ProfilePage {
    frame: Frame,
    w: Words,
    form: Form,
    is_verified: bool,
    nik_warning: bool,
}

/// `GET /me/profile`
pub(super) async fn page(
    frame: Frame,
    State(state): State<AppState>,
    visitor: Visitor,
) -> Result<Response, Problem> {
    let own = profile(&state.app, visitor.person).await?;
    let birth_date = own
        .birth_date()
        .map(|birth| birth.expose().strftime("%d-%m-%Y").to_string());
    // The number is not shown again: whoever borrows the phone shall not read it.
    let form = Form::blank()
        .fill("name", own.record.name.expose())
        .fill("birth_date", birth_date.unwrap_or_default());
    Ok(shown(frame, form, own.is_verified, false))
}

/// `POST /me/profile`
pub(super) async fn change(
    frame: Frame,
    State(state): State<AppState>,
    visitor: Visitor,
    mut form: Form,
) -> Result<Response, Problem> {
    if person::wants_second_look(&state.app, &form) {
        return Ok(shown(frame, form, false, true));
    }
    match change_profile(&state.app, visitor.person, &person::typed(&form)).await {
        Ok(_) => Ok(Redirect::to("/me?done=saved").into_response()),
        Err(AppError::NotNow("verified")) => Ok(shown(frame, form, true, false)),
        Err(error) => {
            complain(&mut form, frame.w, error, "name")?;
            Ok(shown(frame, form, false, false))
        }
    }
}

fn shown(frame: Frame, form: Form, is_verified: bool, nik_warning: bool) -> Response {
    let page = ProfilePage {
        w: frame.w,
        frame,
        form,
        is_verified,
        nik_warning,
    };
    (page.form.status(), html(&page)).into_response()
}
