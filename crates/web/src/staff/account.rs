//! One's own account: what one may do, where one is signed in, and the password.

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use gapura_app::AppError;
use gapura_app::set_up_staff::change_password;
use gapura_app::staff_sign_in::{end_staff_session, staff_sessions};
use gapura_domain::ids::SessionId;
use gapura_domain::time::Zone;
use gapura_store::staff::StaffSession;

use crate::format;
use crate::forms::Form;
use crate::ids::PathId;
use crate::page::{Desk, Frame, html};
use crate::problem::Problem;
use crate::staff::fault::sentence;
use crate::staff::grants::told;
use crate::staff::name_of_field;
use crate::staff::office::{Address, Office, faults_of};
use crate::staff::sign_in::signed_out;
use crate::words::Words;

#[derive(Template)]
#[template(path = "staff/account.html")]
struct Account {
    frame: Frame,
    w: Words,
    desk: Desk,
    form: Form,
    login: String,
    roles: Vec<String>,
    sessions: Vec<Session>,
}

/// A session as lists show it.
pub(crate) struct Session {
    pub device: String,
    pub since: String,
    pub until: String,
    pub end: String,
    pub end_label: String,
    pub is_this: bool,
}

pub(super) async fn page(office: Office, Address(asked): Address) -> Result<Response, Problem> {
    let mut office = office;
    if asked.value("after") == "end" {
        office.frame.flash = Some(office.w.staff_account_ended().to_owned());
    }
    shown(&office, Form::blank()).await
}

async fn shown(office: &Office, form: Form) -> Result<Response, Problem> {
    let app = &office.state.app;
    let me = office.by.account;
    let account = app.store.account(me).await.map_err(AppError::from)?;
    let sessions = staff_sessions(app, me).await?;
    let page = Account {
        frame: office.frame.clone(),
        w: office.w,
        desk: office.desk.clone(),
        login: account.map(|account| account.login).unwrap_or_default(),
        roles: told(office, &office.by.grants).await?,
        sessions: sessions
            .iter()
            .map(|session| Session::of(office, session))
            .collect(),
        form,
    };
    Ok((page.form.status(), html(&page)).into_response())
}

impl Session {
    pub(crate) fn of(office: &Office, session: &StaffSession) -> Self {
        let w = office.w;
        let at = |time| format::moment(w, &format::local(time, Zone::Wib));
        let since = at(session.since);
        Self {
            device: match device(&session.label) {
                name if name.is_empty() => w.staff_account_session_unknown().to_owned(),
                name => name,
            },
            until: at(session.expires),
            end: format!(
                "/staff/account/sessions/{}/end",
                office.state.ids.show(session.id)
            ),
            end_label: w.staff_account_session_end_of(&since),
            is_this: session.id == office.staff.session,
            since,
        }
    }
}

/// Browser and system in two words, out of all that a browser says about itself.
fn device(label: &str) -> String {
    let first = |known: &[(&str, &'static str)]| {
        known
            .iter()
            .find(|(sign, _)| label.contains(sign))
            .map(|(_, name)| *name)
    };
    let browser = first(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox", "Firefox"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    ]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser}, {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => label.chars().take(40).collect(),
    }
}

pub(super) async fn end_session(
    office: Office,
    PathId(session): PathId<SessionId>,
) -> Result<Response, Problem> {
    end_staff_session(&office.state.app, office.by.account, session).await?;
    if session == office.staff.session {
        return Ok(signed_out(&office.state, "sign-out"));
    }
    Ok(Redirect::to("/staff/account?after=end").into_response())
}

pub(super) async fn password(office: Office, mut form: Form) -> Result<Response, Problem> {
    let w = office.w;
    let (current, new) = (form.value("current"), form.value("password"));
    match change_password(&office.state.app, office.by.account, current, new).await {
        Ok(()) => Ok(signed_out(&office.state, "password")),
        Err(error) => {
            for fault in faults_of(error)? {
                let field = name_of_field(w, &fault.field);
                form.complain(&fault.field, sentence(w, &fault, field));
            }
            shown(&office, form).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::device;

    #[test]
    fn a_browser_is_named_in_two_words() {
        let android =
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36";
        assert_eq!(device(android), "Chrome, Android");
        assert_eq!(device("curl/8.5"), "curl/8.5");
        assert_eq!(device(""), "");
    }
}
