//! Somebody with neither phone nor card: name and birth date as told, and why.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use gapura_app::AppError;
use gapura_app::check_in::Scan;
use gapura_app::manual_entry::ManualEntry;
use gapura_domain::door::Officer;

use super::{Door, fresh_request, plan_of, reason_of, request_of, to};
use crate::caller::DeviceUser;
use crate::forms::Form;
use crate::page::{Frame, html};
use crate::problem::Problem;
use crate::state::AppState;
use crate::words::Words;

#[derive(Template)]
#[template(path = "gate/by_hand.html")]
struct ByHand {
    w: Words,
    frame: Frame,
    door: Door,
    form: Form,
    request: String,
    reasons: [&'static str; 4],
}

pub(super) async fn page(
    State(state): State<AppState>,
    frame: Frame,
    device: DeviceUser,
) -> Result<Response, Problem> {
    shown(&state, frame, device, Form::blank()).await
}

async fn shown(
    state: &AppState,
    frame: Frame,
    device: DeviceUser,
    form: Form,
) -> Result<Response, Problem> {
    let plan = plan_of(&state.app, device).await?;
    let w = frame.w;
    let status = form.status();
    let page = html(&ByHand {
        w,
        frame,
        door: Door::of(&plan, state.app.now()),
        form,
        request: fresh_request(&state.app),
        reasons: [
            w.gate_hand_reason_phone(),
            w.gate_hand_reason_empty(),
            w.gate_hand_reason_unread(),
            w.gate_hand_reason_age(),
        ],
    });
    Ok((status, page).into_response())
}

pub(super) async fn enter(
    State(state): State<AppState>,
    frame: Frame,
    device: DeviceUser,
    mut form: Form,
) -> Result<Response, Problem> {
    let entry = ManualEntry {
        request: request_of(&state.app, &form),
        gate: device.gate,
        name: form.text("name").to_owned(),
        birth_date: form.text("birth_date").to_owned(),
        reason: reason_of(&form).to_owned(),
        by: Officer::Device(device.device),
        overrides: false,
    };
    let w = frame.w;
    match state.app.enter_by_hand(entry).await {
        Ok(Scan::Decided(answer)) => {
            let id = state.ids.show(answer.decision.id);
            return Ok(to(&format!("/gate/putusan/{id}?baru=1")));
        }
        Ok(Scan::Left { .. }) => return Err(Problem::not_found()),
        Err(AppError::Faults(faults)) => {
            for fault in faults {
                let (field, sentence) = match (&*fault.field, fault.code) {
                    ("name", _) => ("name", w.gate_hand_fault_name()),
                    ("birth_date", "birth_date") => ("birth_date", w.gate_hand_fault_birth_date()),
                    ("birth_date", _) => ("birth_date", w.gate_hand_fault_date()),
                    _ => ("note", w.gate_check_note_missing()),
                };
                form.complain(field, sentence);
            }
        }
        Err(AppError::NotNow("id_too_old")) => form.complain("name", w.gate_hand_fault_old()),
        Err(error) => return Err(error.into()),
    }
    shown(&state, frame, device, form).await
}
