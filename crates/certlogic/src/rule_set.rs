//! A rule set: an ordered list of colours, each with a condition; the first that holds gives the colour.
//!
//! Nothing here knows what a colour means or which facts a condition reads: both are the author's. An error never
//! falls through to a later colour, since the condition that failed might have been the one that forbids.

use std::fmt;

use serde_json::{Map, Value, json};

use crate::error::{EvaluateError, Limits, Meter};
use crate::expression::Expression;
use crate::place::{PathPart, Place};

/// The colours of a health status that a rule set can give.
pub const HEALTH_COLOURS: [&str; 4] = ["green", "yellow", "red", "black"];
/// The colour where no condition holds, or one could not be evaluated; no rule set may give it itself.
pub const NO_COLOUR: &str = "none";
/// The reason where no condition holds.
pub const NO_RULE: &str = "no_rule";
/// The reason where a condition could not be evaluated.
pub const RULES_ERROR: &str = "rules_error";

/// How many colours with conditions a rule set may list.
const MAX_ENTRIES: usize = 32;
/// How long an id, version, colour or reason may be, in bytes.
const MAX_CODE_BYTES: usize = 64;
/// How long a title or description may be, in bytes of UTF-8.
const MAX_WORDS_BYTES: usize = 2_000;

/// One version of the rules that turn facts into a colour.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleSet {
    id: String,
    version: String,
    title: Words,
    description: Words,
    entries: Vec<Entry>,
}

/// A text in the two languages of the product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// Indonesian.
    pub id: String,
    /// English.
    pub en: String,
}

#[derive(Clone, Debug, PartialEq)]
struct Entry {
    colour: String,
    reason: String,
    when: Expression,
}

/// What is wrong with the document of a rule set, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSetIssue {
    /// The faulty part of the document.
    pub place: Place,
    /// What is wrong, for people who write rules.
    pub message: String,
}

impl fmt::Display for RuleSetIssue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.place, self.message)
    }
}

/// The colour that a rule set gives to some facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusOutcome<'r> {
    /// One of the allowed colours, or [`NO_COLOUR`].
    pub colour: &'r str,
    /// The code of the condition that held, [`NO_RULE`] or [`RULES_ERROR`].
    pub reason: &'r str,
    /// The position of the condition that held, counted from 0.
    pub entry: Option<usize>,
    /// Why there is no colour, if a condition could not be evaluated.
    pub error: Option<RuleError>,
}

/// A condition that could not be evaluated on the given facts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("condition {entry} of the rule set: {error}")]
pub struct RuleError {
    /// The position of the condition in the list, counted from 0.
    pub entry: usize,
    /// What happened.
    #[source]
    pub error: EvaluateError,
}

impl RuleSet {
    /// Loads a rule set whose colours are all among `colours`, or returns everything that is wrong with it.
    pub fn parse(document: &Value, colours: &[&str]) -> Result<Self, Vec<RuleSetIssue>> {
        let mut reader = Reader {
            issues: Vec::new(),
            place: Vec::new(),
        };
        match reader.rule_set(document, colours) {
            Some(rule_set) if reader.issues.is_empty() => Ok(rule_set),
            _ => Err(reader.issues),
        }
    }

    /// The colour of `facts`. `limits` hold for all conditions together.
    pub fn status(&self, facts: &Value, limits: Limits) -> StatusOutcome<'_> {
        let mut meter = Meter::new(limits);
        for (index, entry) in self.entries.iter().enumerate() {
            match entry.when.holds_within(facts, &mut meter) {
                Ok(true) => {
                    return StatusOutcome {
                        colour: &entry.colour,
                        reason: &entry.reason,
                        entry: Some(index),
                        error: None,
                    };
                }
                Ok(false) => {}
                Err(error) => {
                    let error = Some(RuleError {
                        entry: index,
                        error,
                    });
                    return StatusOutcome {
                        colour: NO_COLOUR,
                        reason: RULES_ERROR,
                        entry: None,
                        error,
                    };
                }
            }
        }
        StatusOutcome {
            colour: NO_COLOUR,
            reason: NO_RULE,
            entry: None,
            error: None,
        }
    }

    /// What the rule set is called by machines, such as `id-2022-07`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Which version of it this is.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// What people call it.
    pub fn title(&self) -> &Words {
        &self.title
    }

    /// What it demands, and what its author decided where the source left a choice.
    pub fn description(&self) -> &Words {
        &self.description
    }

    /// Colour, reason and condition of each entry, in the order in which they are tried.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &str, &Expression)> {
        self.entries
            .iter()
            .map(|entry| (&*entry.colour, &*entry.reason, &entry.when))
    }

    /// The rule set as JSON, which [`RuleSet::parse`] reads back to an equal rule set.
    pub fn to_json(&self) -> Value {
        let colours = self.entries();
        let colours = colours.map(|(colour, reason, when)| json!({"colour": colour, "when": when.to_json(), "reason": reason}));
        json!({
            "id": self.id,
            "version": self.version,
            "title": {"id": self.title.id, "en": self.title.en},
            "description": {"id": self.description.id, "en": self.description.en},
            "colours": colours.collect::<Vec<_>>(),
        })
    }
}

/// Reads the document. A method returns `None` once it has reported what is wrong with its part.
struct Reader {
    issues: Vec<RuleSetIssue>,
    place: Vec<PathPart>,
}

impl Reader {
    fn rule_set(&mut self, document: &Value, colours: &[&str]) -> Option<RuleSet> {
        let members = self.object(
            document,
            &["id", "version", "title", "description", "colours"],
        )?;
        let id = self.member(members, "id", |this, value| this.code(value, is_code));
        let version = self.member(members, "version", |this, value| {
            this.code(value, |text| !text.is_empty())
        });
        let title = self.member(members, "title", Self::words);
        let description = self.member(members, "description", Self::words);
        let entries = self.member(members, "colours", |this, value| {
            this.entries(value, colours)
        });
        Some(RuleSet {
            id: id?,
            version: version?,
            title: title?,
            description: description?,
            entries: entries?,
        })
    }

    fn entries(&mut self, list: &Value, colours: &[&str]) -> Option<Vec<Entry>> {
        let Some(list) = list
            .as_array()
            .filter(|list| (1..=MAX_ENTRIES).contains(&list.len()))
        else {
            return self.report(format!("a list of 1 to {MAX_ENTRIES} colours is needed"));
        };
        let mut entries = Vec::new();
        for (index, entry) in list.iter().enumerate() {
            self.place.push(PathPart::Index(index));
            entries.push(self.entry(entry, colours));
            self.place.pop();
        }
        entries.into_iter().collect()
    }

    fn entry(&mut self, entry: &Value, colours: &[&str]) -> Option<Entry> {
        let members = self.object(entry, &["colour", "when", "reason"])?;
        let colour = self.member(members, "colour", |this, value| {
            let colour = value
                .as_str()
                .filter(|colour| *colour != NO_COLOUR && colours.contains(colour));
            let message = || format!("the colour must be one of {}", colours.join(", "));
            colour.map(str::to_owned).or_else(|| this.report(message()))
        });
        let when = self.member(members, "when", Self::condition);
        let reason = self.member(members, "reason", |this, value| this.code(value, is_code));
        Some(Entry {
            colour: colour?,
            reason: reason?,
            when: when?,
        })
    }

    fn condition(&mut self, condition: &Value) -> Option<Expression> {
        let issues = match Expression::parse(condition) {
            Ok(expression) => return Some(expression),
            Err(issues) => issues,
        };
        for issue in issues {
            let place = self
                .place
                .iter()
                .chain(issue.path.parts())
                .copied()
                .collect();
            self.issues.push(RuleSetIssue {
                place: Place(place),
                message: issue.message,
            });
        }
        None
    }

    fn words(&mut self, words: &Value) -> Option<Words> {
        let members = self.object(words, &["id", "en"])?;
        let id = self.member(members, "id", Self::text);
        let en = self.member(members, "en", Self::text);
        Some(Words { id: id?, en: en? })
    }

    fn text(&mut self, text: &Value) -> Option<String> {
        let fits = |text: &&str| !text.trim().is_empty() && text.len() <= MAX_WORDS_BYTES;
        let message = || format!("a text of at most {MAX_WORDS_BYTES} bytes is needed");
        text.as_str()
            .filter(fits)
            .map(str::to_owned)
            .or_else(|| self.report(message()))
    }

    fn code(&mut self, code: &Value, fits: impl Fn(&str) -> bool) -> Option<String> {
        let code = code
            .as_str()
            .filter(|code| code.len() <= MAX_CODE_BYTES && fits(code));
        let message =
            || format!("at most {MAX_CODE_BYTES} small letters, digits, - and _ are needed");
        code.map(str::to_owned).or_else(|| self.report(message()))
    }

    /// The members of an object that may have only those named.
    fn object<'v>(&mut self, value: &'v Value, names: &[&str]) -> Option<&'v Map<String, Value>> {
        let Some(members) = value.as_object() else {
            return self.report(format!("an object with {} is needed", names.join(", ")));
        };
        if members.keys().any(|name| !names.contains(&name.as_str())) {
            return self.report(format!("nothing but {} is known here", names.join(", ")));
        }
        Some(members)
    }

    fn member<T>(
        &mut self,
        members: &Map<String, Value>,
        name: &'static str,
        read: impl FnOnce(&mut Self, &Value) -> Option<T>,
    ) -> Option<T> {
        let Some(value) = members.get(name) else {
            return self.report(format!("{name} is missing"));
        };
        self.place.push(PathPart::Key(name));
        let result = read(self, value);
        self.place.pop();
        result
    }

    fn report<T>(&mut self, message: String) -> Option<T> {
        self.issues.push(RuleSetIssue {
            place: Place(self.place.clone()),
            message,
        });
        None
    }
}

fn is_code(code: &str) -> bool {
    !code.is_empty()
        && code
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EvaluateErrorKind;

    fn document(colours: &Value) -> Value {
        let words = json!({"id": "Contoh", "en": "Example"});
        json!({"id": "example", "version": "1", "title": words, "description": words, "colours": colours})
    }

    fn entry(colour: &str, reason: &str, when: &Value) -> Value {
        json!({"colour": colour, "reason": reason, "when": when})
    }

    fn example() -> RuleSet {
        let colours = json!([
            entry("black", "positive_test", &json!({"var": "positive"})),
            entry("green", "complete", &json!({">=": [{"var": "doses"}, 2]})),
        ]);
        RuleSet::parse(&document(&colours), &HEALTH_COLOURS).expect("a valid rule set")
    }

    fn issues(document: &Value) -> Vec<String> {
        let issues = RuleSet::parse(document, &HEALTH_COLOURS)
            .err()
            .unwrap_or_default();
        issues.iter().map(|issue| issue.place.to_string()).collect()
    }

    #[test]
    fn the_first_condition_that_holds_gives_the_colour() {
        let rules = example();
        let colour = |facts: Value| {
            let outcome = rules.status(&facts, Limits::default());
            (outcome.colour, outcome.reason, outcome.error)
        };
        assert_eq!(
            colour(json!({"positive": true, "doses": 3})),
            ("black", "positive_test", None)
        );
        assert_eq!(
            colour(json!({"positive": false, "doses": 3})),
            ("green", "complete", None)
        );
        assert_eq!(
            colour(json!({"positive": false, "doses": 1})),
            (NO_COLOUR, NO_RULE, None)
        );
    }

    #[test]
    fn a_condition_that_cannot_be_evaluated_gives_no_colour() {
        let rules = example();
        let outcome = rules.status(&json!({"positive": 0.5, "doses": 3}), Limits::default());
        assert_eq!((outcome.colour, outcome.reason), (NO_COLOUR, RULES_ERROR));
        assert_eq!(outcome.entry, None);
        let error = outcome.error.expect("an error");
        assert_eq!(
            (error.entry, error.error.kind),
            (0, EvaluateErrorKind::NeitherTruthyNorFalsy("a number"))
        );

        let outcome = rules.status(&json!({"positive": false, "doses": 3}), Limits { steps: 3 });
        assert_eq!((outcome.colour, outcome.reason), (NO_COLOUR, RULES_ERROR));
        assert_eq!(
            outcome.error.map(|error| error.entry),
            Some(1),
            "the limit is shared by all conditions"
        );
    }

    #[test]
    fn everything_wrong_with_a_document_is_reported_at_its_place() {
        assert_eq!(issues(&json!([])), ["/"]);
        assert_eq!(issues(&json!({"id": "x", "extra": 1})), ["/"]);
        assert_eq!(issues(&document(&json!([]))), ["/colours"]);
        let mut faulty = document(&json!([
            entry("none", "no reason", &json!({"!": [null]})),
            {"colour": "mauve", "reason": "", "when": true},
        ]));
        faulty["id"] = json!("../x");
        faulty["title"] = json!({"id": " "});
        let expected = [
            "/id",
            "/title/id",
            "/title",
            "/colours/0/colour",
            "/colours/0/when/!/0",
            "/colours/0/reason",
            "/colours/1/colour",
            "/colours/1/reason",
        ];
        assert_eq!(issues(&faulty), expected);
    }

    #[test]
    fn a_rule_set_written_and_read_again_is_the_same() {
        let rules = example();
        assert_eq!(RuleSet::parse(&rules.to_json(), &HEALTH_COLOURS), Ok(rules));
    }
}
