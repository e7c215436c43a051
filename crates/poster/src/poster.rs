//! The poster on A4: place and door in the largest type, the code, and what to do with it.
//!
//! Everything stands on two lines: the left edge of the code and the left edge of the column beside
//! it. The names may be short or long; the code always hangs at the same height of the page, so that
//! the mark for hanging is always right.

use crate::PosterError;
use crate::content::{PosterContent, PosterWords};
use crate::geometry::{A4_WIDTH_MM, Area, POINT_MM};
use crate::layout::{Element, Page, Part, Style};
use crate::qr::Square;
use crate::setting::{Frame, LEADING};
use crate::shape::{self, BRICK, INK, MUTED};
use crate::typeface::{Fonts, Typesetter, Weight};

const MARGIN: f32 = 20.0;
const RIGHT: f32 = A4_WIDTH_MM - MARGIN;
const WIDTH: f32 = RIGHT - MARGIN;

/// The names stand on this line, just above the code's quiet border, and grow upwards.
const NAMES_BOTTOM: f32 = 106.5;
const NAMES_HEIGHT: f32 = 66.0;

/// The side of the code's dark square, in millimetres.
const CODE_SIDE: f32 = 100.0;
const CODE_TOP: f32 = 121.0;

const COLUMN: f32 = 136.0;
const COLUMN_WIDTH: f32 = RIGHT - COLUMN;

const FOOT_RULE: f32 = 239.0;

/// Decides what stands where on a poster.
pub fn poster_page(
    fonts: &Fonts,
    words: &PosterWords<'_>,
    content: &PosterContent,
) -> Result<Page, PosterError> {
    let typesetter = fonts.typesetter()?;
    let mut elements = head(&typesetter, words);
    elements.extend(names(&typesetter, content));
    let square = Square::for_poster(&content.url)?;
    elements.push(Element::of_code(
        square,
        MARGIN,
        CODE_TOP,
        CODE_SIDE,
        &content.url,
    ));
    elements.extend(column(&typesetter, words));
    elements.extend(foot(&typesetter, words, content));
    elements.extend(hanging(&typesetter, words));
    Ok(Page {
        name: page_name(&typesetter, content),
        elements,
    })
}

/// The name of a page in the list of contents, and of the document.
pub(crate) fn page_name(typesetter: &Typesetter<'_>, content: &PosterContent) -> String {
    let [place, door] =
        [&content.place, &content.door].map(|name| typesetter.printable(Weight::Bold, name));
    format!("{place} – {door}")
}

fn head(typesetter: &Typesetter<'_>, words: &PosterWords<'_>) -> Vec<Element> {
    let sign = shape::sign_area(MARGIN, 18.0, 11.0);
    let brand = typesetter.line(Weight::Bold, words.brand, 0.01);
    let brand_pt = 15.0;
    let brand_top = sign.bottom() - brand_pt * POINT_MM * 0.95;
    vec![
        Element::shapes(Part::Sign, sign, shape::sign(sign)),
        Style::new(Part::Brand, Weight::Bold, BRICK).lines(
            vec![brand],
            brand_pt,
            sign.right() + 3.5,
            brand_top,
        ),
    ]
}

/// Place and door, in one size, as large as both find room.
fn names(typesetter: &Typesetter<'_>, content: &PosterContent) -> Vec<Element> {
    let frame = Frame {
        width_mm: WIDTH,
        height_mm: NAMES_HEIGHT,
        size_max_pt: 54.0,
        size_min_pt: 20.0,
    };
    let mut setting = typesetter.fit(Weight::Bold, &[&content.place, &content.door], frame);
    let door = setting.texts.pop().unwrap_or_default();
    let place = setting.texts.pop().unwrap_or_default();
    let door =
        Style::new(Part::Door, Weight::Bold, BRICK).lines(door, setting.size_pt, MARGIN, 0.0);
    let place = Style::new(Part::Place, Weight::Bold, INK).heading().lines(
        place,
        setting.size_pt,
        MARGIN,
        0.0,
    );
    let door_top = NAMES_BOTTOM - door.area.height;
    let place_top = door_top - place.area.height;
    vec![moved_to(place, place_top), moved_to(door, door_top)]
}

/// Beside the code: a phone, what to do, and that it is free.
fn column(typesetter: &Typesetter<'_>, words: &PosterWords<'_>) -> Vec<Element> {
    let phone = Area::new(COLUMN, CODE_TOP, 20.0, 37.0);
    let first = Style::new(Part::Instruction, Weight::Bold, INK)
        .language(words.languages.first)
        .fitted(
            typesetter,
            words.instruction.first,
            column_frame(20.0, 34.0),
            (COLUMN, phone.bottom() + 5.0),
        );
    let second = Style::new(Part::InstructionSecond, Weight::Regular, MUTED)
        .language(words.languages.second)
        .fitted(
            typesetter,
            words.instruction.second,
            column_frame(13.0, 16.5),
            (COLUMN, first.area.bottom() + 1.5),
        );
    let mut elements = vec![
        Element::shapes(Part::Phone, phone, shape::phone(phone)),
        first,
        second,
    ];
    elements.extend(free(typesetter, words));
    elements
}

/// That it is free, standing on the lower edge of the code.
fn free(typesetter: &Typesetter<'_>, words: &PosterWords<'_>) -> Vec<Element> {
    let second = Style::new(Part::Free, Weight::Regular, MUTED)
        .language(words.languages.second)
        .fitted(
            typesetter,
            words.free.second,
            column_frame(11.0, 5.0),
            (COLUMN, 0.0),
        );
    let first = Style::new(Part::Free, Weight::Bold, BRICK)
        .language(words.languages.first)
        .fitted(
            typesetter,
            words.free.first,
            column_frame(13.0, 6.0),
            (COLUMN, 0.0),
        );
    // The letters, not their line, end where the code ends.
    let bottom = CODE_TOP + CODE_SIDE + 1.0;
    let second_top = bottom - second.area.height;
    let first_top = second_top - first.area.height;
    vec![moved_to(first, first_top), moved_to(second, second_top)]
}

/// Below: the code to type and where, and the word by which staff know the poster.
fn foot(
    typesetter: &Typesetter<'_>,
    words: &PosterWords<'_>,
    content: &PosterContent,
) -> Vec<Element> {
    let from = (MARGIN, FOOT_RULE);
    let mut elements = vec![Element::shapes(
        Part::Rule,
        Area::new(MARGIN, FOOT_RULE - 0.15, WIDTH, 0.3),
        shape::rule(from, (RIGHT, FOOT_RULE)),
    )];
    let top = FOOT_RULE + 6.0;
    elements.extend(labelled(
        typesetter,
        words,
        (MARGIN, CODE_SIDE),
        top,
        (words.typed_code.first, words.typed_code.second),
        (Part::TypedCode, &content.code),
    ));
    let host = Style::new(Part::Host, Weight::Regular, INK);
    let frame = Frame {
        width_mm: CODE_SIDE,
        height_mm: 14.0 * POINT_MM * LEADING,
        size_max_pt: 13.0,
        size_min_pt: 8.0,
    };
    elements.push(host.fitted(typesetter, &content.host, frame, (MARGIN, top + 27.5)));
    elements.extend(labelled(
        typesetter,
        words,
        (COLUMN, COLUMN_WIDTH),
        top,
        (words.check_word.first, words.check_word.second),
        (Part::CheckWord, &content.check_word),
    ));
    elements
}

/// Two small lines and what they speak of, in large type.
fn labelled(
    typesetter: &Typesetter<'_>,
    words: &PosterWords<'_>,
    (left, width_mm): (f32, f32),
    top: f32,
    label: (&str, &str),
    (part, value): (Part, &str),
) -> [Element; 3] {
    let frame = Frame {
        width_mm,
        height_mm: 5.0,
        size_max_pt: 11.0,
        size_min_pt: 7.0,
    };
    let first = Style::new(Part::Label, Weight::Bold, INK)
        .language(words.languages.first)
        .fitted(typesetter, label.0, frame, (left, top));
    let second = Style::new(Part::Label, Weight::Regular, MUTED)
        .language(words.languages.second)
        .fitted(typesetter, label.1, frame, (left, first.area.bottom()));
    let size_pt = 34.0_f32;
    let line = typesetter.line(Weight::Bold, value, 0.03);
    let size_pt = size_pt.min(width_mm / line.width_em / POINT_MM);
    let value_top = top + 11.0;
    let value = Style::new(part, Weight::Bold, INK).lines(vec![line], size_pt, left, value_top);
    [first, second, value]
}

/// At the right edge: a triangle at the height of the code's centre, and how high it shall hang.
fn hanging(typesetter: &Typesetter<'_>, words: &PosterWords<'_>) -> Vec<Element> {
    let centre = CODE_TOP + CODE_SIDE / 2.0;
    let mark = Area::new(195.0, centre - 2.0, 3.5, 4.0);
    let text = |language, words, left| {
        Style::new(Part::Hanging, Weight::Regular, MUTED)
            .language(language)
            .turned(typesetter, words, 7.5, left, centre)
    };
    vec![
        Element::shapes(Part::Hanging, mark, shape::height_mark(mark)),
        text(words.languages.first, words.hanging.first, 198.9),
        text(words.languages.second, words.hanging.second, 202.1),
    ]
}

fn column_frame(size_max_pt: f32, height_mm: f32) -> Frame {
    Frame {
        width_mm: COLUMN_WIDTH,
        height_mm,
        size_max_pt,
        size_min_pt: size_max_pt * 0.6,
    }
}

fn moved_to(mut element: Element, top: f32) -> Element {
    element.area.top = top;
    element
}
