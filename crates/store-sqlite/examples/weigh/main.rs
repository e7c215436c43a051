//! Weighs the doors of the embedded store: bytes of a visit on disk once its day is over, time of a
//! decision, of a look back and of a start.
//!
//! `cargo run --release -p gapura-store-sqlite --example weigh [VISITS]` lives one day of so many
//! visits (a million unless told) of 100,000 people at 1,000 venues, and prints what it found.

mod day;
mod measure;

use day::{Day, decide_all};
use gapura_domain::door::{Answer, Command};
use gapura_domain::ids::{PersonId, VenueId};
use gapura_domain::time::Time;
use gapura_store::{Cursor, Doors, Upkeep};
use gapura_store_sqlite::{Options, SqliteStore};
use measure::{Stopwatch, bytes, cpu_s, print_tables};
use std::error::Error;
use std::path::Path;

type Done = Result<(), Box<dyn Error>>;

fn main() -> Done {
    let visits = std::env::args()
        .nth(1)
        .map_or(Ok(1_000_000), |text| text.parse())?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()?;
    runtime.block_on(weigh(visits))
}

async fn weigh(visits: u64) -> Done {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("gapura.db");
    let store = open(&file).await?;
    let empty = bytes(&file);
    let day = Day::of(visits);
    live(&store, &day).await?;
    store
        .decide(Command::Sweep, Day::end().plus_s(86_400))
        .await?;
    store.pack().await?;
    look_back(&store, &day).await?;
    store.close().await?;
    let grown = bytes(&file) - empty;
    println!(
        "file: {grown} bytes more than an empty one, {:.1} a visit",
        per(grown, visits)
    );
    print_tables(&file, visits)?;
    start(folder.path()).await
}

async fn open(file: &Path) -> Result<SqliteStore, Box<dyn Error>> {
    let store = SqliteStore::open(file, Options::default())?;
    store.migrate().await?;
    Ok(store)
}

async fn live(store: &SqliteStore, day: &Day) -> Done {
    let (watch, cpu) = (Stopwatch::start(), cpu_s());
    let mut waits = Vec::new();
    let mut visits = Vec::new();
    for minute in 0..Day::MINUTES {
        for (answer, waited) in decide_all(store, day.check_ins(minute)).await? {
            let Answer::Decided(decision) = answer else {
                return Err(format!("{answer:?}").into());
            };
            visits.push(decision.id);
            waits.push(waited);
        }
        let leaving = decide_all(store, day.check_outs(minute, &visits)).await?;
        waits.extend(leaving.into_iter().map(|(_, waited)| waited));
    }
    let commands = waits.len() as u64;
    let (wall, cpu) = (watch.seconds(), cpu_s() - cpu);
    waits.sort_unstable();
    let at = |share: usize| waits[(waits.len() - 1) * share / 1000];
    println!(
        "{commands} commands: {:.1} s, {:.2} µs of CPU each",
        wall,
        cpu * 1e6 / whole(commands)
    );
    println!(
        "waited: half {} µs, 99 % {} µs, 99.9 % {} µs, longest {} µs",
        at(500),
        at(990),
        at(999),
        at(1000)
    );
    let figures = store.figures();
    println!(
        "commits: {}, {:.0} commands each",
        figures.batches,
        per(commands, figures.batches)
    );
    let watch = Stopwatch::start();
    store.pack().await?;
    println!("the last packing: {:.3} s", watch.seconds());
    Ok(())
}

/// Begins anew from the files as they are, with people inside and a long log.
async fn start(folder: &Path) -> Done {
    let store = open(&folder.join("evening.db")).await?;
    let evening = Day::evening();
    for asked in evening.chunks(2000) {
        decide_all(&store, asked.to_vec()).await?;
    }
    let copy = folder.join("crash.db");
    for ending in ["", "-wal"] {
        let name = |file: &Path| format!("{}{ending}", file.display());
        std::fs::copy(name(store.path()), name(&copy))?;
    }
    let watch = Stopwatch::start();
    let again = SqliteStore::open(&copy, Options::default())?;
    let inside = again.venue_count(VenueId(1)).await?.inside;
    println!(
        "start with {} inside, {} commands in the log: {:.3} s",
        Day::INSIDE,
        evening.len(),
        watch.seconds()
    );
    assert_eq!(inside, store.venue_count(VenueId(1)).await?.inside);
    again.close().await?;
    Ok(())
}

async fn look_back(store: &SqliteStore, day: &Day) -> Done {
    const TIMES: u64 = 300;
    let begin = Time(0);
    let (watch, mut seen) = (Stopwatch::start(), 0);
    for turn in 0..TIMES {
        seen += store
            .visits_of(PersonId(turn * 331 + 1), begin, Day::end())
            .await?
            .len();
    }
    println!(
        "visits of a person: {:.2} ms, {seen} seen",
        watch.seconds() * 1e3 / whole(TIMES)
    );
    let (watch, mut seen) = (Stopwatch::start(), 0);
    let all = Cursor {
        after: None,
        limit: 1000,
    };
    for turn in 0..TIMES / 10 {
        seen += store
            .visits_at(VenueId(turn * 31 + 1), Day::DAY, all)
            .await?
            .rows
            .len();
    }
    println!(
        "a venue's day: {:.2} ms, {seen} seen",
        watch.seconds() * 1e3 / whole(TIMES / 10)
    );
    let watch = Stopwatch::start();
    for turn in 0..TIMES {
        let ask = day.check_in(turn * 997 % day.visits());
        let known = store.answered(ask.plan.venue, ask.request).await?;
        let known = known.ok_or("a check-in is not known")?;
        assert!(store.decision(known.id).await?.is_some());
    }
    println!(
        "a late repeat and a decision: {:.2} ms",
        watch.seconds() * 1e3 / whole(TIMES)
    );
    let (watch, mut seen) = (Stopwatch::start(), 0);
    for venue in 1..=TIMES {
        seen += store.open_visits(VenueId(venue)).await?.len();
    }
    println!(
        "who is in a venue: {:.3} ms, {seen} seen",
        watch.seconds() * 1e3 / whole(TIMES)
    );
    Ok(())
}

#[expect(
    clippy::cast_precision_loss,
    reason = "nothing counted here reaches 2⁵²"
)]
fn whole(count: u64) -> f64 {
    count as f64
}

fn per(sum: u64, count: u64) -> f64 {
    whole(sum) / whole(count.max(1))
}
