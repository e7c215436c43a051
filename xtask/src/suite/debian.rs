//! What the browser walks need from the system: fetched where that is possible, named where not.

use std::path::PathBuf;
use std::process::Command;

use crate::repo;
use crate::stop::{Outcome, Stop};

const BROWSERS: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// Installs Chromium and poppler's tools if they are missing and we may; says what to type if not.
pub(super) fn provide_browser() -> Outcome {
    let mut missing = Vec::new();
    if browser().is_none() {
        missing.push("chromium");
    }
    if !repo::installed("pdftotext") {
        missing.push("poppler-utils");
    }
    if missing.is_empty() {
        return Ok(());
    }
    let packages = missing.join(" ");
    if !repo::installed("apt-get") || !rustix::process::geteuid().is_root() {
        return Err(Stop::usage(format!(
            "The browser walks need {packages}. On Debian:\n    \
             sudo apt-get update && sudo apt-get install -y --no-install-recommends {packages}\n\
             Everything else runs with: cargo xtask test --without browser"
        )));
    }
    println!("Installing {packages}.");
    let apt = |words: &[&str]| {
        let mut command = Command::new("apt-get");
        command.args(words).env("DEBIAN_FRONTEND", "noninteractive");
        repo::must(&mut command)
    };
    apt(&["update", "--quiet"])?;
    apt(&[
        &["install", "--quiet", "-y", "--no-install-recommends"],
        &missing[..],
    ]
    .concat())
}

/// The browser to walk with: the one named by `GAPURA_CHROMIUM`, or the first that is installed.
pub(super) fn browser() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("GAPURA_CHROMIUM") {
        return Some(named.into());
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    BROWSERS
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|file| file.is_file())
}
