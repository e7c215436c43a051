//! What was just done, told once on top of the page that follows: `?done=…` of our own addresses.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;

use crate::page::Frame;

/// A name of what was done; empty for a page that follows nothing.
#[derive(Clone, Debug, Default)]
pub(super) struct Done(String);

impl Done {
    /// Puts the sentence of what was done on top of the page, if one of these was.
    pub(super) fn tell<const N: usize>(
        &self,
        frame: Frame,
        sentences: [(&str, String); N],
    ) -> Frame {
        let told = sentences.into_iter().find(|(name, _)| *name == self.0);
        Frame {
            flash: told.map(|(_, sentence)| sentence),
            ..frame
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Done {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let query = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri).unwrap_or_default();
        let done = query.0.into_iter().find(|(name, _)| name == "done");
        Ok(Self(done.map(|(_, what)| what).unwrap_or_default()))
    }
}
