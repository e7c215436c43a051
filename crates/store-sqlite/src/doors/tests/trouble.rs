//! What can go wrong: the disk fails or is full, the process dies, what is read is damaged.

use crate::{Options, SqliteStore};
use gapura_store::{StoreError, Upkeep};
use std::path::Path;
use tempfile::TempDir;

/// A folder in memory where there is one, because the disk's own time is no concern here.
pub(super) fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let folder = memory.is_dir().then(|| tempfile::tempdir_in(memory));
    folder
        .and_then(std::io::Result::ok)
        .unwrap_or_else(|| tempfile::tempdir().unwrap())
}

pub(super) async fn fresh() -> (SqliteStore, TempDir) {
    let folder = folder();
    let store = open(&folder.path().join("gapura.db"));
    store.migrate().await.unwrap();
    (store, folder)
}

/// Opens as soon as whoever served the file before has let go of it.
pub(super) fn open(file: &Path) -> SqliteStore {
    loop {
        match SqliteStore::open(file, Options::default()) {
            Ok(store) => return store,
            Err(StoreError::Unavailable(why)) if why.contains("another process serves") => {
                std::thread::yield_now();
            }
            Err(error) => panic!("{error:?}"),
        }
    }
}

/// What another process finds that starts after this one died: the file and its log as they are now.
pub(super) async fn copy_as_after_a_crash(store: &SqliteStore) -> (SqliteStore, TempDir) {
    let folder = folder();
    let file = folder.path().join("gapura.db");
    for ending in ["", "-wal"] {
        let from = crate::db::beside(store.path(), ending);
        std::fs::copy(from, crate::db::beside(&file, ending)).unwrap();
    }
    (open(&file), folder)
}

/// Lets so many commits go well and all later ones fail; none if `None`.
pub(super) async fn fail_commits(store: &SqliteStore, after: Option<u32>) {
    let set = move |conn: &mut rusqlite::Connection| {
        let set = match after {
            None => conn.commit_hook(None::<fn() -> bool>),
            Some(after) => {
                let mut left = after;
                conn.commit_hook(Some(move || {
                    let fails = left == 0;
                    left = left.saturating_sub(1);
                    fails
                }))
            }
        };
        set.map_err(crate::fault::from_sql)
    };
    store.alone(set).await.unwrap();
}
