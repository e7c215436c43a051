//! The cookies that keep people and devices signed in.
//!
//! Under HTTPS their names begin with `__Host-`, so that no other page of the domain can plant one; on plain HTTP, as in
//! a demo on one's own machine, a browser would not keep such a cookie, and the bare name is used.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};

/// Who a cookie signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Jar {
    /// A visitor's phone.
    Visitor,
    /// A member of staff.
    Staff,
    /// A gate's screen.
    Device,
    /// Nobody yet: what a stranger typed, sealed, until the one-time code comes back.
    Ticket,
}

impl Jar {
    /// The name of the cookie.
    #[must_use]
    pub const fn name(self, by_https: bool) -> &'static str {
        match (self, by_https) {
            (Self::Visitor, true) => "__Host-gapura_v",
            (Self::Visitor, false) => "gapura_v",
            (Self::Staff, true) => "__Host-gapura_s",
            (Self::Staff, false) => "gapura_s",
            (Self::Device, true) => "__Host-gapura_d",
            (Self::Device, false) => "gapura_d",
            (Self::Ticket, true) => "__Host-gapura_t",
            (Self::Ticket, false) => "gapura_t",
        }
    }

    /// The cookie's value in a request.
    #[must_use]
    pub fn value(self, headers: &HeaderMap, by_https: bool) -> Option<&str> {
        named(headers, self.name(by_https))
    }

    /// The header that puts a token into the cookie for so many seconds; `None` if the token holds what no cookie may.
    ///
    /// A link from a message app to a door must find its visitor signed in, so visitors get `Lax`; staff and devices
    /// come from nowhere else.
    #[must_use]
    pub fn put(self, by_https: bool, token: &str, seconds: i64) -> Option<HeaderValue> {
        let (name, secure) = (self.name(by_https), if by_https { "; Secure" } else { "" });
        let same_site = match self {
            Self::Visitor | Self::Ticket => "Lax",
            Self::Staff | Self::Device => "Strict",
        };
        let is_plain = token
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"\",;\\".contains(&byte));
        let line = format!(
            "{name}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite={same_site}{secure}"
        );
        is_plain.then(|| HeaderValue::try_from(line).ok()).flatten()
    }

    /// The header that empties the cookie.
    #[must_use]
    pub fn empty(self, by_https: bool) -> Option<HeaderValue> {
        self.put(by_https, "", 0)
    }
}

/// The value of a cookie by its name.
#[must_use]
pub fn named<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim_start().split_once('='))
        .find(|(said, _)| *said == name)
        .map(|(_, value)| value)
        .filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use axum::http::header::COOKIE;
    use axum::http::{HeaderMap, HeaderValue};

    use super::Jar;

    fn headers(lines: &[&'static str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(COOKIE, HeaderValue::from_static(line));
        }
        headers
    }

    #[test]
    fn a_cookie_is_found_among_others_by_its_whole_name() {
        let headers = headers(&["lang=en; xgapura_v=1; gapura_v=abc", "gapura_s=d"]);
        assert_eq!(Jar::Visitor.value(&headers, false), Some("abc"));
        assert_eq!(Jar::Staff.value(&headers, false), Some("d"));
        assert_eq!(Jar::Visitor.value(&headers, true), None);
    }

    #[test]
    fn an_emptied_cookie_signs_nobody_in() {
        assert_eq!(Jar::Visitor.value(&headers(&["gapura_v="]), false), None);
    }

    #[test]
    fn under_https_a_cookie_is_secure_and_bound_to_its_host() {
        let line = Jar::Staff.put(true, "abc", 60).unwrap();
        assert_eq!(
            line.to_str().unwrap(),
            "__Host-gapura_s=abc; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure"
        );
        assert!(Jar::Visitor.put(false, "a; Domain=x", 60).is_none());
    }
}
