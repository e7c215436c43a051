//! Visitors, staff, and what is recorded of people, told through the use cases over the embedded store.

mod house;
mod importing;
mod records;
mod staff;
mod visitors;
