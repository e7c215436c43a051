//! The server, knocked at from outside.

mod access;
mod api;
mod visitor;
mod world;
