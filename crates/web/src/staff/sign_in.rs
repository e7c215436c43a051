//! Signing in and out. Whatever was wrong, the page says the same, so that nobody learns which accounts there are.

use askama::Template;
use axum::extract::State;
use axum::http::header::{SET_COOKIE, USER_AGENT};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Redirect, Response};
use gapura_app::AppError;
use gapura_app::staff_sign_in::{self, SESSION_LIFE_S, StaffSignIn};
use gapura_app::visitor_session::SessionToken;

use crate::caller::StaffUser;
use crate::client::ClientAddress;
use crate::cookies::Jar;
use crate::forms::Form;
use crate::page::{Frame, html};
use crate::problem::Problem;
use crate::staff::fault::sentence;
use crate::staff::office::{Address, address};
use crate::state::AppState;
use crate::words::Words;

/// Where staff sign in.
pub(crate) const PATH: &str = "/staff/sign-in";
/// Where their work is.
const HOME: &str = "/desk";

#[derive(Template)]
#[template(path = "staff/sign_in.html")]
struct SignIn {
    frame: Frame,
    w: Words,
    form: Form,
    note: &'static str,
}

pub(super) async fn page(
    frame: Frame,
    staff: Option<StaffUser>,
    Address(asked): Address,
) -> Response {
    if staff.is_some() {
        return Redirect::to(onward(&asked)).into_response();
    }
    let w = frame.w;
    let note = match asked.value("after") {
        "sign-out" => w.staff_sign_in_signed_out(),
        "set-up" => w.staff_sign_in_set_up_done(),
        "password" => w.staff_sign_in_password_done(),
        _ => "",
    };
    let form = Form::blank()
        .fill("next", asked.value("next"))
        .fill("login", asked.value("login"));
    html(&SignIn {
        frame,
        w,
        form,
        note,
    })
}

/// Where somebody wanted to go, if it is a page of a desk.
fn onward(form: &Form) -> &str {
    let next = form.value("next");
    let is_desk = next == HOME || next.starts_with("/desk/") || next.starts_with("/staff/");
    let is_plain = next.len() <= 1000
        && next
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_desk && is_plain { next } else { HOME }
}

pub(super) async fn send(
    frame: Frame,
    State(state): State<AppState>,
    ClientAddress(client): ClientAddress,
    headers: HeaderMap,
    mut form: Form,
) -> Result<Response, Problem> {
    let w = frame.w;
    let typed = StaffSignIn {
        login: form.text("login"),
        password: form.value("password"),
        code: form.text("code"),
        label: browser(&headers),
        client,
    };
    let done = staff_sign_in::sign_in(&state.app, &typed).await;
    // A code counts once, so the old one would only stand in the way of the next.
    form = form.put("code", "");
    match done {
        Ok(token) => Ok(signed_in(&state, &token, onward(&form))),
        Err(AppError::Faults(faults)) => {
            for fault in faults {
                form.complain("login", sentence(w, &fault, w.staff_sign_in_login()));
            }
            let page = SignIn {
                frame,
                w,
                form,
                note: w.staff_sign_in_wrong_lock(),
            };
            Ok((page.form.status(), html(&page)).into_response())
        }
        Err(AppError::TooMany { retry_after_s }) => {
            form.complain("login", w.staff_sign_in_too_many(retry_after_s));
            let page = SignIn {
                frame,
                w,
                form,
                note: "",
            };
            Ok((page.form.status(), html(&page)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// What the browser calls itself, for the list of sessions.
pub(super) fn browser(headers: &HeaderMap) -> &str {
    let said = headers
        .get(USER_AGENT)
        .and_then(|value| value.to_str().ok());
    said.unwrap_or_default()
}

/// Goes on with the cookie of a new session.
pub(super) fn signed_in(state: &AppState, token: &SessionToken, to: &str) -> Response {
    let cookie = Jar::Staff.put(state.reached.by_https, token.expose(), SESSION_LIFE_S);
    with_cookie(Redirect::to(to).into_response(), cookie)
}

/// Goes to the sign-in page without any session.
pub(super) fn signed_out(state: &AppState, after: &str) -> Response {
    let cookie = Jar::Staff.empty(state.reached.by_https);
    let to = address(PATH, &[("after", after)]);
    with_cookie(Redirect::to(&to).into_response(), cookie)
}

fn with_cookie(mut answer: Response, cookie: Option<HeaderValue>) -> Response {
    if let Some(cookie) = cookie {
        answer.headers_mut().append(SET_COOKIE, cookie);
    }
    answer
}

pub(super) async fn sign_out(
    staff: StaffUser,
    State(state): State<AppState>,
) -> Result<Response, Problem> {
    match staff_sign_in::end_staff_session(&state.app, staff.principal.account, staff.session).await
    {
        Ok(()) | Err(AppError::NotFound) => Ok(signed_out(&state, "sign-out")),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::onward;
    use crate::forms::Form;

    #[test]
    fn after_signing_in_one_comes_to_a_desk_and_nowhere_else() {
        let form = |next: &str| Form::blank().fill("next", next);
        assert_eq!(onward(&form("/desk/places?q=a")), "/desk/places?q=a");
        for strange in [
            "",
            "https://evil.example/desk/",
            "//desk/",
            "/me",
            "/desk/\\evil",
            "/desk/ x",
        ] {
            assert_eq!(onward(&form(strange)), "/desk", "{strange}");
        }
    }
}
