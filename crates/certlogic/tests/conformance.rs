//! The published suites of `CertLogic` and the national rules with their tests, read where they lie beside the
//! project.

use std::path::Path;

use certlogic::suite::{Report, run_path};

fn published(folder: &str) -> Option<Report> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance");
    if !root.is_dir() {
        println!("{folder}: skipped, since the folder of conformance data is absent");
        return None;
    }
    let report = run_path(&root.join(folder)).expect("the folder can be read");
    println!(
        "{folder}: {} cases, {} to be skipped by their own word",
        report.outcomes.len(),
        report.skipped
    );
    Some(report)
}

fn all_pass(folder: &str, at_least: usize) {
    let Some(report) = published(folder) else {
        return;
    };
    let failed: Vec<_> = report
        .outcomes
        .iter()
        .filter(|outcome| !outcome.passed)
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
    assert!(
        report.outcomes.len() >= at_least,
        "only {} cases were found",
        report.outcomes.len()
    );
    assert_eq!(
        report.ignored,
        Vec::<std::path::PathBuf>::new(),
        "every file is understood"
    );
}

#[test]
fn the_suite_of_the_specification_passes() {
    all_pass("certlogic/testSuite", 200);
}

#[test]
fn the_validator_objects_to_the_same_things_at_the_same_places() {
    all_pass("certlogic/validation-testSuite", 20);
}

#[test]
fn the_entry_rules_of_the_union_pass() {
    all_pass("rules/EU", 50);
}

#[test]
fn the_entry_rules_of_germany_pass() {
    all_pass("rules/DE", 50);
}
