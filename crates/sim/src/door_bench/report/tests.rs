//! The report of an invented run.

use super::*;
use crate::door_bench::Outcome::{self, Met, NotMeasured, NotMet};
use std::path::PathBuf;

fn row(load: Load, per_second: f64, cpu_us: f64, half_p99_ms: Option<f64>) -> Row {
    let latency = |p99_ms| Latency {
        p50_ms: 0.5,
        p99_ms,
        max_ms: 9.0,
    };
    Row {
        load,
        per_second,
        cpu_us,
        full: latency(3.0),
        half: half_p99_ms.map(latency),
        requests: 1,
    }
}

fn size(visits: u64, bytes_per_visit: f64, spread_cpu_us: f64) -> Size {
    Size {
        visits,
        bytes_per_visit,
        filled_in_s: 30.0,
        spread_cpu_us,
        peak_memory_bytes: 100 << 20,
        open: 100_000,
        ready_after_s: 1.25,
    }
}

fn report(sizes: Vec<Size>) -> DoorReport {
    let rows = vec![
        row(Load::NoOp, 100_000.0, 8.0, Some(1.0)),
        row(Load::First, 20_000.0, 40.0, None),
        row(Load::Spread, 60_000.0, 15.0, Some(2.0)),
        row(Load::OneVenue, 50_000.0, 15.0, Some(2.0)),
        row(Load::NewPass, 15_000.0, 55.0, Some(2.5)),
        row(Load::KnownPass, 55_000.0, 16.0, Some(2.0)),
    ];
    let mut report = DoorReport::new(&Options::in_folder(PathBuf::from(".")), rows, sizes, 30.0);
    report.machine = Machine {
        processor: "Invented CPU".to_owned(),
        cores: 2,
        memory_bytes: 8 << 30,
        system: "Linux 6".to_owned(),
        file_system: "ext4".to_owned(),
    };
    report
}

#[test]
fn the_report_reads_as_tables() {
    insta::assert_snapshot!(report(vec![size(1_000_000, 41.5, 15.0)]).text());
}

#[test]
fn goals_are_met_missed_or_not_measured() {
    let outcomes = |report: DoorReport| -> Vec<Outcome> {
        report.goals.iter().map(|goal| goal.outcome).collect()
    };
    let short = report(vec![size(1_000_000, 60.0, 15.0)]);
    assert_eq!(
        outcomes(short),
        [
            Met,
            Met,
            NotMet,
            Met,
            Met,
            Met,
            Met,
            NotMeasured,
            NotMeasured
        ]
    );
    let long = report(vec![
        size(1_000_000, 60.0, 15.0),
        size(10_000_000, 60.1, 17.0),
    ]);
    assert_eq!(
        outcomes(long),
        [Met, Met, NotMet, Met, Met, Met, NotMet, NotMet, Met]
    );
}

#[test]
fn the_document_holds_every_figure() {
    let document = serde_json::to_value(report(vec![size(1_000_000, 41.5, 15.0)])).unwrap();
    assert_eq!(document["rows"][2]["load"], "spread");
    assert_eq!(document["rows"][2]["half"]["p99_ms"], 2.0);
    assert_eq!(document["sizes"][0]["bytes_per_visit"], 41.5);
    assert_eq!(document["goals"][2]["outcome"], "not_met");
}
