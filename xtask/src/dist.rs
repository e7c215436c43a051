//! Packs a release: the binary with what its operator reads, and checksums.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::args::Args;
use crate::gapura::{self, Profile};
use crate::repo;
use crate::stop::{During, Outcome};

/// What lies beside the binary, from the root of the repository.
const READING: [&str; 5] = [
    "README.md",
    "CHANGELOG.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "docs",
];

pub(crate) fn run(args: Args) -> Outcome {
    args.done()?;
    let binary = gapura::build(Profile::Release)?;
    let name = format!(
        "gapura-{}-{}-{}",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::ARCH,
        std::env::consts::OS
    );
    let dist = repo::target().join("dist");
    let folder = dist.join(&name);
    if folder.exists() {
        fs::remove_dir_all(&folder).during(|| format!("emptying {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).during(|| format!("creating {}", folder.display()))?;
    copy(&binary, &folder.join("gapura"))?;
    for part in READING {
        copy(&repo::root().join(part), &folder.join(part))?;
    }
    let archive = format!("{name}.tar.gz");
    // The same sources give the same archive: no owners, and names in order.
    repo::must(
        Command::new("tar")
            .current_dir(&dist)
            .args([
                "--sort=name",
                "--owner=0",
                "--group=0",
                "--numeric-owner",
                "-czf",
            ])
            .args([&archive, &name]),
    )?;
    let sums = format!("sha256sum {archive} {name}/gapura > SHA256SUMS");
    repo::must(Command::new("sh").current_dir(&dist).args(["-c", &sums]))?;
    println!("{}", dist.join(archive).display());
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Outcome {
    if !from.is_dir() {
        fs::copy(from, to).during(|| format!("copying {}", from.display()))?;
        return Ok(());
    }
    for file in repo::files(from, &|_| false) {
        let below = to.join(file.strip_prefix(from).unwrap_or(&file));
        if let Some(parent) = below.parent() {
            fs::create_dir_all(parent).during(|| format!("creating {}", parent.display()))?;
        }
        fs::copy(&file, &below).during(|| format!("copying {}", file.display()))?;
    }
    Ok(())
}
