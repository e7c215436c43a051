//! A decision on the gate's device: what it was, and what an officer makes of it.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use gapura_app::AppError;
use gapura_app::check_in::DoorAnswer;
use gapura_app::resolve::Resolution;
use gapura_domain::door::{Officer, RESOLVABLE_S};
use gapura_domain::ids::DecisionId;
use gapura_domain::verdict::Verdict;

use super::{Door, fresh_request, param, plan_of, reason_of, request_of, stream, to};
use crate::caller::DeviceUser;
use crate::format;
use crate::forms::Form;
use crate::gate_screen::{Direction, Goodbye};
use crate::ids::PathId;
use crate::page::{Frame, html};
use crate::problem::Problem;
use crate::reasons;
use crate::state::AppState;
use crate::verdict::{ForOfficer, Outcome, VerdictScreen};
use crate::words::Words;

#[derive(Template)]
#[template(path = "gate/verdict.html")]
struct VerdictPage {
    w: Words,
    frame: Frame,
    verdict: VerdictScreen,
    /// Seconds until the waiting screen comes back by itself; 0 is never.
    back_after: u32,
}

#[derive(Template)]
#[template(path = "gate/left.html")]
struct LeftPage {
    w: Words,
    frame: Frame,
    goodbye: Goodbye,
    back_after: u32,
}

#[derive(Template)]
#[template(path = "gate/by_name.html")]
struct ByName {
    w: Words,
    frame: Frame,
    door: Door,
    form: Form,
    action: String,
    request: String,
    initials: String,
    said: String,
    why: String,
}

/// What follows the waiting screen's address, so that a door for going out stays one.
fn back(frame: &Frame) -> String {
    let direction = Direction::named(param(&frame.here, "arah").unwrap_or_default());
    match direction {
        Direction::Enter => String::new(),
        Direction::Leave | Direction::Auto => format!("?arah={}", direction.name()),
    }
}

/// A decision of the device's own venue, with its words.
async fn answer_of(
    state: &AppState,
    device: DeviceUser,
    id: DecisionId,
) -> Result<DoorAnswer, Problem> {
    let app = &state.app;
    let decision = app.store.decision(id).await.map_err(AppError::from)?;
    let decision = decision.filter(|known| known.venue == device.venue);
    let decision = decision.ok_or_else(Problem::not_found)?;
    let plan = app.door_plan(decision.gate).await?;
    let plan = plan.ok_or_else(Problem::not_found)?;
    Ok(app.door_answer(decision, plan).await?)
}

pub(super) async fn page(
    State(state): State<AppState>,
    frame: Frame,
    device: DeviceUser,
    PathId(id): PathId<DecisionId>,
) -> Result<Response, Problem> {
    let answer = answer_of(&state, device, id).await?;
    Ok(verdict_page(&state, frame, &answer, String::new()))
}

fn verdict_page(state: &AppState, frame: Frame, answer: &DoorAnswer, fault: String) -> Response {
    let w = frame.w;
    let decision = &answer.decision;
    let zone = answer.plan.plan.zone;
    let is_open = state.app.now().since_s(decision.at) <= RESOLVABLE_S;
    let outcome = stream::outcome(decision.verdict);
    let action = format!("/gate/putusan/{}", state.ids.show(decision.id));
    let officer = ForOfficer {
        by_name: format!("{action}/izinkan"),
        action,
        csrf: frame.csrf.clone(),
        request: fresh_request(&state.app),
        back: back(&frame),
        fault,
    };
    let is_fresh = param(&frame.here, "baru").is_some();
    let back_after = match outcome {
        Outcome::Admit if is_fresh => 6,
        Outcome::Refuse if is_fresh => 20,
        Outcome::Admit | Outcome::Refuse | Outcome::Check => 0,
    };
    let verdict = VerdictScreen {
        w,
        outcome,
        place: answer.plan.venue_name.as_str().to_owned(),
        door: answer.plan.gate_name.as_str().to_owned(),
        reason: reasons::headline(w, answer),
        next: reasons::next_step(w, answer),
        initials: answer.initials.join(", "),
        word: answer.word.to_owned(),
        clock: format::clock(&format::local(decision.at, zone)),
        offset_minutes: i32::from(zone.offset_hours()) * 60,
        officer: (is_open || outcome == Outcome::Admit).then_some(officer),
        template: false,
    };
    html(&VerdictPage {
        w,
        frame,
        verdict,
        back_after,
    })
}

pub(super) async fn resolve(
    State(state): State<AppState>,
    frame: Frame,
    device: DeviceUser,
    PathId(decision): PathId<DecisionId>,
    form: Form,
) -> Result<Response, Problem> {
    let resolution = Resolution {
        request: request_of(&state.app, &form),
        decision,
        venue: device.venue,
        admit: form.text("outcome") == "admit",
        by: Officer::Device(device.device),
        reason: reason_of(&form).to_owned(),
    };
    let w = frame.w;
    let fault = match state.app.resolve(resolution).await {
        Ok(answer) => {
            let id = state.ids.show(answer.decision.id);
            return Ok(to(&format!("/gate/putusan/{id}?baru=1")));
        }
        Err(AppError::Faults(_)) => w.gate_check_note_missing(),
        Err(AppError::NotNow("decision_over")) => w.gate_check_over(),
        Err(error) => return Err(error.into()),
    };
    let answer = answer_of(&state, device, decision).await?;
    let page = verdict_page(&state, frame, &answer, fault.to_owned());
    Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

pub(super) async fn by_name_page(
    State(state): State<AppState>,
    frame: Frame,
    device: DeviceUser,
    PathId(id): PathId<DecisionId>,
) -> Result<Response, Problem> {
    name_form(&state, frame, device, id, Form::blank()).await
}

async fn name_form(
    state: &AppState,
    frame: Frame,
    device: DeviceUser,
    id: DecisionId,
    form: Form,
) -> Result<Response, Problem> {
    let answer = answer_of(state, device, id).await?;
    let action = format!("/gate/putusan/{}", state.ids.show(id));
    if answer.decision.verdict != Verdict::Refuse {
        return Ok(to(&action));
    }
    let status = form.status();
    let w = frame.w;
    let page = html(&ByName {
        w,
        frame,
        door: Door::of(&answer.plan, state.app.now()),
        form,
        action: format!("{action}/izinkan"),
        request: fresh_request(&state.app),
        initials: answer.initials.join(", "),
        said: w.common_verdict_refuse().to_owned(),
        why: reasons::headline(w, &answer),
    });
    Ok((status, page).into_response())
}

pub(super) async fn by_name(
    State(state): State<AppState>,
    frame: Frame,
    device: DeviceUser,
    PathId(decision): PathId<DecisionId>,
    mut form: Form,
) -> Result<Response, Problem> {
    let w = frame.w;
    if form.text("officer").is_empty() {
        form.complain("officer", w.gate_named_login_missing());
    }
    if form.text("reason").chars().count() < 3 {
        form.complain("reason", w.gate_check_note_missing());
    }
    if form.is_right() {
        match state
            .app
            .named_officer(form.text("officer"), device.venue)
            .await
        {
            Ok(account) => {
                let resolution = Resolution {
                    request: request_of(&state.app, &form),
                    decision,
                    venue: device.venue,
                    admit: true,
                    by: Officer::Account(account),
                    reason: form.text("reason").to_owned(),
                };
                match state.app.resolve(resolution).await {
                    Ok(answer) => {
                        let id = state.ids.show(answer.decision.id);
                        return Ok(to(&format!("/gate/putusan/{id}?baru=1")));
                    }
                    Err(AppError::Faults(_)) => {
                        form.complain("reason", w.gate_check_note_missing());
                    }
                    Err(error) => return Err(error.into()),
                }
            }
            Err(AppError::NotAllowed) => form.complain("officer", w.gate_named_login_refused()),
            Err(error) => return Err(error.into()),
        }
    }
    name_form(&state, frame, device, decision, form).await
}

pub(super) async fn left(
    State(state): State<AppState>,
    frame: Frame,
    device: DeviceUser,
    PathId(id): PathId<DecisionId>,
) -> Result<Response, Problem> {
    let plan = plan_of(&state.app, device).await?;
    let visit = state.app.store.visit(id).await.map_err(AppError::from)?;
    let visit = visit.filter(|visit| visit.venue == device.venue);
    let at = visit
        .and_then(|visit| visit.to)
        .ok_or_else(Problem::not_found)?;
    let zone = plan.plan.zone;
    let w = frame.w;
    let initials = state.app.initials_of_leavers(id, zone).await?;
    let goodbye = Goodbye {
        w,
        place: plan.venue_name.as_str().to_owned(),
        door: plan.gate_name.as_str().to_owned(),
        reason: reasons::left(w, at, zone),
        initials: initials.join(", "),
        clock: format::clock(&format::local(at, zone)),
        offset_minutes: i32::from(zone.offset_hours()) * 60,
        back: back(&frame),
        template: false,
    };
    let back_after = if param(&frame.here, "baru").is_some() {
        6
    } else {
        0
    };
    Ok(html(&LeftPage {
        w,
        frame,
        goodbye,
        back_after,
    }))
}
