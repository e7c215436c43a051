//! The server, knocked at from outside.

mod access;
mod api;
mod cards;
mod clerk;
mod foreign;
mod gate;
mod hostile;
mod importing;
mod posters;
mod visitor;
mod world;
