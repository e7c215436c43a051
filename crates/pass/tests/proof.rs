//! What the server signed is proven; everything else, down to one character, is refused.

use std::collections::HashSet;

use gapura_pass::{
    CODE_CHARACTERS, Card, IssueError, KeyRing, KeyRingError, Kind, Pass, ScanError, Scanned,
    SigningKey, Unverified, Verified, VerifyError, scan,
};
use proptest::prelude::*;

const NOW: i64 = 1_760_000_000;
const ALPHANUMERIC: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

fn key(secret: u8) -> SigningKey {
    SigningKey::from_secret(&[secret; 32]).expect("any secret makes a key")
}

fn ring() -> KeyRing {
    KeyRing::new(key(1))
}

fn pass(person: u64, version: u32) -> Pass {
    Pass {
        person,
        version,
        issued_at: NOW,
        expires_at: NOW + 120,
    }
}

fn card(person: u64, serial: u64) -> Card {
    Card {
        person,
        serial,
        issued_at: NOW,
        expires_at: NOW + 5 * 365 * 86_400,
    }
}

fn issued_pass(ring: &KeyRing) -> String {
    ring.issuer().issue_pass(&pass(7, 1)).expect("in order")
}

fn issued_card(ring: &KeyRing) -> String {
    ring.issuer().issue_card(&card(7, 1)).expect("in order")
}

fn proven(ring: &KeyRing, text: &str, now: i64) -> Result<Verified, VerifyError> {
    match scan(text).expect("the text has the form of a code") {
        Scanned::Pass(code) => ring.verifier().verify(&code, now),
        Scanned::Card(code) => ring.verifier().verify(&code, now),
        other => panic!("{other:?} is neither pass nor card"),
    }
}

#[test]
fn the_layout_never_changes() {
    // Computed by another program from the description of the layout. Cards lie in purses for
    // years: if these texts change, all of them stop working.
    assert_eq!(
        issued_pass(&ring()),
        concat!(
            "GP1:MAAFCJDI454AA2HHPB4PO4XNT5BC7PUJRUHUSM2RDTYHSOJOTPJQBY32OZ7O5TCGJIJTHLLQ",
            "T5SUOUSMJPOK2M4LCS7YF5SSVC6A5XILSHAL7C5Y64YLLIHJCDYM6X43QDOB6EWZE624KFT42ACA",
        )
    );
    assert_eq!(
        issued_card(&ring()),
        concat!(
            "GK1:MAAFCJDI454AA4SNPGAD5D7MHZRHTAO6PAZ37IEX6Z2KI5XYNQ7UU5XRDJLOWWGOQRULLEPI",
            "IYZ2XSPKHS3EROHGCE6Z3NTAHCPFKGRGVIWFKYN5C3PI4S6HAWM6625EWSXH6GX3EHNFTSNLKQHA",
        )
    );
}

#[test]
fn codes_are_short_and_fit_the_alphanumeric_mode_of_a_qr() {
    for text in [issued_pass(&ring()), issued_card(&ring())] {
        assert_eq!(text.len(), CODE_CHARACTERS);
        assert!(
            text.chars()
                .all(|character| ALPHANUMERIC.contains(character))
        );
    }
}

#[test]
fn a_pass_holds_from_its_issue_until_its_end() {
    let text = issued_pass(&ring());
    for (now, outcome) in [
        (NOW - 31, Err(VerifyError::NotYetValid)),
        (NOW - 30, Ok(7)),
        (NOW, Ok(7)),
        (NOW + 119, Ok(7)),
        (NOW + 120, Err(VerifyError::Expired)),
        (i64::MAX, Err(VerifyError::Expired)),
        (i64::MIN, Err(VerifyError::NotYetValid)),
    ] {
        assert_eq!(
            proven(&ring(), &text, now).map(|verified| verified.person()),
            outcome,
            "at {now}"
        );
    }
}

#[test]
fn a_card_signed_by_another_key_is_refused() {
    let foreign = issued_card(&KeyRing::new(key(2)));
    assert_eq!(proven(&ring(), &foreign, NOW), Err(VerifyError::UnknownKey));
}

#[test]
fn a_card_that_borrows_the_name_of_our_key_is_refused() {
    let ours = Unverified::<Card>::parse(&issued_card(&ring())).expect("a card");
    let foreign = Unverified::<Card>::parse(&issued_card(&KeyRing::new(key(2)))).expect("a card");
    let mut bytes = *foreign.as_bytes();
    bytes[..4].copy_from_slice(ours.key_id().as_bytes());
    let forged = Unverified::<Card>::from_bytes(bytes).text();
    assert_eq!(
        proven(&ring(), &forged, NOW),
        Err(VerifyError::BadSignature)
    );
}

#[test]
fn a_pass_cannot_be_shown_as_a_card() {
    let disguised = issued_pass(&ring()).replace("GP1:", "GK1:");
    assert_eq!(
        proven(&ring(), &disguised, NOW),
        Err(VerifyError::BadSignature)
    );
}

#[test]
fn older_keys_prove_until_they_are_no_longer_trusted() {
    let old = issued_card(&ring());
    let rotated = ring().rotate(key(2), NOW + 1_000).expect("another key");
    let new = issued_card(&rotated);
    assert_eq!(rotated.issuer().key_id(), key(2).id());
    assert!(proven(&rotated, &old, NOW + 1_000).is_ok());
    assert_eq!(
        proven(&rotated, &old, NOW + 1_001),
        Err(VerifyError::KeyRetired)
    );
    assert!(proven(&rotated, &new, NOW + 1_001).is_ok());
}

#[test]
fn a_key_stands_in_the_ring_once() {
    let twice = KeyRingError::Twice(key(1).id());
    assert_eq!(ring().with_retired(&key(1), NOW).err(), Some(twice));
    assert_eq!(ring().rotate(key(1), NOW).err(), Some(twice));
}

#[test]
fn a_retired_key_read_from_configuration_proves_as_a_rotated_one_does() {
    let old = issued_card(&ring());
    let configured = KeyRing::new(key(2))
        .with_retired(&key(1), NOW + 10)
        .expect("another key");
    assert!(proven(&configured, &old, NOW).is_ok());
}

#[test]
fn wrong_times_are_not_signed() {
    let issuer = ring().issuer();
    let card = |issued_at, expires_at| {
        issuer.issue_card(&Card {
            person: 1,
            serial: 1,
            issued_at,
            expires_at,
        })
    };
    assert_eq!(card(-1, 10), Err(IssueError::TimeOutOfRange));
    assert_eq!(card(10, 1 << 32), Err(IssueError::TimeOutOfRange));
    assert_eq!(card(10, 10), Err(IssueError::Lifetime));
    assert_eq!(card(0, 21 * 366 * 86_400), Err(IssueError::Lifetime));
    let pass = Pass {
        person: 1,
        version: 1,
        issued_at: 0,
        expires_at: 86_401,
    };
    assert_eq!(issuer.issue_pass(&pass), Err(IssueError::Lifetime));
}

#[test]
fn a_photographed_card_tells_nothing_and_links_nothing() {
    // Two cards of one person, and cards of neighbouring persons, share no byte of the sealed block
    // more often than chance lets them: all blocks differ, in most of their bytes.
    let mut blocks = HashSet::new();
    for person in 0..50 {
        for serial in 0..2 {
            let text = ring()
                .issuer()
                .issue_card(&card(person, person * 2 + serial))
                .expect("in order");
            let code = Unverified::<Card>::parse(&text).expect("a card");
            let block: [u8; 16] = std::array::from_fn(|place| code.as_bytes()[12 + place]);
            for other in &blocks {
                let other: &[u8; 16] = other;
                let equal = (0..16)
                    .filter(|&place| block[place] == other[place])
                    .count();
                assert!(equal <= 5, "{equal} equal bytes");
            }
            assert!(blocks.insert(block));
        }
    }
}

#[test]
fn neither_keys_nor_codes_are_written_into_logs() {
    let text = issued_card(&ring());
    let code = Unverified::<Card>::parse(&text).expect("a card");
    let written = format!("{:?} {code:?} {:?}", ring(), ring().verifier());
    assert!(!written.contains(&text[20..40]));
    assert!(written.len() < 400, "{written}");
}

#[test]
fn a_scanner_with_caps_lock_on_is_understood() {
    let text = issued_card(&ring()).to_lowercase();
    assert!(proven(&ring(), &text, NOW).is_ok());
    let mixed = format!("{}{}", &text[..100], text[100..].to_uppercase());
    assert!(matches!(scan(&mixed), Err(ScanError::Card(_))));
}

proptest! {
    #[test]
    fn a_pass_says_what_was_put_in(person: u64, version: u32, life in 1..86_400_i64) {
        let claims = Pass { person, version, issued_at: NOW, expires_at: NOW + life };
        let text = ring().issuer().issue_pass(&claims).expect("in order");
        let code = Unverified::<Pass>::parse(&text).expect("an issued pass reads");
        prop_assert_eq!(code.text(), text);
        let verified = ring().verifier().verify(&code, NOW).expect("an issued pass is proven");
        prop_assert_eq!(verified.kind(), Kind::Pass);
        prop_assert_eq!(verified.person(), person);
        prop_assert_eq!(verified.serial(), u64::from(version));
        prop_assert_eq!(verified.issued_at(), NOW);
        prop_assert_eq!(verified.expires_at(), NOW + life);
        prop_assert_eq!(*verified.fingerprint(), code.fingerprint());
    }

    #[test]
    fn a_card_says_what_was_put_in(person: u64, serial: u64) {
        let text = ring().issuer().issue_card(&card(person, serial)).expect("in order");
        let verified = proven(&ring(), &text, NOW).expect("an issued card is proven");
        prop_assert_eq!((verified.kind(), verified.person(), verified.serial()), (Kind::Card, person, serial));
    }

    #[test]
    fn one_changed_character_is_refused(is_card: bool, place in 0..CODE_CHARACTERS, other in any::<char>()) {
        refused_when_changed(is_card, place, other)?;
    }

    #[test]
    fn one_changed_character_of_the_alphabet_is_refused(is_card: bool, place in 0..CODE_CHARACTERS, other in "[A-Za-z0-9]") {
        refused_when_changed(is_card, place, other.chars().next().unwrap_or('A'))?;
    }

    #[test]
    fn one_changed_bit_is_refused(place in 0..92_usize, bit in 0..8_u32) {
        let code = Unverified::<Card>::parse(&issued_card(&ring())).expect("a card");
        let mut bytes = *code.as_bytes();
        bytes[place] ^= 1 << bit;
        let changed = Unverified::<Card>::from_bytes(bytes);
        prop_assert!(ring().verifier().verify(&changed, NOW).is_err());
    }

    #[test]
    fn arbitrary_bytes_prove_nothing(bytes in prop::collection::vec(any::<u8>(), 92)) {
        let bytes: [u8; 92] = bytes.try_into().expect("as many as asked for");
        let code = Unverified::<Pass>::from_bytes(bytes);
        prop_assert!(ring().verifier().verify(&code, NOW).is_err());
        prop_assert_eq!(Unverified::<Pass>::parse(&code.text()), Ok(code));
    }
}

fn refused_when_changed(is_card: bool, place: usize, other: char) -> Result<(), TestCaseError> {
    let ring = ring();
    let text = if is_card {
        issued_card(&ring)
    } else {
        issued_pass(&ring)
    };
    let mut characters: Vec<char> = text.chars().collect();
    prop_assume!(characters[place] != other);
    characters[place] = other;
    let changed: String = characters.into_iter().collect();
    let accepted = match scan(&changed) {
        Ok(Scanned::Pass(code)) => ring.verifier().verify(&code, NOW).is_ok(),
        Ok(Scanned::Card(code)) => ring.verifier().verify(&code, NOW).is_ok(),
        Ok(Scanned::Gate(..) | Scanned::Certificate(_)) | Err(_) => false,
    };
    prop_assert!(!accepted, "{changed:?}");
    Ok(())
}
