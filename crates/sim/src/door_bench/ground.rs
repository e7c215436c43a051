//! What must be there before anybody can check in: venues with devices at their gates, visitors with
//! sessions and passes. All of it is laid through the store in the bench's own process.

use super::{BenchError, Opened, Options, Result, Stage};
use crate::crowd;
use crate::dice::Dice;
use crate::history::History;
use crate::population::{Invented, Wanted, invent};
use futures_util::future::try_join_all;
use gapura_app::staff::Principal;
use gapura_app::{App, AppError};
use gapura_domain::door::{Bounds, Position};
use gapura_domain::hours::OpeningHours;
use gapura_domain::ids::{GateId, PersonId, VenueId};
use gapura_domain::region::RegionCode;
use gapura_domain::role::{Grant, Role};
use gapura_domain::time::Zone;
use gapura_domain::venue::{Category, GateSpec, Label, RoomSpec, VenueSpec};
use gapura_pass::{GateCode, Pass, Unverified};
use gapura_store::Cursor;
use gapura_store::staff::NewAccount;
use gapura_store::venues::{NewApplication, VenueFilter};
use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

/// Rooms of the one venue to which everybody comes.
const HALL_ROOMS: u32 = 16;
/// Things of one kind that wait for the disk together.
const TOGETHER: usize = 512;
/// Passes of each person, each of which is new to the server once.
const PASSES_EACH: u64 = 2;
const PASS_LIFE_S: i64 = 12 * 3600;
/// Signature checks that are timed.
const SIGNATURES: usize = 2_000;

/// What requests are made of.
pub(super) struct Ground {
    /// What stands before a session in the header: the cookie's name and `=`.
    pub(super) cookie: String,
    /// The visitors.
    pub(super) people: Vec<PersonId>,
    /// A session of each of them.
    pub(super) sessions: Vec<String>,
    /// The gate of each venue.
    pub(super) gates: Vec<String>,
    /// The same gates as the store numbers them.
    pub(super) gate_ids: Vec<GateId>,
    /// The token of the device at each of them.
    pub(super) tokens: Vec<String>,
    /// The gates of the one venue with many rooms.
    pub(super) hall: Vec<String>,
    /// The passes of all visitors, then their second passes.
    pub(super) passes: Vec<String>,
    /// What one signature check takes on this machine, in microseconds.
    pub(super) signature_us: f64,
}

impl Ground {
    pub(super) fn people(&self) -> u64 {
        self.sessions.len() as u64
    }

    /// The pass that the check-in with this number shows.
    pub(super) fn pass(&self, number: u64) -> Option<&str> {
        let passes = self.passes.len() as u64;
        let index = number.checked_rem(passes)?;
        let pass = self.passes.get(usize::try_from(index).ok()?)?;
        Some(pass)
    }
}

/// Lays the ground in a new store in `folder`.
pub(super) async fn lay(options: &Options, stage: &dyn Stage, folder: &Path) -> Result<Ground> {
    std::fs::create_dir_all(folder)?;
    let Opened { app, gate_outside } = stage.open(folder).await.map_err(BenchError::Open)?;
    let mut dice = Dice::new(options.seed);
    let by = authority(&app).await?;
    venues(&app, &by, options, &mut dice).await?;
    let gates = gates_of(&app).await?;
    let hall = hall_of(&app).await?;
    let tokens = devices(&app, &by, &gates).await?;
    let people = people(&app, options.people, &mut dice).await?;
    let sessions = crowd::begin_sessions(&app, &people).await?;
    let passes = passes(&app, &people)?;
    let ground = Ground {
        cookie: format!("{}=", stage.visitor_cookie()),
        gates: gates.iter().copied().map(&gate_outside).collect(),
        gate_ids: gates,
        hall: hall.into_iter().map(&gate_outside).collect(),
        signature_us: signature_us(&app, &passes, stage),
        people,
        sessions,
        tokens,
        passes,
    };
    app.store.close().await?;
    Ok(ground)
}

/// Adults with all doses: green under every rule set that ships.
async fn people(app: &App, count: u32, dice: &mut Dice) -> Result<Vec<PersonId>> {
    let today = Zone::Wib.day_of(app.now()).date();
    let wanted = Wanted {
        ages: Some((18, 80)),
        ..Wanted::default()
    };
    let people: Vec<(Invented, History)> = (0..count)
        .map(|number| {
            let invented = invent(number, wanted, today, dice);
            (invented, History::ALL[0].0)
        })
        .collect();
    Ok(crowd::settle(app, &people).await?)
}

/// Somebody who may everything here, and whom no password signs in.
async fn authority(app: &App) -> Result<Principal> {
    let grant = |role| Grant { role, branch: None };
    let grants = vec![grant(Role::Authority), grant(Role::VenueManager)];
    let account = NewAccount {
        login: "bench".to_owned(),
        display_name: "Bench".to_owned(),
        password: "!".to_owned(),
        totp: None,
        grants: grants.clone(),
    };
    let account = app.store.create_account(&account, app.now()).await?;
    Ok(Principal { account, grants })
}

async fn venues(app: &App, by: &Principal, options: &Options, dice: &mut Dice) -> Result<()> {
    let now = app.now();
    let owner = label("Bench");
    let organisation = app.store.create_organisation(None, &owner, now).await?;
    let specs = (0..options.venues).map(|number| spec(number, 1, dice));
    let mut specs: Vec<VenueSpec> = specs.collect();
    let mut hall = spec(options.venues, HALL_ROOMS, dice);
    hall.bounds.capacity = options.hall_capacity;
    specs.push(hall);
    let list = |specs: &[VenueSpec]| -> Vec<NewApplication> {
        let new = |spec: &VenueSpec| NewApplication {
            organisation,
            by: by.account,
            spec: spec.clone(),
        };
        specs.iter().map(new).collect()
    };
    for specs in specs.chunks(TOGETHER) {
        let ids = app.store.submit_applications(&list(specs), now).await?;
        let approved = ids.into_iter().zip(specs).map(|(id, spec)| {
            let codes: Vec<String> = (0..spec.rooms.len()).map(|_| code(dice)).collect();
            async move {
                app.store
                    .approve_application(id, &codes, by.account, now)
                    .await
            }
        });
        try_join_all(approved.collect::<Vec<_>>()).await?;
    }
    Ok(())
}

fn label(text: &str) -> Label {
    Label::parse(text).expect("a short text is a label")
}

fn code(dice: &mut Dice) -> String {
    let mut random = [0; 5];
    random.copy_from_slice(&dice.next_u64().to_be_bytes()[..5]);
    GateCode::from_random(random).as_str().to_owned()
}

/// A venue that is always open and has no limits, somewhere in the city of Malang.
fn spec(number: u32, rooms: u32, dice: &mut Dice) -> VenueSpec {
    let room = |room: u32| RoomSpec {
        name: label(&format!("Ruang {}", room + 1)),
        floor_area_m2: 400.0,
        bounds: Bounds::default(),
        gates: vec![GateSpec {
            name: label("Pintu utama"),
        }],
    };
    VenueSpec {
        name: label(&format!("Tempat {}", number + 1)),
        category: Category::PublicService,
        address: label(&format!("Jalan Contoh {}", number + 1)),
        district: RegionCode::parse("35.73.01").expect("a district of Malang"),
        position: Position {
            latitude: -7.97 + dice.fraction() / 40.0,
            longitude: 112.62 + dice.fraction() / 40.0,
        },
        contact: label("bench@instansi.example"),
        hours: OpeningHours::always(),
        bounds: Bounds::default(),
        rooms: (0..rooms).map(room).collect(),
        booth: None,
        demands_screen_code: false,
        longest_stay_minutes: 1440,
    }
}

/// The gates of the venues with one room, in the order of the venues.
pub(super) async fn gates_of(app: &App) -> Result<Vec<GateId>> {
    let all = all_gates(app).await?;
    let single = all.into_iter().filter(|(_, gates)| gates.len() == 1);
    Ok(single.flat_map(|(_, gates)| gates).collect())
}

async fn hall_of(app: &App) -> Result<Vec<GateId>> {
    let all = all_gates(app).await?;
    let many = all.into_iter().filter(|(_, gates)| gates.len() > 1);
    Ok(many.flat_map(|(_, gates)| gates).collect())
}

pub(super) async fn all_gates(app: &App) -> Result<Vec<(VenueId, Vec<GateId>)>> {
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let cursor = Cursor { after, limit: 1000 };
        let page = app.store.venues(&VenueFilter::default(), cursor).await?;
        all.extend(page.rows.into_iter().map(|venue| {
            let gates = venue.gates.iter().map(|gate| gate.id).collect();
            (venue.id, gates)
        }));
        after = page.next;
        if after.is_none() {
            return Ok(all);
        }
    }
}

async fn devices(app: &App, by: &Principal, gates: &[GateId]) -> Result<Vec<String>> {
    let enrol = |gate: GateId, client: IpAddr| async move {
        let code = app.begin_enrolment(by, gate, "Tablet").await?;
        let (_, token) = app.enrol_device(&code.expose(), client).await?;
        Ok::<_, AppError>(token.expose())
    };
    let mut tokens = Vec::with_capacity(gates.len());
    for gates in gates.chunks(TOGETHER) {
        let begun = tokens.len();
        let enrolled = gates.iter().enumerate();
        let enrolled = enrolled.map(|(n, gate)| enrol(*gate, crowd::client(begun + n)));
        tokens.extend(try_join_all(enrolled.collect::<Vec<_>>()).await?);
    }
    Ok(tokens)
}

/// Everybody in the order of their pseudonyms.
pub(super) async fn people_of(app: &App) -> Result<Vec<PersonId>> {
    let mut people = Vec::new();
    let mut after = None;
    loop {
        let page = app.store.all_people(Cursor { after, limit: 1000 }).await?;
        people.extend(page.rows.into_iter().map(|person| person.id));
        after = page.next;
        if after.is_none() {
            return Ok(people);
        }
    }
}

fn passes(app: &App, people: &[PersonId]) -> Result<Vec<String>> {
    let issuer = app.keys.ring().issuer();
    let now = app.now();
    let mut passes = Vec::with_capacity(people.len() * 2);
    for round in 0..PASSES_EACH {
        for person in people {
            // Passes of one person differ by the second in which they were made.
            let issued_at = now.0 - round.cast_signed();
            let pass = issuer.issue_pass(&Pass {
                person: person.0,
                version: 1,
                issued_at,
                expires_at: issued_at + PASS_LIFE_S,
            });
            passes.push(pass.map_err(|error| BenchError::Open(error.to_string()))?);
        }
    }
    Ok(passes)
}

fn signature_us(app: &App, passes: &[String], stage: &dyn Stage) -> f64 {
    let verifier = app.keys.ring().verifier();
    let begun = stage.elapsed();
    let proven = passes.iter().take(SIGNATURES).filter(|pass| {
        let parsed = Unverified::<Pass>::parse(pass);
        parsed.is_ok_and(|pass| verifier.prove(&pass).is_ok())
    });
    let count = u32::try_from(proven.count()).unwrap_or(1).max(1);
    let took: Duration = stage.elapsed().saturating_sub(begun);
    took.as_secs_f64() * 1e6 / f64::from(count)
}
