//! Applying for places and deciding about it, for programs of organisations and authorities.

use axum::extract::State;
use gapura_app::applications::ApplicationRow;
use gapura_app::error::Fault;
use gapura_app::venue_form::VenueForm;
use gapura_domain::ids::{ApplicationId, OrganisationId};
use gapura_domain::role::Role;
use gapura_domain::venue::ApplicationState;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::params::Params;
use crate::access::Access;
use crate::caller::StaffUser;
use crate::ids::{After, IdText, PathId};
use crate::json::Json;
use crate::operation::Operation;
use crate::problem::Problem;
use crate::state::AppState;
use crate::table::{Route, get, post};

const APPLICANTS: Access = Access::staff(&[Role::VenueManager, Role::Authority]);
const AUTHORITY: Access = Access::staff(&[Role::Authority]);
/// A list of a thousand places is taken at once.
const LIST_BYTES_MAX: usize = 2 * 1024 * 1024;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/venues/applications", APPLICANTS, list).describe(
            Operation::answering::<ListAnswer>(
                "Applications that are yours to decide or to mend, oldest first.",
            )
            .query(
                "role",
                "`authority` or `venue_manager`: as what you look at them.",
            )
            .query("state", "Only `submitted`, `returned` or `approved`.")
            .query("limit", "Applications on a page, 1 to 200; 50 if left out.")
            .query("cursor", "`next` of the page before.")
            .refusing(&[(422, "wrong_parameter")]),
        ),
        post("/api/v1/venues/applications", APPLICANTS, apply)
            .describe(
                Operation::answering::<AppliedAnswer>(
                    "Applies for one place or many: all of them, or none.",
                )
                .taking::<ApplyBody>()
                .refusing(&[(404, "not_found"), (422, "faults")]),
            )
            .upload(LIST_BYTES_MAX),
        post(
            "/api/v1/venues/applications/{application}/approve",
            AUTHORITY,
            approve,
        )
        .describe(
            Operation::answering::<ApprovedAnswer>(
                "Approves an application: the venue, its rooms and gates exist.",
            )
            .refusing(&[(404, "not_found"), (409, "application_not_submitted")]),
        ),
        post(
            "/api/v1/venues/applications/{application}/return",
            AUTHORITY,
            send_back,
        )
        .describe(
            Operation::answering::<ReturnedAnswer>("Sends an application back with what to mend.")
                .taking::<ReturnBody>()
                .refusing(&[
                    (404, "not_found"),
                    (409, "application_not_submitted"),
                    (422, "faults"),
                ]),
        ),
    ]
}

#[derive(Serialize, ToSchema)]
struct ListAnswer {
    applications: Vec<ApplicationText>,
    /// `cursor` of the next page, if there is one.
    #[schema(value_type = Option<String>)]
    next: Option<IdText>,
}

#[derive(Serialize, ToSchema)]
struct ApplicationText {
    #[schema(value_type = String)]
    application: IdText,
    #[schema(value_type = String)]
    organisation: IdText,
    /// From the owner upwards.
    owner: Vec<String>,
    /// `submitted`, `returned` or `approved`.
    state: &'static str,
    submitted_at: String,
    /// What to mend, of one that was returned.
    reasons: Option<String>,
    /// Of one that was approved.
    #[schema(value_type = Option<String>)]
    venue: Option<IdText>,
    name: String,
    category: &'static str,
    address: String,
    district: String,
    rooms: usize,
    gates: usize,
    warnings: Vec<FaultText>,
}

/// What is wrong or unusual at a field.
#[derive(Serialize, ToSchema)]
struct FaultText {
    field: String,
    code: &'static str,
}

impl From<&Fault> for FaultText {
    fn from(fault: &Fault) -> Self {
        Self {
            field: fault.field.clone(),
            code: fault.code,
        }
    }
}

/// The places as they would be typed into the form: texts, with hours as `Sen-Jum 08.00-15.00`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ApplyBody {
    /// The owner; your own organisation if left out.
    organisation: Option<String>,
    /// One place or many.
    #[schema(value_type = Vec<Object>)]
    venues: Vec<VenueForm>,
}

#[derive(Serialize, ToSchema)]
struct AppliedAnswer {
    /// In the order of the places.
    #[schema(value_type = Vec<String>)]
    applications: Vec<IdText>,
}

#[derive(Serialize, ToSchema)]
struct ApprovedAnswer {
    #[schema(value_type = String)]
    venue: IdText,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReturnBody {
    /// What to mend, 3 to 1000 characters.
    reasons: String,
}

#[derive(Serialize, ToSchema)]
struct ReturnedAnswer {
    #[schema(value_type = String)]
    application: IdText,
}

async fn list(
    State(state): State<AppState>,
    staff: StaffUser,
    params: Params,
) -> Result<Json<ListAnswer>, Problem> {
    let role = params.read("role", "authority or venue_manager", Role::from_name)?;
    let usual = if staff.principal.has(Role::Authority) {
        Role::Authority
    } else {
        Role::VenueManager
    };
    let cursor = params.cursor(&state)?;
    let (role, only) = (role.unwrap_or(usual), params.text("state"));
    let page = state.app.applications(&staff.principal, role, only, cursor);
    let page = page.await?;
    Ok(Json(ListAnswer {
        applications: page.rows.iter().map(|row| text(&state, row)).collect(),
        next: page.next.map(|next| state.ids.show(After(next))),
    }))
}

fn text(state: &AppState, row: &ApplicationRow) -> ApplicationText {
    let application = &row.application;
    let spec = &application.spec;
    let (reasons, venue) = match &application.state {
        ApplicationState::Submitted => (None, None),
        ApplicationState::Returned { reasons, .. } => (Some(reasons.clone()), None),
        ApplicationState::Approved { venue, .. } => (None, Some(state.ids.show(*venue))),
    };
    ApplicationText {
        application: state.ids.show(application.id),
        organisation: state.ids.show(application.organisation),
        owner: row.owner.iter().map(ToString::to_string).collect(),
        state: application.state.name(),
        submitted_at: super::rfc3339(application.submitted_at),
        reasons,
        venue,
        name: spec.name.to_string(),
        category: spec.category.name(),
        address: spec.address.to_string(),
        district: spec.district.to_string(),
        rooms: spec.rooms.len(),
        gates: spec.rooms.iter().map(|room| room.gates.len()).sum(),
        warnings: row.warnings.iter().map(FaultText::from).collect(),
    }
}

async fn apply(
    State(state): State<AppState>,
    staff: StaffUser,
    Json(body): Json<ApplyBody>,
) -> Result<Json<AppliedAnswer>, Problem> {
    let organisation = match &body.organisation {
        Some(text) => state.ids.read(text),
        None => own_organisation(&staff),
    };
    let organisation = organisation.ok_or_else(Problem::not_found)?;
    if body.venues.is_empty() {
        return Err(Problem::faults(&[Fault::new("venues", "missing")]));
    }
    let app = &state.app;
    let ids = app.apply_many(&staff.principal, organisation, &body.venues);
    let ids = ids.await?;
    Ok(Json(AppliedAnswer {
        applications: ids.into_iter().map(|id| state.ids.show(id)).collect(),
    }))
}

/// The organisation of a manager who looks after one branch alone.
fn own_organisation(staff: &StaffUser) -> Option<OrganisationId> {
    let mut branches = staff
        .principal
        .grants
        .iter()
        .filter_map(|grant| grant.branch);
    let first = branches.next()?;
    branches.all(|other| other == first).then_some(first)
}

async fn approve(
    State(state): State<AppState>,
    staff: StaffUser,
    PathId(application): PathId<ApplicationId>,
) -> Result<Json<ApprovedAnswer>, Problem> {
    let venue = state.app.approve(&staff.principal, application).await?;
    Ok(Json(ApprovedAnswer {
        venue: state.ids.show(venue),
    }))
}

async fn send_back(
    State(state): State<AppState>,
    staff: StaffUser,
    PathId(application): PathId<ApplicationId>,
    Json(body): Json<ReturnBody>,
) -> Result<Json<ReturnedAnswer>, Problem> {
    let app = &state.app;
    app.return_application(&staff.principal, application, &body.reasons)
        .await?;
    Ok(Json(ReturnedAnswer {
        application: state.ids.show(application),
    }))
}
