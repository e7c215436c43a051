//! The log of events and the checkpoint that it begins at.

use crate::fault::{Fault, Outcome};
use gapura_domain::door::Event;
use gapura_domain::ledger::{Ledger, Snapshot};
use rusqlite::{Connection, OptionalExtension, params};

fn damaged(what: &'static str) -> impl Fn(postcard::Error) -> Fault {
    move |_| Fault::Column(what)
}

/// Appends the events of a batch as one row.
pub(super) fn append(conn: &Connection, id: i64, events: &[Event]) -> Outcome<()> {
    let data = postcard::to_allocvec(events).map_err(damaged("door_log.data"))?;
    conn.prepare_cached("INSERT INTO door_log (id, data) VALUES (?1, ?2)")?
        .execute(params![id, data])?;
    Ok(())
}

/// The log row at which the checkpoint stands, and the ledger as it was then.
pub(super) fn checkpoint(conn: &Connection) -> Outcome<(i64, Ledger)> {
    let row = conn
        .prepare_cached("SELECT log_id, data FROM door_checkpoint")?
        .query_row([], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?))
        })
        .optional()?;
    let Some((log_id, data)) = row else {
        return Ok((0, Ledger::new()));
    };
    let snapshot: Snapshot =
        postcard::from_bytes(&data).map_err(damaged("door_checkpoint.data"))?;
    Ok((log_id, Ledger::restore(snapshot)))
}

/// Hands out the rows of the log behind `after`, in order.
pub(super) fn read_after(
    conn: &Connection,
    after: i64,
    mut each: impl FnMut(i64, Vec<Event>),
) -> Outcome<()> {
    let mut rows =
        conn.prepare_cached("SELECT id, data FROM door_log WHERE id > ?1 ORDER BY id")?;
    let mut rows = rows.query([after])?;
    while let Some(row) = rows.next()? {
        let data = row
            .get_ref(1)?
            .as_blob()
            .map_err(|_| Fault::Column("door_log.data"))?;
        let events = postcard::from_bytes(data).map_err(damaged("door_log.data"))?;
        each(row.get(0)?, events);
    }
    Ok(())
}

/// Moves the checkpoint on.
pub(super) fn set_checkpoint(conn: &Connection, log_id: i64, snapshot: &[u8]) -> Outcome<()> {
    conn.prepare_cached(
        "INSERT INTO door_checkpoint (one, log_id, data) VALUES (1, ?1, ?2)
         ON CONFLICT (one) DO UPDATE SET log_id = excluded.log_id, data = excluded.data",
    )?
    .execute(params![log_id, snapshot])?;
    Ok(())
}

/// Removes up to `most` rows of the log that the checkpoint covers; says how many.
pub(super) fn trim(conn: &Connection, most: u32) -> Outcome<usize> {
    let removed = conn
        .prepare_cached(
            "DELETE FROM door_log WHERE id IN (
                 SELECT id FROM door_log
                 WHERE id <= (SELECT log_id FROM door_checkpoint) ORDER BY id LIMIT ?1)",
        )?
        .execute([most])?;
    Ok(removed)
}
