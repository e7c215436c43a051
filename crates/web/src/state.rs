//! What every handler can reach.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_lc_rs::hmac;
use gapura_app::App;
use gapura_app::delivery::OutboxCourier;

use crate::client::Buckets;
use crate::ids::IdKey;
use crate::live::Live;
use crate::log::AccessLog;
use crate::metrics::{Figure, Metrics};
use crate::security::Reached;

/// What the composition root gives.
pub struct Ground {
    /// The use cases.
    pub app: Arc<App>,
    /// The secret behind ids in addresses and the tokens of forms.
    pub ids_secret: [u8; 32],
    /// Time since any fixed moment, never running backwards.
    pub elapsed: Box<dyn Fn() -> Duration + Send + Sync>,
    /// Figures that others count, for the metrics page.
    pub figures: Box<dyn Fn() -> Vec<Figure> + Send + Sync>,
    /// Which requests are written down.
    pub access_log: AccessLog,
}

/// The state of the server, shared by all requests.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

/// What is shared.
pub struct Shared {
    /// The use cases.
    pub app: Arc<App>,
    /// Turns numbers into the ids that strangers see, and back.
    pub ids: IdKey,
    /// How people come here.
    pub reached: Reached,
    /// Followers of live figures.
    pub live: Live,
    /// What is counted.
    pub metrics: Metrics,
    /// Time since any fixed moment.
    pub elapsed: Box<dyn Fn() -> Duration + Send + Sync>,
    pub(crate) figures: Box<dyn Fn() -> Vec<Figure> + Send + Sync>,
    pub(crate) form_key: [u8; 32],
    pub(crate) origin: String,
    pub(crate) behind_proxy: bool,
    pub(crate) openapi: OnceLock<String>,
    pub(crate) outbox: OnceLock<Arc<OutboxCourier>>,
    pub(crate) limits: Buckets,
    pub(crate) access_log: AccessLog,
}

impl AppState {
    /// The state of a server that begins.
    #[must_use]
    pub fn new(ground: Ground) -> Self {
        let public_url = &ground.app.config.public_url;
        let reached = Reached {
            by_https: public_url.starts_with("https://"),
        };
        let [id_key, form_key] = [b"gapura ids 1".as_slice(), b"gapura forms 1"]
            .map(|label| derived(&ground.ids_secret, label));
        let mut id_secret = [0; 16];
        id_secret.copy_from_slice(&id_key[..16]);
        Self(Arc::new(Shared {
            ids: IdKey::new(id_secret),
            reached,
            live: Live::default(),
            metrics: Metrics::default(),
            elapsed: ground.elapsed,
            figures: ground.figures,
            form_key,
            origin: origin_of(public_url),
            behind_proxy: ground.app.config.behind_proxy,
            openapi: OnceLock::new(),
            outbox: OnceLock::new(),
            limits: Buckets::default(),
            access_log: ground.access_log,
            app: ground.app,
        }))
    }

    /// Shows on a page what this courier keeps. For demos alone.
    pub fn show_outbox(&self, outbox: Arc<OutboxCourier>) {
        self.outbox.get_or_init(|| outbox);
    }

    /// With the description of the routes that it serves.
    pub(crate) fn describing(self, openapi: String) -> Self {
        self.openapi.get_or_init(|| openapi);
        self
    }
}

impl Deref for AppState {
    type Target = Shared;
    fn deref(&self) -> &Shared {
        &self.0
    }
}

fn derived(secret: &[u8], label: &[u8]) -> [u8; 32] {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), label);
    let mut bytes = [0; 32];
    bytes.copy_from_slice(tag.as_ref());
    bytes
}

/// Scheme, host and port of an address.
fn origin_of(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("https", url));
    let host = rest.split('/').next().unwrap_or_default();
    format!("{scheme}://{host}")
}
