//! Tables that people hand in as CSV: header names in two languages, limits, and every fault with
//! the row and the column in which a spreadsheet shows it.
//!
//! A [`Table`] reads a stream row by row in constant memory, so that a list of a million people is
//! read like one of ten places. It accepts what spreadsheets write: a byte order mark, `,` `;` or tab
//! between cells, a first line `sep=;`, any of the three line ends, quotes (RFC 4180), empty lines.
//! What it cannot read is a [`CellFault`], and nothing is passed over in silence.

mod lexer;

use lexer::{Lexer, Record};
use std::io::Read;

/// A column that a table may have.
#[derive(Debug)]
pub struct Column {
    /// The name by which the program asks for it and by which faults name it.
    pub name: &'static str,
    /// Header texts that mean it, besides the name. Case, spaces and punctuation do not matter.
    pub aliases: &'static [&'static str],
    /// Whether a table without it cannot be read.
    pub is_required: bool,
}

/// How much a table may hold.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of the whole file.
    pub bytes_max: u64,
    /// Rows with content, the header not counted.
    pub rows_max: u64,
    /// Bytes of one cell.
    pub cell_bytes_max: usize,
}

impl Limits {
    /// For a list that somebody uploads on a page: 4 MiB, 5,000 rows.
    pub const PAGE: Self = Self {
        bytes_max: 4 << 20,
        rows_max: 5_000,
        cell_bytes_max: 4_000,
    };

    /// For a file that the operator imports at the command line: 4 GiB, ten million rows.
    pub const FILE: Self = Self {
        bytes_max: 4 << 30,
        rows_max: 10_000_000,
        cell_bytes_max: 4_000,
    };
}

/// What is wrong, and where. Never holds what stands in the cell.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct CellFault {
    /// The row as spreadsheets number it: the header is row 1. 0 for the file as a whole.
    pub row: u64,
    /// The column's name; `None` for the row as a whole.
    pub column: Option<&'static str>,
    /// What is wrong: `missing`, `not_utf8`, `cell_too_long`, or what a field's own check says.
    pub code: &'static str,
}

impl CellFault {
    /// A fault in a cell.
    pub fn new(row: u64, column: &'static str, code: &'static str) -> Self {
        Self {
            row,
            column: Some(column),
            code,
        }
    }

    /// A fault of a whole row.
    pub fn of_row(row: u64, code: &'static str) -> Self {
        Self {
            row,
            column: None,
            code,
        }
    }
}

/// A table that is being read.
pub struct Table<R> {
    lexer: Lexer<R>,
    record: Record,
    columns: &'static [Column],
    /// For each known column its position in the file.
    positions: Vec<Option<usize>>,
    width: usize,
    unknown: Vec<usize>,
    rows_left: u64,
    is_over: bool,
}

impl<R: Read> Table<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// Everything that keeps the table from being read: `file_empty`, `not_utf8`, `header_missing`
    /// where no known name stands in the first row, `column_missing`, `column_twice`.
    pub fn open(
        source: R,
        columns: &'static [Column],
        limits: Limits,
    ) -> Result<Self, Vec<CellFault>> {
        let mut lexer = Lexer::new(source, limits).map_err(|fault| vec![fault])?;
        let mut record = Record::default();
        loop {
            match lexer.read(&mut record) {
                Ok(true) if record.is_blank() => {}
                Ok(true) => break,
                Ok(false) => return Err(vec![CellFault::of_row(0, "file_empty")]),
                Err(fault) => return Err(vec![fault]),
            }
        }
        let (positions, unknown) = header(&record, columns)?;
        Ok(Self {
            lexer,
            width: record.len(),
            record,
            columns,
            positions,
            unknown,
            rows_left: limits.rows_max,
            is_over: false,
        })
    }

    /// Positions, from 1, of columns whose header means nothing here. Their cells are not read.
    pub fn unknown_columns(&self) -> &[usize] {
        &self.unknown
    }

    /// Whether the file has this column.
    pub fn has(&self, column: &str) -> bool {
        self.columns
            .iter()
            .zip(&self.positions)
            .any(|(known, position)| known.name == column && position.is_some())
    }

    /// The next row that is not empty; `None` at the end. After a fault of row 0 there is no more.
    pub fn next_row(&mut self) -> Option<Result<Row<'_>, CellFault>> {
        loop {
            if self.is_over {
                return None;
            }
            match self.lexer.read(&mut self.record) {
                Ok(true) if self.record.is_blank() => {}
                Ok(true) => break,
                Ok(false) => {
                    self.is_over = true;
                    return None;
                }
                Err(fault) => {
                    self.is_over = true;
                    return Some(Err(fault));
                }
            }
        }
        let Some(rows_left) = self.rows_left.checked_sub(1) else {
            self.is_over = true;
            return Some(Err(CellFault::of_row(self.record.number, "too_many_rows")));
        };
        self.rows_left = rows_left;
        Some(self.row())
    }

    fn row(&self) -> Result<Row<'_>, CellFault> {
        let number = self.record.number;
        if let Some((cell, code)) = self.record.flaw {
            let column = self.column_at(cell);
            return Err(CellFault {
                row: number,
                column,
                code,
            });
        }
        for cell in 0..self.record.len() {
            let Some(text) = self.record.cell(cell) else {
                return Err(CellFault {
                    row: number,
                    column: self.column_at(cell),
                    code: "not_utf8",
                });
            };
            if cell >= self.width && !text.trim().is_empty() {
                return Err(CellFault::of_row(number, "too_many_cells"));
            }
        }
        Ok(Row {
            record: &self.record,
            columns: self.columns,
            positions: &self.positions,
        })
    }

    fn column_at(&self, cell: usize) -> Option<&'static str> {
        let known = self
            .positions
            .iter()
            .position(|position| *position == Some(cell))?;
        Some(self.columns[known].name)
    }
}

/// A row with content.
#[derive(Clone, Copy)]
pub struct Row<'t> {
    record: &'t Record,
    columns: &'static [Column],
    positions: &'t [Option<usize>],
}

impl<'t> Row<'t> {
    /// The row as spreadsheets number it; the header is row 1.
    pub fn number(&self) -> u64 {
        self.record.number
    }

    /// The cell's text without white space around it; empty where the file has none.
    pub fn text(&self, column: &str) -> &'t str {
        let known = self.columns.iter().position(|known| known.name == column);
        debug_assert!(known.is_some(), "{column} is not among the table's columns");
        known
            .and_then(|known| self.positions[known])
            .and_then(|position| self.record.cell(position))
            .unwrap_or("")
            .trim()
    }

    /// The cell's text, if there is any.
    pub fn given(&self, column: &str) -> Option<&'t str> {
        Some(self.text(column)).filter(|text| !text.is_empty())
    }

    /// A fault in a cell of this row.
    pub fn fault(&self, column: &'static str, code: &'static str) -> CellFault {
        CellFault::new(self.number(), column, code)
    }
}

type Header = (Vec<Option<usize>>, Vec<usize>);

fn header(record: &Record, columns: &'static [Column]) -> Result<Header, Vec<CellFault>> {
    let row = record.number;
    if let Some((_, code)) = record.flaw {
        return Err(vec![CellFault::of_row(row, code)]);
    }
    let mut positions = vec![None; columns.len()];
    let mut unknown = Vec::new();
    let mut faults = Vec::new();
    for cell in 0..record.len() {
        let Some(text) = record.cell(cell) else {
            return Err(vec![CellFault::of_row(row, "not_utf8")]);
        };
        match columns.iter().position(|column| column.is_called(text)) {
            Some(known) if positions[known].is_some() => {
                faults.push(CellFault::new(row, columns[known].name, "column_twice"));
            }
            Some(known) => positions[known] = Some(cell),
            None if plain(text).is_empty() => {}
            None => unknown.push(cell + 1),
        }
    }
    if positions.iter().all(Option::is_none) {
        return Err(vec![CellFault::of_row(row, "header_missing")]);
    }
    for (column, position) in columns.iter().zip(&positions) {
        if column.is_required && position.is_none() {
            faults.push(CellFault::new(row, column.name, "column_missing"));
        }
    }
    if faults.is_empty() {
        Ok((positions, unknown))
    } else {
        Err(faults)
    }
}

impl Column {
    fn is_called(&self, text: &str) -> bool {
        let text = plain(text);
        text == plain(self.name) || self.aliases.iter().any(|alias| text == plain(alias))
    }
}

/// Small letters and digits alone: `Tgl. Lahir` and `tgl_lahir` are the same header.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const COLUMNS: &[Column] = &[
        Column {
            name: "name",
            aliases: &["nama"],
            is_required: true,
        },
        Column {
            name: "birth_date",
            aliases: &["tanggal lahir", "tgl lahir"],
            is_required: false,
        },
    ];
    const SMALL: Limits = Limits {
        bytes_max: 4_000,
        rows_max: 3,
        cell_bytes_max: 16,
    };

    type Rows = Vec<Result<(u64, String, String), CellFault>>;

    fn read(bytes: &[u8]) -> Result<Rows, Vec<CellFault>> {
        let mut table = Table::open(bytes, COLUMNS, SMALL)?;
        let mut rows = Vec::new();
        while let Some(row) = table.next_row() {
            rows.push(row.map(|row| {
                let text = |column| row.text(column).to_owned();
                (row.number(), text("name"), text("birth_date"))
            }));
        }
        Ok(rows)
    }

    fn row(number: u64, name: &str, birth: &str) -> (u64, String, String) {
        (number, name.into(), birth.into())
    }

    #[test]
    fn a_table_is_read_as_spreadsheets_write_it() {
        for text in [
            "name,birth_date\nSiti,1990-08-17\n",
            "\u{feff}Nama;Tgl. Lahir\r\nSiti;1990-08-17\r\n",
            "sep=;\r\nNAMA;TANGGAL LAHIR\r\n\"Siti\";1990-08-17",
            "tanggal_lahir\tnama\r1990-08-17\t Siti \r",
        ] {
            let number = if text.starts_with("sep") { 3 } else { 2 };
            assert_eq!(
                read(text.as_bytes()),
                Ok(vec![Ok(row(number, "Siti", "1990-08-17"))]),
                "{text:?}"
            );
        }
    }

    #[test]
    fn rows_are_numbered_as_a_spreadsheet_shows_them() {
        let text = "\nnama,x\n\n\"a\nb\",\n,\nc,\n";
        assert_eq!(
            read(text.as_bytes()),
            Ok(vec![Ok(row(4, "a\nb", "")), Ok(row(6, "c", ""))])
        );
    }

    #[test]
    fn what_keeps_a_table_from_being_read_is_said() {
        let faults = |text: &str| read(text.as_bytes()).err().unwrap_or_default();
        assert_eq!(faults(""), [CellFault::of_row(0, "file_empty")]);
        assert_eq!(faults("\n\n"), [CellFault::of_row(0, "file_empty")]);
        assert_eq!(
            faults("Siti,1990"),
            [CellFault::of_row(1, "header_missing")]
        );
        assert_eq!(
            faults("tgl lahir\n"),
            [CellFault::new(1, "name", "column_missing")]
        );
        assert_eq!(
            faults("nama,name"),
            [CellFault::new(1, "name", "column_twice")]
        );
        assert_eq!(
            read(b"\xff\xfen\0a\0"),
            Err(vec![CellFault::of_row(0, "not_utf8")])
        );
    }

    #[test]
    fn columns_that_mean_nothing_here_are_named_by_position() {
        let table = Table::open(&b"nama,,hobi\n"[..], COLUMNS, SMALL).ok();
        assert_eq!(table.map(|table| table.unknown.clone()), Some(vec![3]));
    }

    #[test]
    fn a_row_with_a_flaw_is_reported_and_the_next_one_read() {
        let text = b"nama,tgl lahir\n12345678901234567,x\n\xff,y\na,\xe2\x82\nz,1\n".as_slice();
        assert_eq!(
            read(text),
            Ok(vec![
                Err(CellFault::new(2, "name", "cell_too_long")),
                Err(CellFault::new(3, "name", "not_utf8")),
                Err(CellFault::new(4, "birth_date", "not_utf8")),
                Err(CellFault::of_row(5, "too_many_rows")),
            ])
        );
        assert_eq!(
            read(b"nama\na,b\nc,\n"),
            Ok(vec![
                Err(CellFault::of_row(2, "too_many_cells")),
                Ok(row(3, "c", ""))
            ])
        );
        assert_eq!(
            read(b"nama\n\"a\nb\n"),
            Ok(vec![Err(CellFault::new(2, "name", "quote_open"))])
        );
    }

    #[test]
    fn a_file_that_is_too_large_is_read_no_further() {
        let too_large = CellFault::of_row(0, "file_too_large");
        let mut text = b"nama\n".to_vec();
        text.resize(4_001, b'\n');
        assert_eq!(read(&text), Err(vec![too_large.clone()]));
        text.truncate(4_000);
        assert_eq!(read(&text), Ok(vec![]));

        text.resize(200_000, b'\n');
        let limits = Limits {
            bytes_max: 199_999,
            ..SMALL
        };
        let mut table = Table::open(text.as_slice(), COLUMNS, limits).expect("the header is read");
        assert_eq!(table.next_row().map(Result::err), Some(Some(too_large)));
        assert!(table.next_row().is_none());
    }

    #[test]
    fn every_file_of_the_corpus_is_read_or_politely_not_read() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/csv");
        let files: Vec<_> = std::fs::read_dir(folder).into_iter().flatten().collect();
        assert!(files.len() > 5, "the corpus lies in {folder}");
        for file in files {
            let bytes = std::fs::read(file.expect("a file").path()).expect("its bytes");
            let _ = read(&bytes);
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_fall_over(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes);
            let mut file = b"nama,tgl lahir\n".to_vec();
            file.extend(&bytes);
            let rows = read(&file).expect("the header is good");
            prop_assert!(rows.len() <= 4);
        }
    }
}
