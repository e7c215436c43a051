//! The page that takes a list of people or vaccinations. The file is read while it comes; see [`super::report`].

use askama::Template;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use gapura_app::AppError;
use gapura_app::csv_table::Column;
use gapura_app::export::{Cell, CsvWriter};
use gapura_app::import_desk::{ReceiveError, Receiving, check_list};
use gapura_app::import_people::Imported;
use gapura_store::StoreError;

use crate::forms::Form;
use crate::page::{Desk, Frame, html};
use crate::people::columns::{self, about, header};
use crate::problem::Problem;
use crate::staff::office::Office;
use crate::words::Words;

pub(super) const PATH: &str = "/desk/people";

/// Parts of the form, most.
const PARTS_MAX: usize = 16;
/// Bytes of a part that is no file, most.
const TYPED_BYTES_MAX: usize = 1024;

#[derive(Template)]
#[template(path = "people/import.html")]
struct Page {
    frame: Frame,
    w: Words,
    desk: Desk,
    form: Form,
    megabytes: u32,
    last: Option<String>,
    lists: [Columns; 2],
}

struct Columns {
    title: &'static str,
    template: &'static str,
    template_name: &'static str,
    rows: Vec<AboutColumn>,
}

struct AboutColumn {
    name: &'static str,
    about: &'static str,
    is_required: bool,
}

pub(super) async fn form(office: Office) -> Response {
    page(&office, Form::blank())
}

fn page(office: &Office, form: Form) -> Response {
    let w = office.w;
    let app = &office.state.app;
    let last = app.last_list(&office.by);
    let page = Page {
        frame: office.frame.clone(),
        w,
        desk: office.desk.clone(),
        megabytes: app.config.import_megabytes_max,
        last: last.map(|id| format!("{PATH}/{}", office.id(id))),
        lists: [
            Columns {
                title: w.people_import_columns_people(),
                template: "/desk/people/people.csv",
                template_name: w.people_import_template_people(),
                rows: about_columns(w, Imported::People),
            },
            Columns {
                title: w.people_import_columns_vaccinations(),
                template: "/desk/people/vaccinations.csv",
                template_name: w.people_import_template_vaccinations(),
                rows: about_columns(w, Imported::Vaccinations),
            },
        ],
        form,
    };
    (page.form.status(), html(&page)).into_response()
}

fn about_columns(w: Words, what: Imported) -> Vec<AboutColumn> {
    let column = |column: &Column| AboutColumn {
        name: header(w, column.name),
        about: about(w, column.name),
        is_required: column.is_required,
    };
    columns::of(what).iter().map(column).collect()
}

/// An empty list of people to fill in.
pub(super) async fn people(frame: Frame) -> Result<Response, Problem> {
    template(frame.w, Imported::People, "gapura-warga.csv")
}

/// An empty list of vaccinations to fill in.
pub(super) async fn vaccinations(frame: Frame) -> Result<Response, Problem> {
    template(frame.w, Imported::Vaccinations, "gapura-vaksinasi.csv")
}

fn template(w: Words, what: Imported, name: &str) -> Result<Response, Problem> {
    let names = columns::of(what)
        .iter()
        .map(|column| header(w, column.name));
    let written = CsvWriter::new(Vec::new()).and_then(|mut csv| {
        csv.row(names.map(Cell::Text))?;
        Ok(csv.into_inner())
    });
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    Ok((headers, written.map_err(|_| Problem::broken())?).into_response())
}

/// Takes a list and begins to check it; the report tells the rest.
pub(super) async fn take(office: Office, request: Request) -> Result<Response, Problem> {
    let w = office.w;
    let parts = Multipart::from_request(request, &office.state).await;
    let parts = parts.map_err(|_| Problem::unreadable())?;
    let (mut form, received) = match read(&office, parts).await? {
        Read::Whole(form, received) => (form, received),
        Read::TooLarge(mut form) => {
            let megabytes = office.state.app.config.import_megabytes_max;
            form.complain("file", w.people_import_too_large(megabytes));
            return Ok(page(&office, form));
        }
    };
    let what = match form.value("kind") {
        "people" => Some(Imported::People),
        "vaccinations" => Some(Imported::Vaccinations),
        _ => None,
    };
    let received = received.filter(|received| !received.is_empty());
    if what.is_none() {
        form.complain("kind", w.authority_import_kind_missing());
    }
    if received.is_none() {
        form.complain("file", w.authority_import_file_missing());
    }
    let (Some(what), Some(received)) = (what, received) else {
        return Ok(page(&office, form));
    };
    let list = check_list(&office.state.app, &office.by, what, received)?;
    let report = format!("{PATH}/{}", office.id(list));
    Ok(Redirect::to(&report).into_response())
}

enum Read {
    Whole(Form, Option<Receiving>),
    TooLarge(Form),
}

/// Reads the form part by part; the file goes to the disk as it comes.
async fn read(office: &Office, mut parts: Multipart) -> Result<Read, Problem> {
    let mut typed = Vec::new();
    let mut received = None;
    let mut count = 0;
    while let Some(part) = parts.next_field().await.map_err(refused)? {
        count += 1;
        if count > PARTS_MAX {
            return Err(Problem::unreadable());
        }
        if part.file_name().is_none() {
            typed.push(read_typed(part).await?);
        } else if received.is_none() {
            match receive(office, part).await? {
                Some(file) => received = Some(file),
                None => return Ok(Read::TooLarge(Form::typed(typed))),
            }
        }
    }
    Ok(Read::Whole(Form::typed(typed), received))
}

async fn read_typed(mut part: Field<'_>) -> Result<(String, String), Problem> {
    let name = part.name().unwrap_or_default().to_owned();
    let mut bytes = Vec::new();
    while let Some(piece) = part.chunk().await.map_err(refused)? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > TYPED_BYTES_MAX {
            return Err(Problem::unreadable());
        }
    }
    let text = String::from_utf8(bytes).map_err(|_| Problem::unreadable())?;
    Ok((name, text))
}

/// `None` for a file that is too large.
async fn receive(office: &Office, mut part: Field<'_>) -> Result<Option<Receiving>, Problem> {
    let mut receiving = office.state.app.receive_list(&office.by)?;
    loop {
        match part.chunk().await {
            Ok(Some(piece)) => match receiving.push(&piece) {
                Ok(()) => {}
                Err(ReceiveError::TooLarge) => return Ok(None),
                Err(ReceiveError::Disk(error)) => {
                    return Err(AppError::Store(StoreError::other(error)).into());
                }
            },
            Ok(None) => return Ok(Some(receiving)),
            Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => return Ok(None),
            Err(error) => return Err(refused(error)),
        }
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it stands where a function of the error is asked for"
)]
fn refused(error: MultipartError) -> Problem {
    Problem::of_status(error.status())
}
