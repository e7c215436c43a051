//! Looking for a place before the journey, or instead of one that is full: by distance, district,
//! name and kind, with free places, hours and booth.
//!
//! The list of places lies in memory (see [`directory`](self)); how full they are is asked of the
//! store for those that are shown. What a refusal says is remembered for a moment, because a full
//! place refuses many within a second.

mod directory;
mod nearby;

pub(crate) use directory::DirectoryMemory;
pub use directory::Listing;
pub use nearby::BoothPlace;

use crate::App;
use crate::error::Result;
use crate::find_district::letters;
use gapura_domain::door::{Bounds, Position};
use gapura_domain::hours::{OpenState, OpeningHours};
use gapura_domain::ids::{OrganisationId, VenueId};
use gapura_domain::ledger::Count;
use gapura_domain::region::{RegionCode, full_name};
use gapura_domain::time::{LocalDay, Time, Zone};
use gapura_domain::venue::{Category, Occupancy};
use std::sync::Arc;

/// Most places on one page of a list.
pub const PLACES_PER_PAGE_MAX: usize = 100;

/// Half sides of the boxes searched one after another, in kilometres; then everywhere.
const BOXES_KM: [f64; 4] = [3.0, 12.0, 50.0, 200.0];

/// A place with its figures now.
#[derive(Clone, Debug)]
pub struct Place {
    /// What it is.
    pub listing: Arc<Listing>,
    /// How far it is from where it was asked for.
    pub distance_km: Option<f64>,
    /// People inside and visitors today, with the bounds in force over venue and rooms.
    pub occupancy: Occupancy,
    /// Places left now, over venue and rooms. `None` without limits.
    pub free: Option<u32>,
    /// Whether it is open, and until or from when.
    pub open: OpenState,
    /// Whether its vaccination booth is open, and until or from when.
    pub booth: Option<OpenState>,
}

/// What somebody looks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlaceQuery {
    /// Nearest to here first; by name if `None`.
    pub near: Option<Position>,
    /// Only of this kind.
    pub category: Option<Category>,
    /// Only in this province, regency or district.
    pub region: Option<RegionCode>,
    /// Only those whose name, address or district holds these words.
    pub words: String,
    /// Only those that are open now.
    pub open_now: bool,
    /// Only those with a free place.
    pub with_room: bool,
    /// Only those with a vaccination booth.
    pub with_booth: bool,
    /// Those after this one.
    pub after: Option<VenueId>,
}

/// A part of a list of places.
#[derive(Clone, Debug)]
pub struct PlacesPage {
    /// The places.
    pub places: Vec<Place>,
    /// What to ask for the places after these by, if there are more.
    pub next: Option<VenueId>,
}

impl App {
    /// Places that somebody may look for, at most [`PLACES_PER_PAGE_MAX`].
    ///
    /// # Errors
    /// Those of the store.
    pub async fn places(&self, query: &PlaceQuery, limit: usize) -> Result<PlacesPage> {
        let now = self.now();
        let limit = limit.clamp(1, PLACES_PER_PAGE_MAX);
        let directory = self.directory(now).await?;
        let found = select(directory.listings(), query, limit);
        let mut places: Vec<Place> = Vec::new();
        for (listing, distance_km) in after(found, query.after) {
            if query.open_now && !is_open(listing.hours.at(now, listing.zone())) {
                continue;
            }
            let place = self.place(listing, distance_km, now).await?;
            if query.with_room && place.free == Some(0) {
                continue;
            }
            if places.len() == limit {
                let next = places.last().map(|last| last.listing.venue);
                return Ok(PlacesPage { places, next });
            }
            places.push(place);
        }
        Ok(PlacesPage { places, next: None })
    }

    /// All places of these organisations (of everybody, if `None`) with their figures, in the order of
    /// their numbers.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn places_of(&self, organisations: Option<&[OrganisationId]>) -> Result<Vec<Place>> {
        let now = self.now();
        let directory = self.directory(now).await?;
        let theirs = |listing: &&Arc<Listing>| {
            organisations.is_none_or(|ids| ids.contains(&listing.organisation))
        };
        let mut places = Vec::new();
        for listing in directory.listings().filter(theirs) {
            places.push(self.place(listing, None, now).await?);
        }
        Ok(places)
    }

    /// One place with its figures; `None` if there is none.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn place_of(&self, venue: VenueId) -> Result<Option<Place>> {
        let now = self.now();
        let directory = self.directory(now).await?;
        match directory.get(venue) {
            Some(listing) => Ok(Some(self.place(listing, None, now).await?)),
            None => Ok(None),
        }
    }

    async fn place(
        &self,
        listing: &Arc<Listing>,
        distance_km: Option<f64>,
        now: Time,
    ) -> Result<Place> {
        let day = listing.zone().day_of(now);
        let venue = self.store.venue_count(listing.venue).await?;
        let mut rooms = Vec::with_capacity(listing.rooms.len());
        for (room, bounds) in &listing.rooms {
            rooms.push((self.store.room_count(*room).await?, *bounds));
        }
        let (occupancy, free) = figures(day, (venue, listing.bounds), &rooms);
        let booth = listing.booth.as_ref();
        Ok(Place {
            listing: Arc::clone(listing),
            distance_km,
            occupancy,
            free,
            open: listing.hours.at(now, listing.zone()),
            booth: booth.map(|booth| both_open(&listing.hours, &booth.hours, now, listing.zone())),
        })
    }
}

/// A place and how far it is.
type Found<'d> = (&'d Arc<Listing>, Option<f64>);

/// The places that match, in order. With a point to be near to, those of the smallest box that holds
/// enough, so that not everything is measured.
fn select<'d>(
    listings: impl Iterator<Item = &'d Arc<Listing>>,
    query: &PlaceQuery,
    limit: usize,
) -> Vec<Found<'d>> {
    let words: Vec<String> = query.words.split_whitespace().map(letters).collect();
    let matching: Vec<&Arc<Listing>> = listings
        .filter(|listing| {
            query
                .category
                .is_none_or(|category| listing.category == category)
                && query
                    .region
                    .is_none_or(|region| listing.district.is_in(region))
                && (!query.with_booth || listing.booth.is_some())
                && (words.is_empty() || holds(listing, &words))
        })
        .collect();
    let Some(near) = query.near else {
        let mut found: Vec<_> = matching
            .into_iter()
            .map(|listing| (listing, None))
            .collect();
        found.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name).then(a.venue.cmp(&b.venue)));
        return found;
    };
    // What is asked of their figures drops some again, and pages after the first need the whole order.
    let is_plain = !query.open_now && !query.with_room && query.after.is_none();
    for half_km in BOXES_KM.into_iter().filter(|_| is_plain) {
        let inside = matching
            .iter()
            .copied()
            .filter(|listing| in_box(listing.position, near, half_km));
        let inside = by_distance(inside, near);
        // A place in a corner of the box may be farther than one just outside of it.
        let within = inside.partition_point(|(_, km)| km.is_some_and(|km| km <= half_km));
        if within > limit {
            return inside;
        }
    }
    by_distance(matching.into_iter(), near)
}

fn by_distance<'d>(
    listings: impl Iterator<Item = &'d Arc<Listing>>,
    near: Position,
) -> Vec<Found<'d>> {
    let mut found: Vec<_> = listings
        .map(|listing| (listing, Some(listing.position.distance_km(near))))
        .collect();
    found.sort_by(|(a, km_a), (b, km_b)| {
        let by_km = km_a
            .unwrap_or(f64::MAX)
            .total_cmp(&km_b.unwrap_or(f64::MAX));
        by_km.then(a.venue.cmp(&b.venue))
    });
    found
}

fn in_box(position: Position, near: Position, half_km: f64) -> bool {
    // A degree of latitude is 111.2 km on the sphere that distances are computed on; Indonesia lies
    // so near to the equator that a degree of longitude is hardly less. Wider is never wrong.
    let half = half_km / 109.0;
    (position.latitude - near.latitude).abs() <= half
        && (position.longitude - near.longitude).abs() * near.latitude.to_radians().cos() <= half
}

fn holds(listing: &Listing, words: &[String]) -> bool {
    let district = full_name(listing.district);
    let text = letters(&format!("{} {} {district}", listing.name, listing.address));
    words.iter().all(|word| text.contains(word.as_str()))
}

fn after(found: Vec<Found<'_>>, last: Option<VenueId>) -> impl Iterator<Item = Found<'_>> {
    let seen = last.and_then(|last| found.iter().position(|(listing, _)| listing.venue == last));
    found.into_iter().skip(seen.map_or(0, |seen| seen + 1))
}

fn is_open(state: OpenState) -> bool {
    matches!(state, OpenState::Open { .. })
}

/// Inside, today and the bounds of a place, and what is left by all of its limits together.
fn figures(
    day: LocalDay,
    (venue, bounds): (Count, Bounds),
    rooms: &[(Count, Bounds)],
) -> (Occupancy, Option<u32>) {
    let seen = |count: Count, bounds: Bounds| Occupancy {
        inside: count.inside,
        today: if count.day == day { count.today } else { 0 },
        bounds,
    };
    let sum = |of: &dyn Fn(&(Count, Bounds)) -> Option<u32>| {
        rooms
            .iter()
            .try_fold(0_u32, |sum, room| Some(sum.saturating_add(of(room)?)))
    };
    let least = |a: Option<u32>, b: Option<u32>| match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    let of_rooms = sum(&|(count, bounds)| seen(*count, *bounds).free());
    let whole = Bounds {
        capacity: least(bounds.capacity, sum(&|(_, bounds)| bounds.capacity)),
        quota: least(bounds.quota, sum(&|(_, bounds)| bounds.quota)),
    };
    let free = least(seen(venue, bounds).free(), of_rooms);
    (seen(venue, whole), free)
}

/// When both are open: a booth's hours hold only while its place is open.
fn both_open(place: &OpeningHours, booth: &OpeningHours, now: Time, zone: Zone) -> OpenState {
    let mut at = now;
    // Each step leads to a later opening of one of the two; a fortnight has no more than these.
    for _ in 0..64 {
        match (place.at(at, zone), booth.at(at, zone)) {
            (OpenState::Open { until: a }, OpenState::Open { until: b }) if at == now => {
                return OpenState::Open { until: a.min(b) };
            }
            (OpenState::Open { .. }, OpenState::Open { .. }) => {
                return OpenState::Closed { opens: Some(at) };
            }
            (OpenState::Closed { opens: Some(opens) }, _)
            | (OpenState::Open { .. }, OpenState::Closed { opens: Some(opens) }) => at = opens,
            (OpenState::Closed { opens: None }, _) | (_, OpenState::Closed { opens: None }) => {
                break;
            }
        }
    }
    OpenState::Closed { opens: None }
}

#[cfg(test)]
mod tests;
