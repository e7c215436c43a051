//! QR codes as bars: neighbouring dark modules of a row become one rectangle.

use fast_qr::{ECL, QRBuilder, Version};

use crate::PosterError;

/// The light border that a QR code needs on each side, in modules (ISO/IEC 18004, 6.3.8).
pub const QUIET_MODULES: u8 = 4;

/// A QR code, ready to be drawn at any size.
#[derive(Clone, Debug)]
pub(crate) struct Square {
    modules: u8,
    bars: Vec<Bar>,
}

/// A run of dark modules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bar {
    pub(crate) row: u8,
    pub(crate) from: u8,
    pub(crate) length: u8,
}

impl Square {
    /// A poster's code: error level Q, and of version 3 to 5, so that no door's code looks much
    /// coarser or finer than its neighbour's.
    pub(crate) fn for_poster(text: &str) -> Result<Self, PosterError> {
        [Version::V03, Version::V04, Version::V05]
            .into_iter()
            .find_map(|version| Self::new(text, ECL::Q, Some(version)))
            .ok_or(PosterError::AddressTooLong)
    }

    /// A card's code: error level M, as small as it can be.
    pub(crate) fn for_card(text: &str) -> Result<Self, PosterError> {
        Self::new(text, ECL::M, None).ok_or(PosterError::CodeTooLong)
    }

    fn new(text: &str, level: ECL, version: Option<Version>) -> Option<Self> {
        let mut builder = QRBuilder::new(text);
        builder.ecl(level);
        if let Some(version) = version {
            builder.version(version);
        }
        let code = builder.build().ok()?;
        let modules = u8::try_from(code.size).ok()?;
        let bars = (0..modules)
            .flat_map(|row| {
                let dark: Vec<bool> = code[usize::from(row)]
                    .iter()
                    .map(|module| module.value())
                    .collect();
                bars_of(row, &dark)
            })
            .collect();
        Some(Self { modules, bars })
    }

    /// How many modules a side has, without the quiet border.
    pub(crate) const fn modules(&self) -> u8 {
        self.modules
    }

    pub(crate) fn bars(&self) -> &[Bar] {
        &self.bars
    }

    /// How wide one module is in a square of this side, and how wide the quiet border must be.
    pub(crate) fn quiet_mm(&self, side_mm: f32) -> f32 {
        side_mm / f32::from(self.modules) * f32::from(QUIET_MODULES)
    }
}

fn bars_of(row: u8, dark: &[bool]) -> Vec<Bar> {
    let mut bars = Vec::new();
    let mut column = 0_u8;
    for run in dark.chunk_by(|one, next| one == next) {
        let length = u8::try_from(run.len()).unwrap_or(u8::MAX);
        if run[0] {
            bars.push(Bar {
                row,
                from: column,
                length,
            });
        }
        column = column.saturating_add(length);
    }
    bars
}

#[cfg(test)]
mod tests {
    use super::*;

    fn modules(bytes: usize) -> Option<u8> {
        Square::for_poster(&"a".repeat(bytes))
            .ok()
            .map(|square| square.modules())
    }

    #[test]
    fn a_posters_code_has_at_most_thirty_seven_modules_a_side() {
        assert_eq!(modules(10), Some(29));
        assert_eq!(modules(32), Some(29));
        assert_eq!(modules(33), Some(33));
        assert_eq!(modules(60), Some(37));
        assert_eq!(modules(61), None);
    }

    #[test]
    fn a_cards_code_of_152_characters_has_forty_one_modules_a_side() {
        let square = Square::for_card(&format!("GK1:{}", "A2".repeat(74)));
        assert_eq!(square.ok().map(|square| square.modules()), Some(41));
    }

    #[test]
    fn the_bars_of_a_square_are_its_dark_modules() {
        let text = "https://gapura.example/d/7AVM2QPX";
        let square = Square::for_poster(text).expect("the address is short");
        let code = QRBuilder::new(text)
            .ecl(ECL::Q)
            .build()
            .expect("the address is short");
        let mut drawn = vec![false; code.size * code.size];
        for bar in square.bars() {
            for column in bar.from..bar.from + bar.length {
                drawn[usize::from(bar.row) * code.size + usize::from(column)] = true;
            }
        }
        let dark: Vec<bool> = code.data[..drawn.len()]
            .iter()
            .map(|module| module.value())
            .collect();
        assert_eq!(drawn, dark);
    }

    #[test]
    fn bars_cover_the_dark_modules_and_nothing_else() {
        let bars = bars_of(3, &[true, true, false, false, true]);
        let bar = |from, length| Bar {
            row: 3,
            from,
            length,
        };
        assert_eq!(bars, [bar(0, 2), bar(4, 1)]);
    }
}
