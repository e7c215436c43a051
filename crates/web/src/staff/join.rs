//! Signing an organisation up: who, then two codes that prove the address and the phone, then the list of tasks.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use gapura_app::AppError;
use gapura_app::sign_up::{self, SignUpCodes, SignUpForm};
use gapura_domain::time::{Time, Zone};

use crate::client::ClientAddress;
use crate::format;
use crate::forms::Form;
use crate::page::{Frame, html};
use crate::problem::Problem;
use crate::staff::factor::Factor;
use crate::staff::fault::sentence;
use crate::staff::sign_in::{browser, signed_in};
use crate::staff::{language, name_of_field};
use crate::state::AppState;
use crate::words::Words;

#[derive(Template)]
#[template(path = "staff/join.html")]
struct Join {
    frame: Frame,
    w: Words,
    form: Form,
    is_expired: bool,
}

#[derive(Template)]
#[template(path = "staff/join_confirm.html")]
struct Confirm {
    frame: Frame,
    w: Words,
    form: Form,
    factor: Factor,
    mailed_hint: String,
}

pub(super) async fn page(frame: Frame) -> Response {
    let w = frame.w;
    html(&Join {
        frame,
        w,
        form: Form::blank(),
        is_expired: false,
    })
}

pub(super) async fn begin(
    frame: Frame,
    State(state): State<AppState>,
    ClientAddress(client): ClientAddress,
    mut form: Form,
) -> Result<Response, Problem> {
    let w = frame.w;
    let typed = SignUpForm {
        organisation: form.text("organisation").to_owned(),
        display_name: form.text("display_name").to_owned(),
        email: form.text("email").to_owned(),
        password: form.value("password").to_owned(),
    };
    match sign_up::begin_sign_up(&state.app, &typed, client, language(w)).await {
        Ok(begun) => {
            let until = begun.expires;
            let form = Form::blank()
                .fill("ticket", begun.ticket)
                .fill("email", typed.email.as_str())
                .fill("until", until.0.to_string());
            let factor = Factor::of(&begun.second_factor, &typed.email);
            Ok(confirm_page(frame, form, factor))
        }
        Err(error) => {
            complain(w, &mut form, error)?;
            let page = Join {
                frame,
                w,
                form,
                is_expired: false,
            };
            Ok((page.form.status(), html(&page)).into_response())
        }
    }
}

fn confirm_page(frame: Frame, form: Form, factor: Factor) -> Response {
    let w = frame.w;
    // Nobody's place is known yet, so the clock of Jakarta is shown by its name.
    let until = Time(form.text("until").parse().unwrap_or_default());
    let until = format::time(&format::local(until, Zone::Wib));
    let mailed_hint = w.staff_join_mailed_hint(form.text("email"), until);
    let page = Confirm {
        frame,
        w,
        form,
        factor,
        mailed_hint,
    };
    (page.form.status(), html(&page)).into_response()
}

fn complain(w: Words, form: &mut Form, error: AppError) -> Result<(), Problem> {
    match error {
        AppError::Faults(faults) => {
            for fault in faults {
                let field = name_of_field(w, &fault.field);
                form.complain(&fault.field, sentence(w, &fault, field));
            }
            Ok(())
        }
        AppError::TooMany { retry_after_s } => {
            form.complain("email", w.staff_sign_in_too_many(retry_after_s));
            Ok(())
        }
        other => Err(other.into()),
    }
}

pub(super) async fn finish(
    frame: Frame,
    State(state): State<AppState>,
    ClientAddress(client): ClientAddress,
    headers: HeaderMap,
    mut form: Form,
) -> Result<Response, Problem> {
    let w = frame.w;
    let ticket = form.value("ticket").to_owned();
    let codes = SignUpCodes {
        ticket: &ticket,
        mailed: form.text("code"),
        second_factor: form.text("second_factor"),
        label: browser(&headers),
        client,
    };
    let error = match sign_up::finish_sign_up(&state.app, &codes).await {
        Ok(token) => return Ok(signed_in(&state, &token, "/desk/places")),
        Err(error) => error,
    };
    let secret = sign_up::sign_up_second_factor(&state.app, &ticket);
    let is_over = |fault: &gapura_app::error::Fault| fault.field == "ticket";
    let is_expired = matches!(&error, AppError::Faults(faults) if faults.iter().any(is_over));
    complain(w, &mut form, error)?;
    match secret.filter(|_| !is_expired) {
        Some(secret) => {
            let factor = Factor::of(&secret, form.text("email"));
            Ok(confirm_page(frame, form, factor))
        }
        None => Ok(html(&Join {
            frame,
            w,
            form: Form::blank(),
            is_expired: true,
        })),
    }
}
