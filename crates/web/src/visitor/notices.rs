//! Messages of the health office. Nobody can send one yet, and the page says what will stand here.

use askama::Template;
use axum::response::Response;

use crate::caller::Visitor;
use crate::page::{Frame, Tab, html};
use crate::words::Words;

#[derive(Template)]
#[template(path = "visitor/notices.html")]
struct Notices {
    frame: Frame,
    w: Words,
}

/// `GET /me/notices`
pub(super) async fn page(frame: Frame, _: Visitor) -> Response {
    html(&Notices {
        w: frame.w,
        frame: frame.on(Tab::Notices),
    })
}
