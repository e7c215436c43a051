//! Builds the product and becomes it: from then on signals, input and exit code are its own.

use std::path::PathBuf;
use std::process::Command;

use crate::args::Args;
use crate::stop::{Outcome, Stop};
use crate::{repo, ui};

const BENCHES: [&str; 3] = ["door", "booth", "rules"];

/// How the binary is compiled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Compiled soonest: for whoever waits in front of a first demo.
    Dev,
    /// Runs fastest: for measuring, packing, and demos with many people.
    Release,
}

/// `cargo xtask demo`.
pub(crate) fn demo(mut args: Args) -> Outcome {
    let profile = if args.flag("--release") {
        Profile::Release
    } else {
        Profile::Dev
    };
    let binary = build(profile)?;
    become_it(Command::new(binary).arg("demo").args(args.pass_on()))
}

/// `cargo xtask bench`.
pub(crate) fn bench(mut args: Args) -> Outcome {
    let Some(which) = args.word().filter(|word| BENCHES.contains(&word.as_str())) else {
        return Err(Stop::usage(format!(
            "Say what to measure: {}.",
            BENCHES.join(", ")
        )));
    };
    let binary = build(Profile::Release)?;
    become_it(
        Command::new(binary)
            .arg("bench")
            .arg(which)
            .args(args.pass_on()),
    )
}

/// Builds pages and binary; gives the binary's path.
pub(crate) fn build(profile: Profile) -> Outcome<PathBuf> {
    ui::build()?;
    let mut command = repo::cargo(["build", "--package", "gapura-cli", "--bin", "gapura"]);
    if profile == Profile::Release {
        command.arg("--release");
    }
    repo::must(&mut command)?;
    Ok(binary(profile))
}

/// Where cargo puts the binary.
pub(crate) fn binary(profile: Profile) -> PathBuf {
    let folder = if profile == Profile::Release {
        "release"
    } else {
        "debug"
    };
    repo::target().join(folder).join("gapura")
}

fn become_it(command: &mut Command) -> Outcome {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    Err(Stop::broken(format!("{}: {error}", repo::said(command))))
}
