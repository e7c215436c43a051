//! The audit log for those who protect data: who did what to whom and why, newest first, and whether the chain holds.

use askama::Template;
use axum::response::Response;
use gapura_app::AppError;
use gapura_domain::ids::{
    AccountId, ApplicationId, CardId, DecisionId, DeviceId, GateId, OrganisationId, PersonId,
    VenueId,
};
use gapura_domain::time::{LocalDay, Time, Zone};
use gapura_store::audit_chain::{Broken, Head, follow};
use gapura_store::{Actor, AuditMark, Cursor};

use crate::format;
use crate::forms::Form;
use crate::operator::codes::{ACTIONS, action_name, purpose_name};
use crate::page::{Desk, Frame, Pages, html};
use crate::problem::Problem;
use crate::staff::office::{Address, Office, address};
use crate::staff::outcome::Done;
use crate::words::Words;

const PATH: &str = "/desk/audit";
/// Marks of one page, before they are filtered.
const PER_PAGE: u64 = 100;
const PER_READ: u32 = 1000;

#[derive(Template)]
#[template(path = "operator/audit.html")]
struct Audit {
    frame: Frame,
    w: Words,
    desk: Desk,
    form: Form,
    actions: Vec<(&'static str, &'static str)>,
    is_filtered: bool,
    rows: Vec<Row>,
    pages: Pages,
    head: Option<(u64, String)>,
}

struct Row {
    number: u64,
    at: [String; 2],
    who: String,
    action: String,
    subject: String,
    purpose: String,
}

pub(super) async fn page(office: Office, Address(form): Address) -> Result<Response, Problem> {
    let w = office.w;
    let newest = newest(&office).await?;
    let last = newest.as_ref().map_or(0, |mark| mark.number);
    let until = form.text("until").parse().unwrap_or(last).min(last);
    let after = until.saturating_sub(PER_PAGE);
    let mut marks = read(
        &office,
        Some(after),
        u32::try_from(PER_PAGE).unwrap_or(PER_READ),
    )
    .await?;
    marks.retain(|mark| mark.number <= until);
    marks.reverse();
    let action = form.text("action");
    let mut rows = Vec::new();
    for mark in marks
        .iter()
        .filter(|mark| action.is_empty() || mark.action == action)
    {
        rows.push(row(&office, mark).await?);
    }
    let at = |until: u64| address(PATH, &[("action", action), ("until", &until.to_string())]);
    let page = Audit {
        is_filtered: !action.is_empty(),
        actions: actions(w),
        rows,
        pages: Pages {
            earlier: (until < last).then(|| at((until + PER_PAGE).min(last))),
            later: (after > 0).then(|| at(after)),
            shown: w.operator_audit_shown(after + 1, until),
        },
        head: newest.map(|mark| (mark.number, hex(&mark.hash))),
        frame: office.frame,
        w,
        desk: office.desk,
        form,
    };
    Ok(html(&page))
}

async fn read(office: &Office, after: Option<u64>, limit: u32) -> Result<Vec<AuditMark>, Problem> {
    let page = office.state.app.store.marks(Cursor { after, limit }).await;
    Ok(page.map_err(AppError::from)?.rows)
}

/// The newest mark, found by doubling steps and then halving them, since marks are numbered without gaps.
async fn newest(office: &Office) -> Result<Option<AuditMark>, Problem> {
    let mut found = None;
    let mut known = 0_u64;
    let mut step = 1024_u64;
    let mut is_growing = true;
    while step > 0 {
        match read(office, Some(known + step - 1), 1).await?.pop() {
            Some(mark) => {
                known = mark.number;
                found = Some(mark);
                if is_growing {
                    step *= 2;
                }
            }
            None => {
                is_growing = false;
                step /= 2;
            }
        }
    }
    Ok(found)
}

fn hex(hash: &[u8]) -> String {
    let bytes: Vec<String> = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    bytes
        .chunks(4)
        .map(|group| group.concat())
        .collect::<Vec<_>>()
        .join(" ")
}

fn actions(w: Words) -> Vec<(&'static str, &'static str)> {
    let known = ACTIONS.iter().map(|(code, name)| (*code, name(w)));
    std::iter::once(("", w.operator_audit_action_all()))
        .chain(known)
        .collect()
}

async fn row(office: &Office, mark: &AuditMark) -> Result<Row, Problem> {
    let w = office.w;
    let who = match mark.actor {
        Actor::Account(account) => name_of(office, account).await?,
        Actor::Device(device) => w.operator_audit_device(office.reference(device)),
        Actor::Person(_) => w.operator_audit_person().to_owned(),
        Actor::System => w.operator_audit_system().to_owned(),
    };
    Ok(Row {
        number: mark.number,
        at: when(w, mark.at),
        who,
        action: action_name(w, &mark.action),
        subject: subject(office, &mark.subject).await?,
        purpose: purpose_name(w, &mark.purpose),
    })
}

/// A moment in as few letters as a table leaves room for: `22 Nov 2026`, `14.03.12 WIB`.
fn when(w: Words, at: Time) -> [String; 2] {
    let at = format::local(at, Zone::Wib);
    let day = format!("{} {}", format::day(w, at.date()), at.year());
    [day, format!("{} {}", format::clock(&at), format::zone(&at))]
}

async fn name_of(office: &Office, account: AccountId) -> Result<String, Problem> {
    let account = office.state.app.store.account(account).await;
    let account = account.map_err(AppError::from)?;
    Ok(account
        .map(|account| account.display_name)
        .unwrap_or_default())
}

/// What was touched, as people speak of it: by name where that is no secret, else by the reference that pages show.
async fn subject(office: &Office, (kind, number): &(String, u64)) -> Result<String, Problem> {
    let (w, number) = (office.w, *number);
    Ok(match kind.as_str() {
        "account" => w.operator_subject_account(name_of(office, AccountId(number)).await?),
        "organisation" => {
            let tree = office.state.app.organisation_tree().await?;
            let name = tree.get(OrganisationId(number));
            name.map(|of| of.name.to_string()).unwrap_or_default()
        }
        "application" => w.operator_subject_application(office.reference(ApplicationId(number))),
        "venue" => w.operator_subject_venue(office.reference(VenueId(number))),
        "gate" => w.operator_subject_gate(office.reference(GateId(number))),
        "device" => w.operator_subject_device(office.reference(DeviceId(number))),
        "person" => w.operator_subject_person(office.reference(PersonId(number))),
        "card" => w.operator_subject_card(office.reference(CardId(number))),
        "visit" | "decision" => w.operator_subject_visit(office.reference(DecisionId(number))),
        "people" => w.operator_subject_people(number),
        "visits" => w.operator_subject_visits(number),
        "rows" => w.operator_subject_rows(number),
        "day" => {
            let day = i32::try_from(number).map_or(LocalDay(0), LocalDay);
            format::date(w, day.date())
        }
        kind => format!("{kind} {number}"),
    })
}

/// Follows the whole chain.
pub(super) async fn check(office: Office) -> Result<Response, Problem> {
    let w = office.w;
    let mut head = Head::default();
    let broken = loop {
        let marks = read(&office, Some(head.number), PER_READ).await?;
        if marks.is_empty() {
            break None;
        }
        match follow(head, &marks) {
            Ok(next) => head = next,
            Err(broken) => break Some(broken),
        }
    };
    let done = match broken {
        None => {
            let reference = format!("{}-{}", head.number, &hex(&head.hash)[..8]);
            Done::at(
                &office,
                w.operator_audit_check_whole_title(head.number),
                reference,
            )
            .saying(w.operator_audit_check_whole_text())
        }
        Some(
            Broken::Missing { expected: number }
            | Broken::Altered { number }
            | Broken::Cut { found: number, .. },
        ) => Done::at(
            &office,
            w.operator_audit_check_broken_title(),
            number.to_string(),
        )
        .saying(w.operator_audit_check_broken_text(number)),
    };
    Ok(done.then(PATH, w.common_back()).shown())
}
