//! What a command found, for people or for programs, and what stopped it.

use std::fmt;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use serde_json::{Value, json};

/// What came of a command.
pub(crate) struct Report {
    /// For people, without a line's end.
    pub(crate) text: String,
    /// For programs.
    pub(crate) json: Value,
    /// Whether something was looked for and found wanting.
    pub(crate) is_finding: bool,
}

impl Report {
    /// Everything is as it should be.
    pub(crate) const fn done(text: String, json: Value) -> Self {
        Self {
            text,
            json,
            is_finding: false,
        }
    }
}

/// What stopped a command: what is the matter, where, and what to do.
#[derive(Debug)]
pub(crate) struct Stop {
    kind: Kind,
    what: String,
    place: Option<String>,
    mend: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Usage,
    Broken,
}

pub(crate) type Outcome<T = Report> = Result<T, Stop>;

impl Stop {
    /// The command was given something that it cannot use.
    pub(crate) fn usage(what: impl fmt::Display, mend: impl Into<String>) -> Self {
        Self::new(Kind::Usage, what, mend)
    }

    /// Something does not work as it should.
    pub(crate) fn broken(what: impl fmt::Display, mend: impl Into<String>) -> Self {
        Self::new(Kind::Broken, what, mend)
    }

    fn new(kind: Kind, what: impl fmt::Display, mend: impl Into<String>) -> Self {
        Self {
            kind,
            what: what.to_string(),
            place: None,
            mend: mend.into(),
        }
    }

    /// Says where: a file, with its line if there is one.
    pub(crate) fn at(mut self, place: impl fmt::Display) -> Self {
        self.place = Some(place.to_string());
        self
    }

    fn exit(&self) -> ExitCode {
        match self.kind {
            Kind::Usage => ExitCode::from(2),
            Kind::Broken => ExitCode::from(3),
        }
    }

    fn json(&self) -> Value {
        json!({"error": {"what": self.what, "where": self.place, "mend": self.mend}})
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        write!(f, "{}", self.what)?;
        if !self.mend.is_empty() {
            write!(f, "\n{}", self.mend)?;
        }
        Ok(())
    }
}

/// Reads a file of at most 64 MiB as text, or says why not.
pub(crate) fn read(path: &Path) -> Outcome<String> {
    const BYTES_MAX: u64 = 64 * 1024 * 1024;
    let unreadable = |error: io::Error| {
        Stop::usage(error, "Name a file that is there and that you may read.").at(path.display())
    };
    let length = std::fs::metadata(path).map_err(unreadable)?.len();
    if length > BYTES_MAX {
        let what = format!("the file has {length} bytes; at most {BYTES_MAX} are read");
        return Err(Stop::usage(what, "Split it, or name another.").at(path.display()));
    }
    std::fs::read_to_string(path).map_err(unreadable)
}

/// Reads a file as JSON.
pub(crate) fn read_json(path: &Path) -> Outcome<Value> {
    serde_json::from_str(&read(path)?).map_err(|error| {
        let place = format!("{}:{}:{}", path.display(), error.line(), error.column());
        Stop::usage(format!("this is not JSON: {error}"), "Mend it there.").at(place)
    })
}

/// Writes what came out and gives the exit code.
pub(crate) fn print(outcome: &Outcome, as_json: bool) -> ExitCode {
    let (text, exit) = match outcome {
        Ok(report) => {
            let text = if as_json {
                report.json.to_string()
            } else {
                report.text.clone()
            };
            (text, ExitCode::from(u8::from(report.is_finding)))
        }
        Err(stop) => {
            eprintln!("gapura: {stop}");
            let text = if as_json {
                stop.json().to_string()
            } else {
                String::new()
            };
            (text, stop.exit())
        }
    };
    if !text.is_empty() {
        // Whoever closed the pipe has read enough.
        let _ = writeln!(io::stdout(), "{text}");
    }
    exit
}
