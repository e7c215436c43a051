//! What an evaluation may cost, and how it can end without a value.

use crate::place::Place;

/// What an evaluation may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many steps may be taken: parts of the expression evaluated, items of lists compared, and parts of the
    /// result written out. Time and memory are both proportional to it.
    pub steps: usize,
}

/// Enough for a rule that goes through thousands of items, and a few milliseconds at most.
impl Default for Limits {
    fn default() -> Self {
        Self { steps: 100_000 }
    }
}

/// Why an expression has no value on the given data, and where. It names kinds of values, never values, since
/// the data may be about a person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{operation}\" at {place}: {kind}")]
pub struct EvaluateError {
    /// Where in the expression the operation stands.
    pub place: Place,
    /// The operation, as it is written in the expression.
    pub operation: &'static str,
    /// What went wrong.
    pub kind: EvaluateErrorKind,
}

/// The kinds of errors that an evaluation can end with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvaluateErrorKind {
    /// The evaluation took more steps than [`Limits::steps`].
    #[error("the evaluation takes more steps than it may")]
    TooManySteps,
    /// A list within lists within lists, and so on.
    #[error("the value is nested too deep")]
    ValueTooDeep,
    /// A condition must be truthy or falsy.
    #[error("{0} is neither truthy nor falsy")]
    NeitherTruthyNorFalsy(&'static str),
    /// The operand must be a list.
    #[error("an operand must be a list, not {0}")]
    NotAList(&'static str),
    /// The operand must be an integer.
    #[error("an operand must be an integer, not {0}")]
    NotAnInteger(&'static str),
    /// The operand must be a string.
    #[error("an operand must be a string, not {0}")]
    NotAString(&'static str),
    /// The operand must be a date-time, which only `plusTime` and `dccDateOfBirth` make.
    #[error("an operand must be a date-time, not {0}")]
    NotADateTime(&'static str),
    /// The string has none of the formats of dates and date-times, or names a day that does not exist.
    #[error("the string is not a date or date-time in an allowed format")]
    DateTimeFormat,
    /// The date-time is more than 100,000,000 days from 1970.
    #[error("the date-time is out of range")]
    DateTimeOutOfRange,
    /// The sum is beyond the 64-bit integers.
    #[error("the sum is beyond 64-bit integers")]
    IntegerOverflow,
}

/// Counts the steps that are left.
#[derive(Debug)]
pub(crate) struct Meter {
    steps_left: usize,
}

impl Meter {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            steps_left: limits.steps,
        }
    }

    pub(crate) fn take(&mut self, steps: usize) -> Result<(), EvaluateErrorKind> {
        self.steps_left = self
            .steps_left
            .checked_sub(steps)
            .ok_or(EvaluateErrorKind::TooManySteps)?;
        Ok(())
    }

    /// Takes a step for every 64 bytes of a text that is about to be read or copied in full.
    pub(crate) fn take_text(&mut self, text: &str) -> Result<(), EvaluateErrorKind> {
        self.take(text.len() / 64)
    }
}
