//! Posters as PDF: of one gate or of all gates of a place, on A4 or as a sheet of small ones.

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use gapura_domain::ids::{GateId, VenueId};
use gapura_poster::{Bilingual, PosterContent, PosterWords, poster_sheet, posters_a4};
use tokio::task::spawn_blocking;

use crate::ids::PathId;
use crate::lang::Lang;
use crate::problem::Problem;
use crate::staff::office::{Address, Office};
use crate::staff::printing::{fonts, printed};
use crate::venue::head;

pub(super) async fn pdf(
    office: Office,
    PathId(id): PathId<VenueId>,
    Address(asked): Address,
) -> Result<Response, Problem> {
    let venue = head::venue(&office, id).await?;
    let app = &office.state.app;
    let contents = match asked.text("gate") {
        "" => app.posters(&office.by, &[id]).await?,
        gate => {
            let gate: GateId = office.state.ids.read(gate).ok_or_else(Problem::not_found)?;
            if !venue.gates.iter().any(|known| known.id == gate) {
                return Err(Problem::not_found());
            }
            vec![app.poster(&office.by, gate).await?]
        }
    };
    document(contents, asked.text("size") == "small").await
}

/// Posters as a document: a page each, or small ones to cut out.
pub(crate) async fn document(
    contents: Vec<PosterContent>,
    is_small: bool,
) -> Result<Response, Problem> {
    let bytes = spawn_blocking(move || print(&contents, is_small)).await;
    let bytes = bytes.map_err(|_| Problem::broken())??;
    let disposition = "inline; filename=\"poster.pdf\"";
    let headers = [
        (CONTENT_TYPE, "application/pdf"),
        (CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, bytes).into_response())
}

fn print(contents: &[PosterContent], is_small: bool) -> Result<Vec<u8>, Problem> {
    let fonts = fonts()?;
    let pdf = if is_small {
        poster_sheet(fonts, &words(), contents)
    } else {
        posters_a4(fonts, &words(), contents)
    };
    printed(pdf)
}

/// The sentences in both languages, since a poster speaks to everybody who passes.
fn words() -> PosterWords<'static> {
    let (id, en) = (Lang::Id.words(), Lang::En.words());
    let both = |first, second| Bilingual { first, second };
    PosterWords {
        languages: both(Lang::Id.tag(), Lang::En.tag()),
        brand: id.common_name(),
        instruction: both(id.poster_instruction(), en.poster_instruction()),
        free: both(id.poster_free(), en.poster_free()),
        typed_code: both(id.poster_typed_code(), en.poster_typed_code()),
        check_word: both(id.poster_check_word(), en.poster_check_word()),
        hanging: both(id.poster_hanging(), en.poster_hanging()),
    }
}
