//! Finished decisions in columns: about 25 bytes a visit instead of several hundred.
//!
//! A block holds up to [`ROWS_MAX`] members of decisions of one local day, in the order in which
//! they were given. Each property is a column of its own, differences instead of values where they
//! repeat, and the whole is deflated (RFC 1951). The random parts of clients' ids cannot be made
//! smaller and stand behind it as they are. What few decisions have (remarks, unusual reasons, what
//! was answered first) stands in a side list.

mod columns;

use columns::{Columns, REQUEST_BYTES};
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use gapura_domain::door::Member;
use gapura_domain::ids::{DecisionId, VenueId};
use gapura_domain::ledger::Finished;
use std::io::{Read, Write};

/// Most rows of a block.
pub(super) const ROWS_MAX: usize = 1024;

/// Remarks of more bytes than these begin a new block.
const NOTES_MAX: usize = 1 << 20;

/// A block inflates to less than this; a larger one is damaged.
const INFLATED_MAX: u64 = 64 << 20;

/// What a block holds is not what this program wrote.
#[derive(Debug, thiserror::Error)]
#[error("a block of visits is damaged: {0}")]
pub(super) struct Damaged(&'static str);

/// A row as it is read back. The decision in it holds only this member of the party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// What finished.
    pub(super) finished: Finished,
    /// Position in the party as it was.
    pub(super) member: u8,
    /// People in the party as it was.
    pub(super) party: u8,
}

impl Row {
    /// Number of the member's visit.
    pub(super) fn number(&self) -> DecisionId {
        self.finished.decision.visit_of(usize::from(self.member))
    }

    /// The member.
    pub(super) fn who(&self) -> Member {
        self.finished.decision.party[0]
    }
}

/// Cuts rows into blocks.
pub(super) fn cut<'a, 'b>(rows: &'b [&'a Finished]) -> impl Iterator<Item = &'b [&'a Finished]> {
    let mut rest = rows;
    std::iter::from_fn(move || {
        let mut notes = 0;
        let is_full = |(index, row): (usize, &&Finished)| {
            let remark = row.decision.remark.as_ref();
            notes += remark.map_or(0, |remark| remark.note.len());
            index > 0 && (index >= ROWS_MAX || notes > NOTES_MAX)
        };
        let end = rest.iter().enumerate().position(is_full);
        let (block, more) = rest.split_at(end.unwrap_or(rest.len()));
        rest = more;
        (!block.is_empty()).then_some(block)
    })
}

/// Packs rows of one local day, at most [`ROWS_MAX`].
pub(super) fn pack(rows: &[&Finished]) -> Result<Vec<u8>, Damaged> {
    let (columns, requests) = Columns::of(rows)?;
    let bytes = postcard::to_allocvec(&columns).map_err(|_| Damaged("it cannot be written"))?;
    let mut deflate = DeflateEncoder::new(vec![0; 4], Compression::new(5));
    let mut block = deflate
        .write_all(&bytes)
        .and_then(|()| deflate.finish())
        .map_err(|_| Damaged("it cannot be deflated"))?;
    let deflated = u32::try_from(block.len() - 4).map_err(|_| Damaged("it is too large"))?;
    block[..4].copy_from_slice(&deflated.to_le_bytes());
    block.extend(requests);
    if bytes.len() as u64 >= INFLATED_MAX {
        return Err(Damaged("it is too large"));
    }
    Ok(block)
}

/// Reads a block back.
pub(super) fn unpack(block: &[u8]) -> Result<Vec<Row>, Damaged> {
    unpack_some(block, |_, _| true)
}

/// Reads those rows back that are wanted, by their position in the block and their venue.
pub(super) fn unpack_some(
    block: &[u8],
    wanted: impl Fn(usize, VenueId) -> bool,
) -> Result<Vec<Row>, Damaged> {
    let (length, rest) = block
        .split_first_chunk()
        .ok_or(Damaged("it is too short"))?;
    let length = u32::from_le_bytes(*length) as usize;
    let (deflated, requests) = rest
        .split_at_checked(length)
        .ok_or(Damaged("it is too short"))?;
    let mut inflated = Vec::new();
    DeflateDecoder::new(deflated)
        .take(INFLATED_MAX)
        .read_to_end(&mut inflated)
        .map_err(|_| Damaged("it cannot be inflated"))?;
    let columns: Columns =
        postcard::from_bytes(&inflated).map_err(|_| Damaged("its columns cannot be read"))?;
    let (requests, more) = requests.as_chunks::<REQUEST_BYTES>();
    if !more.is_empty() || !columns.has_rows(requests.len()) {
        return Err(Damaged("its columns differ in length"));
    }
    columns.rows(requests, wanted)
}

#[cfg(test)]
mod tests;
