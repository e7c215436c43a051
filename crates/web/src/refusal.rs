//! What a use case refuses, as a problem: its code stays, its words come from the catalogue.

use axum::http::StatusCode;
use gapura_app::AppError;
use gapura_app::error::Fault;
use gapura_store::StoreError;
use serde_json::{Value, json};

use crate::problem::Problem;
use crate::request_number::number;
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
    let request = number().map(tracing::field::display);
    match error {
        StoreError::Conflict(what) => {
            tracing::warn!(what, request, "the store refused a conflict");
            Problem::new(StatusCode::CONFLICT, "conflict", Words::api_conflict_title)
                .because(|w| w.api_conflict_detail().to_owned())
        }
        StoreError::Unavailable(why) => {
            tracing::warn!(why, request, "the store is not available");
            Problem::unavailable()
        }
        StoreError::Other(cause) => {
            tracing::error!(%cause, request, "the store failed");
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
        "id_not_v7" | "id_too_old" | "id_from_future" | "party_too_large" | "not_a_companion"
        | "batch_too_large" => StatusCode::UNPROCESSABLE_ENTITY,
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

/// Code, what is the matter, and what helps.
#[rustfmt::skip]
const SAID: &[(&str, Said, Option<Said>)] = &[
    ("code_unreadable", Words::refusal_code_unreadable, Some(Words::refusal_again)),
    ("code_forged", Words::refusal_code_forged, Some(Words::refusal_code_forged_detail)),
    ("code_of_gate", Words::refusal_code_of_gate, Some(Words::refusal_code_of_gate_detail)),
    ("code_replaced", Words::refusal_code_replaced, Some(Words::refusal_code_replaced_detail)),
    ("certificate_unknown", Words::refusal_certificate_unknown, Some(Words::refusal_by_hand)),
    ("credential_unknown", Words::refusal_credential_unknown, Some(Words::refusal_by_hand)),
    ("pass_expired", Words::refusal_pass_expired, Some(Words::refusal_pass_anew)),
    ("pass_revoked", Words::refusal_pass_revoked, Some(Words::refusal_pass_anew)),
    ("card_revoked", Words::refusal_card_revoked, Some(Words::refusal_by_hand)),
    ("clock_differs", Words::refusal_clock_differs, Some(Words::refusal_clock_differs_detail)),
    ("screen_code_needed", Words::refusal_screen_code_needed, Some(Words::refusal_screen_code_detail)),
    ("screen_code_over", Words::refusal_screen_code_over, Some(Words::refusal_screen_code_detail)),
    ("not_a_companion", Words::refusal_not_a_companion, Some(Words::refusal_not_a_companion_detail)),
    ("party_too_large", Words::refusal_party_too_large, Some(Words::refusal_party_too_large_detail)),
    ("batch_too_large", Words::refusal_batch_too_large, Some(Words::refusal_batch_too_large_detail)),
    ("not_inside", Words::refusal_not_inside, Some(Words::refusal_not_inside_detail)),
    ("decision_over", Words::refusal_decision_over, Some(Words::refusal_decision_over_detail)),
    ("id_reused", Words::refusal_id_reused, Some(Words::refusal_id_new)),
    ("id_not_v7", Words::refusal_id_not_v7, Some(Words::refusal_id_new)),
    ("id_too_old", Words::refusal_id_too_old, Some(Words::refusal_id_new)),
    ("id_from_future", Words::refusal_id_from_future, Some(Words::refusal_clock_differs_detail)),
    ("try_again", Words::refusal_try_again, Some(Words::refusal_try_again_detail)),
    ("companions_full", Words::visitor_companion_full, None),
    ("is_companion", Words::visitor_companion_is_companion, None),
    ("verified", Words::visitor_profile_verified, None),
    ("contact_taken", Words::refusal_contact_taken, Some(Words::refusal_contact_taken_detail)),
    ("login_taken", Words::refusal_login_taken, Some(Words::refusal_login_taken_detail)),
    ("application_not_submitted", Words::refusal_application_decided, Some(Words::refusal_changed_detail)),
    ("application_not_returned", Words::refusal_application_decided, Some(Words::refusal_changed_detail)),
    ("changed_meanwhile", Words::refusal_changed, Some(Words::refusal_changed_detail)),
    ("device_revoked", Words::refusal_device_revoked, Some(Words::refusal_changed_detail)),
    ("enrolment_code", Words::refusal_enrolment_code, Some(Words::refusal_enrolment_code_detail)),
    ("public_url", Words::refusal_public_url, Some(Words::refusal_public_url_detail)),
    ("too_many_venues", Words::refusal_too_many_venues, Some(Words::refusal_too_many_venues_detail)),
    ("import_stopped", Words::refusal_import_stopped, Some(Words::refusal_import_stopped_detail)),
    ("table_unreadable", Words::refusal_table_unreadable, Some(Words::refusal_table_unreadable_detail)),
];

fn words(code: &str) -> (Said, Option<Said>) {
    let found = SAID.iter().find(|(known, ..)| *known == code);
    found.map_or((Words::refusal_other, None), |(_, title, detail)| {
        (*title, *detail)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::words;
    use crate::lang::Lang;

    /// Codes that a use case puts together elsewhere than in the call itself.
    const OTHERS: [&str; 3] = ["pass_expired", "clock_differs", "code_forged"];

    /// Every code after `NotNow(` in the use cases.
    fn codes(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).expect("the use cases are there") {
            let path = entry.expect("a readable folder").path();
            if path.is_dir() {
                codes(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(path).expect("a readable file");
                for piece in text.split("NotNow(").skip(1) {
                    let code = piece
                        .trim_start()
                        .strip_prefix('"')
                        .and_then(|code| code.split('"').next());
                    found.extend(code.map(str::to_owned));
                }
            }
        }
    }

    #[test]
    fn every_refusal_of_a_use_case_has_its_words() {
        let mut found = BTreeSet::from(OTHERS.map(str::to_owned));
        let ours = Path::new(env!("CARGO_MANIFEST_DIR"));
        for folder in ["../app/src", "src/api"] {
            codes(&ours.join(folder), &mut found);
        }
        assert!(found.len() >= 15, "{found:?}");
        let w = Lang::En.words();
        let silent: Vec<&String> = found
            .iter()
            .filter(|code| words(code).0(w) == w.refusal_other())
            .collect();
        assert!(silent.is_empty(), "no words for {silent:?}");
    }
}
