//! What is remembered of places, so that a door asks the store only once.
//!
//! Whoever changes a place tells it here once the change is durable. With several server processes on
//! one database each remembers for itself, so everything is read anew after [`REMEMBER_S`].

use crate::App;
use crate::door_plan::{FoundCode, GatePlan};
use crate::fresh::Fresh;
use crate::organisations::OrganisationTree;
use crate::places::DirectoryMemory;
use gapura_domain::ids::{DeviceId, GateId};
use gapura_domain::venue::Venue;
use gapura_pass::GateCode;
use gapura_store::venues::Device;
use parking_lot::RwLock;
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// For how many seconds what was read is believed.
pub(crate) const REMEMBER_S: i64 = 300;

/// How many gates, codes and devices are remembered.
const REMEMBERED_MAX: usize = 1 << 16;

/// The memory.
pub(crate) struct PlacesMemory {
    pub(crate) plans: Fresh<GateId, Arc<GatePlan>>,
    pub(crate) codes: Fresh<GateCode, FoundCode>,
    /// By the digest of the token.
    pub(crate) devices: Fresh<[u8; 32], Arc<Device>>,
    /// Devices revoked since the start: their tokens are not known by their numbers.
    pub(crate) revoked_devices: RwLock<FxHashSet<DeviceId>>,
    /// Organisations never move, so an old tree lacks some and is wrong about none.
    pub(crate) tree: RwLock<Arc<OrganisationTree>>,
    /// Held while names are compared and then kept, so that no organisation is founded and no place
    /// applied for twice.
    pub(crate) applying: tokio::sync::Mutex<()>,
    pub(crate) directory: DirectoryMemory,
}

impl Default for PlacesMemory {
    fn default() -> Self {
        Self {
            plans: Fresh::new(REMEMBERED_MAX),
            codes: Fresh::new(REMEMBERED_MAX),
            devices: Fresh::new(REMEMBERED_MAX),
            revoked_devices: RwLock::default(),
            tree: RwLock::default(),
            applying: tokio::sync::Mutex::default(),
            directory: DirectoryMemory::default(),
        }
    }
}

impl App {
    /// Forgets what doors know of a venue. To be called when a change of it is durable.
    pub(crate) fn venue_changed(&self, venue: &Venue) {
        for gate in &venue.gates {
            self.places_memory.plans.forget(&gate.id);
            if let Ok(code) = GateCode::parse(&gate.code) {
                self.places_memory.codes.forget(&code);
            }
        }
    }
}
