//! What a status costs: `cargo bench -p certlogic`.

use std::fs;
use std::hint::black_box;
use std::path::Path;

use certlogic::{HEALTH_COLOURS, Limits, RuleSet};
use divan::Bencher;
use serde_json::{Value, json};

fn main() {
    divan::main();
}

fn rules(id: &str) -> RuleSet {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../rules/{id}.json"));
    let text = fs::read_to_string(file).expect("the file is there");
    let document: Value = serde_json::from_str(&text).expect("the file is JSON");
    RuleSet::parse(&document, &HEALTH_COLOURS).expect("the rule set is valid")
}

/// Somebody who was ill and in contact long ago, with this many doses.
fn facts(doses: usize) -> Value {
    let listed: Vec<_> = (1..=doses)
        .map(|number| json!({"date": "2021-03-01", "product": "CoronaVac", "number": number}))
        .collect();
    json!({
        "payload": {
            "birth_date": "1990-05-17", "doses": listed, "dose_count": doses, "last_dose_product": "CoronaVac",
            "tests": [
                {"kind": "antigen", "result": "positive", "date": "2022-02-10"},
                {"kind": "pcr", "result": "negative", "date": "2022-02-16"},
            ],
            "contacts": [{"date": "2022-02-01"}], "exempt": false,
        },
        "external": {"today": "2022-07-20", "now": "2022-07-20T09:15:00+07:00"},
    })
}

#[divan::bench(args = ["id-2021-08", "id-2021-09", "id-2022-07"], sample_size = 64)]
fn green(bencher: Bencher, id: &str) {
    let (rules, facts) = (rules(id), facts(3));
    bencher.bench_local(|| {
        rules
            .status(black_box(&facts), Limits::default())
            .colour
            .len()
    });
}

/// An adult without a dose: every condition of July 2022 is tried, and the last one holds.
#[divan::bench(args = ["id-2021-08", "id-2021-09", "id-2022-07"], sample_size = 64)]
fn dose_missing(bencher: Bencher, id: &str) {
    let (rules, facts) = (rules(id), facts(0));
    bencher.bench_local(|| {
        rules
            .status(black_box(&facts), Limits::default())
            .colour
            .len()
    });
}
