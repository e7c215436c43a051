//! The page behind an invitation: a password and a second factor, and the account is its holder's.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use gapura_app::AppError;
use gapura_app::set_up_staff::{finish_set_up, open_set_up, second_factor_of};

use crate::forms::Form;
use crate::page::{Frame, html};
use crate::problem::Problem;
use crate::staff::factor::Factor;
use crate::staff::fault::sentence;
use crate::staff::name_of_field;
use crate::staff::office::{Address, address};
use crate::staff::sign_in::PATH as SIGN_IN;
use crate::state::AppState;
use crate::words::Words;

#[derive(Template)]
#[template(path = "staff/set_up.html")]
struct SetUpPage {
    frame: Frame,
    w: Words,
    form: Form,
    title: String,
    intro: String,
    factor: Factor,
}

pub(super) async fn page(
    frame: Frame,
    State(state): State<AppState>,
    Address(asked): Address,
) -> Result<Response, Problem> {
    let token = asked.value("invitation");
    let w = frame.w;
    let set_up = open_set_up(&state.app, token).await.map_err(gone)?;
    let form = Form::blank()
        .fill("invitation", token)
        .fill("ticket", set_up.ticket)
        .fill("login", set_up.login.as_str())
        .fill("name", set_up.display_name.as_str());
    let factor = Factor::of(&set_up.second_factor, &set_up.login);
    Ok(shown(frame, w, form, factor))
}

fn shown(frame: Frame, w: Words, form: Form, factor: Factor) -> Response {
    let page = SetUpPage {
        frame,
        w,
        title: w.staff_set_up_title(form.text("name")),
        intro: w.staff_set_up_intro(form.text("login")),
        form,
        factor,
    };
    (page.form.status(), html(&page)).into_response()
}

fn gone(error: AppError) -> Problem {
    match error {
        AppError::NotFound => Problem::new(
            StatusCode::GONE,
            "invitation_over",
            Words::staff_set_up_gone_title,
        )
        .because(|w| w.staff_set_up_gone_text().to_owned()),
        other => other.into(),
    }
}

pub(super) async fn send(
    frame: Frame,
    State(state): State<AppState>,
    mut form: Form,
) -> Result<Response, Problem> {
    let w = frame.w;
    let (token, ticket) = (
        form.value("invitation").to_owned(),
        form.value("ticket").to_owned(),
    );
    let (password, code) = (form.value("password"), form.text("code"));
    let faults = match finish_set_up(&state.app, &token, &ticket, password, code).await {
        Ok(_) => {
            let to = address(
                SIGN_IN,
                &[("after", "set-up"), ("login", form.text("login"))],
            );
            return Ok(Redirect::to(&to).into_response());
        }
        Err(AppError::Faults(faults)) => faults,
        Err(error) => return Err(gone(error)),
    };
    for fault in faults {
        let field = name_of_field(w, &fault.field);
        form.complain(&fault.field, sentence(w, &fault, field));
    }
    let secret = second_factor_of(&state.app, &ticket).ok_or_else(Problem::not_found)?;
    let factor = Factor::of(&secret, form.text("login"));
    Ok(shown(frame, w, form, factor))
}
