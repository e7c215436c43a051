//! Opening the file: its permissions, its lock, its connections and their threads.

use crate::doors::{Doors, Packer, PackerAsk};
use crate::fault::{Outcome, closed, from_sql};
use crate::figures::{Counters, Figures};
use crate::migrations;
use crate::pool::Pool;
use crate::writer::{Message, Queue, Task, Writer, checkpoint};
use gapura_store::{Result, StoreError};
use rusqlite::{Connection, OpenFlags};
use std::convert::Infallible;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, mpsc};

/// How long a connection waits for another one.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// What the store is opened for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// To read and write. One process at a time may, because who is inside stands in its memory.
    #[default]
    Serve,
    /// To look and to copy, beside a process that serves. Writes answer `Unavailable`.
    Look,
}

/// How the store is opened.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// What for.
    pub access: Access,
    /// Threads that read, at least 1.
    pub readers: usize,
    /// Pages of 4 KiB in the write-ahead log from which they are moved into the file.
    pub checkpoint_pages: u32,
    /// Writes that may wait; more are answered `Unavailable`.
    pub queue_max: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            access: Access::Serve,
            readers: 2,
            checkpoint_pages: 1000,
            queue_max: 65_536,
        }
    }
}

/// A store in one SQLite file. Clones are the same store.
#[derive(Clone)]
pub struct SqliteStore {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    /// Absent in a store that only looks.
    queue: Option<Queue>,
    pool: Pool,
    doors: Doors,
    /// Taken away when the store is closed, which ends the packer.
    packer: parking_lot::Mutex<Option<crossbeam_channel::Sender<PackerAsk>>>,
    counters: Arc<Counters>,
    /// Ends when every thread has closed its connection.
    threads: Mutex<mpsc::Receiver<Infallible>>,
}

/// A thread holds one until its connection is closed.
type Alive = mpsc::Sender<Infallible>;

impl SqliteStore {
    /// Opens the file, and makes it if it does not exist. Applies no migration.
    ///
    /// # Errors
    /// `Unavailable` if the file cannot be opened or another process serves it; `Other` if it is not
    /// a store of Gapura, or one of a newer program.
    pub fn open(path: &Path, options: Options) -> Result<Self> {
        let counters = Arc::new(Counters::default());
        let (alive, threads) = mpsc::channel(1);
        let doors = Doors::default();
        let (queue, packer) = match options.access {
            Access::Serve => {
                let (queue, packer) = start_writer(path, options, &counters, &doors, &alive)?;
                (Some(queue), Some(packer))
            }
            Access::Look => (None, None),
        };
        migrations::check_suitable(&reader(path)?)?;
        let readers = (0..options.readers.max(1)).map(|_| reader(path));
        let pool = Pool::start(readers.collect::<Result<_>>()?)?;
        let inner = Inner {
            path: path.to_owned(),
            queue,
            pool,
            doors,
            packer: parking_lot::Mutex::new(packer),
            counters,
            threads: Mutex::new(threads),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// What the writer counted about itself.
    pub fn figures(&self) -> Figures {
        let depth = self.inner.queue.as_ref().map_or(0, Queue::depth);
        self.inner.counters.figures(depth)
    }

    /// Runs a closure in a savepoint of the next batch. When this answers, it is durable.
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T>
    where
        F: FnOnce(&Connection) -> Outcome<T> + Send + 'static,
        T: Send + 'static,
    {
        let (task, answer) = Task::new(work);
        self.queue()?.put(Message::Write(Box::new(task)))?;
        answer.await.map_err(|_| closed())?
    }

    /// Runs a closure on a connection that cannot write, in one transaction.
    pub(crate) async fn read<T, F>(&self, work: F) -> Result<T>
    where
        F: FnOnce(&Connection) -> Outcome<T> + Send + 'static,
        T: Send + 'static,
    {
        self.inner.pool.read(work).await
    }

    /// Runs a closure on the writer's connection between two batches.
    pub(crate) async fn alone<T, F>(&self, work: F) -> Result<T>
    where
        F: FnOnce(&mut Connection) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let (to, answer) = tokio::sync::oneshot::channel();
        let message = Message::Alone(Box::new(move |conn| {
            // Whoever asked may have gone away meanwhile.
            drop(to.send(work(conn)));
        }));
        self.queue()?.put(message)?;
        answer.await.map_err(|_| closed())?
    }

    /// Answers what is accepted, then ends the threads and closes the file.
    pub(crate) async fn stop(&self) {
        // The readers first, so that the writer, the last, can empty the write-ahead log.
        self.inner.pool.stop().await;
        if let Some(queue) = self.inner.queue.clone() {
            // Waits in the rare case that the queue is full, so not on a thread of the runtime.
            drop(tokio::task::spawn_blocking(move || queue.stop()).await);
        }
        self.inner.packer.lock().take();
        while self.inner.threads.lock().await.recv().await.is_some() {}
    }

    /// The doors in memory.
    pub(crate) fn door_state(&self) -> &Doors {
        &self.inner.doors
    }

    /// Whether this store may write.
    pub(crate) fn serves(&self) -> bool {
        self.inner.queue.is_some()
    }

    /// The way to ask the packer.
    pub(crate) fn packer(&self) -> Result<crossbeam_channel::Sender<PackerAsk>> {
        self.inner.packer.lock().clone().ok_or_else(closed)
    }

    pub(crate) fn queue(&self) -> Result<&Queue> {
        self.inner.queue.as_ref().ok_or_else(|| {
            StoreError::Unavailable("the store was opened to look, not to write".to_owned())
        })
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // The packer holds the queue too, so its end must be said. An error means that it was.
        if let Some(queue) = &self.queue {
            drop(queue.put(Message::Stop));
        }
    }
}

/// One process at a time may serve a file. The lock ends with the process, however it ends.
fn lock(path: &Path) -> Result<File> {
    let beside = beside(path, ".lock");
    let unavailable = |why: String| StoreError::Unavailable(why);
    let file = private()
        .create(true)
        .truncate(false)
        .open(&beside)
        .map_err(|error| unavailable(format!("{}: {error}", beside.display())))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(unavailable(format!(
            "another process serves {}. Stop it first",
            path.display()
        ))),
        Err(TryLockError::Error(error)) => {
            Err(unavailable(format!("{}: {error}", beside.display())))
        }
    }
}

/// A file of the same name with something behind it.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// To make files that only their owner can read.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes the file if it does not exist; SQLite gives its log the same permissions.
///
/// A file that exists is not opened here: closing it would end SQLite's own locks on it.
pub(crate) fn create_private(path: &Path) -> Result<()> {
    match private().create_new(true).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => {
            let why = format!("{}: {error}", path.display());
            Err(StoreError::Unavailable(why))
        }
    }
}

fn start_writer(
    path: &Path,
    options: Options,
    counters: &Arc<Counters>,
    doors: &Doors,
    alive: &Alive,
) -> Result<(Queue, crossbeam_channel::Sender<PackerAsk>)> {
    let lock = lock(path)?;
    create_private(path)?;
    let conn = writer(path)?;
    migrations::check_suitable(&conn)?;
    let checkpointer = start_checkpointer(writer(path)?, counters, alive)?;
    let (queue, from) = Queue::new(options.queue_max.max(1));
    let pages = u64::from(options.checkpoint_pages.max(1));
    let (packer, asked) = crossbeam_channel::bounded(1);
    let at_doors = (doors.clone(), packer.clone());
    let writer = Writer::new(
        conn,
        from,
        Arc::clone(counters),
        checkpointer,
        at_doors,
        pages,
    )?;
    let conn = reader(path)?;
    let packing = Packer::new(conn, queue.clone(), doors.clone(), asked);
    start("store-packer", alive, || packing.run())?;
    let alive = alive.clone();
    std::thread::Builder::new()
        .name("store-writer".to_owned())
        .spawn(move || {
            writer.run();
            drop(lock);
            drop(alive);
        })
        .map_err(StoreError::other)?;
    Ok((queue, packer))
}

/// Starts a thread that is waited for when the store is closed.
fn start(name: &str, alive: &Alive, work: impl FnOnce() + Send + 'static) -> Result<()> {
    let alive = alive.clone();
    let run = move || {
        work();
        drop(alive);
    };
    let thread = std::thread::Builder::new().name(name.to_owned()).spawn(run);
    thread.map(|_| ()).map_err(StoreError::other)
}

/// Starts the thread that does a checkpoint whenever the writer asks for one.
fn start_checkpointer(
    conn: Connection,
    counters: &Arc<Counters>,
    alive: &Alive,
) -> Result<crossbeam_channel::Sender<()>> {
    let (ask, asked) = crossbeam_channel::bounded(1);
    let (counters, alive) = (Arc::clone(counters), alive.clone());
    std::thread::Builder::new()
        .name("store-checkpoint".to_owned())
        .spawn(move || {
            while asked.recv().is_ok() {
                checkpoint(&conn, &counters);
            }
            drop(conn);
            drop(alive);
        })
        .map_err(StoreError::other)?;
    Ok(ask)
}

fn writer(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags).map_err(from_sql)?;
    prepare(&conn)?;
    // Without a checkpoint by itself: that would let one check-in in a thousand wait for it.
    // What is erased is overwritten, not only unlinked.
    conn.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA wal_autocheckpoint = 0;
         PRAGMA journal_size_limit = 67108864;
         PRAGMA foreign_keys = ON;
         PRAGMA secure_delete = ON;",
    )
    .map_err(from_sql)?;
    Ok(conn)
}

pub(crate) fn reader(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags).map_err(from_sql)?;
    prepare(&conn)?;
    conn.execute_batch("PRAGMA query_only = ON;")
        .map_err(from_sql)?;
    Ok(conn)
}

fn prepare(conn: &Connection) -> Result<()> {
    conn.set_prepared_statement_cache_capacity(256);
    conn.busy_timeout(PATIENCE)
        .and_then(|()| {
            conn.execute_batch("PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;")
        })
        .map_err(from_sql)
}

#[cfg(test)]
mod tests;
