//! The packer's thread: packs when the log has grown long or when it is asked.
//!
//! It seals what has finished since the last time, makes blocks of it on its own thread, and hands
//! them to the writer in pieces so small that no check-in waits long. Only when all is there the
//! checkpoint moves on, in one step. A packing that is interrupted leaves rows that nobody needs;
//! the next one removes them before it begins.

use super::hot::Doors;
use super::log::{self, Checkpoint};
use super::pack::Pack;
pub(super) use super::pack::TallyLine;
use super::tail::Tail;
use crate::SqliteStore;
use crate::fault::{Fault, Outcome, closed};
use crate::sql;
use crate::writer::{Message, Queue, Task};
use crossbeam_channel::{Receiver, Sender};
use gapura_domain::ledger::{Ledger, RECALL_S};
use gapura_domain::time::Time;
use gapura_store::{Result, StoreError};
use rusqlite::{Connection, params};
use std::sync::Arc;
use tokio::sync::oneshot;

/// Most bytes that a piece adds to a batch of check-ins.
const PIECE: usize = 128 << 10;

/// Lines of tallies that a piece adds to a batch of check-ins.
const PIECE_LINES: u32 = 256;

/// Somebody who waits for a packing; nobody for one that the writer asked for.
pub(crate) type PackerAsk = Option<oneshot::Sender<Result<()>>>;

/// The packer.
pub(crate) struct Packer {
    conn: Connection,
    queue: Queue,
    doors: Doors,
    asked: Receiver<PackerAsk>,
    /// The ledger as of a row of the log, fed the events of each tail.
    follower: Option<(i64, Ledger)>,
    /// Whether no leftovers of an interrupted packing are in the file.
    is_clean: bool,
}

impl Packer {
    pub(crate) fn new(
        conn: Connection,
        queue: Queue,
        doors: Doors,
        asked: Receiver<PackerAsk>,
    ) -> Self {
        Self {
            conn,
            queue,
            doors,
            asked,
            follower: None,
            is_clean: false,
        }
    }

    /// Works until nobody can ask any more.
    pub(crate) fn run(mut self) {
        while let Ok(ask) = self.asked.recv() {
            // The writer may have asked once more while the last packing was under way.
            if ask.is_none() && !self.doors.wants_packing() {
                continue;
            }
            let done = self.pack();
            if done.is_err() {
                self.is_clean = false;
                self.follower = None;
            }
            match (ask, done) {
                (Some(to), done) => drop(to.send(done)),
                (None, Ok(())) => {}
                (None, Err(why)) => {
                    tracing::warn!(%why, "the log was not packed; it will be tried again");
                }
            }
        }
    }

    fn pack(&mut self) -> Result<()> {
        let from = log::checkpoint(&self.conn).map_err(StoreError::from)?;
        if !self.is_clean {
            self.remove_leftovers(from)?;
            self.is_clean = true;
        }
        let doors = self.doors.clone();
        let tail = self.alone(move |conn| {
            doors.load(conn)?;
            Ok(doors.seal())
        })?;
        if let Some(tail) = tail {
            self.pack_tail(from, &tail)?;
        }
        self.fold_tallies()?;
        self.trim()
    }

    fn pack_tail(&mut self, from: Checkpoint, tail: &Arc<Tail>) -> Result<()> {
        let pack = Pack::of(tail, &self.conn)?;
        let parts = self.ledger_at(from, tail)?;
        let mut to = Checkpoint {
            log_id: tail.log_id,
            ledger: (from.ledger.1 + 1, from.ledger.1),
            ..from
        };
        let mut pieces = Pieces::default();
        let first_block = from.block + 1;
        for block in pack.blocks {
            to.block += 1;
            let (id, (first, last)) = (to.block, block.venues);
            pieces.put(block.data, move |conn, data| {
                let sql = "INSERT INTO visit_block (id, day, venue_first, venue_last, data)
                           VALUES (?1, ?2, ?3, ?4, ?5)";
                sql::run(conn, sql, params![id, block.day.0, first, last, data])
            });
        }
        for chunk in pack.chunks {
            to.chunk += 1;
            let (id, base) = (to.chunk, first_block + chunk.base);
            let (first, last) = (chunk.keys.0.cast_signed(), chunk.keys.1.cast_signed());
            pieces.put(chunk.data, move |conn, data| {
                let sql = "INSERT INTO visit_index (id, day, kind, first, last, base, data)
                           VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
                let kind = chunk.kind as i64;
                let values = params![id, chunk.day.0, kind, first, last, base, data];
                sql::run(conn, sql, values)
            });
        }
        for part in parts {
            to.ledger.1 += 1;
            let id = to.ledger.1;
            pieces.put(part, move |conn, data| {
                let sql = "INSERT INTO door_ledger (id, data) VALUES (?1, ?2)";
                sql::run(conn, sql, params![id, data])
            });
        }
        to.tally += 1;
        pieces.put(pack.tallies, move |conn, data| {
            let sql = "INSERT INTO door_tally_packed (id, data) VALUES (?1, ?2)";
            sql::run(conn, sql, params![to.tally, data])
        });
        for piece in pieces.0 {
            self.write(move |conn| piece.into_iter().try_for_each(|row| row(conn).map(|_| ())))?;
        }
        let (doors, tail) = (self.doors.clone(), Arc::clone(tail));
        self.alone(move |conn| {
            let transaction = conn.transaction()?;
            for correction in &pack.corrections {
                let sql = "INSERT INTO visit_correction (visit, day, out, at, data)
                           VALUES (?1, ?2, ?3, ?4, ?5)";
                let visit = correction.visit.to_sql();
                let (out, at) = (correction.out.0, correction.at.0);
                let values = params![visit, correction.day.0, out, at, correction.data];
                sql::run(&transaction, sql, values)?;
            }
            log::set_checkpoint(&transaction, to)?;
            transaction.commit()?;
            doors.packed(&tail, to);
            Ok(())
        })?;
        self.remove(move |conn| {
            let sql = "DELETE FROM door_ledger WHERE id IN
                       (SELECT id FROM door_ledger WHERE id < ?1 LIMIT 2)";
            sql::run(conn, sql, [to.ledger.0])
        })
    }

    /// The ledger as of the end of the tail, in parts.
    fn ledger_at(&mut self, from: Checkpoint, tail: &Tail) -> Outcome<Vec<Vec<u8>>> {
        let mut ledger = match self.follower.take() {
            Some((at, ledger)) if at == from.log_id => ledger,
            Some(_) | None => log::ledger(&self.conn, from)?.following(),
        };
        for event in &tail.events {
            ledger.apply(event);
        }
        let bytes = postcard::to_allocvec(&ledger.snapshot())
            .map_err(|_| Fault::Column("door_ledger.data"))?;
        self.follower = Some((tail.log_id, ledger));
        Ok(bytes.chunks(PIECE / 2).map(<[u8]>::to_vec).collect())
    }

    fn remove_leftovers(&self, from: Checkpoint) -> Result<()> {
        for (table, last) in [
            ("visit_index", from.chunk),
            ("visit_block", from.block),
            ("door_tally_packed", from.tally),
            ("door_ledger", from.ledger.1),
        ] {
            let sql = format!(
                "DELETE FROM {table} WHERE id IN
                 (SELECT id FROM {table} WHERE id > {last} LIMIT 2)"
            );
            self.remove(move |conn| sql::run(conn, &sql, []))?;
        }
        let sql = format!(
            "DELETE FROM door_ledger WHERE id IN
             (SELECT id FROM door_ledger WHERE id < {} LIMIT 2)",
            from.ledger.0
        );
        self.remove(move |conn| sql::run(conn, &sql, []))
    }

    /// Adds packed tallies to those of their hour, a few lines at a time.
    fn fold_tallies(&self) -> Result<()> {
        let valid = log::checkpoint(&self.conn).map_err(StoreError::from)?.tally;
        self.remove(move |conn| fold_some(conn, valid))
    }

    /// Removes what nobody needs to recall any more.
    fn trim(&self) -> Result<()> {
        let Some(clock) = self.doors.look(|state| state.ledger.clock()) else {
            return Ok(());
        };
        self.trim_before(clock.plus_s(-RECALL_S))
    }

    fn trim_before(&self, time: Time) -> Result<()> {
        self.remove(move |conn| log::trim(conn, time, PIECE))
    }

    /// Repeats a small piece of work until there is none left.
    fn remove(
        &self,
        some: impl Fn(&Connection) -> Outcome<usize> + Clone + Send + 'static,
    ) -> Result<()> {
        while self.write(some.clone())? > 0 {}
        Ok(())
    }

    /// Runs a closure in the next batch, beside its check-ins.
    fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Outcome<T> + Send + 'static,
    ) -> Result<T> {
        let (task, answer) = Task::new(work);
        self.queue.put(Message::Write(Box::new(task)))?;
        answer.blocking_recv().map_err(|_| closed())?
    }

    /// Runs a closure on the writer's connection between two batches.
    fn alone<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Outcome<T> + Send + 'static,
    ) -> Result<T> {
        let (to, answer) = crossbeam_channel::bounded(1);
        self.queue.put(Message::Alone(Box::new(move |conn| {
            drop(to.send(work(conn)));
        })))?;
        Ok(answer.recv().map_err(|_| closed())??)
    }
}

type InsertRow = Box<dyn FnOnce(&Connection) -> Outcome<usize> + Send>;

/// Rows to insert, in pieces of at most [`PIECE`] bytes unless a single row has more.
#[derive(Default)]
struct Pieces(Vec<Vec<InsertRow>>, usize);

impl Pieces {
    fn put(
        &mut self,
        data: Vec<u8>,
        insert: impl FnOnce(&Connection, Vec<u8>) -> Outcome<usize> + Send + 'static,
    ) {
        let size = data.len();
        let row: InsertRow = Box::new(move |conn| insert(conn, data));
        match self.0.last_mut() {
            Some(piece) if self.1 + size <= PIECE => {
                piece.push(row);
                self.1 += size;
            }
            Some(_) | None => {
                self.0.push(vec![row]);
                self.1 = size;
            }
        }
    }
}

/// Folds some lines of the oldest packed tallies; says how many, and removes what is folded.
fn fold_some(conn: &Connection, valid: i64) -> Outcome<usize> {
    let oldest = sql::one(
        conn,
        "SELECT id, folded, data FROM door_tally_packed WHERE id <= ?1 ORDER BY id LIMIT 1",
        [valid],
        |cells| {
            let (id, folded): (i64, u32) = (cells.take()?, cells.take()?);
            Ok((id, folded, packed_tallies(&cells.take::<Vec<u8>>()?)?))
        },
    )?;
    let Some((id, folded, lines)) = oldest else {
        return Ok(0);
    };
    let some = lines.iter().skip(folded as usize);
    let some = some.take(PIECE_LINES as usize);
    for TallyLine(gate, hour, verdict, reason, people) in some {
        let sql = "INSERT INTO door_tally (gate, unix_hour, verdict, reason, people)
                   VALUES (?1, ?2, ?3, ?4, ?5)
                   ON CONFLICT DO UPDATE SET people = people + excluded.people";
        let (gate, people) = (gate.cast_signed(), people.cast_signed());
        sql::run(conn, sql, params![gate, hour, verdict, reason, people])?;
    }
    if (folded + PIECE_LINES) as usize >= lines.len() {
        sql::run(conn, "DELETE FROM door_tally_packed WHERE id = ?1", [id])
    } else {
        let sql = "UPDATE door_tally_packed SET folded = folded + ?2 WHERE id = ?1";
        sql::run(conn, sql, params![id, PIECE_LINES])
    }
}

/// The lines of a row of `door_tally_packed`.
pub(super) fn packed_tallies(data: &[u8]) -> Outcome<Vec<TallyLine>> {
    postcard::from_bytes(data).map_err(|_| Fault::Column("door_tally_packed.data"))
}

impl SqliteStore {
    pub(super) async fn pack_now(&self) -> Result<()> {
        let (to, done) = oneshot::channel();
        let packer: Sender<PackerAsk> = self.packer()?;
        // Waits at most for the packing that is under way.
        let put = tokio::task::spawn_blocking(move || packer.send(Some(to)));
        put.await
            .map_err(StoreError::other)?
            .map_err(|_| closed())?;
        done.await.map_err(|_| closed())?
    }
}
