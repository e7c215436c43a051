//! The second factor: time-based one-time passwords (RFC 6238) with HMAC-SHA-1, six digits and steps of
//! thirty seconds, which is what every authenticator app takes.

use aws_lc_rs::hmac;
use data_encoding::BASE32_NOPAD;
use gapura_domain::time::Time;
use std::fmt::Write as _;
use zeroize::Zeroizing;

const STEP_S: i64 = 30;

/// How many steps a phone's clock may be off, either way.
const DRIFT_STEPS: i64 = 1;

/// The shared secret: 20 bytes, as RFC 4226, section 4, recommends.
pub struct TotpSecret(Zeroizing<Vec<u8>>);

impl TotpSecret {
    /// A secret of these bytes.
    pub(crate) fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Zeroizing::new(bytes.into()))
    }

    /// Reads Base32, as people type it; `None` if it is none or shorter than 16 bytes.
    pub fn parse(text: &str) -> Option<Self> {
        let text: Zeroizing<String> = Zeroizing::new(
            text.chars()
                .filter(|letter| !letter.is_whitespace() && *letter != '=')
                .map(|letter| letter.to_ascii_uppercase())
                .collect(),
        );
        let bytes = BASE32_NOPAD.decode(text.as_bytes()).ok()?;
        (bytes.len() >= 16).then(|| Self::new(bytes))
    }

    /// The secret in Base32, for typing.
    pub fn base32(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE32_NOPAD.encode(&self.0))
    }

    /// The address that an authenticator app reads from a QR code.
    pub fn address(&self, login: &str) -> Zeroizing<String> {
        let mut label = String::new();
        for byte in login.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                label.push(char::from(byte));
            } else {
                let _ = write!(label, "%{byte:02X}");
            }
        }
        let secret = self.base32();
        Zeroizing::new(format!(
            "otpauth://totp/Gapura:{label}?secret={}&issuer=Gapura",
            *secret
        ))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The code of a moment.
    pub fn code_at(&self, now: Time) -> String {
        self.code(now.0.div_euclid(STEP_S))
    }

    /// The step whose code this is, of those that count now.
    pub(crate) fn step_of(&self, typed: &str, now: Time) -> Option<i64> {
        let digits: String = typed
            .chars()
            .filter(|letter| !letter.is_whitespace())
            .collect();
        let step = now.0.div_euclid(STEP_S);
        let mut found = None;
        // All are compared always, so that the time taken tells nothing.
        for step in step - DRIFT_STEPS..=step + DRIFT_STEPS {
            let is_same =
                subtle::ConstantTimeEq::ct_eq(self.code(step).as_bytes(), digits.as_bytes());
            if bool::from(is_same) {
                found = Some(step);
            }
        }
        found
    }

    /// RFC 4226, section 5.3.
    fn code(&self, step: i64) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let tag = tag.as_ref();
        let at = usize::from(tag[tag.len() - 1] & 0x0f);
        let four = [tag[at] & 0x7f, tag[at + 1], tag[at + 2], tag[at + 3]];
        format!("{:06}", u32::from_be_bytes(four) % 1_000_000)
    }
}

impl std::fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> TotpSecret {
        TotpSecret::new(*b"12345678901234567890")
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B: the last six of its eight digits.
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(secret().code_at(Time(second)), code);
        }
    }

    #[test]
    fn a_clock_may_be_half_a_minute_off() {
        let code = secret().code_at(Time(1_000_000_000));
        let step = 1_000_000_000 / 30;
        for (off, expected) in [
            (-60, None),
            (-30, Some(step)),
            (0, Some(step)),
            (30, Some(step)),
            (60, None),
        ] {
            assert_eq!(
                secret().step_of(&code, Time(1_000_000_000 + off)),
                expected,
                "{off}"
            );
        }
        let spaced = format!("{} {}", &code[..3], &code[3..]);
        assert_eq!(secret().step_of(&spaced, Time(1_000_000_000)), Some(step));
        assert_eq!(secret().step_of("", Time(1_000_000_000)), None);
    }

    #[test]
    fn a_secret_reads_back_as_it_is_typed() {
        let text = secret().base32().to_lowercase();
        let typed = format!("{} {}==", &text[..8], &text[8..]);
        let read = TotpSecret::parse(&typed).expect("a secret");
        assert_eq!(read.bytes(), secret().bytes());
        assert!(TotpSecret::parse("AAAA").is_none());
        assert_eq!(
            *secret().address("dewi@example.id"),
            "otpauth://totp/Gapura:dewi%40example.id?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Gapura"
        );
    }
}
