//! Two pages that many things end with: a step that cannot be taken lightly, and what was done.

use askama::Template;
use axum::response::Response;

use crate::forms::Form;
use crate::page::{Desk, Frame, html};
use crate::staff::office::Office;
use crate::words::Words;

/// Says what will happen, and asks.
#[derive(Template)]
#[template(path = "staff/ask.html")]
pub(crate) struct Ask {
    frame: Frame,
    w: Words,
    desk: Desk,
    form: Form,
    title: String,
    sentences: Vec<String>,
    action: String,
    hidden: Vec<(&'static str, String)>,
    send: &'static str,
    cancel: &'static str,
    back: String,
}

impl Ask {
    /// A question at a desk; the caller fills in the rest.
    pub(crate) fn at(office: &Office, title: impl Into<String>) -> Self {
        Self {
            frame: office.frame.clone(),
            w: office.w,
            desk: office.desk.clone(),
            form: Form::blank(),
            title: title.into(),
            sentences: Vec::new(),
            action: office.frame.here.clone(),
            hidden: Vec::new(),
            send: "",
            cancel: office.w.common_back(),
            back: String::new(),
        }
    }

    /// With a sentence more.
    pub(crate) fn saying(mut self, sentence: impl Into<String>) -> Self {
        self.sentences.push(sentence.into());
        self
    }

    /// With a field that is sent along unseen.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.hidden.push((name, value.into()));
        self
    }

    /// Sent to another address than the page's own.
    pub(crate) fn to(mut self, action: impl Into<String>) -> Self {
        self.action = action.into();
        self
    }

    /// The button that does it, and the way back that leaves all as it is.
    pub(crate) fn choose(
        mut self,
        send: &'static str,
        cancel: &'static str,
        back: impl Into<String>,
    ) -> Response {
        self.send = send;
        self.cancel = cancel;
        self.back = back.into();
        html(&self)
    }
}

/// A thing of a list of those that were done.
pub(crate) struct DoneRow {
    pub name: String,
    pub href: String,
    pub reference: String,
}

/// Says what was done.
#[derive(Template)]
#[template(path = "staff/done.html")]
pub(crate) struct Done {
    frame: Frame,
    w: Words,
    desk: Desk,
    pub title: String,
    pub reference: String,
    pub sentences: Vec<String>,
    /// What cannot be seen again: a code, an address.
    pub shown_once: String,
    pub rows: Vec<DoneRow>,
    pub links: Vec<(String, &'static str)>,
}

impl Done {
    /// What was done at a desk; the caller fills in the rest.
    pub(crate) fn at(office: &Office, title: impl Into<String>, reference: String) -> Self {
        Self {
            frame: office.frame.clone(),
            w: office.w,
            desk: office.desk.clone(),
            title: title.into(),
            reference,
            sentences: Vec::new(),
            shown_once: String::new(),
            rows: Vec::new(),
            links: Vec::new(),
        }
    }

    /// With a sentence more.
    pub(crate) fn saying(mut self, sentence: impl Into<String>) -> Self {
        self.sentences.push(sentence.into());
        self
    }

    /// With a way on; the first is the usual one.
    pub(crate) fn then(mut self, href: impl Into<String>, name: &'static str) -> Self {
        self.links.push((href.into(), name));
        self
    }

    pub(crate) fn shown(&self) -> Response {
        html(self)
    }
}
