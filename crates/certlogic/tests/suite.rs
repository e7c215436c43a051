//! Tests in files, as people keep them.

use std::fs;
use std::path::Path;

use certlogic::suite::{Report, SuiteError, run_path};
use serde_json::{Value, json};

fn write(folder: &Path, file: &str, document: &Value) {
    let path = folder.join(file);
    fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is made");
    fs::write(path, document.to_string()).expect("the file is written");
}

fn folder(files: &[(&str, Value)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (file, document) in files {
        write(folder.path(), file, document);
    }
    folder
}

fn results(report: &Report) -> Vec<(bool, &str)> {
    let outcomes = report.outcomes.iter();
    outcomes
        .map(|outcome| (outcome.passed, outcome.difference.as_deref().unwrap_or("")))
        .collect()
}

fn rule_set() -> Value {
    let words = json!({"id": "Contoh", "en": "Example"});
    let colours = json!([{"colour": "green", "reason": "complete", "when": {">=": [{"var": "payload.doses"}, 2]}}]);
    json!({"id": "example", "version": "1", "title": words, "description": words, "colours": colours})
}

#[test]
fn a_test_suite_reports_each_assertion() {
    let folder = folder(&[(
        "suite.json",
        json!({"name": "sums", "cases": [
            {"name": "plus one", "certLogicExpression": {"+": [{"var": ""}, 1]}, "assertions": [
                {"data": 1, "expected": 2, "message": "small"},
                {"data": 1, "expected": 3},
                {"data": "1", "expected": 2},
                {"data": 5, "expected": 5, "certLogicExpression": {"var": ""}},
                {"data": 1, "expected": 9, "directive": "skip"},
            ]},
            {"name": "faulty", "assertions": [{"data": 1, "expected": 2}, {"certLogicExpression": null, "expected": 1}]},
        ]}),
    )]);
    let report = run_path(folder.path()).expect("readable");
    assert_eq!(report.skipped, 1);
    assert_eq!(report.outcomes[0].name, "sums / plus one / 1: small");
    let expected = [
        (true, ""),
        (false, "expected 3, found 2"),
        (
            false,
            "expected 2, found an error: \"+\" at /: an operand must be an integer, not a string",
        ),
        (true, ""),
        (false, "the test has no certLogicExpression"),
        (
            false,
            "the expression is not valid: /: invalid CertLogic expression",
        ),
    ];
    assert_eq!(results(&report), expected);
}

#[test]
fn a_validation_suite_compares_issues_and_their_places() {
    let faulty = json!({"!": [{"var": 1}]});
    let issue = |expression: Value| json!([{"expr": expression, "message": "not of the form { \"var\": \"<path>\" }"}]);
    let folder = folder(&[(
        "suite.json",
        json!({"name": "faults", "cases": [
            {"certLogicExpression": faulty, "issues": issue(json!({"var": 1}))},
            {"certLogicExpression": faulty, "issues": issue(faulty.clone())},
            {"certLogicExpression": true, "issues": []},
        ]}),
    )]);
    let report = run_path(&folder.path().join("suite.json")).expect("readable");
    assert_eq!(
        results(&report)
            .iter()
            .map(|(passed, _)| *passed)
            .collect::<Vec<_>>(),
        [true, false, true]
    );
}

#[test]
fn a_rule_is_found_from_its_folder_its_file_and_its_test() {
    let test = |expected: bool| json!({"name": "a test", "payload": {"n": 2}, "external": {"m": 1}, "expected": expected});
    let folder = folder(&[
        (
            "XX/GR-XX-0001/rule.json",
            json!({"Logic": {">": [{"var": "payload.n"}, {"var": "external.m"}]}}),
        ),
        ("XX/GR-XX-0001/tests/test001.json", test(true)),
        ("XX/GR-XX-0001/tests/test002.json", test(false)),
    ]);
    let all = [(true, ""), (false, "expected false, found true")];
    for path in ["", "XX", "XX/GR-XX-0001", "XX/GR-XX-0001/rule.json"] {
        assert_eq!(
            results(&run_path(&folder.path().join(path)).expect("readable")),
            all,
            "{path}"
        );
    }
    let one = run_path(&folder.path().join("XX/GR-XX-0001/tests/test002.json")).expect("readable");
    assert_eq!(results(&one), all[1..]);
}

#[test]
fn a_rule_set_must_load_and_pass_its_tests() {
    let case = |doses: i64, expected: &str, reason: &str| json!({"name": "x", "facts": {"doses": doses}, "today": "2021-09-14", "expected": expected, "reason": reason});
    let folder = folder(&[
        ("example.json", rule_set()),
        (
            "tests/example.json",
            json!({"rule_set": "example", "cases": [
                case(2, "green", "complete"), case(1, "none", "no_rule"), case(1, "green", "complete"),
            ]}),
        ),
    ]);
    let report = run_path(folder.path()).expect("readable");
    let difference = "expected green for complete, found none for no_rule";
    assert_eq!(
        results(&report),
        [(true, ""), (true, ""), (true, ""), (false, difference)]
    );
}

#[test]
fn files_of_no_known_layout_are_named() {
    let folder = folder(&[
        ("schema.json", json!({"type": "object"})),
        ("deep/example.json", rule_set()),
    ]);
    fs::write(folder.path().join("README.md"), "not looked at").expect("the file is written");
    let report = run_path(folder.path()).expect("readable");
    assert_eq!(report.ignored, [folder.path().join("schema.json")]);
    assert_eq!(report.outcomes.len(), 1);
    let named = run_path(&folder.path().join("schema.json"));
    assert!(
        matches!(named, Err(SuiteError::UnknownLayout(_))),
        "{named:?}"
    );
}

#[test]
fn a_file_that_is_missing_or_no_json_ends_the_run_with_its_name() {
    let folder = folder(&[(
        "tests/example.json",
        json!({"rule_set": "../../etc/example", "cases": []}),
    )]);
    let missing = run_path(folder.path())
        .expect_err("the rule set is missing")
        .to_string();
    assert!(missing.contains("______etc_example.json"), "{missing}");
    fs::write(folder.path().join("broken.json"), "{\n  oops").expect("the file is written");
    let broken = run_path(&folder.path().join("broken.json"))
        .expect_err("no JSON")
        .to_string();
    assert!(
        broken.contains("broken.json") && broken.contains("line 2"),
        "{broken}"
    );
}
