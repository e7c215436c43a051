//! A sheet of small posters: eight to a page, cut apart along thin lines.

use crate::PosterError;
use crate::content::{PosterContent, PosterWords};
use crate::geometry::{A4_HEIGHT_MM, A4_WIDTH_MM, Area, POINT_MM};
use crate::layout::{Element, Page, Part, Style};
use crate::poster::page_name;
use crate::qr::Square;
use crate::setting::{Frame, LEADING};
use crate::shape::{self, BRICK, INK, MUTED};
use crate::typeface::{Fonts, Typesetter, Weight};

/// How many small posters stand on a page.
pub const SMALL_PER_PAGE: usize = 8;

const WIDTH: f32 = A4_WIDTH_MM / 2.0;
const HEIGHT: f32 = A4_HEIGHT_MM / 4.0;

const MARGIN: f32 = 10.0;
const SIGN_HEIGHT: f32 = 5.0;

const NAMES_TOP: f32 = 7.5;
const NAMES_WIDTH: f32 = WIDTH - 2.0 * MARGIN - 8.0;
const NAMES_HEIGHT: f32 = 15.5;

const CODE_TOP: f32 = 28.5;
const CODE_SIDE: f32 = 38.0;

const COLUMN: f32 = 55.5;
const COLUMN_WIDTH: f32 = WIDTH - COLUMN - 8.0;

/// Decides what stands where on sheets of small posters.
pub fn poster_sheet_pages(
    fonts: &Fonts,
    words: &PosterWords<'_>,
    contents: &[PosterContent],
) -> Result<Vec<Page>, PosterError> {
    let typesetter = fonts.typesetter()?;
    contents
        .chunks(SMALL_PER_PAGE)
        .map(|contents| {
            let mut elements = Vec::new();
            for (corner, content) in corners().zip(contents) {
                elements.extend(small(&typesetter, words, content, corner)?);
            }
            elements.extend(cut_lines());
            let name = contents
                .first()
                .map(|content| page_name(&typesetter, content))
                .unwrap_or_default();
            Ok(Page { name, elements })
        })
        .collect()
}

fn corners() -> impl Iterator<Item = (f32, f32)> {
    [0.0, HEIGHT, 2.0 * HEIGHT, 3.0 * HEIGHT]
        .into_iter()
        .flat_map(|top| [(0.0, top), (WIDTH, top)])
}

fn small(
    typesetter: &Typesetter<'_>,
    words: &PosterWords<'_>,
    content: &PosterContent,
    (left, top): (f32, f32),
) -> Result<Vec<Element>, PosterError> {
    let square = Square::for_poster(&content.url)?;
    let mut elements = head(typesetter, content, (left, top + NAMES_TOP));
    elements.push(Element::of_code(
        square,
        left + MARGIN,
        top + CODE_TOP,
        CODE_SIDE,
        &content.url,
    ));
    elements.extend(column(
        typesetter,
        words,
        content,
        (left + COLUMN, top + CODE_TOP - 1.0),
    ));
    Ok(elements)
}

/// Place and door, and the sign at the far end.
fn head(
    typesetter: &Typesetter<'_>,
    content: &PosterContent,
    (left, top): (f32, f32),
) -> Vec<Element> {
    let frame = Frame {
        width_mm: NAMES_WIDTH,
        height_mm: NAMES_HEIGHT,
        size_max_pt: 17.0,
        size_min_pt: 8.0,
    };
    let mut setting = typesetter.fit(Weight::Bold, &[&content.place, &content.door], frame);
    let door = setting.texts.pop().unwrap_or_default();
    let place = setting.texts.pop().unwrap_or_default();
    let place = Style::new(Part::Place, Weight::Bold, INK).heading().lines(
        place,
        setting.size_pt,
        left + MARGIN,
        top,
    );
    let door = Style::new(Part::Door, Weight::Bold, BRICK).lines(
        door,
        setting.size_pt,
        left + MARGIN,
        place.area.bottom(),
    );
    let sign = shape::sign_area(left, top + 1.2, SIGN_HEIGHT);
    let sign = Area {
        left: left + WIDTH - MARGIN - sign.width,
        ..sign
    };
    vec![
        Element::shapes(Part::Sign, sign, shape::sign(sign)),
        place,
        door,
    ]
}

/// What to do, in both languages, and below it what is typed and what is compared.
fn column(
    typesetter: &Typesetter<'_>,
    words: &PosterWords<'_>,
    content: &PosterContent,
    (left, top): (f32, f32),
) -> Vec<Element> {
    let (first, second) = (words.languages.first, words.languages.second);
    let mut column = Column {
        typesetter,
        left,
        next: top,
        elements: Vec::new(),
    };
    let bold = |part, colour| Style::new(part, Weight::Bold, colour);
    let plain = |part| Style::new(part, Weight::Regular, MUTED);
    column.put(
        bold(Part::Instruction, INK).language(first),
        words.instruction.first,
        9.5,
        2.0,
    );
    column.put(
        plain(Part::InstructionSecond).language(second),
        words.instruction.second,
        7.0,
        2.0,
    );
    column.gap(1.5);
    column.put(
        bold(Part::Free, BRICK).language(first),
        words.free.first,
        7.5,
        1.0,
    );
    column.put(
        plain(Part::Free).language(second),
        words.free.second,
        6.5,
        1.0,
    );
    column.gap(2.4);
    column.put(bold(Part::TypedCode, INK), &content.code, 13.0, 1.0);
    column.put(plain(Part::Host), &content.host, 7.0, 1.0);
    column.gap(1.8);
    column.put(
        plain(Part::Label).language(first),
        words.check_word.first,
        6.0,
        1.0,
    );
    column.put(bold(Part::CheckWord, INK), &content.check_word, 11.0, 1.0);
    column.elements
}

/// Texts one below the other.
struct Column<'a> {
    typesetter: &'a Typesetter<'a>,
    left: f32,
    next: f32,
    elements: Vec<Element>,
}

impl Column<'_> {
    fn put(&mut self, style: Style<'_>, text: &str, size_pt: f32, lines_max: f32) {
        let frame = Frame {
            width_mm: COLUMN_WIDTH,
            height_mm: lines_max * size_pt * POINT_MM * LEADING,
            size_max_pt: size_pt,
            size_min_pt: 5.0,
        };
        let element = style.fitted(self.typesetter, text, frame, (self.left, self.next));
        self.next = element.area.bottom();
        self.elements.push(element);
    }

    fn gap(&mut self, millimetres: f32) {
        self.next += millimetres;
    }
}

/// Thin lines between the posters; the page's own edges need none.
fn cut_lines() -> Vec<Element> {
    let line = |area: Area, from, to| Element::shapes(Part::Cut, area, shape::rule(from, to));
    let mut lines = vec![line(
        Area::new(WIDTH - 0.15, 0.0, 0.3, A4_HEIGHT_MM),
        (WIDTH, 0.0),
        (WIDTH, A4_HEIGHT_MM),
    )];
    for top in [HEIGHT, 2.0 * HEIGHT, 3.0 * HEIGHT] {
        lines.push(line(
            Area::new(0.0, top - 0.15, A4_WIDTH_MM, 0.3),
            (0.0, top),
            (A4_WIDTH_MM, top),
        ));
    }
    lines
}
