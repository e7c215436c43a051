//! A scanner for those who are in the pages already; the phone's own camera needs none.

use askama::Template;
use axum::Extension;
use axum::response::{IntoResponse, Response};

use crate::forms::Form;
use crate::page::{Frame, html};
use crate::security::Needs;
use crate::words::Words;

#[derive(Template)]
#[template(path = "visitor/scan.html")]
struct Scan {
    frame: Frame,
    w: Words,
    form: Form,
    typed_is_primary: bool,
}

/// `GET /scan`
pub(super) async fn page(frame: Frame) -> Response {
    let page = html(&Scan {
        w: frame.w,
        frame,
        form: Form::blank(),
        typed_is_primary: false,
    });
    (Extension(Needs::camera()), page).into_response()
}
