//! The report of an import as a file for spreadsheets, written while it is sent.

use std::io::{self, Write};

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use gapura_app::export::{Cell, CsvWriter};
use gapura_app::import_desk::{Journal, JournalRow};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use crate::people::columns::{header, sentence};
use crate::words::Words;

/// Bytes that are sent together.
const PIECE_BYTES: usize = 32 * 1024;
/// Pieces that wait for a slow reader.
const PIECES_MAX: usize = 4;

/// Every row that was not taken whole, in the order of the file.
pub(super) fn answer(w: Words, journal: Journal) -> Response {
    let (sender, receiver) = mpsc::channel(PIECES_MAX);
    spawn_blocking(move || {
        let mut pieces = Pieces {
            sender,
            piece: Vec::with_capacity(PIECE_BYTES),
        };
        // Whoever no longer reads needs no answer.
        drop(write(w, &journal, &mut pieces).and_then(|()| pieces.flush()));
    });
    let pieces = stream::unfold(receiver, |mut receiver| async {
        let piece = receiver.recv().await?;
        Some((Ok::<_, io::Error>(piece), receiver))
    });
    let name = w.people_report_file_name();
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    (headers, Body::from_stream(pieces)).into_response()
}

fn write(w: Words, journal: &Journal, out: impl Write) -> io::Result<()> {
    let mut csv = CsvWriter::new(out)?;
    let heads = [
        w.authority_import_row(),
        w.authority_import_column(),
        w.people_report_outcome(),
        w.people_report_mend(),
        w.people_report_code(),
    ];
    csv.row(heads.map(Cell::Text))?;
    for row in journal.rows() {
        row_of(w, &row, &mut csv)?;
    }
    Ok(())
}

fn row_of(w: Words, row: &JournalRow, csv: &mut CsvWriter<impl Write>) -> io::Result<()> {
    let column = row.column.as_deref();
    let outcome = if row.is_rejected {
        w.people_report_outcome_rejected()
    } else {
        w.people_report_outcome_noted()
    };
    csv.row([
        i64::try_from(row.row).map_or(Cell::Empty, Cell::Whole),
        column.map_or(Cell::Empty, |column| Cell::Text(header(w, column))),
        Cell::Text(outcome),
        Cell::Text(&sentence(w, column, &row.code)),
        Cell::Text(&row.code),
    ])
}

struct Pieces {
    sender: mpsc::Sender<Bytes>,
    piece: Vec<u8>,
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE_BYTES {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let piece = std::mem::take(&mut self.piece);
        let sent = self.sender.blocking_send(Bytes::from(piece));
        sent.map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))
    }
}
