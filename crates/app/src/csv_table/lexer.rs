//! Cuts a stream of bytes into cells, by RFC 4180 and by what spreadsheets make of it.

use super::{CellFault, Limits};
use std::io::{ErrorKind, Read};

const BUFFER_BYTES: usize = 64 << 10;
const CELLS_MAX: usize = 256;

/// One row of cells. Kept and filled again, so that reading allocates nothing.
#[derive(Default)]
pub(super) struct Record {
    /// The row as spreadsheets number it, from 1.
    pub(super) number: u64,
    /// The first cell that cannot be had, and why.
    pub(super) flaw: Option<(usize, &'static str)>,
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Record {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The cell's text; `None` where it is not UTF-8.
    pub(super) fn cell(&self, index: usize) -> Option<&str> {
        let Some(&end) = self.ends.get(index) else {
            return Some("");
        };
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        std::str::from_utf8(&self.bytes[start..end]).ok()
    }

    /// Whether the row has nothing but empty cells.
    pub(super) fn is_blank(&self) -> bool {
        self.flaw.is_none() && self.bytes.iter().all(u8::is_ascii_whitespace)
    }

    fn begin(&mut self, number: u64) {
        self.number = number;
        self.flaw = None;
        self.bytes.clear();
        self.ends.clear();
    }

    fn push(&mut self, byte: u8, cell_bytes_max: usize) {
        let start = self.ends.last().copied().unwrap_or(0);
        if self.ends.len() >= CELLS_MAX {
            return;
        }
        if self.bytes.len() - start < cell_bytes_max {
            self.bytes.push(byte);
        } else {
            self.mark("cell_too_long");
        }
    }

    fn end_cell(&mut self) {
        if self.ends.len() < CELLS_MAX {
            self.ends.push(self.bytes.len());
        } else {
            self.mark("too_many_cells");
        }
    }

    fn mark(&mut self, code: &'static str) {
        self.flaw.get_or_insert((self.ends.len(), code));
    }
}

/// Where the reader stands in a cell.
enum State {
    Start,
    Plain,
    Quoted,
    /// Behind a quote in a quoted cell: the end of the quotes, or the first of two that mean one.
    Quote,
}

/// Reads records from a stream.
pub(super) struct Lexer<R> {
    source: R,
    buffer: Box<[u8]>,
    at: usize,
    filled: usize,
    bytes_left: u64,
    delimiter: u8,
    next_number: u64,
    /// Whether a line feed that comes now belongs to the line end before.
    is_after_return: bool,
    cell_bytes_max: usize,
}

impl<R: Read> Lexer<R> {
    /// Looks at the beginning: byte order mark, delimiter.
    pub(super) fn new(source: R, limits: Limits) -> Result<Self, CellFault> {
        let mut lexer = Self {
            source,
            buffer: vec![0; BUFFER_BYTES].into(),
            at: 0,
            filled: 0,
            bytes_left: limits.bytes_max,
            delimiter: b',',
            next_number: 1,
            is_after_return: false,
            cell_bytes_max: limits.cell_bytes_max,
        };
        lexer.fill()?;
        let head = &lexer.buffer[..lexer.filled];
        if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
            return Err(CellFault::of_row(0, "not_utf8"));
        }
        if head.starts_with(&[0xef, 0xbb, 0xbf]) {
            lexer.at = 3;
        }
        lexer.find_delimiter();
        Ok(lexer)
    }

    /// Takes what a first line `sep=;` says, else the delimiter that stands most often in the first
    /// line with content, outside quotes.
    fn find_delimiter(&mut self) {
        let head = &self.buffer[self.at..self.filled];
        if let [
            b's' | b'S',
            b'e' | b'E',
            b'p' | b'P',
            b'=',
            delimiter,
            end @ (b'\r' | b'\n'),
            ..,
        ] = *head
        {
            self.delimiter = delimiter;
            self.at += 6;
            self.is_after_return = end == b'\r';
            self.next_number = 2;
            return;
        }
        let mut counts = [(b'\t', 0), (b';', 0), (b',', 0)];
        let mut is_quoted = false;
        let line = head
            .iter()
            .skip_while(|byte| matches!(byte, b'\r' | b'\n'))
            .take_while(|byte| !matches!(byte, b'\r' | b'\n'));
        for byte in line {
            is_quoted ^= *byte == b'"';
            for (delimiter, count) in &mut counts {
                *count += usize::from(!is_quoted && byte == delimiter);
            }
        }
        // Of equal counts the last is taken: the comma.
        if let Some((delimiter, _)) = counts.into_iter().max_by_key(|(_, count)| *count) {
            self.delimiter = delimiter;
        }
    }

    /// Reads the next row, empty ones too. `false` at the end of the file.
    ///
    /// # Errors
    /// The file as a whole cannot be read any further.
    pub(super) fn read(&mut self, record: &mut Record) -> Result<bool, CellFault> {
        record.begin(self.next_number);
        let mut state = State::Start;
        let mut is_begun = false;
        while let Some(byte) = self.byte()? {
            is_begun = true;
            state = match (state, byte) {
                (State::Start, b'"') => State::Quoted,
                (State::Quoted, b'"') => State::Quote,
                (State::Quote, b'"') | (State::Quoted, _) => {
                    record.push(byte, self.cell_bytes_max);
                    State::Quoted
                }
                (_, b'\r' | b'\n') => {
                    record.end_cell();
                    self.is_after_return = byte == b'\r';
                    self.next_number += 1;
                    return Ok(true);
                }
                (_, _) if byte == self.delimiter => {
                    record.end_cell();
                    State::Start
                }
                (_, _) => {
                    record.push(byte, self.cell_bytes_max);
                    State::Plain
                }
            };
        }
        if matches!(state, State::Quoted) {
            record.mark("quote_open");
        }
        if is_begun {
            record.end_cell();
        }
        Ok(is_begun)
    }

    /// The next byte; a line feed right behind a carriage return that ended a row is passed over.
    fn byte(&mut self) -> Result<Option<u8>, CellFault> {
        loop {
            if self.at == self.filled {
                self.fill()?;
                if self.filled == 0 {
                    return Ok(None);
                }
            }
            let byte = self.buffer[self.at];
            self.at += 1;
            if !(std::mem::take(&mut self.is_after_return) && byte == b'\n') {
                return Ok(Some(byte));
            }
        }
    }

    fn fill(&mut self) -> Result<(), CellFault> {
        self.at = 0;
        self.filled = loop {
            match self.source.read(&mut self.buffer) {
                Ok(count) => break count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return Err(CellFault::of_row(0, "file_unreadable")),
            }
        };
        let Some(bytes_left) = self.bytes_left.checked_sub(self.filled as u64) else {
            return Err(CellFault::of_row(0, "file_too_large"));
        };
        self.bytes_left = bytes_left;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cells(bytes: &[u8]) -> Vec<Vec<String>> {
        let mut lexer = Lexer::new(bytes, Limits::PAGE).expect("no fault of the whole file");
        lexer.delimiter = b',';
        let mut record = Record::default();
        let mut rows = Vec::new();
        while lexer.read(&mut record).expect("readable") {
            if record.bytes.is_empty() && record.len() == 1 {
                continue;
            }
            let texts = (0..record.len()).map(|cell| record.cell(cell).unwrap_or("�"));
            rows.push(texts.map(str::to_owned).collect());
        }
        rows
    }

    /// A stream that gives one byte at a time.
    struct Slow<'b>(&'b [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let count = self.0.len().min(1);
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    #[test]
    fn a_stream_in_small_pieces_is_read_the_same() {
        let text = b"a,b\r\n\"c\"\"\r\n\",d\r\n\r\n";
        let mut lexer = Lexer::new(Slow(text), Limits::PAGE).expect("readable");
        let mut record = Record::default();
        let mut numbers = Vec::new();
        while lexer.read(&mut record).expect("readable") {
            numbers.push((record.number, record.cell(0).map(str::to_owned)));
        }
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            numbers,
            [(1, some("a")), (2, some("c\"\r\n")), (3, some(""))]
        );
    }

    proptest! {
        #[test]
        fn what_the_csv_library_writes_is_read_back(
            rows in proptest::collection::vec(proptest::collection::vec("[ -~\r\n\u{e9}]{1,6}", 1..4), 0..6),
        ) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).expect("written to memory");
            }
            let bytes = writer.into_inner().expect("written to memory");
            if !bytes.to_ascii_lowercase().starts_with(b"sep=") {
                prop_assert_eq!(cells(&bytes), rows);
            }
        }
    }
}
