//! The typeface: which characters can be printed, and how wide they are.
//!
//! Widths are in em, so they are measured once and hold for every size.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::{Direction, Face, GlyphBuffer, Script, ShapePlan, UnicodeBuffer};

use crate::PosterError;

/// The longest text that is set at all, in characters; longer names end in an ellipsis anyway.
const CHARACTERS_MAX: usize = 400;

/// How far small letters such as b, d and l reach above the line, in em.
pub(crate) const ASCENT: f32 = 0.76;

/// How far letters such as g and p reach below the line, in em.
pub(crate) const DESCENT: f32 = 0.24;

/// The typeface, handed in as font files: a regular and a bold weight.
#[derive(Clone)]
pub struct Fonts {
    regular: FontFile,
    bold: FontFile,
}

#[derive(Clone)]
struct FontFile {
    bytes: Arc<Vec<u8>>,
    font: Font,
}

impl FontFile {
    fn new(bytes: Vec<u8>) -> Result<Self, PosterError> {
        let bytes = Arc::new(bytes);
        Face::from_slice(&bytes, 0).ok_or(PosterError::Font)?;
        let font = Font::new(Arc::clone(&bytes).into(), 0).ok_or(PosterError::Font)?;
        Ok(Self { bytes, font })
    }

    fn face(&self) -> Result<Face<'_>, PosterError> {
        Face::from_slice(&self.bytes, 0).ok_or(PosterError::Font)
    }
}

impl Fonts {
    /// Takes two TrueType or OpenType files, such as Noto Sans Regular and Bold.
    pub fn new(regular: Vec<u8>, bold: Vec<u8>) -> Result<Self, PosterError> {
        Ok(Self {
            regular: FontFile::new(regular)?,
            bold: FontFile::new(bold)?,
        })
    }

    pub(crate) fn typesetter(&self) -> Result<Typesetter<'_>, PosterError> {
        Ok(Typesetter {
            regular: Shaper::new(self.regular.face()?),
            bold: Shaper::new(self.bold.face()?),
        })
    }

    pub(crate) fn font(&self, weight: Weight) -> Font {
        match weight {
            Weight::Regular => self.regular.font.clone(),
            Weight::Bold => self.bold.font.clone(),
        }
    }
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Fonts(…)")
    }
}

/// Which of the two weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    Bold,
}

/// One line, ready to be drawn.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) glyphs: Vec<KrillaGlyph>,
    /// Without the space at the end of a line that goes on.
    pub(crate) width_em: f32,
}

/// Measures and breaks text.
pub(crate) struct Typesetter<'a> {
    regular: Shaper<'a>,
    bold: Shaper<'a>,
}

/// A font, and what it has learnt about each script: finding out costs more than shaping.
struct Shaper<'a> {
    face: Face<'a>,
    plans: RefCell<Vec<(Script, Rc<ShapePlan>)>>,
}

impl<'a> Shaper<'a> {
    const fn new(face: Face<'a>) -> Self {
        Self {
            face,
            plans: RefCell::new(Vec::new()),
        }
    }

    fn shape(&self, text: &str) -> GlyphBuffer {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        buffer.set_direction(Direction::LeftToRight);
        let plan = self.plan(buffer.script());
        rustybuzz::shape_with_plan(&self.face, &plan, buffer)
    }

    fn plan(&self, script: Script) -> Rc<ShapePlan> {
        let mut plans = self.plans.borrow_mut();
        if let Some((_, plan)) = plans.iter().find(|(known, _)| *known == script) {
            return Rc::clone(plan);
        }
        let plan = ShapePlan::new(&self.face, Direction::LeftToRight, Some(script), None, &[]);
        let plan = Rc::new(plan);
        plans.push((script, Rc::clone(&plan)));
        plan
    }
}

impl Typesetter<'_> {
    /// One line at one size, as wide as it is, with `tracking` em between its letters.
    pub(crate) fn line(&self, weight: Weight, text: &str, tracking: f32) -> Line {
        let mut line = self.shape(weight, &self.printable(weight, text), false);
        let gaps = line.glyphs.len().saturating_sub(1);
        for glyph in line.glyphs.iter_mut().take(gaps) {
            glyph.x_advance += tracking;
            line.width_em += tracking;
        }
        line
    }

    /// What of a text can be printed: its characters that the typeface has, in single spaces.
    ///
    /// An emoji in a name is left out rather than printed as an empty box.
    pub(crate) fn printable(&self, weight: Weight, text: &str) -> String {
        let face = &self.shaper(weight).face;
        let kept: String = text
            .chars()
            .take(CHARACTERS_MAX)
            .filter(|&character| {
                character.is_whitespace()
                    || (!is_invisible(character) && face.glyph_index(character).is_some())
            })
            .collect();
        kept.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    pub(crate) fn width(&self, weight: Weight, text: &str) -> f32 {
        self.shape(weight, text, false).width_em
    }

    const fn shaper(&self, weight: Weight) -> &Shaper<'_> {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }

    /// Shapes one line; where it goes on, a space at its end keeps the words of copied text apart.
    pub(crate) fn shape(&self, weight: Weight, text: &str, goes_on: bool) -> Line {
        let font = self.shaper(weight);
        let units = number(font.face.units_per_em());
        let mut text = text.to_owned();
        if goes_on {
            text.push(' ');
        }
        let shaped = font.shape(&text);
        let clusters: Vec<usize> = shaped
            .glyph_infos()
            .iter()
            .map(|info| usize::try_from(info.cluster).unwrap_or(0))
            .collect();
        let glyphs: Vec<KrillaGlyph> = shaped
            .glyph_infos()
            .iter()
            .zip(shaped.glyph_positions())
            .enumerate()
            .map(|(place, (info, position))| {
                KrillaGlyph::new(
                    GlyphId::new(info.glyph_id),
                    number(position.x_advance) / units,
                    number(position.x_offset) / units,
                    number(position.y_offset) / units,
                    number(position.y_advance) / units,
                    cluster(&clusters, place, text.len()),
                    None,
                )
            })
            .collect();
        let shown = glyphs.len() - usize::from(goes_on && !glyphs.is_empty());
        let width_em = glyphs[..shown].iter().map(|glyph| glyph.x_advance).sum();
        Line {
            text,
            glyphs,
            width_em,
        }
    }
}

/// The bytes of the text that the glyph at `place` stands for.
fn cluster(clusters: &[usize], place: usize, end: usize) -> Range<usize> {
    let start = clusters[place];
    let next = clusters[place..]
        .iter()
        .copied()
        .find(|&cluster| cluster > start);
    start..next.unwrap_or(end)
}

/// Characters that have no shape of their own, and those that turn the direction of text.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{fff0}'..='\u{ffff}' | '\u{e0000}'..='\u{e0fff}')
}

/// Font units as a number; no font has coordinates beyond sixteen bits.
fn number(units: i32) -> f32 {
    i16::try_from(units).map_or_else(
        |_| {
            if units < 0 {
                f32::from(i16::MIN)
            } else {
                f32::from(i16::MAX)
            }
        },
        f32::from,
    )
}
