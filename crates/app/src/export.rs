//! CSV that leaves the house: for spreadsheets, which run what looks like a formula.
//!
//! A name such as `=HYPERLINK(…)` typed at a door must stay a name on the health office's computer.
//! Text whose first visible character is `=`, `+`, `-` or `@` (their full-width forms too), and text
//! that begins with a tab or a line end, gets an apostrophe in front, which spreadsheets take as "this
//! is text"; OWASP calls this CSV injection. Numbers are written as numbers, so a negative one keeps
//! its sign. Every cell with a delimiter, quote or line end is quoted (RFC 4180), rows end with CR LF.

use std::io::{self, Write};

/// What stands in a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Text, neutralised where a spreadsheet would run it.
    Text(&'a str),
    /// A whole number.
    Whole(i64),
    /// A number with decimals, written with a point.
    Decimal(f64),
    /// Nothing.
    Empty,
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

/// Writes rows of cells.
pub struct CsvWriter<W> {
    out: W,
    line: String,
}

impl<W: Write> CsvWriter<W> {
    /// Begins with a byte order mark, without which spreadsheets take UTF-8 for something else.
    ///
    /// # Errors
    /// Those of the stream.
    pub fn new(mut out: W) -> io::Result<Self> {
        out.write_all("\u{feff}".as_bytes())?;
        Ok(Self {
            out,
            line: String::new(),
        })
    }

    /// Writes a row.
    ///
    /// # Errors
    /// Those of the stream.
    pub fn row<'a>(&mut self, cells: impl IntoIterator<Item = Cell<'a>>) -> io::Result<()> {
        self.line.clear();
        for (index, cell) in cells.into_iter().enumerate() {
            if index > 0 {
                self.line.push(',');
            }
            match cell {
                Cell::Text(text) => push_text(&mut self.line, text),
                Cell::Whole(number) => self.line.push_str(&number.to_string()),
                Cell::Decimal(number) => self.line.push_str(&number.to_string()),
                Cell::Empty => {}
            }
        }
        self.line.push_str("\r\n");
        self.out.write_all(self.line.as_bytes())
    }

    /// Hands back the stream.
    pub fn into_inner(self) -> W {
        self.out
    }
}

fn push_text(line: &mut String, text: &str) {
    let is_quoted = text.contains(['"', ',', ';', '\r', '\n', '\t']);
    if is_quoted {
        line.push('"');
    }
    if looks_like_a_formula(text) {
        line.push('\'');
    }
    for letter in text.chars() {
        if letter == '"' {
            line.push('"');
        }
        line.push(letter);
    }
    if is_quoted {
        line.push('"');
    }
}

fn looks_like_a_formula(text: &str) -> bool {
    text.starts_with(['\t', '\r', '\n'])
        || text
            .chars()
            .find(|letter| !letter.is_whitespace() && !letter.is_control() && *letter != '\u{feff}')
            .is_some_and(|letter| "=+-@＝＋－＠−".contains(letter))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::csv_table::{Column, Limits, Table};
    use proptest::prelude::*;

    fn written(cells: &[Cell<'_>]) -> String {
        let mut writer = CsvWriter::new(Vec::new()).expect("written to memory");
        writer
            .row(cells.iter().copied())
            .expect("written to memory");
        String::from_utf8(writer.into_inner()).expect("UTF-8")
    }

    #[test]
    fn formulas_are_neutralised() {
        for formula in [
            "=cmd()",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            " =1",
            "＝1",
            "\u{feff}=1",
        ] {
            let line = written(&[Cell::Text(formula)]);
            let cell = line.trim_start_matches('\u{feff}').trim_start_matches('"');
            assert!(
                cell.starts_with('\''),
                "{formula:?} was written as {line:?}"
            );
        }
        assert_eq!(written(&[Cell::Text("Siti-1")]), "\u{feff}Siti-1\r\n");
    }

    #[test]
    fn numbers_stay_numbers() {
        let row = [Cell::Whole(-5), Cell::Decimal(-7.25), Cell::Empty];
        assert_eq!(written(&row), "\u{feff}-5,-7.25,\r\n");
    }

    const COLUMNS: &[Column] = &[Column {
        name: "name",
        aliases: &[],
        is_required: true,
    }];

    proptest! {
        #[test]
        fn text_reads_back_but_for_the_apostrophe(text in "[ -~\\r\\n\\t\u{e9}\u{ff1d}]{1,20}") {
            let mut writer = CsvWriter::new(Vec::new()).expect("written to memory");
            writer.row(["name".into()]).expect("written to memory");
            writer.row([Cell::Text(&text)]).expect("written to memory");
            let bytes = writer.into_inner();
            let mut table = Table::open(bytes.as_slice(), COLUMNS, Limits::PAGE).expect("a table");
            let read = table.next_row().map(|row| row.expect("a good row").text("name").to_owned());
            let expected = if looks_like_a_formula(&text) { format!("'{text}") } else { text };
            prop_assert_eq!(read.unwrap_or_default(), expected.trim());
        }
    }
}
