//! What can go wrong inside a closure that speaks SQL, and what the outside is told of it.

use gapura_store::StoreError;
use rusqlite::ErrorCode;

/// An error inside a closure of `read` or `write`: SQLite's, or one of the store's own words.
///
/// It exists so that `?` works on both; nothing outside this crate sees it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// SQLite refused or failed.
    #[error(transparent)]
    Sql(#[from] rusqlite::Error),
    /// The method itself refuses.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What lies in a JSON column cannot be read or written.
    #[error("a JSON column: {0}")]
    Json(#[from] serde_json::Error),
    /// What lies in a column is not what this program wrote there.
    #[error("the column {0} holds what it should not")]
    Column(&'static str),
}

/// What a closure of `read` or `write` gives.
pub(crate) type Outcome<T> = Result<T, Fault>;

/// A conflict in the store's own words.
pub(crate) fn conflict(what: &'static str) -> Fault {
    Fault::Store(StoreError::Conflict(what))
}

/// Turns the breach of a unique index, a primary key or a trigger's rule into a conflict.
pub(crate) fn conflict_if_taken(fault: Fault, what: &'static str) -> Fault {
    use rusqlite::ffi::{
        SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_TRIGGER, SQLITE_CONSTRAINT_UNIQUE,
    };
    let is_taken = match &fault {
        Fault::Sql(error) => error.sqlite_error().is_some_and(|sqlite| {
            matches!(
                sqlite.extended_code,
                SQLITE_CONSTRAINT_PRIMARYKEY | SQLITE_CONSTRAINT_TRIGGER | SQLITE_CONSTRAINT_UNIQUE
            )
        }),
        Fault::Store(_) | Fault::Json(_) | Fault::Column(_) => false,
    };
    if is_taken { conflict(what) } else { fault }
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Store(error) => error,
            Fault::Sql(error) => from_sql(error),
            Fault::Json(_) | Fault::Column(_) => Self::other(fault),
        }
    }
}

/// What may pass by itself (a full disk, a busy file) is `Unavailable`; the rest is `Other`.
///
/// SQLite's messages name tables and columns, never values, so they may go into a log.
pub(crate) fn from_sql(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(
            ErrorCode::DiskFull
            | ErrorCode::SystemIoFailure
            | ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::CannotOpen
            | ErrorCode::ReadOnly
            | ErrorCode::OutOfMemory,
        ) => StoreError::Unavailable(error.to_string()),
        _ => StoreError::other(error),
    }
}

/// The answer of a store that was closed.
pub(crate) fn closed() -> StoreError {
    StoreError::Unavailable("the store is closed".to_owned())
}
