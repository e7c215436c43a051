//! Who of the known people an ID number, a name and a birth date belong to: all three have to agree.

use crate::App;
use crate::error::Result;
use crate::keys::HashOf;
use crate::person_form::ReadPerson;
use crate::vault::{PersonalRecord, Purpose};
use gapura_domain::ids::PersonId;
use gapura_domain::person::Nik;
use gapura_domain::status::Facts;
use gapura_store::people::Person;

/// Somebody who claims an ID number.
pub(crate) struct Claimant {
    pub(crate) person: Person,
    pub(crate) record: PersonalRecord,
    pub(crate) facts: Facts,
}

impl Claimant {
    fn name_agrees(&self, with: &ReadPerson) -> bool {
        self.record.name.agrees_with(&with.name)
    }

    fn birth_agrees(&self, with: &ReadPerson) -> bool {
        self.facts.birth_date == Some(with.birth_date)
    }

    pub(crate) fn agrees(&self, with: &ReadPerson) -> bool {
        self.name_agrees(with) && self.birth_agrees(with)
    }
}

/// Everybody who claims this number.
pub(crate) async fn claimants(app: &App, nik: &Nik) -> Result<Vec<Claimant>> {
    let hash = app.keys.hash(HashOf::Nik, nik.expose().as_bytes());
    let mut claimants = Vec::new();
    for id in app.store.people_by_nik(hash).await? {
        claimants.extend(claimant(app, id).await?);
    }
    Ok(claimants)
}

/// What is known of one person, for comparing it with a row or an ID.
pub(crate) async fn claimant(app: &App, id: PersonId) -> Result<Option<Claimant>> {
    let person = app.store.person(id).await?;
    let facts = app.store.facts(id).await?;
    let sealed = app.store.sealed(id).await?;
    let (Some(person), Some(facts), Some(sealed)) = (person, facts, sealed) else {
        return Ok(None);
    };
    let record = app.keys.read_record(id, &sealed)?;
    app.openings.count(Purpose::MatchImport, 1);
    Ok(Some(Claimant {
        person,
        record,
        facts,
    }))
}

/// Whom a row belongs to.
pub(crate) enum Match<'c> {
    /// This one.
    One(&'c Claimant),
    /// Nobody, for the reason at the field.
    Nobody(&'static str, &'static str),
}

/// Of the claimants of a row's number the one whom it belongs to: somebody whose ID was looked at
/// before somebody who told the number, and of several of those nobody.
pub(crate) fn match_row<'c>(claimants: &'c [Claimant], row: &ReadPerson) -> Match<'c> {
    let agreeing = || claimants.iter().filter(|claimant| claimant.agrees(row));
    let verified = agreeing().filter(|claimant| claimant.person.is_verified);
    if let Some(found) = verified.max_by_key(|claimant| claimant.record.contact.is_some()) {
        return Match::One(found);
    }
    let mut told = agreeing();
    match (told.next(), told.next()) {
        (Some(only), None) => Match::One(only),
        (Some(_), Some(_)) => Match::Nobody("nik", "several_match"),
        (None, _) if claimants.is_empty() => Match::Nobody("nik", "nobody_known"),
        (None, _) if claimants.iter().any(|claimant| claimant.birth_agrees(row)) => {
            Match::Nobody("name", "name_differs")
        }
        (None, _) => Match::Nobody("birth_date", "birth_date_differs"),
    }
}
