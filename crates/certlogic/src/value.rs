//! Values while they are computed with: borrowed from the data or the expression wherever they stand there.

use std::rc::Rc;

use serde_json::{Map, Number, Value};

use crate::error::{EvaluateErrorKind, Meter};
use crate::expression::Fragment;
use crate::moment::Moment;

/// How deep a computed value may be nested, its borrowed parts included: as deep as `serde_json` reads text.
const MAX_VALUE_DEPTH: usize = 128;

/// A value; `'a` is the life of the data and of the expression.
#[derive(Clone, Debug)]
pub(crate) enum Val<'a> {
    Null,
    Bool(bool),
    Int(i64),
    /// A number of the data that is not a 64-bit integer, or is not written as one.
    Number(&'a Number),
    Text(&'a str),
    Time(Moment),
    List(&'a [Value]),
    Object(&'a Map<String, Value>),
    /// A list or object that the evaluation made. Sharing keeps a function that doubles its accumulator from
    /// doubling memory.
    Made(Rc<Made<'a>>),
}

#[derive(Debug)]
pub(crate) struct Made<'a> {
    depth: usize,
    content: Content<'a>,
}

#[derive(Debug)]
enum Content<'a> {
    List(Vec<Val<'a>>),
    /// What the function of a `reduce` gets as its data.
    Fold {
        accumulator: Val<'a>,
        current: Val<'a>,
    },
}

/// The integer that a number is, also where it is written with a decimal point or exponent.
pub(crate) fn integer(number: &Number) -> Option<i64> {
    /// From here on not every integer has a 64-bit float.
    const FLOAT_INTEGER_MAX: f64 = 9_007_199_254_740_991.0;
    let exact = |float: &f64| float.fract() == 0.0 && float.abs() <= FLOAT_INTEGER_MAX;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the float is a whole number of at most 53 bits"
    )]
    number
        .as_i64()
        .or_else(|| number.as_f64().filter(exact).map(|float| float as i64))
}

impl<'a> From<&'a Value> for Val<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => number.as_i64().map_or(Self::Number(number), Self::Int),
            Value::String(text) => Self::Text(text),
            Value::Array(items) => Self::List(items),
            Value::Object(members) => Self::Object(members),
        }
    }
}

impl<'a> Val<'a> {
    pub(crate) fn list(items: Vec<Self>) -> Result<Self, EvaluateErrorKind> {
        let depth = items.iter().map(Self::depth).max().unwrap_or(0);
        Self::made(depth, Content::List(items))
    }

    pub(crate) fn fold(accumulator: Self, current: Self) -> Result<Self, EvaluateErrorKind> {
        Self::made(
            accumulator.depth().max(current.depth()),
            Content::Fold {
                accumulator,
                current,
            },
        )
    }

    fn made(depth: usize, content: Content<'a>) -> Result<Self, EvaluateErrorKind> {
        // The cap also bounds the recursion with which a nest of shared values is dropped.
        if depth >= MAX_VALUE_DEPTH {
            return Err(EvaluateErrorKind::ValueTooDeep);
        }
        Ok(Self::Made(Rc::new(Made {
            depth: depth + 1,
            content,
        })))
    }

    fn depth(&self) -> usize {
        if let Self::Made(made) = self {
            made.depth
        } else {
            0
        }
    }

    /// What kind of value this is, for messages; never the value itself, which may be about a person.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Int(_) => "an integer",
            Self::Number(_) => "a number",
            Self::Text(_) => "a string",
            Self::Time(_) => "a date-time",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
            Self::Made(made) => match made.content {
                Content::List(_) => "a list",
                Content::Fold { .. } => "an object",
            },
        }
    }

    /// Truthy, falsy, or neither.
    pub(crate) fn truth(&self) -> Option<bool> {
        match self {
            Self::Null => Some(false),
            Self::Bool(value) => Some(*value),
            Self::Int(value) => Some(*value != 0),
            Self::Number(number) => number
                .as_f64()
                .filter(|float| float.fract() == 0.0)
                .map(|float| float != 0.0),
            Self::Text(text) => Some(!text.is_empty()),
            Self::Time(_) => None,
            Self::List(items) => Some(!items.is_empty()),
            Self::Object(members) => Some(!members.is_empty()),
            Self::Made(made) => match &made.content {
                Content::List(items) => Some(!items.is_empty()),
                Content::Fold { .. } => Some(true),
            },
        }
    }

    pub(crate) fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            Self::Number(number) => integer(number),
            _ => None,
        }
    }

    /// The number of items of a list.
    pub(crate) fn list_len(&self) -> Option<usize> {
        match self {
            Self::List(items) => Some(items.len()),
            Self::Made(made) => match &made.content {
                Content::List(items) => Some(items.len()),
                Content::Fold { .. } => None,
            },
            _ => None,
        }
    }

    /// The item of a list at a position, `null` where there is none.
    pub(crate) fn item(&self, index: usize) -> Self {
        let item = match self {
            Self::List(items) => items.get(index).map(Self::from),
            Self::Made(made) => match &made.content {
                Content::List(items) => items.get(index).cloned(),
                Content::Fold { .. } => None,
            },
            _ => None,
        };
        item.unwrap_or(Self::Null)
    }

    /// The value one step further down, `null` where there is none.
    pub(crate) fn step(&self, fragment: &Fragment) -> Self {
        match (self.member(&fragment.name), fragment.index) {
            (Some(member), _) => member,
            (None, Some(index)) => self.item(index),
            (None, None) => Self::Null,
        }
    }

    /// The member of an object with a name.
    fn member(&self, name: &str) -> Option<Self> {
        match self {
            Self::Object(members) => members.get(name).map(Self::from),
            Self::Made(made) => match (&made.content, name) {
                (Content::Fold { accumulator, .. }, "accumulator") => Some(accumulator.clone()),
                (Content::Fold { current, .. }, "current") => Some(current.clone()),
                _ => None,
            },
            _ => None,
        }
    }

    /// The members of an object, by name.
    fn members(&self) -> Vec<(&'a str, Self)> {
        match self {
            Self::Object(members) => members
                .iter()
                .map(|(name, value)| (&**name, value.into()))
                .collect(),
            Self::Made(made) => match &made.content {
                Content::Fold {
                    accumulator,
                    current,
                } => {
                    vec![
                        ("accumulator", accumulator.clone()),
                        ("current", current.clone()),
                    ]
                }
                Content::List(_) => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// The number of members of an object.
    fn members_len(&self) -> Option<usize> {
        match self {
            Self::Object(members) => Some(members.len()),
            Self::Made(made) => match &made.content {
                Content::Fold { .. } => Some(2),
                Content::List(_) => None,
            },
            _ => None,
        }
    }

    /// Equality without coercion; every part looked at, and every 64 bytes of text, is a step.
    pub(crate) fn same(
        &self,
        other: &Self,
        meter: &mut Meter,
        depth: usize,
    ) -> Result<bool, EvaluateErrorKind> {
        meter.take(1)?;
        Ok(match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Text(a), Self::Text(b)) => {
                meter.take_text(a)?;
                a == b
            }
            (Self::Time(a), Self::Time(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Int(_) | Self::Number(_), Self::Int(_) | Self::Number(_)) => {
                self.same_number(other)
            }
            (
                Self::List(_) | Self::Object(_) | Self::Made(_),
                Self::List(_) | Self::Object(_) | Self::Made(_),
            ) => {
                if depth == MAX_VALUE_DEPTH {
                    return Err(EvaluateErrorKind::ValueTooDeep);
                }
                match (self.list_len(), other.list_len()) {
                    (Some(length), Some(other_length)) => {
                        length == other_length
                            && self.same_items(length, other, meter, depth + 1)?
                    }
                    (None, None) => {
                        self.members_len() == other.members_len()
                            && self.same_members(other, meter, depth + 1)?
                    }
                    _ => false,
                }
            }
            _ => false,
        })
    }

    fn same_number(&self, other: &Self) -> bool {
        match (self, other, self.as_integer(), other.as_integer()) {
            (Self::Number(a), Self::Number(b), None, None) => a.as_f64() == b.as_f64(),
            (_, _, a, b) => a == b,
        }
    }

    fn same_items(
        &self,
        length: usize,
        other: &Self,
        meter: &mut Meter,
        depth: usize,
    ) -> Result<bool, EvaluateErrorKind> {
        for index in 0..length {
            if !self.item(index).same(&other.item(index), meter, depth)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Equality of two objects with the same number of members.
    fn same_members(
        &self,
        other: &Self,
        meter: &mut Meter,
        depth: usize,
    ) -> Result<bool, EvaluateErrorKind> {
        meter.take(self.members_len().unwrap_or(0))?;
        for (name, value) in self.members() {
            let Some(theirs) = other.member(name) else {
                return Ok(false);
            };
            if !value.same(&theirs, meter, depth)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The value as JSON of its own. Every part and every 64 bytes of text copied is a step, since a value that
    /// is shared inside is written out in full here.
    pub(crate) fn to_json(
        &self,
        meter: &mut Meter,
        depth: usize,
    ) -> Result<Value, EvaluateErrorKind> {
        meter.take(1)?;
        if depth > MAX_VALUE_DEPTH {
            return Err(EvaluateErrorKind::ValueTooDeep);
        }
        Ok(match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(*value),
            Self::Int(value) => Value::from(*value),
            Self::Number(number) => Value::Number((*number).clone()),
            Self::Text(text) => {
                meter.take_text(text)?;
                Value::from(*text)
            }
            Self::Time(moment) => Value::from(moment.render()),
            Self::List(_) | Self::Object(_) | Self::Made(_) => {
                self.parts_to_json(meter, depth + 1)?
            }
        })
    }

    fn parts_to_json(&self, meter: &mut Meter, depth: usize) -> Result<Value, EvaluateErrorKind> {
        if let Some(length) = self.list_len() {
            let items = (0..length).map(|index| self.item(index).to_json(meter, depth));
            return Ok(Value::Array(items.collect::<Result<_, _>>()?));
        }
        meter.take(self.members_len().unwrap_or(0))?;
        let members = self.members().into_iter().map(|(name, value)| {
            meter.take_text(name)?;
            Ok((name.to_owned(), value.to_json(meter, depth)?))
        });
        Ok(Value::Object(members.collect::<Result<_, _>>()?))
    }
}
