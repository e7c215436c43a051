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
        let pool = Pool::start(readers.collect::<Result<_>>()?, &alive)?;
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
        if let Some(queue) = self.inner.queue.clone() {
            // Waits in the rare case that the queue is full, so not on a thread of the runtime.
            drop(tokio::task::spawn_blocking(move || queue.stop()).await);
        }
        self.inner.packer.lock().take();
        self.inner.pool.stop();
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
    let packing = Packer {
        conn,
        queue: queue.clone(),
        doors: doors.clone(),
        asked,
    };
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
    conn.busy_timeout(Duration::from_secs(5))
        .and_then(|()| {
            conn.execute_batch("PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;")
        })
        .map_err(from_sql)
}

#[cfg(test)]
mod tests {
    use super::*;
    use gapura_store::Upkeep;

    fn set(value: i64) -> impl FnOnce(&Connection) -> Outcome<()> + Send + 'static {
        move |conn| {
            let name = format!("n{value}");
            conn.prepare_cached("INSERT INTO settings (name, value) VALUES (?1, ?2)")?
                .execute((name, value.to_be_bytes()))?;
            Ok(())
        }
    }

    async fn rows(store: &SqliteStore) -> i64 {
        let count = "SELECT count(*) FROM settings";
        store
            .read(move |conn| Ok(conn.query_row(count, [], |row| row.get(0))?))
            .await
            .unwrap()
    }

    async fn fresh(folder: &tempfile::TempDir) -> SqliteStore {
        let file = folder.path().join("gapura.db");
        let store = SqliteStore::open(&file, Options::default()).unwrap();
        store.migrate().await.unwrap();
        store
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn fifty_writers_share_commits() {
        let folder = tempfile::tempdir().unwrap();
        let store = fresh(&folder).await;
        let before = rows(&store).await;
        let writers = (0..50).map(|writer| {
            let store = store.clone();
            tokio::spawn(async move {
                for turn in 0..20 {
                    store.write(set(writer * 100 + turn)).await.unwrap();
                }
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap();
        }
        assert_eq!(rows(&store).await - before, 1000);
        let figures = store.figures();
        assert_eq!((figures.writes, figures.queue_depth), (1000, 0));
        assert!(figures.batches < 1000, "{figures:?}");
        assert!(figures.commit_micros > 0);
    }

    #[tokio::test]
    async fn what_waits_together_is_committed_once_and_a_failure_falls_out_alone() {
        let folder = tempfile::tempdir().unwrap();
        let store = fresh(&folder).await;
        let (go, gate) = crossbeam_channel::bounded::<()>(0);
        let held = store.alone(move |_| {
            // Holds the writer until everything below waits.
            gate.recv().map_err(StoreError::other)
        });
        let broken = store.write(|conn| {
            set(1)(conn)?;
            conn.execute("INSERT INTO settings (name) VALUES (NULL)", [])?;
            Ok(())
        });
        let panicking = store.write::<(), _>(|conn| {
            set(2)(conn)?;
            panic!("a statement gone wrong");
        });
        let (first, second) = (store.write(set(3)), store.write(set(4)));
        let release = async { go.send(()).unwrap() };
        let release = async {
            tokio::task::yield_now().await;
            release.await;
        };
        let before = rows(&store).await;
        let (held, broken, panicking, first, second, ()) =
            tokio::join!(held, broken, panicking, first, second, release);
        held.unwrap();
        first.unwrap();
        second.unwrap();
        assert!(matches!(broken, Err(StoreError::Other(_))), "{broken:?}");
        assert!(matches!(panicking, Err(StoreError::Other(_))));
        assert_eq!(rows(&store).await - before, 2);
        let figures = store.figures();
        assert_eq!((figures.batches, figures.last_batch), (1, 4));
    }

    #[tokio::test]
    async fn a_closed_store_answers_what_it_took_and_then_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let store = fresh(&folder).await;
        let writing = tokio::spawn({
            let store = store.clone();
            async move { store.write(set(1)).await }
        });
        tokio::task::yield_now().await;
        store.close().await.unwrap();
        writing.await.unwrap().unwrap();
        let late = store.write(set(2)).await;
        assert!(matches!(late, Err(StoreError::Unavailable(_))));
        assert!(matches!(
            store.setting("n1").await,
            Err(StoreError::Unavailable(_))
        ));
        let again = SqliteStore::open(store.path(), Options::default()).unwrap();
        assert!(again.setting("n1").await.unwrap().is_some());
    }

    #[tokio::test]
    async fn one_process_serves_and_others_only_look() {
        let folder = tempfile::tempdir().unwrap();
        let store = fresh(&folder).await;
        store.set_setting("a", b"1").await.unwrap();
        let second = SqliteStore::open(store.path(), Options::default());
        let why = second.err().unwrap().to_string();
        assert!(why.contains("another process serves"), "{why}");
        let look = Options {
            access: Access::Look,
            ..Options::default()
        };
        let beside = SqliteStore::open(store.path(), look).unwrap();
        assert_eq!(beside.setting("a").await.unwrap(), Some(b"1".to_vec()));
        assert!(matches!(
            beside.set_setting("a", b"2").await,
            Err(StoreError::Unavailable(_))
        ));
    }

    #[tokio::test]
    async fn a_file_of_a_newer_program_and_a_foreign_one_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let store = fresh(&folder).await;
        store
            .write(|conn| {
                let newer = "INSERT INTO refinery_schema_history VALUES (?1, 'later', '', '0')";
                conn.execute(newer, [migrations::newest() + 1])?;
                Ok(())
            })
            .await
            .unwrap();
        store.close().await.unwrap();
        let refused = |path: &Path| {
            let error = SqliteStore::open(path, Options::default()).err().unwrap();
            error.to_string() + &std::error::Error::source(&error).unwrap().to_string()
        };
        assert!(refused(store.path()).contains("newer Gapura"));
        let foreign = folder.path().join("foreign.db");
        let conn = Connection::open(&foreign).unwrap();
        conn.execute_batch("CREATE TABLE a (b)").unwrap();
        assert!(refused(&foreign).contains("not a store of Gapura"));
    }

    #[tokio::test]
    async fn a_long_log_is_moved_into_the_file_beside_the_writer() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("gapura.db");
        let options = Options {
            checkpoint_pages: 1,
            ..Options::default()
        };
        let store = SqliteStore::open(&file, options).unwrap();
        store.migrate().await.unwrap();
        let mut written = 0;
        while store.figures().checkpoints == 0 {
            store.write(set(written)).await.unwrap();
            written += 1;
        }
        assert!(store.figures().wal_pages > 0);
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn nobody_else_can_read_the_file_or_its_log() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let store = fresh(&folder).await;
        for ending in ["", "-wal", "-shm", ".lock"] {
            let file = beside(store.path(), ending);
            let mode = std::fs::metadata(&file).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{}", file.display());
        }
    }
}
