//! Messages on their way to people.

use crate::fault::Outcome;
use crate::sql::{all, run, value};
use gapura_domain::ids::MessageId;
use gapura_domain::time::Time;
use gapura_store::people::{Message, Sealed};
use rusqlite::Connection;

pub(super) fn put(
    conn: &Connection,
    channel: &str,
    sealed: &Sealed,
    at: Time,
) -> Outcome<MessageId> {
    let sql = "INSERT INTO messages (channel, key, sealed, at) VALUES (?1, ?2, ?3, ?4)
               RETURNING id";
    let params = (channel, sealed.key, &sealed.bytes, at.0);
    value(conn, sql, params).map(MessageId::from_sql)
}

pub(super) fn waiting(conn: &Connection, attempts_max: u32, limit: u32) -> Outcome<Vec<Message>> {
    let sql = "SELECT id, channel, key, sealed, at, attempts FROM messages
               WHERE attempts < ?1 ORDER BY id LIMIT ?2";
    all(conn, sql, (attempts_max, limit), |cells| {
        Ok(Message {
            id: MessageId::from_sql(cells.take()?),
            channel: cells.take()?,
            sealed: cells.sealed()?,
            at: cells.time()?,
            attempts: cells.take()?,
        })
    })
}

pub(super) fn delivered(conn: &Connection, id: MessageId) -> Outcome<()> {
    run(conn, "DELETE FROM messages WHERE id = ?1", [id.to_sql()]).map(|_| ())
}

pub(super) fn failed(conn: &Connection, id: MessageId) -> Outcome<()> {
    let sql = "UPDATE messages SET attempts = attempts + 1 WHERE id = ?1";
    run(conn, sql, [id.to_sql()]).map(|_| ())
}
