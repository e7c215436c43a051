//! Why a use case did not do what it was asked.

use gapura_store::StoreError;
use std::collections::BTreeMap;

/// A refusal or failure, to be turned into words at the edge.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// Nobody is signed in, or the session has ended.
    #[error("not signed in")]
    NotSignedIn,
    /// Whoever is signed in may not do this here.
    #[error("not allowed")]
    NotAllowed,
    /// There is no such thing, or it is not for this person to know.
    #[error("not found")]
    NotFound,
    /// What was typed has faults, each at a field.
    #[error("{} fields have faults", .0.len())]
    Faults(Vec<Fault>),
    /// The thing is not in a state in which this can be done. The code is stable.
    #[error("not possible now: {0}")]
    NotNow(&'static str),
    /// Too many tries; the caller may try again after so many seconds.
    #[error("too many tries")]
    TooMany {
        /// Seconds to wait.
        retry_after_s: u32,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is wrong with a field, as codes that a page turns into words. Never holds what was typed.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Fault {
    /// Which field: `birth_date`, `rooms[2].capacity`.
    pub field: String,
    /// What is wrong: `missing`, `date`, `nik_digits`, `too_long`.
    pub code: &'static str,
    /// What the words about it need: a limit, the names to choose from.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<&'static str, String>,
}

impl Fault {
    /// A fault at a field.
    pub fn new(field: impl Into<String>, code: &'static str) -> Self {
        Self {
            field: field.into(),
            code,
            params: BTreeMap::new(),
        }
    }

    /// The same fault with one more parameter.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "callers write plain numbers")]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.params.insert(name, value.to_string());
        self
    }
}

/// What every use case answers.
pub type Result<T> = std::result::Result<T, AppError>;
