//! The commands, a file each.

pub(crate) mod bench;
pub(crate) mod demo;
mod doctor;
pub(crate) mod export;
pub(crate) mod import;
mod import_venues;
pub(crate) mod keys;
pub(crate) mod pass;
pub(crate) mod rules;
pub(crate) mod serve;
mod shell;
pub(crate) mod staff;
mod store;

use crate::args::Command;
use crate::report::Outcome;

pub(crate) fn run(command: Command) -> Outcome {
    match command {
        Command::Serve(config) => serve::run(&config),
        Command::Demo(args) => demo::run(&args),
        Command::Bench(what) => bench::run(&what),
        Command::Migrate(config) => store::migrate(&config),
        Command::Doctor(config) => doctor::run(&config),
        Command::Backup { config, file } => store::backup(&config, &file),
        Command::Restore {
            config,
            file,
            replace,
        } => store::restore(&config, &file, replace),
        Command::Erase {
            config,
            before,
            dry_run,
        } => store::erase(&config, &before, dry_run),
        Command::Import(args) => import::run(&args),
        Command::Export(args) => export::run(&args),
        Command::Staff(verb) => staff::run(&verb),
        Command::Keys(verb) => keys::run(&verb),
        Command::Rules(args) => rules::run(&args),
        Command::Pass(args) => pass::run(&args),
        Command::Completions { shell } => shell::completions(shell),
        Command::Man { command } => shell::man(&command),
    }
}
