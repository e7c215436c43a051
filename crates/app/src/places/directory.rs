//! All approved places in memory, as people who look for one may see them.
//!
//! Read once and patched when a place is approved or edited; read anew after a while for the sake of
//! other server processes. A younger version of a place always wins over an older one, whichever
//! arrives first.

use crate::App;
use crate::error::Result;
use crate::fresh::Fresh;
use crate::places::{BoothPlace, Place};
use crate::places_memory::REMEMBER_S;
use gapura_domain::door::{Bounds, Position};
use gapura_domain::hours::OpeningHours;
use gapura_domain::ids::{OrganisationId, RoomId, VenueId};
use gapura_domain::region::RegionCode;
use gapura_domain::time::{Time, Zone};
use gapura_domain::venue::{Booth, Category, Label, Venue};
use gapura_store::Cursor;
use gapura_store::venues::VenueFilter;
use parking_lot::RwLock;
use std::collections::BTreeMap;
use std::sync::Arc;

const READ_AT_ONCE: u32 = 1000;

/// A place as people who look for one see it.
#[derive(Clone, Debug, PartialEq)]
pub struct Listing {
    /// Its number.
    pub venue: VenueId,
    /// The owner.
    pub organisation: OrganisationId,
    /// Its name.
    pub name: Label,
    /// What kind of place.
    pub category: Category,
    /// Street and number.
    pub address: Label,
    /// District.
    pub district: RegionCode,
    /// Where it lies.
    pub position: Position,
    /// When it is open.
    pub hours: OpeningHours,
    /// Its vaccination booth.
    pub booth: Option<Booth>,
    /// Limits of the whole venue in force.
    pub bounds: Bounds,
    /// Limits of its rooms in force.
    pub rooms: Vec<(RoomId, Bounds)>,
    pub(super) version: u32,
}

impl Listing {
    /// The place's time zone.
    pub fn zone(&self) -> Zone {
        self.district.zone()
    }
}

/// The places as they were read.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    by_id: BTreeMap<VenueId, Arc<Listing>>,
    read_at: Time,
    is_whole: bool,
}

impl Directory {
    pub(super) fn listings(&self) -> impl Iterator<Item = &Arc<Listing>> {
        self.by_id.values()
    }

    pub(super) fn get(&self, venue: VenueId) -> Option<&Arc<Listing>> {
        self.by_id.get(&venue)
    }

    fn put(&mut self, listing: Arc<Listing>) {
        let known = self.by_id.get(&listing.venue);
        if known.is_none_or(|known| known.version <= listing.version) {
            self.by_id.insert(listing.venue, listing);
        }
    }
}

/// What is remembered of places to look for.
pub(crate) struct DirectoryMemory {
    directory: RwLock<Arc<Directory>>,
    reading: tokio::sync::Mutex<()>,
    pub(super) nearby: Fresh<VenueId, Arc<[Place]>>,
    pub(super) booths: Fresh<VenueId, Option<BoothPlace>>,
}

impl Default for DirectoryMemory {
    fn default() -> Self {
        Self {
            directory: RwLock::default(),
            reading: tokio::sync::Mutex::default(),
            nearby: Fresh::new(1 << 14),
            booths: Fresh::new(1 << 14),
        }
    }
}

impl App {
    /// The directory, read anew if it is old. While somebody reads, the others go on with the old one.
    pub(super) async fn directory(&self, now: Time) -> Result<Arc<Directory>> {
        let memory = &self.places_memory.directory;
        let known = Arc::clone(&memory.directory.read());
        if known.is_whole && now < known.read_at.plus_s(REMEMBER_S) {
            return Ok(known);
        }
        let _reading = match memory.reading.try_lock() {
            Ok(reading) => reading,
            Err(_) if known.is_whole => return Ok(known),
            Err(_) => memory.reading.lock().await,
        };
        let known = Arc::clone(&memory.directory.read());
        if known.is_whole && now < known.read_at.plus_s(REMEMBER_S) {
            return Ok(known);
        }
        let listings = self.read_listings().await?;
        let mut current = memory.directory.write();
        // What was patched in meanwhile stays where it is younger.
        let mut directory = Directory {
            by_id: current.by_id.clone(),
            read_at: now,
            is_whole: true,
        };
        for listing in listings {
            directory.put(Arc::new(listing));
        }
        *current = Arc::new(directory);
        Ok(Arc::clone(&current))
    }

    async fn read_listings(&self) -> Result<Vec<Listing>> {
        let mut listings = Vec::new();
        let mut after = None;
        loop {
            let cursor = Cursor {
                after,
                limit: READ_AT_ONCE,
            };
            let page = self.store.venues(&VenueFilter::default(), cursor).await?;
            listings.extend(page.rows.iter().map(|venue| self.listing_of(venue)));
            after = page.next;
            if after.is_none() {
                return Ok(listings);
            }
        }
    }

    /// Puts a place as it is now into the directory.
    pub(crate) fn list_venue(&self, venue: &Venue) {
        let listing = Arc::new(self.listing_of(venue));
        let mut current = self.places_memory.directory.directory.write();
        let mut directory = Directory {
            by_id: current.by_id.clone(),
            ..**current
        };
        directory.put(listing);
        *current = Arc::new(directory);
        self.places_memory.directory.booths.forget(&venue.id);
        self.places_memory.directory.nearby.forget(&venue.id);
    }

    fn listing_of(&self, venue: &Venue) -> Listing {
        let percent = self.percent_of(venue);
        let spec = &venue.spec;
        let rooms = venue.rooms.iter();
        Listing {
            venue: venue.id,
            organisation: venue.organisation,
            name: spec.name.clone(),
            category: spec.category,
            address: spec.address.clone(),
            district: spec.district,
            position: spec.position,
            hours: spec.hours.clone(),
            booth: spec.booth.clone(),
            bounds: spec.bounds.at_percent(percent),
            rooms: rooms
                .map(|room| (room.id, room.bounds.at_percent(percent)))
                .collect(),
            version: venue.version,
        }
    }
}
