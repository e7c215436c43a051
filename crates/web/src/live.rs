//! Figures as they change, as server-sent events: a screen at a gate, a manager's page.
//!
//! A follower is told at most twice a second and only what is new, hears something every ten seconds so that it notices
//! a broken line, and is asked to come again after a while so that a session that has ended stops here too. What is
//! sent holds no name; on a gate's own screen initials, as the screen shows them anyway.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use futures_util::stream::unfold;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::problem::Problem;
use crate::state::AppState;

/// Followers at a time: screens and desks.
const FOLLOWERS_MAX: usize = 4096;
/// Followers of figures that anybody may see. They take no place from the screens at the doors.
const PUBLIC_FOLLOWERS_MAX: usize = 2048;
/// Time between two messages of figures.
const PACE: Duration = Duration::from_millis(500);
/// Silence after which a sign of life is sent.
const SIGN_OF_LIFE: Duration = Duration::from_secs(10);
/// After this a follower has to come again, and to show again who it is.
const STAY: Duration = Duration::from_mins(10);

/// Something that can be followed.
pub trait Source: Send + 'static {
    /// Waits until the figures may have changed.
    fn changed(&mut self) -> impl Future<Output = ()> + Send;
    /// The figures now as JSON; `None` ends the stream.
    fn now(&mut self) -> impl Future<Output = Option<String>> + Send;
}

/// All followers.
pub struct Live {
    places: Arc<Semaphore>,
    public_places: Arc<Semaphore>,
    open: watch::Sender<bool>,
}

impl Default for Live {
    fn default() -> Self {
        Self {
            places: Arc::new(Semaphore::new(FOLLOWERS_MAX)),
            public_places: Arc::new(Semaphore::new(PUBLIC_FOLLOWERS_MAX)),
            open: watch::Sender::new(true),
        }
    }
}

impl Live {
    /// Ends all streams, because the server stops. Followers come again by themselves.
    pub fn close(&self) {
        self.open.send_replace(false);
    }
}

/// Counts a follower for as long as it is there.
struct Place {
    state: AppState,
    _permit: OwnedSemaphorePermit,
}

impl Place {
    fn taken(state: &AppState, places: &Arc<Semaphore>) -> Result<Self, Problem> {
        let permit = Arc::clone(places)
            .try_acquire_owned()
            .map_err(|_| Problem::unavailable())?;
        state.metrics.live().fetch_add(1, Ordering::Relaxed);
        Ok(Self {
            state: state.clone(),
            _permit: permit,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.state.metrics.live().fetch_sub(1, Ordering::Relaxed);
    }
}

struct Follower<S> {
    source: S,
    last: String,
    open: watch::Receiver<bool>,
    until: Instant,
    told_at: Option<Instant>,
    _place: Place,
}

/// Answers with the source's figures now and whenever they change.
///
/// # Errors
/// `unavailable` if too many follow already.
pub fn follow<S: Source>(state: &AppState, source: S) -> Result<Response, Problem> {
    let place = Place::taken(state, &state.live.places)?;
    Ok(stream_of(state, source, place))
}

/// The same for figures that anybody may see.
///
/// # Errors
/// `unavailable` if too many of anybody follow already.
pub fn follow_in_public<S: Source>(state: &AppState, source: S) -> Result<Response, Problem> {
    let place = Place::taken(state, &state.live.public_places)?;
    Ok(stream_of(state, source, place))
}

fn stream_of<S: Source>(state: &AppState, source: S, place: Place) -> Response {
    let follower = Follower {
        source,
        last: String::new(),
        open: state.live.open.subscribe(),
        until: Instant::now() + STAY,
        told_at: None,
        _place: place,
    };
    let stream = unfold(follower, |mut follower| async {
        let message = follower.next().await?;
        Some((Ok::<_, std::convert::Infallible>(message), follower))
    });
    let kind = HeaderValue::from_static("text/event-stream");
    let unbuffered = HeaderValue::from_static("no");
    let headers = [(CONTENT_TYPE, kind), (X_ACCEL_BUFFERING, unbuffered)];
    (headers, Body::from_stream(stream)).into_response()
}

/// Asks a proxy in front not to wait for more.
const X_ACCEL_BUFFERING: axum::http::HeaderName =
    axum::http::HeaderName::from_static("x-accel-buffering");

impl<S: Source> Follower<S> {
    /// The next message; `None` when the stream ends.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(told_at) = self.told_at {
                if !self.waited(told_at + SIGN_OF_LIFE).await? {
                    return Some(self.told("event: ping\ndata: 1\n\n".to_owned()));
                }
                sleep_until(told_at + PACE).await;
            }
            let figures = self.source.now().await?;
            if figures != self.last {
                let message = format!("data: {figures}\n\n");
                self.last = figures;
                return Some(self.told(message));
            }
        }
    }

    /// Whether there was a change before `alive_at`; `None` when the stream ends.
    async fn waited(&mut self, alive_at: Instant) -> Option<bool> {
        tokio::select! {
            _ = self.open.wait_for(|open| !open) => None,
            () = sleep_until(self.until) => None,
            waited = timeout_at(alive_at, self.source.changed()) => Some(waited.is_ok()),
        }
    }

    fn told(&mut self, message: String) -> Bytes {
        self.told_at = Some(Instant::now());
        Bytes::from(message)
    }
}
