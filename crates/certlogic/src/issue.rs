//! What can be wrong with an expression before it is ever evaluated.

use std::fmt;

use crate::place::Place;

/// One fault of an expression, found while loading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// The faulty part of the expression; for a fault of an operand that must be a constant, its operation.
    pub path: Place,
    /// What is wrong, for programs.
    pub kind: IssueKind,
    /// What is wrong, for people who write rules; worded as by the reference validator.
    pub message: String,
}

impl fmt::Display for Issue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.path, self.message)
    }
}

/// The kinds of faults that loading an expression can find.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IssueKind {
    /// The text is not JSON.
    NotJson,
    /// The text is longer than [`MAX_TEXT_BYTES`](crate::MAX_TEXT_BYTES).
    TextTooLong,
    /// `null` is not an expression.
    NullLiteral,
    /// A number with a fraction.
    NonIntegerNumber,
    /// A number beyond the 64-bit integers.
    IntegerTooLarge,
    /// A string longer than [`MAX_STRING_BYTES`](crate::MAX_STRING_BYTES).
    StringTooLong,
    /// An operation is an object with exactly one key.
    NotOneKey,
    /// The operands of an operation are a list.
    NotAnOperation,
    /// `CertLogic` does not know the operation.
    UnknownOperation,
    /// The operand of `var` is a string.
    VarNotAString,
    /// The path of `var` has an empty fragment.
    VarPathFormat,
    /// The operation has too few or too many operands.
    WrongNumberOfOperands,
    /// The amount of `plusTime` is an integer constant.
    AmountNotAnInteger,
    /// The unit of `plusTime` is one of year, month, day, hour.
    UnknownUnit,
    /// The index of `extractFromUVCI` is an integer constant.
    IndexNotAnInteger,
    /// The expression is nested deeper than [`MAX_DEPTH`](crate::MAX_DEPTH).
    TooDeep,
    /// The expression has more parts than [`MAX_NODES`](crate::MAX_NODES).
    TooManyNodes,
}
