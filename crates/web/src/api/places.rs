//! Places before the journey: near, of a kind, with room; and how full one is, now and as it changes.

use std::time::Duration;

use axum::extract::State;
use axum::response::Response;
use gapura_app::places::{Place, PlaceQuery};
use gapura_app::watch::VenueOccupancy;
use gapura_domain::door::Position;
use gapura_domain::hours::OpenState;
use gapura_domain::ids::VenueId;
use gapura_domain::region::RegionCode;
use gapura_domain::venue::{Category, Occupancy};
use serde::Serialize;
use utoipa::ToSchema;

use super::params::Params;
use crate::access::Access;
use crate::ids::{IdText, PathId};
use crate::json::Json;
use crate::live::{Source, follow_in_public};
use crate::operation::Operation;
use crate::problem::Problem;
use crate::state::AppState;
use crate::table::{Route, get};

/// How often a follower's figures are looked at.
const LOOK: Duration = Duration::from_secs(1);

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/venues", Access::PUBLIC, venues).describe(
            Operation::answering::<VenuesAnswer>("Places with free places, hours and booth.")
                .query("near", "Nearest to this point first: latitude,longitude in degrees.")
                .query("category", "Only of this kind, as `police`.")
                .query("region", "Only in this province, regency or district: a code as `35.73`.")
                .query("words", "Only those whose name, address or district holds these words.")
                .query("open_now", "true: only those that are open now.")
                .query("with_room", "true: only those with a free place.")
                .query("with_booth", "true: only those with a vaccination booth.")
                .query("limit", "Places on a page, 1 to 200; 50 if left out.")
                .query("cursor", "`next` of the page before.")
                .refusing(&[(422, "wrong_parameter")]),
        ),
        get("/api/v1/venues/{venue}/occupancy", Access::PUBLIC, occupancy).describe(
            Operation::answering::<OccupancyAnswer>("How full a place and its rooms are now.")
                .refusing(&[(404, "not_found")]),
        ),
        get("/api/v1/venues/{venue}/occupancy/stream", Access::PUBLIC, stream).describe(
            Operation::giving(
                "The same as server-sent events: at once, and whenever it changes, at most twice a second.",
                "text/event-stream",
            )
            .refusing(&[(404, "not_found"), (503, "unavailable")]),
        ),
    ]
}

#[derive(Serialize, ToSchema)]
struct VenuesAnswer {
    venues: Vec<PlaceText>,
    /// `cursor` of the next page, if there is one.
    #[schema(value_type = Option<String>)]
    next: Option<IdText>,
}

#[derive(Serialize, ToSchema)]
struct PlaceText {
    #[schema(value_type = String)]
    venue: IdText,
    name: String,
    category: &'static str,
    address: String,
    /// Code of the district.
    district: String,
    /// Degrees north.
    latitude: f64,
    /// Degrees east.
    longitude: f64,
    /// From the point that was asked for.
    distance_km: Option<f64>,
    #[serde(flatten)]
    figures: Figures,
    open: Hours,
    booth: Option<BoothText>,
}

/// `null` where there is no limit.
#[derive(Clone, Copy, Serialize, ToSchema)]
struct Figures {
    inside: u32,
    capacity: Option<u32>,
    today: u32,
    quota: Option<u32>,
    /// Places left now by all limits together.
    free: Option<u32>,
}

#[derive(Serialize, ToSchema)]
struct Hours {
    now: bool,
    /// When it closes, RFC 3339.
    until: Option<String>,
    /// When it opens next, RFC 3339.
    opens: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct BoothText {
    /// Where in the venue.
    place: String,
    open: Hours,
}

#[derive(Serialize, ToSchema)]
struct OccupancyAnswer {
    #[schema(value_type = String)]
    venue: IdText,
    #[serde(flatten)]
    figures: Figures,
    rooms: Vec<RoomText>,
}

#[derive(Serialize, ToSchema)]
struct RoomText {
    #[schema(value_type = String)]
    room: IdText,
    #[serde(flatten)]
    figures: Figures,
}

async fn venues(
    State(state): State<AppState>,
    params: Params,
) -> Result<Json<VenuesAnswer>, Problem> {
    let query = PlaceQuery {
        near: params.read("near", "latitude,longitude in degrees", position)?,
        category: params.read("category", "the name of a category", Category::from_name)?,
        region: params.read("region", "a code with two, four or six digits", |text| {
            RegionCode::parse(text).ok()
        })?,
        words: params.text("words").unwrap_or_default().to_owned(),
        open_now: params.flag("open_now")?,
        with_room: params.flag("with_room")?,
        with_booth: params.flag("with_booth")?,
        after: params.after::<VenueId>(&state)?,
    };
    let limit = usize::try_from(params.limit()?).unwrap_or(usize::MAX);
    let page = state.app.places(&query, limit).await?;
    let venues = page.places.iter().map(|place| place_text(&state, place));
    Ok(Json(VenuesAnswer {
        venues: venues.collect(),
        next: page.next.map(|next| state.ids.show(next)),
    }))
}

fn position(text: &str) -> Option<Position> {
    let (latitude, longitude) = text.split_once(',')?;
    let degrees = |text: &str, most: f64| {
        let degrees: f64 = text.trim().parse().ok()?;
        (degrees.abs() <= most).then_some(degrees)
    };
    Some(Position {
        latitude: degrees(latitude, 90.0)?,
        longitude: degrees(longitude, 180.0)?,
    })
}

fn place_text(state: &AppState, place: &Place) -> PlaceText {
    let listing = &place.listing;
    let booth = listing.booth.as_ref().zip(place.booth);
    PlaceText {
        venue: state.ids.show(listing.venue),
        name: listing.name.to_string(),
        category: listing.category.name(),
        address: listing.address.to_string(),
        district: listing.district.to_string(),
        latitude: listing.position.latitude,
        longitude: listing.position.longitude,
        distance_km: place.distance_km,
        figures: figures(place.occupancy, place.free),
        open: hours(place.open),
        booth: booth.map(|(booth, open)| BoothText {
            place: booth.place.to_string(),
            open: hours(open),
        }),
    }
}

const fn figures(occupancy: Occupancy, free: Option<u32>) -> Figures {
    Figures {
        inside: occupancy.inside,
        capacity: occupancy.bounds.capacity,
        today: occupancy.today,
        quota: occupancy.bounds.quota,
        free,
    }
}

fn hours(state: OpenState) -> Hours {
    let (now, until, opens) = match state {
        OpenState::Open { until } => (true, Some(until), None),
        OpenState::Closed { opens } => (false, None, opens),
    };
    Hours {
        now,
        until: until.map(super::rfc3339),
        opens: opens.map(super::rfc3339),
    }
}

async fn occupancy(
    State(state): State<AppState>,
    PathId(venue): PathId<VenueId>,
) -> Result<Json<OccupancyAnswer>, Problem> {
    let found = state.app.occupancy(venue).await?;
    Ok(Json(occupancy_text(&state, venue, &found)))
}

fn occupancy_text(state: &AppState, venue: VenueId, found: &VenueOccupancy) -> OccupancyAnswer {
    let rooms = found.rooms.iter().map(|(room, occupancy)| RoomText {
        room: state.ids.show(*room),
        figures: figures(*occupancy, occupancy.free()),
    });
    OccupancyAnswer {
        venue: state.ids.show(venue),
        figures: figures(found.venue, found.free),
        rooms: rooms.collect(),
    }
}

async fn stream(
    State(state): State<AppState>,
    PathId(venue): PathId<VenueId>,
) -> Result<Response, Problem> {
    state.app.occupancy(venue).await?;
    let source = Occupied {
        state: state.clone(),
        venue,
    };
    follow_in_public(&state, source)
}

/// A venue's figures. They lie in memory, so looking costs less than being told of every visit.
struct Occupied {
    state: AppState,
    venue: VenueId,
}

impl Source for Occupied {
    async fn changed(&mut self) {
        tokio::time::sleep(LOOK).await;
    }

    async fn now(&mut self) -> Option<String> {
        let found = self.state.app.occupancy(self.venue).await.ok()?;
        serde_json::to_string(&occupancy_text(&self.state, self.venue, &found)).ok()
    }
}
