//! What every page has around its content, and how a page becomes an answer.

use std::convert::Infallible;

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri};
use axum::response::{Html, IntoResponse, Response};

use crate::caller::Caller;
use crate::guard::Passed;
use crate::lang::Lang;
use crate::problem::Problem;
use crate::words::Words;

/// What the base template needs of every page: extract it in the handler and put it into the page's struct as `frame`,
/// with a copy of its words as `w`.
#[derive(Clone)]
pub struct Frame {
    /// The words in the reader's language.
    pub w: Words,
    /// This page's address with its parameters, `lang` left out.
    pub here: String,
    /// The token of this session's forms; see [`crate::csrf`].
    pub csrf: String,
    /// A sentence about what was just done, shown once on top.
    pub flash: Option<String>,
    /// Which of the phone's three names this page belongs to.
    pub tab: Tab,
}

/// The names at the bottom of a visitor's phone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// Nobody is signed in; the names would lead nowhere.
    Absent,
    /// Signed in, on a page of none of the three.
    #[default]
    Other,
    /// Riwayat.
    History,
    /// Kartu & pas.
    Card,
    /// Pemberitahuan.
    Notices,
}

impl Frame {
    /// The frame of a request.
    #[must_use]
    pub fn of(uri: &Uri, headers: &HeaderMap) -> Self {
        Self::speaking(Lang::of(uri, headers), uri)
    }

    /// The frame of a page in a language that is known already.
    #[must_use]
    pub fn speaking(lang: Lang, uri: &Uri) -> Self {
        Self {
            w: lang.words(),
            here: without_lang(uri),
            csrf: String::new(),
            flash: None,
            tab: Tab::Absent,
        }
    }

    /// With the token of the session's forms.
    #[must_use]
    pub fn with_csrf(mut self, token: String) -> Self {
        self.csrf = token;
        self
    }

    /// On one of the phone's names.
    #[must_use]
    pub const fn on(mut self, tab: Tab) -> Self {
        self.tab = tab;
        self
    }

    /// The language of the page, for `<html lang>`.
    #[must_use]
    pub const fn lang(&self) -> &'static str {
        self.w.lang().tag()
    }

    /// This page in another language.
    #[must_use]
    pub fn in_lang(&self, lang: Lang) -> String {
        let joint = if self.here.contains('?') { '&' } else { '?' };
        format!("{}{joint}lang={}", self.here, lang.tag())
    }
}

impl<S: Sync> FromRequestParts<S> for Frame {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let Some(passed) = parts.extensions.get::<Passed>() else {
            return Ok(Self::of(&parts.uri, &parts.headers));
        };
        let frame = Self::speaking(passed.lang, &parts.uri);
        Ok(Self {
            csrf: passed.form_token.as_deref().unwrap_or_default().to_owned(),
            tab: match passed.caller {
                Caller::Visitor(_) => Tab::Other,
                Caller::Nobody | Caller::Device(_) | Caller::Staff(_) => Tab::Absent,
            },
            ..frame
        })
    }
}

fn without_lang(uri: &Uri) -> String {
    let kept: Vec<&str> = uri
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("lang="))
        .collect();
    if kept.is_empty() {
        uri.path().to_owned()
    } else {
        format!("{}?{}", uri.path(), kept.join("&"))
    }
}

/// Renders a page.
pub fn html(page: &impl Template) -> Response {
    match page.render() {
        Ok(text) => Html(text).into_response(),
        Err(_) => Problem::broken().into_response(),
    }
}

/// The frame of a desk: who works here and which rooms there are.
#[derive(Clone, Default)]
pub struct Desk {
    /// The organisation or place that is looked after.
    pub place: String,
    /// Who is signed in, as the colleagues know them.
    pub who: String,
    /// At most seven, named by what people do there.
    pub rooms: Vec<DeskRoom>,
    /// What audits, compares or administers: below, under *Pengawasan*.
    pub oversight: Vec<DeskRoom>,
}

/// A line of the desk's left list.
#[derive(Clone)]
pub struct DeskRoom {
    /// What people do there.
    pub name: String,
    /// Where it is.
    pub href: String,
    /// Whether the page belongs to it.
    pub current: bool,
    /// How many things wait there; none is not shown.
    pub waiting: u64,
}

impl DeskRoom {
    /// A room at an address.
    #[must_use]
    pub fn new(name: impl Into<String>, href: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            href: href.into(),
            current: false,
            waiting: 0,
        }
    }
}

/// Pages of a long list.
#[derive(Clone, Default)]
pub struct Pages {
    /// Where the page before this one is.
    pub earlier: Option<String>,
    /// Where the page after this one is.
    pub later: Option<String>,
    /// What is shown: "1–50 dari 312".
    pub shown: String,
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, Uri};

    use super::Frame;
    use crate::lang::Lang;

    #[test]
    fn the_language_switch_keeps_the_rest_of_the_address() {
        let frame = |uri| Frame::of(&Uri::from_static(uri), &HeaderMap::new());
        assert_eq!(
            frame("/a?q=x&lang=en&page=2").in_lang(Lang::Id),
            "/a?q=x&page=2&lang=id"
        );
        assert_eq!(frame("/a").in_lang(Lang::En), "/a?lang=en");
        assert_eq!(frame("/a?lang=en").lang(), "en");
    }
}
