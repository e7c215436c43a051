//! What a status depends on: doses, tests, contacts, an exemption. Every change raises the version.

use crate::fault::{Fault, Outcome};
use crate::sql::{Cells, all, day, one, only, run};
use gapura_domain::ids::{DoseId, PersonId, TestId};
use gapura_domain::person::BirthDate;
use gapura_domain::status::{Dose, Facts, TestKind, TestResult};
use gapura_domain::time::{LocalDay, Time};
use gapura_store::people::Sourced;
use jiff::civil::Date;
use rusqlite::Connection;

pub(super) fn facts(conn: &Connection, id: PersonId) -> Outcome<Option<Facts>> {
    let sql = "SELECT birth_day, is_exempt, facts_version FROM people WHERE id = ?1";
    let found = one(conn, sql, [id.to_sql()], |cells| {
        let birth_day: Option<i32> = cells.take()?;
        Ok(Facts {
            birth_date: birth_day.map(|day| BirthDate::from_store(LocalDay(day).date())),
            doses: Vec::new(),
            tests: Vec::new(),
            contacts: Vec::new(),
            exempt: cells.take()?,
            version: cells.take()?,
        })
    })?;
    let Some(mut facts) = found else {
        return Ok(None);
    };
    facts.doses = doses(conn, id)?;
    facts.tests = tests(conn, id)?;
    let sql = "SELECT day FROM close_contacts WHERE person = ?1 ORDER BY day";
    facts.contacts = all(conn, sql, [id.to_sql()], read_date)?;
    Ok(Some(facts))
}

fn read_date(cells: &mut Cells<'_>) -> Outcome<Date> {
    cells.date()
}

fn doses(conn: &Connection, id: PersonId) -> Outcome<Vec<Dose>> {
    let sql = "SELECT day, product, number, batch FROM doses WHERE person = ?1
               ORDER BY day, number, id";
    all(conn, sql, [id.to_sql()], |cells| {
        Ok(Dose {
            date: cells.date()?,
            product: cells.take()?,
            number: cells.take()?,
            batch: cells.take()?,
        })
    })
}

fn tests(conn: &Connection, id: PersonId) -> Outcome<Vec<TestResult>> {
    let sql = "SELECT day, kind, is_positive FROM tests WHERE person = ?1 ORDER BY day, id";
    all(conn, sql, [id.to_sql()], |cells| {
        Ok(TestResult {
            date: cells.date()?,
            kind: kind(&cells.take::<String>()?)?,
            positive: cells.take()?,
        })
    })
}

fn kind_name(kind: TestKind) -> &'static str {
    match kind {
        TestKind::Pcr => "pcr",
        TestKind::Antigen => "antigen",
    }
}

fn kind(name: &str) -> Outcome<TestKind> {
    match name {
        "pcr" => Ok(TestKind::Pcr),
        "antigen" => Ok(TestKind::Antigen),
        _ => Err(Fault::Column("kind")),
    }
}

pub(super) fn record_doses(
    conn: &Connection,
    doses: &[Sourced<Dose>],
    at: Time,
) -> Outcome<Vec<Option<DoseId>>> {
    let sql = "INSERT INTO doses (person, day, product, number, batch, source, source_id,
                   recorded_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
               ON CONFLICT (source, source_id) DO NOTHING RETURNING id";
    let record = |dose: &Sourced<Dose>| {
        let (source, source_id) = &dose.source;
        let Dose {
            date,
            product,
            number,
            batch,
        } = &dose.fact;
        let params = (
            dose.person.to_sql(),
            day(*date),
            product,
            number,
            batch,
            source,
            source_id,
            at.0,
        );
        let id = one(conn, sql, params, only)?;
        raise_version(conn, dose.person, id.is_some())?;
        Ok(id.map(DoseId::from_sql))
    };
    doses.iter().map(record).collect()
}

pub(super) fn record_tests(
    conn: &Connection,
    tests: &[Sourced<TestResult>],
    at: Time,
) -> Outcome<Vec<Option<TestId>>> {
    let sql = "INSERT INTO tests (person, day, kind, is_positive, source, source_id, recorded_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
               ON CONFLICT (source, source_id) DO NOTHING RETURNING id";
    let record = |test: &Sourced<TestResult>| {
        let (source, source_id) = &test.source;
        let TestResult {
            date,
            kind,
            positive,
        } = test.fact;
        let params = (
            test.person.to_sql(),
            day(date),
            kind_name(kind),
            positive,
            source,
            source_id,
            at.0,
        );
        let id = one(conn, sql, params, only)?;
        raise_version(conn, test.person, id.is_some())?;
        Ok(id.map(TestId::from_sql))
    };
    tests.iter().map(record).collect()
}

pub(super) fn record_contact(
    conn: &Connection,
    id: PersonId,
    date: Date,
    at: Time,
) -> Outcome<bool> {
    let sql = "INSERT INTO close_contacts (person, day, recorded_at) VALUES (?1, ?2, ?3)
               ON CONFLICT (person, day) DO NOTHING";
    let is_new = run(conn, sql, (id.to_sql(), day(date), at.0))? == 1;
    raise_version(conn, id, is_new)?;
    Ok(is_new)
}

pub(super) fn set_exempt(conn: &Connection, id: PersonId, exempt: bool) -> Outcome<()> {
    let sql = "UPDATE people SET is_exempt = ?2 WHERE id = ?1 AND is_exempt <> ?2";
    let changed = run(conn, sql, (id.to_sql(), exempt))? == 1;
    raise_version(conn, id, changed)
}

fn raise_version(conn: &Connection, id: PersonId, changed: bool) -> Outcome<()> {
    if changed {
        let sql = "UPDATE people SET facts_version = facts_version + 1 WHERE id = ?1";
        run(conn, sql, [id.to_sql()])?;
    }
    Ok(())
}
