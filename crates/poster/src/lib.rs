//! What is printed: the poster of a gate, sheets of small ones, and visitors' cards, as PDF.
//!
//! Pure functions from content to bytes. The sentences come in through [`PosterWords`] and
//! [`CardWords`], because all of them stand in one catalogue per language elsewhere; the typeface
//! comes in through [`Fonts`], is subset and embedded. What stands where is decided by a layout
//! ([`poster_page`] and its sisters) that can be looked at before anything is drawn.
//!
//! The PDFs are tagged after PDF/UA-1: title, language, headings, an alternative text for the code.

mod card;
mod content;
mod geometry;
mod layout;
mod pdf;
mod poster;
mod qr;
mod setting;
mod shape;
mod small;
mod typeface;

use thiserror::Error;

pub use card::card_pages;
pub use content::{Bilingual, CardContent, CardWords, PosterContent, PosterWords};
pub use geometry::{A4_HEIGHT_MM, A4_WIDTH_MM, Area};
pub use layout::{Element, Page, Part};
pub use poster::poster_page;
pub use qr::QUIET_MODULES;
pub use small::{SMALL_PER_PAGE, poster_sheet_pages};
pub use typeface::Fonts;

pub use card::CARDS_PER_PAGE;

/// Why nothing was printed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PosterError {
    /// The bytes given as a font are not one.
    #[error("the font file cannot be read; give Noto Sans Regular and Bold as TrueType files")]
    Font,
    /// The address does not fit a QR code of 37 modules a side at error level Q.
    #[error("the address is too long for the poster's QR code; at most 60 bytes fit")]
    AddressTooLong,
    /// The text of a card does not fit any QR code.
    #[error("the card's code is too long for a QR code")]
    CodeTooLong,
    /// There is nothing to print.
    #[error("no gate or visitor was given to print")]
    Nothing,
    /// The document could not be written.
    #[error("the PDF could not be written: {0}")]
    Pdf(String),
}

/// A poster on A4.
pub fn poster_a4(
    fonts: &Fonts,
    words: &PosterWords<'_>,
    content: &PosterContent,
) -> Result<Vec<u8>, PosterError> {
    posters_a4(fonts, words, std::slice::from_ref(content))
}

/// Posters on A4, a page each.
pub fn posters_a4(
    fonts: &Fonts,
    words: &PosterWords<'_>,
    contents: &[PosterContent],
) -> Result<Vec<u8>, PosterError> {
    let pages = contents
        .iter()
        .map(|content| poster_page(fonts, words, content))
        .collect::<Result<Vec<_>, _>>()?;
    let title = title_of(&pages)?;
    pdf::write(fonts, &title, words.languages.first, &pages)
}

/// Small posters to cut out, eight to a page of A4.
pub fn poster_sheet(
    fonts: &Fonts,
    words: &PosterWords<'_>,
    contents: &[PosterContent],
) -> Result<Vec<u8>, PosterError> {
    let pages = poster_sheet_pages(fonts, words, contents)?;
    let title = title_of(&pages)?;
    pdf::write(fonts, &title, words.languages.first, &pages)
}

/// Visitors' cards to cut out, eight to a page of A4, each of the size of a bank card.
pub fn card_sheet(
    fonts: &Fonts,
    words: &CardWords<'_>,
    contents: &[CardContent],
) -> Result<Vec<u8>, PosterError> {
    let pages = card_pages(fonts, words, contents)?;
    title_of(&pages)?;
    pdf::write(fonts, words.title.first, words.languages.first, &pages)
}

/// A document is named after its first page.
fn title_of(pages: &[Page]) -> Result<String, PosterError> {
    pages
        .first()
        .map(|page| page.name.clone())
        .ok_or(PosterError::Nothing)
}
