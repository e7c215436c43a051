//! The authority imports people and vaccinations, from lists of ten or of a million rows.
//!
//! A row that is taken is *created*, *changed* or *known*; every other one is reported with its number,
//! column and reason, and never with what stands in it. A file can be handed in again: what it holds is
//! then known. Rows are read as a stream and written in chunks, each in one transaction, so an import
//! that breaks off has done its first chunks and can be repeated. A dry run reports without writing; it
//! takes rows that repeat each other further apart than a chunk for new ones.
//!
//! Number, name and birth date have to agree before a row touches anybody.

mod people;
mod vaccinations;

use crate::App;
use crate::csv_table::{CellFault, Column, Limits, Row, Table};
use crate::error::{AppError, Result};
use crate::person_form::{PersonForm, ReadPerson, person_fault};
use crate::staff::By;
use gapura_domain::role::Role;
use gapura_domain::time::Time;
use std::io::Read;

use people::PeopleList;
use vaccinations::VaccinationList;

pub use people::PEOPLE_COLUMNS;
pub use vaccinations::VACCINATION_COLUMNS;

/// Rows that are compared and written together.
const CHUNK: usize = 500;

/// How many rows of a chunk are compared at a time.
const AT_ONCE: usize = 8;

/// What a list holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Imported {
    /// Number, name, birth date, contact.
    People,
    /// Number, name, birth date, and a dose.
    Vaccinations,
}

/// How far an import is, and what became of its rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Rows with content.
    pub rows: u64,
    /// People or doses that are new.
    pub created: u64,
    /// People who were known and got a contact, or whose told data the list confirms.
    pub changed: u64,
    /// Rows of which everything was known.
    pub known: u64,
    /// Rows that were taken but for one cell, which was reported: a phone that a family shares.
    pub noted: u64,
    /// Rows that were reported and not taken.
    pub rejected: u64,
}

/// What becomes of an import while it runs.
pub trait Watcher: Send {
    /// Something is wrong with a row, or with the file (row 0 or 1).
    fn fault(&mut self, fault: CellFault);
    /// The row was taken without this cell.
    fn note(&mut self, note: CellFault);
    /// A column's header means nothing here; its position, from 1.
    fn unknown_column(&mut self, position: usize);
    /// Another chunk is done.
    fn progress(&mut self, counts: Counts);
    /// Whether the import shall end before the next chunk.
    fn is_stopped(&self) -> bool {
        false
    }
}

/// Imports a list.
///
/// # Errors
/// `NotAllowed` for staff without the authority's role; `NotNow("table_unreadable")` where the header
/// cannot be used, with the faults reported; `NotNow("import_stopped")` where the watcher stopped it; the
/// store's failures. What was done until then was told as progress.
pub async fn import<R: Read + Send>(
    app: &App,
    by: By<'_>,
    what: Imported,
    source: R,
    limits: Limits,
    dry_run: bool,
    watcher: &mut dyn Watcher,
) -> Result<Counts> {
    by.require_any(&[Role::Authority])?;
    let mut run = Run {
        app,
        is_dry: dry_run,
        counts: Counts::default(),
        watcher,
    };
    let result = match what {
        Imported::People => run.all::<R, PeopleList>(source, limits).await,
        Imported::Vaccinations => run.all::<R, VaccinationList>(source, limits).await,
    };
    let counts = run.counts;
    if result.is_err() {
        watcher.progress(counts);
    }
    if !dry_run {
        let action = match what {
            Imported::People => "people_imported",
            Imported::Vaccinations => "vaccinations_imported",
        };
        let subject = ("rows", counts.created + counts.changed);
        app.mark(by.actor(), action, subject, "").await?;
    }
    result.map(|()| counts)
}

/// A kind of list.
trait List {
    /// A row as read.
    type Row: Send;

    const COLUMNS: &'static [Column];

    fn read(row: &Row<'_>, now: Time) -> std::result::Result<Self::Row, Vec<CellFault>>;

    /// Compares a chunk with what is known, and writes it.
    fn write(run: &mut Run<'_>, rows: Vec<Self::Row>) -> impl Future<Output = Result<()>> + Send;
}

/// An import under way.
struct Run<'r> {
    app: &'r App,
    is_dry: bool,
    counts: Counts,
    watcher: &'r mut dyn Watcher,
}

impl Run<'_> {
    fn open<R: Read>(
        &mut self,
        source: R,
        columns: &'static [Column],
        limits: Limits,
    ) -> Result<Table<R>> {
        match Table::open(source, columns, limits) {
            Ok(table) => {
                for position in table.unknown_columns() {
                    self.watcher.unknown_column(*position);
                }
                Ok(table)
            }
            Err(faults) => {
                for fault in faults {
                    self.watcher.fault(fault);
                }
                Err(AppError::NotNow("table_unreadable"))
            }
        }
    }

    async fn all<R: Read + Send, L: List>(&mut self, source: R, limits: Limits) -> Result<()> {
        let mut table = self.open(source, L::COLUMNS, limits)?;
        let mut chunk = Vec::with_capacity(CHUNK);
        loop {
            let row = table.next_row();
            let is_over = row.is_none();
            if let Some(row) = row {
                self.counts.rows += 1;
                let read = row
                    .map_err(|fault| vec![fault])
                    .and_then(|row| L::read(&row, self.app.now()));
                match read {
                    Ok(row) => chunk.push(row),
                    Err(faults) => self.reject(faults),
                }
            }
            if chunk.len() == CHUNK || (is_over && !chunk.is_empty()) {
                L::write(self, std::mem::take(&mut chunk)).await?;
            }
            if is_over || self.counts.rows.is_multiple_of(CHUNK as u64) {
                self.watcher.progress(self.counts);
            }
            if is_over {
                return Ok(());
            }
            if chunk.is_empty() && self.watcher.is_stopped() {
                return Err(AppError::NotNow("import_stopped"));
            }
        }
    }

    fn reject(&mut self, faults: Vec<CellFault>) {
        self.counts.rejected += 1;
        for fault in faults {
            self.watcher.fault(fault);
        }
    }

    fn note(&mut self, note: CellFault) {
        self.counts.noted += 1;
        self.watcher.note(note);
    }
}

/// Reads name, birth date and number of a row; the number is needed to know the row again.
fn read_person(row: &Row<'_>, now: Time) -> std::result::Result<ReadPerson, Vec<CellFault>> {
    let form = PersonForm {
        name: row.text("name").to_owned(),
        birth_date: row.text("birth_date").to_owned(),
        nik: row.text("nik").to_owned(),
    };
    let missing = row
        .given("nik")
        .is_none()
        .then(|| row.fault("nik", "missing"));
    let faults: Vec<CellFault> = match form.read(now) {
        Ok(person) if missing.is_none() => return Ok(person),
        Ok(_) => Vec::new(),
        Err(faults) => faults
            .into_iter()
            .map(|fault| row.fault(column(&fault.field), fault.code))
            .collect(),
    };
    Err(faults.into_iter().chain(missing).collect())
}

fn column(field: &str) -> &'static str {
    match field {
        "name" => "name",
        "birth_date" => "birth_date",
        _ => "nik",
    }
}

const NAME: Column = Column {
    name: "name",
    aliases: &["nama", "nama lengkap", "full name"],
    is_required: true,
};

const NIK: Column = Column {
    name: "nik",
    aliases: &["no nik", "nomor induk kependudukan", "no ktp", "id number"],
    is_required: true,
};

const BIRTH_DATE: Column = Column {
    name: "birth_date",
    aliases: &[
        "tanggal lahir",
        "tgl lahir",
        "date of birth",
        "birthdate",
        "dob",
    ],
    is_required: true,
};

/// A contact's fault as the code of a cell.
fn contact_fault(error: gapura_domain::person::PersonError) -> &'static str {
    person_fault(error)
}
