//! The schema: which migrations this program knows, and which of them a file has had.

use crate::fault::{Outcome, from_sql};
use gapura_store::{Result, StoreError};
use refinery::Runner;
use rusqlite::{Connection, OptionalExtension};

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// Set by the first migration.
const APPLICATION_ID: i64 = 0x4761_7075;

/// A file that this program must not touch.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unsuitable {
    /// Written by a newer program.
    #[error(
        "the store's schema is version {found}, this program knows {known}: it was written by a \
         newer Gapura. Start that one, or restore a backup from before the upgrade"
    )]
    Newer { found: i64, known: i64 },
    /// Written by something else.
    #[error("the file is an SQLite database, but not a store of Gapura. Choose another file")]
    Foreign,
}

fn runner() -> Runner {
    // Grouped, so that a migration and the note that it was applied are one transaction.
    embedded::migrations::runner().set_grouped(true)
}

/// The newest version that this program knows.
pub(crate) fn newest() -> i64 {
    let versions = runner();
    let versions = versions.get_migrations().iter();
    versions
        .map(|migration| i64::from(migration.version()))
        .max()
        .unwrap_or(0)
}

/// The version of the file's schema; 0 for an empty file.
pub(crate) fn version(conn: &Connection) -> Outcome<i64> {
    let tables = "SELECT count(*) FROM sqlite_schema WHERE name = 'refinery_schema_history'";
    if conn.query_row(tables, [], |row| row.get::<_, i64>(0))? == 0 {
        return Ok(0);
    }
    let version = "SELECT max(version) FROM refinery_schema_history";
    let version: Option<Option<i64>> = conn.query_row(version, [], |row| row.get(0)).optional()?;
    Ok(version.flatten().unwrap_or(0))
}

/// Refuses a file of a newer program, and a database that is something else altogether.
pub(crate) fn check_suitable(conn: &Connection) -> Result<()> {
    let own = "SELECT (SELECT count(*) FROM sqlite_schema) = 0
                   OR (SELECT application_id FROM pragma_application_id) = ?1";
    let is_own: bool = conn
        .query_row(own, [APPLICATION_ID], |row| row.get(0))
        .map_err(from_sql)?;
    if !is_own {
        return Err(StoreError::other(Unsuitable::Foreign));
    }
    let (found, known) = (version(conn)?, newest());
    if found > known {
        return Err(StoreError::other(Unsuitable::Newer { found, known }));
    }
    Ok(())
}

/// Names of the migrations that the file has not had.
pub(crate) fn pending(conn: &Connection) -> Outcome<Vec<String>> {
    let version = version(conn)?;
    let runner = runner();
    let pending = runner.get_migrations().iter();
    Ok(pending
        .filter(|migration| i64::from(migration.version()) > version)
        .map(ToString::to_string)
        .collect())
}

/// Applies what is pending; says what was applied.
pub(crate) fn apply(conn: &mut Connection) -> Result<Vec<String>> {
    let report = runner().run(conn).map_err(StoreError::other)?;
    let applied = report.applied_migrations().iter();
    Ok(applied.map(ToString::to_string).collect())
}
