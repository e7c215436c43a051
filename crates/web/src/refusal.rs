//! What a use case refuses, as a problem: its code stays, its words come from the catalogue.

use axum::http::StatusCode;
use gapura_app::AppError;
use gapura_app::error::Fault;
use gapura_store::StoreError;
use serde_json::{Value, json};

use crate::problem::Problem;
use crate::words::Words;

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        match error {
            AppError::NotSignedIn => Self::unauthenticated(),
            AppError::NotAllowed => Self::forbidden(),
            AppError::NotFound => Self::not_found(),
            AppError::Faults(faults) => Self::faults(&faults),
            AppError::NotNow(code) => not_now(code),
            AppError::TooMany { retry_after_s } => Self::too_many(retry_after_s),
            AppError::Store(error) => store(&error),
        }
    }
}

fn store(error: &StoreError) -> Problem {
    match error {
        StoreError::Conflict(what) => {
            tracing::warn!(what, "the store refused a conflict");
            Problem::new(StatusCode::CONFLICT, "conflict", Words::api_conflict_title)
                .because(|w| w.api_conflict_detail().to_owned())
        }
        StoreError::Unavailable(why) => {
            tracing::warn!(why, "the store is not available");
            Problem::unavailable()
        }
        StoreError::Other(cause) => {
            tracing::error!(%cause, "the store failed");
            Problem::broken()
        }
    }
}

impl Problem {
    /// Fields with faults: a program gets each with its code, a person reads how many there are.
    #[must_use]
    pub fn faults(faults: &[Fault]) -> Self {
        let count = faults.len();
        let list: Vec<Value> = faults
            .iter()
            .map(|fault| json!({"field": fault.field, "code": fault.code, "params": fault.params}))
            .collect();
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "faults",
            Words::api_faults_title,
        )
        .because(move |w| w.common_errors_title(count))
        .with("errors", list)
    }
}

/// A refusal by its code. One that has no words of its own yet is told by its code alone.
fn not_now(code: &'static str) -> Problem {
    let status = match code {
        "id_not_v7" | "id_too_old" | "id_from_future" | "party_too_large" | "not_a_companion" => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        _ => StatusCode::CONFLICT,
    };
    let (title, detail) = words(code);
    let problem = Problem::new(status, code, title);
    match detail {
        Some(detail) => problem.because(move |w| detail(w).to_owned()),
        None => problem,
    }
}

type Said = fn(Words) -> &'static str;

fn words(code: &str) -> (Said, Option<Said>) {
    match code {
        "code_unreadable" => (Words::refusal_code_unreadable, Some(Words::refusal_again)),
        "code_forged" => (
            Words::refusal_code_forged,
            Some(Words::refusal_code_forged_detail),
        ),
        "code_of_gate" => (
            Words::refusal_code_of_gate,
            Some(Words::refusal_code_of_gate_detail),
        ),
        "certificate_unknown" => (
            Words::refusal_certificate_unknown,
            Some(Words::refusal_by_hand),
        ),
        "credential_unknown" => (
            Words::refusal_credential_unknown,
            Some(Words::refusal_by_hand),
        ),
        "pass_expired" => (Words::refusal_pass_expired, Some(Words::refusal_pass_anew)),
        "pass_revoked" => (Words::refusal_pass_revoked, Some(Words::refusal_pass_anew)),
        "card_revoked" => (Words::refusal_card_revoked, Some(Words::refusal_by_hand)),
        "clock_differs" => (
            Words::refusal_clock_differs,
            Some(Words::refusal_clock_differs_detail),
        ),
        "screen_code_needed" => (
            Words::refusal_screen_code_needed,
            Some(Words::refusal_screen_code_detail),
        ),
        "screen_code_over" => (
            Words::refusal_screen_code_over,
            Some(Words::refusal_screen_code_detail),
        ),
        "not_a_companion" => (
            Words::refusal_not_a_companion,
            Some(Words::refusal_not_a_companion_detail),
        ),
        "party_too_large" => (
            Words::refusal_party_too_large,
            Some(Words::refusal_party_too_large_detail),
        ),
        "decision_over" => (
            Words::refusal_decision_over,
            Some(Words::refusal_decision_over_detail),
        ),
        "id_reused" => (Words::refusal_id_reused, Some(Words::refusal_id_new)),
        "id_not_v7" => (Words::refusal_id_not_v7, Some(Words::refusal_id_new)),
        "id_too_old" => (Words::refusal_id_too_old, Some(Words::refusal_id_new)),
        "id_from_future" => (
            Words::refusal_id_from_future,
            Some(Words::refusal_clock_differs_detail),
        ),
        _ => (Words::refusal_other, None),
    }
}
