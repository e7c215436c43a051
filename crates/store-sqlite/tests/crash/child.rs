//! The child's parts: it says each answer as a line, and only after it was given.

use gapura_domain::door::{Answer, CheckIn, Command, DoorPlan};
use gapura_domain::ids::DecisionId;
use gapura_domain::status::Colour;
use gapura_domain::time::Time;
use gapura_domain::verdict::{Exit, Verdict};
use gapura_store::contract::scene::{NINE, limited, scan};
use gapura_store::{Doors, StoreError, Upkeep};
use gapura_store_sqlite::{Options, SqliteStore};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::io::Write;
use std::path::Path;
use tokio::runtime::Runtime;

/// Tasks that ask at once.
pub(crate) const TASKS: u64 = 48;

/// Gates, two to a venue.
pub(crate) const GATES: u64 = 60;

/// Rooms behind gates whose number divides by ten let in so many.
pub(crate) const CAPACITY: u32 = 25;

pub(crate) fn gate(number: u64) -> DoorPlan {
    let gate = number % GATES + 1;
    limited(gate, gate.is_multiple_of(10).then_some(CAPACITY), None)
}

/// All rounds are within minutes, so that ids are as fresh as those of a real phone.
pub(crate) fn now(round: u32) -> Time {
    NINE.plus_s(i64::from(round))
}

/// The check-in with this number; each is of somebody else.
pub(crate) fn ask(number: u64, round: u32) -> CheckIn {
    let people: Vec<u64> = (0..=number % 2).map(|who| number * 2 + who).collect();
    scan(number, &gate(number), &people, Colour::Green, now(round))
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()
        .unwrap()
}

async fn open(folder: &Path) -> SqliteStore {
    let store = SqliteStore::open(&folder.join("gapura.db"), Options::default()).unwrap();
    store.migrate().await.unwrap();
    store
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(line.as_bytes()).unwrap();
    out.flush().unwrap();
}

/// Lets somebody in and says so, and lets every third out again.
async fn lets_in(store: &SqliteStore, number: u64, round: u32) -> Result<(), StoreError> {
    let ask = Command::CheckIn(ask(number, round));
    let Answer::Decided(decision) = store.decide(ask, now(round)).await? else {
        panic!("a check-in is decided")
    };
    let verdict = if decision.verdict == Verdict::Admit {
        "in"
    } else {
        "out"
    };
    say(&format!(
        "told {round} {number} {} {verdict}\n",
        decision.id.0
    ));
    if number.is_multiple_of(3) && decision.verdict == Verdict::Admit {
        lets_out(store, decision.id, round).await?;
    }
    Ok(())
}

async fn lets_out(store: &SqliteStore, visit: DecisionId, round: u32) -> Result<(), StoreError> {
    let command = Command::CheckOut {
        visit,
        at: None,
        exit: Exit::Visitor,
        whole_party: true,
    };
    let left = store.decide(command, now(round)).await?;
    assert!(matches!(left, Answer::Left { .. }), "{left:?}");
    say(&format!("left {}\n", visit.0));
    Ok(())
}

pub(crate) fn hammers_until_killed(folder: &Path, round: u32) {
    runtime().block_on(async {
        let store = open(folder).await;
        for task in 0..TASKS {
            let store = store.clone();
            tokio::spawn(async move {
                let first = u64::from(round) * 1_000_000 + task;
                for number in (first..).step_by(usize::try_from(TASKS).unwrap()) {
                    lets_in(&store, number, round).await.unwrap();
                }
            });
        }
        // Kills fall into packings too.
        let first = u64::from(round) * 1_000_000 + 500_000;
        for number in first.. {
            lets_in(&store, number, round).await.unwrap();
            if number % 4 == 3 {
                store.pack().await.unwrap();
            }
        }
    });
}

/// The most bytes that this process may write into a file; all that is allowed if `None`.
fn limit_files(bytes: Option<u64>) {
    let maximum = getrlimit(Resource::Fsize).maximum;
    let current = bytes.or(maximum);
    setrlimit(Resource::Fsize, Rlimit { current, maximum }).unwrap();
}

pub(crate) fn fills_the_disk(folder: &Path) {
    runtime().block_on(async {
        let store = open(folder).await;
        let mut number = 1;
        for _ in 0..50 {
            lets_in(&store, number, 0).await.unwrap();
            number += 1;
        }
        let wal = std::fs::metadata(folder.join("gapura.db-wal")).unwrap();
        limit_files(Some(wal.len() + 200_000));
        let mut refused = 0;
        while refused < 20 {
            match lets_in(&store, number, 0).await {
                Ok(()) => {}
                Err(StoreError::Unavailable(_)) => refused += 1,
                Err(error) => panic!("{error:?}"),
            }
            number += 1;
            // A packing cannot be done now either, and does no harm.
            if refused == 10 {
                let packed = store.pack().await;
                assert!(
                    matches!(packed, Err(StoreError::Unavailable(_))),
                    "{packed:?}"
                );
            }
        }
        limit_files(None);
        for _ in 0..50 {
            lets_in(&store, number, 0).await.unwrap();
            number += 1;
        }
        store.pack().await.unwrap();
        store.close().await.unwrap();
        say("the disk was full and is mended\n");
    });
}
