//! Visitors' cards of the size of a bank card (ISO/IEC 7810, ID-1), eight to a page.

use crate::PosterError;
use crate::content::{CardContent, CardWords};
use crate::geometry::{A4_HEIGHT_MM, A4_WIDTH_MM, Area, POINT_MM};
use crate::layout::{Element, Page, Part, Style};
use crate::qr::Square;
use crate::setting::Frame;
use crate::shape::{self, BRICK, INK, MUTED};
use crate::typeface::{Fonts, Typesetter, Weight};

/// How many cards stand on a page.
pub const CARDS_PER_PAGE: usize = 8;

const WIDTH: f32 = 85.6;
const HEIGHT: f32 = 54.0;
/// Between cards, so that each can be cut on its own.
const GUTTER: f32 = 7.0;
const LEFT: f32 = (A4_WIDTH_MM - 2.0 * WIDTH - GUTTER) / 2.0;
const TOP: f32 = (A4_HEIGHT_MM - 4.0 * HEIGHT - 3.0 * GUTTER) / 2.0;

const MARGIN: f32 = 5.5;
const CODE_SIDE: f32 = 38.0;
/// At a card's edge the quiet border needs at least four modules of 41.
const CODE_LEFT: f32 = WIDTH - CODE_SIDE - 5.5;
const TEXT_WIDTH: f32 = CODE_LEFT - 4.2 - MARGIN;

/// Decides what stands where on sheets of cards.
pub fn card_pages(
    fonts: &Fonts,
    words: &CardWords<'_>,
    contents: &[CardContent],
) -> Result<Vec<Page>, PosterError> {
    let typesetter = fonts.typesetter()?;
    contents
        .chunks(CARDS_PER_PAGE)
        .map(|contents| {
            let mut elements = Vec::new();
            for (area, content) in areas().zip(contents) {
                elements.extend(card(&typesetter, words, content, area)?);
                elements.extend(cut_marks(area));
            }
            let name = contents
                .first()
                .map(|content| typesetter.printable(Weight::Bold, &content.number))
                .unwrap_or_default();
            Ok(Page { name, elements })
        })
        .collect()
}

fn areas() -> impl Iterator<Item = Area> {
    [0.0, 1.0, 2.0, 3.0].into_iter().flat_map(|row: f32| {
        [0.0, 1.0].map(|column: f32| {
            Area::new(
                LEFT + column * (WIDTH + GUTTER),
                TOP + row * (HEIGHT + GUTTER),
                WIDTH,
                HEIGHT,
            )
        })
    })
}

fn card(
    typesetter: &Typesetter<'_>,
    words: &CardWords<'_>,
    content: &CardContent,
    area: Area,
) -> Result<Vec<Element>, PosterError> {
    let left = area.left + MARGIN;
    let mut elements = head(typesetter, words, (left, area.top + MARGIN));
    let name = Style::new(Part::Name, Weight::Bold, INK).heading().fitted(
        typesetter,
        &content.name,
        frame(11.5, 6.0, 14.6),
        (left, area.top + 15.5),
    );
    elements.push(name);
    elements.extend(number(typesetter, words, content, (left, area.top + 31.0)));
    elements.extend(note(typesetter, words, (left, area.top + 41.5)));
    let square = Square::for_card(&content.code)?;
    elements.push(Element::of_code(
        square,
        area.left + CODE_LEFT,
        area.top + (HEIGHT - CODE_SIDE) / 2.0,
        CODE_SIDE,
        &content.number,
    ));
    Ok(elements)
}

fn head(
    typesetter: &Typesetter<'_>,
    words: &CardWords<'_>,
    (left, top): (f32, f32),
) -> Vec<Element> {
    let sign = shape::sign_area(left, top, 7.0);
    let text_left = sign.right() + 2.0;
    let text_width = TEXT_WIDTH - (text_left - left);
    let line = |weight, colour, language, text: &str, size_pt: f32, top: f32| {
        let line = typesetter.line(weight, text, 0.0);
        let size_pt = size_pt.min(text_width / line.width_em / POINT_MM);
        Style::new(Part::Title, weight, colour)
            .language(language)
            .lines(vec![line], size_pt, text_left, top)
    };
    let first = line(
        Weight::Bold,
        BRICK,
        words.languages.first,
        words.title.first,
        9.0,
        top - 0.3,
    );
    let second_top = first.area.bottom();
    let second = line(
        Weight::Regular,
        MUTED,
        words.languages.second,
        words.title.second,
        6.5,
        second_top,
    );
    vec![
        Element::shapes(Part::Sign, sign, shape::sign(sign)),
        first,
        second,
    ]
}

fn number(
    typesetter: &Typesetter<'_>,
    words: &CardWords<'_>,
    content: &CardContent,
    corner: (f32, f32),
) -> Vec<Element> {
    let label = Style::new(Part::Label, Weight::Regular, MUTED)
        .language(words.languages.first)
        .fitted(typesetter, words.number, frame(6.0, 4.0, 2.6), corner);
    let below = (corner.0, label.area.bottom());
    let number = Style::new(Part::Number, Weight::Bold, INK).fitted(
        typesetter,
        &content.number,
        frame(9.0, 6.0, 4.0),
        below,
    );
    let below = (corner.0, number.area.bottom());
    let until = Style::new(Part::Note, Weight::Regular, INK)
        .language(words.languages.first)
        .fitted(
            typesetter,
            &content.valid_until,
            frame(6.0, 4.0, 2.6),
            below,
        );
    vec![label, number, until]
}

fn note(typesetter: &Typesetter<'_>, words: &CardWords<'_>, corner: (f32, f32)) -> Vec<Element> {
    let first = Style::new(Part::Note, Weight::Regular, INK)
        .language(words.languages.first)
        .fitted(typesetter, words.note.first, frame(6.0, 4.0, 5.2), corner);
    let below = (corner.0, first.area.bottom());
    let second = Style::new(Part::Note, Weight::Regular, MUTED)
        .language(words.languages.second)
        .fitted(typesetter, words.note.second, frame(5.0, 4.0, 4.4), below);
    vec![first, second]
}

/// Short lines outside the four corners, so that nothing is left on the card.
fn cut_marks(area: Area) -> Vec<Element> {
    const FROM: f32 = 0.8;
    const TO: f32 = 3.0;
    let corners = [
        (area.left, area.top, -1.0, -1.0),
        (area.right(), area.top, 1.0, -1.0),
        (area.left, area.bottom(), -1.0, 1.0),
        (area.right(), area.bottom(), 1.0, 1.0),
    ];
    corners
        .into_iter()
        .flat_map(|(x, y, right, down)| {
            let across = ((x + FROM * right, y), (x + TO * right, y));
            let along = ((x, y + FROM * down), (x, y + TO * down));
            [across, along]
        })
        .map(|(from, to)| {
            let area = Area::new(
                from.0.min(to.0) - 0.12,
                from.1.min(to.1) - 0.12,
                (from.0 - to.0).abs() + 0.24,
                (from.1 - to.1).abs() + 0.24,
            );
            Element::shapes(Part::Cut, area, shape::rule(from, to))
        })
        .collect()
}

fn frame(size_max_pt: f32, size_min_pt: f32, height_mm: f32) -> Frame {
    Frame {
        width_mm: TEXT_WIDTH,
        height_mm,
        size_max_pt,
        size_min_pt,
    }
}
