//! `gapura bench door`: what a check-in costs, beside a handler that does nothing.
//!
//! Servers run as child processes of the bench, one after another, and are asked over HTTP from the
//! same machine by the [driver](crate::load). The ground they stand on is seeded before through the
//! same store, so that nothing but check-ins happens while the watch runs. Every answer is looked at:
//! figures of a server that answered wrongly are not shown.

mod goals;
mod ground;
mod machine;
mod measure;
mod report;
mod server;
mod sizes;
mod traffic;
mod trial;

use async_trait::async_trait;
use gapura_app::App;
use gapura_domain::ids::GateId;
use ground::Ground;
use measure::{Measure, Run};
use server::{Server, free_port};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use traffic::{Same, Scene};

pub use goals::{Goal, Outcome};
pub use machine::Machine;
pub use report::{DoorReport, Latency, Load, Row, Size};
pub use trial::{Crash, Crowd, crash, crowd};

/// What is to be measured.
#[derive(Clone, Debug)]
pub struct Options {
    /// A folder for stores and logs; what is left in it may be deleted.
    pub folder: PathBuf,
    /// Visitors who are signed in.
    pub people: u32,
    /// Venues, each with a room and a gate; one more has many rooms.
    pub venues: u32,
    /// Visits of past days that the store holds.
    pub visits: u64,
    /// Whether everything is measured again with ten times as many visits.
    pub long: bool,
    /// How long each load lasts.
    pub seconds: u32,
    /// Connections of the driver.
    pub connections: usize,
    /// Where all chance comes from.
    pub seed: u64,
    /// Most people inside at the venue of many rooms.
    pub hall_capacity: Option<u32>,
}

impl Options {
    /// What is measured unless something else is said.
    pub fn in_folder(folder: PathBuf) -> Self {
        Self {
            folder,
            people: 100_000,
            venues: 1_000,
            visits: 1_000_000,
            long: false,
            seconds: 5,
            connections: 64,
            seed: 1,
            hall_capacity: None,
        }
    }
}

/// A store that is open, with what only the pages know.
pub struct Opened {
    /// The use cases on it.
    pub app: Arc<App>,
    /// A gate as requests name it.
    pub gate_outside: Box<dyn Fn(GateId) -> String + Send + Sync>,
}

/// What only the composition root can do.
#[async_trait]
pub trait Stage: Sync {
    /// Opens the store in a folder; makes it, its keys and its configuration if they are not there.
    async fn open(&self, folder: &Path) -> std::result::Result<Opened, String>;
    /// The command of a server on the store in a folder.
    fn serve(&self, folder: &Path, port: u16) -> Command;
    /// The command of a server that answers every GET of `/` with two bytes, on the same stack.
    fn serve_noop(&self, port: u16) -> Command;
    /// The name of the cookie that holds a visitor's session.
    fn visitor_cookie(&self) -> &'static str;
    /// Time since some moment.
    fn elapsed(&self) -> Duration;
    /// Milliseconds since the Unix epoch.
    fn unix_ms(&self) -> u64;
}

/// Why there are no figures.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// The store or a use case failed while the ground was laid.
    #[error("the ground could not be laid: {0}")]
    Ground(#[from] gapura_app::AppError),
    /// The store could not be opened.
    #[error("the store could not be opened: {0}")]
    Open(String),
    /// The system refused something.
    #[error(transparent)]
    System(#[from] std::io::Error),
    /// A server did not do what it should.
    #[error("the server {what}; it wrote:\n{log}")]
    Server {
        /// What.
        what: String,
        /// The last lines that it wrote.
        log: String,
    },
    /// Answers were not what they should be, so their speed is worth nothing.
    #[error("{what}: of {answered} answers {wrong} were wrong and {lost} did not come; {first}")]
    Wrong {
        /// Which row.
        what: &'static str,
        /// Answers that came.
        answered: u64,
        /// Wrong ones.
        wrong: u64,
        /// Missing ones.
        lost: u64,
        /// The first wrong one.
        first: String,
    },
    /// A promise was not kept.
    #[error("{0}")]
    Promise(String),
}

impl From<gapura_store::StoreError> for BenchError {
    fn from(error: gapura_store::StoreError) -> Self {
        Self::Ground(error.into())
    }
}

type Result<T> = std::result::Result<T, BenchError>;

/// Measures everything, and says on the way what is being done.
///
/// # Errors
/// See [`BenchError`].
pub async fn run(
    options: &Options,
    stage: &dyn Stage,
    say: &(dyn Fn(&str) + Sync),
) -> Result<DoorReport> {
    std::fs::create_dir_all(&options.folder)?;
    say("A handler that does nothing");
    let mut rows = vec![no_op(options, stage)?];
    say("Laying the ground: venues, people, sessions, passes");
    let base = options.folder.join("base");
    let ground = ground::lay(options, stage, &base).await?;
    let mut sizes = Vec::new();
    for visits in counts(options) {
        say(&format!("Living {visits} visits of past days"));
        let folder = options.folder.join(format!("{visits}-visits"));
        let mut size = sizes::fill(options, stage, (&base, &folder), visits).await?;
        let log = options.folder.join(format!("{visits}-visits.log"));
        let start = || start(stage, &folder, &log);
        let server = start()?;
        let mut measure = Measure::new(&server, options, stage);
        size.spread_cpu_us = if sizes.is_empty() {
            say("Check-ins");
            let check_ins = check_ins(&mut measure, &ground)?;
            rows.extend(check_ins);
            rows[2].cpu_us
        } else {
            say("Check-ins again");
            first_round(&mut measure, &ground)?;
            spread(&mut measure, &ground)?.cpu_us
        };
        size.peak_memory_bytes = server.usage()?.peak_memory_bytes;
        say("Killing the server and starting it again");
        server.kill()?;
        size.ready_after_s = first_answer_s(&start()?, options, stage, &ground)?;
        size.open = u64::from(options.people);
        sizes.push(size);
    }
    Ok(DoorReport::new(options, rows, sizes, ground.signature_us))
}

fn counts(options: &Options) -> impl Iterator<Item = u64> {
    let tenfold = options.long.then(|| options.visits * 10);
    std::iter::once(options.visits).chain(tenfold)
}

fn start(stage: &dyn Stage, folder: &Path, log: &Path) -> Result<Server> {
    let port = free_port()?;
    Server::start(stage.serve(folder, port), port, "/readyz", log, stage)
}

/// From a server's start until it has answered a check-in: a server that says that it is ready may still
/// have its log to read.
fn first_answer_s(
    server: &Server,
    options: &Options,
    stage: &dyn Stage,
    ground: &Ground,
) -> Result<f64> {
    let begun = stage.elapsed();
    let mut measure = Measure::new(server, options, stage);
    let mut traffic = measure.check_ins(ground, Scene::Spread, 0);
    measure.round(&mut traffic, 1)?;
    let took = server.ready_after + stage.elapsed().saturating_sub(begun);
    Ok(took.as_secs_f64())
}

fn no_op(options: &Options, stage: &dyn Stage) -> Result<Row> {
    let port = free_port()?;
    let log = options.folder.join("noop.log");
    let server = Server::start(stage.serve_noop(port), port, "/", &log, stage)?;
    let mut measure = Measure::new(&server, options, stage);
    let mut traffic = Same::get(port);
    measure.warm(&mut traffic)?;
    measure.row(Load::NoOp, &mut traffic, Run::Timed)
}

/// The rows of check-ins: the first of everybody, then spread, at one venue, at devices.
fn check_ins(measure: &mut Measure<'_>, ground: &Ground) -> Result<Vec<Row>> {
    let mut rows = vec![first_round(measure, ground)?, spread(measure, ground)?];
    let mut one_venue = measure.check_ins(ground, Scene::OneVenue, 0);
    // Everybody comes into the venue from elsewhere before anybody changes rooms there.
    measure.round(&mut one_venue, ground.people())?;
    rows.push(measure.row(Load::OneVenue, &mut one_venue, Run::Timed)?);
    rows.extend(devices(measure, ground)?);
    Ok(rows)
}

/// The first check-in of everybody since the server began: sessions and statuses are read.
fn first_round(measure: &mut Measure<'_>, ground: &Ground) -> Result<Row> {
    let mut traffic = measure.check_ins(ground, Scene::Spread, 0);
    let run = Run::Once(ground.people());
    measure.row(Load::First, &mut traffic, run)
}

fn spread(measure: &mut Measure<'_>, ground: &Ground) -> Result<Row> {
    let mut traffic = measure.check_ins(ground, Scene::Spread, ground.people());
    measure.row(Load::Spread, &mut traffic, Run::Timed)
}

fn devices(measure: &mut Measure<'_>, ground: &Ground) -> Result<[Row; 2]> {
    let passes = ground.passes.len() as u64;
    let mut traffic = measure.check_ins(ground, Scene::Devices, 0);
    let new = Run::Halves(passes / 2);
    let first = measure.row(Load::NewPass, &mut traffic, new)?;
    // The rest of the passes, so that all of them are known now.
    let left = passes.saturating_sub(traffic.next());
    measure.round(&mut traffic, left)?;
    let again = measure.row(Load::KnownPass, &mut traffic, Run::Timed)?;
    Ok([first, again])
}
