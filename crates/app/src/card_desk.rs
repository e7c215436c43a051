//! The desk that gives printed cards to people who stand before it.
//!
//! A record is opened by what the person has: a pass or card that is read just now, or an ID document whose
//! number, name and birth date all agree. From then on a *ticket* stands for the person in the desk's forms:
//! sealed by this server, for this account, for a quarter of an hour. No number, name or id in an address opens
//! anything. A card is given only to somebody whose ID document was looked at.

use crate::App;
use crate::desk::{confirm_identity, find_at_desk, person_at_desk};
use crate::error::{AppError, Fault, Result};
use crate::make_known::{Newcomer, make_known};
use crate::matching::claimants;
use crate::person_form::PersonForm;
use crate::print_card::{PrintedCard, card_again, print_card, revoke_card};
use crate::staff::{By, Principal};
use crate::vault::{PersonalRecord, Purpose};
use gapura_domain::ids::{CardId, PersonId};
use gapura_domain::person::BirthDate;
use gapura_domain::time::{Time, Zone};
use gapura_store::people::Card;

/// For how long a desk may go on after the person was found.
const TICKET_S: i64 = 900;
const PERSON: &str = "card desk person";
const CARD: &str = "card desk card";

/// Account, person or card, until when.
type Ticket = (u64, u64, i64);

/// Somebody who stands at the desk.
pub struct AtDesk {
    /// Stands for the person in the desk's next form.
    pub ticket: String,
    /// What is known.
    pub record: PersonalRecord,
    /// The birth date.
    pub birth_date: Option<BirthDate>,
    /// Whether somebody looked at the ID before.
    pub is_verified: bool,
    /// Cards, newest first.
    pub cards: Vec<Card>,
}

/// A card that was given out.
pub struct Given {
    /// Stands for the card where it is printed.
    pub ticket: String,
    /// The card.
    pub card: PrintedCard,
    /// How many facts joined the person by looking at the ID.
    pub joined: u32,
    /// How many older cards were revoked.
    pub revoked: u32,
}

fn ticket(app: &App, by: &Principal, kind: &'static str, of: u64) -> String {
    let content: Ticket = (by.account.0, of, app.now().plus_s(TICKET_S).0);
    app.keys.seal_ticket(kind, &content, app.random())
}

fn open(app: &App, by: &Principal, kind: &'static str, ticket: &str) -> Result<u64> {
    let opened: Option<Ticket> = app.keys.open_ticket(kind, ticket);
    match opened {
        Some((account, of, until)) if account == by.account.0 && app.now() <= Time(until) => Ok(of),
        _ => Err(AppError::Faults(vec![Fault::new(
            "ticket",
            "ticket_expired",
        )])),
    }
}

async fn at_desk(app: &App, by: &Principal, person: PersonId) -> Result<AtDesk> {
    let record = person_at_desk(app, By::Staff(by), person).await?;
    let known = app.store.person(person).await?.ok_or(AppError::NotFound)?;
    let facts = app.store.facts(person).await?.ok_or(AppError::NotFound)?;
    Ok(AtDesk {
        ticket: ticket(app, by, PERSON, person.0),
        record,
        birth_date: facts.birth_date,
        is_verified: known.is_verified,
        cards: app.store.cards(person).await?,
    })
}

/// Somebody whose pass or card was read just now.
///
/// # Errors
/// `NotAllowed`; `NotNow` as in [`App::read_credential`], and `code_of_gate` for a poster's code.
pub async fn by_code(app: &App, by: &Principal, code: &str) -> Result<AtDesk> {
    By::Staff(by).require_any(&crate::desk::DESKS)?;
    let now = app.now();
    match app.read_credential(code.trim(), Zone::Wib, now).await? {
        crate::credential::Shown::Person(person) => at_desk(app, by, person).await,
        crate::credential::Shown::Gate(..) => Err(AppError::NotNow("code_of_gate")),
    }
}

/// Somebody with an ID document; `None` where nobody verified is known by number, name and birth date.
///
/// # Errors
/// Faults at `name`, `birth_date`, `nik`; `NotAllowed`.
pub async fn by_id(app: &App, by: &Principal, id: &PersonForm) -> Result<Option<AtDesk>> {
    match find_at_desk(app, By::Staff(by), id).await? {
        Some(person) => at_desk(app, by, person).await.map(Some),
        None => Ok(None),
    }
}

/// Registers somebody who is not known, by the ID document on the desk. They sign in nowhere; a card opens doors
/// for them, and what is imported under their number reaches them.
///
/// # Errors
/// Faults at `name`, `birth_date`, `nik`, `number_known_otherwise` among them; `NotAllowed`.
pub async fn register_at_desk(app: &App, by: &Principal, id: &PersonForm) -> Result<AtDesk> {
    if let Some(known) = by_id(app, by, id).await? {
        return Ok(known);
    }
    let person = id.read(app.now()).map_err(AppError::Faults)?;
    if let Some(nik) = &person.nik {
        let of_number = claimants(app, nik).await?;
        if of_number.iter().any(|known| known.person.is_verified) {
            let fault = Fault::new("nik", "number_known_otherwise");
            return Err(AppError::Faults(vec![fault]));
        }
    }
    let newcomer = Newcomer {
        person,
        contact: None,
        is_verified: true,
    };
    let made = make_known(app, [newcomer]).await?;
    let person = made.first().copied().ok_or(AppError::NotFound)?;
    let purpose = Purpose::DeskWithPersonPresent.code();
    let actor = By::Staff(by).actor();
    app.mark(actor, "person_registered", ("person", person.0), purpose)
        .await?;
    at_desk(app, by, person).await
}

/// Shows the person of a ticket once more, as after a form that could not be taken.
///
/// # Errors
/// A fault at `ticket`; `NotAllowed`.
pub async fn again(app: &App, by: &Principal, person: &str) -> Result<AtDesk> {
    let person = PersonId(open(app, by, PERSON, person)?);
    at_desk(app, by, person).await
}

/// Gives a card to the person of a ticket, whose ID document was looked at. Who was never verified is now, by
/// what stands on it.
///
/// # Errors
/// A fault at `ticket`; those of [`confirm_identity`]; `NotAllowed`.
pub async fn give_card(
    app: &App,
    by: &Principal,
    person: &str,
    id: &PersonForm,
    revokes_old: bool,
) -> Result<Given> {
    let person = PersonId(open(app, by, PERSON, person)?);
    let staff = By::Staff(by);
    staff.require_any(&crate::desk::DESKS)?;
    let known = app.store.person(person).await?.ok_or(AppError::NotFound)?;
    let joined = if known.is_verified {
        0
    } else {
        confirm_identity(app, staff, person, id).await?
    };
    let old = app.store.cards(person).await?;
    let card = print_card(app, staff, person).await?;
    let mut revoked = 0;
    for old in old
        .iter()
        .filter(|old| revokes_old && old.revoked_at.is_none())
    {
        revoke_card(app, staff, old.id).await?;
        revoked += 1;
    }
    Ok(Given {
        ticket: ticket(app, by, CARD, card.card.0),
        card,
        joined,
        revoked,
    })
}

/// The card of a ticket, to be printed.
///
/// # Errors
/// A fault at `ticket`; `NotAllowed`; `NotNow("card_revoked")`.
pub async fn card_of(app: &App, by: &Principal, card: &str) -> Result<PrintedCard> {
    let card = CardId(open(app, by, CARD, card)?);
    card_again(app, By::Staff(by), card).await
}

/// Revokes a card of the person of a ticket.
///
/// # Errors
/// A fault at `ticket`; `NotFound` for another's card or one that was revoked; `NotAllowed`.
pub async fn revoke_of(app: &App, by: &Principal, person: &str, card: CardId) -> Result<()> {
    let person = PersonId(open(app, by, PERSON, person)?);
    let known = app.store.card(card).await?.ok_or(AppError::NotFound)?;
    if known.person != person {
        return Err(AppError::NotFound);
    }
    revoke_card(app, By::Staff(by), card).await
}

/// Revokes a card that was found, by its own code. Whose it is stays closed.
///
/// # Errors
/// `NotNow` with what the code is instead of a valid card's; `NotAllowed`.
pub async fn revoke_found(app: &App, by: &Principal, code: &str) -> Result<()> {
    let card = app.read_card(code.trim(), app.now()).await?;
    revoke_card(app, By::Staff(by), card).await
}
