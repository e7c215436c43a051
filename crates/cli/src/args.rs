//! What can be typed.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use clap_complete::Shell;

use crate::command::bench::Bench;
use crate::command::demo::Demo;
use crate::command::export::Export;
use crate::command::import::Import;
use crate::command::keys::KeysVerb;
use crate::command::pass::PassArgs;
use crate::command::rules::Rules;
use crate::command::serve::ConfigArg;
use crate::command::staff::Staff;

/// A checked door for public places.
#[derive(Debug, Parser)]
#[command(
    name = "gapura",
    version,
    propagate_version = true,
    arg_required_else_help = true
)]
pub(crate) struct Args {
    /// Prints one JSON document on standard output and nothing else there.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serves a configured Gapura until it is asked to stop.
    Serve(ConfigArg),
    /// Serves a Gapura to try out.
    Demo(Demo),
    /// Measures what the door costs on this machine.
    #[command(subcommand)]
    Bench(Bench),
    /// Brings the database's schema up to this program's.
    Migrate(ConfigArg),
    /// Looks for what is wrong, and says how to mend it.
    Doctor(ConfigArg),
    /// Copies the whole database into a new file, while the server runs.
    Backup {
        #[command(flatten)]
        config: ConfigArg,
        /// The file to write.
        file: PathBuf,
    },
    /// Puts a backup in the place of the database.
    Restore {
        #[command(flatten)]
        config: ConfigArg,
        /// The backup.
        file: PathBuf,
        /// Moves a database that is there aside.
        #[arg(long)]
        replace: bool,
    },
    /// Erases visits and decisions of days that are over.
    Erase {
        #[command(flatten)]
        config: ConfigArg,
        /// The first day that stays: 2026-11-22, or a moment (RFC 3339).
        #[arg(long, value_name = "T")]
        before: String,
        /// Only counts.
        #[arg(long)]
        dry_run: bool,
    },
    /// Imports places, people or vaccinations from CSV, and reports every row that was not taken.
    Import(Import),
    /// Writes places or visits as CSV for spreadsheets, without a name of anybody.
    Export(Export),
    /// Makes accounts for those who begin.
    #[command(subcommand)]
    Staff(Staff),
    /// Makes the secret keys, and adds new ones.
    #[command(subcommand)]
    Keys(KeysVerb),
    /// Tests rules, and tries them on data.
    Rules(Rules),
    /// Looks into passes and cards, proves them, issues them.
    Pass(PassArgs),
    /// Writes the completions of a shell.
    Completions {
        /// Which shell.
        shell: Shell,
    },
    /// Writes the manual page of `gapura` or one of its commands.
    Man {
        /// The command: `rules test`.
        command: Vec<String>,
    },
}
