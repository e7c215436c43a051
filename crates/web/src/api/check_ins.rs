//! What doors ask: check-ins by scan, by phone and by hand, their resolution, and the way out.

use std::sync::Arc;

use axum::extract::State;
use gapura_app::check_in::{CheckInAsk, Who};
use gapura_app::check_out::Leaver;
use gapura_app::manual_entry::ManualEntry;
use gapura_app::resolve::Resolution;
use gapura_app::{App, AppError};
use gapura_domain::door::Officer;
use gapura_domain::ids::{DecisionId, GateId, PersonId};
use gapura_domain::role::Role;
use gapura_pass::Scanned;
use utoipa::ToSchema;

use super::answer::{CheckInAnswer, CheckOutAnswer, Telling};
use super::check_in_bodies::{
    BatchBody, CheckInBody, CheckOutBody, ManualBody, Outcome, ResolveBody,
};
use crate::access::Access;
use crate::caller::{Caller, StaffUser};
use crate::ids::PathId;
use crate::json::Json;
use crate::lang::Lang;
use crate::operation::Operation;
use crate::problem::Problem;
use crate::state::AppState;
use crate::table::{Route, post};
use crate::words::Words;

/// Most check-ins that a gate hands in at once.
const BATCH_MAX: usize = 500;

/// Officers at doors, signed in by name.
const OFFICERS: Access = Access::staff(&[Role::Gate, Role::VenueManager]);

pub(super) fn routes() -> Vec<Route> {
    let answer = |summary| {
        Operation::answering::<CheckInAnswer>(summary).refusing(&[
            (404, "not_found"),
            (
                409,
                "code_unreadable, pass_expired, pass_revoked, card_revoked, not_inside, id_reused, …",
            ),
            (
                422,
                "id_not_v7, id_too_old, id_from_future, not_a_companion",
            ),
        ])
    };
    vec![
        post("/api/v1/check-ins", Access::VISITOR_OR_DEVICE, check_in).describe(
            answer("Decides about somebody at a gate; the decision is durable when this answers.")
                .taking::<CheckInBody>(),
        ),
        post(
            "/api/v1/check-ins/manual",
            Access::DEVICE.or(OFFICERS),
            by_hand,
        )
        .describe(answer("Enters somebody who has neither phone nor card.").taking::<ManualBody>()),
        post("/api/v1/check-ins/batch", Access::DEVICE, batch)
            .describe(
                Operation::answering::<Vec<BatchAnswer>>(
                    "Decides several scans of a gate; ids decided before get their first answer.",
                )
                .taking::<BatchBody>(),
            )
            .upload(1024 * 1024),
        post(
            "/api/v1/decisions/{decision}/resolve",
            Access::DEVICE.or(OFFICERS),
            resolve,
        )
        .describe(
            answer("Ends a check with yes or no, or overrides a refusal by name.")
                .taking::<ResolveBody>(),
        ),
        post(
            "/api/v1/visits/{visit}/check-out",
            Access::VISITOR_OR_DEVICE.or(OFFICERS),
            check_out,
        )
        .describe(
            Operation::answering::<CheckOutAnswer>("Ends a visit, with the party that came on it.")
                .taking::<CheckOutBody>(),
        ),
    ]
}

/// What became of one scan of a batch.
#[derive(serde::Serialize, ToSchema)]
#[serde(untagged)]
enum BatchAnswer {
    /// It was decided.
    Decided(Box<CheckInAnswer>),
    /// It was not: a problem document.
    Problem(serde_json::Value),
}

async fn check_in(
    State(state): State<AppState>,
    lang: Lang,
    caller: Caller,
    Json(body): Json<CheckInBody>,
) -> Result<Json<CheckInAnswer>, Problem> {
    let telling = Telling {
        state: &state,
        w: Words::new(lang),
    };
    decide(telling, &caller, body).await.map(Json)
}

async fn decide(
    telling: Telling<'_>,
    caller: &Caller,
    body: CheckInBody,
) -> Result<CheckInAnswer, Problem> {
    let state = telling.state;
    let companions = body
        .companions
        .iter()
        .map(|text| state.ids.read::<PersonId>(text));
    let companions: Option<Vec<PersonId>> = companions.collect();
    let companions = companions.ok_or(AppError::NotNow("not_a_companion"))?;
    let (gate, who, by) = match caller {
        Caller::Device(device) => {
            let gate = gate_of(state, caller, body.gate.as_deref()).await?;
            let code = body.credential.ok_or(AppError::NotNow("code_unreadable"))?;
            (
                gate,
                Who::Credential(code),
                Some(Officer::Device(device.device)),
            )
        }
        Caller::Visitor(visitor) => {
            let (gate, screen_code) =
                opened(state, body.gate, body.credential, body.screen_code).await?;
            (
                gate,
                Who::Visitor {
                    person: visitor.person,
                    screen_code,
                },
                None,
            )
        }
        Caller::Staff(_) | Caller::Nobody => return Err(Problem::forbidden()),
    };
    let ask = CheckInAsk {
        request: body.id.0,
        gate,
        who,
        companions,
        intent: body.intent,
        by,
        override_reason: None,
    };
    let scan = state.app.check_in(ask).await?;
    Ok(telling.scan(&scan))
}

/// The gate that a visitor opened: by its id, or by the code of its poster or screen.
async fn opened(
    state: &AppState,
    gate: Option<String>,
    credential: Option<String>,
    screen_code: Option<String>,
) -> Result<(GateId, Option<String>), Problem> {
    if let Some(gate) = gate.as_deref().and_then(|text| state.ids.read(text)) {
        return Ok((gate, screen_code));
    }
    let text = credential.or(gate).ok_or_else(Problem::not_found)?;
    let Ok(Scanned::Gate(code, shown)) = gapura_pass::scan(&text) else {
        return Err(AppError::NotNow("code_unreadable").into());
    };
    let shown = shown.map(|shown| shown.as_str().to_owned()).or(screen_code);
    match state.app.gate_by_code(code).await? {
        Some(gapura_app::door_plan::GateByCode::Active(gate)) => Ok((gate.plan.gate, shown)),
        Some(gapura_app::door_plan::GateByCode::Revoked { .. }) => {
            Err(AppError::NotNow("code_replaced").into())
        }
        None => Err(Problem::not_found()),
    }
}

/// The gate that a device or officer means: named, or the device's own; always one of their venue.
async fn gate_of(
    state: &AppState,
    caller: &Caller,
    named: Option<&str>,
) -> Result<GateId, Problem> {
    let named = match named {
        Some(text) => Some(
            state
                .ids
                .read::<GateId>(text)
                .ok_or_else(Problem::not_found)?,
        ),
        None => None,
    };
    match caller {
        Caller::Device(device) => match named.filter(|gate| *gate != device.gate) {
            None => Ok(device.gate),
            Some(other) => {
                let plan = state.app.door_plan(other).await?;
                let is_here = plan.is_some_and(|plan| plan.plan.venue == device.venue);
                is_here.then_some(other).ok_or_else(Problem::not_found)
            }
        },
        Caller::Staff(staff) => {
            let gate = named.ok_or_else(Problem::not_found)?;
            let plan = state
                .app
                .door_plan(gate)
                .await?
                .ok_or_else(Problem::not_found)?;
            stands_at(&state.app, staff, plan.organisation).await?;
            Ok(gate)
        }
        Caller::Visitor(_) | Caller::Nobody => Err(Problem::forbidden()),
    }
}

/// Whether somebody with an account stands at the doors of an organisation's venues.
async fn stands_at(
    app: &Arc<App>,
    staff: &StaffUser,
    organisation: gapura_domain::ids::OrganisationId,
) -> Result<(), Problem> {
    let lineage = app.lineage(organisation).await?;
    let may = staff.principal.may(Role::Gate, &lineage)
        || staff.principal.may(Role::VenueManager, &lineage);
    may.then_some(()).ok_or_else(Problem::not_found)
}

async fn by_hand(
    State(state): State<AppState>,
    lang: Lang,
    caller: Caller,
    Json(body): Json<ManualBody>,
) -> Result<Json<CheckInAnswer>, Problem> {
    let gate = gate_of(&state, &caller, body.gate.as_deref()).await?;
    let plan = state
        .app
        .door_plan(gate)
        .await?
        .ok_or_else(Problem::not_found)?;
    let overrides = body.override_by.is_some();
    let by = officer(
        &state,
        &caller,
        body.override_by.as_deref(),
        plan.plan.venue,
    )
    .await?;
    let entry = ManualEntry {
        request: body.id.0,
        gate,
        name: body.name,
        birth_date: body.birth_date,
        reason: body.reason,
        by,
        overrides,
    };
    let scan = state.app.enter_by_hand(entry).await?;
    Ok(Json(
        Telling {
            state: &state,
            w: Words::new(lang),
        }
        .scan(&scan),
    ))
}

/// By whose name: an officer who is signed in, the one named at a device, or the device itself.
async fn officer(
    state: &AppState,
    caller: &Caller,
    named: Option<&str>,
    venue: gapura_domain::ids::VenueId,
) -> Result<Officer, Problem> {
    match (caller, named) {
        (Caller::Staff(staff), _) => Ok(Officer::Account(staff.principal.account)),
        (Caller::Device(_), Some(login)) => Ok(Officer::Account(
            state.app.named_officer(login, venue).await?,
        )),
        (Caller::Device(device), None) => Ok(Officer::Device(device.device)),
        (Caller::Visitor(_) | Caller::Nobody, _) => Err(Problem::forbidden()),
    }
}

async fn batch(
    State(state): State<AppState>,
    lang: Lang,
    caller: Caller,
    Json(body): Json<BatchBody>,
) -> Result<Json<Vec<BatchAnswer>>, Problem> {
    if body.items.len() > BATCH_MAX {
        return Err(AppError::NotNow("batch_too_large").into());
    }
    let telling = Telling {
        state: &state,
        w: Words::new(lang),
    };
    let mut answers = Vec::with_capacity(body.items.len());
    for item in body.items {
        answers.push(match decide(telling, &caller, item).await {
            Ok(answer) => BatchAnswer::Decided(Box::new(answer)),
            Err(problem) => BatchAnswer::Problem(problem.document(telling.w)),
        });
    }
    Ok(Json(answers))
}

async fn resolve(
    State(state): State<AppState>,
    lang: Lang,
    caller: Caller,
    PathId(decision): PathId<DecisionId>,
    Json(body): Json<ResolveBody>,
) -> Result<Json<CheckInAnswer>, Problem> {
    let known = state
        .app
        .store
        .decision(decision)
        .await
        .map_err(AppError::from)?;
    let known = known.ok_or_else(Problem::not_found)?;
    if let Caller::Device(device) = &caller
        && device.venue != known.venue
    {
        return Err(Problem::not_found());
    }
    if let Caller::Staff(staff) = &caller {
        let plan = state
            .app
            .door_plan(known.gate)
            .await?
            .ok_or_else(Problem::not_found)?;
        stands_at(&state.app, staff, plan.organisation).await?;
    }
    let by = officer(&state, &caller, body.officer.as_deref(), known.venue).await?;
    let resolution = Resolution {
        request: body.id.0,
        decision,
        venue: known.venue,
        admit: body.outcome == Outcome::Admit,
        by,
        reason: body.reason,
    };
    let answer = state.app.resolve(resolution).await?;
    Ok(Json(
        Telling {
            state: &state,
            w: Words::new(lang),
        }
        .decided(&answer),
    ))
}

async fn check_out(
    State(state): State<AppState>,
    caller: Caller,
    PathId(visit): PathId<DecisionId>,
    Json(body): Json<CheckOutBody>,
) -> Result<Json<CheckOutAnswer>, Problem> {
    // When a visitor left is when the visitor says so, not earlier: minutes with others count.
    let told = body.at.filter(|_| !matches!(caller, Caller::Visitor(_)));
    let by = match &caller {
        Caller::Visitor(visitor) => Leaver::Visitor(visitor.person),
        Caller::Device(device) => Leaver::Officer(device.venue),
        Caller::Staff(staff) => {
            let known = state.app.store.visit(visit).await.map_err(AppError::from)?;
            let known = known.ok_or_else(Problem::not_found)?;
            let plan = state
                .app
                .door_plan(known.gate)
                .await?
                .ok_or_else(Problem::not_found)?;
            stands_at(&state.app, staff, plan.organisation).await?;
            Leaver::Officer(known.venue)
        }
        Caller::Nobody => return Err(Problem::forbidden()),
    };
    let visit = state.app.check_out(visit, told.map(Into::into), by).await?;
    Ok(Json(CheckOutAnswer::of(&state, &visit)))
}
