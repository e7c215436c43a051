//! The embedded store: one SQLite file, one writer that commits in groups, a few readers.
//!
//! Begin with [`SqliteStore`]. How the file is opened stands in `db`, how writes are gathered into
//! one durable transaction in `writer`, and what is asked of each area in the file of its name.
//! Tables and what they are for are described in `migrations/`.

mod audit;
mod db;
mod doors;
mod examine;
mod fault;
mod figures;
mod migrations;
mod people;
mod pool;
mod rules;
mod sql;
mod staff;
mod upkeep;
mod venues;
mod writer;

pub use db::{Access, Options, SqliteStore};
pub use figures::Figures;
