//! What the door was built to reach, beside what was measured.

use super::report::{Load, Row, Size};
use serde::Serialize;

/// One goal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Goal {
    /// What is measured.
    pub what: &'static str,
    /// The bound.
    pub bound: f64,
    /// Whether the bound is the least that is wanted, rather than the most.
    pub is_least: bool,
    /// The figure; `None` where this run did not measure it.
    pub measured: Option<f64>,
    /// Whether the figure keeps the bound.
    pub outcome: Outcome,
}

/// Whether a goal is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is.
    Met,
    /// It is not.
    NotMet,
    /// This run did not measure it.
    NotMeasured,
}

impl Outcome {
    /// As people read it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::NotMet => "not met",
            Self::NotMeasured => "not measured",
        }
    }
}

impl Goal {
    fn at_most(what: &'static str, bound: f64, measured: Option<f64>) -> Self {
        Self::new(what, bound, false, measured)
    }

    fn at_least(what: &'static str, bound: f64, measured: Option<f64>) -> Self {
        Self::new(what, bound, true, measured)
    }

    fn new(what: &'static str, bound: f64, is_least: bool, measured: Option<f64>) -> Self {
        let outcome = match measured {
            None => Outcome::NotMeasured,
            Some(least) if is_least && least >= bound => Outcome::Met,
            Some(most) if !is_least && most <= bound => Outcome::Met,
            Some(_) => Outcome::NotMet,
        };
        Self {
            what,
            bound,
            is_least,
            measured,
            outcome,
        }
    }

    /// The bound as people read it.
    pub fn wanted(&self) -> String {
        let sign = if self.is_least { '≥' } else { '≤' };
        format!("{sign} {}", self.bound)
    }
}

/// The visits at which growth and start-up are judged.
const MANY_VISITS: u64 = 10_000_000;

/// How much dearer a check-in may be among ten times the visits and still count as flat; two runs of
/// the same load differ by about half of this.
const FLAT: f64 = 1.1;

/// What a pass seen for the first time may cost beside one known before, in signature checks. The
/// rest pays for remembering it.
const SIGNATURE_CHECKS: f64 = 1.5;

pub(super) fn judge(rows: &[Row], sizes: &[Size], signature_us: f64) -> Vec<Goal> {
    let row = |load: Load| rows.iter().find(|row| row.load == load);
    let cpu = |load| row(load).map(|row| row.cpu_us);
    let rate = |load| row(load).map(|row| row.per_second);
    let ratio = |a: Option<f64>, b: Option<f64>| Some(a? / b?);
    let p99 = row(Load::Spread).and_then(|row| Some(row.half?.p99_ms));
    let new_pass = || Some((cpu(Load::NewPass)? - cpu(Load::KnownPass)?) / signature_us);
    let first = sizes.first();
    let many = sizes.iter().find(|size| size.visits >= MANY_VISITS);
    let many = many.filter(|many| first.is_some_and(|first| first.visits < many.visits));
    let dearer = || Some(many?.spread_cpu_us / first?.spread_cpu_us);
    vec![
        Goal::at_most(
            "CPU of a check-in, of the no-op handler's",
            2.0,
            ratio(cpu(Load::Spread), cpu(Load::NoOp)),
        ),
        Goal::at_least(
            "check-ins a second, of the no-op handler's rate",
            0.5,
            ratio(rate(Load::Spread), rate(Load::NoOp)),
        ),
        Goal::at_least(
            "rate at one venue, of the rate spread over venues",
            0.9,
            ratio(rate(Load::OneVenue), rate(Load::Spread)),
        ),
        Goal::at_most("p99 of check-ins at half load, ms", 10.0, p99),
        Goal::at_most(
            "CPU of a known pass at a device, of a signed-in visitor's",
            FLAT,
            ratio(cpu(Load::KnownPass), cpu(Load::Spread)),
        ),
        Goal::at_most(
            "CPU of a new pass above a known one, in signature checks",
            SIGNATURE_CHECKS,
            new_pass(),
        ),
        Goal::at_most(
            "bytes a visit of a closed day",
            60.0,
            sizes.last().map(|size| size.bytes_per_visit),
        ),
        Goal::at_most(
            "CPU of a check-in at ten million visits, of that at one million",
            FLAT,
            dearer(),
        ),
        Goal::at_most(
            "start after SIGKILL with ten million visits, s",
            10.0,
            many.map(|many| many.ready_after_s),
        ),
    ]
}
