//! What the operator decided, as one commented file says it.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The configuration file `gapura.toml`. Every field has a default but the secrets.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Address that phones see and posters carry, without a slash at the end.
    pub public_url: String,
    /// Where the server listens.
    pub listen: SocketAddr,
    /// `sqlite:PATH` (`postgres://…` follows).
    pub database: String,
    /// File with the secret keys (see `docs/operating.md`); made by `gapura serve` if missing.
    pub keys_file: PathBuf,
    /// Name of the authority as pages show it.
    pub authority_name: String,
    /// Rule set in force: the id of one that ships (`id-2022-07`) or the path of a file.
    pub rules: String,
    /// What each colour means, by category name; `default` for all others. Values: admit, check, refuse.
    pub admission: BTreeMap<String, BTreeMap<String, String>>,
    /// Level by region code (`"35.73" = 3`); the narrowest holds; 1 where none is given.
    pub levels: BTreeMap<String, u8>,
    /// Table of capacity shares by level: the id of one that ships or the path of a file.
    pub level_table: String,
    /// Visits and decisions are erased after so many days, 9 to 366: requests are recognised for eight.
    pub retention_days: u16,
    /// How one-time codes travel.
    pub delivery: Delivery,
    /// Certificate and key if TLS ends here; else a reverse proxy's work.
    pub tls: Option<Tls>,
    /// Whether a proxy in front sets `X-Forwarded-For` and `X-Forwarded-Proto`.
    pub behind_proxy: bool,
    /// Which requests are written into the log.
    pub access_log: AccessLog,
    /// The largest list of people or vaccinations that the authority can upload, in megabytes (2²⁰ bytes). A
    /// million rows have about 90.
    pub import_megabytes_max: u32,
}

impl Config {
    /// The largest list that can be uploaded, in bytes.
    #[must_use]
    pub fn import_bytes_max(&self) -> u64 {
        u64::from(self.import_megabytes_max) << 20
    }

    /// Where files lie that are gone with the process: beside the database, which has room, and not in the
    /// system's folder for such, which often is memory.
    #[must_use]
    pub fn scratch_folder(&self) -> PathBuf {
        let path = self.database.strip_prefix("sqlite:").map(Path::new);
        match path.and_then(Path::parent) {
            Some(folder) if folder.as_os_str().is_empty() => PathBuf::from("."),
            Some(folder) => folder.to_owned(),
            None => std::env::temp_dir(),
        }
    }
}

/// Which requests are written into the log, each without address, query, body or name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessLog {
    /// None.
    Off,
    /// Those that failed on the server's side, and those that took longer than a second.
    #[default]
    Trouble,
    /// All. At a busy door this costs more than the door itself.
    All,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            public_url: "http://127.0.0.1:8700".into(),
            listen: SocketAddr::from(([127, 0, 0, 1], 8700)),
            database: "sqlite:gapura.db".into(),
            keys_file: "gapura.keys".into(),
            authority_name: "Gapura".into(),
            rules: "id-2022-07".into(),
            admission: BTreeMap::new(),
            levels: BTreeMap::new(),
            level_table: "open".into(),
            retention_days: 28,
            delivery: Delivery::Outbox,
            tls: None,
            behind_proxy: false,
            access_log: AccessLog::Trouble,
            import_megabytes_max: 256,
        }
    }
}

/// How messages travel to people.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case", deny_unknown_fields)]
pub enum Delivery {
    /// Shown on the demo's outbox page. Only the demo uses it.
    Outbox,
    /// E-mail by SMTP, and phone numbers by the hook if one is given.
    Smtp {
        /// `smtps://user:password@host:465` or `smtp://host:25`.
        url: secrecy::SecretString,
        /// Sender's address.
        from: String,
        /// Address that takes messages for phone numbers.
        hook: Option<Hook>,
    },
    /// Everything by an HTTP hook.
    Hook(Hook),
}

/// An HTTP endpoint that takes `{"channel", "to", "subject", "text"}` as JSON.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hook {
    /// Where to POST.
    pub url: String,
    /// Sent as `Authorization: Bearer`.
    pub token: Option<secrecy::SecretString>,
}

/// Files of a certificate chain and its key, PEM.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The chain.
    pub certificate: PathBuf,
    /// The key.
    pub key: PathBuf,
}
