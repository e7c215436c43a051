//! Days lived through the embedded store.

use super::*;
use gapura_domain::door::{Bounds, Position};
use gapura_domain::hours::OpeningHours;
use gapura_domain::ids::{GateId, PersonId, RoomId, RulesId, VenueId};
use gapura_domain::status::{Admission, Colour, Status};
use gapura_domain::time::{LocalDay, Zone};
use gapura_domain::verdict::Verdict;
use gapura_store::{Cursor, Upkeep};
use gapura_store_sqlite::{Options, SqliteStore};

const DAY: LocalDay = LocalDay(20_000);

fn door(number: u64, capacity: Option<u32>) -> Arc<DoorPlan> {
    let bounds = Bounds {
        capacity,
        quota: None,
    };
    Arc::new(DoorPlan {
        gate: GateId(number),
        room: RoomId(number),
        venue: VenueId(number),
        zone: Zone::Wib,
        position: Position {
            latitude: -7.98,
            longitude: 112.63,
        },
        room_bounds: bounds,
        venue_bounds: bounds,
        hours: OpeningHours::always(),
        admission: Admission {
            green: Verdict::Admit,
            yellow: Verdict::Check,
            red: Verdict::Refuse,
            black: Verdict::Refuse,
            none: Verdict::Check,
        },
        longest_stay_s: 4 * 3600,
    })
}

fn people(count: u64) -> Vec<Member> {
    let status = Status {
        colour: Colour::Green,
        entry: Some(0),
        rules: RulesId(1),
        facts_version: 1,
    };
    (1..=count)
        .map(|person| Member {
            person: PersonId(person),
            status,
            is_adult: true,
            follows_adult: false,
        })
        .collect()
}

async fn store() -> (SqliteStore, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("a.db"), Options::default()).unwrap();
    store.migrate().await.unwrap();
    (store, folder)
}

#[tokio::test]
async fn a_day_leaves_the_visits_it_says_and_nobody_inside_at_its_end() {
    let (store, _folder) = store().await;
    let (doors, people) = ([door(1, None), door(2, None)], people(3_000));
    let crowd = Crowd {
        doors: &doors,
        people: &people,
    };
    let end = Zone::Wib.time_at(DAY.plus_days(1), 0);
    let lived = live_a_day(&store, crowd, end, 2_500, &mut Dice::new(1))
        .await
        .unwrap();
    assert_eq!(lived.turned_away, 0);
    assert!((1_200..1_800).contains(&lived.check_outs), "{lived:?}");
    let mut visits = 0;
    for venue in [1, 2] {
        let mut after = None;
        loop {
            let cursor = Cursor { after, limit: 1000 };
            let page = store.visits_at(VenueId(venue), DAY, cursor).await.unwrap();
            visits += page.rows.len() as u64;
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert!(store.open_visits(VenueId(venue)).await.unwrap().len() < 200);
    }
    assert_eq!(visits, lived.visits);
}

#[tokio::test]
async fn a_small_room_turns_people_away() {
    let (store, _folder) = store().await;
    let (doors, people) = ([door(1, Some(5))], people(400));
    let crowd = Crowd {
        doors: &doors,
        people: &people,
    };
    let noon = Zone::Wib.time_at(DAY, 12 * 60);
    let lived = live_a_day(&store, crowd, noon, 300, &mut Dice::new(1))
        .await
        .unwrap();
    assert!(lived.turned_away > 50, "{lived:?}");
    assert!(lived.visits + lived.turned_away <= 300);
    assert!(store.room_count(RoomId(1)).await.unwrap().inside <= 5);
}

#[tokio::test]
async fn without_people_nothing_happens() {
    let (store, _folder) = store().await;
    let doors = [door(1, None)];
    let crowd = Crowd {
        doors: &doors,
        people: &[],
    };
    let end = Zone::Wib.time_at(DAY.plus_days(1), 0);
    let lived = live_a_day(&store, crowd, end, 100, &mut Dice::new(1)).await;
    assert_eq!(lived.unwrap(), Lived::default());
}
