//! Writing pages as PDF: fonts embedded, text selectable, structure tagged (PDF/UA-1).

use std::num::NonZeroU16;

use krilla::color::rgb;
use krilla::configure::{Accessibility, Configuration, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::error::KrillaError;
use krilla::geom::{Path, PathBuilder, Point, Rect, Transform};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, LineCap, LineJoin, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, BBox, ContentTag, Identifier, Node, SpanTag, Tag, TagGroup, TagTree,
};
use krilla::{Document, SerializeSettings};

use crate::PosterError;
use crate::geometry::{A4_HEIGHT_MM, A4_WIDTH_MM, Area, POINT_MM};
use crate::layout::{Drawing, Element, Page, Part, Rank, Text};
use crate::qr::Square;
use crate::setting::LEADING;
use crate::shape::{Colour, INK, Outline as Form, Paint, Point as Place, Shape};
use crate::typeface::{ASCENT, DESCENT, Fonts};

/// Writes pages into one document.
pub(crate) fn write(
    fonts: &Fonts,
    title: &str,
    language: &str,
    pages: &[Page],
) -> Result<Vec<u8>, PosterError> {
    let accessible = ConfigurationBuilder::new()
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .ok();
    let written = write_as(fonts, title, language, pages, accessible);
    match written {
        // A rare character may have no mapping that the standard asks for. The poster is then
        // written without the standard's seal rather than not at all.
        Err(KrillaError::Validation(_)) => write_as(fonts, title, language, pages, None),
        other => other,
    }
    .map_err(|error| PosterError::Pdf(error.to_string()))
}

fn write_as(
    fonts: &Fonts,
    title: &str,
    language: &str,
    pages: &[Page],
    configuration: Option<Configuration>,
) -> Result<Vec<u8>, KrillaError> {
    let mut document = Document::new_with(SerializeSettings {
        configuration: configuration.unwrap_or_default(),
        ..SerializeSettings::default()
    });
    document.set_metadata(
        Metadata::new()
            .title(title.to_owned())
            .language(language.to_owned())
            .creator("Gapura".to_owned()),
    );
    let mut outline = Outline::new();
    let mut tags = TagTree::new().with_lang(Some(language.to_owned()));
    for (place, page) in pages.iter().enumerate() {
        let top = XyzDestination::new(place, Point::from_xy(0.0, 0.0));
        outline.push_child(OutlineNode::new(page.name.clone(), top));
        tags.push(draw_page(&mut document, fonts, place, page));
    }
    document.set_outline(outline);
    document.set_tag_tree(tags);
    document.finish()
}

fn draw_page(document: &mut Document, fonts: &Fonts, place: usize, page: &Page) -> TagGroup {
    let settings = PageSettings::from_wh(points(A4_WIDTH_MM), points(A4_HEIGHT_MM));
    let mut sheet = document.start_page_with(settings.unwrap_or_default());
    let mut surface = sheet.surface();
    let mut section = TagGroup::new(Tag::Section);
    for element in &page.elements {
        if let Some(node) = draw(&mut surface, fonts, place, element) {
            section.push(node);
        }
    }
    surface.finish();
    sheet.finish();
    section
}

/// Draws an element and gives its place in the structure; decoration has none.
fn draw(
    surface: &mut Surface<'_>,
    fonts: &Fonts,
    page: usize,
    element: &Element,
) -> Option<TagGroup> {
    match &element.drawing {
        Drawing::Text(text) => Some(draw_text(surface, fonts, element.area, text)),
        Drawing::Code { square, inner, alt } => {
            let identifier = surface.start_tagged(ContentTag::Other);
            draw_code(surface, square, *inner);
            surface.end_tagged();
            let tag = Tag::Figure(Some(alt.clone())).with_bbox(bounds(page, *inner));
            Some(TagGroup::with_children(tag, vec![Node::Leaf(identifier)]))
        }
        Drawing::Shapes(shapes) => {
            let kind = match element.part {
                Part::Cut => ArtifactType::Page,
                _ => ArtifactType::Layout,
            };
            surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(kind)));
            for shape in shapes {
                draw_shape(surface, shape);
            }
            surface.end_tagged();
            None
        }
    }
}

fn draw_text(surface: &mut Surface<'_>, fonts: &Fonts, area: Area, text: &Text) -> TagGroup {
    surface.set_stroke(None);
    surface.set_fill(Some(fill(text.colour)));
    let em = text.size_pt * POINT_MM;
    let line_height = em * LEADING;
    let first_baseline = (line_height - (ASCENT + DESCENT) * em) / 2.0 + ASCENT * em;
    if text.turned {
        // The text is drawn as if its lower left corner were the origin, then turned upwards.
        surface.push_transform(&Transform::from_row(
            0.0,
            -1.0,
            1.0,
            0.0,
            points(area.left),
            points(area.bottom()),
        ));
    }
    let (left, mut baseline) = if text.turned {
        (0.0, first_baseline)
    } else {
        (area.left, area.top + first_baseline)
    };
    let mut leaves = Vec::new();
    for line in &text.lines {
        let span = SpanTag::empty().with_lang(text.language.as_deref());
        leaves.push(tagged(surface, ContentTag::Span(span), |surface| {
            surface.draw_glyphs(
                Point::from_xy(points(left), points(baseline)),
                &line.glyphs,
                fonts.font(text.weight),
                &line.text,
                text.size_pt,
                false,
            );
        }));
        baseline += line_height;
    }
    if text.turned {
        surface.pop();
    }
    let leaves = leaves.into_iter().map(Node::Leaf).collect();
    let language = text.language.clone();
    match text.rank {
        Rank::Heading => {
            let words: String = text.lines.iter().map(|line| line.text.as_str()).collect();
            let tag = Tag::Hn(NonZeroU16::MIN, Some(words)).with_lang(language);
            TagGroup::with_children(tag, leaves)
        }
        Rank::Paragraph => TagGroup::with_children(Tag::P.with_lang(language), leaves),
    }
}

fn tagged(
    surface: &mut Surface<'_>,
    tag: ContentTag<'_>,
    draw: impl FnOnce(&mut Surface<'_>),
) -> Identifier {
    let identifier = surface.start_tagged(tag);
    draw(surface);
    surface.end_tagged();
    identifier
}

/// Draws a code as one path: a rectangle for every run of dark modules in a row.
fn draw_code(surface: &mut Surface<'_>, square: &Square, inner: Area) {
    let module = inner.width / f32::from(square.modules());
    let mut path = PathBuilder::new();
    for bar in square.bars() {
        let (left, top) = (
            inner.left + f32::from(bar.from) * module,
            inner.top + f32::from(bar.row) * module,
        );
        if let Some(rectangle) = Rect::from_xywh(
            points(left),
            points(top),
            points(f32::from(bar.length) * module),
            points(module),
        ) {
            path.push_rect(rectangle);
        }
    }
    if let Some(path) = path.finish() {
        surface.set_stroke(None);
        surface.set_fill(Some(fill(INK)));
        surface.draw_path(&path);
    }
}

fn draw_shape(surface: &mut Surface<'_>, shape: &Shape) {
    let path = match &shape.outline {
        Form::Points(places) => polygon(places, matches!(shape.paint, Paint::Fill(_))),
        Form::Round { area, radius } => rounded(*area, *radius),
    };
    let Some(path) = path else {
        return;
    };
    match shape.paint {
        Paint::Fill(colour) => {
            surface.set_stroke(None);
            surface.set_fill(Some(fill(colour)));
        }
        Paint::Stroke(colour, weight_mm) => {
            surface.set_fill(None);
            surface.set_stroke(Some(Stroke {
                paint: paint(colour).into(),
                width: points(weight_mm),
                line_cap: LineCap::Round,
                line_join: LineJoin::Round,
                ..Stroke::default()
            }));
        }
    }
    surface.draw_path(&path);
}

fn polygon(places: &[Place], closed: bool) -> Option<Path> {
    let mut path = PathBuilder::new();
    for (place, &(x, y)) in places.iter().enumerate() {
        if place == 0 {
            path.move_to(points(x), points(y));
        } else {
            path.line_to(points(x), points(y));
        }
    }
    if closed {
        path.close();
    }
    path.finish()
}

/// A rectangle whose corners are quarter circles, drawn as cubic curves.
fn rounded(area: Area, radius: f32) -> Option<Path> {
    /// How far the control points of a quarter circle lie from its ends, in radii.
    const QUARTER: f32 = 0.552_285;
    let (left, top) = (points(area.left), points(area.top));
    let (right, bottom) = (points(area.right()), points(area.bottom()));
    let radius = points(radius);
    let control = radius * (1.0 - QUARTER);
    let mut path = PathBuilder::new();
    path.move_to(left + radius, top);
    path.line_to(right - radius, top);
    path.cubic_to(
        right - control,
        top,
        right,
        top + control,
        right,
        top + radius,
    );
    path.line_to(right, bottom - radius);
    path.cubic_to(
        right,
        bottom - control,
        right - control,
        bottom,
        right - radius,
        bottom,
    );
    path.line_to(left + radius, bottom);
    path.cubic_to(
        left + control,
        bottom,
        left,
        bottom - control,
        left,
        bottom - radius,
    );
    path.line_to(left, top + radius);
    path.cubic_to(left, top + control, left + control, top, left + radius, top);
    path.close();
    path.finish()
}

fn bounds(page: usize, area: Area) -> Option<BBox> {
    let rectangle = Rect::from_xywh(
        points(area.left),
        points(area.top),
        points(area.width),
        points(area.height),
    )?;
    Some(BBox::new(page, rectangle))
}

fn fill(colour: Colour) -> Fill {
    Fill {
        paint: paint(colour).into(),
        opacity: NormalizedF32::ONE,
        rule: FillRule::NonZero,
    }
}

fn paint(colour: Colour) -> rgb::Color {
    rgb::Color::new(colour.0, colour.1, colour.2)
}

fn points(millimetres: f32) -> f32 {
    millimetres / POINT_MM
}
