//! `gapura rules`: runs the tests of rules, and tries a rule on data.

use std::path::PathBuf;

use certlogic::suite::{self, SuiteError};
use certlogic::{Expression, Limits};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::report::{Outcome, Report, Stop, read_json};

/// Rules of status, written in `CertLogic`.
#[derive(Args, Debug)]
pub(crate) struct Rules {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Runs test suites, rules and rule sets with their tests; the last line counts them.
    Test {
        /// Files and folders.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
    /// Evaluates one expression on data and prints the result as JSON.
    Evaluate {
        /// The expression, or a rule whose `Logic` is taken.
        #[arg(long)]
        rule: PathBuf,
        /// What its variables read.
        #[arg(long)]
        data: PathBuf,
    },
}

pub(crate) fn run(rules: &Rules) -> Outcome {
    match &rules.verb {
        Verb::Test { paths } => test(paths),
        Verb::Evaluate { rule, data } => evaluate(rule, data),
    }
}

fn test(paths: &[PathBuf]) -> Outcome {
    let mut reports = Vec::with_capacity(paths.len());
    for path in paths {
        reports.push(suite::run_path(path).map_err(stop)?);
    }
    let outcomes: Vec<_> = reports.iter().flat_map(|report| &report.outcomes).collect();
    let passed = outcomes.iter().filter(|outcome| outcome.passed).count();
    let failed = outcomes.len() - passed;
    let skipped: usize = reports.iter().map(|report| report.skipped).sum();
    let ignored: Vec<_> = reports.iter().flat_map(|report| &report.ignored).collect();
    let mut lines = Vec::new();
    for outcome in outcomes.iter().filter(|outcome| !outcome.passed) {
        let difference = outcome.difference.as_deref().unwrap_or("failed");
        lines.push(format!("{}\n    {difference}", outcome.name));
    }
    for path in &ignored {
        lines.push(format!(
            "{}: none of the known layouts, left out",
            path.display()
        ));
    }
    if skipped > 0 {
        lines.push(format!("{skipped} left out, as their files ask"));
    }
    lines.push(format!("{passed} passed, {failed} failed"));
    let tests: Vec<_> = outcomes
        .iter()
        .map(|it| json!({"name": it.name, "passed": it.passed, "difference": it.difference}))
        .collect();
    let json = json!({
        "passed": passed, "failed": failed, "skipped": skipped, "ignored": ignored, "tests": tests,
    });
    Ok(Report {
        text: lines.join("\n"),
        json,
        is_finding: failed > 0,
    })
}

fn stop(error: SuiteError) -> Stop {
    match error {
        SuiteError::Unreadable { path, source } => {
            Stop::usage(source, "Name files and folders that are there.").at(path.display())
        }
        SuiteError::TooLong(path) => Stop::usage(
            "the file is longer than any test suite",
            "Split it, or name another.",
        )
        .at(path.display()),
        SuiteError::NotJson { path, source } => {
            let place = format!("{}:{}:{}", path.display(), source.line(), source.column());
            Stop::usage(format!("this is not JSON: {source}"), "Mend it there.").at(place)
        }
        SuiteError::UnknownLayout(path) => Stop::usage(
            "this is not a test suite, a rule, a rule set or a test of one",
            "The layouts are described at `gapura rules test --help` and in rules/README.md.",
        )
        .at(path.display()),
    }
}

fn evaluate(rule: &std::path::Path, data: &std::path::Path) -> Outcome {
    let document = read_json(rule)?;
    let logic = document.get("Logic").unwrap_or(&document);
    let expression = Expression::parse(logic).map_err(|issues| {
        let what: Vec<String> = issues.iter().map(ToString::to_string).collect();
        Stop::usage(what.join("\n"), "Mend the expression there.").at(rule.display())
    })?;
    let data_document = read_json(data)?;
    match expression.evaluate(&data_document, Limits::default()) {
        Ok(result) => Ok(Report::done(result.to_string(), json!({"result": result}))),
        Err(error) => Ok(Report {
            text: format!("The rule cannot be evaluated on this data: {error}"),
            json: json!({"error": {"what": error.to_string(), "where": rule}}),
            is_finding: true,
        }),
    }
}
