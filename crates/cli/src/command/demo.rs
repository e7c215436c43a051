//! `gapura demo`: a Gapura to try out, on a store of its own, with its addresses and logins printed and nothing opened.

use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use clap::Args;
use gapura_app::config::Config;
use serde_json::json;

use crate::logging;
use crate::report::{Outcome, Report, Stop};
use crate::server::{Server, block_on, own_address, self_signed};

#[derive(Args, Debug)]
pub(crate) struct Demo {
    /// Where the server listens.
    #[arg(long, default_value = "127.0.0.1:8700")]
    listen: SocketAddr,
    /// The folder of the store, made if there is none.
    #[arg(long, default_value = "gapura-demo")]
    data_dir: PathBuf,
    /// A file that receives addresses and logins as JSON.
    #[arg(long, value_name = "FILE")]
    credentials: Option<PathBuf>,
    /// Speaks HTTPS under a certificate made for this machine, so that phones in the same network give their camera.
    #[arg(long)]
    tls: bool,
}

pub(crate) fn run(demo: &Demo) -> Outcome {
    let config = config(demo)?;
    logging::begin();
    block_on(async {
        let server = Server::open(config).await?;
        let base_url = server.app.config.public_url.clone();
        tell(demo, &base_url)?;
        server.run().await
    })?;
    Ok(Report::done(String::new(), json!({})))
}

/// Everything of a demo lies in its folder.
fn config(demo: &Demo) -> Outcome<Config> {
    let folder = &demo.data_dir;
    fs::create_dir_all(folder).map_err(|error| {
        Stop::broken(error, "Name a folder that may be written.").at(folder.display())
    })?;
    let in_network = demo
        .listen
        .ip()
        .is_unspecified()
        .then(own_address)
        .flatten();
    let tls = demo
        .tls
        .then(|| self_signed(folder, in_network))
        .transpose()?;
    Ok(Config {
        public_url: base_url(demo, in_network),
        listen: demo.listen,
        database: format!("sqlite:{}", folder.join("gapura.db").display()),
        keys_file: folder.join("gapura.keys"),
        tls,
        ..Config::default()
    })
}

fn base_url(demo: &Demo, in_network: Option<IpAddr>) -> String {
    let scheme = if demo.tls { "https" } else { "http" };
    let address = in_network.unwrap_or(demo.listen.ip());
    format!(
        "{scheme}://{}",
        SocketAddr::new(address, demo.listen.port())
    )
}

/// Prints where to go, and writes it down for programs.
fn tell(demo: &Demo, base_url: &str) -> Outcome<()> {
    eprintln!("Gapura: {base_url}");
    eprintln!("Data:   {}", demo.data_dir.display());
    let Some(file) = &demo.credentials else {
        return Ok(());
    };
    let document = json!({"base_url": base_url, "devices": [], "visitors": [], "staff": []});
    write_whole(file, &document.to_string())
        .map_err(|error| Stop::broken(error, "Name a file that may be written.").at(file.display()))
}

/// Writes beside and moves over, so that whoever waits for the file never reads half of it.
fn write_whole(file: &Path, text: &str) -> std::io::Result<()> {
    let beside = file.with_extension("part");
    fs::write(&beside, text)?;
    fs::rename(&beside, file)
}
