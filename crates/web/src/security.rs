//! What every answer forbids the browser to do, whatever a page contains.

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;

/// The largest form, in bytes. Routes that take lists allow more; see [`crate::table::Route::upload`].
pub const BODY_BYTES_MAX: usize = 256 * 1024;

const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'",
);
const POLICY_WHEN_SCANNING: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
     font-src 'self'; media-src 'self' blob: mediastream:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
     manifest-src 'self'",
);
const POLICY_OF_DATA: HeaderValue =
    HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
const PERMISSIONS: HeaderName = HeaderName::from_static("permissions-policy");
const OPENER: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// How this server is reached.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reached {
    /// Whether people come by HTTPS, here or at the proxy before us.
    pub by_https: bool,
}

/// What a page may use beyond the strict rule; put it into the response's extensions.
///
/// ```
/// # use axum::response::IntoResponse;
/// # let page = "…";
/// (axum::Extension(gapura_web::security::Needs::camera()), page).into_response();
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The page films codes; this also lets it run the reader's WebAssembly.
    pub camera: bool,
    /// The page asks where the reader is, to sort places by distance.
    pub location: bool,
}

impl Needs {
    /// For a page that scans.
    #[must_use]
    pub const fn camera() -> Self {
        Self {
            camera: true,
            location: false,
        }
    }

    /// For a page that looks for places nearby.
    #[must_use]
    pub const fn location() -> Self {
        Self {
            camera: false,
            location: true,
        }
    }
}

/// Adds the headers to an answer. What personal pages say is never kept by anybody on the way. JSON is shown by
/// no browser and needs to forbid less; a device that asks every second is spared the rest.
pub(crate) fn protect(reached: Reached, response: &mut Response) {
    let is_data = response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().ends_with(b"json"));
    let needs = response
        .extensions()
        .get::<Needs>()
        .copied()
        .unwrap_or_default();
    let headers = response.headers_mut();
    if is_data {
        headers.insert(CONTENT_SECURITY_POLICY, POLICY_OF_DATA);
    } else {
        let policy = if needs.camera {
            POLICY_WHEN_SCANNING
        } else {
            POLICY
        };
        headers.insert(CONTENT_SECURITY_POLICY, policy);
        headers.insert(PERMISSIONS, HeaderValue::from_static(permissions(needs)));
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        headers.insert(OPENER, HeaderValue::from_static("same-origin"));
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(RESOURCE, HeaderValue::from_static("same-origin"));
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    if reached.by_https {
        headers.insert(
            STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000"),
        );
    }
}

const fn permissions(needs: Needs) -> &'static str {
    match (needs.camera, needs.location) {
        (false, false) => "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        (true, false) => "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
        (false, true) => "camera=(), geolocation=(self), microphone=(), payment=(), usb=()",
        (true, true) => "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()",
    }
}
