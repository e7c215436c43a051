//! `gapura keys`: makes the secret keys, and adds new ones to them.

use std::path::PathBuf;

use clap::Subcommand;
use gapura_app::ambient::Clock;
use gapura_app::keys::{Keys, KeysError, create_keys_file, rotate_keys_file};
use serde_json::json;

use crate::ambient::{SystemChance, SystemClock};
use crate::command::serve::ConfigArg;
use crate::report::{Outcome, Report, Stop};

#[derive(Debug, Subcommand)]
pub(crate) enum KeysVerb {
    /// Makes the keys file. Refuses where there is one.
    Init(Which),
    /// Adds a vault key that seals from now on; the server uses it from its next start.
    Rotate {
        #[command(flatten)]
        which: Which,
        /// Adds a signing key too; passes and cards of the one before are valid for so many more days.
        #[arg(long, value_name = "DAYS")]
        signing_valid_days: Option<u32>,
    },
}

#[derive(clap::Args, Debug)]
pub(crate) struct Which {
    #[command(flatten)]
    config: ConfigArg,
    /// The keys file; that of the configuration if left out.
    #[arg(long)]
    file: Option<PathBuf>,
}

impl Which {
    fn path(&self) -> Outcome<PathBuf> {
        match &self.file {
            Some(file) => Ok(file.clone()),
            None => Ok(self.config.load()?.keys_file),
        }
    }
}

pub(crate) fn run(verb: &KeysVerb) -> Outcome {
    match verb {
        KeysVerb::Init(which) => {
            let path = which.path()?;
            let keys = create_keys_file(&path, &SystemChance).map_err(stop)?;
            Ok(told(&keys, &path.display().to_string(), "Made"))
        }
        KeysVerb::Rotate {
            which,
            signing_valid_days,
        } => {
            let path = which.path()?;
            let not_after =
                signing_valid_days.map(|days| SystemClock.now().plus_s(i64::from(days) * 86_400).0);
            let keys = rotate_keys_file(&path, not_after, &SystemChance).map_err(stop)?;
            Ok(told(&keys, &path.display().to_string(), "Added to"))
        }
    }
}

fn stop(error: KeysError) -> Stop {
    match error {
        KeysError::Exists(_) => Stop::usage(error, "`gapura keys rotate` adds new ones."),
        KeysError::File { .. } | KeysError::Text { .. } => Stop::broken(error, ""),
    }
}

fn told(keys: &Keys, path: &str, verb: &str) -> Report {
    let (vault, signing) = (keys.vault_number(), keys.ring().active().to_string());
    let text = format!(
        "{verb}: {path}. Vault key {vault} seals, signing key {signing} signs.\n\
         Keep a copy in a safe place that is not the place of the backups."
    );
    Report::done(
        text,
        json!({"file": path, "vault": vault, "signing": signing}),
    )
}
