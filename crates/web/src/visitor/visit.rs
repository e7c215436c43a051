//! The door's answer to a visitor: the verdict fills the screen while it means something, and is a plain page afterwards.

use std::sync::Arc;

use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use gapura_app::check_in::DoorAnswer;
use gapura_app::check_out::Leaver;
use gapura_app::own_decision::OwnDecision;
use gapura_domain::door::Visit;
use gapura_domain::ids::DecisionId;
use gapura_domain::time::Time;
use gapura_domain::verdict::{Limits, Verdict};
use serde::Serialize;

use super::plate;
use crate::caller::Visitor;
use crate::format;
use crate::ids::PathId;
use crate::page::{Frame, html};
use crate::problem::Problem;
use crate::reasons;
use crate::state::AppState;
use crate::verdict::{NextStep, Outcome, VerdictScreen};
use crate::words::Words;

/// A page that waits for an officer asks again after so many seconds.
const WAITING_S: i64 = 3;

#[derive(Template)]
#[template(path = "visitor/visit.html")]
struct VerdictPage {
    frame: Frame,
    w: Words,
    verdict: VerdictScreen,
    /// Where the script asks what holds now, and after how many seconds first.
    now: String,
    again_s: i64,
    is_waiting: bool,
    reasons: Vec<String>,
    others: Vec<OtherPlace>,
    leave: Option<Leave>,
    /// The door's page, for whoever was not let in.
    again: Option<String>,
    figures: Vec<(&'static str, String)>,
    is_unproven: bool,
    rules: String,
}

struct OtherPlace {
    href: String,
    name: String,
    distance: String,
}

struct Leave {
    action: String,
    until: String,
}

#[derive(Template)]
#[template(path = "visitor/visit_over.html")]
struct OverPage {
    frame: Frame,
    w: Words,
    title: String,
    what: String,
    mark: &'static str,
    state: &'static str,
    reasons: Vec<String>,
    next: Option<NextStep>,
    note: String,
    door: String,
    has_left: bool,
}

/// `GET /visit/{decision}`
pub(super) async fn page(
    frame: Frame,
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<DecisionId>,
) -> Result<Response, Problem> {
    let own = state.app.own_decision(visitor.person, id).await?;
    let own = own.ok_or_else(Problem::not_found)?;
    let now = state.app.now();
    Ok(match own.word {
        Some(word) => html(&verdict_page(frame, &state, &own, word, now)),
        None => html(&over_page(frame, &own)),
    })
}

/// What holds now of a verdict that is on a screen.
#[derive(Serialize)]
struct Now {
    verdict: &'static str,
    live: bool,
    word: &'static str,
    again_s: i64,
}

/// `GET /visit/{decision}/now`
pub(super) async fn now(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(id): PathId<DecisionId>,
) -> Result<Response, Problem> {
    let own = state.app.own_decision(visitor.person, id).await?;
    let own = own.ok_or_else(Problem::not_found)?;
    let verdict = own.answer.decision.verdict;
    let answer = Now {
        verdict: outcome(verdict).name(),
        live: own.word.is_some(),
        word: own.word.unwrap_or_default(),
        again_s: again_s(verdict, state.app.now()),
    };
    Ok(Json(answer).into_response())
}

/// `POST /visit/{visit}/leave`
pub(super) async fn leave(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(visit): PathId<DecisionId>,
) -> Result<Redirect, Problem> {
    let leaver = Leaver::Visitor(visitor.person);
    let visit = state.app.check_out(visit, None, leaver).await?;
    let decision = state.ids.show(visit.decision);
    Ok(Redirect::to(&format!("/visit/{decision}")))
}

fn verdict_page(
    frame: Frame,
    state: &AppState,
    own: &OwnDecision,
    word: &'static str,
    now: Time,
) -> VerdictPage {
    let (w, answer) = (frame.w, &own.answer);
    let decision = &answer.decision;
    let again_s = again_s(decision.verdict, now);
    let is_check = decision.verdict == Verdict::Check;
    VerdictPage {
        verdict: screen(w, state, own, word, now),
        now: format!("/visit/{}/now", state.ids.show(decision.id)),
        again_s,
        is_waiting: is_check && !own.is_lapsed,
        reasons: reasons::sentences(w, answer),
        others: others(w, state, answer),
        leave: own.visit.as_ref().map(|visit| Leave {
            action: format!("/visit/{}/leave", state.ids.show(visit.id)),
            until: w.visitor_visit_until(format::time(&local(answer, decision.ends.0))),
        }),
        again: (decision.verdict == Verdict::Refuse || own.is_lapsed)
            .then(|| format!("/d/{}", answer.plan.code)),
        figures: figures(w, answer),
        is_unproven: decision.verdict == Verdict::Admit && decision.unproven,
        rules: rules(w, &answer.rules.version),
        w,
        frame,
    }
}

/// The rule set by its name and its number, which stand in its version with a blank between.
fn rules(w: Words, version: &str) -> String {
    let (name, number) = version.rsplit_once(' ').unwrap_or((version, "1"));
    w.visitor_visit_rules(name, number)
}

fn screen(
    w: Words,
    state: &AppState,
    own: &OwnDecision,
    word: &'static str,
    now: Time,
) -> VerdictScreen {
    let answer = &own.answer;
    let zone = answer.plan.plan.zone;
    VerdictScreen {
        w,
        outcome: outcome(answer.decision.verdict),
        place: answer.plan.venue_name.to_string(),
        door: plate::door_name(w, &answer.plan),
        reason: reasons::headline(w, answer),
        next: next(w, state, own),
        initials: initials(answer),
        word: word.to_owned(),
        clock: format::clock(&format::local(now, zone)),
        offset_minutes: i32::from(zone.offset_hours()) * 60,
        officer: None,
        template: false,
    }
}

fn next(w: Words, state: &AppState, own: &OwnDecision) -> Option<NextStep> {
    let answer = &own.answer;
    if answer.decision.verdict == Verdict::Admit {
        return Some(NextStep {
            what: w.visitor_visit_welcome(&answer.plan.room_name),
            details: w.visitor_visit_welcome_detail().to_owned(),
            href: None,
        });
    }
    let mut step = reasons::next_step(w, answer)?;
    step.href = booth_href(state, answer);
    if own.is_lapsed {
        w.visitor_visit_lapsed().clone_into(&mut step.details);
    }
    Some(step)
}

/// The page of a place whose booth is the next step, if it is elsewhere.
fn booth_href(state: &AppState, answer: &DoorAnswer) -> Option<String> {
    use gapura_app::next_step::NextStep as Step;
    match answer.next_step.as_ref()? {
        Step::Booth(booth) if booth.distance_km.is_some() => {
            Some(format!("/p/{}", state.ids.show(booth.venue)))
        }
        Step::Booth(_)
        | Step::ComeBack { .. }
        | Step::Wait { .. }
        | Step::Officer
        | Step::HealthOffice => None,
    }
}

fn others(w: Words, state: &AppState, answer: &DoorAnswer) -> Vec<OtherPlace> {
    let others = answer.next_step.as_ref().map_or(&[][..], reasons::others);
    let other = |place: &gapura_app::places::Place| OtherPlace {
        href: format!("/p/{}", state.ids.show(place.listing.venue)),
        name: place.listing.name.to_string(),
        distance: place
            .distance_km
            .map_or_else(String::new, |km| format::distance(w.lang(), km * 1000.0)),
    };
    others.iter().map(other).collect()
}

fn figures(w: Words, answer: &DoorAnswer) -> Vec<(&'static str, String)> {
    let Limits {
        inside,
        capacity,
        today,
        quota,
    } = answer.decision.limits;
    let number = |value: u32| format::number(w.lang(), u64::from(value));
    let of = |value: u32, most: Option<u32>| match most {
        Some(most) => w.visitor_visit_of_capacity(number(most), number(value)),
        None => number(value),
    };
    vec![
        (w.visitor_visit_inside(), of(inside, capacity)),
        (w.visitor_visit_today(), of(today, quota)),
    ]
}

/// After the verdict has lost its meaning: what it was, and how to go on.
fn over_page(frame: Frame, own: &OwnDecision) -> OverPage {
    let (w, answer) = (frame.w, &own.answer);
    let plan = &answer.plan;
    let door = format!("/d/{}", plan.code);
    if let Some(visit) = &own.visit {
        return OverPage {
            title: w.visitor_visit_left_title().to_owned(),
            what: stay(w, answer, visit),
            mark: "none",
            state: "",
            reasons: Vec::new(),
            next: None,
            note: String::new(),
            door,
            has_left: true,
            w,
            frame,
        };
    }
    let at = local(answer, answer.decision.at);
    let outcome = outcome(answer.decision.verdict);
    OverPage {
        title: w.visitor_visit_past_title(format::date(w, at.date())),
        what: w.visitor_door_title(plate::door_name(w, plan), &plan.venue_name),
        mark: outcome.name(),
        state: outcome.words(w),
        reasons: reasons::sentences(w, answer),
        next: match answer.decision.verdict {
            Verdict::Refuse => reasons::next_step(w, answer),
            Verdict::Admit | Verdict::Check => None,
        },
        note: w.visitor_visit_past(format::time(&at)),
        door,
        has_left: false,
        w,
        frame,
    }
}

fn stay(w: Words, answer: &DoorAnswer, visit: &Visit) -> String {
    let from = format::hour(local(answer, visit.from).time());
    let to = visit.to.unwrap_or(visit.from);
    let to = format::time(&local(answer, to));
    w.visitor_visit_left(from, &answer.plan.venue_name, to)
}

fn local(answer: &DoorAnswer, moment: Time) -> jiff::Zoned {
    format::local(moment, answer.plan.plan.zone)
}

fn initials(answer: &DoorAnswer) -> String {
    // The letters of one person are not torn apart at the end of a line.
    let together = |initials: &Arc<str>| initials.replace(' ', "\u{a0}");
    let all: Vec<String> = answer.initials.iter().map(together).collect();
    all.join(", ")
}

const fn outcome(verdict: Verdict) -> Outcome {
    match verdict {
        Verdict::Admit => Outcome::Admit,
        Verdict::Check => Outcome::Check,
        Verdict::Refuse => Outcome::Refuse,
    }
}

/// Seconds until the page should ask again: at the next minute, or soon while an officer decides.
fn again_s(verdict: Verdict, now: Time) -> i64 {
    match verdict {
        Verdict::Check => WAITING_S,
        Verdict::Admit | Verdict::Refuse => 60 - now.0.rem_euclid(60),
    }
}
