//! The server, knocked at from outside.

mod access;
mod visitor;
mod world;
