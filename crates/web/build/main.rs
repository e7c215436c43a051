//! Builds two tables into the crate: the word catalogue and the files of `ui/dist`.

mod assets;
mod words;

use std::path::Path;
use std::{env, fs, process};

fn main() {
    let here = env::var("CARGO_MANIFEST_DIR").expect("cargo names the crate's folder");
    let out = env::var("OUT_DIR").expect("cargo names the folder to write to");
    let (here, out) = (Path::new(&here), Path::new(&out));
    println!("cargo::rerun-if-changed=build");

    let folder = here.join("words");
    println!("cargo::rerun-if-changed={}", folder.display());
    match words::generate(
        &catalogue(&folder.join("id")),
        &catalogue(&folder.join("en")),
    ) {
        Ok(rust) => write(&out.join("words.rs"), &rust),
        Err(wrong) => stop(&wrong),
    }

    let dist = here.join("../../ui/dist");
    println!(
        "cargo::rerun-if-changed={}",
        dist.join("manifest.json").display()
    );
    match assets::generate(&dist) {
        Ok(rust) => write(&out.join("assets.rs"), &rust),
        Err(wrong) => stop(&[wrong]),
    }
}

fn catalogue(folder: &Path) -> words::Sources {
    let mut sources = words::Sources::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            let audience = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            sources.insert(
                audience,
                fs::read_to_string(&path)
                    .unwrap_or_else(|error| panic!("{}: {error}", path.display())),
            );
        }
    }
    sources
}

fn write(path: &Path, rust: &str) {
    fs::write(path, rust).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

fn stop(wrong: &[String]) -> ! {
    for complaint in wrong {
        println!("cargo::error={}", complaint.replace('\n', " "));
    }
    process::exit(1);
}
