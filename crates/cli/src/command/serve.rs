//! `gapura serve`: opens the doors of a configured place and keeps them open.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::report::{Outcome, Report, Stop};
use crate::server::{Server, block_on};
use crate::{logging, settings};

use gapura_app::config::Config;

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
