//! Signing in by one-time code: the contact, the code, and what to do with who turns out to be new.
//!
//! Both pages say the same to everybody. What was typed travels as a sealed ticket in a cookie of its own.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Redirect, Response};
use gapura_app::delivery::Language;
use gapura_app::one_time_code::{CODE_LIFE_S, CodeSent};
use gapura_app::sign_in::{self, Confirmed};
use gapura_app::visitor_session::{self, SessionToken};

use super::faults::{complain, is_expired};
use super::onward::{NEXT, Onward};
use crate::caller::Visitor;
use crate::client::ClientAddress;
use crate::cookies::Jar;
use crate::forms::Form;
use crate::lang::Lang;
use crate::page::{Frame, html};
use crate::problem::Problem;
use crate::state::AppState;
use crate::words::Words;

/// A browser forgets its cookie after so long; a session that is used lives longer by itself.
const COOKIE_S: i64 = 400 * 86_400;
/// A ticket's own time is shorter or as long.
const TICKET_S: i64 = 3 * CODE_LIFE_S;

/// Begin anew, because the time of a code is over. (Not the address to which the guard sends strangers.)
const ANEW: &str = "/masuk?anew=yes";

#[derive(Template)]
#[template(path = "visitor/sign_in.html")]
struct SignIn {
    frame: Frame,
    w: Words,
    form: Form,
    onward: Onward,
    is_expired: bool,
}

#[derive(Template)]
#[template(path = "visitor/code_sent.html")]
struct CodePage {
    frame: Frame,
    w: Words,
    form: Form,
    onward: Onward,
    sent_to: String,
    is_again: bool,
}

type Asked = Query<Vec<(String, String)>>;

fn says(Query(asked): &Asked, name: &str) -> bool {
    asked.iter().any(|(said, _)| said == name)
}

/// `GET /masuk`
pub(super) async fn page(
    frame: Frame,
    visitor: Option<Visitor>,
    onward: Onward,
    asked: Asked,
) -> Response {
    if visitor.is_some() {
        return onward.go().into_response();
    }
    html(&SignIn {
        w: frame.w,
        frame,
        form: Form::blank(),
        onward,
        is_expired: says(&asked, "anew"),
    })
}

/// `POST /masuk`
pub(super) async fn request_code(
    frame: Frame,
    State(state): State<AppState>,
    ClientAddress(client): ClientAddress,
    mut form: Form,
) -> Result<Response, Problem> {
    let onward = Onward::parse(form.text(NEXT));
    let contact = form.text("contact").to_owned();
    match sign_in::request_code(&state.app, &contact, client, language(frame.w)).await {
        Ok(sent) => Ok(code_sent(&state, &sent, &onward.after("/masuk/kode"))),
        Err(error) => {
            complain(&mut form, frame.w, error, "contact")?;
            let page = SignIn {
                w: frame.w,
                frame,
                onward,
                is_expired: false,
                form,
            };
            Ok((page.form.status(), html(&page)).into_response())
        }
    }
}

/// `GET /masuk/kode`
pub(super) async fn code_page(
    frame: Frame,
    State(state): State<AppState>,
    headers: HeaderMap,
    onward: Onward,
    asked: Asked,
) -> Response {
    let ticket = ticket(&state, &headers);
    let Some(contact) = sign_in::code_sent_to(&state.app, ticket) else {
        return Redirect::to(&onward.after(ANEW)).into_response();
    };
    html(&CodePage {
        w: frame.w,
        frame,
        form: Form::blank(),
        onward,
        sent_to: contact.expose().to_owned(),
        is_again: says(&asked, "again"),
    })
}

/// `POST /masuk/kode`
pub(super) async fn confirm_code(
    frame: Frame,
    State(state): State<AppState>,
    ClientAddress(client): ClientAddress,
    headers: HeaderMap,
    mut form: Form,
) -> Result<Response, Problem> {
    let onward = Onward::parse(form.text(NEXT));
    let ticket = ticket(&state, &headers);
    let Some(contact) = sign_in::code_sent_to(&state.app, ticket) else {
        return Ok(Redirect::to(&onward.after(ANEW)).into_response());
    };
    if form.text("code").is_empty() {
        form.complain("code", frame.w.visitor_otp_missing());
    } else {
        let code = form.text("code").to_owned();
        match sign_in::confirm_code(&state.app, ticket, &code, client).await {
            Ok(confirmed) => return Ok(go_on(&state, confirmed, &onward)),
            Err(error) if is_expired(&error) => {
                return Ok(Redirect::to(&onward.after(ANEW)).into_response());
            }
            Err(error) => complain(&mut form, frame.w, error, "code")?,
        }
    }
    let page = CodePage {
        w: frame.w,
        frame,
        onward,
        sent_to: contact.expose().to_owned(),
        is_again: false,
        form,
    };
    Ok((page.form.status(), html(&page)).into_response())
}

/// `POST /masuk/kode/lagi`
pub(super) async fn send_again(
    frame: Frame,
    State(state): State<AppState>,
    ClientAddress(client): ClientAddress,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Problem> {
    let onward = Onward::parse(form.text(NEXT));
    let ticket = ticket(&state, &headers);
    match sign_in::send_again(&state.app, ticket, client, language(frame.w)).await {
        Ok(sent) => Ok(code_sent(
            &state,
            &sent,
            &onward.after("/masuk/kode?again=yes"),
        )),
        Err(error) if is_expired(&error) => Ok(Redirect::to(&onward.after(ANEW)).into_response()),
        Err(error) => Err(error.into()),
    }
}

/// `POST /keluar`
pub(super) async fn sign_out(
    State(state): State<AppState>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let by_https = state.reached.by_https;
    if let Some(token) = Jar::Visitor.value(&headers, by_https) {
        visitor_session::sign_out(&state.app, token).await?;
    }
    let mut answer = Redirect::to("/?done=out").into_response();
    set(&mut answer, Jar::Visitor.empty(by_https));
    Ok(answer)
}

/// Leads to the page that asks for the code, with the ticket.
pub(super) fn code_sent(state: &AppState, sent: &CodeSent, to: &str) -> Response {
    with_ticket(state, &sent.ticket, to)
}

/// What follows a right code, or a registration.
pub(super) fn go_on(state: &AppState, confirmed: Confirmed, onward: &Onward) -> Response {
    match confirmed {
        Confirmed::SignedIn { token, .. } => signed_in(state, &token, onward),
        Confirmed::NotRegistered { ticket } => {
            with_ticket(state, &ticket, &onward.after("/masuk/data"))
        }
    }
}

/// The ticket that came with a request; an empty one opens nothing.
pub(super) fn ticket<'a>(state: &AppState, headers: &'a HeaderMap) -> &'a str {
    Jar::Ticket
        .value(headers, state.reached.by_https)
        .unwrap_or_default()
}

/// The language in which a message is written.
pub(super) const fn language(w: Words) -> Language {
    match w.lang() {
        Lang::Id => Language::Indonesian,
        Lang::En => Language::English,
    }
}

fn with_ticket(state: &AppState, ticket: &str, to: &str) -> Response {
    let mut answer = Redirect::to(to).into_response();
    set(
        &mut answer,
        Jar::Ticket.put(state.reached.by_https, ticket, TICKET_S),
    );
    answer
}

fn signed_in(state: &AppState, token: &SessionToken, onward: &Onward) -> Response {
    let by_https = state.reached.by_https;
    let mut answer = onward.go().into_response();
    set(
        &mut answer,
        Jar::Visitor.put(by_https, token.expose(), COOKIE_S),
    );
    set(&mut answer, Jar::Ticket.empty(by_https));
    answer
}

fn set(answer: &mut Response, cookie: Option<HeaderValue>) {
    if let Some(cookie) = cookie {
        answer.headers_mut().append(SET_COOKIE, cookie);
    }
}
