//! What happens around every handler: who calls is found out and let in or not, a strange page's form is refused, a
//! handler that breaks is caught, problems are put into words, headers are added, and the request is counted.
//!
//! All of it is one step rather than a stack of layers, since a door asks thousands of times a second.

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request};
use axum::handler::Handler;
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;

use crate::access::Access;
use crate::caller::{self, Caller, Known};
use crate::client::Client;
use crate::csrf::{self, Provenance};
use crate::json::{beginning, joined, whole};
use crate::lang::Lang;
use crate::log::{self, Line};
use crate::metrics::Counters;
use crate::problem::{Asked, Problem, dressed};
use crate::request_number::numbered;
use crate::security::BODY_BYTES_MAX;
use crate::state::AppState;

/// Where visitors sign in. `next` in its query brings them back.
pub(crate) const VISITOR_SIGN_IN: &str = "/masuk";
/// Where staff sign in.
pub(crate) const STAFF_SIGN_IN: &str = crate::staff::SIGN_IN;

/// Where a device is enrolled, and says so if its enrolment was ended.
pub(crate) const DEVICE_PAGE: &str = "/gate";

/// What the guard knows of a route, and its counters.
pub(crate) struct About {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    access: Access,
    body_bytes_max: usize,
    is_streamed: bool,
    pub(crate) counters: Counters,
}

impl About {
    pub(crate) fn new(
        method: Method,
        path: &'static str,
        access: Access,
        body_bytes_max: usize,
        is_streamed: bool,
    ) -> Self {
        Self {
            method,
            path,
            access,
            body_bytes_max,
            is_streamed,
            counters: Counters::default(),
        }
    }

    /// The largest body that is taken.
    fn body_bytes_max(&self, state: &AppState) -> usize {
        if self.is_streamed {
            let file = usize::try_from(state.app.config.import_bytes_max());
            file.unwrap_or(usize::MAX).saturating_add(BODY_BYTES_MAX)
        } else {
            self.body_bytes_max
        }
    }

    fn is_api(&self) -> bool {
        self.path.starts_with("/api/")
    }
}

/// What the guard found out, for the handler's arguments.
#[derive(Clone)]
pub(crate) struct Passed {
    pub(crate) caller: Caller,
    pub(crate) lang: Lang,
    pub(crate) form_token: Option<Arc<str>>,
    pub(crate) body_bytes_max: usize,
}

/// A handler behind its guard.
#[derive(Clone)]
pub(crate) struct Guarded<H> {
    handler: H,
    about: Arc<About>,
}

impl<H> Guarded<H> {
    pub(crate) const fn new(handler: H, about: Arc<About>) -> Self {
        Self { handler, about }
    }
}

impl<H, T> Handler<T, AppState> for Guarded<H>
where
    H: Handler<T, AppState>,
    T: 'static,
{
    type Future = Pin<Box<dyn Future<Output = Response> + Send>>;

    fn call(self, request: Request, state: AppState) -> Self::Future {
        let app = Arc::clone(&state.app);
        let answered = async move {
            let begun = Begun {
                at: (state.elapsed)(),
                asked: Asked::of(request.uri(), request.headers()),
            };
            let answer = match before(&self.about, &state, &begun, request).await {
                Ok(request) => {
                    let answer = self.handler.call(request, state.clone());
                    AssertUnwindSafe(answer)
                        .catch_unwind()
                        .await
                        .unwrap_or_else(|_| Problem::broken().into_response())
                }
                Err(refusal) => refusal,
            };
            after(&self.about, &state, &begun, answer)
        };
        Box::pin(async move { numbered(&app, answered).await })
    }
}

struct Begun {
    at: Duration,
    asked: Asked,
}

/// Lets a request in with what was found out about it, or answers it.
async fn before(
    about: &About,
    state: &AppState,
    begun: &Begun,
    request: Request,
) -> Result<Request, Response> {
    let is_safe = about.method.is_safe();
    if !is_safe && about.access.admits_nobody() {
        let client = Client::of(&request, state.behind_proxy);
        state
            .limits
            .take(client, begun.at)
            .map_err(|wait| Problem::too_many(wait).into_response())?;
    }
    let known = caller::find(about.access, request.headers(), state)
        .await
        .map_err(IntoResponse::into_response)?;
    if !about.access.admits(&known.caller) {
        return Err(refusal(about, begun, &known.caller));
    }
    let mut request = if is_safe {
        request
    } else {
        own_page(about, state, &known, request).await?
    };
    let cookie = known.cookie.as_deref().filter(|_| !about.is_api());
    let form_token = cookie.map(|cookie| csrf::token(&state.form_key, cookie.as_bytes()).into());
    request.extensions_mut().insert(Passed {
        caller: known.caller,
        lang: begun.asked.lang(),
        form_token,
        body_bytes_max: about.body_bytes_max,
    });
    if !is_safe && !about.is_api() {
        DefaultBodyLimit::max(about.body_bytes_max(state)).apply(&mut request);
    }
    Ok(request)
}

/// A stranger who looks at a page is led to where one signs in, and from there back; a device whose enrolment was
/// ended to the page that says so, from its forms too.
fn refusal(about: &About, begun: &Begun, caller: &Caller) -> Response {
    if !matches!(caller, Caller::Nobody) {
        return Problem::forbidden().into_response();
    }
    if about.access == Access::DEVICE && begun.asked.wants_page() {
        let to = HeaderValue::from_static(DEVICE_PAGE);
        return (StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response();
    }
    let sign_in = if about.access.admits_visitors() {
        VISITOR_SIGN_IN
    } else if about.access.admits_staff() {
        STAFF_SIGN_IN
    } else {
        return Problem::unauthenticated().into_response();
    };
    if about.method != Method::GET || !begun.asked.wants_page() {
        return Problem::unauthenticated().into_response();
    }
    let here = begun
        .asked
        .uri()
        .path_and_query()
        .map_or("/", |here| here.as_str());
    let to = format!("{sign_in}?next={}", escaped(here));
    match HeaderValue::try_from(to) {
        Ok(to) => (StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response(),
        Err(_) => Problem::unauthenticated().into_response(),
    }
}

/// Everything but letters, digits, slash and a few harmless signs as percent and two digits.
pub(crate) fn escaped(text: &str) -> String {
    use std::fmt::Write as _;
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

/// Makes sure that what acts under a cookie was sent by one of our own pages. See [`crate::csrf`].
async fn own_page(
    about: &About,
    state: &AppState,
    known: &Known,
    request: Request,
) -> Result<Request, Response> {
    let refused = || Problem::stale_form().into_response();
    let from = csrf::provenance(request.headers(), &state.origin);
    let Some(cookie) = known.cookie.as_deref() else {
        // Nobody's rights are used, but a strange page shall not sign people in or out either. A program that
        // shows a bearer token tells no provenance at all.
        return if from == Provenance::Foreign {
            Err(refused())
        } else {
            Ok(request)
        };
    };
    if csrf::admits_script(request.headers(), &state.origin) {
        return Ok(request);
    }
    let multipart = is_multipart(request.headers());
    if from == Provenance::Foreign || !(multipart || is_form(request.headers())) {
        return Err(refused());
    }
    let (parts, body) = request.into_parts();
    if about.is_streamed && multipart {
        let most = about.body_bytes_max(state);
        let (begun, rest) = beginning(body, most)
            .await
            .map_err(IntoResponse::into_response)?;
        let token = csrf::sent_token(&begun, true).ok_or_else(refused)?;
        return if csrf::is_token(&state.form_key, cookie.as_bytes(), token) {
            Ok(Request::from_parts(parts, joined(begun, rest)))
        } else {
            Err(refused())
        };
    }
    let bytes = whole(body, about.body_bytes_max)
        .await
        .map_err(IntoResponse::into_response)?;
    let token = csrf::sent_token(&bytes, multipart).ok_or_else(refused)?;
    if !csrf::is_token(&state.form_key, cookie.as_bytes(), token) {
        return Err(refused());
    }
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

fn is_form(headers: &HeaderMap) -> bool {
    has_kind(headers, b"application/x-www-form-urlencoded")
}

fn is_multipart(headers: &HeaderMap) -> bool {
    has_kind(headers, b"multipart/form-data")
}

fn has_kind(headers: &HeaderMap, kind: &[u8]) -> bool {
    headers
        .get(CONTENT_TYPE)
        .is_some_and(|said| said.as_bytes().to_ascii_lowercase().starts_with(kind))
}

/// Puts an answer into its final form and counts it.
fn after(about: &About, state: &AppState, begun: &Begun, answer: Response) -> Response {
    let answer = dressed(&begun.asked, state.reached, answer);
    let took = (state.elapsed)().saturating_sub(begun.at);
    about.counters.count(answer.status(), took);
    log::write(
        state.access_log,
        &Line {
            method: &about.method,
            path: about.path,
            took,
            answer: &answer,
        },
    );
    answer
}
