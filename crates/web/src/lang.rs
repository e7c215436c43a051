//! Which language a reader is spoken to in: Indonesian unless the address, the cookie or the browser says otherwise.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::{ACCEPT_LANGUAGE, COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Uri};

use crate::words::Words;

/// The cookie that remembers the choice, and the parameter of the address that makes it.
const NAME: &str = "lang";

/// A language of the catalogue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// Indonesian.
    #[default]
    Id,
    /// English.
    En,
}

impl Lang {
    /// Both, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::Id, Self::En];

    /// The tag of BCP 47, which is also the name of the catalogue's folder.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::En => "en",
        }
    }

    /// The language of a tag, whatever its region: `en`, `en-GB`, and `in`, the tag that old Android sends for `id`.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let language = tag.split(['-', '_']).next().unwrap_or_default().trim();
        if language.eq_ignore_ascii_case("id") || language.eq_ignore_ascii_case("in") {
            Some(Self::Id)
        } else if language.eq_ignore_ascii_case("en") {
            Some(Self::En)
        } else {
            None
        }
    }

    /// The catalogue in this language.
    #[must_use]
    pub const fn words(self) -> Words {
        Words::new(self)
    }

    /// What a request asks for: its address before its cookie before its browser's wish.
    #[must_use]
    pub fn of(uri: &Uri, headers: &HeaderMap) -> Self {
        asked(uri)
            .or_else(|| remembered(headers))
            .or_else(|| wished(headers))
            .unwrap_or_default()
    }
}

impl<S: Sync> FromRequestParts<S> for Lang {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.uri, &parts.headers))
    }
}

/// The cookie that remembers a language chosen by address, so that the next page speaks it too.
pub(crate) fn remember(uri: &Uri) -> Option<HeaderValue> {
    Some(HeaderValue::from_static(match asked(uri)? {
        Lang::Id => "lang=id; Path=/; Max-Age=31536000; SameSite=Lax",
        Lang::En => "lang=en; Path=/; Max-Age=31536000; SameSite=Lax",
    }))
}

fn asked(uri: &Uri) -> Option<Lang> {
    uri.query()?
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(name, _)| *name == NAME)
        .and_then(|(_, tag)| Lang::from_tag(tag))
}

fn remembered(headers: &HeaderMap) -> Option<Lang> {
    let cookies = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == NAME)
        .and_then(|(_, tag)| Lang::from_tag(tag))
}

/// The first language of the browser's list that the catalogue has; the list's weights are in order in practice, and
/// where they are not, the heaviest wins.
fn wished(headers: &HeaderMap) -> Option<Lang> {
    let mut best: Option<(Lang, f32)> = None;
    for item in headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?.split(',') {
        let (tag, weight) = item.split_once(";q=").unwrap_or((item, "1"));
        let weight = weight.trim().parse().unwrap_or(0.0);
        if let Some(lang) = Lang::from_tag(tag.trim())
            && weight > best.map_or(0.0, |(_, heaviest)| heaviest)
        {
            best = Some((lang, weight));
        }
    }
    best.map(|(lang, _)| lang)
}

#[cfg(test)]
mod tests {
    use axum::http::header::{ACCEPT_LANGUAGE, COOKIE};
    use axum::http::{HeaderMap, HeaderValue, Uri};

    use super::Lang;

    fn of(uri: &'static str, cookie: &'static str, accept: &'static str) -> Lang {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::from_static(cookie));
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(accept));
        Lang::of(&Uri::from_static(uri), &headers)
    }

    #[test]
    fn indonesian_is_spoken_unless_something_else_is_asked_for() {
        assert_eq!(
            Lang::of(&Uri::from_static("/"), &HeaderMap::new()),
            Lang::Id
        );
        assert_eq!(of("/", "", "fr-FR,fr;q=0.9"), Lang::Id);
        assert_eq!(of("/?lang=xx", "lang=", "*"), Lang::Id);
    }

    #[test]
    fn the_address_is_stronger_than_the_cookie_and_the_cookie_than_the_browser() {
        assert_eq!(of("/?a=1&lang=en", "lang=id", "id"), Lang::En);
        assert_eq!(of("/", "a=b; lang=en", "id"), Lang::En);
        assert_eq!(of("/", "a=b", "en-GB,en;q=0.9"), Lang::En);
    }

    #[test]
    fn the_heaviest_wish_wins() {
        assert_eq!(of("/", "", "en;q=0.3, id;q=0.8"), Lang::Id);
        assert_eq!(of("/", "", "en;q=0"), Lang::Id);
        assert_eq!(of("/", "", "in-ID, en"), Lang::Id);
    }
}
