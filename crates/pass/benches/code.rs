//! What a code costs: read, proven for the first time, and proven before.

use divan::{Bencher, black_box};
use gapura_pass::{
    Card, GateCode, GateKey, KeyRing, Scanned, SigningKey, Unverified, VerifiedCache, scan,
};

const NOW: i64 = 1_760_000_000;

fn main() {
    divan::main();
}

fn ring() -> KeyRing {
    KeyRing::new(SigningKey::from_secret(&[1; 32]).expect("any secret makes a key"))
}

fn card_text(ring: &KeyRing, serial: u64) -> String {
    ring.issuer()
        .issue_card(&Card {
            person: serial,
            serial,
            issued_at: NOW,
            expires_at: NOW + 86_400,
        })
        .expect("the card is in order")
}

fn card(text: &str) -> Unverified<Card> {
    Unverified::parse(text).expect("an issued card reads")
}

#[divan::bench]
fn scan_a_poster(bencher: Bencher) {
    let url = GateCode::from_random([1, 2, 3, 4, 5]).url("https://gapura.example");
    bencher.bench(|| scan(black_box(&url)).is_ok());
}

#[divan::bench]
fn scan_a_card(bencher: Bencher) {
    let text = card_text(&ring(), 1);
    bencher.bench(|| scan(black_box(&text)).is_ok());
}

#[divan::bench]
fn issue_a_card(bencher: Bencher) {
    let ring = ring();
    bencher.bench(|| card_text(black_box(&ring), 1));
}

#[divan::bench]
fn verify_for_the_first_time(bencher: Bencher) {
    let ring = ring();
    let (verifier, code) = (ring.verifier(), card(&card_text(&ring, 1)));
    bencher.bench(|| verifier.verify(black_box(&code), NOW).is_ok());
}

#[divan::bench]
fn look_up_what_was_verified_before(bencher: Bencher) {
    let (ring, cache) = (ring(), VerifiedCache::new(20_000));
    let codes: Vec<_> = (0..5_000)
        .map(|serial| card(&card_text(&ring, serial)))
        .collect();
    for code in &codes {
        assert!(cache.verify(&ring.verifier(), code, NOW).is_ok());
    }
    let mut next = codes.iter().cycle();
    bencher.bench_local(|| {
        next.next()
            .and_then(|code| cache.lookup(black_box(code), NOW))
    });
}

#[divan::bench]
fn scan_and_look_up_what_was_verified_before(bencher: Bencher) {
    let (ring, cache) = (ring(), VerifiedCache::new(1_000));
    let text = card_text(&ring, 1);
    assert!(cache.verify(&ring.verifier(), &card(&text), NOW).is_ok());
    bencher.bench(|| match scan(black_box(&text)) {
        Ok(Scanned::Card(code)) => cache.lookup(&code, NOW),
        Ok(Scanned::Gate(..) | Scanned::Pass(_) | Scanned::Certificate(_)) | Err(_) => None,
    });
}

#[divan::bench]
fn accept_a_screen_code(bencher: Bencher) {
    let key = GateKey::new(&[1; 32]);
    let gate = GateCode::from_random([1, 2, 3, 4, 5]);
    let shown = key.screen_code(gate, 100);
    bencher.bench(|| key.accepts_screen_code(black_box(gate), shown, 6_000));
}

#[divan::bench]
fn say_the_word_of_a_minute(bencher: Bencher) {
    let key = GateKey::new(&[1; 32]);
    bencher.bench(|| key.minute_word(black_box(7), 100));
}
