//! The demo's places: the two lists that ship, handed in by their managers and approved by the authority
//! as anybody's would be, with devices at some gates.

use super::staff::Staff;
use super::{DemoDevice, Outside};
use crate::crowd::client;
use gapura_app::edit_venue::form_of;
use gapura_app::error::Result;
use gapura_app::staff::Principal;
use gapura_app::venue_form::{RoomForm, VenueForm};
use gapura_app::{App, AppError};
use gapura_domain::ids::{ApplicationId, OrganisationId};
use gapura_domain::role::Role;
use gapura_domain::venue::Venue;
use gapura_store::Cursor;
use gapura_store::venues::VenueFilter;

/// A list that ships, and the organisation whose manager hands it in.
pub(super) struct List {
    pub(super) owner: &'static str,
    pub(super) login: &'static str,
    pub(super) manager: &'static str,
    bytes: &'static [u8],
}

pub(super) const LISTS: [List; 2] = [
    List {
        owner: "Polda Jawa Timur",
        login: "pengelola.malang@demo.example",
        manager: "Pengelola Malang",
        bytes: include_bytes!("../../../../examples/malang.csv"),
    },
    List {
        owner: "Polda Sumatera Selatan",
        login: "pengelola.sumsel@demo.example",
        manager: "Pengelola Sumatera Selatan",
        bytes: include_bytes!("../../../../examples/sumsel.csv"),
    },
];

/// Places with a device at every gate. They are open day and night, so that the demo can be tried
/// after office hours too; all others keep the hours of their list.
const WITH_DEVICES: [&str; 5] = [
    "Polsek Klojen",
    "SPKT Polresta Malang Kota",
    "Satpas SIM Polresta Malang Kota",
    "Samsat Malang Kota",
    "Ditlantas Polda Sumatera Selatan",
];

/// A small place of its own, where reaching the limit takes a minute.
const SMALL: &str = "Pojok Baca Klojen";

/// Hands the lists in, approves them, and leaves the authority something to decide.
pub(super) async fn open(app: &App, staff: &Staff) -> Result<()> {
    for (list, manager) in LISTS.iter().zip(&staff.managers) {
        let under = Some(manager.organisation);
        let ids = app
            .apply_list(&manager.principal, under, list.bytes)
            .await?;
        approve(app, &staff.authority, &ids).await?;
    }
    for venue in venues(app).await? {
        if WITH_DEVICES.contains(&venue.spec.name.as_str()) {
            keep_open(app, staff, &venue).await?;
        }
    }
    leave_in_queue(app, staff).await
}

async fn approve(app: &App, by: &Principal, ids: &[ApplicationId]) -> Result<()> {
    for (_, approved) in app.approve_many(by, ids).await {
        approved?;
    }
    Ok(())
}

async fn keep_open(app: &App, staff: &Staff, venue: &Venue) -> Result<()> {
    let by = manager_of(app, staff, venue.organisation).await?;
    let form = VenueForm {
        hours: "24 jam".to_owned(),
        closures: String::new(),
        ..form_of(venue)
    };
    app.edit_venue(by, venue.id, venue.version, &form).await?;
    Ok(())
}

/// The manager in whose branch an organisation lies.
async fn manager_of<'s>(
    app: &App,
    staff: &'s Staff,
    organisation: OrganisationId,
) -> Result<&'s Principal> {
    let lineage = app.lineage(organisation).await?;
    let mut managers = staff.managers.iter().map(|manager| &manager.principal);
    managers
        .find(|manager| manager.may(Role::VenueManager, &lineage))
        .ok_or(AppError::NotFound)
}

/// One application waits for the authority, one was sent back, and one small place is approved.
async fn leave_in_queue(app: &App, staff: &Staff) -> Result<()> {
    let Some(manager) = staff.managers.first() else {
        return Ok(());
    };
    let forms = [
        form(
            SMALL,
            "Jl. Ijen No. 12",
            ("-7.9690", "112.6220"),
            ("10", "8", "60"),
        ),
        form(
            "Pos Pelayanan Alun-Alun",
            "Jl. Merdeka Selatan",
            ("-7.9826", "112.6308"),
            ("40", "12", "120"),
        ),
        form(
            "Pos Pelayanan Stasiun",
            "Jl. Trunojoyo",
            ("-7.9775", "112.6370"),
            ("60", "90", "400"),
        ),
    ];
    let by = &manager.principal;
    let ids = app.apply_many(by, manager.organisation, &forms).await?;
    if let [small, _waits, returned] = ids[..] {
        approve(app, &staff.authority, &[small]).await?;
        let reasons = "Kapasitas 90 orang terlalu banyak untuk ruang 60 m². Mohon periksa \
                       kapasitas, lalu ajukan lagi.";
        app.return_application(&staff.authority, returned, reasons)
            .await?;
    }
    Ok(())
}

fn form(
    name: &str,
    address: &str,
    (latitude, longitude): (&str, &str),
    (floor_area_m2, capacity, quota): (&str, &str, &str),
) -> VenueForm {
    VenueForm {
        name: name.to_owned(),
        category: "public_service".to_owned(),
        address: address.to_owned(),
        district: "Klojen, Kota Malang".to_owned(),
        latitude: latitude.into(),
        longitude: longitude.into(),
        contact: "pelayanan@malang.example".to_owned(),
        hours: "24 jam".to_owned(),
        rooms: vec![RoomForm {
            name: "Ruang utama".to_owned(),
            floor_area_m2: floor_area_m2.into(),
            capacity: capacity.into(),
            quota: quota.into(),
            gates: vec!["Pintu utama".to_owned()],
        }],
        ..VenueForm::default()
    }
}

/// Enrols a device at every gate of the places that have them.
pub(super) async fn devices(
    app: &App,
    staff: &Staff,
    outside: &Outside<'_>,
) -> Result<Vec<DemoDevice>> {
    let mut devices = Vec::new();
    let venues = venues(app).await?;
    let named = |name: &&str| {
        venues
            .iter()
            .find(|venue| venue.spec.name.as_str() == *name)
    };
    for venue in [SMALL].iter().chain(&WITH_DEVICES).filter_map(named) {
        let by = manager_of(app, staff, venue.organisation).await?;
        for gate in &venue.gates {
            let room = venue.rooms.iter().find(|room| room.id == gate.room);
            let room = room.ok_or(AppError::NotFound)?;
            let code = app.begin_enrolment(by, gate.id, "Tablet demo").await?;
            let (_, token) = app
                .enrol_device(&code.expose(), client(devices.len()))
                .await?;
            devices.push(DemoDevice {
                gate: (outside.gate)(gate.id),
                gate_name: format!("{}, {}", gate.name, room.name),
                code: gate.code.clone(),
                venue: (outside.venue)(venue.id),
                venue_name: venue.spec.name.to_string(),
                token: token.expose(),
            });
        }
    }
    Ok(devices)
}

/// All venues there are.
pub(super) async fn venues(app: &App) -> Result<Vec<Venue>> {
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let cursor = Cursor { after, limit: 1000 };
        let page = app.store.venues(&VenueFilter::default(), cursor).await?;
        all.extend(page.rows);
        after = page.next;
        if after.is_none() {
            return Ok(all);
        }
    }
}
