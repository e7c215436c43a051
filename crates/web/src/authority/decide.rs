//! Deciding about applications, singly or together: approve, or return with what to mend.

use askama::Template;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use gapura_app::applications::ApplicationRow;
use gapura_domain::ids::ApplicationId;

use crate::authority::applications::{PATH, named};
use crate::forms::Form;
use crate::page::{Desk, Frame, html};
use crate::problem::Problem;
use crate::staff::office::{Office, faults_of};
use crate::staff::outcome::{Ask, Done, DoneRow};
use crate::venue::fault::sentence;
use crate::words::Words;

#[derive(Template)]
#[template(path = "authority/return.html")]
struct Return {
    frame: Frame,
    w: Words,
    desk: Desk,
    form: Form,
    title: String,
    names: Vec<String>,
    ids: Vec<String>,
    usual: Vec<(&'static str, &'static str)>,
    send: &'static str,
    back: String,
}

/// What was picked in the list: one more look before it is approved, or the page of reasons.
pub(super) async fn picked(office: Office, form: Form) -> Result<Response, Problem> {
    let rows = named(&office, &form).await?;
    let back = back(&form);
    if rows.is_empty() {
        return Ok((StatusCode::SEE_OTHER, [(LOCATION, back)]).into_response());
    }
    if form.value("do") == "return" {
        return Ok(return_page(&office, &rows, &form));
    }
    let w = office.w;
    let ask = Ask::at(&office, w.authority_approve_title(rows.len()))
        .to(format!("{PATH}/approve"))
        .saying(names(&rows).join(", "))
        .saying(w.authority_approve_text(gates(&rows)))
        .with("back", &back);
    let ask = rows.iter().fold(ask, |ask, row| {
        ask.with("id", office.id(row.application.id))
    });
    Ok(ask.choose(w.authority_approve_send(), w.common_back(), back))
}

/// Where the form came from, if that is a list of applications.
fn back(form: &Form) -> String {
    let said = form.value("back");
    let is_list = said == PATH || said.starts_with(&format!("{PATH}?"));
    if is_list {
        said.to_owned()
    } else {
        PATH.to_owned()
    }
}

fn names(rows: &[ApplicationRow]) -> Vec<String> {
    rows.iter()
        .map(|row| row.application.spec.name.to_string())
        .collect()
}

fn gates<'r>(rows: impl IntoIterator<Item = &'r ApplicationRow>) -> usize {
    let rooms = rows.into_iter().flat_map(|row| &row.application.spec.rooms);
    rooms.map(|room| room.gates.len()).sum()
}

pub(super) async fn approve(office: Office, form: Form) -> Result<Response, Problem> {
    let w = office.w;
    let rows = named(&office, &form).await?;
    let ids: Vec<ApplicationId> = rows.iter().map(|row| row.application.id).collect();
    let outcomes = office.state.app.approve_many(&office.by, &ids).await;
    let mut approved = Vec::new();
    let mut failed = Vec::new();
    for (row, (id, outcome)) in rows.iter().zip(outcomes) {
        match outcome {
            Ok(venue) => approved.push((row, id, venue)),
            Err(gapura_app::AppError::NotNow(_)) => failed.push(row),
            Err(error) => return Err(error.into()),
        }
    }
    let title = if approved.is_empty() {
        w.authority_approve_none_title().to_owned()
    } else {
        w.authority_approve_done_title(approved.len())
    };
    let reference = approved
        .first()
        .map(|(_, id, _)| office.reference(*id))
        .unwrap_or_default();
    let mut done = Done::at(&office, title, reference);
    if !approved.is_empty() {
        let gates = gates(approved.iter().map(|(row, ..)| *row));
        done = done.saying(w.authority_approve_done_text(gates));
    }
    for row in failed {
        done = done.saying(w.authority_approve_failed(&row.application.spec.name));
    }
    done.rows = approved
        .iter()
        .map(|(row, id, venue)| DoneRow {
            name: row.application.spec.name.to_string(),
            href: format!("/desk/places/{}", office.id(*venue)),
            reference: office.reference(*id),
        })
        .collect();
    Ok(done.then(back(&form), w.authority_approve_back()).shown())
}

fn return_page(office: &Office, rows: &[ApplicationRow], form: &Form) -> Response {
    let w = office.w;
    let page = Return {
        title: match rows {
            [one] => w.authority_return_title(&one.application.spec.name),
            many => w.authority_return_title_many(many.len()),
        },
        names: names(rows),
        ids: rows
            .iter()
            .map(|row| office.id(row.application.id))
            .collect(),
        usual: usual(w),
        send: w.authority_return_send(),
        back: back(form),
        frame: office.frame.clone(),
        w,
        desk: office.desk.clone(),
        form: form.clone(),
    };
    (page.form.status(), html(&page)).into_response()
}

fn usual(w: Words) -> Vec<(&'static str, &'static str)> {
    vec![
        ("position", w.authority_usual_position()),
        ("area", w.authority_usual_area()),
        ("gates", w.authority_usual_gates()),
        ("hours", w.authority_usual_hours()),
        ("contact", w.authority_usual_contact()),
        ("twice", w.authority_usual_twice()),
    ]
}

pub(super) async fn send_back(office: Office, mut form: Form) -> Result<Response, Problem> {
    let w = office.w;
    let rows = named(&office, &form).await?;
    let ids: Vec<ApplicationId> = rows.iter().map(|row| row.application.id).collect();
    let reasons = reasons(w, &form);
    if reasons.is_empty() {
        form.complain("usual", w.authority_return_missing());
        return Ok(return_page(&office, &rows, &form));
    }
    let outcomes = match office
        .state
        .app
        .return_many(&office.by, &ids, &reasons)
        .await
    {
        Ok(outcomes) => outcomes,
        Err(error) => {
            for fault in faults_of(error)? {
                form.complain("reasons", sentence(w, &fault, w.authority_return_reasons()));
            }
            return Ok(return_page(&office, &rows, &form));
        }
    };
    let returned = outcomes
        .iter()
        .filter(|(_, outcome)| outcome.is_ok())
        .count();
    let reference = ids
        .first()
        .map(|id| office.reference(*id))
        .unwrap_or_default();
    let mut done = Done::at(&office, w.authority_return_done_title(returned), reference);
    if returned > 0 {
        done = done.saying(w.authority_return_done_text());
    }
    for (row, (_, outcome)) in rows.iter().zip(&outcomes) {
        if outcome.is_err() {
            done = done.saying(w.authority_approve_failed(&row.application.spec.name));
        }
    }
    Ok(done.then(back(&form), w.authority_approve_back()).shown())
}

/// The chosen sentences, each on a line, and what was written besides.
fn reasons(w: Words, form: &Form) -> String {
    let chosen = usual(w)
        .into_iter()
        .filter(|(value, _)| form.has("usual", value));
    let written = Some(form.text("reasons")).filter(|text| !text.is_empty());
    let lines: Vec<&str> = chosen
        .map(|(_, sentence)| sentence)
        .chain(written)
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::{back, reasons};
    use crate::forms::Form;
    use crate::lang::Lang;

    #[test]
    fn the_way_back_leads_to_the_list_and_nowhere_else() {
        let to = |said: &str| back(&Form::blank().fill("back", said));
        assert_eq!(to("/desk/applications?page=2"), "/desk/applications?page=2");
        for strange in [
            "https://evil.example",
            "//evil.example",
            "/desk/applicationsx",
            "",
        ] {
            assert_eq!(to(strange), "/desk/applications");
        }
    }

    #[test]
    fn what_is_written_follows_what_was_chosen() {
        let w = Lang::En.words();
        let form = Form::blank()
            .fill("usual", "hours")
            .fill("reasons", " Call us. ");
        assert_eq!(
            reasons(w, &form),
            format!("{}\nCall us.", w.authority_usual_hours())
        );
    }
}
