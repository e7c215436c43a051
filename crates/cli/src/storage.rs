//! Which store the configuration names, opened; and the keys that belong to it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use gapura_app::config::Config;
use gapura_app::keys::{ENVIRONMENT_VARIABLE, HashOf, Keys, create_keys_file, read_keys_file};
use gapura_store::{Store, StoreError};
use gapura_store_sqlite::{Access, Figures, Options, SqliteStore};
use gapura_web::metrics::{Figure, Kind};

use crate::ambient::SystemChance;
use crate::report::{Outcome, Stop};

/// The name under which the store remembers which keys it was made with.
const KEYS_MARK: &str = "keys_mark";

/// A store with what only its own kind can tell.
pub(crate) struct Opened {
    /// The store.
    pub(crate) store: Arc<dyn Store>,
    /// Its figures for the metrics page.
    pub(crate) figures: Box<dyn Fn() -> Vec<Figure> + Send + Sync>,
}

/// Opens the store that the configuration names.
pub(crate) fn open(config: &Config, access: Access) -> Outcome<Opened> {
    let path = sqlite_path(&config.database)?;
    if access == Access::Look && !path.exists() {
        let mend = "Name the file of a store that is there, in the setting `database`.";
        return Err(Stop::usage("there is no such database", mend).at(path.display()));
    }
    let options = Options {
        access,
        ..Options::default()
    };
    let store = SqliteStore::open(&path, options).map_err(|error| stop(&error, &path))?;
    let counted = store.clone();
    Ok(Opened {
        store: Arc::new(store),
        figures: Box::new(move || figures(counted.figures())),
    })
}

/// The file of `sqlite:PATH`.
pub(crate) fn sqlite_path(database: &str) -> Outcome<PathBuf> {
    match database.split_once(':') {
        Some(("sqlite", path)) if !path.is_empty() => Ok(PathBuf::from(path)),
        _ => {
            let what = "the setting `database` names no store that this program knows";
            Err(Stop::usage(what, "It is `sqlite:` and the path of a file."))
        }
    }
}

fn stop(error: &StoreError, path: &Path) -> Stop {
    let mend = match error {
        StoreError::Unavailable(_) => {
            "If another `gapura` serves this file, stop it first; else see that the file may be written."
        }
        StoreError::Conflict(_) | StoreError::Other(_) => {
            "`gapura doctor` tells more; `gapura restore` puts a backup in its place."
        }
    };
    Stop::broken(error, mend).at(path.display())
}

/// Something that the store refused, for a person at the command line.
pub(crate) fn store_stop(error: impl Into<gapura_app::AppError>) -> Stop {
    Stop::broken(error.into(), "`gapura doctor` tells more.")
}

/// The keys of the environment or the file, which is made if there is none and the store is new.
pub(crate) async fn keys(config: &Config, store: &dyn Store) -> Outcome<Keys> {
    let known = store.setting(KEYS_MARK).await.map_err(store_stop)?;
    let keys = match given_keys(config)? {
        Some(keys) => keys,
        None if known.is_some() => {
            let what = "the keys file is missing, and the database was made with one";
            let mend = "Put the keys file back from its safe place, or set `keys_file`.";
            return Err(Stop::broken(what, mend).at(config.keys_file.display()));
        }
        None => create_keys_file(&config.keys_file, &SystemChance)
            .map_err(|error| Stop::broken(error, ""))?,
    };
    let mark = mark_of(&keys);
    match known {
        Some(known) if known != mark => {
            let what = "these are not the keys that the database was made with";
            let mend = "Nobody could be found by them. Put the right keys file back.";
            Err(Stop::broken(what, mend).at(config.keys_file.display()))
        }
        Some(_) => Ok(keys),
        None => {
            let kept = store.set_setting(KEYS_MARK, &mark);
            kept.await.map_err(store_stop)?;
            Ok(keys)
        }
    }
}

/// Tells keys apart, and nothing of them.
fn mark_of(keys: &Keys) -> [u8; 32] {
    keys.hash(HashOf::Client, b"gapura keys mark")
}

/// Whether the store was made with these keys; `None` if it was made with none yet.
pub(crate) async fn fits(keys: &Keys, store: &dyn Store) -> Option<bool> {
    let known = store.setting(KEYS_MARK).await.ok().flatten()?;
    Some(known == mark_of(keys))
}

/// Whether the store was made with keys.
pub(crate) async fn has_keys(store: &dyn Store) -> bool {
    matches!(store.setting(KEYS_MARK).await, Ok(Some(_)))
}

/// The keys that are there.
pub(crate) fn given_keys(config: &Config) -> Outcome<Option<Keys>> {
    let broken = |error| Stop::broken(error, "");
    if let Ok(text) = std::env::var(ENVIRONMENT_VARIABLE) {
        return Keys::parse(&text).map(Some).map_err(broken);
    }
    read_keys_file(&config.keys_file).map_err(broken)
}

/// What a store's writer counts, as the metrics page names it.
#[expect(
    clippy::cast_precision_loss,
    reason = "counters stay far below 2^53, where a double still counts one by one"
)]
fn figures(counted: Figures) -> Vec<Figure> {
    let figure = |name, help, kind, value: u64| Figure {
        name,
        help,
        kind,
        value: value as f64,
    };
    let commit_seconds = Figure {
        name: "gapura_store_commit_seconds",
        help: "Time spent in commits, the wait for the disk included.",
        kind: Kind::Counter,
        value: counted.commit_micros as f64 / 1e6,
    };
    vec![
        figure(
            "gapura_store_queue",
            "Writes that wait for the writer.",
            Kind::Gauge,
            counted.queue_depth,
        ),
        figure(
            "gapura_store_batches",
            "Transactions committed.",
            Kind::Counter,
            counted.batches,
        ),
        figure(
            "gapura_store_writes",
            "Writes in them.",
            Kind::Counter,
            counted.writes,
        ),
        figure(
            "gapura_store_last_batch",
            "Writes in the last transaction.",
            Kind::Gauge,
            counted.last_batch,
        ),
        commit_seconds,
        figure(
            "gapura_store_wal_pages",
            "Pages of 4 KiB in the write-ahead log.",
            Kind::Gauge,
            counted.wal_pages,
        ),
        figure(
            "gapura_store_checkpoints",
            "Checkpoints done.",
            Kind::Counter,
            counted.checkpoints,
        ),
    ]
}
