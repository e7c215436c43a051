//! The words and rules of a checked door.
