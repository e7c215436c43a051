//! What each step came to, and the lines at the end that say so.

use std::time::Duration;

use super::counts::Counts;
use crate::repo;
use crate::stop::Outcome;

#[derive(Default)]
pub(super) struct Report(Vec<Row>);

struct Row {
    name: &'static str,
    ending: String,
    counts: Counts,
    took: Duration,
}

impl Report {
    /// Runs a step and notes what came of it; true if nothing failed.
    pub(super) fn step(
        &mut self,
        name: &'static str,
        step: impl FnOnce() -> Outcome<Counts>,
    ) -> bool {
        println!("\n── {name} ──");
        let started = repo::now();
        let counts = step().unwrap_or_else(|stop| {
            stop.tell();
            Counts::one_failed()
        });
        let ending = if counts.failed == 0 { "ok" } else { "failed" };
        self.0.push(Row {
            name,
            ending: ending.into(),
            counts,
            took: started.elapsed(),
        });
        counts.failed == 0
    }

    /// Notes a step that could not run because something before it failed.
    pub(super) fn left_out(&mut self, name: &'static str, why: &str) {
        let ending = format!("failed: {why}");
        self.0.push(Row {
            name,
            ending,
            counts: Counts::one_failed(),
            took: Duration::ZERO,
        });
    }

    /// Notes a step whose program not everybody has.
    pub(super) fn not_installed(&mut self, name: &'static str) {
        let ending = "not installed, left out".into();
        self.0.push(Row {
            name,
            ending,
            counts: Counts::default(),
            took: Duration::ZERO,
        });
    }

    pub(super) fn failed(&self) -> bool {
        self.0.iter().any(|row| row.counts.failed > 0)
    }

    pub(super) fn table(&self) -> String {
        let head = format!(
            "{:<12}{:>8}{:>8}{:>9}{:>9}",
            "step", "passed", "failed", "skipped", "time"
        );
        let row = |Row {
                       name,
                       ending,
                       counts,
                       took,
                   }: &Row| {
            let Counts {
                passed,
                failed,
                skipped,
            } = counts;
            let time = clock(*took);
            format!("{name:<12}{passed:>8}{failed:>8}{skipped:>9}{time:>9}  {ending}")
        };
        let rows: Vec<String> = self.0.iter().map(row).collect();
        format!("\n{head}\n{}\n", rows.join("\n"))
    }

    /// The last line of `cargo xtask test`; programs read it.
    pub(super) fn closing_line(&self) -> String {
        let passed: u64 = self.0.iter().map(|row| row.counts.passed).sum();
        let failed: u64 = self.0.iter().map(|row| row.counts.failed).sum();
        format!("{passed} passed, {failed} failed")
    }
}

/// Minutes and seconds.
fn clock(took: Duration) -> String {
    format!("{}:{:02}", took.as_secs() / 60, took.as_secs() % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stop::Stop;

    #[test]
    fn a_failed_step_hides_neither_the_others_nor_itself() {
        let mut report = Report::default();
        assert!(report.step("one", || Ok(Counts {
            passed: 4,
            failed: 0,
            skipped: 2
        })));
        assert!(!report.step("two", || Err(Stop::finding("because"))));
        report.left_out("three", "two failed");
        report.not_installed("four");
        assert_eq!(report.closing_line(), "4 passed, 2 failed");
        assert!(report.failed() && report.table().contains("failed: two failed"));
    }

    #[test]
    fn times_are_minutes_and_seconds() {
        assert_eq!(clock(Duration::from_secs(61)), "1:01");
    }
}
