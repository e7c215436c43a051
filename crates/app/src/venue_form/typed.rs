//! A value as typed: text, or the number or yes-or-no of a JSON document as text.

use serde::de::{Deserializer, Error, Visitor};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What was typed for a number or a yes-or-no, before anybody has read it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Typed(pub String);

impl Typed {
    /// A value as text.
    #[expect(clippy::needless_pass_by_value, reason = "callers write plain numbers")]
    pub fn of(value: impl ToString) -> Self {
        Self(value.to_string())
    }

    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        self.0.trim().is_empty()
    }
}

impl<T: Into<String>> From<T> for Typed {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

impl<'de> Deserialize<'de> for Typed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TypedVisitor)
    }
}

struct TypedVisitor;

impl Visitor<'_> for TypedVisitor {
    type Value = Typed;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("text, a number, true or false")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Typed, E> {
        Ok(Typed(text.to_owned()))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Typed, E> {
        Ok(Typed::of(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Typed, E> {
        Ok(Typed::of(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Typed, E> {
        Ok(Typed::of(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Typed, E> {
        Ok(Typed::of(value))
    }

    fn visit_unit<E: Error>(self) -> Result<Typed, E> {
        Ok(Typed::default())
    }
}
