//! Rows of people.

use super::{AT_ONCE, BIRTH_DATE, List, NAME, NIK, Run, contact_fault, read_person};
use crate::App;
use crate::csv_table::{CellFault, Column, Row};
use crate::error::{AppError, Result};
use crate::keys::HashOf;
use crate::matching::{Claimant, claimant, claimants};
use crate::person_form::ReadPerson;
use crate::vault::PersonalRecord;
use futures_util::future::try_join_all;
use gapura_domain::ids::PersonId;
use gapura_domain::person::Contact;
use gapura_domain::time::Time;
use gapura_store::StoreError;
use gapura_store::people::{KeyedHash, NewPerson};
use rustc_hash::{FxHashMap, FxHashSet};

/// Columns of a list of people.
pub const PEOPLE_COLUMNS: &[Column] = &[
    NAME,
    BIRTH_DATE,
    NIK,
    Column {
        name: "contact",
        aliases: &[
            "kontak",
            "hp",
            "no hp",
            "telepon",
            "no telepon",
            "nomor telepon",
            "phone",
            "email",
            "e-mail",
            "surel",
        ],
        is_required: false,
    },
];

pub(super) struct PersonRow {
    number: u64,
    person: ReadPerson,
    contact: Option<Contact>,
}

fn read(row: &Row<'_>, now: Time) -> std::result::Result<PersonRow, Vec<CellFault>> {
    let contact = row.given("contact").map(Contact::parse).transpose();
    let contact = contact.map_err(|error| row.fault("contact", contact_fault(error)));
    match (read_person(row, now), contact) {
        (Ok(person), Ok(contact)) => Ok(PersonRow {
            number: row.number(),
            person,
            contact,
        }),
        (Err(faults), Ok(_)) => Err(faults),
        (Ok(_), Err(fault)) => Err(vec![fault]),
        (Err(mut faults), Err(fault)) => {
            faults.push(fault);
            Err(faults)
        }
    }
}

/// The list.
pub(super) struct PeopleList;

impl List for PeopleList {
    type Row = PersonRow;

    const COLUMNS: &'static [Column] = PEOPLE_COLUMNS;

    fn read(row: &Row<'_>, now: Time) -> std::result::Result<PersonRow, Vec<CellFault>> {
        read(row, now)
    }

    async fn write(run: &mut Run<'_>, rows: Vec<PersonRow>) -> Result<()> {
        write(run, rows).await
    }
}

/// What is to be done with a row.
enum Plan {
    Create,
    Known,
    /// Known, and the row tells more: a contact that was missing, or that what was told is true.
    Change(PersonId, Option<PersonalRecord>),
    Reject(&'static str, &'static str),
}

/// A plan, and why the row's contact is left out of it.
type Planned = (Plan, Option<&'static str>);

async fn plan(app: &App, row: &PersonRow) -> Result<Planned> {
    let Some(nik) = &row.person.nik else {
        return Ok((Plan::Reject("nik", "missing"), None));
    };
    let of_number = claimants(app, nik).await?;
    let of_contact = match &row.contact {
        Some(contact) => holder(app, contact).await?,
        None => None,
    };
    Ok(decide(row, &of_number, of_contact.as_ref()))
}

async fn holder(app: &App, contact: &Contact) -> Result<Option<Claimant>> {
    let hash = app.keys.hash(HashOf::Contact, contact.expose().as_bytes());
    match app.store.person_by_contact(hash).await? {
        Some(person) => claimant(app, person).await,
        None => Ok(None),
    }
}

fn decide(row: &PersonRow, of_number: &[Claimant], of_contact: Option<&Claimant>) -> Planned {
    let is_of_row =
        |holder: &&Claimant| holder.agrees(&row.person) && holder.record.nik == row.person.nik;
    if let Some(holder) = of_contact.filter(is_of_row) {
        // The list says what the holder of the phone said: number, name, birth date and contact.
        let told = !holder.person.is_verified;
        let plan = if told {
            Plan::Change(holder.person.id, None)
        } else {
            Plan::Known
        };
        return (plan, None);
    }
    let taken = of_contact.map(|_| "contact_taken");
    let differs = row.contact.as_ref().map(|_| "contact_differs");
    let verified = || {
        of_number
            .iter()
            .filter(|claimant| claimant.person.is_verified)
    };
    if let Some(known) = verified().find(|claimant| claimant.agrees(&row.person)) {
        let is_free = taken.is_none() && row.contact.is_some();
        return match known.record.contact {
            None if is_free => {
                let record = PersonalRecord {
                    contact: row.contact.clone(),
                    ..known.record.clone()
                };
                (Plan::Change(known.person.id, Some(record)), None)
            }
            None => (Plan::Known, taken),
            Some(_) => (Plan::Known, differs),
        };
    }
    if verified().next().is_some() {
        return (Plan::Reject("nik", "number_known_otherwise"), None);
    }
    let mut told = of_number
        .iter()
        .filter(|claimant| claimant.agrees(&row.person));
    match (told.next(), told.next()) {
        // One who registered with these data, and nothing against it.
        (Some(only), None) if differs.is_none() || only.record.contact.is_none() => {
            (Plan::Known, differs)
        }
        // Another contact than the list's, or several claimants: the list's person stands alone, and
        // a desk finds out who is who.
        _ => (Plan::Create, taken),
    }
}

async fn write(run: &mut Run<'_>, rows: Vec<PersonRow>) -> Result<()> {
    let app = run.app;
    let mut plans: Vec<Planned> = Vec::with_capacity(rows.len());
    for rows in rows.chunks(AT_ONCE) {
        let some = try_join_all(rows.iter().map(|row| plan(app, row)));
        plans.extend(some.await?);
    }
    let mut new = NewRows::default();
    for (mut row, (plan, left_out)) in rows.into_iter().zip(plans) {
        if let Some(code) = left_out {
            row.contact = None;
            run.note(CellFault::new(row.number, "contact", code));
        }
        match plan {
            Plan::Known => run.counts.known += 1,
            Plan::Reject(column, code) => {
                run.reject(vec![CellFault::new(row.number, column, code)]);
            }
            Plan::Change(person, record) => change(run, &row, person, record).await?,
            Plan::Create => new.take(run, row),
        }
    }
    create(run, new.rows).await
}

/// Rows of a chunk that will be created, found by the hashes of number and contact.
#[derive(Default)]
struct NewRows {
    rows: Vec<PersonRow>,
    numbers: FxHashMap<KeyedHash, usize>,
    contacts: FxHashSet<KeyedHash>,
}

impl NewRows {
    fn take(&mut self, run: &mut Run<'_>, mut row: PersonRow) {
        let (nik, contact) = run.app.keys.hashes_of(&record_of(&row));
        let twin = nik.and_then(|nik| self.numbers.get(&nik));
        if let Some(twin) = twin.and_then(|at| self.rows.get(*at)) {
            if is_same(twin, &row) {
                run.counts.known += 1;
            } else {
                run.reject(vec![CellFault::new(row.number, "nik", "twice_in_file")]);
            }
            return;
        }
        if contact.is_some_and(|contact| !self.contacts.insert(contact)) {
            row.contact = None;
            run.note(CellFault::new(row.number, "contact", "contact_taken"));
        }
        nik.map(|nik| self.numbers.insert(nik, self.rows.len()));
        self.rows.push(row);
    }
}

fn record_of(row: &PersonRow) -> PersonalRecord {
    PersonalRecord {
        name: row.person.name.clone(),
        nik: row.person.nik.clone(),
        contact: row.contact.clone(),
    }
}

fn is_same(a: &PersonRow, b: &PersonRow) -> bool {
    a.person.name.agrees_with(&b.person.name) && a.person.birth_date == b.person.birth_date
}

async fn change(
    run: &mut Run<'_>,
    row: &PersonRow,
    person: PersonId,
    record: Option<PersonalRecord>,
) -> Result<()> {
    if !run.is_dry {
        let resealed = match record {
            Some(record) => run.app.reseal(person, &record).await,
            None => Ok(()),
        };
        match resealed {
            Err(AppError::Store(StoreError::Conflict(_))) => {
                run.reject(vec![CellFault::new(row.number, "contact", "contact_taken")]);
                return Ok(());
            }
            done => done?,
        }
        run.app.store.set_verified(person).await?;
        run.app.facts_changed(person);
    }
    run.counts.changed += 1;
    Ok(())
}

async fn create(run: &mut Run<'_>, rows: Vec<PersonRow>) -> Result<()> {
    if run.is_dry || rows.is_empty() {
        run.counts.created += rows.len() as u64;
        return Ok(());
    }
    let (app, now) = (run.app, run.app.now());
    let count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let first = app.store.next_people(count).await?;
    let people: Vec<(PersonId, NewPerson)> = (first.0..)
        .map(PersonId)
        .zip(&rows)
        .map(|(person, row)| (person, new_person(run, person, row)))
        .collect();
    match app.store.create_people(&people, now).await {
        Ok(()) => {
            run.counts.created += rows.len() as u64;
            return Ok(());
        }
        Err(StoreError::Conflict(_)) => {}
        Err(error) => return Err(error.into()),
    }
    // Somebody registered with one of the contacts meanwhile: one by one, so that only that row goes.
    for ((person, new), row) in people.iter().zip(&rows) {
        match app.store.create_person(*person, new, now).await {
            Ok(()) => run.counts.created += 1,
            Err(StoreError::Conflict(_)) => {
                run.reject(vec![CellFault::new(row.number, "contact", "contact_taken")]);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn new_person(run: &Run<'_>, person: PersonId, row: &PersonRow) -> NewPerson {
    let record = record_of(row);
    let (nik, contact) = run.app.keys.hashes_of(&record);
    NewPerson {
        birth_date: Some(row.person.birth_date),
        sealed: run.app.keys.seal_record(person, &record, run.app.random()),
        nik,
        contact,
        guardian: None,
        is_verified: true,
    }
}
