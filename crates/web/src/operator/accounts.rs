//! Accounts of colleagues: those of one's branch, with the ways to invite one.

use askama::Template;
use axum::response::{IntoResponse, Response};
use gapura_app::invite_staff::{
    Colleague, Invitation, Inviter, Letter, NewColleague, colleagues, invite,
};
use gapura_app::staff::Principal;
use gapura_domain::role::{Grant, Role};
use gapura_domain::time::Zone;

use crate::format;
use crate::forms::Form;
use crate::page::{Desk, Frame, html};
use crate::problem::Problem;
use crate::staff::fault::sentence;
use crate::staff::grants::{role_name, told};
use crate::staff::language;
use crate::staff::office::{Office, address, faults_of};
use crate::staff::outcome::Done;
use crate::state::AppState;
use crate::words::Words;

pub(super) const PATH: &str = "/desk/accounts";

#[derive(Template)]
#[template(path = "operator/accounts.html")]
struct Accounts {
    frame: Frame,
    w: Words,
    desk: Desk,
    finding: String,
    rows: Vec<Row>,
}

struct Row {
    href: String,
    name: String,
    login: String,
    roles: Vec<String>,
    kind: &'static str,
    state: String,
    is_own: bool,
}

#[derive(Template)]
#[template(path = "operator/invite.html")]
struct Invite {
    frame: Frame,
    w: Words,
    desk: Desk,
    form: Form,
    roles: Vec<(&'static str, &'static str)>,
    branches: Vec<(String, String)>,
}

pub(super) async fn list(office: Office) -> Result<Response, Problem> {
    let w = office.w;
    let found = colleagues(&office.state.app, &office.by).await?;
    let mut rows = Vec::with_capacity(found.len());
    for colleague in &found {
        let (kind, state) = state_of(w, colleague);
        rows.push(Row {
            href: if colleague.is_own {
                "/staff/account".to_owned()
            } else {
                format!("{PATH}/{}", office.state.ids.show(colleague.account))
            },
            name: colleague.display_name.clone(),
            login: colleague.login.clone(),
            roles: told(&office, &colleague.grants).await?,
            kind,
            state,
            is_own: colleague.is_own,
        });
    }
    let page = Accounts {
        finding: w.operator_accounts_finding(rows.len()),
        rows,
        frame: office.frame,
        w,
        desk: office.desk,
    };
    Ok(html(&page))
}

fn state_of(w: Words, colleague: &Colleague) -> (&'static str, String) {
    match colleague.locked_until {
        Some(until) => {
            let until = format::moment(w, &format::local(until, Zone::Wib));
            ("refuse", w.operator_accounts_locked(until))
        }
        None if colleague.is_set_up => ("admit", w.operator_accounts_active().to_owned()),
        None => ("wait", w.operator_accounts_invited().to_owned()),
    }
}

pub(super) async fn form(office: Office) -> Result<Response, Problem> {
    page(&office, Form::blank()).await
}

async fn page(office: &Office, form: Form) -> Result<Response, Problem> {
    let page = Invite {
        frame: office.frame.clone(),
        w: office.w,
        desk: office.desk.clone(),
        roles: roles(office.w, &office.by),
        branches: branches(office).await?,
        form,
    };
    Ok((page.form.status(), html(&page)).into_response())
}

/// The roles that somebody gives somewhere.
pub(super) fn roles(w: Words, by: &Principal) -> Vec<(&'static str, &'static str)> {
    let gives = |role: &Role| {
        by.grants.iter().any(|grant| {
            let lineage: Vec<_> = grant.branch.into_iter().collect();
            by.may_give(*role, &lineage)
        })
    };
    Role::ALL
        .into_iter()
        .filter(gives)
        .map(|role| (role.name(), role_name(w, role)))
        .collect()
}

/// The branches for which somebody may give roles.
pub(super) async fn branches(office: &Office) -> Result<Vec<(String, String)>, Problem> {
    let tree = office.state.app.organisation_tree().await?;
    let mut options = Vec::new();
    for of in tree.all() {
        let lineage = tree.lineage(of.id);
        if Role::ALL
            .into_iter()
            .any(|role| office.by.may_give(role, &lineage))
        {
            let path: Vec<&str> = tree
                .path(of.id)
                .into_iter()
                .map(|name| name.as_str())
                .collect();
            options.push((office.id(of.id), path.join(" – ")));
        }
    }
    options.sort_by(|(_, a), (_, b)| a.cmp(b));
    if Role::ALL
        .into_iter()
        .any(|role| office.by.may_give(role, &[]))
    {
        options.insert(
            0,
            (
                String::new(),
                office.w.operator_invite_branch_everywhere().to_owned(),
            ),
        );
    }
    Ok(options)
}

/// The branch that a form names; `None` stands for everywhere.
pub(super) fn branch(office: &Office, form: &Form) -> Result<Grant, Problem> {
    let branch = match form.value("branch") {
        "" => None,
        text => Some(
            office
                .state
                .ids
                .read(text)
                .ok_or_else(Problem::unreadable)?,
        ),
    };
    Ok(Grant {
        role: Role::Gate,
        branch,
    })
}

pub(super) async fn send(office: Office, mut form: Form) -> Result<Response, Problem> {
    let w = office.w;
    let branch = branch(&office, &form)?.branch;
    let grants = form
        .values("grants")
        .filter_map(Role::from_name)
        .map(|role| Grant { role, branch });
    let colleague = NewColleague {
        login: form.text("login").to_owned(),
        display_name: form.text("display_name").to_owned(),
        grants: grants.collect(),
    };
    let address = |token: &str| welcome(&office.state, token);
    let letter = Letter {
        address: &address,
        language: language(w),
    };
    let by = Inviter::Staff(&office.by);
    match invite(&office.state.app, by, &colleague, &letter).await {
        Ok(invitation) => Ok(invited(&office, &invitation, &colleague.display_name)),
        Err(error) => {
            for fault in faults_of(error)? {
                let field = match fault.field.as_str() {
                    "display_name" => w.operator_invite_name(),
                    _ => w.operator_invite_login(),
                };
                form.complain(&fault.field, sentence(w, &fault, field));
            }
            page(&office, form).await
        }
    }
}

/// The address behind an invitation.
pub(super) fn welcome(state: &AppState, token: &str) -> String {
    let path = address("/staff/welcome", &[("invitation", token)]);
    format!("{}{path}", state.app.config.public_url)
}

/// Says that the invitation is on its way, or shows it once to be handed over.
pub(super) fn invited(office: &Office, invitation: &Invitation, name: &str) -> Response {
    let w = office.w;
    let reference = office.reference(invitation.account);
    let done = if invitation.is_sent {
        Done::at(office, w.operator_invite_sent_title(name), reference)
            .saying(w.operator_invite_sent_text())
    } else {
        let mut done = Done::at(office, w.operator_invite_hand_title(name), reference)
            .saying(w.operator_invite_hand_text());
        done.shown_once = welcome(&office.state, &invitation.token);
        done
    };
    done.then(PATH, w.operator_invite_back())
        .then(format!("{PATH}/new"), w.operator_invite_another())
        .shown()
}
