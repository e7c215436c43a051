//! Visitors come in by a one-time code: those who are known, and those who register on the way.
//!
//! [`request_code`] and [`crate::register::register`] answer the same for everybody. Only who has typed
//! the right code, and so holds the phone or mailbox, learns whether it belongs to somebody: then a
//! known visitor is signed in (whatever the registration said), a new one becomes known, and one who
//! only wanted to sign in is asked to register without a second code.

use crate::App;
use crate::delivery::Language;
use crate::error::{AppError, Fault, Result};
use crate::one_time_code::{self, CodeFor, CodeSent};
use crate::person_form::{ReadPerson, read_contact};
use crate::vault::PersonalRecord;
use crate::visitor_session::{self, SessionToken};
use gapura_domain::ids::PersonId;
use gapura_domain::person::{BirthDate, Contact, Nik, PersonName};
use gapura_domain::time::Time;
use gapura_store::StoreError;
use gapura_store::people::NewPerson;
use std::net::IpAddr;

const SENT: &str = "visitor code sent 1";
const PROVEN: &str = "visitor contact proven 1";

/// For how long a proven contact may wait for the registration.
const PROVEN_LIFE_S: i64 = 1_800;

/// A code was right.
#[derive(Debug)]
pub enum Confirmed {
    /// Signed in.
    SignedIn {
        /// For the cookie.
        token: SessionToken,
        /// Who.
        person: PersonId,
        /// Whether the person became known just now.
        is_new: bool,
    },
    /// The contact belongs to nobody yet. The ticket stands for it in [`crate::register::register_proven`].
    NotRegistered {
        /// Good for half an hour.
        ticket: String,
    },
}

/// Sends a code to somebody who may be known or not.
///
/// # Errors
/// A fault at `contact`, or too many tries.
pub async fn request_code(
    app: &App,
    contact: &str,
    client: IpAddr,
    language: Language,
) -> Result<CodeSent> {
    let contact = read_contact(contact)?;
    let expires = one_time_code::send(app, CodeFor::Visitor, &contact, client, language).await?;
    Ok(CodeSent {
        ticket: ticket(app, &contact, expires, None),
        expires,
        warnings: Vec::new(),
    })
}

/// The contact to which the code of this ticket was sent, for the page that asks for the code.
pub fn code_sent_to(app: &App, ticket: &str) -> Option<Contact> {
    open_ticket(app, ticket).map(|(contact, _)| contact)
}

/// Sends a new code to where the one of this ticket went. What was typed stays with the new ticket.
///
/// # Errors
/// A fault at `ticket` (`ticket_expired`), or too many tries.
pub async fn send_again(
    app: &App,
    ticket: &str,
    client: IpAddr,
    language: Language,
) -> Result<CodeSent> {
    let Some((contact, typed)) = open_ticket(app, ticket) else {
        return Err(expired());
    };
    let expires = one_time_code::send(app, CodeFor::Visitor, &contact, client, language).await?;
    Ok(CodeSent {
        ticket: self::ticket(app, &contact, expires, typed.as_ref()),
        expires,
        warnings: Vec::new(),
    })
}

/// Takes the code that was sent.
///
/// # Errors
/// A fault at `code` (`code_wrong`) or at `ticket` (`ticket_expired`), or too many tries.
pub async fn confirm_code(
    app: &App,
    ticket: &str,
    code: &str,
    client: IpAddr,
) -> Result<Confirmed> {
    let Some((contact, typed)) = open_ticket(app, ticket) else {
        return Err(expired());
    };
    one_time_code::prove(app, CodeFor::Visitor, &contact, code, client).await?;
    enter(app, &contact, typed).await
}

/// Signs in whom the proven contact belongs to, or makes the person known.
pub(crate) async fn enter(
    app: &App,
    contact: &Contact,
    typed: Option<ReadPerson>,
) -> Result<Confirmed> {
    if let Some(person) = person_with(app, contact).await? {
        return signed_in(app, person, false).await;
    }
    let Some(typed) = typed else {
        return Ok(Confirmed::NotRegistered {
            ticket: prove_ticket(app, contact),
        });
    };
    match create(app, typed, Some(contact.clone()), None).await {
        Ok(person) => signed_in(app, person, true).await,
        // Two tabs of one phone: the first has made the person known.
        Err(AppError::Store(StoreError::Conflict(_))) => match person_with(app, contact).await? {
            Some(person) => signed_in(app, person, false).await,
            None => Err(AppError::NotNow("try_again")),
        },
        Err(error) => Err(error),
    }
}

/// Makes a person known, as they told it themselves.
pub(crate) async fn create(
    app: &App,
    typed: ReadPerson,
    contact: Option<Contact>,
    guardian: Option<PersonId>,
) -> Result<PersonId> {
    let person = app.store.next_person().await?;
    let birth_date = Some(typed.birth_date);
    let record = PersonalRecord {
        name: typed.name,
        nik: typed.nik,
        contact,
    };
    let (nik, contact) = app.keys.hashes_of(&record);
    let new = NewPerson {
        birth_date,
        sealed: app.keys.seal_record(person, &record, app.random()),
        nik,
        contact,
        guardian,
        is_verified: false,
    };
    app.store.create_person(person, &new, app.now()).await?;
    Ok(person)
}

async fn person_with(app: &App, contact: &Contact) -> Result<Option<PersonId>> {
    let text = contact.expose().as_bytes();
    let hash = app.keys.hash(crate::keys::HashOf::Contact, text);
    Ok(app.store.person_by_contact(hash).await?)
}

async fn signed_in(app: &App, person: PersonId, is_new: bool) -> Result<Confirmed> {
    let token = visitor_session::begin(app, person).await?;
    Ok(Confirmed::SignedIn {
        token,
        person,
        is_new,
    })
}

fn expired() -> AppError {
    AppError::Faults(vec![Fault::new("ticket", "ticket_expired")])
}

type TypedPerson = (String, (i16, i8, i8), Option<String>);

/// A ticket that carries what was typed until the code comes back.
pub(crate) fn ticket(
    app: &App,
    contact: &Contact,
    expires: Time,
    typed: Option<&ReadPerson>,
) -> String {
    let typed: Option<TypedPerson> = typed.map(|typed| {
        let birth = typed.birth_date.expose();
        let nik = typed.nik.as_ref().map(|nik| nik.expose().to_owned());
        let date = (birth.year(), birth.month(), birth.day());
        (typed.name.expose().to_owned(), date, nik)
    });
    let content = (contact.expose(), expires.0, typed);
    app.keys.seal_ticket(SENT, &content, app.random())
}

fn open_ticket(app: &App, ticket: &str) -> Option<(Contact, Option<ReadPerson>)> {
    let (contact, expires, typed): (String, i64, Option<TypedPerson>) =
        app.keys.open_ticket(SENT, ticket)?;
    if app.now() >= Time(expires) {
        return None;
    }
    let typed = match typed {
        None => None,
        Some((name, (year, month, day), nik)) => Some(ReadPerson {
            name: PersonName::parse(&name).ok()?,
            birth_date: BirthDate::from_store(jiff::civil::Date::new(year, month, day).ok()?),
            nik: nik.map(|nik| Nik::parse(&nik)).transpose().ok()?,
        }),
    };
    Some((Contact::parse(&contact).ok()?, typed))
}

fn prove_ticket(app: &App, contact: &Contact) -> String {
    let expires = app.now().plus_s(PROVEN_LIFE_S);
    let content = (contact.expose(), expires.0);
    app.keys.seal_ticket(PROVEN, &content, app.random())
}

/// The contact that a ticket of [`Confirmed::NotRegistered`] stands for.
pub(crate) fn proven_contact(app: &App, ticket: &str) -> Result<Contact> {
    let opened: Option<(String, i64)> = app.keys.open_ticket(PROVEN, ticket);
    opened
        .filter(|(_, expires)| app.now() < Time(*expires))
        .and_then(|(contact, _)| Contact::parse(&contact).ok())
        .ok_or_else(expired)
}
