//! Reads from what test runners print how many tests passed and failed.

/// Who prints, and so how it is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Runner {
    /// Says nothing that could be counted: it counts as one.
    Check,
    /// `cargo test`: one summary for each test binary.
    Cargo,
    /// `node --test`, as TAP or as its own report.
    Node,
}

/// Tests by how they ended.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(super) struct Counts {
    pub(super) passed: u64,
    pub(super) failed: u64,
    pub(super) skipped: u64,
}

impl Counts {
    pub(super) fn one_passed() -> Self {
        Self {
            passed: 1,
            ..Self::default()
        }
    }

    pub(super) fn one_failed() -> Self {
        Self {
            failed: 1,
            ..Self::default()
        }
    }

    /// Adds what a line says, if it is a summary.
    pub(super) fn read(&mut self, runner: Runner, line: &str) {
        match runner {
            Runner::Check => {}
            Runner::Cargo => self.read_cargo(line),
            Runner::Node => self.read_node(line),
        }
    }

    /// The counts of a runner that has ended. One that failed without a failed test (it did not
    /// compile, or it crashed) counts as one failure.
    pub(super) fn closed(self, runner: Runner, success: bool) -> Self {
        match (success, self.failed) {
            (true, _) if runner == Runner::Check => Self::one_passed(),
            (false, 0) => Self { failed: 1, ..self },
            _ => self,
        }
    }

    /// `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s`
    fn read_cargo(&mut self, line: &str) {
        let Some((_, counts)) = line
            .strip_prefix("test result: ")
            .and_then(|rest| rest.split_once(". "))
        else {
            return;
        };
        for part in counts.split("; ") {
            match part
                .split_once(' ')
                .map(|(number, word)| (number.parse().unwrap_or(0), word))
            {
                Some((number, "passed")) => self.passed += number,
                Some((number, "failed")) => self.failed += number,
                Some((number, "ignored")) => self.skipped += number,
                _ => {}
            }
        }
    }

    /// `# pass 3` or `ℹ pass 3`, and the like, each on a line of its own.
    fn read_node(&mut self, line: &str) {
        let Some(rest) = line.strip_prefix("# ").or_else(|| line.strip_prefix("ℹ ")) else {
            return;
        };
        let Some((word, Ok(number))) = rest
            .split_once(' ')
            .map(|(word, number)| (word, number.parse::<u64>()))
        else {
            return;
        };
        match word {
            "pass" => self.passed += number,
            "fail" | "cancelled" => self.failed += number,
            "skipped" | "todo" => self.skipped += number,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(runner: Runner, output: &str) -> Counts {
        let mut counts = Counts::default();
        output.lines().for_each(|line| counts.read(runner, line));
        counts
    }

    #[test]
    fn the_summaries_of_all_test_binaries_are_added_up() {
        let output = "running 4 tests\ntest a ... ok\n\
            test result: FAILED. 2 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\
            test result: ok. 5 passed; 0 failed; 0 ignored; 0 measured; 2 filtered out; finished in 0.00s\n";
        assert_eq!(
            read(Runner::Cargo, output),
            Counts {
                passed: 7,
                failed: 1,
                skipped: 1
            }
        );
    }

    #[test]
    fn both_reports_of_node_are_understood() {
        let tap = "ok 1 - a\n# tests 4\n# pass 2\n# fail 1\n# cancelled 1\n# skipped 1\n# todo 0\n";
        let spec = tap.replace("# ", "ℹ ");
        for output in [tap, &spec] {
            assert_eq!(
                read(Runner::Node, output),
                Counts {
                    passed: 2,
                    failed: 2,
                    skipped: 1
                }
            );
        }
    }

    #[test]
    fn what_a_test_prints_is_not_taken_for_a_summary() {
        assert_eq!(
            read(Runner::Node, "# password 3\n# pass the salt\n"),
            Counts::default()
        );
        assert_eq!(
            read(Runner::Cargo, "3 passed; 0 failed\n"),
            Counts::default()
        );
    }

    #[test]
    fn a_runner_that_ends_badly_never_counts_as_passed() {
        let three = Counts {
            passed: 3,
            ..Counts::default()
        };
        assert_eq!(
            three.closed(Runner::Cargo, false),
            Counts { failed: 1, ..three }
        );
        assert_eq!(
            Counts::default().closed(Runner::Check, false),
            Counts::one_failed()
        );
    }

    #[test]
    fn a_check_counts_as_one_and_a_runner_as_what_it_ran() {
        assert_eq!(
            Counts::default().closed(Runner::Check, true),
            Counts::one_passed()
        );
        assert_eq!(
            Counts::default().closed(Runner::Node, true),
            Counts::default()
        );
    }
}
