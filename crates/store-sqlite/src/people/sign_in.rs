//! One-time codes and sessions of visitors.

use crate::fault::{Outcome, conflict_if_taken};
use crate::sql::{Cells, all, one, run};
use gapura_domain::ids::{PersonId, SessionId};
use gapura_domain::time::Time;
use gapura_store::people::{KeyedHash, OneTimeCode, VisitorSession};
use rusqlite::Connection;

/// Most sessions that one transaction erases.
const PORTION: i64 = 1000;

pub(super) fn put_code(conn: &Connection, contact: KeyedHash, code: &OneTimeCode) -> Outcome<()> {
    let sql = "INSERT INTO one_time_codes (contact, code, expires, failures)
               VALUES (?1, ?2, ?3, ?4)
               ON CONFLICT (contact) DO UPDATE SET code = excluded.code,
                   expires = excluded.expires, failures = excluded.failures";
    let params = (contact, code.code, code.expires.0, code.failures);
    run(conn, sql, params).map(|_| ())
}

pub(super) fn try_code(
    conn: &Connection,
    contact: KeyedHash,
    code: KeyedHash,
    failures_max: u32,
    now: Time,
) -> Outcome<bool> {
    let sql = "DELETE FROM one_time_codes
               WHERE contact = ?1 AND code = ?2 AND failures < ?3 AND expires > ?4";
    if run(conn, sql, (contact, code, failures_max, now.0))? == 1 {
        return Ok(true);
    }
    let sql = "UPDATE one_time_codes SET failures = failures + 1
               WHERE contact = ?1 AND failures < ?2";
    run(conn, sql, (contact, failures_max))?;
    Ok(false)
}

pub(super) fn begin(
    conn: &Connection,
    token: KeyedHash,
    person: PersonId,
    since: Time,
    expires: Time,
) -> Outcome<SessionId> {
    let sql = "INSERT INTO visitor_sessions (token, person, since, expires)
               VALUES (?1, ?2, ?3, ?4)";
    run(conn, sql, (token, person.to_sql(), since.0, expires.0))
        .map_err(|fault| conflict_if_taken(fault, "the token is that of a session"))?;
    Ok(SessionId::from_sql(conn.last_insert_rowid()))
}

const SESSION: &str = "SELECT id, person, since, expires FROM visitor_sessions";

fn read(cells: &mut Cells<'_>) -> Outcome<VisitorSession> {
    Ok(VisitorSession {
        id: SessionId::from_sql(cells.take()?),
        person: PersonId::from_sql(cells.take()?),
        since: cells.time()?,
        expires: cells.time()?,
    })
}

pub(super) fn session(
    conn: &Connection,
    token: KeyedHash,
    now: Time,
) -> Outcome<Option<VisitorSession>> {
    let sql = format!("{SESSION} WHERE token = ?1 AND expires > ?2");
    one(conn, &sql, (token, now.0), read)
}

pub(super) fn sessions(
    conn: &Connection,
    person: PersonId,
    now: Time,
) -> Outcome<Vec<VisitorSession>> {
    let sql = format!("{SESSION} WHERE person = ?1 AND expires > ?2 ORDER BY id");
    all(conn, &sql, (person.to_sql(), now.0), read)
}

pub(super) fn extend(conn: &Connection, token: KeyedHash, expires: Time) -> Outcome<()> {
    let sql = "UPDATE visitor_sessions SET expires = ?2 WHERE token = ?1";
    run(conn, sql, (token, expires.0)).map(|_| ())
}

pub(super) fn end(conn: &Connection, person: PersonId, id: SessionId) -> Outcome<bool> {
    let sql = "DELETE FROM visitor_sessions WHERE id = ?1 AND person = ?2";
    Ok(run(conn, sql, (id.to_sql(), person.to_sql()))? == 1)
}

/// Erases a portion of what is stale; 0 when nothing is left.
pub(super) fn erase_stale(conn: &Connection, before: Time, now: Time) -> Outcome<u64> {
    let sql = "DELETE FROM visitor_sessions WHERE id IN (
                   SELECT id FROM visitor_sessions WHERE expires <= ?1 LIMIT ?2)";
    let mut erased = run(conn, sql, (now.0, PORTION))?;
    // The others are few: codes live for minutes, staff and messages are counted in hundreds.
    for sql in [
        "DELETE FROM staff_sessions WHERE expires <= ?1",
        "DELETE FROM one_time_codes WHERE expires <= ?1",
        "DELETE FROM enrolments WHERE expires <= ?1",
    ] {
        erased += run(conn, sql, [now.0])?;
    }
    erased += run(conn, "DELETE FROM messages WHERE at < ?1", [before.0])?;
    Ok(erased as u64)
}
