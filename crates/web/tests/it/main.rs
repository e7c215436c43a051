//! The server, knocked at from outside.

mod access;
mod api;
mod clerk;
mod importing;
mod posters;
mod foreign;
mod hostile;
mod posters;
mod visitor;
mod world;
