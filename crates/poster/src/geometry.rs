//! Places and sizes on paper, in millimetres from the top left corner.

/// One typographic point in millimetres.
pub(crate) const POINT_MM: f32 = 25.4 / 72.0;

/// The width of A4 in millimetres.
pub const A4_WIDTH_MM: f32 = 210.0;

/// The height of A4 in millimetres.
pub const A4_HEIGHT_MM: f32 = 297.0;

/// A rectangle on paper, in millimetres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    /// From the left edge of the page.
    pub left: f32,
    /// From the top edge of the page.
    pub top: f32,
    /// To the right.
    pub width: f32,
    /// Downwards.
    pub height: f32,
}

impl Area {
    /// A whole page of A4.
    pub const A4: Self = Self::new(0.0, 0.0, A4_WIDTH_MM, A4_HEIGHT_MM);

    /// A rectangle by its corner and its size.
    pub const fn new(left: f32, top: f32, width: f32, height: f32) -> Self {
        Self {
            left,
            top,
            width,
            height,
        }
    }

    /// The right edge.
    pub const fn right(&self) -> f32 {
        self.left + self.width
    }

    /// The lower edge.
    pub const fn bottom(&self) -> f32 {
        self.top + self.height
    }

    /// The middle between left and right.
    pub const fn centre_x(&self) -> f32 {
        self.left + self.width / 2.0
    }

    /// The middle between top and bottom.
    pub const fn centre_y(&self) -> f32 {
        self.top + self.height / 2.0
    }

    /// The rectangle with `by` millimetres more (or, if negative, less) on each side.
    #[must_use]
    pub const fn grown(&self, by: f32) -> Self {
        Self::new(
            self.left - by,
            self.top - by,
            self.width + 2.0 * by,
            self.height + 2.0 * by,
        )
    }

    /// Whether the two share more than a hair (a hundredth of a millimetre).
    pub fn overlaps(&self, other: &Self) -> bool {
        const HAIR: f32 = 0.01;
        self.left + HAIR < other.right()
            && other.left + HAIR < self.right()
            && self.top + HAIR < other.bottom()
            && other.top + HAIR < self.bottom()
    }

    /// Whether the other lies within this one.
    pub fn contains(&self, other: &Self) -> bool {
        const HAIR: f32 = 0.01;
        self.left <= other.left + HAIR
            && self.top <= other.top + HAIR
            && other.right() <= self.right() + HAIR
            && other.bottom() <= self.bottom() + HAIR
    }
}
