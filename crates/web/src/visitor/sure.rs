//! The page before a step that cannot be taken back: what will happen, yes, and no.

use askama::Template;

use crate::page::Frame;
use crate::words::Words;

/// A question. *Yes* posts to the page's own address.
#[derive(Template)]
#[template(path = "visitor/sure.html")]
pub(super) struct Sure {
    pub(super) frame: Frame,
    pub(super) w: Words,
    pub(super) title: String,
    pub(super) what: &'static str,
    pub(super) yes: &'static str,
    pub(super) no: &'static str,
    pub(super) back: &'static str,
}
