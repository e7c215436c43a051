//! One command for whatever a person would otherwise have to remember: build the pages, try the
//! product, check everything, measure it, pack it.
//!
//! `cargo xtask help` lists the commands. Each exits 0 when done, 1 with a finding, 2 when it was
//! used wrongly or something has to be installed first, 3 when something is broken.

mod args;
mod demo_server;
mod dist;
mod fuzz;
mod gapura;
mod processes;
mod repo;
mod shots;
mod stop;
mod suite;
mod tidy;
mod ui;

use std::process::ExitCode;

use args::Args;
use stop::{Outcome, Stop};

/// One command: its name, what follows it, what it is for, and what it does.
struct Command {
    name: &'static str,
    takes: &'static str,
    purpose: &'static str,
    run: fn(Args) -> Outcome,
}

const COMMANDS: [Command; 9] = [
    Command {
        name: "demo",
        takes: "[--release] [--] [ARGS of gapura demo]",
        purpose: "builds what is missing and starts Gapura with demo data",
        run: gapura::demo,
    },
    Command {
        name: "test",
        takes: "[--without browser,postgres] [--long] [--only rust|ui|browser|tidy]",
        purpose: "sets up what it needs and runs every check and test",
        run: suite::run,
    },
    Command {
        name: "tidy",
        takes: "",
        purpose: "checks who may know whom, sizes, and what must not stand in the repository",
        run: tidy::run,
    },
    Command {
        name: "ui",
        takes: "",
        purpose: "builds styles and islands into ui/dist, if they changed",
        run: ui::run,
    },
    Command {
        name: "bench",
        takes: "door|booth|rules [ARGS of gapura bench]",
        purpose: "measures, with a release build",
        run: gapura::bench,
    },
    Command {
        name: "fuzz",
        takes: "[TARGET] [--seconds N]",
        purpose: "throws hostile bytes at the parsers (needs nightly and cargo-fuzz)",
        run: fuzz::run,
    },
    Command {
        name: "shots",
        takes: "[FOLDER]",
        purpose: "photographs the main pages on a phone and on a desk",
        run: shots::run,
    },
    Command {
        name: "dist",
        takes: "",
        purpose: "packs a release with licences, documents and checksums into target/dist",
        run: dist::run,
    },
    Command {
        name: "help",
        takes: "",
        purpose: "prints this list",
        run: |_| {
            println!("{}", help());
            Ok(())
        },
    },
];

fn main() -> ExitCode {
    let mut args = Args::from_command_line();
    let name = args.command();
    if name.as_deref() == Some(processes::WATCH) {
        return processes::watch_over(args);
    }
    let result = match COMMANDS
        .iter()
        .find(|command| Some(command.name) == name.as_deref())
    {
        Some(command) => (command.run)(args),
        None if name
            .as_deref()
            .is_none_or(|name| name == "--help" || name == "-h") =>
        {
            println!("{}", help());
            Ok(())
        }
        None => Err(Stop::usage(format!(
            "There is no command {}.\n\n{}",
            name.unwrap_or_default(),
            help()
        ))),
    };
    processes::end_everything();
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => stop.tell(),
    }
}

fn help() -> String {
    let line = |command: &Command| match command {
        Command {
            name,
            takes: "",
            purpose,
            ..
        } => format!("  {name:<6} {purpose}"),
        Command {
            name,
            takes,
            purpose,
            ..
        } => format!("  {name:<6} {purpose}\n         {takes}"),
    };
    format!(
        "cargo xtask COMMAND\n\n{}",
        COMMANDS.each_ref().map(line).join("\n")
    )
}
