//! Looking for a place, and what a refusal leads to.

use crate::ground::{House, MALANG};
use gapura_app::config::Config;
use gapura_app::edit_venue::form_of;
use gapura_app::places::{Place, PlaceQuery};
use gapura_domain::door::{Answer, CheckIn, Command, DoorPlan, Intent, Member, Party, Position};
use gapura_domain::hours::OpenState;
use gapura_domain::ids::{PersonId, RequestId, RulesId};
use gapura_domain::region::RegionCode;
use gapura_domain::status::{Colour, Status};
use gapura_domain::venue::Category;
use gapura_domain::verdict::{Verdict, Way};
use std::sync::Arc;

const ALUN_ALUN: Position = Position {
    latitude: -7.9826,
    longitude: 112.6308,
};

fn names(places: &[Place]) -> Vec<&str> {
    places
        .iter()
        .map(|place| place.listing.name.as_str())
        .collect()
}

async fn enter(house: &House, plan: &Arc<DoorPlan>, person: u8) {
    let status = Status {
        colour: Colour::Green,
        entry: Some(0),
        rules: RulesId(1),
        facts_version: 1,
    };
    let member = Member {
        person: PersonId(u64::from(person)),
        status,
        is_adult: true,
        follows_adult: false,
    };
    let check_in = CheckIn {
        request: RequestId([person; 16]),
        plan: Arc::clone(plan),
        way: Way::Device,
        intent: Intent::Enter,
        party: Party::try_from(vec![member]).unwrap(),
        override_: None,
        remark: None,
    };
    match house
        .app
        .store
        .decide(Command::CheckIn(check_in), house.app.now())
        .await
        .unwrap()
    {
        Answer::Decided(decision) => assert_eq!(decision.verdict, Verdict::Admit, "{decision:?}"),
        other => panic!("{other:?}"),
    }
}

/// Leaves one place in each room of a venue, which is then taken.
async fn fill(house: &House, name: &str, first_person: u8) {
    let venue = house.venue_named(name).await;
    let mut form = form_of(&venue);
    for room in &mut form.rooms {
        room.capacity = "1".into();
    }
    house
        .app
        .edit_venue(&house.manager(), venue.id, venue.version, &form)
        .await
        .unwrap();
    for (person, room) in (first_person..).zip(&venue.rooms) {
        let gate = venue
            .gates
            .iter()
            .find(|gate| gate.room == room.id)
            .unwrap();
        let plan = house.app.door_plan(gate.id).await.unwrap().unwrap();
        enter(house, &plan.plan, person).await;
    }
}

#[tokio::test]
async fn places_are_found_by_distance_kind_region_and_words() {
    let house = House::open(Config::default()).await;
    house.approved(MALANG).await;
    let near = PlaceQuery {
        near: Some(ALUN_ALUN),
        ..PlaceQuery::default()
    };
    let all = house.app.places(&near, 100).await.unwrap().places;
    assert_eq!(all.len(), 11);
    assert!(all.is_sorted_by(|a, b| a.distance_km <= b.distance_km));
    assert_eq!(names(&all)[0], "Polsek Klojen");
    let find = async |query: PlaceQuery| {
        let page = house.app.places(&query, 100).await.unwrap();
        page.places.len()
    };
    let services = Some(Category::PublicService);
    assert_eq!(
        find(PlaceQuery {
            category: services,
            ..near.clone()
        })
        .await,
        5
    );
    let sukun = RegionCode::parse("35.73.04").ok();
    assert_eq!(
        find(PlaceQuery {
            region: sukun,
            ..near.clone()
        })
        .await,
        2
    );
    assert_eq!(
        find(PlaceQuery {
            words: "polsek".into(),
            ..PlaceQuery::default()
        })
        .await,
        5
    );
    assert_eq!(
        find(PlaceQuery {
            with_booth: true,
            ..near.clone()
        })
        .await,
        4
    );
}

#[tokio::test]
async fn pages_show_every_place_once() {
    let house = House::open(Config::default()).await;
    house.approved(MALANG).await;
    for near in [Some(ALUN_ALUN), None] {
        let mut query = PlaceQuery {
            near,
            ..PlaceQuery::default()
        };
        let mut seen = Vec::new();
        loop {
            let page = house.app.places(&query, 4).await.unwrap();
            assert!(page.places.len() <= 4);
            seen.extend(page.places.iter().map(|place| place.listing.venue));
            query.after = page.next;
            if page.next.is_none() {
                break;
            }
        }
        assert_eq!(seen.len(), 11);
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 11);
    }
}

#[tokio::test]
async fn full_and_closed_places_can_be_left_out() {
    let house = House::open(Config::default()).await;
    house.approved(MALANG).await;
    fill(&house, "Polsek Klojen", 1).await;
    let query = PlaceQuery {
        with_room: true,
        open_now: true,
        near: Some(ALUN_ALUN),
        ..PlaceQuery::default()
    };
    assert_eq!(
        house.app.places(&query, 100).await.unwrap().places.len(),
        10
    );
    let klojen = house.venue_named("Polsek Klojen").await.id;
    let place = house.app.place_of(klojen).await.unwrap().unwrap();
    assert_eq!((place.free, place.occupancy.inside), (Some(0), 2));
    // 22.00 WIB: only the service desk is open.
    house.wait(12 * 3600);
    assert_eq!(
        names(&house.app.places(&query, 100).await.unwrap().places),
        ["SPKT Polresta Malang Kota"]
    );
}

#[tokio::test]
async fn a_refusal_names_the_nearest_places_of_the_same_kind_with_room() {
    let house = House::open(Config::default()).await;
    house.approved(MALANG).await;
    let app = &house.app;
    let klojen = house.venue_named("Polsek Klojen").await;
    let plan = app.door_plan(klojen.gates[0].id).await.unwrap().unwrap();
    let nearby = app.nearby_with_room(&plan, app.now(), 3).await.unwrap();
    let before: Vec<String> = names(&nearby).into_iter().map(str::to_owned).collect();
    assert_eq!(before.len(), 3);
    assert!(!before.contains(&"Polsek Klojen".to_owned()));
    fill(&house, &before[0], 1).await;
    house.wait(2);
    let nearby = app.nearby_with_room(&plan, app.now(), 3).await.unwrap();
    assert!(!names(&nearby).contains(&before[0].as_str()));
    assert_eq!(names(&nearby)[0], before[1]);
    assert!(
        nearby
            .iter()
            .all(|place| place.listing.category == Category::Police)
    );
}

#[tokio::test]
async fn a_refusal_for_want_of_a_dose_names_the_nearest_open_booth() {
    let house = House::open(Config::default()).await;
    house.approved(MALANG).await;
    let app = &house.app;
    let plan_of = async |name: &str| {
        let gate = house.venue_named(name).await.gates[0].id;
        app.door_plan(gate).await.unwrap().unwrap()
    };
    let klojen = plan_of("Polsek Klojen").await;
    let own = app
        .nearest_booth(&klojen, app.now())
        .await
        .unwrap()
        .unwrap();
    assert_eq!((own.place.as_str(), own.distance_km), ("Ruang 3", None));
    assert!(matches!(own.open, OpenState::Open { .. }));
    let sukun = plan_of("Polsek Sukun").await;
    let other = app.nearest_booth(&sukun, app.now()).await.unwrap().unwrap();
    assert_eq!(other.venue_name.as_str(), "Samsat Malang Kota");
    assert!(other.distance_km.unwrap() < 1.0);
    // 16.00 WIB: every booth has closed, and that of the same site opens again tomorrow at eight.
    house.wait(6 * 3600);
    let own = app
        .nearest_booth(&klojen, app.now())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(own.distance_km, None);
    assert_eq!(
        own.open,
        OpenState::Closed {
            opens: Some(app.now().plus_s(16 * 3600))
        }
    );
}
