//! A device becomes a gate's screen by a code that a manager was shown once.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Response};
use gapura_app::AppError;

use super::{Door, plan_of, screen, to};
use crate::caller::DeviceUser;
use crate::client::ClientAddress;
use crate::cookies::Jar;
use crate::forms::Form;
use crate::page::{Frame, html};
use crate::problem::Problem;
use crate::security::Needs;
use crate::state::AppState;
use crate::words::Words;

/// A device stays at its gate until somebody revokes it; browsers keep no cookie longer than 400 days without a visit.
const YEARS_S: i64 = 400 * 86_400;

#[derive(Template)]
#[template(path = "gate/enrol.html")]
struct Enrol {
    w: Words,
    frame: Frame,
    form: Form,
    /// Whether the device was at a gate before.
    was_enrolled: bool,
}

#[derive(Template)]
#[template(path = "gate/enrolled.html")]
struct Enrolled {
    w: Words,
    frame: Frame,
    door: Door,
    device: String,
}

pub(super) fn page(frame: Frame, form: Form, was_enrolled: bool) -> Response {
    let status = form.status();
    let w = frame.w;
    let page = Enrol {
        w,
        frame,
        form,
        was_enrolled,
    };
    (status, Extension(Needs::camera()), html(&page)).into_response()
}

pub(super) async fn enrol(
    State(state): State<AppState>,
    frame: Frame,
    ClientAddress(sender): ClientAddress,
    mut form: Form,
) -> Result<Response, Problem> {
    if form.text("code").is_empty() {
        form.complain("code", frame.w.gate_enrol_missing());
        return Ok(page(frame, form, false));
    }
    match state.app.enrol_device(form.text("code"), sender).await {
        Ok((_, token)) => {
            let put = Jar::Device.put(state.reached.by_https, &token.expose(), YEARS_S);
            let put = put.ok_or_else(Problem::broken)?;
            let mut answer = to("/gate/terdaftar");
            answer.headers_mut().append(SET_COOKIE, put);
            Ok(answer)
        }
        Err(AppError::NotNow("enrolment_code")) => {
            form.complain("code", frame.w.gate_enrol_refused());
            Ok(page(frame, form, false))
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn done(
    State(state): State<AppState>,
    frame: Frame,
    device: DeviceUser,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let plan = plan_of(&state.app, device).await?;
    Ok(html(&Enrolled {
        w: frame.w,
        frame,
        door: Door::of(&plan, state.app.now()),
        device: screen::device_name(&state, &headers).await,
    }))
}
