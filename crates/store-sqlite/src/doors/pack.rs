//! Packing: makes blocks of what has finished, with the entries that find it.

use super::block;
use super::find::{self, Kind, Place};
use super::tail::{Tail, TallyKey};
use crate::fault::{Fault, Outcome};
use gapura_domain::ids::DecisionId;
use gapura_domain::ledger::Finished;
use gapura_domain::time::{LocalDay, Time, Zone};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A block ready to be inserted.
pub(super) struct Block {
    pub(super) day: LocalDay,
    pub(super) venues: (i64, i64),
    pub(super) data: Vec<u8>,
}

/// An index chunk ready to be inserted. `base` counts from the first block of the packing.
pub(super) struct Chunk {
    pub(super) day: LocalDay,
    pub(super) kind: Kind,
    pub(super) keys: (u64, u64),
    pub(super) base: i64,
    pub(super) data: Vec<u8>,
}

/// A correction ready to be inserted.
pub(super) struct Correction {
    pub(super) visit: DecisionId,
    pub(super) day: LocalDay,
    pub(super) out: Time,
    pub(super) at: Time,
    pub(super) data: Vec<u8>,
}

/// One line of the tallies on their way: gate, hour, verdict, reason, people.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct TallyLine(
    pub(super) u64,
    pub(super) i64,
    pub(super) i64,
    pub(super) String,
    pub(super) u64,
);

/// Everything that a packing of a tail inserts, but for the ledger.
pub(super) struct Pack {
    pub(super) blocks: Vec<Block>,
    pub(super) chunks: Vec<Chunk>,
    pub(super) tallies: Vec<u8>,
    pub(super) corrections: Vec<Correction>,
}

impl Pack {
    /// Prepares a tail for the file.
    pub(super) fn of(tail: &Tail, conn: &Connection) -> Outcome<Self> {
        let mut by_day: BTreeMap<LocalDay, Vec<&Finished>> = BTreeMap::new();
        for row in tail.finished() {
            by_day.entry(row.decision.day).or_default().push(row);
        }
        let mut pack = Self {
            blocks: Vec::new(),
            chunks: Vec::new(),
            tallies: tallies(&tail.tallies)?,
            corrections: corrections(tail, conn)?,
        };
        for (day, mut rows) in by_day {
            // Whoever traces reads a room's day, so a room's rows stand together.
            rows.sort_unstable_by_key(|row| (row.decision.venue, row.decision.room, row.number()));
            pack.add_day(day, &rows)?;
        }
        Ok(pack)
    }

    fn add_day(&mut self, day: LocalDay, rows: &[&Finished]) -> Outcome<()> {
        let base = i64::try_from(self.blocks.len()).unwrap_or(i64::MAX);
        let (mut people, mut requests, mut numbers) = (Vec::new(), Vec::new(), Vec::new());
        for (number, rows) in block::cut(rows).enumerate() {
            for (index, row) in rows.iter().enumerate() {
                let place = Place::new(number, index)?;
                numbers.push((row.number().0, place));
                if row.is_visit() {
                    people.push((row.person().0, place));
                }
                if row.member == 0 {
                    requests.push((find::request_key(row.decision.request), place));
                }
            }
            let venues = rows.iter().map(|row| row.decision.venue.to_sql());
            self.blocks.push(Block {
                day,
                venues: (venues.clone().min().unwrap_or(0), venues.max().unwrap_or(0)),
                data: block::pack(rows).map_err(|_| Fault::Column("visit_block.data"))?,
            });
        }
        for (kind, mut entries) in [
            (Kind::Person, people),
            (Kind::Request, requests),
            (Kind::Number, numbers),
        ] {
            entries.sort_unstable();
            for entries in entries.chunks(find::ENTRIES_MAX) {
                let keys = entries.first().zip(entries.last());
                self.chunks.extend(match keys {
                    Some((first, last)) => Some(Chunk {
                        day,
                        kind,
                        keys: (first.0, last.0),
                        base,
                        data: find::write_entries(entries)?,
                    }),
                    None => None,
                });
            }
        }
        Ok(())
    }
}

fn tallies(tallies: &rustc_hash::FxHashMap<TallyKey, u64>) -> Outcome<Vec<u8>> {
    let lines = tallies
        .iter()
        .map(|((gate, hour, verdict, reason), people)| {
            let verdict = find::verdict_number(*verdict);
            TallyLine(gate.0, *hour, verdict, (*reason).to_owned(), *people)
        });
    postcard::to_allocvec(&lines.collect::<Vec<_>>())
        .map_err(|_| Fault::Column("door_tally_packed.data"))
}

fn corrections(tail: &Tail, conn: &Connection) -> Outcome<Vec<Correction>> {
    let of = |correction: &super::tail::Correction| {
        let visit = correction.visit;
        let day = match tail.row(visit) {
            Some(row) => Some(row.decision.day),
            None => find::by_number(conn, visit)?.map(|row| row.finished.decision.day),
        };
        Ok(Correction {
            visit,
            day: day.unwrap_or_else(|| Zone::Wib.day_of(correction.at)),
            out: correction.out,
            at: correction.at,
            data: postcard::to_allocvec(&correction.remark)
                .map_err(|_| Fault::Column("visit_correction.data"))?,
        })
    };
    tail.corrections.iter().map(of).collect()
}
