//! `gapura export`: places and visits as CSV for spreadsheets, without a name of anybody, while the server runs.
//!
//! Text that a spreadsheet would run is neutralised. Places come as the list that `import venues` reads.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use gapura_app::ambient::Clock;
use gapura_app::edit_venue::spec_in_force;
use gapura_app::export::{Cell, CsvWriter};
use gapura_app::venue_list::write_venue_list;
use gapura_domain::door::Visit;
use gapura_domain::time::{LocalDay, Time, Zone};
use gapura_domain::venue::{Organisation, Venue, VenueSpec};
use gapura_store::venues::VenueFilter;
use gapura_store::{Cursor, Store};
use gapura_store_sqlite::Access;
use gapura_web::format::local;
use serde_json::{Value, json};

use crate::ambient::SystemClock;
use crate::command::serve::ConfigArg;
use crate::command::store::day_of;
use crate::report::{Outcome, Report, Stop};
use crate::server::block_on;
use crate::storage::{self, store_stop};

#[derive(Args, Debug)]
pub(crate) struct Export {
    #[command(flatten)]
    config: ConfigArg,
    /// What to write.
    #[arg(value_enum)]
    what: What,
    /// The file to write, which must not be there yet.
    file: PathBuf,
    /// The first day of visits, 2026-11-22; the oldest that is kept if left out.
    #[arg(long, value_name = "DAY")]
    from: Option<String>,
    /// The last day of visits; today if left out.
    #[arg(long, value_name = "DAY")]
    to: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum What {
    Venues,
    Visits,
}

const PER_READ: u32 = 1_000;

pub(crate) fn run(args: &Export) -> Outcome {
    let config = args.config.load()?;
    let today = Zone::Wit.day_of(SystemClock.now());
    let day = |text: &Option<String>, usual: LocalDay| match text {
        Some(text) => day_of(text),
        None => Ok(usual),
    };
    let from = day(
        &args.from,
        today.plus_days(-i32::from(config.retention_days)),
    )?;
    let to = day(&args.to, today)?;
    if to < from
        || to
            .date()
            .since(from.date())
            .is_ok_and(|span| span.get_days() > 3_660)
    {
        let mend = "Give --from and --to in this order, at most ten years apart.";
        return Err(Stop::usage("there is no such span of days", mend).at("--to"));
    }
    block_on(async {
        let store = storage::open(&config, Access::Look)?.store;
        let out = Output::new(&args.file)?;
        let rows = match args.what {
            What::Venues => venues(&*store, out).await?,
            What::Visits => visits(&*store, out, from, to).await?,
        };
        store.close().await.map_err(store_stop)?;
        let (file, what) = (args.file.display(), args.what);
        let noun = if what == What::Venues {
            "places"
        } else {
            "visits"
        };
        let text = format!("Written: {file}, {rows} {noun}.");
        Ok(Report::done(
            text,
            json!({"file": args.file, "rows": rows, "what": noun}),
        ))
    })
}

/// A new file, and its name for whoever has to be told that it cannot be written.
struct Output<'a> {
    path: &'a Path,
    file: BufWriter<std::fs::File>,
}

impl<'a> Output<'a> {
    fn new(path: &'a Path) -> Outcome<Self> {
        let file = OpenOptions::new().write(true).create_new(true).open(path);
        let file = file.map_err(|error| {
            let mend = "Name a file that is not there yet, in a folder that may be written.";
            Stop::usage(error, mend).at(path.display())
        })?;
        Ok(Self {
            path,
            file: BufWriter::new(file),
        })
    }
}

fn unwritten(path: &Path) -> impl Fn(io::Error) -> Stop + '_ {
    move |error| Stop::broken(error, "See that the disk has room.").at(path.display())
}

async fn all_venues(store: &dyn Store) -> Outcome<Vec<Venue>> {
    let mut venues = Vec::new();
    let mut after = None;
    loop {
        let cursor = Cursor {
            after,
            limit: PER_READ,
        };
        let page = store.venues(&VenueFilter::default(), cursor).await;
        let page = page.map_err(store_stop)?;
        venues.extend(page.rows);
        after = page.next;
        if after.is_none() {
            return Ok(venues);
        }
    }
}

fn name<'o>(one: Option<&&'o Organisation>) -> &'o str {
    one.map_or("", |one| one.name.as_str())
}

async fn venues(store: &dyn Store, mut out: Output<'_>) -> Outcome<u64> {
    let venues = all_venues(store).await?;
    let organisations = store.organisations().await.map_err(store_stop)?;
    let known: BTreeMap<_, _> = organisations.iter().map(|one| (one.id, one)).collect();
    let specs: Vec<VenueSpec> = venues.iter().map(spec_in_force).collect();
    let places = venues.iter().zip(&specs).map(|(venue, spec)| {
        let owner = known.get(&venue.organisation);
        let above = owner.and_then(|owner| known.get(&owner.parent?));
        (name(owner), name(above), spec)
    });
    let bytes = write_venue_list(places);
    let written = out.file.write_all(&bytes).and_then(|()| out.file.flush());
    written.map_err(unwritten(out.path))?;
    Ok(venues.len() as u64)
}

const HEADS: [&str; 9] = [
    "venue", "room", "gate", "day", "in", "out", "way", "exit", "unproven",
];

async fn visits(store: &dyn Store, out: Output<'_>, from: LocalDay, to: LocalDay) -> Outcome<u64> {
    let path = out.path;
    let mut csv = CsvWriter::new(out.file).map_err(unwritten(path))?;
    csv.row(HEADS.map(Cell::Text)).map_err(unwritten(path))?;
    let mut rows = 0;
    for venue in all_venues(store).await? {
        let mut day = from;
        while day <= to {
            let mut after = None;
            loop {
                let cursor = Cursor {
                    after,
                    limit: PER_READ,
                };
                let page = store.visits_at(venue.id, day, cursor).await;
                let page = page.map_err(store_stop)?;
                for visit in &page.rows {
                    row(&mut csv, &venue, visit).map_err(unwritten(path))?;
                }
                rows += page.rows.len() as u64;
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            day = day.plus_days(1);
        }
    }
    csv.into_inner().flush().map_err(unwritten(path))?;
    Ok(rows)
}

fn row(csv: &mut CsvWriter<impl Write>, venue: &Venue, visit: &Visit) -> io::Result<()> {
    let room = venue.rooms.iter().find(|room| room.id == visit.room);
    let gate = venue.gates.iter().find(|gate| gate.id == visit.gate);
    let zone = venue.spec.district.zone();
    let at = |time: Time| {
        local(time, zone)
            .strftime("%Y-%m-%dT%H:%M:%S%:z")
            .to_string()
    };
    let (came, left) = (at(visit.from), visit.to.map(at));
    let way = name_of(&json!(visit.way));
    let exit = visit.exit.map(|exit| name_of(&json!(exit)));
    let day = visit.day.date().to_string();
    let told = |text: &'_ Option<String>| text.clone().unwrap_or_default();
    let (left, exit) = (told(&left), told(&exit));
    csv.row([
        Cell::Text(venue.spec.name.as_str()),
        Cell::Text(room.map_or("", |room| room.name.as_str())),
        Cell::Text(gate.map_or("", |gate| gate.name.as_str())),
        Cell::Text(&day),
        Cell::Text(&came),
        Cell::Text(&left),
        Cell::Text(&way),
        Cell::Text(&exit),
        Cell::Whole(i64::from(visit.unproven)),
    ])
}

/// The stable name of a thing, as programs read it.
fn name_of(thing: &Value) -> String {
    thing.as_str().unwrap_or_default().to_owned()
}
