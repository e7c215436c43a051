//! The waiting screen of an enrolled device, and a code that was typed on it without scripts.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use gapura_app::check_in::{CheckInAsk, Scan, Who};
use gapura_domain::door::Officer;

use super::{enrol, fresh_request, param, plan_of, request_of, stream, to};
use crate::caller::DeviceUser;
use crate::cookies::Jar;
use crate::format;
use crate::forms::Form;
use crate::gate_screen::{Direction, GateScreen};
use crate::page::{Frame, html};
use crate::problem::Problem;
use crate::security::Needs;
use crate::state::AppState;
use crate::words::Words;

#[derive(Template)]
#[template(path = "gate/screen.html")]
struct Screen {
    w: Words,
    frame: Frame,
    screen: GateScreen,
}

pub(super) async fn page(
    State(state): State<AppState>,
    frame: Frame,
    device: Option<DeviceUser>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Some(device) = device else {
        let was_enrolled = Jar::Device
            .value(&headers, state.reached.by_https)
            .is_some();
        return Ok(enrol::page(frame, Form::blank(), was_enrolled));
    };
    let direction = Direction::named(param(&frame.here, "arah").unwrap_or_default());
    let form = Form::blank();
    waiting(&state, frame, device, &headers, direction, form).await
}

async fn waiting(
    state: &AppState,
    frame: Frame,
    device: DeviceUser,
    headers: &HeaderMap,
    direction: Direction,
    form: Form,
) -> Result<Response, Problem> {
    let app = &state.app;
    let plan = plan_of(app, device).await?;
    let now = app.now();
    let zone = plan.plan.zone;
    let recent = stream::entries(state, device.gate, now);
    let screen = GateScreen {
        w: frame.w,
        gate: state.ids.show(device.gate).to_string(),
        place: plan.venue_name.as_str().to_owned(),
        door: plan.gate_name.as_str().to_owned(),
        device: device_name(state, headers).await,
        clock: format::clock(&format::local(now, zone)),
        offset_minutes: i32::from(zone.offset_hours()) * 60,
        now: now.0,
        direction,
        request: fresh_request(app),
        code: stream::screen_code(app, &plan, now),
        word: stream::word(app, device.gate, now).to_owned(),
        figures: stream::figures(app, &plan, frame.w.lang(), now).await?,
        recent: recent
            .iter()
            .map(|entry| stream::recent(state, entry, &plan))
            .collect(),
        form,
    };
    let status = screen.form.status();
    let page = Screen {
        w: frame.w,
        frame,
        screen,
    };
    Ok((status, Extension(Needs::camera()), html(&page)).into_response())
}

/// What staff call the device.
pub(super) async fn device_name(state: &AppState, headers: &HeaderMap) -> String {
    let Some(token) = Jar::Device.value(headers, state.reached.by_https) else {
        return String::new();
    };
    let device = state.app.device_of_token(token).await;
    device.map_or_else(|_| String::new(), |device| device.name.as_str().to_owned())
}

pub(super) async fn typed(
    State(state): State<AppState>,
    frame: Frame,
    device: DeviceUser,
    headers: HeaderMap,
    mut form: Form,
) -> Result<Response, Problem> {
    let direction = Direction::named(form.text("direction"));
    let credential = form.text("credential").to_owned();
    if credential.is_empty() {
        form.complain("credential", frame.w.gate_screen_type_missing());
        return waiting(&state, frame, device, &headers, direction, form).await;
    }
    let ask = CheckInAsk {
        request: request_of(&state.app, &form),
        gate: device.gate,
        who: Who::Credential(credential),
        companions: Vec::new(),
        intent: direction.intent(),
        by: Some(Officer::Device(device.device)),
        override_reason: None,
    };
    let arah = direction.name();
    match state.app.check_in(ask).await {
        Ok(Scan::Decided(answer)) => {
            let id = state.ids.show(answer.decision.id);
            Ok(to(&format!("/gate/putusan/{id}?baru=1&arah={arah}")))
        }
        Ok(Scan::Left { visit, .. }) => {
            let id = state.ids.show(visit);
            Ok(to(&format!("/gate/keluar/{id}?baru=1&arah={arah}")))
        }
        // A code that could not be read is no refusal: the screen says how to mend it.
        Err(error) => {
            let problem = Problem::from(error);
            if problem.status().is_server_error() {
                return Err(problem);
            }
            form.complain("credential", problem.told(frame.w));
            waiting(&state, frame, device, &headers, direction, form).await
        }
    }
}
