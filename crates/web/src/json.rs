//! JSON in and out, with refusals that are problem documents: what is wrong, where, and how to mend it.
//!
//! They repeat nothing of what was sent, since a mistyped name is still a name.

use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use tokio::task::yield_now;
use tokio::time::timeout;

use crate::guard::Passed;
use crate::problem::Problem;
use crate::words::Words;

/// The largest JSON body, in bytes, unless its route allows more.
pub const JSON_BYTES_MAX: usize = 64 * 1024;
/// So much of a body that is too large is still taken from the line, so that the refusal can be heard.
const DRAINED_BYTES_MAX: usize = 32 * 1024 * 1024;
/// A body that takes longer than this is not waited for.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// A JSON body.
#[derive(Clone, Copy, Debug)]
pub struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        let bytes_max = request
            .extensions()
            .get::<Passed>()
            .map_or(JSON_BYTES_MAX, |passed| passed.body_bytes_max);
        read(&whole(request.into_body(), bytes_max).await?).map(Self)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(bytes) => {
                let kind = HeaderValue::from_static("application/json");
                ([(CONTENT_TYPE, kind)], bytes).into_response()
            }
            Err(_) => Problem::broken().into_response(),
        }
    }
}

/// Whether a body claims to be JSON. A page of another origin can't claim so without asking first.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let said = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = said.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

/// A body of at most so many bytes. One that is too large is still taken from the line for a while, so that its sender
/// hears the refusal instead of a broken connection.
pub(crate) async fn whole(mut body: Body, bytes_max: usize) -> Result<Bytes, Problem> {
    let reading = async {
        if body.size_hint().lower() <= bytes_max as u64 {
            match Limited::new(&mut body, bytes_max).collect().await {
                Ok(collected) => return Ok(collected.to_bytes()),
                Err(error) if !error.is::<LengthLimitError>() => return Err(Problem::unreadable()),
                Err(_) => {}
            }
        }
        drain(&mut body).await;
        Err(Problem::too_large(bytes_max))
    };
    timeout(PATIENCE, reading)
        .await
        .unwrap_or_else(|_| Err(Problem::of_status(StatusCode::REQUEST_TIMEOUT)))
}

/// So much of a form of several parts is read to find its token.
const BEGINNING_BYTES: usize = 4 * 1024;

/// The beginning of a large body, and the rest of it, which has not come yet.
pub(crate) async fn beginning(
    mut body: Body,
    bytes_max: usize,
) -> Result<(Vec<u8>, Body), Problem> {
    let reading = async {
        if body.size_hint().lower() > bytes_max as u64 {
            drain(&mut body).await;
            return Err(Problem::too_large(bytes_max));
        }
        let mut begun = Vec::new();
        while begun.len() < BEGINNING_BYTES {
            match body.frame().await {
                Some(Ok(frame)) => begun.extend(frame.into_data().unwrap_or_default()),
                Some(Err(_)) => return Err(Problem::unreadable()),
                None => break,
            }
        }
        Ok(begun)
    };
    let begun = timeout(PATIENCE, reading)
        .await
        .unwrap_or_else(|_| Err(Problem::of_status(StatusCode::REQUEST_TIMEOUT)))?;
    Ok((begun, body))
}

/// A body whose beginning was read. Its sender is not waited for longer than a while at a time.
///
/// The parser of forms with files takes into memory whatever is ready before it gives out any of it, which of a fast
/// sender is the whole file. So there is a pause before each piece, however short: what is ready is then one piece.
pub(crate) fn joined(begun: Vec<u8>, rest: Body) -> Body {
    let first = stream::once(async { Ok(Bytes::from(begun)) });
    let rest = stream::unfold(Some(rest.into_data_stream()), |rest| async {
        let mut rest = rest?;
        yield_now().await;
        match timeout(PATIENCE, rest.next()).await {
            Ok(Some(Ok(piece))) => Some((Ok(piece), Some(rest))),
            Ok(None) => None,
            Ok(Some(Err(error))) => Some((Err(error), None)),
            Err(late) => Some((Err(axum::Error::new(late)), None)),
        }
    });
    Body::from_stream(first.chain(rest))
}

async fn drain(body: &mut Body) {
    let mut left = DRAINED_BYTES_MAX;
    while let Some(Ok(frame)) = body.frame().await {
        match left.checked_sub(frame.data_ref().map_or(0, Bytes::len)) {
            Some(less) => left = less,
            None => return,
        }
    }
}

/// Parses a body; when that fails, parses it once more, slowly, to tell where.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    match serde_json::from_slice(bytes) {
        Ok(value) => Ok(value),
        Err(error) => match error.classify() {
            Category::Data => Err(wrong_shape::<T>(bytes, &error)),
            Category::Syntax | Category::Eof | Category::Io => Err(wrong_json(&error)),
        },
    }
}

fn wrong_json(error: &serde_json::Error) -> Problem {
    let (line, column) = (error.line(), error.column());
    let title = Words::api_wrong_json_title;
    Problem::new(StatusCode::BAD_REQUEST, "wrong_json", title)
        .because(move |w| w.api_wrong_json_detail(column, line))
        .with("line", line)
        .with("column", column)
}

fn wrong_shape<T: DeserializeOwned>(bytes: &[u8], error: &serde_json::Error) -> Problem {
    let mut slow = serde_json::Deserializer::from_slice(bytes);
    let path = serde_path_to_error::deserialize::<_, T>(&mut slow)
        .err()
        .map(|error| pointer(error.path()))
        .unwrap_or_default();
    let shown = if path.is_empty() { "/" } else { &path }.to_owned();
    let title = Words::api_wrong_shape_title;
    let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "wrong_shape", title)
        .because(move |w| w.api_wrong_shape_detail(&shown))
        .with("pointer", path)
        .with("line", error.line())
        .with("column", error.column());
    match expected(&error.to_string()) {
        Some(expected) => problem.with("expected", expected),
        None => problem,
    }
}

/// A JSON pointer (RFC 6901).
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Map { key } => {
                pointer.push('/');
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            Segment::Seq { index } => {
                pointer.push('/');
                pointer.push_str(&index.to_string());
            }
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    pointer
}

/// What the program says it expected. The parser puts that last, so nothing that was sent can stand behind it.
fn expected(message: &str) -> Option<String> {
    let said = message
        .rsplit_once(", expected ")
        .map(|(_, expected)| expected)
        .or_else(|| message.starts_with("missing field `").then_some(message))?;
    let without_place = said.split(" at line ").next()?;
    Some(without_place.to_owned())
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use serde::Deserialize;

    use super::{read, whole};
    use crate::lang::Lang;

    #[derive(Debug, Deserialize)]
    struct Ask {
        #[expect(dead_code, reason = "only its form matters here")]
        id: u32,
        #[expect(dead_code, reason = "only its form matters here")]
        people: Vec<bool>,
    }

    fn document(text: &str) -> serde_json::Value {
        let problem = read::<Ask>(text.as_bytes()).unwrap_err();
        problem.document(Lang::En.words())
    }

    #[test]
    fn broken_json_is_told_with_line_and_column() {
        let problem = document("{\"id\": 1,\n \"people\": [}");
        assert_eq!(problem["code"], "wrong_json");
        assert_eq!(
            (&problem["line"], &problem["column"]),
            (&2.into(), &13.into())
        );
    }

    #[test]
    fn a_wrong_type_is_told_with_its_place_and_what_belongs_there() {
        let problem = document(r#"{"id": 1, "people": [true, "Budi, expected nothing"]}"#);
        assert_eq!(problem["code"], "wrong_shape");
        assert_eq!(problem["pointer"], "/people/1");
        assert_eq!(problem["expected"], "a boolean");
        assert!(!problem.to_string().contains("Budi"));
    }

    #[test]
    fn a_missing_member_is_named() {
        let problem = document(r#"{"id": 1}"#);
        assert_eq!(problem["expected"], "missing field `people`");
    }

    #[tokio::test]
    async fn a_body_that_is_too_large_is_refused_with_the_limit() {
        assert_eq!(whole(Body::from("12345"), 5).await.unwrap(), "12345");
        let problem = whole(Body::from("123456"), 5).await.unwrap_err();
        assert_eq!(problem.code(), "too_large");
        assert_eq!(problem.document(Lang::En.words())["bytes_max"], 5);
    }
}
