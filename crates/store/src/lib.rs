//! What Gapura keeps: one trait an area, one error, and the contract that every backend passes.
//!
//! Times and random bytes come in as arguments. "Not found" is an `Option`. What must hold together
//! is one method, and each method is one transaction. Lists are paged by the id of the last row seen.

pub mod audit_chain;
#[cfg(feature = "contract")]
pub mod contract;
pub mod doors;
pub mod people;
pub mod rules;
pub mod staff;
pub mod venues;

pub use doors::Doors;
pub use people::People;
pub use rules::Rules;
pub use staff::Staff;
pub use venues::Venues;

use async_trait::async_trait;
use gapura_domain::ids::{AccountId, DeviceId, PersonId};
use gapura_domain::time::Time;
use std::path::Path;

/// Why a store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Something else exists where this wants to be: a login, a code, a name that must be unique.
    #[error("conflict: {0}")]
    Conflict(&'static str),
    /// The store does not answer now; the same request may be sent again.
    #[error("the store is not available: {0}")]
    Unavailable(String),
    /// Anything else; for the operator's log, never for a page.
    #[error("the store failed: {0}")]
    Other(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl StoreError {
    /// Wraps the error of a library.
    pub fn other(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Other(error.into())
    }
}

/// What every method of a store answers.
pub type Result<T> = std::result::Result<T, StoreError>;

/// A part of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// The id to ask for the rows after these, if there are more.
    pub next: Option<u64>,
}

/// Where a list continues and how many rows it gives at most.
#[derive(Clone, Copy, Debug)]
pub struct Cursor {
    /// Rows after the one with this id; from the beginning if `None`.
    pub after: Option<u64>,
    /// Most rows, 1 to 1000.
    pub limit: u32,
}

/// Who did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Actor {
    /// Somebody with a staff account.
    Account(AccountId),
    /// A device at a gate.
    Device(DeviceId),
    /// A visitor.
    Person(PersonId),
    /// The program itself, or its operator at the command line.
    System,
}

/// A mark in the audit log. Holds ids and codes, never a name or number of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditMark {
    /// Position in the log, from 1; 0 in a mark not yet written.
    pub number: u64,
    /// When.
    pub at: Time,
    /// Who.
    pub actor: Actor,
    /// What, as a stable code: `application_approved`, `name_opened`.
    pub action: String,
    /// On what, as kind and number: `("gate", 17)`.
    pub subject: (String, u64),
    /// Why: a purpose code, or an officer's words.
    pub purpose: String,
    /// SHA-256 over the mark before and this one; filled in by the store.
    pub hash: [u8; 32],
}

/// The audit log.
#[async_trait]
pub trait Audit: Send + Sync {
    /// Appends a mark, chained to the one before; `number` and `hash` of the argument are ignored.
    async fn append_mark(&self, mark: AuditMark) -> Result<u64>;
    /// Marks after the cursor, oldest first.
    async fn marks(&self, cursor: Cursor) -> Result<Page<AuditMark>>;
    /// Marks on one subject, newest first, at most 200.
    async fn marks_on(&self, kind: &str, id: u64) -> Result<Vec<AuditMark>>;
    /// Number and hash of the newest mark, to be written down where the store's owner cannot reach.
    async fn audit_head(&self) -> Result<audit_chain::Head>;
}

/// What keeps the machine going.
#[async_trait]
pub trait Upkeep: Send + Sync {
    /// Brings the schema up to this binary's; says what was applied.
    async fn migrate(&self) -> Result<Vec<String>>;
    /// Looks for what is wrong: each finding a sentence on what and how to mend it.
    async fn examine(&self) -> Result<Vec<Finding>>;
    /// Writes a consistent copy of everything into a new file while the store is in use.
    async fn backup(&self, file: &Path) -> Result<()>;
    /// A value that survives restarts, by name (for example the public key of this store).
    async fn setting(&self, name: &str) -> Result<Option<Vec<u8>>>;
    /// Sets such a value.
    async fn set_setting(&self, name: &str, value: &[u8]) -> Result<()>;
    /// Answers what is accepted, then stops. Later calls answer `Unavailable`.
    async fn close(&self) -> Result<()>;
}

/// Something that the store's own examination noticed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whether it stops the product from keeping its promises.
    pub is_serious: bool,
    /// What is wrong, and where.
    pub what: String,
    /// How to mend it.
    pub mend: String,
}

/// Everything that Gapura keeps.
pub trait Store: Venues + People + Doors + Staff + Rules + Audit + Upkeep {}
impl<T: Venues + People + Doors + Staff + Rules + Audit + Upkeep> Store for T {}
