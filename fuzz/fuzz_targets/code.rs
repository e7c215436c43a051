//! Whatever is scanned or typed: nothing falls over, and what was read can be written and read again.

#![no_main]

use gapura_pass::{Scanned, scan};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let again = match scan(text) {
        Ok(Scanned::Gate(gate, Some(screen))) => gate.screen_url("https://gapura.example", screen),
        Ok(Scanned::Gate(gate, None)) => gate.url("https://gapura.example"),
        Ok(Scanned::Pass(pass)) => pass.text(),
        Ok(Scanned::Card(card)) => card.text(),
        Ok(Scanned::Certificate(certificate)) => certificate.as_str().to_owned(),
        Err(_) => return,
    };
    assert!(scan(&again).is_ok(), "{again:?} came from {text:?}");
});
