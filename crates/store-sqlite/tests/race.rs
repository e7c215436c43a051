//! Many doors at once: limits hold to the unit, and whoever asks twice is answered once.

use gapura_domain::door::{Answer, Bounds, CheckIn, Command, DoorPlan};
use gapura_domain::ids::{RoomId, VenueId};
use gapura_domain::status::Colour;
use gapura_domain::verdict::Verdict;
use gapura_store::contract::scene::{NINE, limited, plan, scan, today};
use gapura_store::{Cursor, Doors, Upkeep};
use gapura_store_sqlite::{Options, SqliteStore};
use std::collections::BTreeMap;
use tempfile::TempDir;
use tokio::task::JoinSet;

async fn fresh() -> (SqliteStore, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("gapura.db"), Options::default()).unwrap();
    store.migrate().await.unwrap();
    (store, folder)
}

/// Sends every check-in, spread over so many tasks, and gives the answers in their order.
async fn push(store: &SqliteStore, tasks: usize, asks: Vec<CheckIn>) -> Vec<Answer> {
    let mut pushing = JoinSet::new();
    for task in 0..tasks {
        let store = store.clone();
        let own = asks.iter().enumerate().skip(task).step_by(tasks);
        let own: Vec<(usize, CheckIn)> = own.map(|(place, ask)| (place, ask.clone())).collect();
        pushing.spawn(async move {
            let mut answers = Vec::new();
            for (place, ask) in own {
                let answer = store.decide(Command::CheckIn(ask), NINE).await;
                answers.push((place, answer.unwrap()));
            }
            answers
        });
    }
    let mut answers: Vec<_> = pushing.join_all().await.into_iter().flatten().collect();
    answers.sort_by_key(|(place, _)| *place);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

fn admitted<'a>(answers: impl IntoIterator<Item = &'a Answer>) -> usize {
    let is_in = |answer: &&Answer| matches!(answer, Answer::Decided(decision) if decision.verdict == Verdict::Admit);
    answers.into_iter().filter(is_in).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_doors_let_exactly_fifty_of_five_thousand_into_a_room_for_fifty() {
    let (store, _folder) = fresh().await;
    let plan = limited(1, Some(50), None);
    let asks = (1..=5000).map(|person| scan(person, &plan, &[person], Colour::Green, NINE));
    let answers = push(&store, 64, asks.collect()).await;
    assert_eq!(admitted(&answers), 50);
    let count = store.room_count(RoomId(1)).await.unwrap();
    assert_eq!((count.inside, count.today), (50, 50));
    assert_eq!(store.open_visits(VenueId(1)).await.unwrap().len(), 50);
    for answer in &answers {
        let Answer::Decided(decision) = answer else {
            panic!("{answer:?}")
        };
        assert!(decision.limits.inside <= 50, "{decision:?}");
    }
    let figures = store.figures();
    assert!(figures.batches < 2500, "doors share commits: {figures:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rooms_venues_and_quotas_hold_at_all_their_doors_at_once() {
    let (store, _folder) = fresh().await;
    // Five venues of two rooms for twenty each, thirty together; the fifth has a quota of ten.
    let door = |gate: u64| DoorPlan {
        venue_bounds: Bounds {
            capacity: Some(30),
            quota: (gate > 8).then_some(10),
        },
        ..limited(gate, Some(20), None)
    };
    let asks: Vec<CheckIn> = (0..2000)
        .map(|number| {
            let people: Vec<u64> = (0..=number % 3).map(|who| 3 * number + who + 1).collect();
            let gate = number % 10 + 1;
            scan(number + 1, &door(gate), &people, Colour::Green, NINE)
        })
        .collect();
    let answers = push(&store, 64, asks).await;
    let mut inside: BTreeMap<u64, usize> = BTreeMap::new();
    for answer in &answers {
        if let Answer::Decided(decision) = answer
            && decision.verdict == Verdict::Admit
        {
            *inside.entry(decision.room.0).or_default() += decision.party.len();
        }
    }
    for venue in 1..=5 {
        let rooms = [2 * venue - 1, 2 * venue];
        let mut both = 0;
        for room in rooms {
            let count = store.room_count(RoomId(room)).await.unwrap();
            assert_eq!(
                count.inside as usize,
                inside.get(&room).copied().unwrap_or(0)
            );
            assert!(count.inside <= 20);
            both += count.inside;
        }
        let count = store.venue_count(VenueId(venue)).await.unwrap();
        // Somebody alone fits into whatever is left, so each is filled to the last place.
        assert_eq!(
            (count.inside, both),
            if venue < 5 { (30, 30) } else { (10, 10) }
        );
        let open = store.open_visits(VenueId(venue)).await.unwrap();
        assert_eq!(open.len(), both as usize);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_asks_at_once_through_many_doors_is_decided_once() {
    let (store, _folder) = fresh().await;
    let one = |number| {
        scan(
            number,
            &plan(number % 6 + 1),
            &[number],
            Colour::Green,
            NINE,
        )
    };
    let hundred: Vec<CheckIn> = (1..=100).map(one).collect();
    let asks: Vec<CheckIn> = (0..20).flat_map(|_| hundred.clone()).collect();
    let packing = store.clone();
    let packing = tokio::spawn(async move {
        for _ in 0..10 {
            packing.pack().await.unwrap();
        }
    });
    let answers = push(&store, 40, asks).await;
    packing.await.unwrap();
    for (place, answer) in answers.iter().enumerate() {
        assert_eq!(answer, &answers[place % 100]);
    }
    let all = Cursor {
        after: None,
        limit: 1000,
    };
    let mut visits = 0;
    for venue in 1..=3 {
        let page = store.visits_at(VenueId(venue), today(), all).await.unwrap();
        let count = store.venue_count(VenueId(venue)).await.unwrap();
        assert_eq!(count.inside as usize, page.rows.len());
        visits += page.rows.len();
    }
    assert_eq!(visits, 100);
}
