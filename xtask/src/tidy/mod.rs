//! `cargo xtask tidy`: the rules of the house that no compiler checks.
//!
//! Who may know whom, how long files and functions may be, what must not stand in the repository,
//! how migrations are numbered. Each finding names its place and says how to mend it.

mod layers;
mod migrations;
mod rust;
mod sizes;
mod words;

use std::fmt;

use crate::args::Args;
use crate::repo;
use crate::stop::{Outcome, Stop};

/// Folders that hold nothing written by hand.
const SKIPPED: [&str; 8] = [
    ".git",
    "target",
    "node_modules",
    "dist",
    "artifacts",
    "corpus",
    "coverage",
    "snapshots",
];

/// What is read: everything else is data or pictures.
const READ: [&str; 15] = [
    "rs",
    "ts",
    "mjs",
    "js",
    "css",
    "html",
    "svg",
    "md",
    "sql",
    "toml",
    "yml",
    "yaml",
    "sh",
    "npmrc",
    "package-lock.json",
];

/// One breach of one rule.
#[derive(PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Finding {
    file: String,
    line: usize,
    what: String,
    mend: &'static str,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            what,
            mend,
        } = self;
        write!(f, "{file}:{line}: {what}. {mend}.")
    }
}

/// A file with its path from the root of the repository.
struct Source {
    path: String,
    text: String,
}

impl Source {
    fn has_extension(&self, extension: &str) -> bool {
        self.path
            .rsplit_once('.')
            .is_some_and(|(_, its)| its == extension)
    }

    fn finding(&self, line: usize, what: impl Into<String>, mend: &'static str) -> Finding {
        Finding {
            file: self.path.clone(),
            line,
            what: what.into(),
            mend,
        }
    }
}

pub(crate) fn run(args: Args) -> Outcome {
    args.done()?;
    check()?;
    println!("Tidy.");
    Ok(())
}

/// Prints every finding; fails if there is one.
pub(crate) fn check() -> Outcome {
    let sources = sources();
    let mut findings = layers::check()?;
    findings.extend(migrations::check(&sources));
    for source in &sources {
        findings.extend(sizes::check(source));
        findings.extend(words::check(source));
    }
    findings.sort();
    for finding in &findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => Ok(()),
        1 => Err(Stop::finding("Tidy found one thing.")),
        many => Err(Stop::finding(format!("Tidy found {many} things."))),
    }
}

fn sources() -> Vec<Source> {
    repo::files(repo::root(), &|name| SKIPPED.contains(&name))
        .into_iter()
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            READ.iter()
                .any(|end| name == *end || name.ends_with(&format!(".{end}")))
        })
        .filter_map(|path| {
            let text = std::fs::read_to_string(&path).ok()?;
            let path = path
                .strip_prefix(repo::root())
                .ok()?
                .to_string_lossy()
                .replace('\\', "/");
            Some(Source { path, text })
        })
        .collect()
}
