//! Rule sets by version, kept for years so that what a verdict meant stays known.

use crate::Result;
use async_trait::async_trait;
use gapura_domain::ids::RulesId;
use gapura_domain::time::Time;

/// A rule set as it was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRules {
    /// Its number in this store.
    pub id: RulesId,
    /// "id-2022-07 1.0.0".
    pub version: String,
    /// SHA-256 of the document.
    pub hash: [u8; 32],
    /// The document, as JSON text.
    pub document: String,
    /// When it was first used.
    pub first_used: Time,
}

/// Rule sets.
#[async_trait]
pub trait Rules: Send + Sync {
    /// The number of this document; keeps it if it is new.
    async fn put_rules(
        &self,
        version: &str,
        hash: [u8; 32],
        document: &str,
        at: Time,
    ) -> Result<RulesId>;
    /// One rule set.
    async fn rules(&self, id: RulesId) -> Result<Option<StoredRules>>;
    /// All rule sets, oldest first.
    async fn all_rules(&self) -> Result<Vec<StoredRules>>;
}
