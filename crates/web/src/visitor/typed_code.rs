//! The code on a poster, typed by hand. A code that leads nowhere is no refusal: the page says how to type it again.

use askama::Template;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use gapura_pass::{GateCode, TypedCodeError};

use crate::forms::Form;
use crate::page::{Frame, html};
use crate::words::Words;

#[derive(Template)]
#[template(path = "visitor/typed_code.html")]
struct TypedCode {
    frame: Frame,
    w: Words,
    form: Form,
    typed_is_primary: bool,
}

/// `GET /d`, with `code` once something was typed.
pub(super) async fn page(frame: Frame, Query(typed): Query<Vec<(String, String)>>) -> Response {
    let is_sent = typed.iter().any(|(name, _)| name == "code");
    let form = Form::typed(typed);
    if !is_sent {
        return shown(frame, form).into_response();
    }
    match GateCode::parse(form.text("code")) {
        Ok(code) => Redirect::to(&format!("/d/{code}")).into_response(),
        Err(error) => unreadable(frame, form, error),
    }
}

/// The page about a code that cannot be one.
pub(super) fn unreadable(frame: Frame, mut form: Form, error: TypedCodeError) -> Response {
    let w = frame.w;
    let sentence = match error {
        _ if form.text("code").is_empty() => w.visitor_code_empty(),
        TypedCodeError::Length => w.visitor_code_length(),
        TypedCodeError::Character => w.visitor_code_character(),
        TypedCodeError::Check => w.visitor_code_check(),
    };
    form.complain("code", sentence);
    (StatusCode::NOT_FOUND, shown(frame, form)).into_response()
}

/// The page about a code that was never given out.
pub(super) fn unknown(frame: Frame, code: GateCode) -> Response {
    let mut form = Form::blank().fill("code", code.grouped());
    form.complain("code", frame.w.visitor_code_unknown());
    (StatusCode::NOT_FOUND, shown(frame, form)).into_response()
}

fn shown(frame: Frame, form: Form) -> Response {
    html(&TypedCode {
        w: frame.w,
        frame,
        form,
        typed_is_primary: true,
    })
}
