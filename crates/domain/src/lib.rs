//! The words and rules of a checked door: pure values, no I/O, no clock, no randomness.
//!
//! Begin with [`door`] (what a door is asked and answers) and [`ledger`] (who is inside, and how
//! it decides). Names follow the glossary in `docs/ARCHITECTURE.md`.

pub mod door;
pub mod hours;
pub mod ids;
pub mod ledger;
pub mod person;
pub mod region;
pub mod role;
pub mod status;
pub mod time;
pub mod venue;
pub mod verdict;
