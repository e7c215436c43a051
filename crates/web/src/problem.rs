//! What is answered when something can't be done: a problem document (RFC 9457) for programs, a page for people.
//!
//! A handler returns a [`Problem`] and knows neither the reader's language nor whether a browser or a device asks;
//! [`crate::finish`] finds both out and writes the answer. It also turns the framework's own refusals (no such route, wrong
//! method, body too large) into the same form, so no error leaves the server in another shape.

use std::fmt;
use std::sync::Arc;

use askama::Template;
use axum::http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::lang::{self, Lang};
use crate::page::{Frame, html};
use crate::request_number::number;
use crate::security::{self, Reached};
use crate::words::Words;

/// A sentence that is said once the language is known.
type Sentence = Arc<dyn Fn(Words) -> String + Send + Sync>;

/// Why a request was not done.
#[derive(Clone)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    title: fn(Words) -> &'static str,
    detail: Option<Sentence>,
    members: Map<String, Value>,
    retry_after_seconds: Option<u32>,
}

impl Problem {
    /// A problem with a stable `code` that programs may rely on, and its title from the catalogue:
    /// `Problem::new(StatusCode::CONFLICT, "code_revoked", Words::gate_code_revoked)`.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str, title: fn(Words) -> &'static str) -> Self {
        Self {
            status,
            code,
            title,
            detail: None,
            members: Map::new(),
            retry_after_seconds: None,
        }
    }

    /// Adds what this case is about and how to mend it.
    #[must_use]
    pub fn because(mut self, sentence: impl Fn(Words) -> String + Send + Sync + 'static) -> Self {
        self.detail = Some(Arc::new(sentence));
        self
    }

    /// Adds a member to the document, for programs.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }

    /// Says after how many seconds asking again makes sense.
    #[must_use]
    pub const fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }

    /// The status that answers.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// What it says, in one line.
    #[must_use]
    pub fn told(&self, w: Words) -> String {
        let title = (self.title)(w);
        match &self.detail {
            Some(detail) => format!("{title}. {}", detail(w)),
            None => title.to_owned(),
        }
    }

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// Nothing stands here, or nothing that this reader may see; the two are not told apart.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            Words::api_not_found_title,
        )
        .because(|w| w.api_not_found_detail().to_owned())
    }

    /// Nobody is signed in, or the session has ended.
    #[must_use]
    pub fn unauthenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthenticated",
            Words::api_unauthenticated_title,
        )
        .because(|w| w.api_unauthenticated_detail().to_owned())
    }

    /// Somebody is signed in, and this is not theirs to do.
    #[must_use]
    pub fn forbidden() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            Words::api_forbidden_title,
        )
        .because(|w| w.api_forbidden_detail().to_owned())
    }

    /// A form came from elsewhere, or from a page that is too old.
    #[must_use]
    pub fn stale_form() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "stale_form",
            Words::api_stale_form_title,
        )
        .because(|w| w.api_stale_form_detail().to_owned())
    }

    /// The body could not be read as what it should be.
    #[must_use]
    pub fn unreadable() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "unreadable",
            Words::api_unreadable_title,
        )
        .because(|w| w.api_unreadable_detail().to_owned())
    }

    /// The body is larger than `bytes_max`.
    #[must_use]
    pub fn too_large(bytes_max: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            Words::api_too_large_title,
        )
        .because(move |w| w.api_too_large_detail(bytes_max / 1024))
        .with("bytes_max", bytes_max)
    }

    /// Too many attempts in too short a time.
    #[must_use]
    pub fn too_many(seconds: u32) -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_requests",
            Words::api_too_many_title,
        )
        .because(move |w| w.api_too_many_detail(u64::from(seconds)))
        .retry_after(seconds)
    }

    /// Something is broken on our side. The cause is logged where it is handled and never told.
    #[must_use]
    pub fn broken() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "broken",
            Words::api_broken_title,
        )
        .because(|w| w.api_broken_detail().to_owned())
    }

    /// The store can't answer just now; the same request may be sent again.
    #[must_use]
    pub fn unavailable() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            Words::api_unavailable_title,
        )
        .because(|w| w.api_unavailable_detail().to_owned())
        .retry_after(2)
    }

    /// The problem that a bare status of the framework stands for.
    #[must_use]
    pub fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::UNAUTHORIZED => Self::unauthenticated(),
            StatusCode::FORBIDDEN => Self::forbidden(),
            StatusCode::NOT_FOUND => Self::not_found(),
            StatusCode::METHOD_NOT_ALLOWED => {
                Self::new(status, "method_not_allowed", Words::api_method_title)
            }
            StatusCode::PAYLOAD_TOO_LARGE => Self::too_large(crate::security::BODY_BYTES_MAX),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::new(
                status,
                "unsupported_media_type",
                Words::api_media_type_title,
            ),
            StatusCode::SERVICE_UNAVAILABLE => Self::unavailable(),
            _ if status.is_server_error() => Self {
                status,
                ..Self::broken()
            },
            _ => Self {
                status,
                ..Self::unreadable()
            },
        }
    }

    /// The document of RFC 9457.
    #[must_use]
    pub fn document(&self, w: Words) -> Value {
        let mut document = Map::new();
        document.insert(
            "type".into(),
            json!(format!("urn:gapura:problem:{}", self.code)),
        );
        document.insert("title".into(), json!((self.title)(w)));
        document.insert("status".into(), json!(self.status.as_u16()));
        document.insert("code".into(), json!(self.code));
        if let Some(detail) = &self.detail {
            document.insert("detail".into(), json!(detail(w)));
        }
        document.extend(self.members.clone());
        Value::Object(document)
    }

    fn as_document(&self, w: Words) -> Response {
        let mut document = self.document(w);
        if let Some(number) = number() {
            document["instance"] = json!(number.urn().to_string());
        }
        let body = document.to_string();
        (
            self.status,
            [(
                CONTENT_TYPE,
                HeaderValue::from_static("application/problem+json"),
            )],
            body,
        )
            .into_response()
    }

    fn as_page(&self, frame: Frame) -> Response {
        let w = frame.w;
        let page = ProblemPage {
            title: (self.title)(w),
            detail: self.detail.as_ref().map(|detail| detail(w)),
            code: self.code,
            number: number().map(|number| number.to_string()),
            frame,
            w,
        };
        (self.status, html(&page)).into_response()
    }
}

/// The cause may hold what nobody should read in a log; the code is enough.
impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Problem({}, {})", self.status.as_u16(), self.code)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.as_document(Lang::default().words());
        if let Some(seconds) = self.retry_after_seconds {
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    frame: Frame,
    w: Words,
    title: &'static str,
    detail: Option<String>,
    code: &'static str,
    number: Option<String>,
}

impl ProblemPage {
    /// A page that is not there needs no officer, so no code for one.
    fn is_worth_telling(&self) -> bool {
        self.code != "not_found"
    }
}

/// What of a request decides how a problem is told. Taken before the request is handed on.
pub(crate) struct Asked {
    uri: Uri,
    lang: Lang,
    wants_page: bool,
}

impl Asked {
    /// Reads a request.
    pub(crate) fn of(uri: &Uri, headers: &HeaderMap) -> Self {
        Self {
            uri: uri.clone(),
            lang: Lang::of(uri, headers),
            wants_page: !uri.path().starts_with("/api/") && wants_page(headers),
        }
    }

    /// The reader's language.
    pub(crate) const fn lang(&self) -> Lang {
        self.lang
    }

    /// Whether a browser asks for something to look at.
    pub(crate) const fn wants_page(&self) -> bool {
        self.wants_page
    }

    /// What was asked for.
    pub(crate) const fn uri(&self) -> &Uri {
        &self.uri
    }
}

/// Writes an answer that is a problem in the reader's language and form; leaves others as they are.
fn spoken(asked: &Asked, response: Response) -> Response {
    if response.status().as_u16() < 400 {
        return response;
    }
    let Some(problem) = problem_of(&response) else {
        return response;
    };
    let mut spoken = if asked.wants_page {
        problem.as_page(Frame::speaking(asked.lang, &asked.uri))
    } else {
        problem.as_document(asked.lang.words())
    };
    for (name, value) in response.headers() {
        if name != CONTENT_TYPE && name != CONTENT_LENGTH {
            spoken.headers_mut().append(name, value.clone());
        }
    }
    spoken
}

/// Puts any answer into its final form: problems in words, the remembered language, the headers. One step, since each
/// layer would cost every check-in an allocation.
pub(crate) fn dressed(asked: &Asked, reached: Reached, response: Response) -> Response {
    let mut response = spoken(asked, response);
    if let Some(cookie) = lang::remember(&asked.uri) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    security::protect(reached, &mut response);
    response
}

fn problem_of(response: &Response) -> Option<Problem> {
    if let Some(problem) = response.extensions().get::<Problem>() {
        return Some(problem.clone());
    }
    let status = response.status();
    let kind = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let bare = kind.is_none_or(|kind| kind.starts_with("text/plain"));
    (bare && (status.is_client_error() || status.is_server_error()))
        .then(|| Problem::of_status(status))
}

fn wants_page(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}
