//! `cargo xtask test`: everything that must hold, in the order in which it is soonest known.
//!
//! A step that fails hides none of the others; what depends on a failed build counts as failed.

mod counts;
mod debian;
mod report;

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::args::Args;
use crate::demo_server::DemoServer;
use crate::gapura::{self, Profile};
use crate::processes::Group;
use crate::stop::{During, Outcome, Stop};
use crate::{repo, tidy, ui};
use counts::{Counts, Runner};
use report::Report;

/// What `--without` may name.
const OPTIONAL: [&str; 2] = ["browser", "postgres"];

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Part {
    Tidy,
    Rust,
    Ui,
    Browser,
}

/// What was asked for on the command line.
#[derive(Debug)]
struct Plan {
    only: Option<Part>,
    without: Vec<String>,
    long: bool,
    /// Nobody watches: no colour, no progress, no changes to Cargo.lock.
    ci: bool,
}

pub(crate) fn run(args: Args) -> Outcome {
    let ci = std::env::var("CI").is_ok_and(|value| value == "true" || value == "1");
    let plan = Plan::read(args, ci)?;
    if plan.wants(Part::Browser) {
        debian::provide_browser()?;
    }
    let mut report = Report::default();
    let pages = plan.only == Some(Part::Tidy)
        || report.step("ui build", || ui::build().map(|_| Counts::one_passed()));
    if plan.wants(Part::Tidy) {
        report.step("tidy", || {
            tidy::check()?;
            Ok(Counts::one_passed())
        });
    }
    for step in steps().into_iter().filter(|step| plan.wants(step.part)) {
        if !pages && step.needs_pages {
            report.left_out(step.name, "ui build failed");
        } else if step
            .optional_tool
            .is_some_and(|tool| !repo::installed(tool))
        {
            report.not_installed(step.name);
        } else {
            report.step(step.name, || {
                follow(&plan, (step.command)(&plan), step.runner)
            });
        }
    }
    if plan.wants(Part::Browser) {
        walk(&plan, &mut report, pages);
    }
    println!("{}", report.table());
    println!("{}", report.closing_line());
    if report.failed() {
        Err(Stop::finding(""))
    } else {
        Ok(())
    }
}

impl Plan {
    fn read(mut args: Args, ci: bool) -> Outcome<Self> {
        let only = match args.value("--only")?.as_deref() {
            None => None,
            Some("rust") => Some(Part::Rust),
            Some("ui") => Some(Part::Ui),
            Some("browser") => Some(Part::Browser),
            Some("tidy") => Some(Part::Tidy),
            Some(other) => {
                return Err(Stop::usage(format!(
                    "--only takes rust, ui, browser or tidy; {other} is none of them."
                )));
            }
        };
        let without = args.value("--without")?.unwrap_or_default();
        let without: Vec<String> = without
            .split(',')
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect();
        if let Some(other) = without
            .iter()
            .find(|name| !OPTIONAL.contains(&name.as_str()))
        {
            return Err(Stop::usage(format!(
                "--without takes {}; {other} is none of them.",
                OPTIONAL.join(", ")
            )));
        }
        let long = args.flag("--long");
        args.done()?;
        Ok(Self {
            only,
            without,
            long,
            ci,
        })
    }

    fn wants(&self, part: Part) -> bool {
        let left_out = part == Part::Browser && self.without.iter().any(|name| name == "browser");
        !left_out && self.only.is_none_or(|only| only == part)
    }

    fn environment(&self, command: &mut Command) {
        if self.long {
            command.env("GAPURA_LONG", "1");
        }
        if !self.without.is_empty() {
            command.env("GAPURA_WITHOUT", self.without.join(","));
        }
        if self.ci {
            command
                .env("CARGO_TERM_COLOR", "never")
                .env("CARGO_TERM_PROGRESS_WHEN", "never")
                .env("NO_COLOR", "1");
        }
    }

    fn cargo(&self, words: &[&str]) -> Command {
        let mut command = repo::cargo(words);
        if self.ci {
            command.arg("--locked");
        }
        command
    }
}

struct Step {
    name: &'static str,
    part: Part,
    /// Compiles or checks what is in `ui/dist` or `ui/node_modules`.
    needs_pages: bool,
    /// Runs only where this program happens to be installed.
    optional_tool: Option<&'static str>,
    runner: Runner,
    command: fn(&Plan) -> Command,
}

/// Lints are denied by an argument to clippy rather than by RUSTFLAGS, which would compile every
/// dependency a second time.
fn steps() -> [Step; 7] {
    let rust = |name, runner, command| Step {
        name,
        part: Part::Rust,
        needs_pages: true,
        optional_tool: None,
        runner,
        command,
    };
    let ui = |name, runner, command| Step {
        part: Part::Ui,
        ..rust(name, runner, command)
    };
    [
        Step {
            needs_pages: false,
            ..rust("format", Runner::Check, |_| {
                repo::cargo(["fmt", "--all", "--check"])
            })
        },
        Step {
            needs_pages: false,
            optional_tool: Some("cargo-deny"),
            ..rust("deny", Runner::Check, |_| repo::cargo(["deny", "check"]))
        },
        rust("clippy", Runner::Check, |plan| {
            // `all` is denied in the manifest; `pedantic` warns there, and a warning is no failure.
            plan.cargo(&["clippy", "--workspace", "--all-targets"])
        }),
        rust("doc", Runner::Check, |plan| {
            let mut command = plan.cargo(&["doc", "--workspace", "--no-deps"]);
            command.env("RUSTDOCFLAGS", "-D warnings");
            command
        }),
        rust("test", Runner::Cargo, |plan| {
            plan.cargo(&["test", "--workspace", "--no-fail-fast"])
        }),
        ui("ui check", Runner::Check, |_| {
            ui::npm(&["run", "--silent", "check"])
        }),
        ui("ui test", Runner::Node, |_| ui::npm(&["test", "--silent"])),
    ]
}

/// Lets browsers walk through a demo of its own.
fn walk(plan: &Plan, report: &mut Report, pages: bool) {
    if !pages {
        return report.left_out("walks", "ui build failed");
    }
    let built = report.step("demo build", || {
        gapura::build(Profile::Dev).map(|_| Counts::one_passed())
    });
    if !built {
        return report.left_out("walks", "demo build failed");
    }
    report.step("walks", || {
        let walks = walks();
        if walks.is_empty() {
            return Err(Stop::finding("There is no walk in ui/tests/walks."));
        }
        let server = DemoServer::start(&gapura::binary(Profile::Dev))?;
        let mut command = Command::new("node");
        command
            .current_dir(ui::folder())
            // One after another: they share one demo with its limits.
            .args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
            .args(walks)
            .env("GAPURA_CREDENTIALS", server.credentials())
            // Where a walk that stumbles leaves a picture of what it saw.
            .env("GAPURA_WALK_PICTURES", repo::target().join("walks"));
        if let Some(browser) = debian::browser() {
            command.env("GAPURA_CHROMIUM", browser);
        }
        follow(plan, command, Runner::Node)
    });
}

fn walks() -> Vec<PathBuf> {
    let mut files = repo::files(&ui::folder().join("tests/walks"), &|_| false);
    files.retain(|file| {
        file.file_name()
            .and_then(OsStr::to_str)
            .is_some_and(|name| name.ends_with(".walk.mjs"))
    });
    files
}

/// Runs a command to its end, with its output passing through, and counts what it says.
fn follow(plan: &Plan, mut command: Command, runner: Runner) -> Outcome<Counts> {
    plan.environment(&mut command);
    command.stdout(Stdio::piped());
    let group = Group::start(&mut command).during(|| repo::said(&command))?;
    let mut counts = Counts::default();
    let (status, left) = group
        .follow(|line| counts.read(runner, line))
        .during(|| format!("waiting for {}", repo::said(&command)))?;
    if left > 0 {
        println!("{left} processes were still running and have been ended.");
    }
    Ok(counts.closed(runner, status.success()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(words: &[&str]) -> Outcome<Plan> {
        Plan::read(Args::of(words), false)
    }

    #[test]
    fn without_a_word_everything_is_wanted() {
        let plan = plan(&[]).unwrap();
        for part in [Part::Tidy, Part::Rust, Part::Ui, Part::Browser] {
            assert!(plan.wants(part));
        }
    }

    #[test]
    fn the_browser_can_be_left_out() {
        let plan = plan(&["--without", "browser,postgres", "--long"]).unwrap();
        assert!(plan.long && plan.wants(Part::Rust) && !plan.wants(Part::Browser));
    }

    #[test]
    fn only_one_part_can_be_asked_for() {
        let plan = plan(&["--only=ui"]).unwrap();
        assert!(plan.wants(Part::Ui) && !plan.wants(Part::Rust) && !plan.wants(Part::Tidy));
    }

    #[test]
    fn words_that_mean_nothing_are_refused_by_name() {
        for words in [
            &["--only", "tests"][..],
            &["--without", "tests"],
            &["tests"],
        ] {
            assert!(plan(words).unwrap_err().words().contains("tests"));
        }
    }
}
