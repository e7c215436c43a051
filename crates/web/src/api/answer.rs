//! A door's answer as JSON.

use gapura_app::check_in::{DoorAnswer, Scan};
use gapura_app::rules_in_force::RulesName;
use gapura_domain::door::Visit;
use gapura_domain::status::Colour;
use gapura_domain::verdict::{Exit, Reason, Verdict};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use utoipa::ToSchema;

use super::rfc3339;
use crate::ids::IdText;
use crate::reasons;
use crate::state::AppState;
use crate::words::Words;

/// Turns answers into JSON in the reader's language.
#[derive(Clone, Copy)]
pub(super) struct Telling<'a> {
    pub(super) state: &'a AppState,
    pub(super) w: Words,
}

/// What a door answers.
#[derive(Serialize, ToSchema)]
pub(super) struct CheckInAnswer {
    /// The decision; every answer has one.
    #[schema(value_type = String)]
    decision: IdText,
    /// `admit`, `check` or `refuse`.
    #[schema(value_type = String)]
    verdict: Verdict,
    /// `green`, `yellow`, `red`, `black` or `none`.
    #[schema(value_type = String)]
    status: Colour,
    reasons: Vec<ReasonText>,
    next_step: Option<StepText>,
    /// The visit, once somebody is in.
    #[schema(value_type = Option<String>)]
    visit: Option<IdText>,
    limits: LimitsText,
    /// The minute's word.
    word: &'static str,
    #[schema(value_type = RulesText)]
    rules: Arc<RulesName>,
    /// Initials of the party, the visitor first.
    #[schema(value_type = Vec<String>)]
    initials: Vec<Arc<str>>,
    /// Whether nobody saw it, or it contradicts another visit.
    unproven: bool,
    /// When a check's place is given back, RFC 3339.
    hold_until: Option<String>,
    /// Set when the scan ended a visit instead of beginning one.
    #[serde(skip_serializing_if = "Option::is_none")]
    left_at: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct ReasonText {
    #[schema(value_type = String)]
    code: Arc<str>,
    params: Map<String, Value>,
    text: String,
}

#[derive(Serialize, ToSchema)]
struct StepText {
    code: &'static str,
    params: Map<String, Value>,
    text: String,
}

/// Of the room or venue that is nearer to its limit; `null` where there is no limit.
#[derive(Serialize, ToSchema)]
struct LimitsText {
    inside: u32,
    capacity: Option<u32>,
    today: u32,
    quota: Option<u32>,
}

/// The rule set that gave the status.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct RulesText {
    version: String,
    hash: String,
}

/// How a visit ended.
#[derive(Serialize, ToSchema)]
pub(super) struct CheckOutAnswer {
    #[schema(value_type = String)]
    visit: IdText,
    /// RFC 3339.
    left_at: Option<String>,
    /// `visitor`, `officer`, `elsewhere`, `closing`, `longest_stay`, `corrected`, …
    #[schema(value_type = Option<String>)]
    exit: Option<Exit>,
    /// Whether the time is an assumption.
    imputed: bool,
}

impl CheckOutAnswer {
    pub(super) fn of(state: &AppState, visit: &Visit) -> Self {
        Self {
            visit: state.ids.show(visit.id),
            left_at: visit.to.map(rfc3339),
            exit: visit.exit,
            imputed: visit.exit.is_some_and(Exit::is_imputed),
        }
    }
}

impl Telling<'_> {
    pub(super) fn scan(self, scan: &Scan) -> CheckInAnswer {
        match scan {
            Scan::Decided(answer) => self.decided(answer),
            Scan::Left {
                visit,
                at,
                plan,
                initials,
                ..
            } => {
                let text = reasons::left(self.w, *at, plan.plan.zone);
                let code = Arc::from(Reason::CheckedOut.code());
                CheckInAnswer {
                    decision: self.state.ids.show(*visit),
                    verdict: Verdict::Admit,
                    status: Colour::None,
                    reasons: vec![ReasonText {
                        code,
                        params: Map::new(),
                        text,
                    }],
                    next_step: None,
                    visit: Some(self.state.ids.show(*visit)),
                    limits: LimitsText {
                        inside: 0,
                        capacity: None,
                        today: 0,
                        quota: None,
                    },
                    word: "",
                    rules: Arc::default(),
                    initials: initials.clone(),
                    unproven: false,
                    hold_until: None,
                    left_at: Some(rfc3339(*at)),
                }
            }
        }
    }

    pub(super) fn decided(self, answer: &DoorAnswer) -> CheckInAnswer {
        let decision = &answer.decision;
        let limits = decision.limits;
        CheckInAnswer {
            decision: self.state.ids.show(decision.id),
            verdict: decision.verdict,
            status: decision
                .party
                .first()
                .map_or(Colour::None, |member| member.status.colour),
            reasons: self.reasons(answer),
            next_step: self.next_step(answer),
            visit: decision.visit().map(|visit| self.state.ids.show(visit)),
            limits: LimitsText {
                inside: limits.inside,
                capacity: limits.capacity,
                today: limits.today,
                quota: limits.quota,
            },
            word: answer.word,
            rules: Arc::clone(&answer.rules),
            initials: answer.initials.clone(),
            unproven: decision.unproven,
            hold_until: decision.hold_until.map(rfc3339),
            left_at: None,
        }
    }

    fn reasons(self, answer: &DoorAnswer) -> Vec<ReasonText> {
        let here = reasons::here(answer);
        let texts = answer.reasons.iter().map(|said| {
            let mut params = Map::new();
            if let Some(initials) = &said.initials {
                params.insert("initials".into(), json!(&**initials));
            }
            match said.reason {
                Reason::Closed { opens } | Reason::QuotaReached { opens, .. } => {
                    params.insert("opens".into(), json!(opens.map(rfc3339)));
                }
                _ => {}
            }
            if let Reason::Full { scope } | Reason::QuotaReached { scope, .. } = said.reason {
                params.insert("scope".into(), json!(scope));
            }
            let text = reasons::sentence(self.w, said, here);
            ReasonText {
                code: Arc::clone(&said.code),
                params,
                text,
            }
        });
        texts.collect()
    }

    fn next_step(self, answer: &DoorAnswer) -> Option<StepText> {
        let step = answer.next_step.as_ref()?;
        let said = reasons::next_step(self.w, answer)?;
        let mut params = Map::new();
        params.insert("what".into(), json!(said.what));
        params.insert("details".into(), json!(said.details));
        let others = reasons::others(step).iter().map(|place| {
            json!({
                "venue": self.state.ids.show(place.listing.venue),
                "name": place.listing.name.as_str(),
                "free": place.free,
                "distance_km": place.distance_km,
            })
        });
        params.insert("places".into(), others.collect());
        let text = said.in_one_line();
        Some(StepText {
            code: reasons::step_code(step),
            params,
            text,
        })
    }
}
