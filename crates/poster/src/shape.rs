//! Signs and pictograms, drawn from a few points.

use crate::geometry::Area;

/// A colour on paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Colour(pub(crate) u8, pub(crate) u8, pub(crate) u8);

/// Black, because a printer that has only black prints every other ink as a raster.
pub(crate) const INK: Colour = Colour(0, 0, 0);
/// Text of second rank.
pub(crate) const MUTED: Colour = Colour(0x55, 0x5b, 0x57);
/// Thin lines.
pub(crate) const LINE: Colour = Colour(0xb9, 0xbc, 0xb7);
/// The sign, and the door's name.
pub(crate) const BRICK: Colour = Colour(0x8a, 0x32, 0x20);

/// A point in millimetres.
pub(crate) type Point = (f32, f32);

/// One figure and how it is painted.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    pub(crate) outline: Outline,
    pub(crate) paint: Paint,
}

/// The form of a figure.
#[derive(Clone, Debug)]
pub(crate) enum Outline {
    /// Straight lines through points; a filled one is closed.
    Points(Vec<Point>),
    /// A rectangle with round corners.
    Round {
        /// Its bounds.
        area: Area,
        /// Of its corners, in millimetres.
        radius: f32,
    },
}

/// Filled, or drawn as a line of a width in millimetres.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Paint {
    Fill(Colour),
    Stroke(Colour, f32),
}

/// The sign of Gapura: two mirrored stairs of four steps, and the open way between them.
///
/// On a grid of 42 by 40 units: steps 4.5 wide and 10 high, the way 6 wide.
pub(crate) fn sign(area: Area) -> Vec<Shape> {
    const STAIR: [Point; 10] = [
        (18.0, 0.0),
        (18.0, 40.0),
        (0.0, 40.0),
        (0.0, 30.0),
        (4.5, 30.0),
        (4.5, 20.0),
        (9.0, 20.0),
        (9.0, 10.0),
        (13.5, 10.0),
        (13.5, 0.0),
    ];
    let unit = (area.width / SIGN_WIDTH).min(area.height / SIGN_HEIGHT);
    let place = |x: f32, y: f32| (area.left + x * unit, area.top + y * unit);
    let left = STAIR.map(|(x, y)| place(x, y));
    let right = STAIR.map(|(x, y)| place(SIGN_WIDTH - x, y));
    [left, right]
        .into_iter()
        .map(|points| filled(points.to_vec(), BRICK))
        .collect()
}

const SIGN_WIDTH: f32 = 42.0;
const SIGN_HEIGHT: f32 = 40.0;

/// The bounds of a sign of this height.
pub(crate) fn sign_area(left: f32, top: f32, height: f32) -> Area {
    Area::new(left, top, height * SIGN_WIDTH / SIGN_HEIGHT, height)
}

/// A phone whose camera looks at a code: a body, the corners of its viewfinder, a small code.
pub(crate) fn phone(area: Area) -> Vec<Shape> {
    let unit = area.width / 24.0;
    let weight = 1.5 * unit;
    let body = area.grown(-weight / 2.0);
    let mut shapes = vec![
        Shape {
            outline: Outline::Round {
                area: body,
                radius: 3.4 * unit,
            },
            paint: Paint::Stroke(INK, weight),
        },
        line(
            vec![
                (area.centre_x() - 2.6 * unit, area.top + 3.6 * unit),
                (area.centre_x() + 2.6 * unit, area.top + 3.6 * unit),
            ],
            INK,
            1.1 * unit,
        ),
    ];
    let finder = Area::new(
        area.centre_x() - 7.0 * unit,
        area.centre_y() - 7.0 * unit,
        14.0 * unit,
        14.0 * unit,
    );
    shapes.extend(viewfinder(finder, 4.0 * unit, 1.3 * unit));
    shapes.extend(small_code(finder.grown(-3.0 * unit)));
    shapes
}

/// Four corners around what the camera looks at.
fn viewfinder(area: Area, arm: f32, weight: f32) -> Vec<Shape> {
    let corners = [
        (area.left, area.top, 1.0, 1.0),
        (area.right(), area.top, -1.0, 1.0),
        (area.left, area.bottom(), 1.0, -1.0),
        (area.right(), area.bottom(), -1.0, -1.0),
    ];
    corners
        .into_iter()
        .map(|(x, y, right, down)| {
            let points = vec![(x + arm * right, y), (x, y), (x, y + arm * down)];
            line(points, BRICK, weight)
        })
        .collect()
}

/// What a QR code looks like from afar: three squares in its corners, a crumb in the fourth.
fn small_code(area: Area) -> Vec<Shape> {
    let unit = area.width / 8.0;
    let square = |x: f32, y: f32, side: f32| {
        let (left, top) = (area.left + x * unit, area.top + y * unit);
        let (right, bottom) = (left + side * unit, top + side * unit);
        filled(
            vec![(left, top), (right, top), (right, bottom), (left, bottom)],
            INK,
        )
    };
    vec![
        square(0.0, 0.0, 3.2),
        square(4.8, 0.0, 3.2),
        square(0.0, 4.8, 3.2),
        square(4.8, 4.8, 1.4),
        square(6.6, 6.6, 1.4),
    ]
}

/// A triangle at a page's edge that points at the height of a code's centre.
pub(crate) fn height_mark(area: Area) -> Vec<Shape> {
    vec![filled(
        vec![
            (area.left, area.centre_y()),
            (area.right(), area.top),
            (area.right(), area.bottom()),
        ],
        BRICK,
    )]
}

/// A hairline from one point to another.
pub(crate) fn rule(from: Point, to: Point) -> Vec<Shape> {
    vec![line(vec![from, to], LINE, 0.25)]
}

fn line(points: Vec<Point>, colour: Colour, weight: f32) -> Shape {
    Shape {
        outline: Outline::Points(points),
        paint: Paint::Stroke(colour, weight),
    }
}

fn filled(points: Vec<Point>, colour: Colour) -> Shape {
    Shape {
        outline: Outline::Points(points),
        paint: Paint::Fill(colour),
    }
}
