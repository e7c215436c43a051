//! A running server: store, keys, use cases, pages, the jobs that run by themselves, and an orderly end.

mod jobs;
mod listen;
mod tls;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use gapura_app::App;
use gapura_app::config::{Config, Delivery};
use gapura_app::delivery::{self, Courier, OutboxCourier};
use gapura_store_sqlite::Access;
use gapura_web::metrics::Figure;
use gapura_web::state::{AppState, Ground};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

pub(crate) use tls::{own_address, self_signed};

use crate::ambient::{SystemChance, SystemClock, stopwatch};
use crate::report::{Outcome, Stop};
use crate::storage::{self, store_stop};

/// After this, connections that still have something to say are cut.
const PATIENCE: Duration = Duration::from_secs(15);

/// A server that can be reached once it runs.
pub(crate) struct Server {
    /// The use cases, for whoever furnishes a demo.
    pub(crate) app: Arc<App>,
    /// What the pages know, such as how things are called outside.
    pub(crate) state: AppState,
    listener: TcpListener,
    tls: Option<tls::Acceptor>,
    courier: Arc<dyn Courier>,
}

impl Server {
    /// Opens store and port. Nobody is answered yet.
    pub(crate) async fn open(config: Config) -> Outcome<Self> {
        let address = config.listen;
        let tls = config.tls.as_ref().map(tls::acceptor).transpose()?;
        let access_log = config.access_log;
        let opened = open_app(config).await?;
        let (app, ids_secret) = (opened.app, opened.ids_secret);
        let listener = TcpListener::bind(address).await.map_err(|error| {
            let mend = "Choose another port in `listen`, or end what uses this one.";
            Stop::broken(error, mend).at(address)
        })?;
        let state = AppState::new(Ground {
            app: Arc::clone(&app),
            ids_secret,
            elapsed: Box::new(stopwatch()),
            figures: opened.figures,
            access_log,
        });
        let courier = courier(&state)?;
        Ok(Self {
            app,
            state,
            listener,
            tls,
            courier,
        })
    }

    /// Answers until it is asked to stop, answers what it has accepted, and closes the store.
    pub(crate) async fn run(self) -> Outcome<()> {
        let (stopping, stop) = watch::channel(false);
        let jobs = jobs::start(&self.app, &self.courier, &stop);
        let router = gapura_web::server(self.state.clone());
        let accepting = listen::accept(self.listener, self.tls, router, stop.clone());
        let accepting = tokio::spawn(accepting);
        tracing::info!(public_url = self.app.config.public_url, "open");
        asked_to_stop().await?;
        tracing::info!("stopping: what was accepted is answered first");
        stopping.send_replace(true);
        self.state.live.close();
        if tokio::time::timeout(PATIENCE, accepting).await.is_err() {
            tracing::warn!("some connections did not end and were cut");
        }
        jobs.join_all().await;
        self.app.store.close().await.map_err(store_stop)?;
        tracing::info!("closed");
        Ok(())
    }
}

/// The use cases over the configured store, without anybody who listens.
pub(crate) struct OpenApp {
    pub(crate) app: Arc<App>,
    ids_secret: [u8; 32],
    figures: Box<dyn Fn() -> Vec<Figure> + Send + Sync>,
}

/// Opens the store, brings its schema up, and reads keys and rules.
pub(crate) async fn open_app(config: Config) -> Outcome<OpenApp> {
    let opened = storage::open(&config, Access::Serve)?;
    for migration in opened.store.migrate().await.map_err(store_stop)? {
        tracing::info!(migration, "the schema was brought up");
    }
    let keys = storage::keys(&config, &*opened.store).await?;
    let ids_secret = *keys.ids();
    let clock = Arc::new(SystemClock);
    let app = App::start(opened.store, config, keys, clock, Arc::new(SystemChance));
    let app = Box::pin(app)
        .await
        .map_err(|error| Stop::broken(error, "Mend the setting or the file that it names."))?;
    Ok(OpenApp {
        app: Arc::new(app),
        ids_secret,
        figures: opened.figures,
    })
}

/// Serves nothing but a router, on the same stack and as orderly.
pub(crate) async fn serve_router(address: SocketAddr, router: axum::Router) -> Outcome<()> {
    let listener = TcpListener::bind(address).await.map_err(|error| {
        Stop::broken(error, "Choose another port, or end what uses this one.").at(address)
    })?;
    let (stopping, stop) = watch::channel(false);
    let accepting = tokio::spawn(listen::accept(listener, None, router, stop));
    asked_to_stop().await?;
    stopping.send_replace(true);
    // It was asked to stop, and a connection that does not end is cut with the program.
    drop(tokio::time::timeout(PATIENCE, accepting).await);
    Ok(())
}

/// Who takes messages away; in a demo a page shows them.
fn courier(state: &AppState) -> Outcome<Arc<dyn Courier>> {
    let delivery = &state.app.config.delivery;
    if matches!(delivery, Delivery::Outbox) {
        let outbox = Arc::new(OutboxCourier::default());
        state.show_outbox(Arc::clone(&outbox));
        return Ok(outbox);
    }
    delivery::courier(delivery)
        .map_err(|error| Stop::broken(error, "Mend the setting in `[delivery]`."))
}

/// Waits for SIGTERM or SIGINT.
async fn asked_to_stop() -> Outcome<()> {
    let broken = |error| Stop::broken(error, "The system gives no signals to this program.");
    let mut terminate = signal(SignalKind::terminate()).map_err(broken)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(broken)?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

/// Runs something that waits, on all cores.
pub(crate) fn block_on<T>(future: impl Future<Output = Outcome<T>>) -> Outcome<T> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Stop::broken(error, "The system gives this program no threads."))?
        .block_on(future)
}
