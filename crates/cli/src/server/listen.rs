//! Connections: taken as they come, served one task each, ended in order.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tower::Service;

use super::tls::Acceptor;

/// Connections at a time; more wait to be taken.
const CONNECTIONS_MAX: usize = 16_384;
/// A client that takes longer to send a request's head has gone, or means harm.
const HEAD_PATIENCE: Duration = Duration::from_secs(30);
/// How long nobody is taken after the system refused, as when files are used up.
const PAUSE: Duration = Duration::from_millis(50);

/// Takes connections until `stop` says so, then waits until all are answered.
pub(super) async fn accept(
    listener: TcpListener,
    tls: Option<Acceptor>,
    router: Router,
    mut stop: watch::Receiver<bool>,
) {
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            break;
        };
        let taken = tokio::select! {
            _ = stop.wait_for(|stop| *stop) => break,
            taken = listener.accept() => taken,
        };
        let (stream, peer) = match taken {
            Ok(taken) => taken,
            Err(error) => {
                tracing::warn!(%error, "a connection was not taken");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        let connection = Connection {
            peer,
            router: router.clone(),
            watcher: graceful.watcher(),
        };
        let tls = tls.clone();
        tokio::spawn(async move {
            connection.serve(stream, tls).await;
            drop(place);
        });
    }
    drop(listener);
    graceful.shutdown().await;
}

struct Connection {
    peer: SocketAddr,
    router: Router,
    watcher: Watcher,
}

impl Connection {
    async fn serve(self, stream: TcpStream, tls: Option<Acceptor>) {
        // Answers are small and wait for nothing that follows.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps its small packets back");
        }
        match tls {
            None => self.speak(stream).await,
            Some(tls) => match tls.accept(stream).await {
                Ok(stream) => self.speak(stream).await,
                Err(error) => tracing::debug!(%error, "a connection did not agree on TLS"),
            },
        }
    }

    async fn speak<S>(self, stream: S)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let Self {
            peer,
            router,
            watcher,
        } = self;
        let service = service_fn(move |request| answer(router.clone(), peer, request));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_PATIENCE)
            .pipeline_flush(true)
            .serve_connection(TokioIo::new(stream), service);
        // What a client breaks off is no news.
        if let Err(error) = watcher.watch(connection).await {
            tracing::debug!(%error, "a connection broke");
        }
    }
}

async fn answer(
    mut router: Router,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Result<Response, Infallible> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    router.call(request).await
}
