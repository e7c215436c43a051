//! `gapura bench`: what a check-in costs on this machine, beside a handler that does nothing.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::routing::get;
use clap::{Args, Subcommand};
use gapura_app::App;
use gapura_app::ambient::Clock;
use gapura_app::config::{AccessLog, Config};
use gapura_sim::door_bench::{self, BenchError, Opened, Options, Outcome as Goal, Stage};
use gapura_store_sqlite::Access;
use gapura_web::cookies::Jar;
use gapura_web::state::{AppState, Ground};
use serde_json::json;

use crate::ambient::{SystemChance, SystemClock, stopwatch};
use crate::report::{Outcome, Report, Stop};
use crate::server::{block_on, serve_router};
use crate::storage;

/// What is measured.
#[derive(Debug, Subcommand)]
pub(crate) enum Bench {
    /// Check-ins over HTTP: rate, cost, latency, bytes on disk, start after a crash.
    Door(Door),
    /// Kills a server under load, over and over: whether what it acknowledged is there, once.
    Crash(Crash),
    /// Pushes many people at a venue with room for few: whether just so many come in.
    Crowd(Crowd),
    /// Answers with two bytes, for comparison. `bench door` starts it.
    #[command(hide = true)]
    ServeNoop {
        /// Where it listens.
        #[arg(long)]
        listen: SocketAddr,
    },
}

#[derive(Args, Debug)]
pub(crate) struct Door {
    /// Visitors who are signed in.
    #[arg(long, default_value_t = 100_000)]
    people: u32,
    /// Venues over which they spread.
    #[arg(long, default_value_t = 1_000)]
    venues: u32,
    /// Visits of past days in the store.
    #[arg(long, default_value_t = 1_000_000)]
    visits: u64,
    /// Measures again with ten times as many visits. Takes half an hour.
    #[arg(long)]
    long: bool,
    /// How long each load lasts.
    #[arg(long, default_value_t = 5)]
    seconds: u32,
    /// Connections that ask.
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// Where all chance comes from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A folder on the disk that is to be measured; made, and removed afterwards.
    #[arg(long, default_value = "gapura-bench")]
    folder: PathBuf,
}

#[derive(Args, Debug)]
pub(crate) struct Crash {
    /// How often the server is killed.
    #[arg(long, default_value_t = 20)]
    kills: u32,
    /// Visitors who go in and out.
    #[arg(long, default_value_t = 500)]
    people: u32,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Args, Debug)]
pub(crate) struct Crowd {
    /// Visitors who want to come in.
    #[arg(long, default_value_t = 5_000)]
    people: u32,
    /// For how many there is room.
    #[arg(long, default_value_t = 50)]
    capacity: u32,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Args, Debug)]
struct Trial {
    /// Connections that ask.
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// Where all chance comes from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A folder on the disk that is to be tried; made, and removed afterwards.
    #[arg(long, default_value = "gapura-trial")]
    folder: PathBuf,
}

pub(crate) fn run(bench: &Bench) -> Outcome {
    match bench {
        Bench::Door(door) => measure(door),
        Bench::Crash(crash) => try_crashes(crash),
        Bench::Crowd(crowd) => try_crowd(crowd),
        Bench::ServeNoop { listen } => serve_noop(*listen),
    }
}

fn measure(door: &Door) -> Outcome {
    let options = Options {
        people: door.people.max(1),
        venues: door.venues.max(2),
        visits: door.visits,
        long: door.long,
        seconds: door.seconds.max(1),
        connections: door.connections.max(1),
        seed: door.seed,
        ..Options::in_folder(door.folder.clone())
    };
    let say = |what: &str| eprintln!("{what} …");
    let measured = in_folder(&options, async |here| {
        door_bench::run(&options, here, &say).await
    })?;
    let is_finding = measured
        .goals
        .iter()
        .any(|goal| goal.outcome == Goal::NotMet);
    Ok(Report {
        text: measured.text().trim_end().to_owned(),
        json: serde_json::to_value(&measured).unwrap_or_default(),
        is_finding,
    })
}

fn try_crashes(crash: &Crash) -> Outcome {
    let options = Options {
        people: crash.people.max(2),
        venues: 40,
        ..crash.trial.options()
    };
    let tried = in_folder(&options, async |here| {
        door_bench::crash(&options, here, crash.kills).await
    })?;
    let text = format!(
        "Killed {} times. All {} answers given before are kept, each once; the {} requests without an \
         answer got theirs when they were sent again. Slowest start: {:.2} s.",
        tried.kills, tried.answered, tried.lost, tried.slowest_start_s
    );
    Ok(Report::done(
        text,
        serde_json::to_value(&tried).unwrap_or_default(),
    ))
}

fn try_crowd(crowd: &Crowd) -> Outcome {
    let options = Options {
        people: crowd.people.max(1),
        ..crowd.trial.options()
    };
    let tried = in_folder(&options, async |here| {
        door_bench::crowd(&options, here, crowd.capacity).await
    })?;
    let text = format!(
        "{} people at a venue for {}: {} were let in, {} were told that it is full, and asking again \
         changed nothing.",
        tried.people, tried.capacity, tried.admitted, tried.refused
    );
    Ok(Report::done(
        text,
        serde_json::to_value(&tried).unwrap_or_default(),
    ))
}

impl Trial {
    fn options(&self) -> Options {
        Options {
            connections: self.connections.max(1),
            seed: self.seed,
            ..Options::in_folder(self.folder.clone())
        }
    }
}

/// Runs something in a folder that is made for it and removed once it went well.
fn in_folder<T>(
    options: &Options,
    body: impl AsyncFnOnce(&Here) -> Result<T, BenchError>,
) -> Outcome<T> {
    let folder = &options.folder;
    if folder.exists() {
        let mend = "Name a folder that is not there yet; it is removed afterwards.";
        return Err(Stop::usage("the folder exists", mend).at(folder.display()));
    }
    let binary = std::env::current_exe()
        .map_err(|error| Stop::broken(error, "The system does not tell where this program is."))?;
    let here = Here {
        binary,
        elapsed: Box::new(stopwatch()),
    };
    let came = block_on(async {
        let came = body(&here).await;
        came.map_err(|error| Stop::broken(error, "The folder holds the servers' logs."))
    })?;
    fs::remove_dir_all(folder)
        .map_err(|error| Stop::broken(error, "Remove it by hand.").at(folder.display()))?;
    Ok(came)
}

fn serve_noop(listen: SocketAddr) -> Outcome {
    let router = Router::new().route("/", get(|| async { "ok" }));
    block_on(serve_router(listen, router))?;
    Ok(Report::done(String::new(), json!({})))
}

/// This machine and this program.
struct Here {
    binary: PathBuf,
    elapsed: Box<dyn Fn() -> Duration + Send + Sync>,
}

/// Everything of a store lies in its folder.
fn config(folder: &Path) -> Config {
    Config {
        database: format!("sqlite:{}", folder.join("gapura.db").display()),
        keys_file: folder.join("gapura.keys"),
        access_log: AccessLog::Off,
        ..Config::default()
    }
}

async fn open(folder: &Path) -> Outcome<Opened> {
    let config = config(folder);
    let opened = storage::open(&config, Access::Serve)?;
    opened.store.migrate().await.map_err(storage::store_stop)?;
    let keys = storage::keys(&config, &*opened.store).await?;
    let ids_secret = *keys.ids();
    let clock = Arc::new(SystemClock);
    let app = App::start(opened.store, config, keys, clock, Arc::new(SystemChance));
    let app = Box::pin(app)
        .await
        .map_err(|error| Stop::broken(error, ""))?;
    let app = Arc::new(app);
    let state = AppState::new(Ground {
        app: Arc::clone(&app),
        ids_secret,
        elapsed: Box::new(stopwatch()),
        figures: opened.figures,
        access_log: AccessLog::Off,
    });
    Ok(Opened {
        app,
        gate_outside: Box::new(move |gate| state.ids.show(gate).to_string()),
    })
}

#[async_trait]
impl Stage for Here {
    async fn open(&self, folder: &Path) -> Result<Opened, String> {
        open(folder).await.map_err(|stop| stop.to_string())
    }

    fn serve(&self, folder: &Path, port: u16) -> Command {
        // The server reads what it is to serve from a file, as anywhere; that it was not written shows
        // when it does not start.
        let file = folder.join("gapura.toml");
        let quoted = |path: PathBuf| json!(path.display().to_string()).to_string();
        let text = format!(
            "public_url = \"http://127.0.0.1:{port}\"\nlisten = \"127.0.0.1:{port}\"\n\
             database = {}\nkeys_file = {}\naccess_log = \"off\"\n",
            json!(format!("sqlite:{}", folder.join("gapura.db").display())),
            quoted(folder.join("gapura.keys")),
        );
        drop(fs::write(&file, text));
        let mut command = Command::new(&self.binary);
        command.arg("serve").arg("--config").arg(file);
        command
    }

    fn serve_noop(&self, port: u16) -> Command {
        let mut command = Command::new(&self.binary);
        let listen = format!("127.0.0.1:{port}");
        command.args(["bench", "serve-noop", "--listen", &listen]);
        command
    }

    fn visitor_cookie(&self) -> &'static str {
        Jar::Visitor.name(false)
    }

    fn elapsed(&self) -> Duration {
        (self.elapsed)()
    }

    fn unix_ms(&self) -> u64 {
        u64::try_from(SystemClock.now().0).unwrap_or(0) * 1000
    }
}
