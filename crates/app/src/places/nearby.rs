//! What a refusal leads to: another place of the same kind with room, or a vaccination booth.

use super::{Listing, Place, PlaceQuery, both_open, is_open, select};
use crate::App;
use crate::door_plan::GatePlan;
use crate::error::Result;
use gapura_domain::hours::OpenState;
use gapura_domain::ids::VenueId;
use gapura_domain::time::Time;
use gapura_domain::venue::Label;
use std::sync::Arc;

/// Farther than this nobody is sent.
const NEARBY_KM: f64 = 100.0;
/// How many full places are looked at before giving up.
const LOOKED_AT_MAX: usize = 40;
/// How many other places are remembered for a refusal.
const NAMED_MAX: usize = 5;
/// How old the figures in a refusal may be, in seconds.
const FIGURES_S: i64 = 2;
/// Likewise which booth is the nearest.
const BOOTH_S: i64 = 10;

/// A vaccination booth to go to.
#[derive(Clone, Debug, PartialEq)]
pub struct BoothPlace {
    /// The venue.
    pub venue: VenueId,
    /// "Polsek Klojen".
    pub venue_name: Label,
    /// Street and number.
    pub address: Label,
    /// Where in the venue: "Ruang 3".
    pub place: Label,
    /// How far it is; `None` on the same site.
    pub distance_km: Option<f64>,
    /// Whether it is open, and until or from when.
    pub open: OpenState,
}

impl App {
    /// Other open places of the same kind with a free place, nearest first, at most `most` (and five).
    ///
    /// The figures are up to two seconds old.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn nearby_with_room(
        &self,
        from: &GatePlan,
        now: Time,
        most: usize,
    ) -> Result<Vec<Place>> {
        let nearby = &self.places_memory.directory.nearby;
        let venue = from.plan.venue;
        if let Some(places) = nearby.get(&venue, now) {
            return Ok(places.iter().take(most).cloned().collect());
        }
        let ticket = nearby.begin(&venue);
        let places: Arc<[Place]> = self.find_nearby_with_room(from, now).await?.into();
        nearby.keep(
            ticket,
            venue,
            Arc::clone(&places),
            now,
            now.plus_s(FIGURES_S),
        );
        Ok(places.iter().take(most).cloned().collect())
    }

    async fn find_nearby_with_room(&self, from: &GatePlan, now: Time) -> Result<Vec<Place>> {
        let query = PlaceQuery {
            near: Some(from.plan.position),
            category: Some(from.category),
            ..PlaceQuery::default()
        };
        let directory = self.directory(now).await?;
        let found = select(directory.listings(), &query, LOOKED_AT_MAX);
        let near = found
            .into_iter()
            .filter(|(listing, _)| listing.venue != from.plan.venue)
            .take_while(|(_, km)| km.is_some_and(|km| km <= NEARBY_KM))
            .take(LOOKED_AT_MAX);
        let mut places = Vec::new();
        for (listing, km) in near {
            if places.len() == NAMED_MAX {
                break;
            }
            if is_open(listing.hours.at(now, listing.zone())) {
                let place = self.place(listing, km, now).await?;
                if place.free != Some(0) {
                    places.push(place);
                }
            }
        }
        Ok(places)
    }

    /// The booth on the same site if it is open, else the nearest open one, else the one on the same
    /// site or the nearest that opens again. `None` if there is no booth within 100 km.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn nearest_booth(&self, from: &GatePlan, now: Time) -> Result<Option<BoothPlace>> {
        let booths = &self.places_memory.directory.booths;
        let venue = from.plan.venue;
        if let Some(booth) = booths.get(&venue, now) {
            return Ok(booth);
        }
        let ticket = booths.begin(&venue);
        let booth = self.find_booth(from, now).await?;
        booths.keep(ticket, venue, booth.clone(), now, now.plus_s(BOOTH_S));
        Ok(booth)
    }

    async fn find_booth(&self, from: &GatePlan, now: Time) -> Result<Option<BoothPlace>> {
        let plan = &from.plan;
        let own = from.booth.as_ref().map(|booth| BoothPlace {
            venue: plan.venue,
            venue_name: from.venue_name.clone(),
            address: from.address.clone(),
            place: booth.place.clone(),
            distance_km: None,
            open: both_open(&plan.hours, &booth.hours, now, plan.zone),
        });
        if own.as_ref().is_some_and(|own| is_open(own.open)) {
            return Ok(own);
        }
        let query = PlaceQuery {
            near: Some(plan.position),
            with_booth: true,
            ..PlaceQuery::default()
        };
        let directory = self.directory(now).await?;
        let found = select(directory.listings(), &query, LOOKED_AT_MAX);
        let others: Vec<BoothPlace> = found
            .into_iter()
            .filter(|(listing, _)| listing.venue != plan.venue)
            .take_while(|(_, km)| km.is_some_and(|km| km <= NEARBY_KM))
            .take(LOOKED_AT_MAX)
            .filter_map(|(listing, km)| booth_of(listing, km, now))
            .collect();
        let opens_again =
            |booth: &BoothPlace| matches!(booth.open, OpenState::Closed { opens: Some(_) });
        if let Some(open) = others.iter().find(|booth| is_open(booth.open)) {
            return Ok(Some(open.clone()));
        }
        Ok(own.into_iter().chain(others).find(opens_again))
    }
}

fn booth_of(listing: &Listing, distance_km: Option<f64>, now: Time) -> Option<BoothPlace> {
    let booth = listing.booth.as_ref()?;
    Some(BoothPlace {
        venue: listing.venue,
        venue_name: listing.name.clone(),
        address: listing.address.clone(),
        place: booth.place.clone(),
        distance_km,
        open: both_open(&listing.hours, &booth.hours, now, listing.zone()),
    })
}
