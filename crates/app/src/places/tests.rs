//! Looking for places, without a store.

use super::*;
use gapura_domain::hours::Span;
use gapura_domain::ids::OrganisationId;
use gapura_domain::venue::Label;
use proptest::prelude::*;

fn listing(number: u64, latitude: f64, longitude: f64) -> Arc<Listing> {
    Arc::new(Listing {
        venue: VenueId(number),
        organisation: OrganisationId(1),
        name: Label::parse(&format!("Tempat {number}")).unwrap(),
        category: Category::Mall,
        address: Label::parse("Jl. Ijen 1").unwrap(),
        district: RegionCode::parse("35.73.02").unwrap(),
        position: Position {
            latitude,
            longitude,
        },
        hours: OpeningHours::always(),
        booth: None,
        bounds: Bounds::default(),
        rooms: Vec::new(),
        version: 1,
    })
}

fn wib(text: &str) -> Time {
    Time::from(format!("{text}+07:00").parse::<jiff::Timestamp>().unwrap())
}

fn hours(from: u16, to: u16, days: usize) -> OpeningHours {
    let week = std::array::from_fn(|day| {
        if day < days {
            vec![Span { from, to }]
        } else {
            vec![]
        }
    });
    OpeningHours::new(week, Vec::new()).unwrap()
}

#[test]
fn a_booth_is_open_only_while_its_place_is() {
    let (place, booth) = (hours(480, 900, 5), hours(420, 840, 7));
    let at = |text| both_open(&place, &booth, wib(text), Zone::Wib);
    let opens = |text| OpenState::Closed {
        opens: Some(wib(text)),
    };
    // 23 November 2026 is a Monday.
    assert_eq!(at("2026-11-23T07:30:00"), opens("2026-11-23T08:00:00"));
    let until = wib("2026-11-23T14:00:00");
    assert_eq!(at("2026-11-23T08:00:00"), OpenState::Open { until });
    assert_eq!(at("2026-11-23T14:00:00"), opens("2026-11-24T08:00:00"));
    assert_eq!(at("2026-11-28T10:00:00"), opens("2026-11-30T08:00:00"));
    let never = both_open(
        &hours(0, 60, 7),
        &hours(60, 120, 7),
        wib("2026-11-23T08:00:00"),
        Zone::Wib,
    );
    assert_eq!(never, OpenState::Closed { opens: None });
}

#[test]
fn free_places_are_what_all_limits_leave() {
    let day = LocalDay(20_000);
    let count = |inside, today| Count { inside, day, today };
    let bounds = |capacity, quota| Bounds { capacity, quota };
    let rooms = [
        (count(10, 30), bounds(Some(12), None)),
        (count(0, 0), bounds(Some(5), Some(3))),
    ];
    let (occupancy, free) = figures(day, (count(10, 30), Bounds::default()), &rooms);
    assert_eq!(free, Some(5));
    assert_eq!(occupancy.bounds, bounds(Some(17), None));
    let (_, free) = figures(day, (count(10, 30), bounds(None, Some(33))), &rooms);
    assert_eq!(free, Some(3));
    let (occupancy, free) = figures(
        day.plus_days(1),
        (count(10, 30), bounds(None, Some(33))),
        &rooms,
    );
    assert_eq!((occupancy.today, free), (0, Some(5)));
    let unlimited = [(count(9, 9), Bounds::default())];
    assert_eq!(
        figures(day, (count(9, 9), Bounds::default()), &unlimited).1,
        None
    );
}

#[test]
fn words_are_looked_for_in_name_address_and_district() {
    let mall = listing(1, -7.97, 112.63);
    let found = |words: &str| {
        let query = PlaceQuery {
            words: words.into(),
            ..PlaceQuery::default()
        };
        select([&mall].into_iter(), &query, 10).len()
    };
    assert_eq!(found("tempat KLOJEN"), 1);
    assert_eq!(found("ijen malang"), 1);
    assert_eq!(found("surabaya"), 0);
}

proptest! {
    #[test]
    fn the_nearest_are_found_whatever_box_is_searched(
        places in proptest::collection::vec((-8_500..-7_500, 112_000..113_500), 0..60),
        near in (-8_500..-7_500, 112_000..113_500),
        limit in 1..20_usize,
    ) {
        let at = |(north, east): (i32, i32)| (f64::from(north) / 1000.0, f64::from(east) / 1000.0);
        let listings: Vec<_> = places
            .iter()
            .zip(1..)
            .map(|(place, number)| listing(number, at(*place).0, at(*place).1))
            .collect();
        let near = Position { latitude: at(near).0, longitude: at(near).1 };
        let query = PlaceQuery { near: Some(near), ..PlaceQuery::default() };
        let first = |found: Vec<Found<'_>>| -> Vec<VenueId> {
            found.into_iter().take(limit + 1).map(|(listing, _)| listing.venue).collect()
        };
        let all = by_distance(listings.iter(), near);
        prop_assert_eq!(first(select(listings.iter(), &query, limit)), first(all));
    }
}
