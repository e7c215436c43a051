//! The log of events, and the checkpoint from which it is replayed.

use crate::fault::{Fault, Outcome};
use crate::sql;
use gapura_domain::door::Event;
use gapura_domain::ledger::{Ledger, Snapshot};
use gapura_domain::time::Time;
use rusqlite::{Connection, params};

/// Up to where the log is packed, and the highest ids that a whole packing wrote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Checkpoint {
    /// The last row of the log that is packed.
    pub(super) log_id: i64,
    pub(super) block: i64,
    pub(super) chunk: i64,
    pub(super) tally: i64,
    /// The parts of the ledger that hold.
    pub(super) ledger: (i64, i64),
}

fn damaged<E>(what: &'static str) -> impl Fn(E) -> Fault {
    move |_| Fault::Column(what)
}

/// Appends the events of a batch as one row.
pub(super) fn append(conn: &Connection, id: i64, at: Time, events: &[Event]) -> Outcome<()> {
    let data = postcard::to_allocvec(events).map_err(damaged("door_log.data"))?;
    let sql = "INSERT INTO door_log (id, at, data) VALUES (?1, ?2, ?3)";
    sql::run(conn, sql, params![id, at.0, data]).map(|_| ())
}

/// The checkpoint; that of an empty log if there is none.
pub(super) fn checkpoint(conn: &Connection) -> Outcome<Checkpoint> {
    let sql = "SELECT log_id, block, chunk, tally, ledger_first, ledger_last FROM door_checkpoint";
    let checkpoint = sql::one(conn, sql, [], |cells| {
        Ok(Checkpoint {
            log_id: cells.take()?,
            block: cells.take()?,
            chunk: cells.take()?,
            tally: cells.take()?,
            ledger: (cells.take()?, cells.take()?),
        })
    })?;
    Ok(checkpoint.unwrap_or_default())
}

/// Moves the checkpoint on.
pub(super) fn set_checkpoint(conn: &Connection, to: Checkpoint) -> Outcome<()> {
    let sql = "INSERT OR REPLACE INTO door_checkpoint
               (one, log_id, block, chunk, tally, ledger_first, ledger_last)
               VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6)";
    let (first, last) = to.ledger;
    let values = params![to.log_id, to.block, to.chunk, to.tally, first, last];
    sql::run(conn, sql, values).map(|_| ())
}

/// The ledger as of a checkpoint.
pub(super) fn ledger(conn: &Connection, checkpoint: Checkpoint) -> Outcome<Ledger> {
    if checkpoint.log_id == 0 {
        return Ok(Ledger::new());
    }
    let (first, last) = checkpoint.ledger;
    let sql = "SELECT data FROM door_ledger WHERE id BETWEEN ?1 AND ?2 ORDER BY id";
    let parts = sql::all(conn, sql, [first, last], sql::only::<Vec<u8>>)?;
    let snapshot: Snapshot =
        postcard::from_bytes(&parts.concat()).map_err(damaged("door_ledger.data"))?;
    Ok(Ledger::restore(snapshot))
}

/// Hands out the rows of the log from the id `first` on that are not older than `since`, in order.
pub(super) fn read(
    conn: &Connection,
    first: i64,
    since: Time,
    mut each: impl FnMut(i64, Vec<Event>) -> Outcome<()>,
) -> Outcome<()> {
    let sql = "SELECT id, data FROM door_log WHERE id >= ?1 AND at >= ?2 ORDER BY id";
    let mut rows = conn.prepare_cached(sql)?;
    let mut rows = rows.query(params![first, since.0])?;
    while let Some(row) = rows.next()? {
        let data = row
            .get_ref(1)?
            .as_blob()
            .map_err(damaged("door_log.data"))?;
        let events = postcard::from_bytes(data).map_err(damaged("door_log.data"))?;
        each(row.get(0)?, events)?;
    }
    Ok(())
}

/// Removes up to `most` bytes of packed rows of the log from before a time; says how many rows.
///
/// What is removed is overwritten, so the bytes count, not the rows.
pub(super) fn trim(conn: &Connection, before: Time, most: usize) -> Outcome<usize> {
    let packed = checkpoint(conn)?.log_id;
    let sql = "SELECT id, length(data) FROM door_log WHERE id <= ?1 AND at < ?2 ORDER BY id";
    let mut last = None;
    let mut bytes = 0;
    let mut rows = conn.prepare_cached(sql)?;
    let mut rows = rows.query(params![packed, before.0])?;
    while let Some(row) = rows.next()?
        && bytes < most
    {
        last = Some(row.get::<_, i64>(0)?);
        bytes += row.get::<_, u32>(1)? as usize;
    }
    drop(rows);
    let Some(last) = last else { return Ok(0) };
    sql::run(conn, "DELETE FROM door_log WHERE id <= ?1", [last])
}
