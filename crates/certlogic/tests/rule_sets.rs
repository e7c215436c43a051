//! The rule sets that ship in `rules/`: their own tests, and the table they come from said a second time in Rust.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use certlogic::suite::run_path;
use certlogic::{HEALTH_COLOURS, Limits, RuleSet};
use jiff::civil::{Date, date};
use jiff::{Span, ToSpan};
use proptest::prelude::*;
use serde_json::{Value, json};

const IDS: [&str; 3] = ["id-2021-08", "id-2021-09", "id-2022-07"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules")
}

fn rule_set(id: &str) -> RuleSet {
    let text = fs::read_to_string(folder().join(format!("{id}.json"))).expect("the file is there");
    let document: Value = serde_json::from_str(&text).expect("the file is JSON");
    RuleSet::parse(&document, &HEALTH_COLOURS).expect("the rule set is valid")
}

#[test]
fn every_rule_set_passes_its_tests() {
    let report = run_path(&folder()).expect("the folder can be read");
    println!("rules: {} cases", report.outcomes.len());
    let failed: Vec<_> = report
        .outcomes
        .iter()
        .filter(|outcome| !outcome.passed)
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
    // Level tables lie in a folder beside; they are no rule sets.
    let of_rules =
        |path: &&std::path::PathBuf| !path.components().any(|part| part.as_os_str() == "levels");
    let ignored: Vec<_> = report.ignored.iter().filter(of_rules).collect();
    assert_eq!((report.skipped, ignored.len()), (0, 0), "{ignored:?}");
}

#[test]
fn every_rule_set_is_called_as_its_file_and_has_tests() {
    for id in IDS {
        assert_eq!(rule_set(id).id(), id);
        let report =
            run_path(&folder().join(format!("tests/{id}.json"))).expect("the tests are there");
        assert!(
            report.outcomes.len() > 40,
            "{id} has {} tests",
            report.outcomes.len()
        );
    }
}

#[test]
fn conditions_read_nothing_but_the_documented_facts() {
    let known = [
        "payload.birth_date",
        "payload.contacts",
        "payload.dose_count",
        "payload.doses.0.number",
        "payload.doses.0.product",
        "payload.exempt",
        "payload.tests",
        "external.today",
    ];
    for id in IDS {
        for (_, _, when) in rule_set(id).entries() {
            let unknown: Vec<_> = when
                .affected_fields()
                .into_iter()
                .filter(|field| !known.contains(&field.as_str()))
                .collect();
            assert!(unknown.is_empty(), "{id} reads {unknown:?}");
        }
    }
}

/// What is known of an invented person; days are counted back from today.
#[derive(Clone, Debug)]
struct Person {
    birth_date: Option<Date>,
    products: Vec<&'static str>,
    /// Days ago, whether by PCR, whether positive; oldest first.
    tests: Vec<(i32, bool, bool)>,
    contacts: Vec<i32>,
    exempt: bool,
}

const TODAY: Date = date(2022, 7, 20);

fn ago(days: i32) -> Date {
    TODAY - days.days()
}

impl Person {
    fn facts(&self) -> Value {
        let doses = self.products.iter().zip(1..);
        let doses: Vec<_> =
            doses.map(|(product, number)| json!({"date": ago(300 - number), "product": product, "number": number})).collect();
        let tests: Vec<_> = self
            .tests
            .iter()
            .map(|(days, by_pcr, positive)| {
                let (kind, result) = (
                    if *by_pcr { "pcr" } else { "antigen" },
                    if *positive { "positive" } else { "negative" },
                );
                json!({"kind": kind, "result": result, "date": ago(*days)})
            })
            .collect();
        let contacts: Vec<_> = self
            .contacts
            .iter()
            .map(|days| json!({"date": ago(*days)}))
            .collect();
        json!({
            "payload": {
                "birth_date": self.birth_date, "doses": doses, "dose_count": doses.len(),
                "last_dose_product": self.products.last(), "tests": tests, "contacts": contacts, "exempt": self.exempt,
            },
            "external": {"today": TODAY, "now": format!("{TODAY}T09:15:00+07:00")},
        })
    }

    /// Whether a positive test or close contact is in force.
    fn is_caution(&self) -> bool {
        let latest = self.tests.iter().rposition(|(_, _, positive)| *positive);
        let positive = latest.is_some_and(|latest| {
            let (day, ..) = self.tests[latest];
            let ended = self.tests[latest..]
                .iter()
                .any(|(days, by_pcr, positive)| *by_pcr && !positive && day - days >= 5);
            day < 10 && !ended
        });
        positive || self.contacts.iter().any(|days| *days < 14)
    }

    fn is_at_least(&self, years: i64) -> bool {
        // The calendar of `jiff` has birthdays of 29 February on the 28th; the rules have them on 1 March.
        let birthday = |birth: Date| {
            let day = birth + Span::new().years(years);
            if day.day() == birth.day() {
                day
            } else {
                day + 1.day()
            }
        };
        self.birth_date
            .is_some_and(|birth| birthday(birth) <= TODAY)
    }

    fn colour(&self, id: &str) -> &'static str {
        let janssen = self.products.first() == Some(&"Janssen");
        let doses = self.products.len();
        let series = doses + usize::from(janssen);
        let adult = self.is_at_least(18);
        match id {
            _ if self.is_caution() => {
                if id == "id-2021-08" {
                    "red"
                } else {
                    "black"
                }
            }
            "id-2021-08" => {
                if doses > 0 || self.exempt {
                    "green"
                } else {
                    "yellow"
                }
            }
            "id-2021-09" if series >= 2 || self.exempt => "green",
            "id-2021-09" => {
                if doses == 1 {
                    "yellow"
                } else {
                    "red"
                }
            }
            _ if self.exempt => "green",
            _ if !self.is_at_least(6) => "none",
            _ => match (adult, series) {
                (true, 3..) | (false, 2..) => "green",
                (true, 2) | (false, 1) => "yellow",
                _ => "red",
            },
        }
    }
}

fn person() -> impl Strategy<Value = Person> {
    let birth_date = prop_oneof![
        1 => Just(None),
        1 => Just(Some(date(2004, 2, 29))),
        4 => (0_i32..30 * 365).prop_map(|days| Some(ago(days))),
        4 => (prop::sample::select(&[6_i32, 12, 18][..]), -2_i32..3).prop_map(|(years, days)| {
            Some(TODAY - years.years() + days.days())
        }),
    ];
    let products = prop::collection::vec(
        prop::sample::select(&["CoronaVac", "Janssen", "Moderna"][..]),
        0..5,
    );
    let tests = prop::collection::vec((0_i32..16, any::<bool>(), any::<bool>()), 0..4).prop_map(
        |mut tests| {
            // Oldest first; two tests of one day stand in any order.
            tests.sort_by_key(|(days, ..)| -days);
            tests
        },
    );
    let contacts = prop::collection::vec(0_i32..20, 0..2).prop_map(|mut contacts| {
        contacts.sort_by_key(|days| -days);
        contacts
    });
    let exempt = prop::bool::weighted(0.1);
    (birth_date, products, tests, contacts, exempt).prop_map(
        |(birth_date, products, tests, contacts, exempt)| Person {
            birth_date,
            products,
            tests,
            contacts,
            exempt,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn everybody_gets_the_colour_of_the_table(person in person()) {
        static RULES: LazyLock<[RuleSet; 3]> = LazyLock::new(|| IDS.map(rule_set));
        for (id, rules) in IDS.into_iter().zip(RULES.iter()) {
            let status = rules.status(&person.facts(), Limits::default());
            prop_assert_eq!(status.colour, person.colour(id), "{} for {}", id, status.reason);
            prop_assert_eq!(status.error, None);
        }
    }
}
