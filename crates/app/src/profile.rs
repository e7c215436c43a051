//! What a visitor sees and changes of themselves.

use crate::App;
use crate::delivery::Language;
use crate::error::{AppError, Fault, Result};
use crate::one_time_code::{self, CodeFor, CodeSent};
use crate::person_form::{PersonForm, read_contact};
use crate::vault::{PersonalRecord, Purpose};
use crate::visitor_session;
use gapura_domain::ids::{PersonId, SessionId};
use gapura_domain::person::{BirthDate, Contact};
use gapura_domain::status::Facts;
use gapura_domain::time::Time;
use gapura_store::{Actor, StoreError};
use std::net::IpAddr;

const CHANGE: &str = "visitor contact change 1";

/// A person's own page.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Name, ID number, contact.
    pub record: PersonalRecord,
    /// Doses, tests, contacts, birth date.
    pub facts: Facts,
    /// Whether somebody looked at the ID.
    pub is_verified: bool,
    /// Since when the person is known.
    pub since: Time,
}

impl Profile {
    /// The birth date.
    pub fn birth_date(&self) -> Option<BirthDate> {
        self.facts.birth_date
    }

    /// The ID number as pages show it: its last four digits.
    pub fn nik_ending(&self) -> Option<&str> {
        let nik = self.record.nik.as_ref()?.expose();
        nik.get(nik.len().checked_sub(4)?..)
    }
}

/// What a person's own pages show.
///
/// # Errors
/// `NotFound` if there is no such person.
pub async fn profile(app: &App, person: PersonId) -> Result<Profile> {
    let actor = Actor::Person(person);
    let record = app.open_record(person, Purpose::OwnPage, actor).await?;
    let facts = app.store.facts(person).await?;
    let known = app.store.person(person).await?;
    match (record, facts, known) {
        (Some(record), Some(facts), Some(known)) => Ok(Profile {
            record,
            facts,
            is_verified: known.is_verified,
            since: known.since,
        }),
        _ => Err(AppError::NotFound),
    }
}

/// Changes name and ID number; gives warnings. The birth date has to be the one that is known: it
/// decides about rules, and a desk mends it.
///
/// # Errors
/// All faults at `name`, `birth_date` (`birth_date_fixed`), `nik`; `NotNow("verified")` where somebody
/// has looked at the ID, so that a desk has to look again.
pub async fn change_profile(
    app: &App,
    person: PersonId,
    form: &PersonForm,
) -> Result<Vec<&'static str>> {
    let typed = form.read(app.now()).map_err(AppError::Faults)?;
    let before = profile(app, person).await?;
    if before.is_verified {
        return Err(AppError::NotNow("verified"));
    }
    if before
        .birth_date()
        .is_some_and(|birth| birth != typed.birth_date)
    {
        let fault = Fault::new("birth_date", "birth_date_fixed");
        return Err(AppError::Faults(vec![fault]));
    }
    let warnings = typed.warnings();
    let record = PersonalRecord {
        name: typed.name,
        nik: typed.nik,
        contact: before.record.contact,
    };
    app.reseal(person, &record).await?;
    app.facts_changed(person);
    Ok(warnings)
}

/// Sends a code to a new contact of somebody signed in.
///
/// # Errors
/// A fault at `contact`, or too many tries.
pub async fn request_contact_change(
    app: &App,
    person: PersonId,
    contact: &str,
    client: IpAddr,
    language: Language,
) -> Result<CodeSent> {
    let contact = read_contact(contact)?;
    let expires = one_time_code::send(app, CodeFor::Visitor, &contact, client, language).await?;
    let content = (person.0, contact.expose(), expires.0);
    Ok(CodeSent {
        ticket: app.keys.seal_ticket(CHANGE, &content, app.random()),
        expires,
        warnings: Vec::new(),
    })
}

/// Takes the code for a new contact, and ends all sessions but the one in which it was typed.
///
/// # Errors
/// Faults `code_wrong` at `code`, `ticket_expired` at `ticket`; `NotNow("contact_taken")` where it
/// belongs to another account, which only its holder can learn.
pub async fn confirm_contact_change(
    app: &App,
    person: PersonId,
    session: SessionId,
    ticket: &str,
    code: &str,
    client: IpAddr,
) -> Result<()> {
    let opened: Option<(u64, String, i64)> = app.keys.open_ticket(CHANGE, ticket);
    let contact = opened
        .filter(|(of, _, expires)| *of == person.0 && app.now() < Time(*expires))
        .and_then(|(_, contact, _)| Contact::parse(&contact).ok());
    let Some(contact) = contact else {
        let fault = Fault::new("ticket", "ticket_expired");
        return Err(AppError::Faults(vec![fault]));
    };
    one_time_code::prove(app, CodeFor::Visitor, &contact, code, client).await?;
    let mut record = profile(app, person).await?.record;
    record.contact = Some(contact);
    match app.reseal(person, &record).await {
        Err(AppError::Store(StoreError::Conflict(_))) => {
            return Err(AppError::NotNow("contact_taken"));
        }
        done => done?,
    }
    let actor = Actor::Person(person);
    app.mark(actor, "contact_changed", ("person", person.0), "own_page")
        .await?;
    visitor_session::end_others(app, person, Some(session)).await
}
