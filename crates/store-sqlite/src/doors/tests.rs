//! The laws of the doors over the embedded store: any history, crashes, races.

mod history;
mod model;
mod trouble;
