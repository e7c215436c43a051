//! The gates of a place: what hangs at them, what stands at them, and giving a gate a new code.

use askama::Template;
use axum::response::Response;
use gapura_app::AppError;
use gapura_domain::ids::{GateId, RoomId, VenueId};
use gapura_domain::venue::{Gate, Venue};
use gapura_store::venues::Device;

use crate::format;
use crate::ids::{PathId, PathIds};
use crate::page::{Desk, Frame, html};
use crate::problem::Problem;
use crate::staff::office::{Office, address};
use crate::staff::outcome::{Ask, Done};
use crate::venue::head::{self, PlaceHead, Section};
use crate::words::Words;

#[derive(Template)]
#[template(path = "venue/gates.html")]
struct Gates {
    frame: Frame,
    w: Words,
    desk: Desk,
    place: PlaceHead,
    can_change: bool,
    rooms: Vec<RoomGates>,
    devices: Vec<DeviceRow>,
}

struct RoomGates {
    name: String,
    gates: Vec<GateRow>,
}

struct GateRow {
    name: String,
    code: String,
    word: &'static str,
    devices: String,
    poster: String,
    poster_label: String,
    enrol: String,
    enrol_label: String,
    reissue: String,
    reissue_label: String,
}

struct DeviceRow {
    name: String,
    gate: String,
    since: String,
    kind: &'static str,
    state: String,
    revoke: String,
    revoke_label: String,
}

pub(super) async fn page(office: Office, PathId(id): PathId<VenueId>) -> Result<Response, Problem> {
    let venue = head::venue(&office, id).await?;
    let devices = office.state.app.devices(&office.by, id).await?;
    let can_change = office
        .may(gapura_domain::role::Role::VenueManager, venue.organisation)
        .await?;
    let mut rooms = Vec::with_capacity(venue.rooms.len());
    for room in &venue.rooms {
        rooms.push(RoomGates {
            name: room.name.to_string(),
            gates: gates_of(&office, &venue, room.id, &devices).await?,
        });
    }
    let page = Gates {
        place: PlaceHead::of(&office, &venue, Section::Gates).await?,
        devices: devices
            .iter()
            .map(|device| device_row(&office, &venue, device, can_change))
            .collect(),
        can_change,
        rooms,
        frame: office.frame,
        w: office.w,
        desk: office.desk,
    };
    Ok(html(&page))
}

async fn gates_of(
    office: &Office,
    venue: &Venue,
    room: RoomId,
    devices: &[Device],
) -> Result<Vec<GateRow>, Problem> {
    let base = head::base_of(office, venue.id);
    let w = office.w;
    let mut rows = Vec::new();
    for gate in venue.gates.iter().filter(|gate| gate.room == room) {
        let plan = office
            .state
            .app
            .door_plan(gate.id)
            .await?
            .ok_or_else(Problem::not_found)?;
        let id = office.id(gate.id);
        let here = devices
            .iter()
            .filter(|device| device.gate == gate.id && device.revoked_at.is_none());
        let names: Vec<&str> = here.map(|device| device.name.as_str()).collect();
        rows.push(GateRow {
            name: gate.name.to_string(),
            code: plan.code.grouped(),
            word: plan.check_word,
            devices: names.join(", "),
            poster: address(&format!("{base}/poster.pdf"), &[("gate", &id)]),
            poster_label: w.venue_gates_poster_of(&gate.name),
            enrol: format!("{base}/gates/{id}/enrol"),
            enrol_label: w.venue_devices_enrol_at(&gate.name),
            reissue: format!("{base}/gates/{id}/reissue"),
            reissue_label: w.venue_gates_reissue_of(&gate.name),
        });
    }
    Ok(rows)
}

fn device_row(office: &Office, venue: &Venue, device: &Device, can_change: bool) -> DeviceRow {
    let w = office.w;
    let zone = venue.spec.district.zone();
    let date = |time| format::date(w, format::local(time, zone).date());
    let gate = venue.gates.iter().find(|gate| gate.id == device.gate);
    let (kind, state) = match device.revoked_at {
        Some(at) => ("none", w.venue_devices_revoked(date(at))),
        None => ("admit", w.venue_devices_active().to_owned()),
    };
    let is_open = device.revoked_at.is_none() && can_change;
    DeviceRow {
        name: device.name.to_string(),
        gate: gate.map(|gate| gate.name.to_string()).unwrap_or_default(),
        since: date(device.enrolled_at),
        kind,
        state,
        revoke: if is_open {
            let id = office.state.ids.show(device.id);
            format!("{}/devices/{id}/revoke", head::base_of(office, venue.id))
        } else {
            String::new()
        },
        revoke_label: w.venue_devices_revoke_of(&device.name),
    }
}

/// A gate of a place, for its managers.
pub(super) async fn gate_of(
    office: &Office,
    venue: VenueId,
    gate: GateId,
) -> Result<(Venue, Gate), Problem> {
    let venue = head::managed(office, venue).await?;
    let gate = venue.gates.iter().find(|known| known.id == gate).cloned();
    gate.map(|gate| (venue, gate))
        .ok_or_else(Problem::not_found)
}

pub(super) async fn ask_reissue(
    office: Office,
    PathIds(venue, gate): PathIds<VenueId, GateId>,
) -> Result<Response, Problem> {
    let (venue, gate) = gate_of(&office, venue, gate).await?;
    let plan = office
        .state
        .app
        .door_plan(gate.id)
        .await?
        .ok_or_else(Problem::not_found)?;
    let w = office.w;
    let back = format!("{}/gates", head::base_of(&office, venue.id));
    Ok(Ask::at(&office, w.venue_reissue_title(&gate.name))
        .saying(w.venue_reissue_text(plan.code.grouped()))
        .saying(w.venue_reissue_why())
        .choose(w.venue_reissue_send(), w.venue_reissue_cancel(), back))
}

pub(super) async fn reissue(
    office: Office,
    PathIds(venue, gate): PathIds<VenueId, GateId>,
) -> Result<Response, Problem> {
    let (venue, gate) = gate_of(&office, venue, gate).await?;
    let code = office
        .state
        .app
        .reissue_gate_code(&office.by, gate.id)
        .await?;
    let w = office.w;
    let base = head::base_of(&office, venue.id);
    let poster = address(
        &format!("{base}/poster.pdf"),
        &[("gate", &office.id(gate.id))],
    );
    Ok(Done::at(
        &office,
        w.venue_reissue_done_title(&gate.name),
        code.grouped(),
    )
    .saying(w.venue_reissue_done_text())
    .then(poster, w.venue_reissue_done_print())
    .then(format!("{base}/gates"), w.venue_devices_back())
    .shown())
}

pub(super) async fn ask_revoke(
    office: Office,
    PathIds(venue, device): PathIds<VenueId, gapura_domain::ids::DeviceId>,
) -> Result<Response, Problem> {
    let (venue, device, gate) = device_of(&office, venue, device).await?;
    let w = office.w;
    let back = format!("{}/gates", head::base_of(&office, venue.id));
    let (send, cancel) = (
        w.venue_devices_revoke_send(),
        w.venue_devices_revoke_cancel(),
    );
    Ok(Ask::at(&office, w.venue_devices_revoke_title(&device.name))
        .saying(w.venue_devices_revoke_text(gate))
        .choose(send, cancel, back))
}

pub(super) async fn revoke(
    office: Office,
    PathIds(venue, device): PathIds<VenueId, gapura_domain::ids::DeviceId>,
) -> Result<Response, Problem> {
    let (venue, device, _) = device_of(&office, venue, device).await?;
    office
        .state
        .app
        .revoke_device(&office.by, venue.id, device.id)
        .await?;
    let w = office.w;
    let back = format!("{}/gates#devices", head::base_of(&office, venue.id));
    Ok(Done::at(
        &office,
        w.venue_devices_revoke_done(&device.name),
        office.reference(device.id),
    )
    .then(back, w.venue_devices_back())
    .shown())
}

async fn device_of(
    office: &Office,
    venue: VenueId,
    device: gapura_domain::ids::DeviceId,
) -> Result<(Venue, Device, String), Problem> {
    let venue = head::managed(office, venue).await?;
    let devices = office
        .state
        .app
        .store
        .devices(venue.id)
        .await
        .map_err(AppError::from)?;
    let device = devices.into_iter().find(|known| known.id == device);
    let device = device.ok_or_else(Problem::not_found)?;
    let gate = venue.gates.iter().find(|gate| gate.id == device.gate);
    let gate = gate.map(|gate| gate.name.to_string()).unwrap_or_default();
    Ok((venue, device, gate))
}
