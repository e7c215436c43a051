//! The demo's world: places, staff and people, founded through the product's own use cases, and a day that
//! has begun without anybody watching.
//!
//! What is founded follows from the seed, but for secrets, which come from the [`App`]'s own chance. The
//! store keeps the credentials, so that a demo that is started again knows them: they are printed anyway.

mod places;
mod staff;
mod visitors;

use crate::dice::Dice;
use crate::past::{Crowd, live_a_day};
use gapura_app::error::{AppError, Result};
use gapura_app::{App, status};
use gapura_domain::ids::{GateId, PersonId, VenueId};
use gapura_domain::time::Zone;
use gapura_store::StoreError;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

pub use staff::PASSWORD;

/// The name under which the store keeps its demo's credentials.
const SETTING: &str = "demo_world";

/// People besides the visitors of the demo, so that pages have something to show.
const PASSERS_BY: u32 = 240;
/// Check-ins of a whole day for each hundred people who are there.
const CHECK_INS_PER_100: u32 = 150;

/// How the demo is founded.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// So many people with sessions and cards, as in the census, instead of a handful.
    pub people: Option<u32>,
    /// Where all chance comes from that is no secret.
    pub seed: u64,
}

/// How things are called outside, which only the pages know.
#[derive(Clone, Copy)]
pub struct Outside<'a> {
    /// A gate in the API.
    pub gate: &'a (dyn Fn(GateId) -> String + Sync),
    /// A venue in the API.
    pub venue: &'a (dyn Fn(VenueId) -> String + Sync),
    /// A person in the API.
    pub person: &'a (dyn Fn(PersonId) -> String + Sync),
    /// The name of the cookie that holds a visitor's session.
    pub visitor_cookie: &'a str,
    /// The address that phones see.
    pub base_url: &'a str,
    /// The address of the page that shows one-time codes.
    pub outbox: &'a str,
}

/// Everything that whoever tries the demo needs, as the credentials file holds it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct World {
    /// The address that phones see.
    pub base_url: String,
    /// Devices at gates.
    pub devices: Vec<DemoDevice>,
    /// People with sessions.
    pub visitors: Vec<DemoVisitor>,
    /// Accounts, one for each role at least.
    pub staff: Vec<DemoAccount>,
}

/// A device at a gate.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DemoDevice {
    /// Its gate, as the API names it.
    pub gate: String,
    /// "Pintu utama, Ruang SPKT".
    pub gate_name: String,
    /// The code on the gate's poster.
    pub code: String,
    /// Its venue, as the API names it.
    pub venue: String,
    /// The venue's name.
    pub venue_name: String,
    /// What the device proves itself by.
    pub token: String,
}

/// An invented visitor. The name is nobody's.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DemoVisitor {
    /// The name.
    pub name: String,
    /// The colour under the rules in force.
    pub status: String,
    /// What to sign in with.
    pub login: String,
    /// The address of the page that shows the demo's one-time codes.
    pub outbox: String,
    /// The cookie header of a session.
    pub session: String,
    /// The text of a printed card.
    pub credential: String,
    /// Who comes along.
    pub companions: Vec<DemoCompanion>,
}

/// Somebody without a phone who comes along with a visitor.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DemoCompanion {
    /// As the API names the person.
    pub person: String,
    /// The name.
    pub name: String,
    /// The colour under the rules in force.
    pub status: String,
}

/// An account of the staff.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DemoAccount {
    /// The role.
    pub role: String,
    /// The login.
    pub login: String,
    /// The password.
    pub password: String,
    /// The secret of the second factor, in Base32.
    pub totp_secret: String,
}

/// The demo of this store: founded if the store is new, and the same as before if it is not.
///
/// # Errors
/// `NotNow("demo_unfinished")` in a store that holds organisations and no demo: it is somebody's own, or
/// founding was interrupted. Those of the use cases.
pub async fn world(app: &App, options: Options, outside: &Outside<'_>) -> Result<World> {
    if let Some(document) = app.store.setting(SETTING).await? {
        let world: World = serde_json::from_slice(&document).map_err(StoreError::other)?;
        return Ok(world.at(outside));
    }
    if !app.store.organisations().await?.is_empty() {
        return Err(AppError::NotNow("demo_unfinished"));
    }
    let world = found(app, options, outside).await?;
    let document = serde_json::to_vec(&world).map_err(StoreError::other)?;
    app.store.set_setting(SETTING, &document).await?;
    Ok(world)
}

impl World {
    /// The same world under another address.
    fn at(mut self, outside: &Outside<'_>) -> Self {
        outside.base_url.clone_into(&mut self.base_url);
        for visitor in &mut self.visitors {
            outside.outbox.clone_into(&mut visitor.outbox);
        }
        self
    }
}

async fn found(app: &App, options: Options, outside: &Outside<'_>) -> Result<World> {
    let mut dice = Dice::new(options.seed);
    let staff = staff::found(app).await?;
    places::open(app, &staff).await?;
    let devices = places::devices(app, &staff, outside).await?;
    let (visitors, passers_by) = visitors::settle(app, options, outside, &mut dice).await?;
    live_today(app, &passers_by, &mut dice).await?;
    Ok(World {
        base_url: outside.base_url.to_owned(),
        devices,
        visitors,
        staff: staff.accounts,
    })
}

/// Lets people come to all places since midnight. Those who cannot sign in here are among them alone,
/// so that whoever tries the demo is inside nowhere.
async fn live_today(app: &App, people: &[PersonId], dice: &mut Dice) -> Result<()> {
    let now = app.now();
    let mut members = Vec::with_capacity(people.len());
    for person in people {
        let known = status::member(app, *person, Zone::Wib, now).await?;
        members.extend(known.map(|known| known.member));
    }
    let mut doors = Vec::new();
    for venue in places::venues(app).await? {
        for plan in app.door_plans_of(venue.id).await? {
            doors.push(Arc::clone(&plan.plan));
        }
    }
    let crowd = Crowd {
        doors: &doors,
        people: &members,
    };
    let check_ins = u64::from(CHECK_INS_PER_100) * members.len() as u64 / 100;
    let check_ins = u32::try_from(check_ins).unwrap_or(u32::MAX);
    live_a_day(&*app.store, crowd, now, check_ins, dice).await?;
    Ok(())
}
