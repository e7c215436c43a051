//! Visitors, staff, and what is recorded of people, told through the use cases over the embedded store.

mod house;
mod importing;
mod keeping;
mod records;
mod signing_up;
mod staff;
mod visitors;
