//! A desk with the person present: staff look at the ID, and what was only told becomes verified.
//!
//! The person shows pass or card, or has registered a moment ago; staff type what stands on the ID. Facts
//! that the authority imported before under the same number, name and birth date then belong to the
//! person too. This is the way by which imported doses reach somebody who registered later: a number
//! told on a phone opens nothing.

use crate::App;
use crate::error::{AppError, Fault, Result};
use crate::matching::{Claimant, claimant, claimants};
use crate::person_form::{PersonForm, ReadPerson};
use crate::staff::By;
use crate::vault::{PersonalRecord, Purpose};
use gapura_domain::ids::PersonId;
use gapura_domain::role::Role;
use gapura_store::people::Sourced;
use gapura_store::{Actor, People};

/// Who sits at a desk where people show their ID. Managers of places do not: whoever signs an organisation up
/// becomes one, and nobody has looked at them.
pub(crate) const DESKS: [Role; 2] = [Role::Booth, Role::Authority];

/// Opens the record of somebody standing at the desk, whose pass or card was just read.
///
/// # Errors
/// `NotAllowed`; `NotFound`.
pub async fn person_at_desk(app: &App, by: By<'_>, person: PersonId) -> Result<PersonalRecord> {
    by.require_any(&DESKS)?;
    let purpose = Purpose::DeskWithPersonPresent;
    let record = app.open_record(person, purpose, by.actor()).await?;
    record.ok_or(AppError::NotFound)
}

/// Finds somebody standing at the desk with an ID but neither pass nor card: number, name and birth
/// date have to agree. `None` where nobody verified is known by all three.
///
/// # Errors
/// Faults at `name`, `birth_date`, `nik`; `NotAllowed`.
pub async fn find_at_desk(app: &App, by: By<'_>, id: &PersonForm) -> Result<Option<PersonId>> {
    by.require_any(&DESKS)?;
    let read = read_id(app, id)?;
    let found = of_this_id(app, &read, None).await?;
    let found = found
        .iter()
        .max_by_key(|claimant| claimant.record.contact.is_some())
        .map(|claimant| claimant.person.id);
    let subject = ("person", found.map_or(0, |person| person.0));
    let purpose = Purpose::DeskWithPersonPresent.code();
    app.mark(by.actor(), "looked_up_by_id", subject, purpose)
        .await?;
    Ok(found)
}

/// Confirms that the ID on the desk is the person's, and joins what was imported under it. Says how
/// many facts came with it.
///
/// # Errors
/// Faults at `name`, `birth_date`, `nik`: of the form, or `name_differs`, `birth_date_differs`,
/// `nik_differs` where the ID is not what the person told; `NotAllowed`; `NotFound`.
pub async fn confirm_identity(
    app: &App,
    by: By<'_>,
    person: PersonId,
    id: &PersonForm,
) -> Result<u32> {
    by.require_any(&DESKS)?;
    let read = read_id(app, id)?;
    let told = claimant(app, person).await?.ok_or(AppError::NotFound)?;
    let faults = differences(&told, &read);
    if !faults.is_empty() {
        return Err(AppError::Faults(faults));
    }
    let actor = by.actor();
    let purpose = Purpose::DeskWithPersonPresent.code();
    app.mark(actor, "identity_confirmed", ("person", person.0), purpose)
        .await?;
    if told.record.nik.is_none() {
        let record = PersonalRecord {
            nik: read.nik.clone(),
            ..told.record
        };
        app.reseal(person, &record).await?;
    }
    app.store.set_verified(person).await?;
    let mut joined = 0;
    for before in of_this_id(app, &read, Some(person)).await? {
        // Somebody else's account is not emptied: only what an import made has no contact.
        if before.record.contact.is_none() && before.person.guardian.is_none() {
            joined += join(app, actor, &before, person).await?;
        }
    }
    app.facts_changed(person);
    Ok(joined)
}

fn read_id(app: &App, id: &PersonForm) -> Result<ReadPerson> {
    let read = id.read(app.now()).map_err(AppError::Faults)?;
    if read.nik.is_none() {
        return Err(AppError::Faults(vec![Fault::new("nik", "missing")]));
    }
    Ok(read)
}

fn differences(told: &Claimant, read: &ReadPerson) -> Vec<Fault> {
    let nik_differs = told.record.nik.is_some() && told.record.nik != read.nik;
    [
        (
            "name",
            "name_differs",
            !told.record.name.agrees_with(&read.name),
        ),
        (
            "birth_date",
            "birth_date_differs",
            told.facts.birth_date != Some(read.birth_date),
        ),
        ("nik", "nik_differs", nik_differs),
    ]
    .into_iter()
    .filter(|(_, _, differs)| *differs)
    .map(|(field, code, _)| Fault::new(field, code))
    .collect()
}

/// Verified people of this number, name and birth date, but one.
async fn of_this_id(app: &App, id: &ReadPerson, but: Option<PersonId>) -> Result<Vec<Claimant>> {
    let Some(nik) = &id.nik else {
        return Ok(Vec::new());
    };
    let mut found = claimants(app, nik).await?;
    found.retain(|claimant| {
        claimant.person.is_verified && claimant.agrees(id) && Some(claimant.person.id) != but
    });
    Ok(found)
}

/// Copies the facts of one pseudonym to another of the same human being. The source names both, so
/// that a second time copies nothing.
async fn join(app: &App, actor: Actor, from: &Claimant, to: PersonId) -> Result<u32> {
    let now = app.now();
    let known = app.store.facts(to).await?.ok_or(AppError::NotFound)?;
    let source = |what: String| {
        (
            "joined".to_owned(),
            format!("{}>{} {what}", from.person.id.0, to.0),
        )
    };
    let doses: Vec<_> = from
        .facts
        .doses
        .iter()
        .filter(|dose| known.doses.iter().all(|had| had.date != dose.date))
        .map(|dose| Sourced {
            person: to,
            fact: dose.clone(),
            source: source(format!("dose {}", dose.date)),
        })
        .collect();
    let tests: Vec<_> = from
        .facts
        .tests
        .iter()
        .map(|test| Sourced {
            person: to,
            fact: test.clone(),
            source: source(format!(
                "test {} {:?} {}",
                test.date, test.kind, test.positive
            )),
        })
        .collect();
    let store: &dyn People = &*app.store;
    let doses = store.record_doses(&doses, now).await?;
    let tests = store.record_tests(&tests, now).await?;
    let mut joined = doses.iter().flatten().count() + tests.iter().flatten().count();
    for day in &from.facts.contacts {
        joined += usize::from(store.record_contact(to, *day, now).await?);
    }
    if from.facts.exempt && !known.exempt {
        store.set_exempt(to, true).await?;
        joined += 1;
    }
    app.mark(actor, "facts_joined", ("person", from.person.id.0), "")
        .await?;
    Ok(u32::try_from(joined).unwrap_or(u32::MAX))
}
