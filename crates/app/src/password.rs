//! Passwords of staff: what they must be, and how they are kept.
//!
//! Argon2id with 19 MiB of memory, two passes and one lane: the least that OWASP's *Password Storage
//! Cheat Sheet* recommends, so that a small server survives a queue of them. At most four are computed
//! at a time, on threads that may block. Texts are normalised (NFKC, as NIST SP 800-63B asks), so that
//! the same password typed on another keyboard is the same.

use crate::App;
use crate::error::{AppError, Fault, Result};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use gapura_store::StoreError;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Hashes computed at a time.
pub(crate) const HASHES_AT_ONCE: usize = 4;

const CHARACTERS_MIN: usize = 12;
const CHARACTERS_MAX: usize = 128;
const DIFFERENT_MIN: usize = 5;

/// Beginnings of what people choose who do not want to choose. Compared without case.
const COMMON: [&str; 20] = [
    "password",
    "passw0rd",
    "p@ssw0rd",
    "sandi",
    "katasandi",
    "kata sandi",
    "rahasia",
    "qwerty",
    "asdfgh",
    "zxcvbn",
    "1q2w3e",
    "123456",
    "012345",
    "987654",
    "abcdef",
    "admin",
    "gapura",
    "indonesia",
    "bismillah",
    "iloveyou",
];

/// What adds little to a common beginning.
const TAIL_MIN: usize = 8;

/// Why a password is not taken, as the code of a fault.
pub(crate) fn weakness(password: &str, login: &str) -> Option<&'static str> {
    let text: Zeroizing<String> = Zeroizing::new(password.nfkc().collect());
    let count = text.chars().count();
    if count < CHARACTERS_MIN {
        return Some("password_short");
    }
    if count > CHARACTERS_MAX {
        return Some("password_long");
    }
    let lower = Zeroizing::new(text.to_lowercase());
    let different: std::collections::BTreeSet<char> = lower.chars().collect();
    let is_common = COMMON.iter().any(|common| {
        lower
            .strip_prefix(common)
            .is_some_and(|tail| tail.chars().count() < TAIL_MIN)
    });
    if different.len() < DIFFERENT_MIN || is_common || is_a_run(&lower) {
        return Some("password_common");
    }
    let name = login.split('@').next().unwrap_or(login);
    if name.chars().count() >= 4 && lower.contains(name) && count < name.chars().count() + TAIL_MIN
    {
        return Some("password_like_login");
    }
    None
}

/// Whether each character is the one after, or before, the last: `abcdefghijkl`, `210987654321`.
fn is_a_run(text: &str) -> bool {
    let letters: Vec<u32> = text.chars().map(u32::from).collect();
    let steps = |step: i64| {
        letters
            .windows(2)
            .filter(|pair| i64::from(pair[1]) - i64::from(pair[0]) == step)
            .count()
    };
    steps(1).max(steps(-1)) + 3 >= letters.len()
}

/// Faults at `password`.
pub(crate) fn check(password: &str, login: &str) -> Result<()> {
    match weakness(password, login) {
        Some(code) => Err(AppError::Faults(vec![Fault::new("password", code)])),
        None => Ok(()),
    }
}

/// The hash to keep, in PHC string format.
pub(crate) async fn hash(app: &App, password: &str) -> Result<String> {
    let salt: [u8; 16] = app.random();
    let password = normal(password);
    blocking(app, move || {
        let hashed = argon2()?.hash_password_with_salt(password.as_bytes(), &salt);
        hashed
            .map(|hash| hash.to_string())
            .map_err(StoreError::other)
    })
    .await
}

/// Whether the password is the one of the hash. Where there is no hash, or none that any password
/// has, the same work is done and the answer is no.
pub(crate) async fn is_right(app: &App, password: &str, kept: Option<&str>) -> Result<bool> {
    let password = normal(password);
    let kept = kept.map(str::to_owned);
    blocking(app, move || {
        let parsed = kept
            .as_deref()
            .and_then(|kept| PasswordHash::new(kept).ok());
        let is_one = parsed.is_some();
        let hash = match parsed {
            Some(hash) => hash,
            None => PasswordHash::new(&NOBODYS).map_err(StoreError::other)?,
        };
        let fits = argon2()?
            .verify_password(password.as_bytes(), &hash)
            .is_ok();
        Ok(fits && is_one)
    })
    .await
}

/// What is kept for an account whose password is still to be set: no password has this hash.
pub(crate) fn unusable(random: [u8; 16]) -> String {
    format!("!{}", data_encoding::HEXLOWER.encode(&random))
}

/// The hash that is compared with where there is none.
static NOBODYS: LazyLock<String> = LazyLock::new(|| {
    let hash = argon2()
        .ok()
        .and_then(|argon2| argon2.hash_password_with_salt(b"nobody", &[0; 16]).ok());
    hash.map(|hash| hash.to_string()).unwrap_or_default()
});

fn argon2() -> std::result::Result<Argon2<'static>, StoreError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(StoreError::other)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn normal(password: &str) -> Zeroizing<String> {
    // Nobody's work grows with a megabyte typed into the field.
    Zeroizing::new(password.nfkc().take(CHARACTERS_MAX + 1).collect())
}

async fn blocking<T: Send + 'static>(
    app: &App,
    work: impl FnOnce() -> std::result::Result<T, StoreError> + Send + 'static,
) -> Result<T> {
    let _permit = app.hashing.acquire().await.map_err(StoreError::other)?;
    let done = tokio::task::spawn_blocking(work).await;
    Ok(done.map_err(StoreError::other)??)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_passwords_are_refused_for_a_reason() {
        for (password, code) in [
            ("", "password_short"),
            ("elevenchars", "password_short"),
            ("Password1234", "password_common"),
            ("KataSandi123!", "password_common"),
            ("aaaaaaaaaaaa", "password_common"),
            ("121212121212", "password_common"),
            ("abcdefghijkl", "password_common"),
            ("765432109876", "password_common"),
            ("dewi.ayu2026", "password_like_login"),
        ] {
            assert_eq!(weakness(password, "dewi.ayu"), Some(code), "{password}");
        }
        assert_eq!(weakness(&"xyz1 ".repeat(26), ""), Some("password_long"));
    }

    #[test]
    fn long_sentences_are_welcome() {
        for password in [
            "becak merah di tikungan",
            "kuda-laut 77 payung",
            "sandi yang panjang sekali",
            "ダンスは水曜日の夜です。",
        ] {
            assert_eq!(weakness(password, "dewi"), None, "{password}");
        }
    }

    #[test]
    fn a_hash_says_by_which_figures_it_was_made() {
        assert!(
            NOBODYS.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{}",
            *NOBODYS
        );
    }
}
