//! `gapura serve`: opens the doors of a configured place and keeps them open.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::report::{Outcome, Report, Stop};
use crate::server::{Server, block_on};
use crate::{logging, settings};

use gapura_app::config::{Config, Delivery};

/// For how many days visits can be kept.
pub(crate) const RETENTION_DAYS: std::ops::RangeInclusive<u16> = 9..=366;

/// Which configuration counts.
#[derive(Args, Clone, Debug)]
pub(crate) struct ConfigArg {
    /// The configuration file.
    #[arg(long, value_name = "FILE", default_value = "gapura.toml")]
    config: PathBuf,
}

impl ConfigArg {
    /// Reads the file.
    pub(crate) fn load(&self) -> Outcome<Config> {
        if !self.config.exists() {
            let mend = "Copy `config/gapura.toml`, which ships, and name the copy with --config.";
            let place = self.config.display();
            return Err(Stop::usage("there is no such configuration file", mend).at(place));
        }
        settings::load(&self.config)
    }
}

pub(crate) fn run(config: &ConfigArg) -> Outcome {
    let config = config.load()?;
    refuse_unsafe(&config)?;
    logging::begin();
    let address = config.listen;
    block_on(async {
        let server = Server::open(config).await?;
        server.run().await
    })?;
    Ok(Report::done(
        String::new(),
        json!({"served": address.to_string()}),
    ))
}

/// What nobody means to serve: codes of sign-in that everybody can read, and visits that are erased before
/// the repeats of their requests have stopped coming.
fn refuse_unsafe(config: &Config) -> Outcome<()> {
    let url = &config.public_url;
    let is_local = ["//127.0.0.1", "//localhost", "//[::1]"]
        .iter()
        .any(|host| url.contains(host));
    if matches!(config.delivery, Delivery::Outbox) && !is_local {
        let mend =
            "Set `[delivery]` to smtp or hook; the outbox page shows every code to everybody.";
        let what = "one-time codes would be shown to everybody";
        return Err(Stop::usage(what, mend).at("delivery"));
    }
    if !RETENTION_DAYS.contains(&config.retention_days) {
        let mend = "Choose 9 to 366 days; 28 is usual. Requests are recognised for eight days.";
        return Err(
            Stop::usage("visits cannot be kept for so many days", mend).at("retention_days")
        );
    }
    Ok(())
}
