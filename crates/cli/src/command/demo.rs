//! `gapura demo`: a Gapura to try out, on a store of its own, with its addresses and logins printed and nothing opened.

use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use clap::Args;
use gapura_app::config::Config;
use gapura_sim::demo::{Options, Outside, PASSWORD, World};
use gapura_web::cookies::Jar;
use serde_json::json;

use crate::logging;
use crate::report::{Outcome, Report, Stop};
use crate::server::{Server, block_on, own_address, self_signed};

/// The page that shows one-time codes.
const OUTBOX: &str = "/outbox";
/// Visitors that are printed.
const VISITORS_SHOWN: usize = 12;
/// Doors that are printed.
const DOORS_SHOWN: usize = 6;

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
    /// So many invented people with sessions and cards, instead of a handful.
    #[arg(long, value_name = "N")]
    people: Option<u32>,
    /// Where the chance comes from that invents them.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Speaks HTTPS under a certificate made for this machine, so that phones in the same network give their camera.
    #[arg(long)]
    tls: bool,
}

pub(crate) fn run(demo: &Demo) -> Outcome {
    let config = config(demo)?;
    logging::begin();
    block_on(async {
        let server = Server::open(config).await?;
        let world = furnish(demo, &server).await?;
        tell(demo, &world)?;
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
        authority_name: "Satgas COVID-19".to_owned(),
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

/// The demo's world, founded on the first start and the same on every other.
async fn furnish(demo: &Demo, server: &Server) -> Outcome<World> {
    let (app, ids) = (&server.app, &server.state.ids);
    let base_url = &app.config.public_url;
    let options = Options {
        people: demo.people,
        seed: demo.seed,
    };
    let outside = Outside {
        gate: &|gate| ids.show(gate).to_string(),
        venue: &|venue| ids.show(venue).to_string(),
        person: &|person| ids.show(person).to_string(),
        visitor_cookie: Jar::Visitor.name(base_url.starts_with("https://")),
        base_url,
        outbox: &format!("{base_url}{OUTBOX}"),
    };
    let world = gapura_sim::demo::world(app, options, &outside);
    Box::pin(world).await.map_err(|error| {
        let mend = "Name another folder with --data-dir, or remove this one to begin anew.";
        Stop::broken(error, mend).at(demo.data_dir.display())
    })
}

/// Prints where to go and what to try, and writes it down for programs.
fn tell(demo: &Demo, world: &World) -> Outcome<()> {
    eprint!("{}", words(demo, world));
    let Some(file) = &demo.credentials else {
        return Ok(());
    };
    let document = serde_json::to_string(world).unwrap_or_default();
    write_whole(file, &document)
        .map_err(|error| Stop::broken(error, "Name a file that may be written.").at(file.display()))
}

/// What stands on the terminal while the demo runs.
fn words(demo: &Demo, world: &World) -> String {
    let mut lines = vec![
        format!("Gapura: {}", world.base_url),
        format!("Data:   {}", demo.data_dir.display()),
        String::new(),
        "Visitors sign in with an address and the code that the outbox shows:".to_owned(),
    ];
    let outbox = world.visitors.first().map(|visitor| &visitor.outbox);
    lines.extend(outbox.map(|outbox| format!("  {outbox}")));
    let some = world.visitors.iter().take(VISITORS_SHOWN);
    lines.extend(some.map(|one| format!("  {:<6} {} ({})", one.status, one.login, one.name)));
    let more = world.visitors.len().saturating_sub(VISITORS_SHOWN);
    if more > 0 {
        lines.push(format!("  and {more} more in the credentials file"));
    }
    lines.push(String::new());
    lines.push(format!(
        "Staff sign in with the password \"{PASSWORD}\" and a code from:"
    ));
    let staff = world.staff.iter();
    lines.extend(staff.map(|one| format!("  {:<13} {} {}", one.role, one.login, one.totp_secret)));
    lines.push(String::new());
    lines.push("Doors to try, open day and night:".to_owned());
    let doors = world.devices.iter().take(DOORS_SHOWN);
    let door = |code: &str| format!("{}/d/{code}", world.base_url);
    lines.extend(doors.map(|one| {
        format!(
            "  {} {}, {}",
            door(&one.code),
            one.venue_name,
            one.gate_name
        )
    }));
    lines.push(String::new());
    lines.join("\n")
}

/// Writes beside and moves over, so that whoever waits for the file never reads half of it.
fn write_whole(file: &Path, text: &str) -> std::io::Result<()> {
    let beside = file.with_extension("part");
    fs::write(&beside, text)?;
    fs::rename(&beside, file)
}
