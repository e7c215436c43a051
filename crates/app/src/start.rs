//! From a configuration and a store to an [`App`] that answers, or what keeps it from that.

use crate::App;
use crate::ambient::{Chance, Clock};
use crate::config::Config;
use crate::door_rules::DoorRules;
use crate::feed::Feed;
use crate::fresh::Fresh;
use crate::import_desk::ImportDesk;
use crate::keys::Keys;
use crate::places_memory::PlacesMemory;
use crate::rules_in_force::RulesInForce;
use crate::tries::Tries;
use crate::vault::Openings;
use gapura_pass::VerifiedCache;
use gapura_store::{Store, StoreError};
use std::sync::Arc;

/// How many people's statuses are remembered, and how many sessions.
const REMEMBERED_MAX: usize = 1 << 18;

/// What keeps the app from starting. Each says where, and how to mend it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting means nothing.
    #[error("the setting {setting}: {what}")]
    Setting {
        /// Its path in the file: `admission.mall.green`.
        setting: String,
        /// What is expected.
        what: String,
    },
    /// A file that a setting names cannot be read.
    #[error("the setting {setting} names the file {path}, which cannot be read: {cause}")]
    File {
        /// The setting.
        setting: &'static str,
        /// The file.
        path: String,
        /// What the system said.
        #[source]
        cause: std::io::Error,
    },
    /// The rule set or level table has faults.
    #[error("{name} cannot be used: {}", faults.join("; "))]
    Document {
        /// Id or path.
        name: String,
        /// Each with its place.
        faults: Vec<String>,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl StartError {
    pub(crate) fn setting(setting: impl Into<String>, what: impl Into<String>) -> Self {
        Self::Setting {
            setting: setting.into(),
            what: what.into(),
        }
    }
}

impl App {
    /// An app over a migrated store: reads the rules that the configuration names and keeps them.
    ///
    /// # Errors
    /// Whatever in the configuration or its files cannot be used, and the store's own failures.
    pub async fn start(
        store: Arc<dyn Store>,
        config: Config,
        keys: Keys,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
    ) -> Result<Self, StartError> {
        let door_rules = DoorRules::from_config(&config)?;
        let rules = RulesInForce::load(&config.rules, &*store, clock.now()).await?;
        let verifier = keys.ring().verifier();
        Ok(Self {
            store,
            config,
            feed: Feed::default(),
            verified: VerifiedCache::new(REMEMBERED_MAX),
            verifier,
            keys,
            rules,
            door_rules,
            members: Fresh::new(REMEMBERED_MAX),
            visitor_sessions: Fresh::new(REMEMBERED_MAX),
            openings: Openings::default(),
            places_memory: PlacesMemory::default(),
            import_desk: ImportDesk::default(),
            mail: tokio::sync::Notify::new(),
            tries: Tries::default(),
            hashing: tokio::sync::Semaphore::new(crate::password::HASHES_AT_ONCE),
            clock,
            chance,
        })
    }
}

/// The text of a document that ships, by its id, or of a file, by its path.
pub(crate) fn shipped_or_file(
    setting: &'static str,
    name: &str,
    shipped: &[(&str, &'static str)],
) -> Result<String, StartError> {
    if let Some((_, text)) = shipped.iter().find(|(id, _)| *id == name) {
        return Ok((*text).to_owned());
    }
    let is_path = std::path::Path::new(name)
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
    if !is_path {
        let ids: Vec<&str> = shipped.iter().map(|(id, _)| *id).collect();
        let what = format!(
            "\"{name}\" is none of those that ship ({}) and no path of a .json file",
            ids.join(", ")
        );
        return Err(StartError::setting(setting, what));
    }
    std::fs::read_to_string(name).map_err(|cause| StartError::File {
        setting,
        path: name.to_owned(),
        cause,
    })
}
