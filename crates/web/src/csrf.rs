//! Whether a form was sent from one of our own pages. Nothing is stored: two independent proofs are asked for.
//!
//! 1. *Where it comes from.* Browsers of the last years say so in `Sec-Fetch-Site`, others in `Origin`. A page that
//!    forbids referrers makes a browser send `Origin: null` with its own forms, so `null` proves nothing either way.
//! 2. *A token* in the form: a keyed hash of the session. A stranger's page can't read it and can't make it.
//!
//! Calls of our own scripts carry [`SCRIPT_HEADER`] instead of a token: another origin can't add it unasked.

use aws_lc_rs::hmac;
use axum::http::HeaderMap;
use data_encoding::BASE64URL_NOPAD;

/// The name of the form's hidden field.
pub const FIELD: &str = "csrf";

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
        Some(said) if said == origin => Provenance::Ours,
        Some(_) => Provenance::Foreign,
    }
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
        && headers.get(SCRIPT_HEADER).is_some_and(|value| value == "1")
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

    use super::{Provenance, admits_form, admits_script, is_token, provenance, token};

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
    fn a_script_must_show_its_header() {
        assert!(admits_script(
            &headers(&[("x-gapura", "1"), ("sec-fetch-site", "same-origin")]),
            ORIGIN
        ));
        assert!(!admits_script(
            &headers(&[("sec-fetch-site", "same-origin")]),
            ORIGIN
        ));
        assert!(!admits_script(
            &headers(&[("x-gapura", "1"), ("origin", "https://evil.example")]),
            ORIGIN
        ));
    }
}
