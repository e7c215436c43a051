//! What stands behind the question mark of an address, read one by one, with refusals that say which and what belongs
//! there.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Query};
use axum::http::StatusCode;
use axum::http::request::Parts;
use gapura_store::Cursor;

use crate::ids::{After, Named};
use crate::problem::Problem;
use crate::state::AppState;
use crate::words::Words;

/// Rows of a list that asks for no other number.
const ROWS: u32 = 50;
/// Most rows of a list.
const ROWS_MAX: u32 = 200;

/// The parameters of an address.
pub(super) struct Params(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        // Pairs of texts can always be read; what does not decode stands there as it is.
        let pairs = Query::try_from_uri(&parts.uri).map(|Query(pairs)| pairs);
        Ok(Self(pairs.unwrap_or_default()))
    }
}

impl Params {
    /// A parameter's text; `None` if it is absent or empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(said, _)| said == name);
        found
            .map(|(_, text)| text.trim())
            .filter(|text| !text.is_empty())
    }

    /// A parameter as `read` reads it.
    pub(super) fn read<T>(
        &self,
        name: &'static str,
        expected: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        match self.text(name) {
            None => Ok(None),
            Some(text) => read(text).map(Some).ok_or_else(|| wrong(name, expected)),
        }
    }

    /// Yes if it says `true`.
    pub(super) fn flag(&self, name: &'static str) -> Result<bool, Problem> {
        let flag = self.read(name, "true or false", |text| match text {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        })?;
        Ok(flag.unwrap_or(false))
    }

    /// How many rows are asked for.
    pub(super) fn limit(&self) -> Result<u32, Problem> {
        let within = |text: &str| {
            text.parse()
                .ok()
                .filter(|rows| (1..=ROWS_MAX).contains(rows))
        };
        Ok(self.read("limit", "1 to 200", within)?.unwrap_or(ROWS))
    }

    /// Where the list continues: the `next` of the page before.
    pub(super) fn after<T: Named>(&self, state: &AppState) -> Result<Option<T>, Problem> {
        self.read("cursor", "`next` of the page before", |text| {
            state.ids.read(text)
        })
    }

    /// The same for lists of the store.
    pub(super) fn cursor(&self, state: &AppState) -> Result<Cursor, Problem> {
        let after: Option<After> = self.after(state)?;
        Ok(Cursor {
            after: after.map(|after| after.0),
            limit: self.limit()?,
        })
    }
}

fn wrong(name: &'static str, expected: &'static str) -> Problem {
    let title = Words::api_wrong_parameter_title;
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "wrong_parameter", title)
        .because(move |w| w.api_wrong_parameter_detail(name))
        .with("parameter", name)
        .with("expected", expected)
}
