//! `gapura completions` and `gapura man`: what shells and manuals want to know of the commands.

use clap::CommandFactory;
use clap_complete::Shell;
use serde_json::json;

use crate::args::Args;
use crate::report::{Outcome, Report, Stop};

pub(crate) fn completions(shell: Shell) -> Outcome {
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "gapura", &mut bytes);
    told(bytes)
}

/// The manual of `gapura`, or of one of its commands.
pub(crate) fn man(path: &[String]) -> Outcome {
    let mut command = Args::command();
    command.build();
    for name in path {
        let found = command.find_subcommand(name).cloned();
        command = found.ok_or_else(|| {
            Stop::usage(
                format!("there is no command `{name}`"),
                "`gapura --help` lists them.",
            )
        })?;
    }
    let mut bytes = Vec::new();
    clap_mangen::Man::new(command)
        .render(&mut bytes)
        .map_err(|error| Stop::broken(error, ""))?;
    told(bytes)
}

fn told(bytes: Vec<u8>) -> Outcome {
    let text = String::from_utf8(bytes).map_err(|error| Stop::broken(error, ""))?;
    let json = json!({"text": text});
    Ok(Report::done(text.trim_end().to_owned(), json))
}
