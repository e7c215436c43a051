//! Running the tests that people write for expressions, rules and rule sets, from files in these layouts:
//!
//! - a test suite: `{"name", "cases": [{"name", "certLogicExpression", "assertions": [{"data", "expected",
//!   "certLogicExpression"?, "message"?}]}]}`, where `"directive": "skip"` at any level leaves a part out;
//! - a validation test suite: `{"name", "cases": [{"certLogicExpression", "issues": [{"expr", "message"}]}]}`;
//! - a rule: a folder with `rule.json`, whose `Logic` is the expression, and `tests/*.json` with `payload`,
//!   `external` and `expected`;
//! - a rule set, which must load, and beside it `tests/*.json` with `{"rule_set", "cases": [{"name", "facts",
//!   "today", "now"?, "expected", "reason"?}]}`.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::error::{Limits, Meter};
use crate::expression::Expression;
use crate::rule_set::{HEALTH_COLOURS, RuleSet};
use crate::value::Val;

/// How deep folders may be nested, so that a link to a folder above does not lead around for ever.
const MAX_FOLDER_DEPTH: usize = 16;
/// How long a file may be, in bytes.
const MAX_FILE_BYTES: u64 = 32 * 1024 * 1024;
/// How much of a value a difference shows, in characters.
const MAX_SHOWN: usize = 300;

/// What came of one test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Which test it was.
    pub name: String,
    /// Whether the result was the expected one.
    pub passed: bool,
    /// What differed, for people.
    pub difference: Option<String>,
}

/// What came of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Every test that ran, in order.
    pub outcomes: Vec<Outcome>,
    /// How many tests their files say to skip.
    pub skipped: usize,
    /// JSON files found in folders that have none of the layouts.
    pub ignored: Vec<PathBuf>,
}

/// Why a run could not be finished.
#[derive(Debug, thiserror::Error)]
pub enum SuiteError {
    /// A file or folder could not be read.
    #[error("{} cannot be read: {source}", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file is longer than anything that holds tests.
    #[error("{} is longer than {MAX_FILE_BYTES} bytes", .0.display())]
    TooLong(PathBuf),
    /// A file is not JSON.
    #[error("{} is not JSON: {source}", path.display())]
    NotJson {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, with line and column.
        source: serde_json::Error,
    },
    /// A file that was named has none of the layouts.
    #[error("{} is not a test suite, a rule, a rule set or a test of one", .0.display())]
    UnknownLayout(PathBuf),
}

/// Runs all tests of a file, or of a folder and the folders in it, in the order of their names.
pub fn run_path(path: &Path) -> Result<Report, SuiteError> {
    let mut report = Report::default();
    if path.is_dir() {
        run_folder(path, 0, &mut report)?;
    } else if !run_file(path, &read(path)?, &mut report)? {
        return Err(SuiteError::UnknownLayout(path.to_owned()));
    }
    Ok(report)
}

fn run_folder(folder: &Path, depth: usize, report: &mut Report) -> Result<(), SuiteError> {
    let rule = folder.join("rule.json");
    if rule.is_file() {
        run_file(&rule, &read(&rule)?, report)?;
        return Ok(());
    }
    for path in entries(folder)? {
        if path.is_dir() {
            if depth < MAX_FOLDER_DEPTH {
                run_folder(&path, depth + 1, report)?;
            }
        } else if is_json(&path) && !run_file(&path, &read(&path)?, report)? {
            report.ignored.push(path);
        }
    }
    Ok(())
}

/// Runs one file; `false` if it has none of the layouts.
fn run_file(path: &Path, document: &Value, report: &mut Report) -> Result<bool, SuiteError> {
    let above = path
        .parent()
        .and_then(Path::parent)
        .unwrap_or(Path::new(".."));
    let name = path.display().to_string();
    if document.get("cases").is_some_and(Value::is_array) {
        if let Some(id) = document.get("rule_set").and_then(Value::as_str) {
            // An id is a plain word, so that it cannot name a file elsewhere.
            let file = above.join(format!(
                "{}.json",
                id.replace(|c: char| !c.is_ascii_alphanumeric() && c != '-', "_")
            ));
            run_rule_set_tests(&read(&file)?, document, report);
        } else {
            run_suite(document, report);
        }
    } else if document.get("Logic").is_some() {
        let tests = path.with_file_name("tests");
        for test in if tests.is_dir() {
            entries(&tests)?
        } else {
            Vec::new()
        } {
            if is_json(&test) {
                report.outcomes.push(run_rule_test(
                    &test.display().to_string(),
                    document,
                    &read(&test)?,
                ));
            }
        }
    } else if document.get("colours").is_some() {
        let difference = RuleSet::parse(document, &HEALTH_COLOURS)
            .err()
            .map(|issues| join(&issues));
        report.outcomes.push(outcome(name, difference));
    } else if document.get("payload").is_some() && document.get("expected").is_some() {
        report.outcomes.push(run_rule_test(
            &name,
            &read(&above.join("rule.json"))?,
            document,
        ));
    } else {
        return Ok(false);
    }
    Ok(true)
}

/// Runs a test suite, or a validation test suite.
pub fn run_suite(suite: &Value, report: &mut Report) {
    let name = label(suite, "test suite");
    for (index, case) in items(suite, "cases").enumerate() {
        let case_name = format!("{name} / {}", label(case, &format!("case {}", index + 1)));
        if let Some(issues) = case.get("issues") {
            let expression = case.get("certLogicExpression").unwrap_or(&Value::Null);
            report.outcomes.push(outcome(
                case_name,
                validation_difference(expression, issues),
            ));
            continue;
        }
        for (index, assertion) in items(case, "assertions").enumerate() {
            if [suite, case, assertion].iter().any(|part| is_skipped(part)) {
                report.skipped += 1;
                continue;
            }
            let expression = assertion
                .get("certLogicExpression")
                .or_else(|| case.get("certLogicExpression"));
            let data = assertion.get("data").unwrap_or(&Value::Null);
            let difference = match expression {
                Some(expression) => difference(expression, data, assertion.get("expected")),
                None => Some("the test has no certLogicExpression".to_owned()),
            };
            let message = assertion
                .get("message")
                .and_then(Value::as_str)
                .map(|message| format!(": {message}"));
            let name = format!("{case_name} / {}{}", index + 1, message.unwrap_or_default());
            report.outcomes.push(outcome(name, difference));
        }
    }
}

/// Runs one test of a rule: its `Logic` on the `payload` and `external` of the test.
pub fn run_rule_test(name: &str, rule: &Value, test: &Value) -> Outcome {
    let member = |member: &str| {
        test.get(member)
            .map(|value| (member.to_owned(), value.clone()))
    };
    let data: Map<_, _> = ["payload", "external"]
        .into_iter()
        .filter_map(member)
        .collect();
    let logic = rule.get("Logic").unwrap_or(&Value::Null);
    let title = test
        .get("name")
        .and_then(Value::as_str)
        .map(|title| format!(" ({title})"))
        .unwrap_or_default();
    outcome(
        format!("{name}{title}"),
        difference(logic, &Value::Object(data), test.get("expected")),
    )
}

/// Runs the tests of a rule set: the colour, and the reason where one is given, of each case's facts.
pub fn run_rule_set_tests(rule_set: &Value, tests: &Value, report: &mut Report) {
    let name = tests
        .get("rule_set")
        .and_then(Value::as_str)
        .unwrap_or("rule set");
    let rules = match RuleSet::parse(rule_set, &HEALTH_COLOURS) {
        Ok(rules) => rules,
        Err(issues) => {
            return report
                .outcomes
                .push(outcome(name.to_owned(), Some(join(&issues))));
        }
    };
    for (index, case) in items(tests, "cases").enumerate() {
        let today = case.get("today").unwrap_or(&Value::Null);
        let now = case.get("now").unwrap_or(today);
        let facts = json!({"payload": case.get("facts"), "external": {"today": today, "now": now}});
        let status = rules.status(&facts, Limits::default());
        let expected = |member| case.get(member).and_then(Value::as_str);
        let (colour, reason) = (expected("expected"), expected("reason"));
        let passed =
            colour == Some(status.colour) && reason.is_none_or(|reason| reason == status.reason);
        let difference = (!passed).then(|| {
            let error = status
                .error
                .map(|error| format!(" because of {error}"))
                .unwrap_or_default();
            let (colour, reason) = (
                colour.unwrap_or("no colour"),
                reason.unwrap_or("any reason"),
            );
            format!(
                "expected {colour} for {reason}, found {} for {}{error}",
                status.colour, status.reason
            )
        });
        let case_name = label(case, &format!("case {}", index + 1));
        report
            .outcomes
            .push(outcome(format!("{name} / {case_name}"), difference));
    }
}

fn difference(expression: &Value, data: &Value, expected: Option<&Value>) -> Option<String> {
    let Some(expected) = expected else {
        return Some("the test does not say what is expected".to_owned());
    };
    let expression = match Expression::parse(expression) {
        Ok(expression) => expression,
        Err(issues) => return Some(format!("the expression is not valid: {}", join(&issues))),
    };
    match expression.evaluate(data, Limits::default()) {
        Ok(found) if same(&found, expected) => None,
        Ok(found) => Some(format!(
            "expected {}, found {}",
            shown(expected),
            shown(&found)
        )),
        Err(error) => Some(format!(
            "expected {}, found an error: {error}",
            shown(expected)
        )),
    }
}

fn validation_difference(expression: &Value, issues: &Value) -> Option<String> {
    let found = Expression::parse(expression).err().unwrap_or_default();
    let found: Value = found
        .iter()
        .map(|issue| json!({"expr": issue.path.find(expression), "message": issue.message}))
        .collect();
    (!same(&found, issues)).then(|| {
        format!(
            "expected the issues {}, found {}",
            shown(issues),
            shown(&found)
        )
    })
}

/// Equality as JSON, numbers by value.
fn same(found: &Value, expected: &Value) -> bool {
    let mut meter = Meter::new(Limits { steps: usize::MAX });
    Val::from(found)
        .same(&expected.into(), &mut meter, 0)
        .unwrap_or(false)
}

fn outcome(name: String, difference: Option<String>) -> Outcome {
    Outcome {
        name,
        passed: difference.is_none(),
        difference,
    }
}

fn items<'v>(document: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    document
        .get(name)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn label(part: &Value, otherwise: &str) -> String {
    part.get("name")
        .and_then(Value::as_str)
        .unwrap_or(otherwise)
        .to_owned()
}

fn is_skipped(part: &Value) -> bool {
    part.get("directive").and_then(Value::as_str) == Some("skip")
}

fn join<T: ToString>(issues: &[T]) -> String {
    issues
        .iter()
        .map(T::to_string)
        .collect::<Vec<_>>()
        .join("; ")
}

fn shown(value: &Value) -> String {
    let text = value.to_string();
    text.char_indices()
        .nth(MAX_SHOWN)
        .map_or(text.clone(), |(end, _)| format!("{}…", &text[..end]))
}

fn is_json(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "json")
        && path.is_file()
}

/// What a folder holds, in the order of names.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, SuiteError> {
    let unreadable = |source| SuiteError::Unreadable {
        path: folder.to_owned(),
        source,
    };
    let entries = fs::read_dir(folder)
        .map_err(unreadable)?
        .map(|entry| Ok(entry.map_err(unreadable)?.path()));
    let mut entries = entries.collect::<Result<Vec<_>, _>>()?;
    entries.sort();
    Ok(entries)
}

fn read(path: &Path) -> Result<Value, SuiteError> {
    let unreadable = |source| SuiteError::Unreadable {
        path: path.to_owned(),
        source,
    };
    if fs::metadata(path).map_err(unreadable)?.len() > MAX_FILE_BYTES {
        return Err(SuiteError::TooLong(path.to_owned()));
    }
    let bytes = fs::read(path).map_err(unreadable)?;
    serde_json::from_slice(&bytes).map_err(|source| SuiteError::NotJson {
        path: path.to_owned(),
        source,
    })
}
