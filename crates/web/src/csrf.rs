//! Whether a form was sent from one of our own pages. Nothing is stored: two independent proofs are asked for.
//!
//! 1. *Where it comes from.* Browsers of the last years say so in `Sec-Fetch-Site`, others in `Origin`. A page that
//!    forbids referrers makes a browser send `Origin: null` with its own forms, so `null` proves nothing either way.
//! 2. *A token* in the form: a keyed hash of the session. A stranger's page can't read it and can't make it.
//!
//! Calls of our own scripts carry [`SCRIPT_HEADER`], or say that their body is JSON, instead of a token: another origin
//! can do neither unasked.

use aws_lc_rs::hmac;
use axum::http::HeaderMap;
use data_encoding::BASE64URL_NOPAD;

use crate::json::is_json;

/// The name of the form's hidden field.
pub const FIELD: &str = "csrf";

/// What stands before the token in a form of several parts.
const BEFORE_TOKEN: &[u8] = b"name=\"csrf\"\r\n\r\n";

/// The header of our own scripts; its value is `1`.
pub const SCRIPT_HEADER: &str = "x-gapura";

/// What a request tells about the page that sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provenance {
    /// One of our own pages, or the person's own hand.
    Ours,
    /// Somebody else's page.
    Foreign,
    /// The browser does not say; the token alone decides.
    Unknown,
}

/// The token for the forms of a session. `session` is whatever identifies it and is not public, as the cookie's value.
#[must_use]
pub fn token(key: &[u8], session: &[u8]) -> String {
    BASE64URL_NOPAD.encode(hmac::sign(&signing_key(key), &message(session)).as_ref())
}

/// Whether `token` is the one of this session, told in constant time.
#[must_use]
pub fn is_token(key: &[u8], session: &[u8], token: &str) -> bool {
    BASE64URL_NOPAD
        .decode(token.as_bytes())
        .is_ok_and(|tag| hmac::verify(&signing_key(key), &message(session), &tag).is_ok())
}

/// Reads where a request comes from. `origin` is our own, as `https://gapura.example`.
#[must_use]
pub fn provenance(headers: &HeaderMap, origin: &str) -> Provenance {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match text("sec-fetch-site") {
        Some("same-origin" | "none") => return Provenance::Ours,
        // A sister domain is not ours, but its Origin may still say that a proxy gave us another name.
        Some(_) => {
            return if text("origin") == Some(origin) {
                Provenance::Ours
            } else {
                Provenance::Foreign
            };
        }
        None => {}
    }
    match text("origin") {
        None | Some("null") => Provenance::Unknown,
        Some(said) if said == origin || is_host(said, text("host")) => Provenance::Ours,
        Some(_) => Provenance::Foreign,
    }
}

/// Whether a page's origin is the very server it calls, under a name other than the configured one: in the building's own
/// network, say. No page can choose the `Host` that its browser sends.
fn is_host(origin: &str, host: Option<&str>) -> bool {
    let said = origin.split_once("://").map(|(_, said)| said);
    said.is_some() && said == host
}

/// Whether a form may be acted on: not from a stranger's page, and with the token of its session.
#[must_use]
pub fn admits_form(
    key: &[u8],
    session: &[u8],
    headers: &HeaderMap,
    origin: &str,
    sent: &str,
) -> bool {
    provenance(headers, origin) != Provenance::Foreign && is_token(key, session, sent)
}

/// Whether a call of a script may be acted on under a cookie.
#[must_use]
pub fn admits_script(headers: &HeaderMap, origin: &str) -> bool {
    provenance(headers, origin) != Provenance::Foreign
        && (headers.get(SCRIPT_HEADER).is_some_and(|value| value == "1") || is_json(headers))
}

/// The token that a form was sent with, in the body's bytes. Found without reading the rest: whoever knows the token
/// may put it where they like.
#[must_use]
pub fn sent_token(body: &[u8], multipart: bool) -> Option<&str> {
    if !multipart {
        let pairs = std::str::from_utf8(body).ok()?.split('&');
        return pairs
            .filter_map(|pair| pair.split_once('='))
            .find(|(name, _)| *name == FIELD)
            .map(|(_, token)| token);
    }
    let found = body
        .windows(BEFORE_TOKEN.len())
        .position(|part| part == BEFORE_TOKEN)?;
    let begin = found + BEFORE_TOKEN.len();
    let rest = &body[begin..];
    let end = rest.iter().take(100).position(|byte| *byte == b'\r')?;
    std::str::from_utf8(&rest[..end]).ok()
}

fn signing_key(key: &[u8]) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, key)
}

/// The key may serve other purposes too; the prefix keeps their hashes apart.
fn message(session: &[u8]) -> Vec<u8> {
    [b"gapura form token\0".as_slice(), session].concat()
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderName, HeaderValue};

    use super::{Provenance, admits_form, admits_script, is_token, provenance, sent_token, token};

    const ORIGIN: &str = "https://gapura.example";

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect()
    }

    #[test]
    fn a_token_opens_the_forms_of_its_own_session_only() {
        let mine = token(b"key", b"session one");
        assert!(is_token(b"key", b"session one", &mine));
        assert!(!is_token(b"key", b"session two", &mine));
        assert!(!is_token(b"other key", b"session one", &mine));
        for forged in ["", "x", "ééé", &mine[1..], &format!("{mine}A")] {
            assert!(!is_token(b"key", b"session one", forged));
        }
    }

    #[test]
    fn a_browser_that_says_where_it_comes_from_is_believed() {
        assert_eq!(
            provenance(&headers(&[("sec-fetch-site", "same-origin")]), ORIGIN),
            Provenance::Ours
        );
        assert_eq!(
            provenance(&headers(&[("sec-fetch-site", "cross-site")]), ORIGIN),
            Provenance::Foreign
        );
        assert_eq!(
            provenance(&headers(&[("sec-fetch-site", "same-site")]), ORIGIN),
            Provenance::Foreign
        );
        assert_eq!(
            provenance(&headers(&[("origin", ORIGIN)]), ORIGIN),
            Provenance::Ours
        );
        assert_eq!(
            provenance(
                &headers(&[("origin", "https://gapura.example.evil.example")]),
                ORIGIN
            ),
            Provenance::Foreign
        );
    }

    #[test]
    fn a_browser_that_says_nothing_needs_the_token() {
        let silent = headers(&[("origin", "null")]);
        assert_eq!(provenance(&silent, ORIGIN), Provenance::Unknown);
        assert!(admits_form(
            b"key",
            b"s",
            &silent,
            ORIGIN,
            &token(b"key", b"s")
        ));
        assert!(!admits_form(b"key", b"s", &silent, ORIGIN, ""));
    }

    #[test]
    fn a_strangers_page_is_refused_even_with_the_token() {
        let foreign = headers(&[("sec-fetch-site", "cross-site")]);
        assert!(!admits_form(
            b"key",
            b"s",
            &foreign,
            ORIGIN,
            &token(b"key", b"s")
        ));
    }

    #[test]
    fn a_page_of_this_server_under_another_name_is_ours() {
        let local = [
            ("origin", "http://10.0.0.7:8700"),
            ("host", "10.0.0.7:8700"),
        ];
        assert_eq!(provenance(&headers(&local), ORIGIN), Provenance::Ours);
        let strange = [("origin", "http://evil.example"), ("host", "10.0.0.7:8700")];
        assert_eq!(provenance(&headers(&strange), ORIGIN), Provenance::Foreign);
    }

    #[test]
    fn the_token_is_found_in_both_kinds_of_forms() {
        assert_eq!(sent_token(b"name=Budi&csrf=abc&x=", false), Some("abc"));
        assert_eq!(sent_token(b"name=csrf", false), None);
        let parts = b"--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nabc\r\n--b--";
        assert_eq!(sent_token(parts, true), Some("abc"));
        assert_eq!(sent_token(&parts[..55], true), None);
    }

    #[test]
    fn a_script_must_show_its_header() {
        assert!(admits_script(
            &headers(&[("x-gapura", "1"), ("sec-fetch-site", "same-origin")]),
            ORIGIN
        ));
        assert!(!admits_script(
            &headers(&[("sec-fetch-site", "same-origin")]),
            ORIGIN
        ));
        assert!(admits_script(
            &headers(&[("content-type", "application/json; charset=utf-8")]),
            ORIGIN
        ));
        assert!(!admits_script(
            &headers(&[("x-gapura", "1"), ("origin", "https://evil.example")]),
            ORIGIN
        ));
    }
}
