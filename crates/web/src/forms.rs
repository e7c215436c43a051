//! Forms as they were typed. Nothing a person typed is ever lost: a form that can't be accepted is shown again with
//! every value in its place, a summary on top, and at each field how to mend it.
//!
//! A handler takes a [`Form`], reads values, complains where it must, and renders the same page when
//! [`Form::is_right`] says no. The macros of `templates/ui.html` read the same [`Form`].

use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;

use tokio::time::timeout;

use crate::json::PATIENCE;
use crate::problem::Problem;

/// What was typed and what is wrong with it. It holds names and numbers, so it can't be printed.
#[derive(Clone, Default)]
pub struct Form {
    typed: Vec<(String, String)>,
    complaints: Vec<Complaint>,
}

/// A sentence about one field, saying how to mend it.
#[derive(Clone)]
pub struct Complaint {
    /// The field's name, which is also its anchor.
    pub field: String,
    /// The sentence.
    pub sentence: String,
}

impl Form {
    /// A form that nobody has touched.
    #[must_use]
    pub fn blank() -> Self {
        Self::default()
    }

    /// A form filled in beforehand, or sent as several parts.
    #[must_use]
    pub const fn typed(typed: Vec<(String, String)>) -> Self {
        Self {
            typed,
            complaints: Vec::new(),
        }
    }

    /// Fills a field in.
    #[must_use]
    pub fn fill(mut self, name: &str, value: impl Into<String>) -> Self {
        self.typed.push((name.to_owned(), value.into()));
        self
    }

    /// Fills a field in anew, whatever stood there.
    #[must_use]
    pub fn put(mut self, name: &str, value: impl Into<String>) -> Self {
        self.typed.retain(|(field, _)| field != name);
        self.fill(name, value)
    }

    /// Whether a field was part of the form, filled in or not.
    #[must_use]
    pub fn was_sent(&self, name: &str) -> bool {
        self.typed.iter().any(|(field, _)| field == name)
    }

    /// What was typed into a field, as it was typed; empty when nothing was.
    #[must_use]
    pub fn value(&self, name: &str) -> &str {
        self.typed
            .iter()
            .find(|(field, _)| field == name)
            .map_or("", |(_, value)| value)
    }

    /// The same without the space around it.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.value(name).trim()
    }

    /// Every value of a field that may be chosen several times.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.typed
            .iter()
            .filter(move |(field, _)| field == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether a choice was made.
    #[must_use]
    pub fn has(&self, name: &str, value: impl AsRef<str>) -> bool {
        self.values(name).any(|chosen| chosen == value.as_ref())
    }

    /// Says what is wrong with a field; the first sentence about a field counts.
    pub fn complain(&mut self, name: &str, sentence: impl Into<String>) {
        if self.error(name).is_empty() {
            self.complaints.push(Complaint {
                field: name.to_owned(),
                sentence: sentence.into(),
            });
        }
    }

    /// What is wrong with a field; empty when nothing is.
    #[must_use]
    pub fn error(&self, name: &str) -> &str {
        self.complaints
            .iter()
            .find(|complaint| complaint.field == name)
            .map_or("", |complaint| &complaint.sentence)
    }

    /// All that is wrong, in the order of the complaints.
    #[must_use]
    pub fn complaints(&self) -> &[Complaint] {
        &self.complaints
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub const fn is_right(&self) -> bool {
        self.complaints.is_empty()
    }

    /// The status of the page that shows this form: 422 once something is wrong.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        if self.is_right() {
            StatusCode::OK
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        if !kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
            return Err(Problem::of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        let reading = axum::Form::<Vec<(String, String)>>::from_request(request, state);
        match timeout(PATIENCE, reading).await {
            Ok(Ok(axum::Form(typed))) => Ok(Self::typed(typed)),
            Ok(Err(rejection)) => Err(Problem::of_status(rejection.status())),
            Err(_) => Err(Problem::of_status(StatusCode::REQUEST_TIMEOUT)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Form;

    #[test]
    fn everything_typed_is_kept_and_the_first_complaint_counts() {
        let mut form = Form::typed(vec![
            ("name".into(), " Budi ".into()),
            ("who".into(), "1".into()),
            ("who".into(), "2".into()),
        ]);
        form.complain("name", "first");
        form.complain("name", "second");
        assert_eq!(
            (form.value("name"), form.text("name"), form.error("name")),
            (" Budi ", "Budi", "first")
        );
        assert!(form.has("who", "2") && !form.has("who", "3"));
        assert_eq!(form.complaints().len(), 1);
        assert_eq!((form.value("missing"), form.error("missing")), ("", ""));
    }
}
