//! What keeps the file going: migrations, examination, copies, and the few values kept by name.

use crate::db::{SqliteStore, beside, create_private, reader};
use crate::fault::from_sql;
use crate::sql::{one, only, run};
use crate::{examine, migrations};
use async_trait::async_trait;
use gapura_store::{Finding, Result, StoreError, Upkeep};
use std::fs::File;
use std::path::Path;

#[async_trait]
impl Upkeep for SqliteStore {
    async fn migrate(&self) -> Result<Vec<String>> {
        self.alone(migrations::apply).await
    }

    async fn examine(&self) -> Result<Vec<Finding>> {
        let path = self.path().to_owned();
        self.read(move |conn| examine::examine(conn, &path)).await
    }

    async fn backup(&self, file: &Path) -> Result<()> {
        let (from, to) = (self.path().to_owned(), file.to_owned());
        // Not on a reader's thread: a large file takes minutes, and readers are few.
        tokio::task::spawn_blocking(move || copy(&from, &to))
            .await
            .map_err(StoreError::other)?
    }

    async fn setting(&self, name: &str) -> Result<Option<Vec<u8>>> {
        let name = name.to_owned();
        self.read(move |conn| {
            let sql = "SELECT value FROM settings WHERE name = ?1";
            one(conn, sql, [name], only)
        })
        .await
    }

    async fn set_setting(&self, name: &str, value: &[u8]) -> Result<()> {
        let (name, value) = (name.to_owned(), value.to_owned());
        self.write(move |conn| {
            let sql = "INSERT INTO settings (name, value) VALUES (?1, ?2)
                       ON CONFLICT (name) DO UPDATE SET value = excluded.value";
            run(conn, sql, (name, value)).map(|_| ())
        })
        .await
    }

    async fn close(&self) -> Result<()> {
        self.stop().await;
        Ok(())
    }
}

/// Copies what the file holds at one moment, without what was erased from it, and gives the copy its
/// name only when it is whole and on the disk.
fn copy(from: &Path, to: &Path) -> Result<()> {
    if to.exists() {
        return Err(StoreError::Conflict("the file of the backup exists"));
    }
    let partial = beside(to, &format!(".{}.partial", std::process::id()));
    let result = write_copy(from, &partial).and_then(|()| publish(&partial, to));
    if result.is_err() {
        // What is left of it has no use; that it could not be made is told by the error.
        drop(std::fs::remove_file(&partial));
    }
    result
}

fn write_copy(from: &Path, partial: &Path) -> Result<()> {
    create_private(partial)?;
    let name = partial
        .to_str()
        .ok_or_else(|| StoreError::Unavailable("the file's name is not UTF-8".to_owned()))?;
    let conn = reader(from)?;
    conn.execute_batch("PRAGMA query_only = OFF")
        .and_then(|()| conn.execute("VACUUM INTO ?1", [name]))
        .map_err(from_sql)?;
    Ok(())
}

fn publish(partial: &Path, to: &Path) -> Result<()> {
    let unavailable = |error: std::io::Error| {
        let why = format!("{}: {error}", to.display());
        StoreError::Unavailable(why)
    };
    File::open(partial)
        .and_then(|file| file.sync_all())
        .map_err(unavailable)?;
    if to.exists() {
        return Err(StoreError::Conflict("the file of the backup exists"));
    }
    std::fs::rename(partial, to).map_err(unavailable)?;
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))
        .and_then(|folder| folder.sync_all())
        .map_err(unavailable)
}
