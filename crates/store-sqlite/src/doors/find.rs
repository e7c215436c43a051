//! Finding in blocks: by number, by person, by a client's id, by day.

use super::block::{self, Row};
use crate::fault::{Fault, Outcome};
use gapura_domain::ids::{DecisionId, PersonId, RequestId};
use gapura_domain::time::Time;
use gapura_domain::verdict::Verdict;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

/// Kind of index chunks that find people.
pub(super) const PERSON: i64 = 1;
/// Kind of index chunks that find clients' ids.
pub(super) const REQUEST: i64 = 2;
/// Most entries of an index chunk.
pub(super) const ENTRIES_MAX: usize = 2048;

/// Where a row stands: block, counted from the chunk's base, and row in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    block: u32,
    row: u16,
}

impl Place {
    pub(super) fn new(block: usize, row: usize) -> Self {
        // A pack holds at most the log's events, far below these bounds.
        let block = u32::try_from(block).unwrap_or(u32::MAX);
        Self {
            block,
            row: u16::try_from(row).unwrap_or(u16::MAX),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Entries {
    keys: Vec<u64>,
    blocks: Vec<u32>,
    rows: Vec<u16>,
}

/// Writes sorted entries, keys as differences.
pub(super) fn write_entries(entries: &[(u64, Place)]) -> Outcome<Vec<u8>> {
    let mut last = 0;
    let keys = entries
        .iter()
        .map(|(key, _)| key - std::mem::replace(&mut last, *key))
        .collect();
    let blocks = entries.iter().map(|(_, place)| place.block).collect();
    let rows = entries.iter().map(|(_, place)| place.row).collect();
    postcard::to_allocvec(&Entries { keys, blocks, rows })
        .map_err(|_| Fault::Column("visit_index.data"))
}

fn places_of(data: &[u8], key: u64) -> Outcome<Vec<Place>> {
    let damaged = Fault::Column("visit_index.data");
    let Ok(Entries { keys, blocks, rows }) = postcard::from_bytes(data) else {
        return Err(damaged);
    };
    let mut sum = 0_u64;
    let found = keys
        .iter()
        .zip(blocks.iter().zip(&rows))
        .filter_map(|(more, (block, row))| {
            sum = sum.wrapping_add(*more);
            (sum == key).then_some(Place {
                block: *block,
                row: *row,
            })
        });
    Ok(found.collect())
}

/// By what a client's id is found: its last four bytes, which are random in UUIDv7.
pub(super) fn request_key(request: RequestId) -> u64 {
    request.0[12..]
        .iter()
        .fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

/// The number that stands for a verdict in a column.
pub(super) fn verdict_number(verdict: Verdict) -> i64 {
    match verdict {
        Verdict::Admit => 0,
        Verdict::Check => 1,
        Verdict::Refuse => 2,
    }
}

/// The verdict that a number stands for.
pub(super) fn verdict_of(number: i64) -> Outcome<Verdict> {
    match number {
        0 => Ok(Verdict::Admit),
        1 => Ok(Verdict::Check),
        2 => Ok(Verdict::Refuse),
        _ => Err(Fault::Column("door_tally.verdict")),
    }
}

fn rows_of(data: &[u8]) -> Outcome<Vec<Row>> {
    block::unpack(data).map_err(|_| Fault::Column("visit_block.data"))
}

/// The rows with these keys in an index, newest block first.
fn by_key(conn: &Connection, kind: i64, key: u64) -> Outcome<Vec<Row>> {
    let mut chunks = conn.prepare_cached(
        "SELECT base, data FROM visit_index
         WHERE kind = ?1 AND last >= ?2 AND first <= ?2 ORDER BY id DESC",
    )?;
    let mut chunks = chunks.query(params![kind, key.cast_signed()])?;
    let mut read = conn.prepare_cached("SELECT data FROM visit_block WHERE id = ?1")?;
    let mut found = Vec::new();
    while let Some(chunk) = chunks.next()? {
        let base: i64 = chunk.get(0)?;
        let places = places_of(&chunk.get::<_, Vec<u8>>(1)?, key)?;
        for place in places.into_iter().rev() {
            let id = base + i64::from(place.block);
            let data: Option<Vec<u8>> = read.query_row([id], |row| row.get(0)).optional()?;
            let rows = rows_of(&data.ok_or(Fault::Column("visit_index.base"))?)?;
            found.extend(rows.into_iter().nth(usize::from(place.row)));
        }
    }
    Ok(found)
}

/// All rows of a person, newest block first.
pub(super) fn by_person(conn: &Connection, person: PersonId) -> Outcome<Vec<Row>> {
    let mut rows = by_key(conn, PERSON, person.0)?;
    rows.retain(|row| row.who().person == person);
    Ok(rows)
}

/// All rows that a client's id began, newest block first.
pub(super) fn by_request(conn: &Connection, request: RequestId) -> Outcome<Vec<Row>> {
    let mut rows = by_key(conn, REQUEST, request_key(request))?;
    rows.retain(|row| row.finished.decision.request == request);
    Ok(rows)
}

/// The row with this number, of the newest block that has it.
pub(super) fn by_number(conn: &Connection, number: DecisionId) -> Outcome<Option<Row>> {
    let mut blocks = conn.prepare_cached(
        "SELECT data FROM visit_block WHERE last >= ?1 AND first <= ?1 ORDER BY id DESC",
    )?;
    let mut blocks = blocks.query([number.to_sql()])?;
    while let Some(block) = blocks.next()? {
        let rows = rows_of(&block.get::<_, Vec<u8>>(0)?)?;
        if let Some(row) = rows.into_iter().find(|row| row.number() == number) {
            return Ok(Some(row));
        }
    }
    Ok(None)
}

/// All rows of a local day, oldest block first.
pub(super) fn by_day(conn: &Connection, day: i32, mut each: impl FnMut(Row)) -> Outcome<()> {
    let mut blocks =
        conn.prepare_cached("SELECT data FROM visit_block WHERE day = ?1 ORDER BY id")?;
    let mut blocks = blocks.query([day])?;
    while let Some(block) = blocks.next()? {
        rows_of(&block.get::<_, Vec<u8>>(0)?)?
            .into_iter()
            .for_each(&mut each);
    }
    Ok(())
}

/// The exit that a manager set last, of those visits that have one.
pub(super) fn correction(conn: &Connection, visit: DecisionId) -> Outcome<Option<Time>> {
    let sql = "SELECT out FROM visit_correction WHERE visit = ?1 ORDER BY id DESC LIMIT 1";
    let out = conn
        .prepare_cached(sql)?
        .query_row([visit.to_sql()], |row| row.get(0))
        .optional()?;
    Ok(out.map(Time))
}
