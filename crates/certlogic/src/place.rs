//! Where in a JSON document something stands, so that a form can point at it.

use std::fmt;

use serde_json::Value;

/// One step down into a JSON document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PathPart {
    /// The member of an object with this name.
    Key(&'static str),
    /// The item of a list at this position, counted from 0.
    Index(usize),
}

/// The steps from the root of a JSON document to one of its parts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Place(pub(crate) Vec<PathPart>);

impl Place {
    /// The steps, from the root downwards.
    pub fn parts(&self) -> &[PathPart] {
        &self.0
    }

    /// The part of `document` that stands at this place, if there is one.
    pub fn find<'v>(&self, document: &'v Value) -> Option<&'v Value> {
        self.0.iter().try_fold(document, |value, part| match part {
            PathPart::Key(key) => value.get(key),
            PathPart::Index(index) => value.get(index),
        })
    }
}

/// Writes a JSON pointer (RFC 6901), with `/` alone for the root so that a message never shows nothing.
impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return formatter.write_str("/");
        }
        self.0.iter().try_for_each(|part| match part {
            PathPart::Key(key) => write!(formatter, "/{key}"),
            PathPart::Index(index) => write!(formatter, "/{index}"),
        })
    }
}
