//! The writer, its groups, the lock and the file's permissions.

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

#[tokio::test]
async fn a_full_disk_is_told_and_nothing_is_half_written() {
    let folder = tempfile::tempdir().unwrap();
    let store = fresh(&folder).await;
    let before = rows(&store).await;
    let limit = |pages: &str| {
        let sql = format!("PRAGMA max_page_count = {pages}");
        store.alone(move |conn| conn.query_row(&sql, [], |_| Ok(())).map_err(from_sql))
    };
    limit("1").await.unwrap();
    let large = store.write(|conn| {
        set(1)(conn)?;
        let large = "INSERT INTO settings (name, value) VALUES ('large', zeroblob(1000000))";
        conn.execute(large, [])?;
        Ok(())
    });
    let large = large.await;
    assert!(
        matches!(large, Err(StoreError::Unavailable(_))),
        "{large:?}"
    );
    assert_eq!(rows(&store).await, before);
    limit("1000000").await.unwrap();
    store.write(set(1)).await.unwrap();
    assert_eq!(rows(&store).await, before + 1);
}

#[tokio::test]
async fn more_than_the_queue_holds_is_refused_and_not_lost_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("gapura.db");
    let options = Options {
        queue_max: 1,
        ..Options::default()
    };
    let store = SqliteStore::open(&file, options).unwrap();
    store.migrate().await.unwrap();
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let (go, gate) = crossbeam_channel::bounded::<()>(0);
    let held = store.alone(move |_| {
        begun.send(()).map_err(|()| closed())?;
        gate.recv().map_err(StoreError::other)
    });
    let rest = async {
        has_begun.await.unwrap();
        let (waits, refused) = (store.write(set(1)), store.write(set(2)));
        let release = async { go.send(()).unwrap() };
        tokio::join!(waits, refused, release)
    };
    let (held, (waits, refused, ())) = tokio::join!(held, rest);
    held.unwrap();
    waits.unwrap();
    assert!(matches!(refused, Err(StoreError::Unavailable(_))));
}
