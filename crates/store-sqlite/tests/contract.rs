//! The embedded store keeps the promises that every backend makes.

use gapura_store::Upkeep;
use gapura_store_sqlite::{Options, SqliteStore};
use tempfile::TempDir;

async fn fresh() -> (SqliteStore, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("gapura.db");
    let store = SqliteStore::open(&file, Options::default()).unwrap();
    store.migrate().await.unwrap();
    (store, folder)
}

gapura_store::keeps_the_contract!(fresh);
