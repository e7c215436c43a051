//! The door's page: what is this place, am I let in, what now. A poster's or screen's code leads here.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use gapura_app::check_in::{CheckInAsk, Scan, Who};
use gapura_app::companions::companions;
use gapura_app::door_plan::{GateByCode, GatePlan};
use gapura_app::profile::profile;
use gapura_app::{App, AppError};
use gapura_domain::door::Intent;
use gapura_domain::ids::{PersonId, RequestId};
use gapura_domain::time::Time;
use gapura_pass::{GateCode, ScreenCode};
use uuid::Uuid;

use super::onward::Onward;
use super::plate::{self, Plate, Rule};
use super::typed_code;
use crate::caller::Visitor;
use crate::format;
use crate::forms::Form;
use crate::page::{Frame, html};
use crate::place_words::Fact;
use crate::problem::Problem;
use crate::state::AppState;
use crate::words::Words;

#[derive(Template)]
#[template(path = "visitor/door.html")]
struct DoorPage {
    frame: Frame,
    w: Words,
    form: Form,
    plate: Plate,
    facts: Vec<Fact>,
    admission: Vec<Rule>,
    check_word: &'static str,
    sign_in: String,
    add_companion: String,
    request: String,
    visitor: Option<Standing>,
}

/// A signed-in visitor before the door.
struct Standing {
    name: String,
    companions: Vec<ComesAlong>,
    inside: Option<Inside>,
    may_enter: bool,
}

struct ComesAlong {
    id: String,
    name: String,
    age: String,
}

/// Where the visitor is on record now.
struct Inside {
    sentence: String,
    /// Whether it is behind this very door, so that leaving is what comes next.
    here: bool,
    leave: String,
}

impl Standing {
    fn leaves_first(&self) -> bool {
        self.inside.as_ref().is_some_and(|inside| inside.here)
    }
}

#[derive(Template)]
#[template(path = "visitor/screen_code.html")]
struct ScreenCodePage {
    frame: Frame,
    w: Words,
    form: Form,
    plate: Plate,
    code: GateCode,
    is_over: bool,
    is_signed_in: bool,
}

#[derive(Template)]
#[template(path = "visitor/revoked.html")]
struct RevokedPage {
    frame: Frame,
    w: Words,
    lead: String,
}

/// The code of the door and, if the gate's screen was scanned, that of the minute.
#[derive(Clone, Debug, Default)]
pub(super) struct Codes {
    gate: String,
    screen: Option<String>,
}

/// `GET /d/{code}`; with `screen` when the screen's code was typed.
pub(super) async fn page(
    frame: Frame,
    state: State<AppState>,
    visitor: Option<Visitor>,
    Path(gate): Path<String>,
    Query(typed): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let typed = Form::typed(typed);
    if let Ok(screen) = ScreenCode::parse(typed.text("screen")) {
        let to = format!("/d/{}/{screen}", crate::guard::escaped(&gate));
        return Ok(Redirect::to(&to).into_response());
    }
    show(frame, &state, visitor, Codes { gate, screen: None }).await
}

/// `GET /d/{code}/{minute}`
pub(super) async fn page_of_minute(
    frame: Frame,
    state: State<AppState>,
    visitor: Option<Visitor>,
    Path((gate, screen)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let screen = Some(screen);
    show(frame, &state, visitor, Codes { gate, screen }).await
}

/// `POST /d/{code}`
pub(super) async fn enter(
    frame: Frame,
    state: State<AppState>,
    visitor: Visitor,
    Path(gate): Path<String>,
    form: Form,
) -> Result<Response, Problem> {
    decide(frame, &state, visitor, Codes { gate, screen: None }, form).await
}

/// `POST /d/{code}/{minute}`
pub(super) async fn enter_in_minute(
    frame: Frame,
    state: State<AppState>,
    visitor: Visitor,
    Path((gate, screen)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Problem> {
    let screen = Some(screen);
    decide(frame, &state, visitor, Codes { gate, screen }, form).await
}

async fn show(
    frame: Frame,
    state: &AppState,
    visitor: Option<Visitor>,
    codes: Codes,
) -> Result<Response, Problem> {
    let plan = match find(&frame, state, &codes.gate).await? {
        Found::Gate(plan) => plan,
        Found::Else(answer) => return Ok(answer),
    };
    let is_shown = codes
        .screen
        .as_deref()
        .is_some_and(|screen| is_of_now(state, &plan, screen));
    if visitor.is_some() && plan.demands_screen_code && !is_shown {
        return Ok(screen_wanted(frame, &plan, codes.screen.is_some(), true));
    }
    Ok(door_page(frame, state, visitor, &plan, Form::blank())
        .await?
        .into_response())
}

async fn decide(
    frame: Frame,
    state: &AppState,
    visitor: Visitor,
    codes: Codes,
    mut form: Form,
) -> Result<Response, Problem> {
    let plan = match find(&frame, state, &codes.gate).await? {
        Found::Gate(plan) => plan,
        Found::Else(answer) => return Ok(answer),
    };
    let complaint = match ask(state, visitor, &plan, codes.screen, &form) {
        None => frame.w.visitor_door_not_a_companion(),
        Some(ask) => match state.app.check_in(ask).await {
            Ok(Scan::Decided(answer)) => return Ok(to_visit(state, answer.decision.id)),
            Ok(Scan::Left { visit, .. }) => return Ok(to_visit(state, visit)),
            Err(AppError::NotNow("screen_code_needed")) => {
                return Ok(screen_wanted(frame, &plan, false, true));
            }
            Err(AppError::NotNow("screen_code_over")) => {
                return Ok(screen_wanted(frame, &plan, true, true));
            }
            Err(AppError::NotNow("not_a_companion")) => frame.w.visitor_door_not_a_companion(),
            Err(AppError::NotNow("party_too_large")) => frame.w.visitor_door_party_too_large(),
            Err(AppError::NotNow(code)) if code.starts_with("id_") => frame.w.visitor_door_stale(),
            Err(error) => return Err(error.into()),
        },
    };
    form.complain("who", complaint);
    door_page(frame, state, Some(visitor), &plan, form).await
}

/// What the form asks; `None` if it names somebody by an id that is none.
fn ask(
    state: &AppState,
    visitor: Visitor,
    plan: &GatePlan,
    screen_code: Option<String>,
    form: &Form,
) -> Option<CheckInAsk> {
    let companions = form.values("who").map(|id| state.ids.read(id));
    // An id that is no UUID is refused by the use case like one that is too old.
    let request = Uuid::parse_str(form.text("id")).map_or([0; 16], Uuid::into_bytes);
    Some(CheckInAsk {
        request: RequestId(request),
        gate: plan.plan.gate,
        who: Who::Visitor {
            person: visitor.person,
            screen_code,
        },
        companions: companions.collect::<Option<Vec<PersonId>>>()?,
        intent: Intent::Enter,
        by: None,
        override_reason: None,
    })
}

fn to_visit(state: &AppState, id: gapura_domain::ids::DecisionId) -> Response {
    Redirect::to(&format!("/visit/{}", state.ids.show(id))).into_response()
}

/// Where a code leads: to a gate, or to a page that says why to none.
enum Found {
    Gate(Arc<GatePlan>),
    Else(Response),
}

async fn find(frame: &Frame, state: &AppState, text: &str) -> Result<Found, Problem> {
    let code = match GateCode::parse(text) {
        Ok(code) => code,
        Err(error) => {
            let form = Form::blank().fill("code", text.chars().take(20).collect::<String>());
            return Ok(Found::Else(typed_code::unreadable(
                frame.clone(),
                form,
                error,
            )));
        }
    };
    Ok(match state.app.gate_by_code(code).await? {
        Some(GateByCode::Active(plan)) => Found::Gate(plan),
        Some(GateByCode::Revoked { gate, since }) => {
            Found::Else(revoked(frame.clone(), &gate, since))
        }
        None => Found::Else(typed_code::unknown(frame.clone(), code)),
    })
}

/// Whether the screen's code is the one of this minute or the one before.
fn is_of_now(state: &AppState, plan: &GatePlan, screen: &str) -> bool {
    let (gate, now) = (state.app.keys.gate(), state.app.now());
    ScreenCode::parse(screen).is_ok_and(|shown| gate.accepts_screen_code(plan.code, shown, now.0))
}

fn screen_wanted(frame: Frame, plan: &GatePlan, is_over: bool, is_signed_in: bool) -> Response {
    html(&ScreenCodePage {
        plate: plate::of_door(frame.w, plan),
        w: frame.w,
        frame,
        form: Form::blank(),
        code: plan.code,
        is_over,
        is_signed_in,
    })
}

fn revoked(frame: Frame, plan: &GatePlan, since: Time) -> Response {
    let w = frame.w;
    let date = format::date(w, format::local(since, plan.plan.zone).date());
    let page = RevokedPage {
        lead: w.visitor_revoked_lead(date, plate::door_name(w, plan), &plan.venue_name),
        w,
        frame,
    };
    (StatusCode::GONE, html(&page)).into_response()
}

async fn door_page(
    frame: Frame,
    state: &AppState,
    visitor: Option<Visitor>,
    plan: &GatePlan,
    form: Form,
) -> Result<Response, Problem> {
    let (app, w) = (&state.app, frame.w);
    let now = app.now();
    let here = Onward::parse(&frame.here);
    let visitor = match visitor {
        Some(visitor) => Some(standing(state, w, visitor, plan, now).await?),
        None => None,
    };
    let page = DoorPage {
        plate: plate::of_door(w, plan),
        facts: facts(app, w, plan, now).await?,
        admission: plate::admission(w, plan.plan.admission),
        check_word: plan.check_word,
        sign_in: here.after("/masuk"),
        add_companion: here.after("/me/companions"),
        request: crate::api::new_request(app, now),
        visitor,
        w,
        frame,
        form,
    };
    Ok((page.form.status(), html(&page)).into_response())
}

/// Hours and free places behind this door.
async fn facts(app: &App, w: Words, plan: &GatePlan, now: Time) -> Result<Vec<Fact>, Problem> {
    let door = &plan.plan;
    let full = app.occupancy(door.venue).await?;
    let room = full.rooms.iter().find(|(room, _)| *room == door.room);
    let limits = room.map(|(_, room)| *room).into_iter().chain([full.venue]);
    // The limit that is nearer is the one that counts.
    let nearer = limits
        .filter_map(|limit| limit.free().map(|free| (free, limit.bounds.capacity)))
        .min_by_key(|(free, _)| *free);
    let free = nearer.map(|(free, _)| free);
    let capacity = nearer.and_then(|(_, capacity)| capacity);
    let open = door.hours.at(now, door.zone);
    Ok(plate::facts(w, open, (door.zone, now), (free, capacity)))
}

async fn standing(
    state: &AppState,
    w: Words,
    visitor: Visitor,
    plan: &GatePlan,
    now: Time,
) -> Result<Standing, Problem> {
    let app = &state.app;
    let today = plan.plan.zone.day_of(now).date();
    let family = companions(app, visitor.person).await?;
    let inside = inside(state, w, visitor.person, plan).await?;
    let is_in_room = inside.as_ref().is_some_and(|inside| inside.here);
    Ok(Standing {
        name: profile(app, visitor.person)
            .await?
            .record
            .name
            .expose()
            .to_owned(),
        may_enter: !is_in_room || !family.is_empty(),
        inside,
        companions: family
            .iter()
            .map(|companion| ComesAlong {
                id: state.ids.show(companion.person).to_string(),
                name: companion.name.expose().to_owned(),
                age: companion.birth_date.map_or_else(String::new, |birth| {
                    w.visitor_door_age(birth.age_years(today))
                }),
            })
            .collect(),
    })
}

async fn inside(
    state: &AppState,
    w: Words,
    person: PersonId,
    plan: &GatePlan,
) -> Result<Option<Inside>, Problem> {
    let Some((visit, _)) = state.app.current_visit(person).await? else {
        return Ok(None);
    };
    let Some(where_) = state.app.door_plan(visit.gate).await? else {
        return Ok(None);
    };
    let since = format::time(&format::local(visit.from, where_.plan.zone));
    let sentence = if visit.room == plan.plan.room {
        w.visitor_door_inside(since)
    } else if visit.venue == plan.plan.venue {
        w.visitor_door_inside_other_room(&where_.room_name, since)
    } else {
        w.visitor_door_inside_other(&where_.venue_name)
    };
    Ok(Some(Inside {
        sentence,
        here: visit.room == plan.plan.room,
        leave: format!("/visit/{}/leave", state.ids.show(visit.id)),
    }))
}
