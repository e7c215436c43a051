//! The officer at a gate's device: the waiting screen, verdicts, and what is written by hand.
//!
//! With scripts the screen never goes away: `ui/src/gate.ts` hands scans in and lays verdicts over it. Without, every
//! form leads to a page of its own and back. Initials are all that is ever shown of a person.

mod by_hand;
mod decision;
mod enrol;
mod inside;
mod screen;
mod stream;

use std::sync::Arc;

use gapura_app::App;
use gapura_app::door_plan::GatePlan;
use gapura_domain::ids::RequestId;
use gapura_domain::time::Time;

use crate::access::Access;
use crate::caller::DeviceUser;
use crate::format;
use crate::forms::Form;
use crate::problem::Problem;
use crate::table::{Route, get, post};

/// The rows of this folder.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        get("/gate", Access::PUBLIC.or(Access::DEVICE), screen::page),
        post("/gate/daftar", Access::PUBLIC, enrol::enrol),
        get("/gate/terdaftar", Access::DEVICE, enrol::done),
        get("/gate/stream", Access::DEVICE, stream::stream),
        post("/gate/periksa", Access::DEVICE, screen::typed),
        get("/gate/putusan/{decision}", Access::DEVICE, decision::page),
        post(
            "/gate/putusan/{decision}",
            Access::DEVICE,
            decision::resolve,
        ),
        get(
            "/gate/putusan/{decision}/izinkan",
            Access::DEVICE,
            decision::by_name_page,
        ),
        post(
            "/gate/putusan/{decision}/izinkan",
            Access::DEVICE,
            decision::by_name,
        ),
        get("/gate/keluar/{visit}", Access::DEVICE, decision::left),
        get("/gate/tanpa-kode", Access::DEVICE, by_hand::page),
        post("/gate/tanpa-kode", Access::DEVICE, by_hand::enter),
        get("/gate/di-dalam", Access::DEVICE, inside::page),
        post("/gate/di-dalam", Access::DEVICE, inside::check_out),
    ]
}

/// What stands at the top of the officer's pages.
struct Door {
    place: String,
    name: String,
    clock: String,
    offset_minutes: i32,
    now: i64,
}

impl Door {
    fn of(plan: &GatePlan, now: Time) -> Self {
        let zone = plan.plan.zone;
        Self {
            place: plan.venue_name.as_str().to_owned(),
            name: plan.gate_name.as_str().to_owned(),
            clock: format::clock(&format::local(now, zone)),
            offset_minutes: i32::from(zone.offset_hours()) * 60,
            now: now.0,
        }
    }
}

/// The plan of a device's gate.
async fn plan_of(app: &App, device: DeviceUser) -> Result<Arc<GatePlan>, Problem> {
    let plan = app.door_plan(device.gate).await?;
    plan.ok_or_else(Problem::not_found)
}

/// The hour and minute of a moment at the gate, as lists show it.
fn hour(moment: Time, plan: &GatePlan) -> String {
    format::hour(format::local(moment, plan.plan.zone).time())
}

/// A new id for a form, so that what is sent twice is answered once. RFC 9562, section 5.7.
fn fresh_request(app: &App) -> String {
    let mut bytes: [u8; 16] = app.random();
    let ms = u64::try_from(app.now().0).unwrap_or(0) * 1000;
    bytes[..6].copy_from_slice(&ms.to_be_bytes()[2..]);
    bytes[6] = 0x70 | (bytes[6] & 0x0f);
    bytes[8] = 0x80 | (bytes[8] & 0x3f);
    uuid::Uuid::from_bytes(bytes).to_string()
}

/// The id that a form carries; a new one where it carries none.
fn request_of(app: &App, form: &Form) -> RequestId {
    let sent = uuid::Uuid::try_parse(form.text("id")).ok();
    let id = sent.or_else(|| uuid::Uuid::try_parse(&fresh_request(app)).ok());
    RequestId(id.unwrap_or_default().into_bytes())
}

/// The usual reason that was chosen, or the one in the officer's own words.
fn reason_of(form: &Form) -> &str {
    match form.text("reason") {
        "" => form.text("note"),
        chosen => chosen,
    }
}

/// A value in the query of a page's own address.
fn param<'a>(here: &'a str, name: &str) -> Option<&'a str> {
    let (_, query) = here.split_once('?')?;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .find(|(said, _)| *said == name)
        .map(|(_, value)| value)
}

/// To another page, by `GET`.
fn to(address: &str) -> axum::response::Response {
    use axum::response::IntoResponse;
    axum::response::Redirect::to(address).into_response()
}
