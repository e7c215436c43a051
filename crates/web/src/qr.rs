//! QR codes as one path that a page draws at any size: neighbouring dark modules of a row become one bar.

use std::fmt::Write as _;

use fast_qr::{ECL, QRBuilder};

/// The light border that a QR code needs on each side, in modules (ISO/IEC 18004, 6.3.8).
const QUIET: usize = 4;

/// A QR code as a path over a square of modules, quiet border included. On `viewBox="0 0 modules modules"` it is dark
/// on white, by day and by night.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Modules a side.
    pub modules: usize,
    /// The path's `d`.
    pub path: String,
}

/// The QR code of a text, as small as error level M allows; `None` for a text that is too long for any.
#[must_use]
pub fn picture(text: &str) -> Option<Picture> {
    let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
    let mut path = String::with_capacity(code.size * code.size * 4);
    for row in 0..code.size {
        let mut column = 0;
        for run in code[row].chunk_by(|one, next| one.value() == next.value()) {
            if run[0].value() {
                let (x, y, length) = (column + QUIET, row + QUIET, run.len());
                // Writing to a string cannot fail.
                let _ = write!(path, "M{x} {y}h{length}v1h-{length}z");
            }
            column += run.len();
        }
    }
    Some(Picture {
        modules: code.size + 2 * QUIET,
        path,
    })
}

#[cfg(test)]
mod tests {
    use super::{QUIET, picture};

    #[test]
    fn the_corner_of_a_code_is_a_frame_of_seven_modules() {
        let code = picture("https://gapura.example/d/7K3MQ2XA/9DT04MZB").unwrap();
        assert_eq!(code.modules, 29 + 2 * QUIET);
        assert!(code.path.starts_with("M4 4h7v1h-7z"));
        assert!(code.path.len() < 6000);
    }

    #[test]
    fn what_fits_no_code_has_no_picture() {
        assert_eq!(picture(&"x".repeat(5000)), None);
    }
}
