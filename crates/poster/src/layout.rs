//! What stands where on a page, before anything is drawn.

use crate::geometry::{Area, POINT_MM};
use crate::qr::Square;
use crate::setting::{Frame, LEADING, Setting};
use crate::shape::{Colour, Shape};
use crate::typeface::{Line, Typesetter, Weight};

/// What a box on a page holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// The sign of Gapura.
    Sign,
    /// The name beside the sign.
    Brand,
    /// The name of the place.
    Place,
    /// The name of the door.
    Door,
    /// The QR code with its quiet border.
    Code,
    /// The picture of a phone.
    Phone,
    /// What to do, in the first language.
    Instruction,
    /// What to do, in the second language.
    InstructionSecond,
    /// That it is free, in both languages.
    Free,
    /// A line between groups.
    Rule,
    /// What the typed code or the check word is.
    Label,
    /// The address to type.
    Host,
    /// The code to type.
    TypedCode,
    /// The word by which staff know a poster as theirs.
    CheckWord,
    /// The mark for hanging, and what it says.
    Hanging,
    /// What a card is.
    Title,
    /// A name on a card.
    Name,
    /// A card's number.
    Number,
    /// What else a card says.
    Note,
    /// A mark for cutting.
    Cut,
}

/// A part of a page and the box that it keeps for itself.
#[derive(Clone, Debug)]
pub struct Element {
    /// What it is.
    pub part: Part,
    /// Its box. A code's box has the quiet border in it, so nothing may come near.
    pub area: Area,
    pub(crate) drawing: Drawing,
}

/// How an element is drawn.
#[derive(Clone, Debug)]
pub(crate) enum Drawing {
    Text(Text),
    Shapes(Vec<Shape>),
    Code {
        square: Square,
        inner: Area,
        alt: String,
    },
}

/// Lines of one size and colour.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    pub(crate) lines: Vec<Line>,
    pub(crate) weight: Weight,
    pub(crate) size_pt: f32,
    pub(crate) colour: Colour,
    pub(crate) language: Option<String>,
    pub(crate) rank: Rank,
    pub(crate) turned: bool,
}

/// What a text is to somebody who hears the page read aloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rank {
    Heading,
    Paragraph,
}

/// The elements of one A4 page, in the order in which they are read.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The name of the page in the list of contents.
    pub name: String,
    /// All that stands on it.
    pub elements: Vec<Element>,
}

impl Element {
    /// The square of a code without its quiet border, and its modules a side.
    pub fn code(&self) -> Option<(Area, u8)> {
        match &self.drawing {
            Drawing::Code { square, inner, .. } => Some((*inner, square.modules())),
            Drawing::Text(_) | Drawing::Shapes(_) => None,
        }
    }

    /// The size of its type in points.
    pub fn size_pt(&self) -> Option<f32> {
        match &self.drawing {
            Drawing::Text(text) => Some(text.size_pt),
            Drawing::Shapes(_) | Drawing::Code { .. } => None,
        }
    }

    /// Its lines of text.
    pub fn lines(&self) -> Vec<&str> {
        match &self.drawing {
            Drawing::Text(text) => text.lines.iter().map(|line| line.text.trim_end()).collect(),
            Drawing::Shapes(_) | Drawing::Code { .. } => Vec::new(),
        }
    }

    pub(crate) const fn shapes(part: Part, area: Area, shapes: Vec<Shape>) -> Self {
        Self {
            part,
            area,
            drawing: Drawing::Shapes(shapes),
        }
    }

    /// A code whose dark square has its corner and its side given.
    pub(crate) fn of_code(square: Square, left: f32, top: f32, side: f32, alt: &str) -> Self {
        let inner = Area::new(left, top, side, side);
        Self {
            part: Part::Code,
            area: inner.grown(square.quiet_mm(side)),
            drawing: Drawing::Code {
                square,
                inner,
                alt: alt.to_owned(),
            },
        }
    }
}

/// How a text looks, wherever it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style<'a> {
    pub(crate) part: Part,
    pub(crate) weight: Weight,
    pub(crate) colour: Colour,
    pub(crate) language: Option<&'a str>,
    pub(crate) rank: Rank,
}

impl<'a> Style<'a> {
    pub(crate) const fn new(part: Part, weight: Weight, colour: Colour) -> Self {
        Self {
            part,
            weight,
            colour,
            language: None,
            rank: Rank::Paragraph,
        }
    }

    pub(crate) const fn heading(mut self) -> Self {
        self.rank = Rank::Heading;
        self
    }

    pub(crate) const fn language(mut self, language: &'a str) -> Self {
        self.language = Some(language);
        self
    }

    /// Lines that begin at a corner and go down.
    pub(crate) fn lines(self, lines: Vec<Line>, size_pt: f32, left: f32, top: f32) -> Element {
        let em = size_pt * POINT_MM;
        let width = lines.iter().map(|line| line.width_em).fold(0.0, f32::max) * em;
        let height = lines.iter().fold(0.0, |height, _| height + em * LEADING);
        Element {
            part: self.part,
            area: Area::new(left, top, width, height),
            drawing: Drawing::Text(Text {
                lines,
                weight: self.weight,
                size_pt,
                colour: self.colour,
                language: self.language.map(str::to_owned),
                rank: self.rank,
                turned: false,
            }),
        }
    }

    /// A text fitted into a frame whose corner is given.
    pub(crate) fn fitted(
        self,
        typesetter: &Typesetter<'_>,
        text: &str,
        frame: Frame,
        (left, top): (f32, f32),
    ) -> Element {
        let Setting { size_pt, texts } = typesetter.fit(self.weight, &[text], frame);
        let lines = texts.into_iter().flatten().collect();
        self.lines(lines, size_pt, left, top)
    }

    /// One line that reads upwards, its middle at a height and its left side at `left`.
    pub(crate) fn turned(
        self,
        typesetter: &Typesetter<'_>,
        text: &str,
        size_pt: f32,
        left: f32,
        centre_y: f32,
    ) -> Element {
        let line = typesetter.line(self.weight, text, 0.0);
        let mut element = self.lines(vec![line], size_pt, left, 0.0);
        let Area { width, height, .. } = element.area;
        element.area = Area::new(left, centre_y - width / 2.0, height, width);
        if let Drawing::Text(text) = &mut element.drawing {
            text.turned = true;
        }
        element
    }
}
