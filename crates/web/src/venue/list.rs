//! Applying for many places by a list: read, shown with every fault at its cell, mended on the spot, handed in whole.
//!
//! Nothing is kept between the steps: the page carries the list with it, and every step reads it anew.

use askama::Template;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64;
use gapura_app::apply::{ListPreview, Owner};
use gapura_app::csv_table::Limits;
use gapura_app::venue_list::{COLUMNS, ListFault, ListRow, write_venue_list};
use gapura_domain::ids::OrganisationId;
use gapura_domain::region::full_name;
use std::collections::{BTreeMap, BTreeSet};

use crate::format;
use crate::forms::Form;
use crate::page::{Desk, Frame, html};
use crate::problem::Problem;
use crate::staff::office::Office;
use crate::staff::outcome::{Done, DoneRow};
use crate::staff::upload::Upload;
use crate::venue::apply::organisations;
use crate::venue::columns::{about, header};
use crate::venue::fault::in_words;
use crate::words::Words;

/// So many faults are told at once.
const FAULTS_SHOWN: usize = 40;
/// So many rows are shown.
const ROWS_SHOWN: usize = 200;

#[derive(Template)]
#[template(path = "venue/list.html")]
struct List {
    frame: Frame,
    w: Words,
    desk: Desk,
    form: Form,
    organisations: Vec<(String, String)>,
    megabytes: u64,
    columns: Vec<AboutColumn>,
}

struct AboutColumn {
    name: &'static str,
    about: &'static str,
    is_required: bool,
}

#[derive(Template)]
#[template(path = "venue/list_preview.html")]
struct Preview {
    frame: Frame,
    w: Words,
    desk: Desk,
    title: String,
    faults: Vec<ToldFault>,
    more_faults: usize,
    warnings: Vec<ToldFault>,
    organisation: String,
    list: String,
    columns: Vec<&'static str>,
    wrong: Vec<Row>,
    rows: Vec<Row>,
    places: Vec<Place>,
}

struct ToldFault {
    anchor: String,
    sentence: String,
}

struct Row {
    number: u64,
    place: String,
    cells: Vec<Cell>,
}

struct Cell {
    name: String,
    label: String,
    text: String,
    sentence: String,
}

struct Place {
    name: String,
    district: String,
    owner: String,
    rooms: usize,
    gates: usize,
    capacity: String,
}

pub(super) async fn form(office: Office) -> Result<Response, Problem> {
    upload_page(&office, Form::blank()).await
}

async fn upload_page(office: &Office, form: Form) -> Result<Response, Problem> {
    let w = office.w;
    let column = |column: &gapura_app::csv_table::Column| AboutColumn {
        name: header(w, column.name),
        about: about(w, column.name),
        is_required: column.is_required,
    };
    let page = List {
        frame: office.frame.clone(),
        w,
        desk: office.desk.clone(),
        organisations: organisations(office).await?,
        megabytes: Limits::PAGE.bytes_max >> 20,
        columns: COLUMNS.iter().map(column).collect(),
        form,
    };
    Ok((page.form.status(), html(&page)).into_response())
}

/// An empty list to fill in.
pub(super) async fn template() -> Response {
    let disposition = "attachment; filename=\"gapura-tempat.csv\"";
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, disposition),
    ];
    (headers, write_venue_list([])).into_response()
}

pub(super) async fn preview(office: Office, upload: Upload) -> Result<Response, Problem> {
    let mut form = upload.form;
    let Some(file) = upload.file else {
        form.complain("file", office.w.venue_list_file_missing());
        return upload_page(&office, form).await;
    };
    preview_page(&office, form.value("organisation"), &file).await
}

pub(super) async fn mend_or_send(office: Office, sent: Form) -> Result<Response, Problem> {
    let bytes = BASE64.decode(sent.value("list").as_bytes());
    let bytes = bytes.map_err(|_| Problem::unreadable())?;
    let organisation = sent.value("organisation");
    let under = chosen(&office, organisation)?;
    if sent.value("do") != "send" {
        let read = office
            .state
            .app
            .preview_list(&office.by, Some(under), &bytes)
            .await?;
        return preview_page(&office, organisation, &mended(&read, &sent)).await;
    }
    match office
        .state
        .app
        .apply_list(&office.by, Some(under), &bytes)
        .await
    {
        Ok(ids) => sent_page(&office, &ids).await,
        // Somebody else handed a place in meanwhile: the preview tells which.
        Err(gapura_app::AppError::Faults(_)) => preview_page(&office, organisation, &bytes).await,
        Err(error) => Err(error.into()),
    }
}

fn chosen(office: &Office, organisation: &str) -> Result<OrganisationId, Problem> {
    office
        .state
        .ids
        .read(organisation)
        .ok_or_else(Problem::unreadable)
}

async fn sent_page(
    office: &Office,
    ids: &[gapura_domain::ids::ApplicationId],
) -> Result<Response, Problem> {
    let w = office.w;
    let reference = ids
        .first()
        .map(|id| office.reference(*id))
        .unwrap_or_default();
    let mut done = Done::at(office, w.venue_list_sent_title(ids.len()), reference)
        .saying(w.venue_list_sent_text(&office.state.app.config.authority_name))
        .then("/desk/applications", w.venue_apply_sent_next());
    for id in ids.iter().take(ROWS_SHOWN) {
        let row = office.state.app.application(&office.by, *id).await?;
        done.rows.push(DoneRow {
            name: row.application.spec.name.to_string(),
            href: format!("/desk/applications?id={}#panel", office.id(*id)),
            reference: office.reference(*id),
        });
    }
    Ok(done.shown())
}

async fn preview_page(
    office: &Office,
    organisation: &str,
    bytes: &[u8],
) -> Result<Response, Problem> {
    let under = chosen(office, organisation)?;
    let read = office
        .state
        .app
        .preview_list(&office.by, Some(under), bytes)
        .await?;
    let (w, list) = (office.w, &read.list);
    let told = |fault: &ListFault| told(w, fault, list);
    let by_cell = by_cell(w, list);
    let wrong_rows: BTreeSet<u64> = list.faults.iter().map(|fault| fault.row).collect();
    let row = |row: &ListRow| shown_row(w, row, &list.columns, &by_cell);
    let wrong = list
        .rows
        .iter()
        .filter(|row| wrong_rows.contains(&row.number));
    let page = Preview {
        frame: office.frame.clone(),
        w,
        desk: office.desk.clone(),
        title: title(w, &read),
        faults: list.faults.iter().take(FAULTS_SHOWN).map(told).collect(),
        more_faults: list.faults.len().saturating_sub(FAULTS_SHOWN),
        warnings: list.warnings.iter().take(FAULTS_SHOWN).map(told).collect(),
        organisation: organisation.to_owned(),
        list: BASE64.encode(bytes),
        columns: list.columns.iter().map(|name| header(w, name)).collect(),
        wrong: wrong.take(ROWS_SHOWN).map(row).collect(),
        rows: list.rows.iter().take(ROWS_SHOWN).map(row).collect(),
        places: places(w, &read),
    };
    let status = if list.is_ready() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    Ok((status, html(&page)).into_response())
}

fn title(w: Words, read: &ListPreview) -> String {
    let list = &read.list;
    if list.is_ready() {
        let rooms = list.places.iter().flat_map(|place| &place.spec.rooms);
        let gates: usize = rooms.map(|room| room.gates.len()).sum();
        w.venue_list_preview_ready(
            format::number(w.lang(), gates as u64),
            format::number(w.lang(), list.places.len() as u64),
        )
    } else if list.rows.is_empty() {
        w.venue_list_preview_faults_file().to_owned()
    } else {
        w.venue_list_preview_faults(list.faults.len())
    }
}

/// What is wrong in each cell.
fn by_cell(
    w: Words,
    list: &gapura_app::venue_list::VenueList,
) -> BTreeMap<(u64, &'static str), String> {
    let mut by_cell = BTreeMap::new();
    for fault in &list.faults {
        if let Some(column) = fault.column {
            let sentence = in_words(w, fault.code, &fault.params, header(w, column));
            by_cell.entry((fault.row, column)).or_insert(sentence);
        }
    }
    by_cell
}

fn cell_name(row: u64, column: &str) -> String {
    format!("r{row}.{column}")
}

fn told(w: Words, fault: &ListFault, list: &gapura_app::venue_list::VenueList) -> ToldFault {
    let name = fault.column.map_or("", |column| header(w, column));
    let sentence = in_words(w, fault.code, &fault.params, name);
    let has_cell = fault
        .column
        .is_some_and(|column| list.columns.contains(&column))
        && list.rows.iter().any(|row| row.number == fault.row);
    ToldFault {
        anchor: match fault.column {
            Some(column) if has_cell => cell_name(fault.row, column),
            _ => String::new(),
        },
        sentence: if fault.row == 0 {
            sentence
        } else {
            w.venue_list_at(fault.row, sentence)
        },
    }
}

fn shown_row(
    w: Words,
    row: &ListRow,
    columns: &[&'static str],
    by_cell: &BTreeMap<(u64, &'static str), String>,
) -> Row {
    let cell = |(column, text): (&&'static str, &String)| Cell {
        name: cell_name(row.number, column),
        label: w.venue_list_cell(header(w, column), row.number),
        text: text.clone(),
        sentence: by_cell
            .get(&(row.number, *column))
            .cloned()
            .unwrap_or_default(),
    };
    let named = columns.iter().zip(&row.cells);
    let place = named.clone().find(|(column, _)| **column == "venue");
    Row {
        number: row.number,
        place: place.map(|(_, name)| name.clone()).unwrap_or_default(),
        cells: named.map(cell).collect(),
    }
}

fn places(w: Words, read: &ListPreview) -> Vec<Place> {
    let owned = read.list.places.iter().zip(&read.owners.of_places);
    let place = |(place, owner): (&gapura_app::venue_list::ListedPlace, &Option<Owner>)| {
        let name = match &place.organisation {
            Some(name) => name.to_string(),
            None => w.venue_list_summary_owner_own().to_owned(),
        };
        let rooms = &place.spec.rooms;
        let capacity: u64 = rooms
            .iter()
            .filter_map(|room| room.bounds.capacity)
            .map(u64::from)
            .sum();
        Place {
            name: place.spec.name.to_string(),
            district: full_name(place.spec.district),
            owner: match owner {
                Some(Owner::New(_)) => w.venue_list_new_owner(name),
                Some(Owner::Known(_)) | None => name,
            },
            rooms: rooms.len(),
            gates: rooms.iter().map(|room| room.gates.len()).sum(),
            capacity: format::number(w.lang(), capacity),
        }
    };
    owned.map(place).collect()
}

/// The list with the cells that were typed on the page, each row at its number.
fn mended(read: &ListPreview, sent: &Form) -> Vec<u8> {
    let mut csv = String::new();
    let columns = &read.list.columns;
    push_row(&mut csv, columns.iter().copied());
    let mut line = 1;
    for row in &read.list.rows {
        while line + 1 < row.number {
            csv.push_str("\r\n");
            line += 1;
        }
        line = row.number;
        let cells = columns.iter().zip(&row.cells).map(|(column, text)| {
            let name = cell_name(row.number, column);
            if sent.was_sent(&name) {
                sent.text(&name)
            } else {
                text
            }
        });
        push_row(&mut csv, cells);
    }
    csv.into_bytes()
}

fn push_row<'a>(csv: &mut String, cells: impl Iterator<Item = &'a str>) {
    for (index, cell) in cells.enumerate() {
        csv.push_str(if index == 0 { "\"" } else { ",\"" });
        csv.push_str(&cell.replace('"', "\"\""));
        csv.push('"');
    }
    csv.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use gapura_app::apply::{ListPreview, OwnerPlan};
    use gapura_app::venue_list::read_venue_list;

    use super::mended;
    use crate::forms::Form;

    const LIST: &str = "tempat,kategori,alamat,kecamatan,lintang,bujur,kontak,jam_buka,ruang,luas_m2,kapasitas,pintu\n\
        Polsek A,polisi,\"Jl. \"\"A\"\" 1\",35.73.02,-7.97,112.63,0341,24 jam,SPKT,20,ten,Utama\n\
        \n\
        Polsek B,polisi,Jl. B,35.73.02,-7.97,112.63,0341,24 jam,SPKT,20,10,Utama\n";

    #[test]
    fn a_cell_mended_on_the_page_is_all_that_changes_and_rows_keep_their_numbers() {
        let before = read_venue_list(LIST.as_bytes());
        assert_eq!(before.faults.len(), 1);
        let preview = ListPreview {
            list: before.clone(),
            owners: OwnerPlan::default(),
        };
        let sent = Form::blank().fill("r2.capacity", "12");
        let after = read_venue_list(&mended(&preview, &sent));
        assert_eq!(after.faults, []);
        let numbers = |list: &[gapura_app::venue_list::ListRow]| {
            list.iter().map(|row| row.number).collect::<Vec<_>>()
        };
        assert_eq!(numbers(&after.rows), numbers(&before.rows));
        assert_eq!(after.rows[1], before.rows[1]);
        assert_eq!(after.rows[0].cells[2], "Jl. \"A\" 1");
    }
}
