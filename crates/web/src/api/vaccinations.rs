//! Doses as booths record them.

use axum::extract::State;
use gapura_app::error::Fault;
use gapura_app::record_facts::{Recorded, record_dose};
use gapura_app::staff::By;
use gapura_app::typed;
use gapura_domain::ids::PersonId;
use gapura_domain::role::Role;
use gapura_domain::status::Dose;
use gapura_domain::time::Zone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::request_id::ClientId;
use crate::access::Access;
use crate::caller::StaffUser;
use crate::ids::PathId;
use crate::json::Json;
use crate::operation::Operation;
use crate::problem::Problem;
use crate::state::AppState;
use crate::table::{Route, post};

const BOOTH: Access = Access::staff(&[Role::Booth, Role::Authority]);

pub(super) fn routes() -> Vec<Route> {
    let about = Operation::answering::<DoseAnswer>(
        "Records a dose; the person's status turns with it, at the next scan.",
    );
    vec![
        post("/api/v1/persons/{person}/vaccinations", BOOTH, record).describe(
            about.taking::<DoseBody>().refusing(&[
                (404, "not_found"),
                (409, "id_reused"),
                (422, "faults"),
            ]),
        ),
    ]
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DoseBody {
    /// The client's `UUIDv7`; a second delivery records nothing more.
    #[schema(value_type = String)]
    id: ClientId,
    /// The local day, `2026-11-22`; today if left out.
    #[serde(default)]
    date: String,
    /// Product code, as `CoronaVac`.
    product: String,
    /// Which of the person's series, from 1.
    number: u8,
    /// Batch, if known.
    #[serde(default)]
    batch: String,
}

#[derive(Serialize, ToSchema)]
struct DoseAnswer {
    /// Whether it was recorded now; false if it was on record before.
    recorded: bool,
}

async fn record(
    State(state): State<AppState>,
    staff: StaffUser,
    PathId(person): PathId<PersonId>,
    Json(body): Json<DoseBody>,
) -> Result<Json<DoseAnswer>, Problem> {
    let date = match body.date.trim() {
        "" => Zone::Wib.day_of(state.app.now()).date(),
        text => typed::date(text).ok_or_else(|| Problem::faults(&[Fault::new("date", "date")]))?,
    };
    let dose = Dose {
        date,
        product: body.product.trim().to_owned(),
        number: body.number,
        batch: Some(body.batch.trim().to_owned()).filter(|batch| !batch.is_empty()),
    };
    let by = By::Staff(&staff.principal);
    let recorded = record_dose(&state.app, by, person, body.id.0, dose).await?;
    Ok(Json(DoseAnswer {
        recorded: recorded == Recorded::New,
    }))
}
