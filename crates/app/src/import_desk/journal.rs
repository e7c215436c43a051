//! Every row that was not taken, in the order of the file, however many there are.
//!
//! A journal holds row numbers, columns and codes, and nothing of what stands in a cell. It is a file without a
//! name, so that a list of a million bad rows costs no memory.

use crate::csv_table::CellFault;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

/// A row of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalRow {
    /// Whether the row was rejected, or taken without this cell.
    pub is_rejected: bool,
    /// As spreadsheets number it; 0 for the file as a whole.
    pub row: u64,
    /// The column, if it is one.
    pub column: Option<String>,
    /// What is wrong.
    pub code: String,
}

/// A journal that is being written.
pub(super) struct Journalist(BufWriter<File>);

impl Journalist {
    pub(super) fn begin(folder: &Path) -> io::Result<Self> {
        tempfile::tempfile_in(folder).map(|file| Self(BufWriter::new(file)))
    }

    pub(super) fn write(&mut self, is_rejected: bool, fault: &CellFault) -> io::Result<()> {
        let kind = if is_rejected { 'r' } else { 'n' };
        let (row, column, code) = (fault.row, fault.column.unwrap_or(""), fault.code);
        writeln!(self.0, "{kind}\t{row}\t{column}\t{code}")
    }

    pub(super) fn finish(self) -> io::Result<Journal> {
        let file = self
            .0
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        Ok(Journal(Arc::new(file)))
    }
}

/// A journal that can be read, by several at once.
#[derive(Clone)]
pub struct Journal(Arc<File>);

impl Journal {
    /// The rows, as far as they can be read.
    pub fn rows(&self) -> impl Iterator<Item = JournalRow> + Send + use<> {
        let reader = Reader {
            file: Arc::clone(&self.0),
            at: 0,
        };
        BufReader::new(reader)
            .lines()
            .map_while(|line| read(&line.ok()?))
    }
}

fn read(line: &str) -> Option<JournalRow> {
    let mut cells = line.split('\t');
    let (kind, row) = (cells.next()?, cells.next()?);
    let (column, code) = (cells.next()?, cells.next()?);
    Some(JournalRow {
        is_rejected: kind == "r",
        row: row.parse().ok()?,
        column: Some(column.to_owned()).filter(|column| !column.is_empty()),
        code: code.to_owned(),
    })
}

struct Reader {
    file: Arc<File>,
    at: u64,
}

impl Read for Reader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.file.read_at(into, self.at)?;
        self.at += length as u64;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_reads_back_as_it_was_written() {
        let mut journal = Journalist::begin(&std::env::temp_dir()).expect("a file");
        let faults = [
            CellFault::of_row(0, "file_too_large"),
            CellFault::new(7, "nik", "nik_digits"),
        ];
        for fault in &faults {
            journal.write(fault.row == 0, fault).expect("written");
        }
        let journal = journal.finish().expect("written");
        for _ in 0..2 {
            let rows: Vec<JournalRow> = journal.rows().collect();
            assert_eq!(rows.len(), 2);
            assert_eq!((rows[0].is_rejected, &rows[0].column), (true, &None));
            assert_eq!(
                (rows[1].row, rows[1].column.as_deref(), &*rows[1].code),
                (7, Some("nik"), "nik_digits")
            );
        }
    }
}
