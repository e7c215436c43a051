//! Throws hostile bytes at every parser of what comes from outside, with cargo-fuzz.

use std::process::Command;

use crate::args::Args;
use crate::repo;
use crate::stop::{Outcome, Stop};

const SECONDS: u32 = 60;

pub(crate) fn run(mut args: Args) -> Outcome {
    let seconds = match args.value("--seconds")? {
        None => SECONDS,
        Some(text) => text
            .parse()
            .map_err(|_| Stop::usage(format!("--seconds takes a whole number; {text} is none.")))?,
    };
    let wanted = args.word();
    args.done()?;
    let targets = targets();
    let chosen: Vec<&String> = targets
        .iter()
        .filter(|name| wanted.as_ref().is_none_or(|wanted| wanted == *name))
        .collect();
    if targets.is_empty() {
        return Err(Stop::broken("There is no target in fuzz/fuzz_targets."));
    }
    if chosen.is_empty() {
        return Err(Stop::usage(format!(
            "The targets are: {}.",
            targets.join(", ")
        )));
    }
    tools_are_there()?;
    for target in chosen {
        // By way of rustup: `cargo +nightly` is not understood inside a `cargo xtask`.
        let mut command = Command::new("rustup");
        command
            .current_dir(repo::root())
            .args(["run", "nightly", "cargo", "fuzz", "run", target, "--"])
            .arg(format!("-max_total_time={seconds}"));
        repo::must(&mut command)?;
    }
    Ok(())
}

fn targets() -> Vec<String> {
    repo::files(&repo::root().join("fuzz/fuzz_targets"), &|_| false)
        .iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect()
}

fn tools_are_there() -> Outcome {
    let answers = |program: &str, args: &[&str]| {
        Command::new(program)
            .args(args)
            .output()
            .is_ok_and(|output| output.status.success())
    };
    let mut lines = Vec::new();
    if !answers("rustup", &["run", "nightly", "rustc", "--version"]) {
        lines.push("rustup toolchain install nightly --profile minimal");
    }
    if !repo::installed("cargo-fuzz") {
        lines.push("cargo install cargo-fuzz");
    }
    if lines.is_empty() {
        return Ok(());
    }
    Err(Stop::usage(format!(
        "Fuzzing needs, once:\n    {}",
        lines.join("\n    ")
    )))
}
