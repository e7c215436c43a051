//! The laws of the ledger: single histories, and what holds for any.

mod laws;
mod model;
mod stories;
mod world;
