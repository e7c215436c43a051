//! Printed cards for people without a phone: given out at a desk, revoked when lost.

use crate::App;
use crate::desk::DESKS;
use crate::error::{AppError, Result};
use crate::staff::By;
use crate::vault::Purpose;
use gapura_domain::ids::{CardId, PersonId};
use gapura_domain::person::PersonName;
use gapura_domain::time::Time;
use gapura_pass::Card;
use gapura_store::StoreError;

/// For how long a card is valid: five years.
pub const CARD_LIFE_S: i64 = 5 * 366 * 86_400;

/// A card to print. Has no `Debug`, because whoever has it can walk in.
pub struct PrintedCard {
    /// Its number.
    pub card: CardId,
    /// The name that stands on it.
    pub name: PersonName,
    /// The text of its QR code.
    pub code: String,
    /// Until when it is valid.
    pub expires: Time,
}

/// Gives out a new card to somebody standing at the desk. Others of that person stay valid.
///
/// # Errors
/// `NotAllowed`; `NotFound` if there is no such person.
pub async fn print_card(app: &App, by: By<'_>, person: PersonId) -> Result<PrintedCard> {
    by.require_any(&DESKS)?;
    let record = app
        .open_record(person, Purpose::PrintCard, by.actor())
        .await?
        .ok_or(AppError::NotFound)?;
    let now = app.now();
    let card = app.store.issue_card(person, now).await?;
    app.mark(by.actor(), "card_printed", ("card", card.0), "")
        .await?;
    signed(app, card, person, now, record.name)
}

/// A card that was given out, to be printed once more.
///
/// # Errors
/// `NotAllowed`; `NotFound`; `NotNow("card_revoked")`.
pub(crate) async fn card_again(app: &App, by: By<'_>, card: CardId) -> Result<PrintedCard> {
    by.require_any(&DESKS)?;
    let known = app.store.card(card).await?.ok_or(AppError::NotFound)?;
    if known.revoked_at.is_some() {
        return Err(AppError::NotNow("card_revoked"));
    }
    let record = app
        .open_record(known.person, Purpose::PrintCard, by.actor())
        .await?
        .ok_or(AppError::NotFound)?;
    signed(app, card, known.person, known.issued_at, record.name)
}

fn signed(
    app: &App,
    card: CardId,
    person: PersonId,
    issued: Time,
    name: PersonName,
) -> Result<PrintedCard> {
    let expires = issued.plus_s(CARD_LIFE_S);
    let text = Card {
        person: person.0,
        serial: card.0,
        issued_at: issued.0,
        expires_at: expires.0,
    };
    let code = app.keys.ring().issuer().issue_card(&text);
    Ok(PrintedCard {
        card,
        name,
        // A code that cannot be signed is the program's own fault.
        code: code.map_err(|error| AppError::Store(StoreError::other(error)))?,
        expires,
    })
}

/// Revokes a card that was found or misused.
///
/// # Errors
/// `NotAllowed`; `NotFound` where there is no such card, or it was revoked before.
pub async fn revoke_card(app: &App, by: By<'_>, card: CardId) -> Result<()> {
    by.require_any(&DESKS)?;
    if !app.store.revoke_card(card, app.now()).await? {
        return Err(AppError::NotFound);
    }
    app.mark(by.actor(), "card_revoked", ("card", card.0), "")
        .await
}
