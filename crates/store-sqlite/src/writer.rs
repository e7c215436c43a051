//! The one writer: a thread that owns its connection and commits what waits in groups.
//!
//! It takes all messages that wait, does each in a savepoint of one transaction, commits once, and
//! only then answers. A write that fails is rolled back alone. If the commit fails, nobody is told
//! that anything was written. A thousand writers cost one wait for the disk.

use crate::doors::{Ask, Doors, PackerAsk};
use crate::fault::{Fault, Outcome, closed, from_sql};
use crate::figures::{Counters, add};
use crossbeam_channel::{Receiver, Sender, TrySendError};
use gapura_store::{Result, StoreError};
use rusqlite::Connection;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::sync::oneshot;

/// Most messages that one transaction takes.
const BATCH_MAX: usize = 1024;

/// If the log has grown to so many times the checkpoint's mark, readers or a steady stream of writes
/// keep the checkpointer from finishing, and the writer does it between two batches.
const CHECKPOINT_PATIENCE: u64 = 8;

/// What the writer is asked.
pub(crate) enum Message {
    /// A write, in a savepoint of its own.
    Write(Box<dyn Work>),
    /// A command at a door.
    Decide(Ask),
    /// Something that needs the connection for itself, outside any transaction: a migration.
    Alone(Box<dyn FnOnce(&mut Connection) + Send>),
    /// The last message: what came before is answered, then the thread ends.
    Stop,
}

/// A write that waits to be done and answered.
pub(crate) trait Work: Send {
    /// Does it. `false` means that it failed and must be rolled back.
    fn run(&mut self, conn: &Connection) -> bool;
    /// Tells whoever asked. `Err` says why nothing of the batch was written.
    fn answer(self: Box<Self>, committed: std::result::Result<(), &str>);
}

/// A closure as [`Work`].
pub(crate) struct Task<F, T> {
    work: Option<F>,
    result: Option<Result<T>>,
    to: oneshot::Sender<Result<T>>,
}

impl<F, T> Task<F, T>
where
    F: FnOnce(&Connection) -> Outcome<T> + Send,
    T: Send,
{
    pub(crate) fn new(work: F) -> (Self, oneshot::Receiver<Result<T>>) {
        let (to, answer) = oneshot::channel();
        let task = Self {
            work: Some(work),
            result: None,
            to,
        };
        (task, answer)
    }
}

impl<F, T> Work for Task<F, T>
where
    F: FnOnce(&Connection) -> Outcome<T> + Send,
    T: Send,
{
    fn run(&mut self, conn: &Connection) -> bool {
        let Some(work) = self.work.take() else {
            return false;
        };
        let result = unwound(|| work(conn));
        let is_good = result.is_ok();
        self.result = Some(result.map_err(StoreError::from));
        is_good
    }

    fn answer(self: Box<Self>, committed: std::result::Result<(), &str>) {
        let answer = match (self.result, committed) {
            (Some(Ok(value)), Ok(())) => Ok(value),
            (Some(Err(error)), _) => Err(error),
            (Some(Ok(_)) | None, Err(why)) => Err(StoreError::Unavailable(why.to_owned())),
            (None, Ok(())) => Err(closed()),
        };
        // Whoever asked may have gone away meanwhile; what was written stays written.
        drop(self.to.send(answer));
    }
}

/// A panic in a closure becomes an error, so that it costs one request and not the thread.
pub(crate) fn unwound<T>(work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err(Fault::Store(StoreError::Other(
            "a statement of the store panicked".into(),
        )))
    })
}

/// The near end of the writer's queue.
#[derive(Clone)]
pub(crate) struct Queue {
    to: Sender<Message>,
}

impl Queue {
    /// A queue that holds at most so many messages.
    pub(crate) fn new(most: usize) -> (Self, Receiver<Message>) {
        let (to, from) = crossbeam_channel::bounded(most);
        (Self { to }, from)
    }

    /// Puts a message. Refuses rather than waits: a queue that is full is a server overrun.
    pub(crate) fn put(&self, message: Message) -> Result<()> {
        self.to.try_send(message).map_err(|error| match error {
            TrySendError::Full(_) => {
                StoreError::Unavailable("too many writes wait for the disk".to_owned())
            }
            TrySendError::Disconnected(_) => closed(),
        })
    }

    /// Puts the last message; waits if the queue is full.
    pub(crate) fn stop(&self) {
        // An error means that the writer has stopped before.
        drop(self.to.send(Message::Stop));
    }

    pub(crate) fn depth(&self) -> usize {
        self.to.len()
    }
}

/// What one transaction takes.
#[derive(Default)]
struct Batch {
    writes: Vec<Box<dyn Work>>,
    asks: Vec<Ask>,
}

impl Batch {
    fn len(&self) -> usize {
        self.writes.len() + self.asks.len()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The writer's thread.
pub(crate) struct Writer {
    conn: Connection,
    queue: Receiver<Message>,
    counters: Arc<Counters>,
    checkpointer: Sender<()>,
    doors: Doors,
    packer: Sender<PackerAsk>,
    /// Pages in the write-ahead log from which a checkpoint is asked for.
    checkpoint_pages: u64,
}

impl Writer {
    pub(crate) fn new(
        mut conn: Connection,
        queue: Receiver<Message>,
        counters: Arc<Counters>,
        checkpointer: Sender<()>,
        (doors, packer): (Doors, Sender<PackerAsk>),
        checkpoint_pages: u64,
    ) -> Result<Self> {
        let seen = Arc::clone(&counters);
        conn.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, pages| {
            let pages = u64::try_from(pages).unwrap_or(0);
            seen.wal_pages.store(pages, Ordering::Relaxed);
            Ok(())
        }))
        .map_err(from_sql)?;
        Ok(Self {
            conn,
            queue,
            counters,
            checkpointer,
            doors,
            packer,
            checkpoint_pages,
        })
    }

    /// Works until it is told to stop or nobody can ask any more.
    pub(crate) fn run(mut self) {
        self.work();
        // What was erased must not outlive the server in the write-ahead log.
        let emptied = self
            .conn
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        if let Err(error) = emptied {
            tracing::warn!(%error, "the write-ahead log was not emptied");
        }
    }

    fn work(&mut self) {
        while let Ok(first) = self.queue.recv() {
            let (batch, last) = self.gather(first);
            if !batch.is_empty() {
                self.commit(batch);
                self.checkpoint_if_due();
                if self.doors.wants_packing() {
                    // Full means that one is asked for already.
                    drop(self.packer.try_send(None));
                }
            }
            match last {
                Some(Message::Alone(work)) => self.alone(work),
                Some(Message::Stop) => return,
                Some(Message::Write(_) | Message::Decide(_)) | None => {}
            }
        }
    }

    /// Writes and commands that wait, up to the first message that is something else.
    fn gather(&self, first: Message) -> (Batch, Option<Message>) {
        let mut batch = Batch::default();
        let mut next = Some(first);
        while let Some(message) = next {
            match message {
                Message::Write(work) => batch.writes.push(work),
                Message::Decide(ask) => batch.asks.push(ask),
                Message::Alone(_) | Message::Stop => return (batch, Some(message)),
            }
            if batch.len() >= BATCH_MAX {
                break;
            }
            next = self.queue.try_recv().ok();
        }
        (batch, None)
    }

    fn commit(&mut self, mut batch: Batch) {
        let committed = self.transact(&mut batch).map_err(|error| {
            // Rolls back what is left open; an error means that SQLite did so itself.
            drop(self.conn.execute_batch("ROLLBACK"));
            self.doors.forget();
            StoreError::from(error).to_string()
        });
        let size = batch.len() as u64;
        if let Err(why) = &committed {
            tracing::error!(size, why, "a batch was not written");
        } else {
            add(&self.counters.batches, 1);
            add(&self.counters.writes, size);
        }
        self.counters.last_batch.store(size, Ordering::Relaxed);
        let committed = committed.as_ref().copied().map_err(String::as_str);
        for ask in batch.asks {
            ask.answer(committed);
        }
        for work in batch.writes {
            work.answer(committed);
        }
    }

    fn transact(&mut self, batch: &mut Batch) -> Outcome<()> {
        let run = |sql| self.conn.prepare_cached(sql)?.execute([]).map(|_| ());
        run("BEGIN IMMEDIATE")?;
        for work in &mut batch.writes {
            run("SAVEPOINT one")?;
            if !work.run(&self.conn) {
                // A full disk makes SQLite give up the whole transaction: then this fails, and
                // with it the batch, which is right because the writes before are gone too.
                run("ROLLBACK TO one")?;
            }
            run("RELEASE one")?;
        }
        unwound(|| self.doors.decide(&self.conn, &mut batch.asks))?;
        let stopwatch = Stopwatch::start();
        run("COMMIT")?;
        add(&self.counters.commit_micros, stopwatch.micros());
        Ok(())
    }

    fn alone(&mut self, work: Box<dyn FnOnce(&mut Connection) + Send>) {
        let conn = &mut self.conn;
        if catch_unwind(AssertUnwindSafe(|| work(conn))).is_err() {
            tracing::error!("a statement of the store panicked");
        }
        if !self.conn.is_autocommit() {
            drop(self.conn.execute_batch("ROLLBACK"));
        }
    }

    fn checkpoint_if_due(&self) {
        let pages = self.counters.wal_pages.load(Ordering::Relaxed);
        if pages >= self.checkpoint_pages * CHECKPOINT_PATIENCE {
            checkpoint(&self.conn, &self.counters);
        } else if pages >= self.checkpoint_pages {
            // Full means that one is asked for already.
            let _ = self.checkpointer.try_send(());
        }
    }
}

/// Copies what it can from the write-ahead log into the file without keeping anybody waiting.
pub(crate) fn checkpoint(conn: &Connection, counters: &Counters) {
    let done = conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
    match done {
        Ok(()) => add(&counters.checkpoints, 1),
        Err(error) => tracing::warn!(%error, "a checkpoint was not done; the next one tries again"),
    }
}

/// Measures how long the disk takes.
struct Stopwatch(std::time::Instant);

impl Stopwatch {
    #[expect(
        clippy::disallowed_methods,
        reason = "a figure for the metrics page; nothing is decided or stored by it"
    )]
    fn start() -> Self {
        Self(std::time::Instant::now())
    }

    fn micros(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}
