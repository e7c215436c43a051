//! Places of every shape, for tests of laws.

use crate::hours_text::Week;
use gapura_domain::door::{Bounds, Position};
use gapura_domain::hours::{Closure, OpeningHours, Span};
use gapura_domain::region::regions;
use gapura_domain::time::LocalDay;
use gapura_domain::venue::{Booth, Category, GateSpec, Label, RoomSpec, VenueSpec};
use proptest::prelude::*;

/// Names as people write them, spreadsheet formulas and separators included.
pub(crate) fn any_label() -> impl Strategy<Value = Label> {
    "[A-Za-z=+@\"',;.|é()0-9][A-Za-z0-9 =+@\"',;.|é()-]{0,20}"
        .prop_filter_map("empty", |text| Label::parse(&text).ok())
}

/// Any week that the domain accepts.
pub(crate) fn any_week() -> impl Strategy<Value = Week> {
    let day = proptest::collection::vec((0_u16..700, 1_u16..1100), 0..3).prop_map(|steps| {
        let mut at = 0;
        let mut spans = Vec::new();
        for (gap, length) in steps {
            let from = at + gap;
            at = (from + length).min(2160);
            if from < 1440 && from < at {
                spans.push(Span { from, to: at });
            }
        }
        spans
    });
    prop_oneof![
        proptest::array::uniform7(day.clone()),
        day.prop_map(|day| std::array::from_fn(|_| day.clone())),
    ]
}

/// Closures within the years that can be written.
pub(crate) fn any_closures() -> impl Strategy<Value = Vec<Closure>> {
    let closure = (11_000_i32..80_000, 0_i32..400).prop_map(|(from, days)| Closure {
        from: LocalDay(from),
        to: LocalDay(from + days),
    });
    proptest::collection::vec(closure, 0..4)
}

fn any_hours() -> impl Strategy<Value = OpeningHours> {
    (any_week(), any_closures()).prop_filter_map("hours", |(week, closures)| {
        OpeningHours::new(week, closures).ok()
    })
}

fn any_bounds(least: u32) -> impl Strategy<Value = Bounds> {
    use proptest::option;
    (1..500_u32, any::<bool>(), option::of(1..5000_u32)).prop_map(move |(most, has, quota)| {
        Bounds {
            capacity: (has || least > 0).then_some(most),
            quota,
        }
    })
}

fn any_room(index: usize) -> impl Strategy<Value = RoomSpec> {
    let gates = proptest::collection::vec(any_label(), 1..3);
    (any_label(), 100..100_000_u32, any_bounds(1), gates).prop_map(
        move |(name, area, bounds, gates)| RoomSpec {
            name: Label::parse(&format!("{name} {index}")).unwrap_or(name),
            floor_area_m2: f64::from(area) / 100.0,
            bounds,
            gates: gates
                .into_iter()
                .enumerate()
                .filter_map(|(index, name)| Label::parse(&format!("{name} {index}")).ok())
                .map(|name| GateSpec { name })
                .collect(),
        },
    )
}

/// Any place that the form can describe.
pub(crate) fn any_spec() -> impl Strategy<Value = VenueSpec> {
    let districts: Vec<_> = regions()
        .iter()
        .filter(|region| region.code.is_district())
        .collect();
    let rooms = (any_room(0), any_room(1), 1..3_usize)
        .prop_map(|(a, b, count)| [a, b].into_iter().take(count).collect::<Vec<_>>());
    let place = (
        any_label(),
        0..16_usize,
        any_label(),
        0..districts.len(),
        any_label(),
    );
    let position = (-11_000_i32..6_000, 95_000_i32..141_000);
    let booth = proptest::option::of((any_label(), any_hours()));
    let rest = (any::<bool>(), 15..=1440_u16);
    (
        place,
        position,
        any_hours(),
        any_bounds(0),
        rooms,
        booth,
        rest,
    )
        .prop_map(
            move |(place, position, hours, bounds, rooms, booth, rest)| VenueSpec {
                name: place.0,
                category: Category::ALL[place.1],
                address: place.2,
                district: districts[place.3].code,
                position: Position {
                    latitude: f64::from(position.0) / 1000.0,
                    longitude: f64::from(position.1) / 1000.0,
                },
                contact: place.4,
                hours,
                bounds,
                rooms,
                booth: booth.and_then(|(place, hours)| {
                    let hours = OpeningHours::new(hours.week().clone(), Vec::new()).ok()?;
                    Some(Booth { place, hours })
                }),
                demands_screen_code: rest.0,
                longest_stay_minutes: rest.1,
            },
        )
}
