//! What was typed after `cargo xtask`. A library would cost more to compile than all of it.

use std::ffi::{OsStr, OsString};

use crate::stop::{Outcome, Stop};

/// The words that are still to be read.
pub(crate) struct Args(Vec<OsString>);

impl Args {
    pub(crate) fn from_command_line() -> Self {
        Self(std::env::args_os().skip(1).collect())
    }

    #[cfg(test)]
    pub(crate) fn of(words: &[&str]) -> Self {
        Self(words.iter().map(OsString::from).collect())
    }

    /// Takes the first word.
    pub(crate) fn command(&mut self) -> Option<String> {
        (!self.0.is_empty()).then(|| self.0.remove(0).to_string_lossy().into_owned())
    }

    /// Takes `name`, wherever it stands before a `--`.
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        let place = self.ours().position(|word| word == name);
        place.map(|place| self.0.remove(place)).is_some()
    }

    /// Takes `name VALUE` or `name=VALUE`, wherever it stands before a `--`.
    pub(crate) fn value(&mut self, name: &str) -> Outcome<Option<String>> {
        let joined = format!("{name}=");
        let Some(place) = self
            .ours()
            .position(|word| word == name || word.to_string_lossy().starts_with(&joined))
        else {
            return Ok(None);
        };
        let word = self.0.remove(place).to_string_lossy().into_owned();
        if let Some(value) = word.strip_prefix(&joined) {
            return Ok(Some(value.to_owned()));
        }
        if self.0.get(place).is_none_or(|next| next == "--") {
            return Err(Stop::usage(format!("{name} needs a value after it.")));
        }
        Ok(Some(self.0.remove(place).to_string_lossy().into_owned()))
    }

    /// Takes the first word that is left, if it is not an option.
    pub(crate) fn word(&mut self) -> Option<String> {
        let first = self.0.first()?.to_string_lossy();
        (!first.starts_with('-')).then(|| self.0.remove(0).to_string_lossy().into_owned())
    }

    /// Nothing may be left.
    pub(crate) fn done(self) -> Outcome {
        match self.0.first() {
            None => Ok(()),
            Some(word) => Err(Stop::usage(format!(
                "{} is not understood here; cargo xtask help lists what is.",
                word.to_string_lossy()
            ))),
        }
    }

    /// Everything that is left, for another program. The first `--` was for us and is dropped, so
    /// that `demo --listen X` and `demo -- --listen X` mean the same.
    pub(crate) fn pass_on(mut self) -> Vec<OsString> {
        if let Some(place) = self.0.iter().position(|word| word == "--") {
            self.0.remove(place);
        }
        self.0
    }

    fn ours(&self) -> impl Iterator<Item = &OsStr> {
        self.0
            .iter()
            .map(OsString::as_os_str)
            .take_while(|word| *word != "--")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_reach_the_program_with_and_without_the_two_dashes() {
        for words in [
            &["--listen", "x", "--tls"][..],
            &["--", "--listen", "x", "--tls"],
        ] {
            assert_eq!(Args::of(words).pass_on(), ["--listen", "x", "--tls"]);
        }
    }

    #[test]
    fn a_flag_behind_the_two_dashes_is_not_ours() {
        let mut args = Args::of(&["--", "--release"]);
        assert!(!args.flag("--release"));
        assert_eq!(args.pass_on(), ["--release"]);
    }

    #[test]
    fn a_value_may_be_joined_or_follow() {
        for words in [&["--only", "ui", "rest"][..], &["--only=ui", "rest"]] {
            let mut args = Args::of(words);
            assert_eq!(args.value("--only").unwrap().as_deref(), Some("ui"));
            assert_eq!(args.word().as_deref(), Some("rest"));
            args.done().unwrap();
        }
    }

    #[test]
    fn a_missing_value_and_an_unknown_word_are_said() {
        assert!(
            Args::of(&["--only"])
                .value("--only")
                .unwrap_err()
                .words()
                .contains("--only")
        );
        assert!(
            Args::of(&["--colour"])
                .done()
                .unwrap_err()
                .words()
                .contains("--colour")
        );
    }
}
