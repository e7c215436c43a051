//! One colleague's account: roles, a new invitation, and its end.

use askama::Template;
use axum::response::{IntoResponse, Response};
use gapura_app::AppError;
use gapura_app::invite_staff::Colleague;
use gapura_app::invite_staff::{
    Inviter, Letter, change_grants, close, colleagues, end_sessions, reset,
};
use gapura_app::staff_sign_in::staff_sessions;
use gapura_domain::ids::AccountId;
use gapura_domain::role::{Grant, Role};

use crate::forms::Form;
use crate::ids::PathId;
use crate::operator::accounts::{PATH, branch, branches, invited, roles, welcome};
use crate::page::{Desk, Frame, html};
use crate::problem::Problem;
use crate::staff::account::Session;
use crate::staff::grants::told;
use crate::staff::language;
use crate::staff::office::Office;
use crate::staff::outcome::{Ask, Done};
use crate::words::Words;

#[derive(Template)]
#[template(path = "operator/account.html")]
struct Account {
    frame: Frame,
    w: Words,
    desk: Desk,
    form: Form,
    name: String,
    login: String,
    base: String,
    now: Vec<(String, String)>,
    sessions: Vec<Session>,
    roles: Vec<(&'static str, &'static str)>,
    branches: Vec<(String, String)>,
}

pub(super) async fn page(
    office: Office,
    PathId(id): PathId<AccountId>,
) -> Result<Response, Problem> {
    let colleague = found(&office, id).await?;
    shown(&office, &colleague, Form::blank()).await
}

async fn found(office: &Office, id: AccountId) -> Result<Colleague, Problem> {
    let all = colleagues(&office.state.app, &office.by).await?;
    let found = all
        .into_iter()
        .find(|colleague| colleague.account == id && !colleague.is_own);
    found.ok_or_else(Problem::not_found)
}

async fn shown(office: &Office, colleague: &Colleague, form: Form) -> Result<Response, Problem> {
    let w = office.w;
    let names = told(office, &colleague.grants).await?;
    let none = ("", w.operator_account_role_none());
    let form = (0..names.len()).fold(form, |form, index| form.fill("keep", index.to_string()));
    let sessions = staff_sessions(&office.state.app, colleague.account).await?;
    let page = Account {
        frame: office.frame.clone(),
        w,
        desk: office.desk.clone(),
        sessions: sessions
            .iter()
            .map(|session| Session::of(office, session))
            .collect(),
        name: colleague.display_name.clone(),
        login: colleague.login.clone(),
        base: base(office, colleague),
        now: names
            .into_iter()
            .enumerate()
            .map(|(index, name)| (index.to_string(), name))
            .collect(),
        roles: std::iter::once(none).chain(roles(w, &office.by)).collect(),
        branches: branches(office).await?,
        form,
    };
    Ok((page.form.status(), html(&page)).into_response())
}

fn base(office: &Office, colleague: &Colleague) -> String {
    format!("{PATH}/{}", office.state.ids.show(colleague.account))
}

pub(super) async fn save(
    office: Office,
    PathId(id): PathId<AccountId>,
    mut form: Form,
) -> Result<Response, Problem> {
    let w = office.w;
    let colleague = found(&office, id).await?;
    let kept = colleague.grants.iter().enumerate();
    let mut grants: Vec<Grant> = kept
        .filter(|(index, _)| form.has("keep", index.to_string()))
        .map(|(_, grant)| *grant)
        .collect();
    if let Some(role) = Role::from_name(form.value("role")) {
        let grant = Grant {
            role,
            ..branch(&office, &form)?
        };
        if !grants.contains(&grant) {
            grants.push(grant);
        }
    }
    if grants.is_empty() {
        form.complain("keep", w.staff_fault_grants_missing());
        return shown(&office, &colleague, form).await;
    }
    change_grants(&office.state.app, Inviter::Staff(&office.by), id, &grants).await?;
    Ok(Done::at(
        &office,
        w.operator_account_saved_title(&colleague.display_name),
        office.reference(id),
    )
    .saying(w.operator_account_saved_text())
    .then(PATH, w.operator_invite_back())
    .shown())
}

/// A step with a colleague's account that cannot be taken lightly: its title, what it does, and its button.
struct Step {
    title: fn(Words, &str) -> String,
    text: fn(Words) -> &'static str,
    send: fn(Words) -> &'static str,
}

async fn ask(office: &Office, id: AccountId, step: &Step) -> Result<Response, Problem> {
    let colleague = found(office, id).await?;
    let w = office.w;
    let title = (step.title)(w, &colleague.display_name);
    let back = base(office, &colleague);
    let ask = Ask::at(office, title).saying((step.text)(w));
    Ok(ask.choose((step.send)(w), w.operator_account_keep(), back))
}

pub(super) async fn ask_reset(
    office: Office,
    PathId(id): PathId<AccountId>,
) -> Result<Response, Problem> {
    let step = Step {
        title: |w, name| w.operator_account_reset_title(name),
        text: Words::operator_account_reset_text,
        send: Words::operator_account_reset,
    };
    ask(&office, id, &step).await
}

pub(super) async fn ask_close(
    office: Office,
    PathId(id): PathId<AccountId>,
) -> Result<Response, Problem> {
    let step = Step {
        title: |w, name| w.operator_account_close_title(name),
        text: Words::operator_account_close_text,
        send: Words::operator_account_close,
    };
    ask(&office, id, &step).await
}

pub(super) async fn ask_sign_out(
    office: Office,
    PathId(id): PathId<AccountId>,
) -> Result<Response, Problem> {
    let step = Step {
        title: |w, name| w.operator_account_sign_out_title(name),
        text: Words::operator_account_sign_out_text,
        send: Words::operator_account_sign_out,
    };
    ask(&office, id, &step).await
}

pub(super) async fn sign_out(
    office: Office,
    PathId(id): PathId<AccountId>,
) -> Result<Response, Problem> {
    let colleague = found(&office, id).await?;
    let ended = end_sessions(&office.state.app, Inviter::Staff(&office.by), id).await?;
    let w = office.w;
    let title = w.operator_account_signed_out_title(&colleague.display_name);
    Ok(Done::at(&office, title, office.reference(id))
        .saying(w.operator_account_signed_out_text(ended))
        .then(base(&office, &colleague), w.common_back())
        .shown())
}

pub(super) async fn invite_again(
    office: Office,
    PathId(id): PathId<AccountId>,
) -> Result<Response, Problem> {
    let colleague = found(&office, id).await?;
    let address = |token: &str| welcome(&office.state, token);
    let letter = Letter {
        address: &address,
        language: language(office.w),
    };
    let invitation = reset(&office.state.app, Inviter::Staff(&office.by), id, &letter).await?;
    Ok(invited(&office, &invitation, &colleague.display_name))
}

pub(super) async fn end(
    office: Office,
    PathId(id): PathId<AccountId>,
) -> Result<Response, Problem> {
    let colleague = found(&office, id).await?;
    match close(&office.state.app, Inviter::Staff(&office.by), id).await {
        Ok(()) | Err(AppError::NotFound) => {}
        Err(error) => return Err(error.into()),
    }
    let w = office.w;
    Ok(Done::at(
        &office,
        w.operator_account_closed_title(&colleague.display_name),
        office.reference(id),
    )
    .then(PATH, w.operator_invite_back())
    .shown())
}
