//! Rows of vaccinations.

use super::{AT_ONCE, BIRTH_DATE, List, NAME, NIK, Run, read_person};
use crate::App;
use crate::csv_table::{CellFault, Column, Row};
use crate::error::Result;
use crate::matching::{Match, claimants, match_row};
use crate::person_form::ReadPerson;
use crate::record_facts::dose_faults;
use crate::typed;
use futures_util::future::try_join_all;
use gapura_domain::ids::PersonId;
use gapura_domain::status::Dose;
use gapura_domain::time::Time;
use gapura_store::people::Sourced;
use jiff::civil::Date;
use rustc_hash::FxHashSet;

/// Columns of a list of vaccinations.
pub const VACCINATION_COLUMNS: &[Column] = &[
    NAME,
    BIRTH_DATE,
    NIK,
    Column {
        name: "date",
        aliases: &[
            "tanggal",
            "tanggal vaksin",
            "tanggal vaksinasi",
            "tgl vaksin",
            "vaccination date",
        ],
        is_required: true,
    },
    Column {
        name: "product",
        aliases: &["vaksin", "jenis vaksin", "nama vaksin", "vaccine", "produk"],
        is_required: true,
    },
    Column {
        name: "dose",
        aliases: &["dosis", "dosis ke", "nomor dosis", "dose number"],
        is_required: true,
    },
    Column {
        name: "batch",
        aliases: &["bets", "no batch", "nomor batch", "lot"],
        is_required: false,
    },
    Column {
        name: "source_id",
        aliases: &["id", "id sumber", "no sertifikat", "certificate", "source"],
        is_required: false,
    },
];

const SOURCE_ID_BYTES_MAX: usize = 100;

pub(super) struct DoseRow {
    number: u64,
    person: ReadPerson,
    dose: Dose,
    source_id: Option<String>,
}

fn read(row: &Row<'_>, now: Time) -> std::result::Result<DoseRow, Vec<CellFault>> {
    let (person, mut faults) = match read_person(row, now) {
        Ok(person) => (Some(person), Vec::new()),
        Err(faults) => (None, faults),
    };
    let date = read_date(row).map_err(|fault| faults.push(fault)).ok();
    let number = read_number(row).map_err(|fault| faults.push(fault)).ok();
    if row.given("product").is_none() {
        faults.push(row.fault("product", "missing"));
    }
    if row.text("source_id").len() > SOURCE_ID_BYTES_MAX {
        faults.push(row.fault("source_id", "too_long"));
    }
    match (person, date, number) {
        (Some(person), Some(date), Some(number)) if faults.is_empty() => Ok(DoseRow {
            number: row.number(),
            person,
            dose: Dose {
                date,
                product: row.text("product").to_owned(),
                number,
                batch: row.given("batch").map(str::to_owned),
            },
            source_id: row.given("source_id").map(str::to_owned),
        }),
        _ => Err(faults),
    }
}

fn read_date(row: &Row<'_>) -> std::result::Result<Date, CellFault> {
    let text = row
        .given("date")
        .ok_or_else(|| row.fault("date", "missing"))?;
    typed::date(text).ok_or_else(|| row.fault("date", "date"))
}

fn read_number(row: &Row<'_>) -> std::result::Result<u8, CellFault> {
    let text = row
        .given("dose")
        .ok_or_else(|| row.fault("dose", "missing"))?;
    text.parse().map_err(|_| row.fault("dose", "dose_number"))
}

/// The list.
pub(super) struct VaccinationList;

impl List for VaccinationList {
    type Row = DoseRow;

    const COLUMNS: &'static [Column] = VACCINATION_COLUMNS;

    fn read(row: &Row<'_>, now: Time) -> std::result::Result<DoseRow, Vec<CellFault>> {
        read(row, now)
    }

    async fn write(run: &mut Run<'_>, rows: Vec<DoseRow>) -> Result<()> {
        write(run, rows).await
    }
}

/// What is to be done with a row.
enum Plan {
    Record(PersonId),
    Known,
    Reject(Vec<(&'static str, &'static str)>),
}

async fn plan(app: &App, row: &DoseRow) -> Result<Plan> {
    let Some(nik) = &row.person.nik else {
        return Ok(Plan::Reject(vec![("nik", "missing")]));
    };
    let claimants = claimants(app, nik).await?;
    let found = match match_row(&claimants, &row.person) {
        Match::One(found) => found,
        Match::Nobody(column, code) => return Ok(Plan::Reject(vec![(column, code)])),
    };
    let faults = dose_faults(&row.dose, &found.facts, app.now());
    if !faults.is_empty() {
        let at = |fault: &crate::error::Fault| match &*fault.field {
            "date" => ("date", fault.code),
            "product" => ("product", fault.code),
            "batch" => ("batch", fault.code),
            _ => ("dose", fault.code),
        };
        return Ok(Plan::Reject(faults.iter().map(at).collect()));
    }
    let that_day = found
        .facts
        .doses
        .iter()
        .find(|dose| dose.date == row.dose.date);
    Ok(match that_day {
        None => Plan::Record(found.person.id),
        Some(known) if known.number == row.dose.number => Plan::Known,
        Some(_) => Plan::Reject(vec![("dose", "dose_differs")]),
    })
}

async fn write(run: &mut Run<'_>, rows: Vec<DoseRow>) -> Result<()> {
    let app = run.app;
    let mut plans: Vec<Plan> = Vec::with_capacity(rows.len());
    for rows in rows.chunks(AT_ONCE) {
        let some = try_join_all(rows.iter().map(|row| plan(app, row)));
        plans.extend(some.await?);
    }
    let mut doses = Vec::new();
    let mut days: FxHashSet<(PersonId, Date)> = FxHashSet::default();
    for (row, plan) in rows.into_iter().zip(plans) {
        match plan {
            Plan::Known => run.counts.known += 1,
            Plan::Record(person) if !days.insert((person, row.dose.date)) => run.counts.known += 1,
            Plan::Record(person) => doses.push((row.number, sourced(person, row))),
            Plan::Reject(faults) => {
                let at = |(column, code)| CellFault::new(row.number, column, code);
                run.reject(faults.into_iter().map(at).collect());
            }
        }
    }
    record(run, doses).await
}

/// Without an id of the source's own, one dose a day of a person stands for itself.
fn sourced(person: PersonId, row: DoseRow) -> Sourced<Dose> {
    let id = match row.source_id {
        Some(id) => id,
        None => format!("{}/{}", person.0, row.dose.date),
    };
    Sourced {
        person,
        fact: row.dose,
        source: ("csv".to_owned(), id),
    }
}

async fn record(run: &mut Run<'_>, doses: Vec<(u64, Sourced<Dose>)>) -> Result<()> {
    if run.is_dry || doses.is_empty() {
        run.counts.created += doses.len() as u64;
        return Ok(());
    }
    let (numbers, doses): (Vec<u64>, Vec<_>) = doses.into_iter().unzip();
    let recorded = run.app.store.record_doses(&doses, run.app.now()).await?;
    for ((number, dose), recorded) in numbers.into_iter().zip(&doses).zip(recorded) {
        match recorded {
            Some(_) => {
                run.counts.created += 1;
                run.app.facts_changed(dose.person);
            }
            // The person has no dose of that day, so the id stands for another record.
            None => run.reject(vec![CellFault::new(number, "source_id", "source_id_used")]),
        }
    }
    Ok(())
}
