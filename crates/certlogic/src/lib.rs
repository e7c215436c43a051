//! `CertLogic` 1.3.3, the rule language of health passes.
//!
//! A rule is JSON, such as `{"after": [{"plusTime": [{"var": "today"}, 0, "day"]}, …]}`, and is read by people,
//! forms and phones of many makes. This crate loads such an expression once, refuses it with the place of every
//! fault, and evaluates it on JSON data cheaply and within limits, so that no rule can hang or exhaust its host.
//!
//! The language is defined by the `certlogic/specification` of *ehn-dcc-development/eu-dcc-business-rules*. Where
//! that text leaves a choice open, this crate decides as follows:
//!
//! - `===` and `in` compare by value: lists and objects by their contents, date-times by their instant.
//! - Every operand of `and` must be truthy or falsy, the last one too.
//! - A number that is not an integer is neither truthy nor falsy.
//! - An integer fragment of a path indexes a list; on an object it is a key like any other. Everything else has
//!   no members, so that reading on evaluates to `null`.
//! - A date that the calendar does not know, such as 30 February, is an error.
//! - `plusTime` carries days over as ECMAScript's `Date` does: 31 January plus a month is 3 March (2 March in a
//!   leap year), 29 February plus a year is 1 March.
//!
//! ```
//! use certlogic::{Expression, Limits};
//! use serde_json::json;
//!
//! let rule = Expression::parse(&json!({">=": [{"var": "payload.dose_count"}, 2]})).expect("a valid rule");
//! let data = json!({"payload": {"dose_count": 3}});
//! assert_eq!(rule.evaluate(&data, Limits::default()), Ok(json!(true)));
//! ```

mod compile;
mod error;
mod evaluate;
mod expression;
mod issue;
mod moment;
mod place;
mod rule_set;
pub mod suite;
mod value;

pub use compile::{MAX_DEPTH, MAX_ISSUES, MAX_NODES, MAX_STRING_BYTES, MAX_TEXT_BYTES};
pub use error::{EvaluateError, EvaluateErrorKind, Limits};
pub use expression::Expression;
pub use issue::{Issue, IssueKind};
pub use place::{PathPart, Place};
pub use rule_set::{
    HEALTH_COLOURS, NO_COLOUR, NO_RULE, RULES_ERROR, RuleError, RuleSet, RuleSetIssue,
    StatusOutcome, Words,
};
