//! The server, knocked at from outside.

mod access;
mod api;
mod clerk;
mod posters;
mod visitor;
mod world;
