//! The typeface of what is printed, read once; and what a printer's refusal means on a page.

use gapura_poster::{Fonts, PosterError};
use std::sync::LazyLock;

use crate::assets::font;
use crate::problem::Problem;
use crate::request_number::number;

static FONTS: LazyLock<Result<Fonts, PosterError>> = LazyLock::new(|| {
    Fonts::new(
        font::NOTOSANS_REGULAR.to_vec(),
        font::NOTOSANS_BOLD.to_vec(),
    )
});

/// The fonts that the binary carries.
pub(crate) fn fonts() -> Result<&'static Fonts, Problem> {
    FONTS.as_ref().map_err(broken)
}

/// A finished document; why there is none goes to the log.
pub(crate) fn printed(pdf: Result<Vec<u8>, PosterError>) -> Result<Vec<u8>, Problem> {
    pdf.map_err(|error| broken(&error))
}

fn broken(error: &PosterError) -> Problem {
    let request = number().map(tracing::field::display);
    tracing::error!(%error, request, "a document could not be printed");
    Problem::broken()
}
