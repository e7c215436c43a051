//! A list of places in a spreadsheet: one row a gate, read into places with every fault at its cell.
//!
//! | Column | Also called | Holds |
//! | --- | --- | --- |
//! | `instansi` | organisation | owner; empty for that of the row above, or of whoever hands the list in |
//! | `instansi_induk` | parent | the organisation above it |
//! | `tempat` | venue | name; empty for the place of the row above |
//! | `kategori`, `alamat`, `kecamatan` | category, address, district | of the place |
//! | `lintang`, `bujur` | latitude, longitude | degrees; both may stand in `lintang` |
//! | `kontak`, `jam_buka`, `libur` | contact, hours, closures | of the place (see [`crate::hours_text`]) |
//! | `gerai` | booth | `Ruang 3; Sen-Jum 08.00-14.00` |
//! | `kapasitas_tempat`, `kuota_tempat` | venue capacity, venue quota | limits over all rooms, or empty |
//! | `kode_layar`, `lama_maks_menit` | screen code, longest stay | yes or no; minutes |
//! | `ruang` | room | name; empty for the room of the row above |
//! | `luas_m2`, `kapasitas`, `kuota` | floor area, capacity, quota | of the room |
//! | `pintu` | gate | name of the gate |
//!
//! What a place or room says once need not be said again in its other rows; what contradicts an
//! earlier row is a fault. `-` is an empty cell. A list with a fault is not handed in at all.

mod draft;
mod write;

pub use write::write_venue_list;

use crate::csv_table::{CellFault, Column, Limits, Table};
use crate::error::Fault;
use crate::venue_form::read_label;
use draft::{Draft, Drafts};
use gapura_domain::venue::{Label, VenueSpec};
use std::collections::BTreeMap;

/// What is wrong or unusual in a list, and where.
///
/// Codes besides those of [`crate::venue_form`] and [`crate::csv_table`]: `contradicts` (an earlier
/// row says something else; `row`), `booth_form` (a place and hours are asked for), `no_rows`,
/// `column_unknown` (`position`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct ListFault {
    /// The row as spreadsheets number it; 0 for the file as a whole.
    pub row: u64,
    /// The column's name; `None` for the row as a whole.
    pub column: Option<&'static str>,
    /// What is wrong.
    pub code: &'static str,
    /// What the words about it need.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<&'static str, String>,
}

impl ListFault {
    pub(crate) fn at(row: u64, column: &'static str, fault: Fault) -> Self {
        Self {
            row,
            column: Some(column),
            code: fault.code,
            params: fault.params,
        }
    }
}

impl From<CellFault> for ListFault {
    fn from(fault: CellFault) -> Self {
        Self {
            row: fault.row,
            column: fault.column,
            code: fault.code,
            params: BTreeMap::new(),
        }
    }
}

/// A row as a preview shows it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ListRow {
    /// The row as spreadsheets number it.
    pub number: u64,
    /// The cells, in the order of [`VenueList::columns`].
    pub cells: Vec<String>,
}

/// A place of a list, without faults.
#[derive(Clone, Debug, PartialEq)]
pub struct ListedPlace {
    /// The row that names it first.
    pub row: u64,
    /// Its owner by name; `None` for whoever hands the list in.
    pub organisation: Option<Label>,
    /// The organisation above its owner, by name.
    pub parent: Option<Label>,
    /// The place.
    pub spec: VenueSpec,
}

/// A list that was read, for a preview and then for handing in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VenueList {
    /// Names of the known columns that the file has, in the order of [`COLUMNS`].
    pub columns: Vec<&'static str>,
    /// The rows with content.
    pub rows: Vec<ListRow>,
    /// What must be mended, by row.
    pub faults: Vec<ListFault>,
    /// What somebody should look at again, by row.
    pub warnings: Vec<ListFault>,
    /// The places without faults.
    pub places: Vec<ListedPlace>,
}

impl VenueList {
    /// Whether the list may be handed in: it holds a place and no fault.
    pub fn is_ready(&self) -> bool {
        self.faults.is_empty() && !self.places.is_empty()
    }

    /// Adds faults that only the store's knowledge reveals, at the rows of their places.
    pub fn add_faults(&mut self, faults: impl IntoIterator<Item = ListFault>) {
        self.faults.extend(faults);
        self.faults.sort();
    }
}

const fn column(name: &'static str, aliases: &'static [&'static str], is_required: bool) -> Column {
    Column {
        name,
        aliases,
        is_required,
    }
}

/// The columns of a list. The first other name of each is the header that Gapura writes.
pub const COLUMNS: &[Column] = &[
    column(
        "organisation",
        &["instansi", "organization", "pemilik", "satuan"],
        false,
    ),
    column(
        "parent",
        &["instansi_induk", "induk", "parent organisation"],
        false,
    ),
    column("venue", &["tempat", "nama tempat", "place", "lokasi"], true),
    column("category", &["kategori", "jenis"], true),
    column("address", &["alamat", "jalan"], true),
    column(
        "district",
        &["kecamatan", "kode kecamatan", "district code"],
        true,
    ),
    column(
        "latitude",
        &["lintang", "lat", "koordinat", "position"],
        true,
    ),
    column("longitude", &["bujur", "lon", "lng", "long"], false),
    column("contact", &["kontak", "telepon", "phone"], true),
    column(
        "hours",
        &["jam_buka", "jam", "jam operasional", "opening hours"],
        true,
    ),
    column("closures", &["libur", "hari libur", "closed days"], false),
    column(
        "booth",
        &["gerai", "gerai vaksin", "vaccination booth"],
        false,
    ),
    column("venue_capacity", &["kapasitas_tempat"], false),
    column("venue_quota", &["kuota_tempat"], false),
    column("screen_code", &["kode_layar", "demands screen code"], false),
    column(
        "longest_stay",
        &["lama_maks_menit", "longest stay minutes"],
        false,
    ),
    column("room", &["ruang", "ruangan", "nama ruang"], true),
    column(
        "floor_area_m2",
        &["luas_m2", "luas", "area", "floor area"],
        true,
    ),
    column(
        "capacity",
        &["kapasitas", "kapasitas ruang", "room capacity"],
        true,
    ),
    column("quota", &["kuota", "kuota harian", "daily quota"], false),
    column("gate", &["pintu", "nama pintu", "door"], true),
];

/// Reads a list as uploaded on a page.
pub fn read_venue_list(bytes: &[u8]) -> VenueList {
    let mut list = VenueList::default();
    let mut table = match Table::open(bytes, COLUMNS, Limits::PAGE) {
        Ok(table) => table,
        Err(faults) => {
            list.faults.extend(faults.into_iter().map(ListFault::from));
            return list;
        }
    };
    list.warnings = table
        .unknown_columns()
        .iter()
        .copied()
        .map(unknown_column)
        .collect();
    list.columns = COLUMNS
        .iter()
        .map(|column| column.name)
        .filter(|name| table.has(name))
        .collect();
    let mut drafts = Drafts::default();
    while let Some(row) = table.next_row() {
        match row {
            Ok(row) => {
                let cells = list.columns.iter().map(|name| row.text(name).to_owned());
                list.rows.push(ListRow {
                    number: row.number(),
                    cells: cells.collect(),
                });
                drafts.add(row);
            }
            Err(fault) => list.faults.push(fault.into()),
        }
    }
    if list.rows.is_empty() && list.faults.is_empty() {
        list.faults.push(CellFault::of_row(0, "no_rows").into());
    }
    let (drafts, faults) = drafts.finish();
    list.faults.extend(faults);
    for draft in drafts {
        list.take(&draft);
    }
    list.faults.sort();
    list.warnings.sort();
    list
}

fn unknown_column(position: usize) -> ListFault {
    ListFault {
        row: 1,
        column: None,
        code: "column_unknown",
        params: BTreeMap::from([("position", position.to_string())]),
    }
}

impl VenueList {
    fn take(&mut self, draft: &Draft) {
        let mut is_good = true;
        let mut label = |column: &'static str, text: &str| {
            let text = Some(text).filter(|text| !text.is_empty())?;
            read_label(text)
                .map_err(|fault| {
                    is_good = false;
                    self.faults.push(draft.fault_in(column, fault));
                })
                .ok()
        };
        let organisation = label("organisation", &draft.organisation);
        let parent = label("parent", &draft.parent);
        match draft.form.read() {
            Ok(checked) => {
                let warnings = checked.warnings.into_iter();
                self.warnings
                    .extend(warnings.map(|warning| draft.place_fault(warning)));
                if is_good {
                    self.places.push(ListedPlace {
                        row: draft.first_row,
                        organisation,
                        parent,
                        spec: checked.spec,
                    });
                }
            }
            Err(faults) => {
                let faults = faults.into_iter().map(|fault| draft.place_fault(fault));
                self.faults.extend(faults);
            }
        }
    }
}

#[cfg(test)]
mod tests;
