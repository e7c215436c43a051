//! Erasure: visits and decisions of old days leave the file, its log and what SQLite keeps of both.

use super::{block, visit_of};
use crate::SqliteStore;
use crate::fault::{Fault, Outcome};
use gapura_domain::time::LocalDay;
use gapura_store::doors::Erasure;
use gapura_store::{Result, StoreError};
use rusqlite::Connection;
use std::collections::BTreeSet;

/// Blocks that one transaction erases, so that no check-in waits long for it.
const BLOCKS: usize = 32;

pub(super) async fn erase(store: &SqliteStore, before: LocalDay, dry_run: bool) -> Result<Erasure> {
    let (erasure, corrected) = store.read(move |conn| count(conn, before)).await?;
    if dry_run || erasure == Erasure::default() {
        return Ok(erasure);
    }
    store
        .write(move |conn| {
            let mut delete =
                conn.prepare_cached("DELETE FROM visit_correction WHERE visit = ?1")?;
            for visit in &corrected {
                delete.execute([visit])?;
            }
            Ok(())
        })
        .await?;
    while store.write(move |conn| remove(conn, before)).await? > 0 {}
    // What was erased may still stand in the write-ahead log until that is copied and emptied.
    store
        .alone(|conn| {
            conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
                .map_err(StoreError::other)
        })
        .await?;
    Ok(erasure)
}

fn count(conn: &Connection, before: LocalDay) -> Outcome<(Erasure, Vec<i64>)> {
    let mut corrected = conn.prepare_cached("SELECT DISTINCT visit FROM visit_correction")?;
    let corrected: BTreeSet<i64> = corrected
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut erasure = Erasure::default();
    let mut days = BTreeSet::new();
    let mut of_erased = Vec::new();
    let mut blocks = conn.prepare_cached("SELECT day, data FROM visit_block WHERE day < ?1")?;
    let mut blocks = blocks.query([before.0])?;
    while let Some(row) = blocks.next()? {
        days.insert(row.get::<_, i32>(0)?);
        let rows = block::unpack(&row.get::<_, Vec<u8>>(1)?)
            .map_err(|_| Fault::Column("visit_block.data"))?;
        for row in rows {
            erasure.decisions += u64::from(row.member == 0);
            erasure.visits += u64::from(visit_of(&row).is_some());
            let number = row.number().to_sql();
            if corrected.contains(&number) {
                of_erased.push(number);
            }
        }
    }
    erasure.days = days.len() as u64;
    Ok((erasure, of_erased))
}

fn remove(conn: &Connection, before: LocalDay) -> Outcome<usize> {
    let remove = |table: &str| {
        let sql = format!(
            "DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE day < ?1 LIMIT {BLOCKS})"
        );
        conn.prepare_cached(&sql)?.execute([before.0])
    };
    // The index goes first: it must never point at a block that is gone.
    let removed = remove("visit_index")?;
    Ok(if removed > 0 {
        removed
    } else {
        remove("visit_block")?
    })
}
