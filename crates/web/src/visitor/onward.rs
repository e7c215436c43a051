//! Where somebody goes after signing in: a path of this very server, and never elsewhere.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Query};
use axum::http::Uri;
use axum::http::request::Parts;
use axum::response::Redirect;

use crate::guard::escaped;

/// The name of the parameter and of the hidden field.
pub(super) const NEXT: &str = "next";

const LONGEST: usize = 300;
/// Where those go who came from nowhere.
const HOME: &str = "/me";

/// The way on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Onward(Option<String>);

impl Onward {
    /// Reads a path. What leads elsewhere, or might in some browser's eyes, leads home.
    pub(super) fn parse(text: &str) -> Self {
        let is_own = text.starts_with('/')
            && !text.starts_with("//")
            && text.len() <= LONGEST
            && text
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        Self(is_own.then(|| text.to_owned()))
    }

    fn of(uri: &Uri) -> Self {
        let query = Query::<Vec<(String, String)>>::try_from_uri(uri).unwrap_or_default();
        let next = query.0.iter().find(|(name, _)| name == NEXT);
        next.map(|(_, path)| Self::parse(path)).unwrap_or_default()
    }

    /// The path.
    pub(super) fn path(&self) -> &str {
        self.0.as_deref().unwrap_or(HOME)
    }

    /// Whether a door waits at its end.
    pub(super) fn is_door(&self) -> bool {
        self.path().starts_with("/d/")
    }

    /// The address of a page that comes before it. `page` may have parameters of its own.
    pub(super) fn after(&self, page: &str) -> String {
        match &self.0 {
            Some(path) => {
                let joint = if page.contains('?') { '&' } else { '?' };
                format!("{page}{joint}{NEXT}={}", escaped(path))
            }
            None => page.to_owned(),
        }
    }

    /// Goes on.
    pub(super) fn go(&self) -> Redirect {
        Redirect::to(self.path())
    }
}

impl<S: Sync> FromRequestParts<S> for Onward {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.uri))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Uri;

    use super::Onward;

    #[test]
    fn only_paths_of_this_server_are_followed() {
        for elsewhere in [
            "",
            "https://evil.example/",
            "//evil.example/",
            "/\\evil.example",
            "\\\\evil.example",
            "javascript:alert(1)",
            "/d/7K3M\r\nset-cookie: a=b",
            " /d/7K3M",
            &format!("/{}", "a".repeat(300)),
        ] {
            assert_eq!(Onward::parse(elsewhere).path(), "/me", "{elsewhere}");
        }
        assert_eq!(Onward::parse("/d/7AVM2QPX").path(), "/d/7AVM2QPX");
    }

    #[test]
    fn a_door_is_found_again_behind_the_pages_in_between() {
        let onward = Onward::parse("/d/7AVM2QPX/9DT04MZB?lang=en");
        let uri: Uri = onward.after("/masuk?lagi=1").parse().unwrap();
        assert_eq!(Onward::of(&uri), onward);
        assert!(onward.is_door());
        assert_eq!(Onward::default().after("/masuk"), "/masuk");
    }
}
