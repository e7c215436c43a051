//! What a visitor shows at a gate: the pass on the phone, which rotates, and printed cards.

use crate::error::Result;
use crate::{App, AppError};
use gapura_domain::ids::{CardId, PersonId};
use gapura_domain::time::Time;
use gapura_pass::Pass;
use gapura_store::people::Card;
use gapura_store::{Actor, StoreError};

/// A pass lives for so long, which is enough for a queue and too short for a screenshot's journey.
pub const PASS_LIFE_S: i64 = 120;

/// A pass as it is shown.
#[derive(Clone)]
pub struct ShownPass {
    /// The text of its QR code.
    pub text: String,
    /// When it is over.
    pub expires: Time,
}

/// The text opens doors for as long as it lives.
impl std::fmt::Debug for ShownPass {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ShownPass(until {})", self.expires.0)
    }
}

/// A new pass for an account or for somebody who comes along with it.
///
/// # Errors
/// `NotFound` for somebody else.
pub async fn show_pass(app: &App, account: PersonId, of: PersonId) -> Result<ShownPass> {
    let person = app.store.person(of).await?.ok_or(AppError::NotFound)?;
    if of != account && person.guardian != Some(account) {
        return Err(AppError::NotFound);
    }
    let now = app.now();
    let pass = Pass {
        person: of.0,
        version: person.pass_epoch,
        issued_at: now.0,
        expires_at: now.0 + PASS_LIFE_S,
    };
    let text = app.keys.ring().issuer().issue_pass(&pass);
    Ok(ShownPass {
        text: text.map_err(|error| StoreError::other(error.to_string()))?,
        expires: Time(pass.expires_at),
    })
}

/// Makes all passes that an account has shown until now worthless, those of its family included.
///
/// # Errors
/// Those of the store.
pub async fn revoke_own_passes(app: &App, account: PersonId) -> Result<()> {
    for person in family(app, account).await? {
        app.store.revoke_passes(person).await?;
        app.facts_changed(person);
    }
    let actor = Actor::Person(account);
    app.mark(actor, "passes_revoked", ("person", account.0), "own_page")
        .await
}

/// Printed cards of an account and its family, newest first.
///
/// # Errors
/// Those of the store.
pub async fn own_cards(app: &App, account: PersonId) -> Result<Vec<Card>> {
    let mut cards = Vec::new();
    for person in family(app, account).await? {
        cards.extend(app.store.cards(person).await?);
    }
    cards.sort_by_key(|card| std::cmp::Reverse((card.issued_at, card.id)));
    Ok(cards)
}

/// Revokes a printed card of an account or its family. One that was revoked stays so.
///
/// # Errors
/// `NotFound` for somebody else's card.
pub async fn revoke_own_card(app: &App, account: PersonId, card: CardId) -> Result<()> {
    let known = app.store.card(card).await?.ok_or(AppError::NotFound)?;
    if !family(app, account).await?.contains(&known.person) {
        return Err(AppError::NotFound);
    }
    if app.store.revoke_card(card, app.now()).await? {
        let actor = Actor::Person(account);
        app.mark(actor, "card_revoked", ("card", card.0), "own_page")
            .await?;
    }
    Ok(())
}

async fn family(app: &App, account: PersonId) -> Result<Vec<PersonId>> {
    let mut family = vec![account];
    family.extend(app.store.companions(account).await?);
    Ok(family)
}
