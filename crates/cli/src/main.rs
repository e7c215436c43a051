//! `gapura`: the one binary, and the only place where the clock, chance, the store, the pages and the commands meet.
//!
//! Each command is a file of [`command`]; it gives a [`report::Report`] or says what, where and how to mend it. Exit
//! codes: 0 done, 1 a finding (a test failed, a code is not valid), 2 used wrongly, 3 something is broken.

mod ambient;
mod args;
mod command;
mod logging;
mod report;
mod server;
mod settings;
mod storage;

use std::process::ExitCode;

use clap::Parser;

/// A check-in allocates about a hundred small things on one thread and frees them on another.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = args::Args::parse();
    let outcome = command::run(args.command);
    report::print(&outcome, args.json)
}
