//! Whatever is held before a camera or typed is read, or politely not read; nothing falls over.

use std::fs;
use std::path::Path;

use gapura_pass::{
    CertificateFormat, FormError, GateCode, GateKey, SCAN_BYTES_MAX, ScanError, Scanned,
    TypedCodeError, scan,
};
use proptest::prelude::*;

const PUBLIC_URL: &str = "https://gapura.example";

fn gate() -> GateCode {
    GateCode::from_random([0x3a, 0xb7, 0x41, 0x5e, 0xd0])
}

fn scanned_gate(text: &str) -> (GateCode, Option<String>) {
    match scan(text) {
        Ok(Scanned::Gate(gate, screen)) => (gate, screen.map(|code| code.to_string())),
        other => panic!("{text:?} was read as {other:?}"),
    }
}

#[test]
fn a_poster_is_read_however_it_comes() {
    let url = gate().url(PUBLIC_URL);
    for text in [
        url.clone(),
        format!("{url}\r\n"),
        format!("\u{feff}]Q1{url}"),
        format!("{url}/"),
        format!("{url}?ref=x/y#z"),
        format!("http://10.0.0.7:8700/kota/d/{}", gate()),
        format!("gapura.example/d/{}", gate().grouped().to_lowercase()),
        gate().grouped(),
        " 7 a v m - 2 q p x ".to_owned(),
    ] {
        assert_eq!(scanned_gate(&text), (gate(), None), "{text:?}");
    }
}

#[test]
fn a_screen_is_read_with_its_minute() {
    let screen = GateKey::new(&[1; 32]).screen_code(gate(), 77);
    let url = gate().screen_url(PUBLIC_URL, screen);
    assert_eq!(scanned_gate(&url), (gate(), Some(screen.to_string())));
}

#[test]
fn a_mistyped_code_is_told_from_something_else() {
    let error = |text: &str| scan(text).err();
    assert_eq!(
        error("7AVM-2QPY"),
        Some(ScanError::Gate(TypedCodeError::Check))
    );
    assert_eq!(
        error("7AVM-2QP"),
        Some(ScanError::Gate(TypedCodeError::Length))
    );
    assert_eq!(
        error("7AVM-2QPU"),
        Some(ScanError::Gate(TypedCodeError::Character))
    );
    assert_eq!(
        error("https://gapura.example/d/7AVM2QPY"),
        Some(ScanError::Gate(TypedCodeError::Check))
    );
    assert_eq!(
        error("https://gapura.example/d/7AVM2QPX/12345"),
        Some(ScanError::Screen(TypedCodeError::Length))
    );
    for text in [
        "https://example.com/",
        "WIFI:S:kafe;;",
        "8991234567890",
        "://",
        "/d/",
        "d",
    ] {
        let error = error(text);
        assert!(
            matches!(error, Some(ScanError::Unknown | ScanError::Gate(_))),
            "{text:?} gave {error:?}"
        );
    }
    assert_eq!(error("https://example.com/"), Some(ScanError::Unknown));
    assert_eq!(error(" \r\n"), Some(ScanError::Empty));
    assert_eq!(
        error(&"A".repeat(SCAN_BYTES_MAX + 1)),
        Some(ScanError::TooLong)
    );
}

#[test]
fn health_certificates_are_recognised_and_kept_out_of_logs() {
    for (text, format) in [
        ("HC1:6BFOXN%TSMAHN", CertificateFormat::Hc1),
        (
            "shc:/56762909524320603460",
            CertificateFormat::SmartHealthCard,
        ),
    ] {
        match scan(text) {
            Ok(Scanned::Certificate(certificate)) => {
                assert_eq!(certificate.format(), format);
                assert_eq!(certificate.as_str(), text);
                assert!(!format!("{certificate:?}").contains(&text[5..]));
            }
            other => panic!("{text:?} was read as {other:?}"),
        }
    }
}

#[test]
fn damaged_passes_and_cards_say_which_they_are() {
    assert_eq!(
        scan("GP1:ABC").err(),
        Some(ScanError::Pass(FormError::Length))
    );
    assert_eq!(
        scan(&format!("GK1:{}", "1".repeat(148))).err(),
        Some(ScanError::Card(FormError::Character))
    );
}

#[test]
fn every_seed_of_the_fuzzer_is_read_without_falling_over() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/code");
    let mut seeds_count = 0;
    for entry in fs::read_dir(folder).expect("the corpus stands in fuzz/corpus/code") {
        let bytes =
            fs::read(entry.expect("the folder can be listed").path()).expect("a seed can be read");
        read_as_the_fuzzer_does(&bytes);
        seeds_count += 1;
    }
    assert!(seeds_count >= 10, "only {seeds_count} seeds");
}

/// What was read can be written and is read again as the same.
fn read_as_the_fuzzer_does(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let again = match scan(text) {
        Ok(Scanned::Gate(gate, Some(screen))) => gate.screen_url(PUBLIC_URL, screen),
        Ok(Scanned::Gate(gate, None)) => gate.url(PUBLIC_URL),
        Ok(Scanned::Pass(pass)) => pass.text(),
        Ok(Scanned::Card(card)) => card.text(),
        Ok(Scanned::Certificate(certificate)) => certificate.as_str().to_owned(),
        Err(_) => return,
    };
    assert!(scan(&again).is_ok(), "{again:?} came from {text:?}");
}

proptest! {
    #[test]
    fn arbitrary_text_never_falls_over(text: String) {
        read_as_the_fuzzer_does(text.as_bytes());
    }

    #[test]
    fn text_that_looks_like_a_code_never_falls_over(text in r"(\]Q1)?(GP1:|gk1:|HC1:|shc:/|https?://|/d/)?[A-Za-z0-9/?#: é-]{0,170}") {
        read_as_the_fuzzer_does(text.as_bytes());
    }

    #[test]
    fn every_address_of_a_gate_reads_as_that_gate(bytes: [u8; 5], host in "[a-z]{1,20}(\\.[a-z]{2,5})?(/[a-z]{1,5}){0,2}/?") {
        let gate = GateCode::from_random(bytes);
        prop_assert_eq!(scanned_gate(&gate.url(&format!("https://{host}"))), (gate, None));
    }
}
