//! The access log: method, the route's pattern, status, time, size, and the number that a refusal told. Never an
//! address, a query, a body or a name.

use std::time::Duration;

use axum::body::HttpBody;
use axum::http::Method;
use axum::response::Response;
pub use gapura_app::config::AccessLog;

use crate::request_number::number;

/// What is told of a request.
pub(crate) struct Line<'a> {
    pub(crate) method: &'a Method,
    pub(crate) path: &'static str,
    pub(crate) took: Duration,
    pub(crate) answer: &'a Response,
}

pub(crate) fn write(log: AccessLog, line: &Line<'_>) {
    let status = line.answer.status();
    let is_trouble = status.is_server_error() || line.took > Duration::from_secs(1);
    let is_told = match log {
        AccessLog::Off => false,
        AccessLog::Trouble => is_trouble,
        AccessLog::All => true,
    };
    if !is_told {
        return;
    }
    let bytes = line.answer.body().size_hint().exact();
    let ms = u64::try_from(line.took.as_millis()).unwrap_or(u64::MAX);
    let (method, status) = (line.method.as_str(), status.as_u16());
    let request = number().map(tracing::field::display);
    if is_trouble {
        tracing::warn!(target: "access", method, route = line.path, status, ms, bytes, request);
    } else {
        tracing::info!(target: "access", method, route = line.path, status, ms, bytes, request);
    }
}
