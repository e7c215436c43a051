//! Places from their application to their posters and devices, over the embedded store.

mod applying;
mod changing;
mod ground;
mod searching;
