//! Photographs the main pages of a demo, for a person to look at.

use std::process::Command;

use crate::args::Args;
use crate::demo_server::DemoServer;
use crate::gapura::{self, Profile};
use crate::stop::{Outcome, Stop};
use crate::{repo, ui};

pub(crate) fn run(mut args: Args) -> Outcome {
    let folder = args
        .word()
        .unwrap_or_else(|| repo::target().join("shots").display().to_string());
    args.done()?;
    let script = ui::folder().join("tests/shots.mjs");
    if !script.is_file() {
        return Err(Stop::broken("ui/tests/shots.mjs is missing."));
    }
    let server = DemoServer::start(&gapura::build(Profile::Dev)?)?;
    repo::must(
        Command::new("node")
            .arg(script)
            .args([&server.base_url(), &folder, ""])
            .env("GAPURA_CREDENTIALS", server.credentials()),
    )?;
    println!("The photographs are in {folder}");
    Ok(())
}
