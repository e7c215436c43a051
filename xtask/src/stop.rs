//! Why a command ended early, in words for the person who typed it, with the exit code for scripts.

use std::process::ExitCode;

/// What every command gives back.
pub(crate) type Outcome<T = ()> = Result<T, Stop>;

/// The end of a command that did not do what was asked.
#[derive(Debug)]
pub(crate) struct Stop {
    code: u8,
    words: String,
}

impl Stop {
    /// A check found something (exit code 1). The finding itself has been printed already where
    /// `words` are empty.
    pub(crate) fn finding(words: impl Into<String>) -> Self {
        Self {
            code: 1,
            words: words.into(),
        }
    }

    /// Typed wrongly, or something must be installed first (exit code 2).
    pub(crate) fn usage(words: impl Into<String>) -> Self {
        Self {
            code: 2,
            words: words.into(),
        }
    }

    /// Something that should work does not (exit code 3).
    pub(crate) fn broken(words: impl Into<String>) -> Self {
        Self {
            code: 3,
            words: words.into(),
        }
    }

    /// Says why on standard error and gives the exit code.
    pub(crate) fn tell(&self) -> ExitCode {
        if !self.words.is_empty() {
            eprintln!("{}", self.words);
        }
        ExitCode::from(self.code)
    }

    #[cfg(test)]
    pub(crate) fn words(&self) -> &str {
        &self.words
    }
}

/// Adds to a failed file operation what was being done, since `std::io::Error` does not say.
pub(crate) trait During<T> {
    fn during(self, what: impl FnOnce() -> String) -> Outcome<T>;
}

impl<T> During<T> for std::io::Result<T> {
    fn during(self, what: impl FnOnce() -> String) -> Outcome<T> {
        self.map_err(|error| Stop::broken(format!("{}: {error}", what())))
    }
}
