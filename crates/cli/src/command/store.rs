//! `gapura migrate`, `backup`, `restore` and `erase`: what keeps the store in order.

use std::fs;
use std::path::{Path, PathBuf};

use gapura_app::ambient::Clock;
use gapura_domain::time::{LocalDay, Time, Zone};
use gapura_store::{Actor, AuditMark};
use gapura_store_sqlite::{Access, Options, SqliteStore};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;

use crate::ambient::SystemClock;
use crate::command::serve::ConfigArg;
use crate::report::{Outcome, Report, Stop};
use crate::server::block_on;
use crate::storage::{self, store_stop};

pub(crate) fn migrate(config: &ConfigArg) -> Outcome {
    let config = config.load()?;
    block_on(async {
        let store = storage::open(&config, Access::Serve)?.store;
        let applied = store.migrate().await.map_err(store_stop)?;
        store.close().await.map_err(store_stop)?;
        let text = if applied.is_empty() {
            "The schema is up to date.".to_owned()
        } else {
            format!("Applied: {}", applied.join(", "))
        };
        Ok(Report::done(text, json!({"applied": applied})))
    })
}

pub(crate) fn backup(config: &ConfigArg, file: &Path) -> Outcome {
    let config = config.load()?;
    if file.exists() {
        let mend = "Name a file that is not there yet; a backup replaces nothing.";
        return Err(Stop::usage("the file exists", mend).at(file.display()));
    }
    block_on(async {
        let store = storage::open(&config, Access::Look)?.store;
        store.backup(file).await.map_err(store_stop)?;
        let bytes = fs::metadata(file).map(|it| it.len()).unwrap_or_default();
        let text = format!(
            "Written: {} ({bytes} bytes). The keys file is not in it; keep a copy of that elsewhere.",
            file.display()
        );
        Ok(Report::done(text, json!({"file": file, "bytes": bytes})))
    })
}

pub(crate) fn restore(config: &ConfigArg, file: &Path, replace: bool) -> Outcome {
    let config = config.load()?;
    let path = storage::sqlite_path(&config.database)?;
    if path.exists() && !replace {
        let mend = "Move it away, or say --replace: it is then kept beside, with `.before-restore` at its end.";
        return Err(Stop::usage("there is a database already", mend).at(path.display()));
    }
    block_on(examine_backup(file))?;
    let beside = with_ending(&path, ".restoring");
    let broken = |error: std::io::Error| {
        let mend = "See that the folder may be written and has room.";
        Stop::broken(error, mend).at(beside.display())
    };
    fs::copy(file, &beside).map_err(broken)?;
    fs::File::open(&beside)
        .and_then(|it| it.sync_all())
        .map_err(broken)?;
    let kept = if path.exists() {
        Some(put_aside(&path)?)
    } else {
        // A log without its database would be played back into the restored one.
        move_all(&path, &free_name(&path))?;
        None
    };
    fs::rename(&beside, &path).map_err(broken)?;
    sync_folder(&path).map_err(broken)?;
    let kept_text = kept.as_ref().map_or_else(String::new, |kept| {
        format!(" What was there is kept as {}.", kept.display())
    });
    let text = format!("Restored: {}.{kept_text}", path.display());
    Ok(Report::done(text, json!({"database": path, "kept": kept})))
}

/// Looks into the backup before anything is moved.
async fn examine_backup(file: &Path) -> Outcome<()> {
    let options = Options {
        access: Access::Look,
        ..Options::default()
    };
    let unsuitable = |what: &dyn std::fmt::Display| {
        Stop::usage(what, "Choose another backup; nothing was changed.").at(file.display())
    };
    if !file.is_file() {
        return Err(unsuitable(&"there is no such file"));
    }
    let store = SqliteStore::open(file, options).map_err(|error| unsuitable(&error))?;
    let findings = gapura_store::Upkeep::examine(&store).await;
    let findings = findings.map_err(|error| unsuitable(&error))?;
    // An older schema is brought up when the server starts.
    let damage = findings
        .iter()
        .find(|finding| finding.is_serious && finding.mend != "Run: gapura migrate");
    damage.map_or(Ok(()), |damage| Err(unsuitable(&damage.what)))
}

/// Moves a database and what belongs to it aside, if no server uses it.
fn put_aside(path: &Path) -> Outcome<PathBuf> {
    let in_use = |error| {
        let mend = "Stop the server first; it would go on with what it has in memory.";
        Stop::broken(error, mend).at(path.display())
    };
    let store = SqliteStore::open(path, Options::default());
    drop(store.map_err(in_use)?);
    let kept = free_name(path);
    move_all(path, &kept)?;
    Ok(kept)
}

/// A name beside a database that neither it nor what belongs to it bears.
fn free_name(path: &Path) -> PathBuf {
    let mut kept = with_ending(path, ".before-restore");
    let mut number = 1;
    while ENDINGS
        .iter()
        .any(|ending| with_ending(&kept, ending).exists())
    {
        number += 1;
        kept = with_ending(path, &format!(".before-restore-{number}"));
    }
    kept
}

/// The files of a database.
const ENDINGS: [&str; 3] = ["", "-wal", "-shm"];

/// Gives the files of a database, those that there are, another name.
fn move_all(path: &Path, kept: &Path) -> Outcome<()> {
    for ending in ENDINGS {
        let from = with_ending(path, ending);
        if from.exists() {
            fs::rename(&from, with_ending(kept, ending))
                .map_err(|error| Stop::broken(error, "").at(from.display()))?;
        }
    }
    Ok(())
}

/// Makes the names in a file's folder durable.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

pub(crate) fn erase(config: &ConfigArg, before: &str, dry_run: bool) -> Outcome {
    let day = day_of(before)?;
    let config = config.load()?;
    if !dry_run && day > Zone::Wit.day_of(SystemClock.now()) {
        let mend = "Give a day that has begun; what is still to come cannot be erased.";
        return Err(Stop::usage("the day lies in the future", mend).at("--before"));
    }
    block_on(async {
        let access = if dry_run { Access::Look } else { Access::Serve };
        let store = storage::open(&config, access)?.store;
        let erased = store.erase_visits(day, dry_run).await.map_err(store_stop)?;
        if !dry_run && erased.days > 0 {
            let mark = AuditMark {
                number: 0,
                at: SystemClock.now(),
                actor: Actor::System,
                action: "visits_erased".to_owned(),
                subject: ("visits".to_owned(), erased.visits),
                purpose: day.date().to_string(),
                hash: [0; 32],
            };
            store.append_mark(mark).await.map_err(store_stop)?;
        }
        store.close().await.map_err(store_stop)?;
        let (days, visits, decisions) = (erased.days, erased.visits, erased.decisions);
        let verb = if dry_run { "Would erase" } else { "Erased" };
        let date = day.date();
        let text =
            format!("{verb}, before {date}: {days} days, {visits} visits, {decisions} decisions.");
        let json = json!({
            "before": date.to_string(), "dry_run": dry_run,
            "days": days, "visits": visits, "decisions": decisions,
        });
        Ok(Report::done(text, json))
    })
}

/// A day, or the day on which a moment falls in Jakarta.
pub(super) fn day_of(text: &str) -> Outcome<LocalDay> {
    if let Ok(date) = text.parse::<Date>() {
        return Ok(LocalDay::from(date));
    }
    let Ok(moment) = text.parse::<Timestamp>() else {
        let what = format!("`{text}` is no day");
        let mend = "Write 2026-11-22, or a moment as 2026-11-22T00:00:00+07:00.";
        return Err(Stop::usage(what, mend));
    };
    Ok(Zone::Wib.day_of(Time::from(moment)))
}
