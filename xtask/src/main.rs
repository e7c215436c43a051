//! One command for whatever a person would otherwise have to remember.

fn main() {}
