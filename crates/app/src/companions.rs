//! Family without phones: children and parents under one account, at most eleven.

use crate::App;
use crate::error::{AppError, Result};
use crate::person_form::PersonForm;
use crate::sign_in;
use crate::vault::Purpose;
use gapura_domain::door::PARTY_MAX;
use gapura_domain::ids::PersonId;
use gapura_domain::person::{BirthDate, PersonName};
use gapura_store::Actor;

/// Somebody who comes along: with the visitor they make a party of at most twelve.
pub const COMPANIONS_MAX: usize = PARTY_MAX - 1;

/// A companion as the account's own pages show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Companion {
    /// The pseudonym.
    pub person: PersonId,
    /// The name.
    pub name: PersonName,
    /// The birth date.
    pub birth_date: Option<BirthDate>,
}

/// A companion was added.
#[derive(Debug)]
pub struct Added {
    /// The pseudonym.
    pub person: PersonId,
    /// `nik_region` where no region has the number's first digits.
    pub warnings: Vec<&'static str>,
}

/// Adds somebody to an account.
///
/// # Errors
/// All faults at `name`, `birth_date`, `nik`; `NotNow("companions_full")`; `NotNow("is_companion")`
/// where the account is a companion's itself.
pub async fn add_companion(app: &App, account: PersonId, form: &PersonForm) -> Result<Added> {
    let typed = form.read(app.now()).map_err(AppError::Faults)?;
    let person = app.store.person(account).await?;
    if person.ok_or(AppError::NotFound)?.guardian.is_some() {
        return Err(AppError::NotNow("is_companion"));
    }
    if app.store.companions(account).await?.len() >= COMPANIONS_MAX {
        return Err(AppError::NotNow("companions_full"));
    }
    let warnings = typed.warnings();
    let person = sign_in::create(app, typed, None, Some(account)).await?;
    Ok(Added { person, warnings })
}

/// The companions of an account in the order in which they were added.
pub async fn companions(app: &App, account: PersonId) -> Result<Vec<Companion>> {
    let mut companions = Vec::new();
    for person in app.store.companions(account).await? {
        let actor = Actor::Person(account);
        let record = app.open_record(person, Purpose::OwnPage, actor).await?;
        let facts = app.store.facts(person).await?;
        if let Some(record) = record {
            companions.push(Companion {
                person,
                name: record.name,
                birth_date: facts.and_then(|facts| facts.birth_date),
            });
        }
    }
    Ok(companions)
}

/// Changes what an account told about its companion.
///
/// # Errors
/// `NotFound` where it is not this account's; otherwise those of
/// [`change_profile`](crate::profile::change_profile).
pub async fn change_companion(
    app: &App,
    account: PersonId,
    companion: PersonId,
    form: &PersonForm,
) -> Result<Vec<&'static str>> {
    own(app, account, companion).await?;
    crate::profile::change_profile(app, companion, form).await
}

/// Takes a companion off an account. The pseudonym and its visits stay until they are erased; the
/// account sees neither any more.
///
/// # Errors
/// `NotFound` where it is not this account's.
pub async fn remove_companion(app: &App, account: PersonId, companion: PersonId) -> Result<()> {
    own(app, account, companion).await?;
    app.store.set_guardian(companion, None).await?;
    app.store.revoke_passes(companion).await?;
    app.facts_changed(companion);
    Ok(())
}

async fn own(app: &App, account: PersonId, companion: PersonId) -> Result<()> {
    let person = app.store.person(companion).await?;
    match person {
        Some(person) if person.guardian == Some(account) => Ok(()),
        _ => Err(AppError::NotFound),
    }
}
