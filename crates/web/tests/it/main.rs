//! The server, knocked at from outside.

mod access;
mod api;
mod clerk;
mod posters;
mod foreign;
mod hostile;
mod visitor;
mod world;
