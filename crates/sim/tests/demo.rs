//! The demo's world, founded over the embedded store.

use gapura_app::ambient::{Chance, Clock};
use gapura_app::check_in::{CheckInAsk, Scan, Who};
use gapura_app::config::Config;
use gapura_app::keys::{Keys, new_keys};
use gapura_app::{App, visitor_session};
use gapura_domain::door::{Intent, Officer};
use gapura_domain::ids::{GateId, RequestId};
use gapura_domain::time::{Time, Zone};
use gapura_domain::verdict::Verdict;
use gapura_sim::demo::{DemoVisitor, Options, Outside, World, world};
use gapura_sim::dice::Dice;
use gapura_store::Store;
use gapura_store::venues::ApplicationFilter;
use gapura_store::{Cursor, StoreError};
use gapura_store_sqlite::{Options as StoreOptions, SqliteStore};
use std::sync::{Arc, Mutex};

/// Monday, 23 November 2026, 11.00 WIB.
const NOW: Time = Time(1_795_406_400);

struct Still;

impl Clock for Still {
    fn now(&self) -> Time {
        NOW
    }
}

struct Seeded(Mutex<Dice>);

impl Chance for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        let mut dice = self.0.lock().unwrap();
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&dice.next_u64().to_le_bytes()[..chunk.len()]);
        }
    }
}

async fn app(rules: &str) -> (App, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("gapura.db");
    let store = SqliteStore::open(&file, StoreOptions::default()).unwrap();
    let store: Arc<dyn Store> = Arc::new(store);
    store.migrate().await.unwrap();
    let chance = Arc::new(Seeded(Mutex::new(Dice::new(9))));
    let keys = Keys::parse(&new_keys(&*chance)).unwrap();
    let config = Config {
        rules: rules.to_owned(),
        ..Config::default()
    };
    let app = App::start(store, config, keys, Arc::new(Still), chance).await;
    (app.unwrap(), folder)
}

async fn found(app: &App, people: Option<u32>, base_url: &str) -> gapura_app::error::Result<World> {
    let outside = Outside {
        gate: &|gate| gate.0.to_string(),
        venue: &|venue| venue.0.to_string(),
        person: &|person| person.0.to_string(),
        visitor_cookie: "gapura_v",
        base_url,
        outbox: "http://127.0.0.1:8700/outbox",
    };
    world(app, Options { people, seed: 1 }, &outside).await
}

fn statuses(world: &World) -> Vec<&str> {
    let visitors = world.visitors.iter();
    visitors.map(|visitor| visitor.status.as_str()).collect()
}

/// A device scans the visitor's card at a gate that is open day and night.
async fn scan(app: &App, world: &World, visitor: &DemoVisitor, number: u64) -> Verdict {
    let device = world.devices.last().unwrap();
    let known = app.device_of_token(&device.token).await.unwrap();
    let ask = CheckInAsk {
        request: RequestId(Dice::new(number).uuid_v7(u64::try_from(NOW.0).unwrap() * 1000)),
        gate: GateId(device.gate.parse().unwrap()),
        who: Who::Credential(visitor.credential.clone()),
        companions: Vec::new(),
        intent: Intent::Enter,
        by: Some(Officer::Device(known.id)),
        override_reason: None,
    };
    match app.check_in(ask).await.unwrap() {
        Scan::Decided(answer) => answer.decision.verdict,
        Scan::Left { .. } => panic!("nobody is inside"),
    }
}

#[tokio::test]
async fn the_demo_has_people_of_each_colour_whose_cards_and_sessions_work() {
    let (app, _folder) = app("id-2022-07").await;
    let world = found(&app, None, "http://127.0.0.1:8700").await.unwrap();
    let expected = [
        "green", "green", "yellow", "yellow", "red", "black", "black",
    ];
    assert_eq!(statuses(&world), expected);
    for (number, visitor) in (0..).zip(&world.visitors) {
        let token = visitor.session.strip_prefix("gapura_v=").unwrap();
        assert!(
            visitor_session::visitor(&app, token)
                .await
                .unwrap()
                .is_some()
        );
        let expected = match visitor.status.as_str() {
            "green" => Verdict::Admit,
            "yellow" => Verdict::Check,
            _ => Verdict::Refuse,
        };
        assert_eq!(
            scan(&app, &world, visitor, number).await,
            expected,
            "{}",
            visitor.status
        );
    }
    let family: Vec<usize> = world
        .visitors
        .iter()
        .map(|one| one.companions.len())
        .collect();
    assert_eq!(family, [2, 0, 0, 0, 1, 0, 0]);
    let roles: std::collections::BTreeSet<&str> = world
        .staff
        .iter()
        .map(|account| account.role.as_str())
        .collect();
    assert_eq!(roles.len(), 8);
}

#[tokio::test]
async fn the_demos_places_came_by_application_and_something_is_left_to_decide() {
    let (app, _folder) = app("id-2022-07").await;
    let world = found(&app, None, "http://127.0.0.1:8700").await.unwrap();
    let mut counts = Vec::new();
    for state in ["approved", "submitted", "returned"] {
        let filter = ApplicationFilter {
            organisations: None,
            state: Some(state),
        };
        let cursor = Cursor {
            after: None,
            limit: 1000,
        };
        let page = app.store.applications(&filter, cursor).await.unwrap();
        counts.push(page.rows.len());
    }
    // Eleven of Malang, 35 of South Sumatra, and the small one.
    assert_eq!(counts, [47, 1, 1]);
    assert!(world.devices.len() > 10);
    // The day has begun.
    let day = Zone::Wib.day_of(NOW);
    let mut visits = 0;
    for venue in 1..=47 {
        let cursor = Cursor {
            after: None,
            limit: 1000,
        };
        let venue = gapura_domain::ids::VenueId(venue);
        let page = app.store.visits_at(venue, day, cursor).await.unwrap();
        visits += page.rows.len();
    }
    assert!(visits > 50, "{visits}");
}

#[tokio::test]
async fn colours_that_rules_do_not_use_are_left_out() {
    let (app, _folder) = app("id-2021-08").await;
    let world = found(&app, None, "http://127.0.0.1:8700").await.unwrap();
    let expected = ["green", "green", "yellow", "yellow", "red"];
    assert_eq!(statuses(&world), expected);
}

#[tokio::test]
async fn a_demo_that_is_started_again_is_the_same_under_its_new_address() {
    let (app, _folder) = app("id-2022-07").await;
    let first = found(&app, Some(30), "http://127.0.0.1:8700")
        .await
        .unwrap();
    assert_eq!(first.visitors.len(), 30);
    let again = found(&app, Some(30), "http://127.0.0.1:8701")
        .await
        .unwrap();
    assert_eq!(again.base_url, "http://127.0.0.1:8701");
    assert_eq!(again.visitors[7].session, first.visitors[7].session);
    assert_eq!(again.devices[0].token, first.devices[0].token);
}

#[tokio::test]
async fn a_store_with_organisations_of_its_own_is_left_alone() {
    let (app, _folder) = app("id-2022-07").await;
    let name = gapura_domain::venue::Label::parse("Dinas Kesehatan").unwrap();
    let made: Result<_, StoreError> = app.store.create_organisation(None, &name, NOW).await;
    made.unwrap();
    let refused = found(&app, None, "http://127.0.0.1:8700")
        .await
        .unwrap_err();
    assert_eq!(refused.to_string(), "not possible now: demo_unfinished");
}
