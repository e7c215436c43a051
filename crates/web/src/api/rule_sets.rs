//! The rule sets that give colours: the one in force, and those before it, so that what a verdict meant stays known.

use axum::extract::State;
use data_encoding::HEXLOWER;
use gapura_app::AppError;
use gapura_store::rules::StoredRules;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::access::Access;
use crate::ids::IdText;
use crate::json::Json;
use crate::operation::Operation;
use crate::problem::Problem;
use crate::state::AppState;
use crate::table::{Route, get};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/rule-sets", Access::PUBLIC, list).describe(Operation::answering::<
            RuleSetsAnswer,
        >(
            "All rule sets that were ever in force here, oldest first. Rules are no secret.",
        )),
    ]
}

#[derive(Serialize, ToSchema)]
struct RuleSetsAnswer {
    rule_sets: Vec<RuleSetText>,
}

#[derive(Serialize, ToSchema)]
struct RuleSetText {
    #[schema(value_type = String)]
    rule_set: IdText,
    /// As verdicts name it.
    version: String,
    /// SHA-256 of the document, in hexadecimal digits.
    hash: String,
    first_used: String,
    in_force: bool,
    /// The rules: colours in order, each with a condition in `CertLogic` and the code of a reason.
    #[schema(value_type = Object)]
    document: Value,
}

async fn list(State(state): State<AppState>) -> Result<Json<RuleSetsAnswer>, Problem> {
    let stored = state.app.store.all_rules().await.map_err(AppError::from)?;
    let rule_sets = stored.iter().map(|rules| text(&state, rules)).collect();
    Ok(Json(RuleSetsAnswer { rule_sets }))
}

fn text(state: &AppState, rules: &StoredRules) -> RuleSetText {
    RuleSetText {
        rule_set: state.ids.show(rules.id),
        version: rules.version.clone(),
        hash: HEXLOWER.encode(&rules.hash),
        first_used: super::rfc3339(rules.first_used),
        in_force: rules.id == state.app.rules.id,
        document: serde_json::from_str(&rules.document).unwrap_or_default(),
    }
}
