//! Visitors and staff, told through the use cases over the embedded store.

mod house;
mod staff;
mod visitors;
