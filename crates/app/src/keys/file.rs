//! The keys file: reading, making, adding to it.

use super::{Keys, KeysError, Secret};
use crate::ambient::Chance;
use data_encoding::BASE64;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use zeroize::Zeroizing;

const HEAD: &str = "\
# The secret keys of a Gapura. Whoever has this file and the database can read every name in it.
# Keep a copy in a safe place that is not the place of the backups, and show it to nobody.
# What each key is for stands in docs/operating.md.

";

/// The keys as they stand in the file.
pub(super) struct Parts {
    pub(super) vault: BTreeMap<u32, Secret>,
    pub(super) signing: Vec<(Secret, Option<i64>)>,
    pub(super) pepper: Secret,
    pub(super) gate: Secret,
    pub(super) ids: Secret,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    pepper: toml::Spanned<SecretString>,
    gate: toml::Spanned<SecretString>,
    ids: toml::Spanned<SecretString>,
    vault: Vec<VaultText>,
    signing: Vec<SigningText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VaultText {
    number: u32,
    key: toml::Spanned<SecretString>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SigningText {
    key: toml::Spanned<SecretString>,
    not_after: Option<i64>,
}

impl Parts {
    pub(super) fn parse(text: &str) -> Result<Self, KeysError> {
        let fault = |line, what| KeysError::Text { line, what };
        // The parser's own message would quote the line, and with it a key.
        let parsed: Text = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            fault(
                line_of(text, at),
                "expected pepper, gate, ids, [[vault]] with number and key, [[signing]] with key",
            )
        })?;
        let secret = |key: &toml::Spanned<SecretString>| {
            let decoded = Zeroizing::new(
                BASE64
                    .decode(key.get_ref().expose_secret().as_bytes())
                    .unwrap_or_default(),
            );
            let bytes: Result<[u8; 32], _> = decoded.as_slice().try_into();
            bytes.map(Zeroizing::new).map_err(|_| {
                let what = "a key is 32 bytes in Base64, 44 characters";
                fault(line_of(text, key.span().start), what)
            })
        };
        let mut vault = BTreeMap::new();
        for entry in &parsed.vault {
            if entry.number == 0 || vault.insert(entry.number, secret(&entry.key)?).is_some() {
                let line = line_of(text, entry.key.span().start);
                return Err(fault(
                    line,
                    "each vault key has a number of its own, from 1",
                ));
            }
        }
        let mut signing = Vec::new();
        for entry in &parsed.signing {
            signing.push((secret(&entry.key)?, entry.not_after));
        }
        if vault.is_empty() || signing.is_empty() {
            return Err(fault(
                1,
                "at least one [[vault]] and one [[signing]] key is needed",
            ));
        }
        Ok(Self {
            vault,
            signing,
            pepper: secret(&parsed.pepper)?,
            gate: secret(&parsed.gate)?,
            ids: secret(&parsed.ids)?,
        })
    }

    fn render(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::from(HEAD));
        let base64 = |secret: &Secret| Zeroizing::new(BASE64.encode(&**secret));
        let mut line = |name: &str, value: &str| {
            let _ = writeln!(text, "{name} = {value}");
        };
        for (name, secret) in [
            ("pepper", &self.pepper),
            ("gate", &self.gate),
            ("ids", &self.ids),
        ] {
            line(name, &format!("\"{}\"", *base64(secret)));
        }
        for (number, secret) in &self.vault {
            let _ = write!(
                text,
                "\n[[vault]]\nnumber = {number}\nkey = \"{}\"\n",
                *base64(secret)
            );
        }
        for (secret, not_after) in &self.signing {
            let _ = write!(text, "\n[[signing]]\nkey = \"{}\"\n", *base64(secret));
            if let Some(not_after) = not_after {
                let _ = writeln!(text, "not_after = {not_after}");
            }
        }
        text
    }
}

fn line_of(text: &str, at: usize) -> usize {
    let before = text.as_bytes().iter().take(at);
    1 + before.filter(|byte| **byte == b'\n').count()
}

fn random(chance: &dyn Chance) -> Secret {
    let mut secret = Zeroizing::new([0; 32]);
    chance.fill(&mut *secret);
    secret
}

/// The text of a keys file with new keys.
pub fn new_keys(chance: &dyn Chance) -> Zeroizing<String> {
    let parts = Parts {
        vault: BTreeMap::from([(1, random(chance))]),
        signing: vec![(random(chance), None)],
        pepper: random(chance),
        gate: random(chance),
        ids: random(chance),
    };
    parts.render()
}

/// Reads the keys file; `None` if there is none.
///
/// # Errors
/// `File` if it is there and cannot be read, `Text` if it is no keys file.
pub fn read_keys_file(path: &Path) -> Result<Option<Keys>, KeysError> {
    match fs::read_to_string(path).map(Zeroizing::new) {
        Ok(text) => Keys::parse(&text).map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(at(path, error)),
    }
}

/// Makes a keys file that only its owner can read.
///
/// # Errors
/// `Exists` if there is one, `File` if it cannot be written.
pub fn create_keys_file(path: &Path, chance: &dyn Chance) -> Result<Keys, KeysError> {
    let text = new_keys(chance);
    match write_new(path, text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(KeysError::Exists(path.display().to_string()))
        }
        Err(error) => Err(at(path, error)),
        Ok(()) => Keys::parse(&text),
    }
}

/// Adds a vault key that seals from now on, and, if asked, a signing key: the one before proves until
/// `not_after` (Unix seconds). Servers read the file when they start.
///
/// # Errors
/// `File` if it cannot be read or replaced, `Text` if it is no keys file.
pub fn rotate_keys_file(
    path: &Path,
    signing_not_after: Option<i64>,
    chance: &dyn Chance,
) -> Result<Keys, KeysError> {
    let text = fs::read_to_string(path)
        .map(Zeroizing::new)
        .map_err(|error| at(path, error))?;
    let mut parts = Parts::parse(&text)?;
    let highest = parts.vault.keys().next_back().copied().unwrap_or(0);
    parts.vault.insert(highest + 1, random(chance));
    if let Some(not_after) = signing_not_after {
        if let Some((_, active)) = parts.signing.first_mut() {
            *active = Some(not_after);
        }
        parts.signing.insert(0, (random(chance), None));
    }
    let text = parts.render();
    // Written beside it and moved over it, so that a full disk cannot cost the old keys.
    let beside = path.with_extension("new");
    let replaced = write_new(&beside, text.as_bytes()).and_then(|()| fs::rename(&beside, path));
    replaced.map_err(|error| at(&beside, error))?;
    Keys::parse(&text)
}

/// Whether somebody else than the owner may read the file.
///
/// # Errors
/// Those of the file system.
pub fn is_open_to_others(path: &Path) -> io::Result<bool> {
    mode::is_open_to_others(path)
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    mode::owner_only(&mut options);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn at(path: &Path, cause: io::Error) -> KeysError {
    KeysError::File {
        path: path.display().to_string(),
        cause,
    }
}

#[cfg(unix)]
mod mode {
    use std::fs::OpenOptions;
    use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
    use std::path::Path;

    pub(super) fn owner_only(options: &mut OpenOptions) {
        options.mode(0o600);
    }

    pub(super) fn is_open_to_others(path: &Path) -> std::io::Result<bool> {
        Ok(std::fs::metadata(path)?.mode() & 0o077 != 0)
    }
}

#[cfg(not(unix))]
mod mode {
    use std::fs::OpenOptions;
    use std::path::Path;

    pub(super) fn owner_only(_options: &mut OpenOptions) {}

    pub(super) fn is_open_to_others(_path: &Path) -> std::io::Result<bool> {
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::Counting;
    use super::*;
    use crate::keys::HashOf;

    #[test]
    fn a_new_file_is_its_owners_alone_and_is_never_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("gapura.keys");
        assert!(
            read_keys_file(&path)
                .expect("no file is no fault")
                .is_none()
        );
        let chance = Counting::default();
        let made = create_keys_file(&path, &chance).expect("made");
        assert!(!is_open_to_others(&path).expect("its mode"));
        assert!(matches!(
            create_keys_file(&path, &chance),
            Err(KeysError::Exists(_))
        ));
        let read = read_keys_file(&path).expect("readable").expect("there");
        assert_eq!(made.hash(HashOf::Nik, b"1"), read.hash(HashOf::Nik, b"1"));
    }

    #[test]
    fn rotation_keeps_the_old_keys() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("gapura.keys");
        let chance = Counting::default();
        let before = create_keys_file(&path, &chance).expect("made");
        let after = rotate_keys_file(&path, Some(2_000), &chance).expect("rotated");
        assert_eq!((before.vault_number(), after.vault_number()), (1, 2));
        assert!(after.vault_key(1).is_some());
        assert_ne!(before.ring().active(), after.ring().active());
        assert_eq!(
            before.hash(HashOf::Contact, b"1"),
            after.hash(HashOf::Contact, b"1")
        );
        assert!(!is_open_to_others(&path).expect("its mode"));
        assert_eq!(fs::read_dir(folder.path()).expect("files").count(), 1);
    }

    #[test]
    fn a_fault_names_the_line_and_nothing_of_the_key() {
        let good = new_keys(&Counting::default());
        let lines: Vec<&str> = good.lines().collect();
        for (index, line) in lines.iter().enumerate() {
            if !line.contains("= \"") {
                continue;
            }
            let mut bad = lines.clone();
            let short = line.replacen('=', "= \"AAAA\" #", 1);
            bad[index] = &short;
            match Keys::parse(&bad.join("\n")) {
                Err(KeysError::Text { line, what }) => {
                    assert_eq!(line, index + 1);
                    assert!(!what.contains("AAAA"));
                }
                other => panic!("{short} was read as {other:?}"),
            }
        }
        for bad in [
            "",
            "pepper = 3",
            "x",
            &good.replace("number = 1", "number = 0"),
        ] {
            assert!(matches!(Keys::parse(bad), Err(KeysError::Text { .. })));
        }
    }
}
