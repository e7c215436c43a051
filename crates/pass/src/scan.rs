//! Reading whatever a camera, a USB scanner or a keyboard hands in, once and for all.
//!
//! Scanners add line ends and sometimes a symbology identifier (`]Q1`, ISO/IEC 15424); people type
//! codes with spaces, dashes and small letters, or a whole address. All of that is taken here, and
//! what comes out is one of a few typed things. An address is recognised by its path, whatever its
//! host: a poster keeps working after the server has moved, and a code of a foreign server is simply
//! not known here.

use std::fmt;

use thiserror::Error;

use crate::credential::{Card, FormError, Kind, Pass, Unverified};
use crate::crockford::{TYPED_CHARACTERS, TypedCodeError, is_separator};
use crate::gate_code::{GateCode, ScreenCode};

/// The longest text that is looked at, in bytes. A QR code holds at most 2,953.
pub const SCAN_BYTES_MAX: usize = 4_096;

/// What was scanned or typed.
#[derive(Debug)]
pub enum Scanned {
    /// A gate's code from a poster, or from a screen with the minute's code.
    Gate(GateCode, Option<ScreenCode>),
    /// A visitor's pass, not proven yet.
    Pass(Unverified<Pass>),
    /// A printed card, not proven yet.
    Card(Unverified<Card>),
    /// A health certificate, recognised by its beginning and otherwise unread.
    Certificate(HealthCertificateText),
}

/// Which family of health certificates a text says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateFormat {
    /// The European form, which Indonesia's own followed: `HC1:` and Base45.
    Hc1,
    /// A SMART Health Card: `shc:/` and figures.
    SmartHealthCard,
}

/// The text of a health certificate. It holds a name, so it is never written into logs.
#[derive(Clone, PartialEq, Eq)]
pub struct HealthCertificateText {
    format: CertificateFormat,
    text: String,
}

impl HealthCertificateText {
    /// Which family it says it belongs to.
    pub const fn format(&self) -> CertificateFormat {
        self.format
    }

    /// The whole text, prefix included.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for HealthCertificateText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "HealthCertificateText({:?}, …)", self.format)
    }
}

/// Why a text was not read. At the door this is not a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ScanError {
    /// Nothing but spaces.
    #[error("nothing was read")]
    Empty,
    /// Longer than any code.
    #[error("the text is longer than any code")]
    TooLong,
    /// No code that is known here.
    #[error("this is not a code of a gate, a pass, a card or a certificate")]
    Unknown,
    /// It looks like a gate's code, but was misread or mistyped.
    #[error("the gate's code was not read: {0}")]
    Gate(TypedCodeError),
    /// The gate's code is right, but not the minute's code behind it.
    #[error("the code from the gate's screen was not read: {0}")]
    Screen(TypedCodeError),
    /// It begins like a pass, but is damaged.
    #[error("the pass was not read: {0}")]
    Pass(FormError),
    /// It begins like a card, but is damaged.
    #[error("the card was not read: {0}")]
    Card(FormError),
}

/// Reads a text that came from outside.
pub fn scan(text: &str) -> Result<Scanned, ScanError> {
    if text.len() > SCAN_BYTES_MAX {
        return Err(ScanError::TooLong);
    }
    let text = without_symbology(text.trim_matches(is_padding)).trim_matches(is_padding);
    if text.is_empty() {
        return Err(ScanError::Empty);
    }
    if begins_with(text, Kind::Pass.prefix()) {
        return Unverified::parse(text)
            .map(Scanned::Pass)
            .map_err(ScanError::Pass);
    }
    if begins_with(text, Kind::Card.prefix()) {
        return Unverified::parse(text)
            .map(Scanned::Card)
            .map_err(ScanError::Card);
    }
    if let Some(format) = certificate_format(text) {
        let text = text.to_owned();
        return Ok(Scanned::Certificate(HealthCertificateText { format, text }));
    }
    if text.contains('/') {
        return gate_address(text);
    }
    typed_gate(text)
}

fn certificate_format(text: &str) -> Option<CertificateFormat> {
    if text.starts_with("HC1:") {
        Some(CertificateFormat::Hc1)
    } else if begins_with(text, "shc:/") {
        Some(CertificateFormat::SmartHealthCard)
    } else {
        None
    }
}

/// Finds `…/d/CODE` or `…/d/CODE/SCREEN` at the end of an address's path.
fn gate_address(address: &str) -> Result<Scanned, ScanError> {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let mut parts = path.trim_end_matches('/').rsplit('/');
    let (last, before, third) = (parts.next(), parts.next(), parts.next());
    let (gate, screen) = match (third, before, last) {
        (_, Some("d"), Some(gate)) => (gate, None),
        (Some("d"), Some(gate), Some(screen)) => (gate, Some(screen)),
        _ => return Err(ScanError::Unknown),
    };
    let gate = GateCode::parse(gate).map_err(ScanError::Gate)?;
    let screen = screen
        .map(ScreenCode::parse)
        .transpose()
        .map_err(ScanError::Screen)?;
    Ok(Scanned::Gate(gate, screen))
}

/// Reads a typed code, and tells a mistyped one from something else altogether.
fn typed_gate(text: &str) -> Result<Scanned, ScanError> {
    GateCode::parse(text)
        .map(|gate| Scanned::Gate(gate, None))
        .map_err(|error| {
            let characters = || text.chars().filter(|&character| !is_separator(character));
            let nearly_eight = characters().count().abs_diff(TYPED_CHARACTERS) <= 1;
            if nearly_eight && characters().all(|character| character.is_ascii_alphanumeric()) {
                ScanError::Gate(error)
            } else {
                ScanError::Unknown
            }
        })
}

/// Removes `]Q1` and its like, which some scanners put before what they read.
fn without_symbology(text: &str) -> &str {
    match text.as_bytes() {
        [b']', kind, modifier, ..]
            if kind.is_ascii_alphabetic() && modifier.is_ascii_alphanumeric() =>
        {
            &text[3..]
        }
        _ => text,
    }
}

/// White space, control characters and the byte order mark around a code.
fn is_padding(character: char) -> bool {
    character.is_whitespace() || character.is_control() || character == '\u{feff}'
}

fn begins_with(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len())
        .is_some_and(|beginning| beginning.eq_ignore_ascii_case(prefix))
}
