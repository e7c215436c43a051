//! One row of the table: the greatest rate and what it costs, then half of that rate.

use super::ground::Ground;
use super::report::{Latency, Load, Row};
use super::server::Server;
use super::traffic::{CheckIns, Scene};
use super::{BenchError, Options, Result, Stage};
use crate::dice::Dice;
use crate::load::{Driver, Pace, Report, Traffic, Until};
use std::time::Duration;

/// No row needs longer, however slow the machine.
const LONGEST: Duration = Duration::from_mins(5);
const WARM: Duration = Duration::from_millis(500);

/// How long the loads of a row last.
#[derive(Clone, Copy, Debug)]
pub(super) enum Run {
    /// Full and half load, each as long as was asked.
    Timed,
    /// So many requests at full load, and none at half.
    Once(u64),
    /// At most so many requests at full load, and as many at half.
    Halves(u64),
}

/// A server with what it takes to measure it.
pub(super) struct Measure<'a> {
    server: &'a Server,
    options: &'a Options,
    stage: &'a dyn Stage,
    dice: Dice,
}

impl<'a> Measure<'a> {
    pub(super) fn new(server: &'a Server, options: &'a Options, stage: &'a dyn Stage) -> Self {
        Self {
            server,
            options,
            stage,
            // Request ids must not be those of the run before on the same store.
            dice: Dice::new(options.seed ^ stage.unix_ms()),
        }
    }

    /// Check-ins from the one with this number on.
    pub(super) fn check_ins<'g>(
        &mut self,
        ground: &'g Ground,
        scene: Scene,
        first: u64,
    ) -> CheckIns<'g> {
        let chance = (self.dice.next_u64(), self.stage.unix_ms());
        CheckIns::new(ground, scene, self.server.port, first, chance)
    }

    /// Lets the server find its stride; nothing of it is counted.
    pub(super) fn warm(&mut self, traffic: &mut dyn Traffic) -> Result<()> {
        self.load("warming up", traffic, Pace::Closed, WARM, u64::MAX)?;
        Ok(())
    }

    /// So many requests that are not counted.
    pub(super) fn round(&mut self, traffic: &mut dyn Traffic, requests: u64) -> Result<()> {
        if requests == 0 {
            return Ok(());
        }
        self.load("a round before", traffic, Pace::Closed, LONGEST, requests)?;
        Ok(())
    }

    pub(super) fn row(&mut self, load: Load, traffic: &mut dyn Traffic, run: Run) -> Result<Row> {
        let what = load.words();
        let seconds = Duration::from_secs(self.options.seconds.into());
        let (lasted, requests) = match run {
            Run::Timed => (seconds, u64::MAX),
            Run::Once(requests) => (LONGEST, requests),
            Run::Halves(requests) => (seconds, requests),
        };
        let before = self.server.usage()?.cpu;
        let full = self.load(what, traffic, Pace::Closed, lasted, requests)?;
        let cpu = self.server.usage()?.cpu.saturating_sub(before);
        let half_per_second = full.per_second() / 2.0;
        let half = match run {
            Run::Once(_) => None,
            Run::Timed | Run::Halves(_) => {
                let pace = Pace::Open {
                    per_second: half_per_second,
                    dice: Dice::new(self.dice.next_u64()),
                };
                Some(self.load(what, traffic, pace, seconds, requests)?)
            }
        };
        Ok(Row {
            load,
            per_second: full.per_second(),
            cpu_us: cpu.as_secs_f64() * 1e6 / precise(full.answered),
            full: Latency::of(&full),
            half: half.as_ref().map(Latency::of),
            requests: full.answered + half.map_or(0, |half| half.answered),
        })
    }

    fn load(
        &mut self,
        what: &'static str,
        traffic: &mut dyn Traffic,
        pace: Pace,
        lasted: Duration,
        requests: u64,
    ) -> Result<Report> {
        let mut driver = Driver::connect(self.server.port, self.options.connections)?;
        let until = Until { lasted, requests };
        let stopwatch = || self.stage.elapsed();
        let report = driver.run(traffic, pace, until, &stopwatch)?;
        if report.wrong > 0 || report.lost > 0 || report.answered == 0 {
            let nothing = || self.server.failure("answered nothing wrong").to_string();
            return Err(BenchError::Wrong {
                what,
                answered: report.answered,
                wrong: report.wrong,
                lost: report.lost,
                first: report.first_wrong.unwrap_or_else(nothing),
            });
        }
        Ok(report)
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a row has far fewer than 2⁵² requests"
)]
fn precise(count: u64) -> f64 {
    count.max(1) as f64
}
