//! The table of routes: method, address, who may, and what answers. There is no other way to a handler.
//!
//! Each audience's folder gives its rows by a function `routes()`; [`router`] turns all of them into the server. What
//! stands in a row drives the guard before the handler, the description of the API, and the test that knocks at every
//! route as everybody. A row:
//!
//! ```text
//! get("/riwayat", Access::VISITOR, history)
//! post("/instansi/tempat", Access::staff(&[Role::VenueManager]), apply)
//! post("/instansi/tempat/daftar", MANAGERS, preview).upload(2 * MIB)
//! post("/desk/people", AUTHORITY, upload).streamed()
//! ```
//!
//! A handler takes what it needs as arguments: [`Frame`](crate::page::Frame), [`Visitor`](crate::caller::Visitor),
//! [`StaffUser`](crate::caller::StaffUser), [`DeviceUser`](crate::caller::DeviceUser), [`PathId`](crate::ids::PathId),
//! [`Form`](crate::forms::Form), [`Json`](crate::json::Json), `State(state): State<AppState>`.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter, on};

use crate::access::Access;
use crate::guard::{About, Guarded};
use crate::json::JSON_BYTES_MAX;
use crate::operation::{self, Operation};
use crate::problem::Problem;
use crate::security::BODY_BYTES_MAX;
use crate::state::AppState;

/// A row of the table.
pub struct Route {
    /// The method.
    pub method: Method,
    /// The address, with names in braces for its changing parts.
    pub path: &'static str,
    /// Who may.
    pub access: Access,
    /// What programs read about it; every row under `/api/` has one.
    pub operation: Option<Operation>,
    body_bytes_max: usize,
    is_streamed: bool,
    mount: Mount,
}

type Mount = Box<dyn FnOnce(Arc<About>) -> MethodRouter<AppState> + Send>;

/// A page or a list.
pub fn get<H, T>(path: &'static str, access: Access, handler: H) -> Route
where
    H: Handler<T, AppState>,
    T: 'static,
{
    route(Method::GET, MethodFilter::GET, path, access, handler)
}

/// Something that is done.
pub fn post<H, T>(path: &'static str, access: Access, handler: H) -> Route
where
    H: Handler<T, AppState>,
    T: 'static,
{
    route(Method::POST, MethodFilter::POST, path, access, handler)
}

fn route<H, T>(
    method: Method,
    filter: MethodFilter,
    path: &'static str,
    access: Access,
    handler: H,
) -> Route
where
    H: Handler<T, AppState>,
    T: 'static,
{
    let is_api = path.starts_with("/api/");
    Route {
        method,
        path,
        access,
        operation: None,
        body_bytes_max: if is_api {
            JSON_BYTES_MAX
        } else {
            BODY_BYTES_MAX
        },
        is_streamed: false,
        mount: Box::new(move |about| on(filter, Guarded::new(handler, about))),
    }
}

impl Route {
    /// Lets the route take a file of so many bytes.
    #[must_use]
    pub const fn upload(mut self, bytes_max: usize) -> Self {
        self.body_bytes_max = bytes_max;
        self
    }

    /// Lets the route read a large file while it comes, as a form whose token stands before the file; how large it
    /// may be says the setting `import_megabytes_max`.
    #[must_use]
    pub const fn streamed(mut self) -> Self {
        self.is_streamed = true;
        self
    }

    /// Describes the route to programs.
    #[must_use]
    pub fn describe(mut self, operation: Operation) -> Self {
        self.operation = Some(operation);
        self
    }

    fn about(&self) -> Arc<About> {
        Arc::new(About::new(
            self.method.clone(),
            self.path,
            self.access,
            self.body_bytes_max,
            self.is_streamed,
        ))
    }
}

/// All rows as a server.
pub fn router(routes: Vec<Route>, state: AppState) -> Router {
    let described = operation::document(&routes, state.reached.by_https).to_string();
    let state = state.describing(described);
    let mut paths: BTreeMap<&'static str, MethodRouter<AppState>> = BTreeMap::new();
    for route in routes {
        let about = route.about();
        state.metrics.watch(Arc::clone(&about));
        let mounted = (route.mount)(about);
        let merged = match paths.remove(route.path) {
            Some(others) => others.merge(mounted),
            None => mounted,
        };
        paths.insert(route.path, merged);
    }
    let elsewhere = Arc::new(About::new(
        Method::GET,
        "*",
        Access::PUBLIC,
        BODY_BYTES_MAX,
        false,
    ));
    state.metrics.watch(Arc::clone(&elsewhere));
    paths
        .into_iter()
        .fold(Router::new(), |server, (path, methods)| {
            server.route(path, methods)
        })
        .fallback(Guarded::new(nothing_here, Arc::clone(&elsewhere)))
        .method_not_allowed_fallback(Guarded::new(not_this_method, elsewhere))
        .with_state(state)
}

async fn nothing_here() -> Problem {
    Problem::not_found()
}

async fn not_this_method() -> Problem {
    Problem::of_status(axum::http::StatusCode::METHOD_NOT_ALLOWED)
}
