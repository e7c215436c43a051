//! Packing: moves what has finished out of the log into blocks, beside the doors' work.
//!
//! The packer replays the log from the checkpoint on a connection of its own, so that the writer
//! only has to insert what is ready. Blocks, tallies, corrections and the new checkpoint are one
//! transaction; the log before it is trimmed afterwards in small pieces.

use super::block::{self, ROWS_MAX};
use super::state::State;
use super::{find, log};
use crate::fault::{Fault, Outcome};
use gapura_domain::door::Event;
use gapura_domain::ids::DecisionId;
use gapura_domain::ledger::Finished;
use gapura_domain::time::Time;
use rusqlite::{Connection, params};
use std::collections::BTreeMap;

/// A block ready to be inserted, with the entries that find its rows.
struct Block {
    day: i32,
    first: DecisionId,
    last: DecisionId,
    data: Vec<u8>,
}

/// An index chunk ready to be inserted. `base` counts from the first block of the pack.
struct Chunk {
    day: i32,
    kind: i64,
    first: u64,
    last: u64,
    base: i64,
    data: Vec<u8>,
}

/// Everything that one packing inserts.
pub(super) struct Pack {
    pub(super) state: State,
    snapshot: Vec<u8>,
    blocks: Vec<Block>,
    chunks: Vec<Chunk>,
    corrections: Vec<(DecisionId, Time, Time, Vec<u8>)>,
}

/// Prepares a pack of all that the log holds now. `None` if there is nothing.
pub(super) fn prepare(conn: &Connection) -> Outcome<Option<Pack>> {
    let (checkpoint, ledger) = log::checkpoint(conn)?;
    let mut state = State {
        ledger,
        checkpoint,
        log_end: checkpoint,
        ..State::default()
    };
    let mut corrections = Vec::new();
    let mut fault = None;
    log::read_after(conn, checkpoint, |id, events| {
        events.iter().for_each(|event| state.ledger.apply(event));
        state.absorb(&events);
        state.log_end = id;
        for event in &events {
            if let Event::Corrected {
                visit,
                out,
                at,
                remark,
            } = event
            {
                match postcard::to_allocvec(remark) {
                    Ok(data) => corrections.push((*visit, *out, *at, data)),
                    Err(_) => fault = Some(Fault::Column("visit_correction.data")),
                }
            }
        }
    })?;
    if let Some(fault) = fault {
        return Err(fault);
    }
    if state.log_end == checkpoint {
        return Ok(None);
    }
    let snapshot = postcard::to_allocvec(&state.ledger.snapshot())
        .map_err(|_| Fault::Column("door_checkpoint.data"))?;
    let mut pack = Pack {
        state,
        snapshot,
        blocks: Vec::new(),
        chunks: Vec::new(),
        corrections,
    };
    let mut by_day: BTreeMap<i32, Vec<&Finished>> = BTreeMap::new();
    for row in pack.state.finished.values() {
        by_day.entry(row.decision.day.0).or_default().push(row);
    }
    let (mut blocks, mut chunks) = (Vec::new(), Vec::new());
    for (day, mut rows) in by_day {
        rows.sort_unstable_by_key(|row| row.number());
        pack_day(day, &rows, &mut blocks, &mut chunks)?;
    }
    (pack.blocks, pack.chunks) = (blocks, chunks);
    Ok(Some(pack))
}

fn pack_day(
    day: i32,
    rows: &[&Finished],
    blocks: &mut Vec<Block>,
    chunks: &mut Vec<Chunk>,
) -> Outcome<()> {
    let damaged = |_| Fault::Column("visit_block.data");
    let base = i64::try_from(blocks.len()).unwrap_or(i64::MAX);
    let (mut people, mut requests) = (Vec::new(), Vec::new());
    for (number, rows) in rows.chunks(ROWS_MAX).enumerate() {
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
            continue;
        };
        let data = block::pack(rows).map_err(damaged)?;
        blocks.push(Block {
            day,
            first: first.number(),
            last: last.number(),
            data,
        });
        for (index, row) in rows.iter().enumerate() {
            let place = find::Place::new(number, index);
            let person = row.decision.party[usize::from(row.member)].person;
            people.push((person.0, place));
            if row.member == 0 {
                requests.push((find::request_key(row.decision.request), place));
            }
        }
    }
    for (kind, mut entries) in [(find::PERSON, people), (find::REQUEST, requests)] {
        entries.sort_unstable();
        for entries in entries.chunks(find::ENTRIES_MAX) {
            let (Some(first), Some(last)) = (entries.first(), entries.last()) else {
                continue;
            };
            let data = find::write_entries(entries)?;
            chunks.push(Chunk {
                day,
                kind,
                first: first.0,
                last: last.0,
                base,
                data,
            });
        }
    }
    Ok(())
}

impl Pack {
    /// Inserts everything and moves the checkpoint on, in the caller's transaction.
    pub(super) fn insert(&self, conn: &Connection) -> Outcome<()> {
        let sql = "SELECT coalesce(max(id), 0) + 1 FROM visit_block";
        let base: i64 = conn.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
        let mut insert = conn.prepare_cached(
            "INSERT INTO visit_block (id, day, first, last, data) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        for (id, block) in (base..).zip(&self.blocks) {
            let (first, last) = (block.first.to_sql(), block.last.to_sql());
            insert.execute(params![id, block.day, first, last, block.data])?;
        }
        let mut insert = conn.prepare_cached(
            "INSERT INTO visit_index (day, kind, first, last, base, data)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        for chunk in &self.chunks {
            let (first, last) = (chunk.first.cast_signed(), chunk.last.cast_signed());
            let base = base + chunk.base;
            insert.execute(params![
                chunk.day, chunk.kind, first, last, base, chunk.data
            ])?;
        }
        self.insert_tallies(conn)?;
        let mut insert = conn.prepare_cached(
            "INSERT INTO visit_correction (visit, day, out, at, data) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        for (visit, out, at, data) in &self.corrections {
            let day = at.0.div_euclid(86_400);
            insert.execute(params![visit.to_sql(), day, out.0, at.0, data])?;
        }
        log::set_checkpoint(conn, self.state.log_end, &self.snapshot)
    }

    fn insert_tallies(&self, conn: &Connection) -> Outcome<()> {
        let mut insert = conn.prepare_cached(
            "INSERT INTO door_tally (gate, unix_hour, verdict, reason, people)
             VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET people = people + excluded.people",
        )?;
        for ((gate, hour, verdict, reason), people) in &self.state.tallies {
            let (verdict, people) = (find::verdict_number(*verdict), people.cast_signed());
            insert.execute(params![gate.to_sql(), hour, verdict, reason, people])?;
        }
        Ok(())
    }
}
