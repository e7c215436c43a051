//! Erasure: visits and decisions of old days leave the file, its log and what SQLite keeps of both.

use super::visit_of;
use crate::SqliteStore;
use crate::fault::{Fault, Outcome};
use crate::sql;
use gapura_domain::door::RESOLVABLE_S;
use gapura_domain::time::{LocalDay, Time, Zone};
use gapura_store::doors::Erasure;
use gapura_store::{Result, StoreError};
use rusqlite::Connection;
use std::collections::BTreeSet;
use std::time::Duration;

/// Blocks or index chunks that one transaction erases, so that no check-in waits long for it.
const ROWS: usize = 4;

/// Bytes of the log that one transaction erases.
const LOG_BYTES: usize = 128 << 10;

/// How often the write-ahead log is tried to be emptied, and how long is waited in between.
const TRIES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(50);

pub(super) async fn erase(store: &SqliteStore, before: LocalDay, dry_run: bool) -> Result<Erasure> {
    let erasure = store.read(move |conn| count(conn, before)).await?;
    if dry_run {
        return Ok(erasure);
    }
    // Decisions of the last minutes also stand in the part of the log that is kept for repeats.
    store.door_state().forget_days_before(before);
    let logged = Zone::Wib.time_at(before, 0).plus_s(2 * RESOLVABLE_S);
    let in_log = move |conn: &Connection| log_trim(conn, logged);
    while store.write(in_log).await? > 0 {}
    // The index goes before the blocks: it must never point at a block that is gone.
    for table in ["visit_correction", "visit_index", "visit_block"] {
        let sql = format!(
            "DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE day < {} LIMIT {ROWS})",
            before.0
        );
        let remove = move |conn: &Connection| sql::run(conn, &sql, []);
        while store.write(remove.clone()).await? > 0 {}
    }
    empty_write_ahead_log(store).await?;
    Ok(erasure)
}

fn log_trim(conn: &Connection, before: Time) -> Outcome<usize> {
    super::log::trim(conn, before, LOG_BYTES)
}

/// What was erased may still stand in the write-ahead log until that is copied and emptied, which
/// must wait for whoever reads at the moment.
async fn empty_write_ahead_log(store: &SqliteStore) -> Result<()> {
    for _ in 0..TRIES {
        let is_empty = store
            .alone(|conn| truncate(conn).map_err(StoreError::from))
            .await?;
        if is_empty {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
    Err(StoreError::Unavailable(
        "a long read keeps the write-ahead log from being emptied of what was erased".to_owned(),
    ))
}

fn truncate(conn: &Connection) -> Outcome<bool> {
    // Check-ins wait meanwhile, so whoever is in the way is not waited for here.
    conn.busy_timeout(Duration::ZERO)?;
    let is_busy: rusqlite::Result<i64> =
        conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0));
    conn.busy_timeout(crate::db::PATIENCE)?;
    match is_busy {
        Ok(is_busy) => Ok(is_busy == 0),
        Err(error)
            if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy)
                || error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseLocked) =>
        {
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}

/// What stands in the blocks of days before `before`. A number that stands twice counts once.
fn count(conn: &Connection, before: LocalDay) -> Outcome<Erasure> {
    let sql = "SELECT DISTINCT day FROM visit_block WHERE day < ?1";
    let days = sql::all(conn, sql, [before.0], sql::only::<i32>)?;
    let mut erasure = Erasure {
        days: days.len() as u64,
        ..Erasure::default()
    };
    for day in days {
        let (mut visits, mut decisions) = (BTreeSet::new(), BTreeSet::new());
        let mut blocks = conn.prepare_cached("SELECT data FROM visit_block WHERE day = ?1")?;
        let mut blocks = blocks.query([day])?;
        while let Some(block) = blocks.next()? {
            let rows = super::block::unpack(&block.get::<_, Vec<u8>>(0)?)
                .map_err(|_| Fault::Column("visit_block.data"))?;
            for row in rows {
                decisions.insert(row.finished.decision.id);
                visits.extend(visit_of(&row).map(|visit| visit.id));
            }
        }
        erasure.visits += visits.len() as u64;
        erasure.decisions += decisions.len() as u64;
    }
    Ok(erasure)
}
