//! Builds styles, islands and the service worker into `ui/dist`, from where they are compiled into
//! the binary. Nothing is done twice: stamps remember which sources the last build saw.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::args::Args;
use crate::repo;
use crate::stop::{During, Outcome, Stop};

/// The oldest Node with a test runner and the syntax that the pages' tools need.
const NODE_MAJOR_MIN: u32 = 20;

pub(crate) fn run(args: Args) -> Outcome {
    args.done()?;
    if build()? {
        println!("ui/dist is built.");
    } else {
        println!("ui/dist is up to date.");
    }
    Ok(())
}

/// Brings `ui/dist` up to date; true if there was something to do.
pub(crate) fn build() -> Outcome<bool> {
    install()?;
    let manifest = folder().join("dist/manifest.json");
    let stamp = folder().join("dist/.sources");
    let now = fingerprint(&sources());
    if manifest.is_file() && fs::read_to_string(&stamp).is_ok_and(|then| then == now) {
        return Ok(false);
    }
    repo::must(&mut npm(&["run", "--silent", "build"]))?;
    if !manifest.is_file() {
        return Err(Stop::broken(
            "npm run build ended well but wrote no ui/dist/manifest.json.",
        ));
    }
    fs::write(&stamp, now).during(|| format!("writing {}", stamp.display()))?;
    Ok(true)
}

/// Installs the packages of `ui/package-lock.json`, if they changed since the last time.
pub(crate) fn install() -> Outcome {
    if !folder().join("package-lock.json").is_file() {
        return Err(Stop::broken(
            "ui/package-lock.json is missing; the pages cannot be built.",
        ));
    }
    node_is_there()?;
    let stamp = folder().join("node_modules/.installed");
    let wanted = ["package.json", "package-lock.json", ".npmrc"].map(|name| folder().join(name));
    let now = fingerprint(&wanted);
    if fs::read_to_string(&stamp).is_ok_and(|then| then == now) {
        return Ok(());
    }
    // Install scripts of packages are not run: none that we use needs one.
    repo::must(&mut npm(&[
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ]))?;
    // npm makes no folder where there is no package to put into it.
    fs::create_dir_all(folder().join("node_modules"))
        .and_then(|()| fs::write(&stamp, now))
        .during(|| format!("writing {}", stamp.display()))
}

/// An npm command in `ui/`.
pub(crate) fn npm(args: &[&str]) -> Command {
    let mut command = Command::new("npm");
    command.current_dir(folder()).args(args);
    command
}

pub(crate) fn folder() -> PathBuf {
    repo::root().join("ui")
}

fn node_is_there() -> Outcome {
    let version = Command::new("node").arg("--version").output();
    let said = version.map(|out| String::from_utf8_lossy(&out.stdout).trim().to_owned());
    match said {
        Ok(said) if major(&said).is_some_and(|major| major >= NODE_MAJOR_MIN) => {}
        Ok(said) => {
            return Err(Stop::usage(format!(
                "The pages are built with Node {NODE_MAJOR_MIN} or newer; here is {said}."
            )));
        }
        Err(_) => {
            return Err(Stop::usage(format!(
                "The pages are built with Node {NODE_MAJOR_MIN} or newer, which is not installed. \
                 On Debian: apt-get install -y nodejs npm"
            )));
        }
    }
    if repo::installed("npm") {
        return Ok(());
    }
    Err(Stop::usage(
        "npm is not installed. On Debian: apt-get install -y npm",
    ))
}

fn major(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// Everything in `ui/` that a build may read.
fn sources() -> Vec<PathBuf> {
    repo::files(&folder(), &|name| {
        matches!(name, "node_modules" | "dist" | "tests")
    })
}

/// Changes when a file's place or content does. A file that is missing counts as such.
fn fingerprint(files: &[PathBuf]) -> String {
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.strip_prefix(repo::root())
            .unwrap_or(Path::new(""))
            .hash(&mut hasher);
        fs::read(file).ok().hash(&mut hasher);
    }
    format!("{:016x}\n", hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_what_node_says() {
        assert_eq!(major("v20.11.1"), Some(20));
        assert_eq!(major(""), None);
    }

    #[test]
    fn a_fingerprint_follows_the_content() {
        let folder = tempfile::tempdir().unwrap();
        let file = [folder.path().join("a.ts")];
        let missing = fingerprint(&file);
        fs::write(&file[0], "one").unwrap();
        let one = fingerprint(&file);
        fs::write(&file[0], "two").unwrap();
        assert!(missing != one && one != fingerprint(&file));
    }
}
