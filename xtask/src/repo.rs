//! Where things are in the repository, and how cargo is called in it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use crate::stop::{During, Outcome, Stop};

/// The folder that holds the workspace's Cargo.toml.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."))
}

/// Where cargo puts what it builds. A relative folder counts from the root, since cargo is called there.
pub(crate) fn target() -> PathBuf {
    root().join(std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

/// A cargo command, run in the repository.
///
/// What `cargo run` told us about ourselves is taken out again: build scripts that watch
/// `CARGO_MANIFEST_DIR` or `CARGO_PKG_*` would otherwise run anew in every nested call.
pub(crate) fn cargo<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command.current_dir(root()).args(args);
    command
}

/// Runs a command with the terminal as it is and says which one failed.
pub(crate) fn must(command: &mut Command) -> Outcome {
    let status = command.status().during(|| said(command))?;
    if status.success() {
        return Ok(());
    }
    Err(Stop::broken(format!(
        "{} ended with {status}.",
        said(command)
    )))
}

/// A command as a person would type it.
pub(crate) fn said(command: &Command) -> String {
    let program = Path::new(command.get_program())
        .file_name()
        .unwrap_or(command.get_program());
    let mut text = program.to_string_lossy().into_owned();
    for arg in command.get_args() {
        text.push(' ');
        text.push_str(&arg.to_string_lossy());
    }
    text
}

/// Whether a program of this name can be called.
pub(crate) fn installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// Every file below `folder`, in order of name. Folders for which `skip` holds are left out; a
/// missing folder has no files.
pub(crate) fn files(folder: &Path, skip: &dyn Fn(&str) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            match entry.file_type() {
                Ok(kind) if kind.is_file() => found.push(path),
                Ok(kind) if kind.is_dir() && !skip(&entry.file_name().to_string_lossy()) => {
                    waiting.push(path);
                }
                _ => {}
            }
        }
    }
    found.sort();
    found
}

/// The moment, for durations and deadlines.
#[expect(
    clippy::disallowed_methods,
    reason = "xtask is its own composition root; nothing in it decides by the time of day"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}
