//! The secret behind what a real gate knows and a forged sticker does not.
//!
//! Three things come from one key by HMAC-SHA256, each under its own label: the check word printed
//! on a poster, the word that changes every minute on visitors' phones and on the gate's screen, and
//! the screen's code that proves presence.

use std::fmt;

use aws_lc_rs::hmac;

use crate::gate_code::{GateCode, ScreenCode};
use crate::words::{WORDS, WORDS_COUNT};

/// How long a screen's code lives at most, in seconds: its own minute and the next one.
pub const SCREEN_CODE_SECONDS: i64 = 120;

/// The minute that holds a moment given in Unix seconds.
pub const fn minute_of(unix_seconds: i64) -> i64 {
    unix_seconds.div_euclid(60)
}

/// The server's key for words and screen codes of all its gates.
#[derive(Clone)]
pub struct GateKey(hmac::Key);

impl GateKey {
    /// Takes 32 secret bytes, which must be used for nothing else.
    pub fn new(secret: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// The word on a gate's poster: always the same for one code, and unknown to whoever has
    /// pasted another code over it.
    pub fn check_word(&self, gate: GateCode) -> &'static str {
        word(&self.mac(b"gapura check word 1", gate.as_str().as_bytes(), 0))
    }

    /// The word of a minute at one gate, shown on the visitor's verdict and on the gate's screen.
    pub fn minute_word(&self, gate: u64, unix_minute: i64) -> &'static str {
        word(&self.mac(b"gapura minute word 1", &gate.to_be_bytes(), unix_minute))
    }

    /// The code that a gate's screen shows during a minute.
    pub fn screen_code(&self, gate: GateCode, unix_minute: i64) -> ScreenCode {
        let tag = self.mac(
            b"gapura screen code 1",
            gate.as_str().as_bytes(),
            unix_minute,
        );
        let [first, second, third, fourth, fifth, ..] = tag;
        ScreenCode::from_mac([first, second, third, fourth, fifth])
    }

    /// Whether a code stood on the gate's screen in this minute or the one before.
    pub fn accepts_screen_code(&self, gate: GateCode, shown: ScreenCode, now: i64) -> bool {
        let minute = minute_of(now);
        // Both are compared always, so that the time taken tells nothing.
        let this = self.screen_code(gate, minute) == shown;
        let last = self.screen_code(gate, minute.saturating_sub(1)) == shown;
        this | last
    }

    /// The label and the gate each have one length per use, so no two inputs run together.
    fn mac(&self, label: &[u8], gate: &[u8], unix_minute: i64) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(label);
        context.update(gate);
        context.update(&unix_minute.to_be_bytes());
        let mut bytes = [0; 32];
        bytes.copy_from_slice(context.sign().as_ref());
        bytes
    }
}

impl fmt::Debug for GateKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("GateKey(…)")
    }
}

fn word(mac: &[u8; 32]) -> &'static str {
    let [first, second, ..] = *mac;
    WORDS[usize::from(u16::from_be_bytes([first, second])) % WORDS_COUNT]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn key() -> GateKey {
        GateKey::new(&[7; 32])
    }

    fn gate() -> GateCode {
        GateCode::from_random([1, 2, 3, 4, 5])
    }

    #[test]
    fn words_and_codes_never_change_between_versions() {
        assert_eq!(key().check_word(gate()), "cilok");
        assert_eq!(key().minute_word(42, 29_000_000), "tangkai");
        assert_eq!(key().screen_code(gate(), 29_000_000).as_str(), "5Q1WKKZY");
    }

    #[test]
    fn another_key_knows_other_words() {
        let other = GateKey::new(&[8; 32]);
        let differing = (0..100_u8)
            .map(|number| GateCode::from_random([number; 5]))
            .filter(|&gate| key().check_word(gate) != other.check_word(gate))
            .count();
        assert!(differing > 90, "only {differing} of 100 words differ");
    }

    #[test]
    fn minutes_bring_many_words_at_one_gate() {
        let words: HashSet<_> = (0..1_000)
            .map(|minute| key().minute_word(1, minute))
            .collect();
        assert!(words.len() > 350, "only {} words in a day", words.len());
    }

    #[test]
    fn a_screen_code_lives_for_its_minute_and_the_next() {
        let shown = key().screen_code(gate(), minute_of(6_000));
        for (now, accepted) in [
            (5_999, false),
            (6_000, true),
            (6_059, true),
            (6_119, true),
            (6_120, false),
        ] {
            assert_eq!(
                key().accepts_screen_code(gate(), shown, now),
                accepted,
                "at {now}"
            );
        }
    }

    #[test]
    fn a_screen_code_of_another_gate_is_refused() {
        let shown = key().screen_code(GateCode::from_random([9; 5]), 100);
        assert!(!key().accepts_screen_code(gate(), shown, 6_000));
    }

    #[test]
    fn the_key_is_not_written_into_logs() {
        assert_eq!(format!("{:?}", key()), "GateKey(…)");
    }
}
