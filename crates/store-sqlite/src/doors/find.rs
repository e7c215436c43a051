//! Finding in blocks: by number, by person, by a client's id, by venue and day.

use super::block::{self, Row};
use crate::fault::{Fault, Outcome};
use crate::sql;
use gapura_domain::ids::{DecisionId, PersonId, RequestId, VenueId};
use gapura_domain::time::{LocalDay, Time};
use gapura_domain::verdict::Verdict;
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// What an index chunk finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A person's visits.
    Person = 1,
    /// Decisions by a client's id.
    Request = 2,
    /// Rows by their number.
    Number = 3,
}

/// Most entries of an index chunk.
pub(super) const ENTRIES_MAX: usize = 2048;

/// Every local day there is.
const ALWAYS: RangeInclusive<LocalDay> = LocalDay(i32::MIN)..=LocalDay(i32::MAX);

/// Where a row stands: block, counted from the chunk's base, and row in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    block: u32,
    row: u16,
}

impl Place {
    pub(super) fn new(block: usize, row: usize) -> Outcome<Self> {
        let too_many = |_| Fault::Column("visit_index.data");
        Ok(Self {
            block: u32::try_from(block).map_err(too_many)?,
            row: u16::try_from(row).map_err(too_many)?,
        })
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
    let Ok(Entries { keys, blocks, rows }) = postcard::from_bytes(data) else {
        return Err(Fault::Column("visit_index.data"));
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

fn rows_of(data: &[u8], wanted: impl Fn(usize, VenueId) -> bool) -> Outcome<Vec<Row>> {
    block::unpack_some(data, wanted).map_err(|_| Fault::Column("visit_block.data"))
}

/// The rows with these keys in an index, newest block first.
fn by_key(
    conn: &Connection,
    kind: Kind,
    key: u64,
    days: RangeInclusive<LocalDay>,
) -> Outcome<Vec<Row>> {
    let chunks = sql::all(
        conn,
        "SELECT base, data FROM visit_index
         WHERE kind = ?1 AND day BETWEEN ?2 AND ?3 AND last >= ?4 AND first <= ?4
         ORDER BY id DESC",
        params![kind as i64, days.start().0, days.end().0, key.cast_signed()],
        |cells| Ok((cells.take::<i64>()?, cells.take::<Vec<u8>>()?)),
    )?;
    let mut found = Vec::new();
    for (base, data) in chunks {
        let places = places_of(&data, key)?;
        for places in places.chunk_by(|a, b| a.block == b.block).rev() {
            let id = base.wrapping_add(i64::from(places[0].block));
            let sql = "SELECT data FROM visit_block WHERE id = ?1";
            let data: Option<Vec<u8>> = sql::one(conn, sql, [id], sql::only)?;
            let data = data.ok_or(Fault::Column("visit_index.base"))?;
            let wanted = |row, _| places.iter().any(|place| usize::from(place.row) == row);
            found.extend(rows_of(&data, wanted)?.into_iter().rev());
        }
    }
    Ok(found)
}

/// A person's visits that count on these days, newest block first.
pub(super) fn by_person(
    conn: &Connection,
    person: PersonId,
    days: RangeInclusive<LocalDay>,
) -> Outcome<Vec<Row>> {
    let mut rows = by_key(conn, Kind::Person, person.0, days)?;
    rows.retain(|row| row.who().person == person);
    Ok(rows)
}

/// All rows that a client's id began, newest block first.
pub(super) fn by_request(conn: &Connection, request: RequestId) -> Outcome<Vec<Row>> {
    // A decision is not older than its id, but for a clock that was a little ahead.
    let asked = request.unix_ms() / 86_400_000;
    let since = LocalDay(i32::try_from(asked - 2).unwrap_or(i32::MAX));
    let mut rows = by_key(
        conn,
        Kind::Request,
        request_key(request),
        since..=*ALWAYS.end(),
    )?;
    rows.retain(|row| row.finished.decision.request == request);
    Ok(rows)
}

/// The row with this number, of the newest block that has it.
pub(super) fn by_number(conn: &Connection, number: DecisionId) -> Outcome<Option<Row>> {
    let rows = by_key(conn, Kind::Number, number.0, ALWAYS)?;
    Ok(rows.into_iter().find(|row| row.number() == number))
}

/// All rows of a venue on a local day, newest block first.
pub(super) fn by_venue(conn: &Connection, venue: VenueId, day: LocalDay) -> Outcome<Vec<Row>> {
    let blocks = sql::all(
        conn,
        "SELECT data FROM visit_block
         WHERE day = ?1 AND venue_last >= ?2 AND venue_first <= ?2 ORDER BY id DESC",
        params![day.0, venue.to_sql()],
        sql::only::<Vec<u8>>,
    )?;
    let mut found = Vec::new();
    for block in blocks {
        found.extend(rows_of(&block, |_, of| of == venue)?);
    }
    Ok(found)
}

/// The exit that a manager set last, of those visits that have one.
pub(super) fn correction(conn: &Connection, visit: DecisionId) -> Outcome<Option<Time>> {
    let sql = "SELECT out FROM visit_correction WHERE visit = ?1 ORDER BY id DESC LIMIT 1";
    let out: Option<i64> = sql::one(conn, sql, [visit.to_sql()], sql::only)?;
    Ok(out.map(Time))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn entries_are_found_by_their_keys(
            keys in prop::collection::vec(prop_oneof![0..40_u64, any::<u64>()], 0..200),
            other in any::<u64>(),
        ) {
            let mut entries: Vec<(u64, Place)> = keys
                .iter()
                .enumerate()
                .map(|(index, key)| (*key, Place::new(index * 7, index).unwrap()))
                .collect();
            entries.sort_unstable();
            let data = write_entries(&entries).unwrap();
            for key in keys.iter().chain([&other]) {
                let of_key = entries.iter().filter(|(entry, _)| entry == key);
                let expected: Vec<Place> = of_key.map(|(_, place)| *place).collect();
                prop_assert_eq!(places_of(&data, *key).unwrap(), expected);
            }
        }

        #[test]
        fn no_bytes_make_the_finder_panic(data in prop::collection::vec(any::<u8>(), 0..300)) {
            drop(places_of(&data, 7));
        }
    }
}
