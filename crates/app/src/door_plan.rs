//! All that a gate decides and shows by, prepared once and shared by its requests.
//!
//! A plan joins the venue as it is edited with the tables of levels and colours. It is remembered by
//! gate; whoever changes the venue makes the next scan prepare it anew.

use crate::App;
use crate::error::Result;
use crate::places_memory::REMEMBER_S;
use gapura_domain::door::DoorPlan;
use gapura_domain::ids::{GateId, OrganisationId, VenueId};
use gapura_domain::region::RegionCode;
use gapura_domain::time::Time;
use gapura_domain::venue::{Booth, Category, Gate, Label, Venue};
use gapura_pass::GateCode;
use gapura_store::StoreError;
use std::sync::Arc;

/// A gate's plan with what its screens and pages say.
#[derive(Clone, Debug, PartialEq)]
pub struct GatePlan {
    /// What the ledger decides by.
    pub plan: Arc<DoorPlan>,
    /// The owner.
    pub organisation: OrganisationId,
    /// "Polsek Klojen".
    pub venue_name: Label,
    /// "Ruang SPKT".
    pub room_name: Label,
    /// "Pintu utama".
    pub gate_name: Label,
    /// What kind of place.
    pub category: Category,
    /// Street and number.
    pub address: Label,
    /// District.
    pub district: RegionCode,
    /// Its vaccination booth.
    pub booth: Option<Booth>,
    /// Whether a poster alone is not enough.
    pub demands_screen_code: bool,
    /// The code on the poster.
    pub code: GateCode,
    /// The word on the poster.
    pub check_word: &'static str,
}

/// Where a code leads, as remembered.
#[derive(Clone, Copy, Debug)]
pub(crate) enum FoundCode {
    Active(GateId),
    Revoked(GateId, Time),
}

/// What a poster's code leads to.
#[derive(Clone, Debug, PartialEq)]
pub enum GateByCode {
    /// The gate that has this code.
    Active(Arc<GatePlan>),
    /// The code was replaced: the poster is old, or somebody hung it elsewhere.
    Revoked {
        /// The gate as it is now.
        gate: Arc<GatePlan>,
        /// Since when the code leads nowhere.
        since: Time,
    },
}

impl App {
    /// The plan of a gate; `None` if there is no such gate.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn door_plan(&self, gate: GateId) -> Result<Option<Arc<GatePlan>>> {
        let now = self.now();
        match self.known_door_plan(gate, now) {
            Some(plan) => Ok(Some(plan)),
            None => self.read_door_plan(gate, now).await,
        }
    }

    /// The plan of a gate if it is remembered: what the hot path asks first.
    pub fn known_door_plan(&self, gate: GateId, now: Time) -> Option<Arc<GatePlan>> {
        self.places_memory.plans.get(&gate, now)
    }

    async fn read_door_plan(&self, gate: GateId, now: Time) -> Result<Option<Arc<GatePlan>>> {
        let plans = &self.places_memory.plans;
        let ticket = plans.begin(&gate);
        let Some(venue) = self.store.venue_of_gate(gate).await? else {
            return Ok(None);
        };
        let Some(found) = venue.gates.iter().find(|found| found.id == gate) else {
            return Ok(None);
        };
        let plan = Arc::new(self.plan_of(&venue, found)?);
        plans.keep(ticket, gate, Arc::clone(&plan), now, now.plus_s(REMEMBER_S));
        Ok(Some(plan))
    }

    /// The plans of all gates of a venue, in the order of their numbers; none if there is no such venue.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn door_plans_of(&self, venue: VenueId) -> Result<Vec<GatePlan>> {
        let Some(venue) = self.store.venue(venue).await? else {
            return Ok(Vec::new());
        };
        let gates = venue.gates.iter();
        gates.map(|gate| self.plan_of(&venue, gate)).collect()
    }

    /// The gate that a poster's code leads to; `None` for a code that was never given out.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn gate_by_code(&self, code: GateCode) -> Result<Option<GateByCode>> {
        let Some(found) = self.find_code(code).await? else {
            return Ok(None);
        };
        let (FoundCode::Active(gate) | FoundCode::Revoked(gate, _)) = found;
        let gate = self.door_plan(gate).await?;
        Ok(gate.map(|gate| match found {
            FoundCode::Active(_) => GateByCode::Active(gate),
            FoundCode::Revoked(_, since) => GateByCode::Revoked { gate, since },
        }))
    }

    async fn find_code(&self, code: GateCode) -> Result<Option<FoundCode>> {
        use gapura_store::venues::GateCode as Stored;
        let now = self.now();
        let codes = &self.places_memory.codes;
        if let Some(found) = codes.get(&code, now) {
            return Ok(Some(found));
        }
        let ticket = codes.begin(&code);
        let found = match self.store.gate_by_code(code.as_str()).await? {
            Some(Stored::Active(gate, _)) => FoundCode::Active(gate),
            Some(Stored::Revoked(gate, _, since)) => FoundCode::Revoked(gate, since),
            None => return Ok(None),
        };
        codes.keep(ticket, code, found, now, now.plus_s(REMEMBER_S));
        Ok(Some(found))
    }

    /// Percent of capacity and quota that the level leaves to a venue.
    pub(crate) fn percent_of(&self, venue: &Venue) -> u8 {
        let spec = &venue.spec;
        self.door_rules.percent(spec.category, spec.district)
    }

    fn plan_of(&self, venue: &Venue, gate: &Gate) -> Result<GatePlan> {
        let spec = &venue.spec;
        let broken = |what: &'static str| StoreError::other(format!("gate {}: {what}", gate.id.0));
        let room = venue.rooms.iter().find(|room| room.id == gate.room);
        let room = room.ok_or_else(|| broken("its room is missing"))?;
        let code = GateCode::parse(&gate.code).map_err(|_| broken("its code is not one"))?;
        let percent = self.percent_of(venue);
        let plan = DoorPlan {
            gate: gate.id,
            room: room.id,
            venue: venue.id,
            zone: spec.district.zone(),
            position: spec.position,
            room_bounds: room.bounds.at_percent(percent),
            venue_bounds: spec.bounds.at_percent(percent),
            hours: spec.hours.clone(),
            admission: self.door_rules.admission(spec.category),
            longest_stay_s: i64::from(spec.longest_stay_minutes) * 60,
        };
        Ok(GatePlan {
            plan: Arc::new(plan),
            organisation: venue.organisation,
            venue_name: spec.name.clone(),
            room_name: room.name.clone(),
            gate_name: gate.name.clone(),
            category: spec.category,
            address: spec.address.clone(),
            district: spec.district,
            booth: spec.booth.clone(),
            demands_screen_code: spec.demands_screen_code,
            code,
            check_word: self.keys.gate().check_word(code),
        })
    }
}
