//! What people do with Gapura: one file a verb, each a function of the [`App`] and its arguments.
//!
//! Use cases check who may, decide by the rules of `domain`, and keep the result in the store. They
//! know neither HTTP nor SQL. Time and chance come from the [`App`]'s clock and source, which the
//! composition root gives.

pub mod ambient;
pub mod category_words;
pub mod config;
pub mod csv_table;
pub mod error;
pub mod export;
pub mod find_district;
pub mod hours_text;
pub mod typed;
pub mod venue_form;
pub mod venue_list;

use ambient::{Chance, Clock};
use config::Config;
use gapura_domain::time::Time;
use gapura_store::Store;
use std::sync::Arc;

pub use error::AppError;

/// Everything that use cases need.
pub struct App {
    /// What is kept.
    pub store: Arc<dyn Store>,
    /// What the operator decided.
    pub config: Config,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
}

impl App {
    /// An app over a store.
    pub fn new(
        store: Arc<dyn Store>,
        config: Config,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
    ) -> Self {
        Self {
            store,
            config,
            clock,
            chance,
        }
    }

    /// The time now.
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// Random bytes that nobody can guess.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.chance.fill(&mut bytes);
        bytes
    }
}
