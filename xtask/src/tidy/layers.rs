//! Who may know whom among our own crates, and which libraries stay behind which wall.

use std::fs;

use serde_json::Value;

use super::Finding;
use crate::repo;
use crate::stop::{Outcome, Stop};

/// A crate's name without `gapura-`, and those of ours that it may depend on.
///
/// The arrows of docs/ARCHITECTURE.md: rules know nothing of storage, storage nothing of use
/// cases, use cases nothing of HTTP, and only the binary knows everything.
const MAY_KNOW: [(&str, &[&str]); 13] = [
    ("domain", &[]),
    ("certlogic", &[]),
    ("pass", &[]),
    ("poster", &[]),
    ("exposure", &["domain"]),
    ("store", &["domain"]),
    ("store-sqlite", &["store", "domain"]),
    ("store-postgres", &["store", "domain"]),
    (
        "app",
        &["pass", "poster", "exposure", "certlogic", "store", "domain"],
    ),
    ("web", &["app", "pass", "poster", "store", "domain"]),
    ("sim", &["app", "exposure", "pass", "store", "domain"]),
    (
        "cli",
        &[
            "web",
            "sim",
            "app",
            "store-sqlite",
            "store-postgres",
            "store",
            "exposure",
            "poster",
            "pass",
            "certlogic",
            "domain",
        ],
    ),
    ("xtask", &[]),
];

/// What tests may know besides: they knock at the outermost door of a whole, stored product.
const TESTS_MAY_KNOW: [&str; 9] = [
    "store-sqlite",
    "store-postgres",
    "store",
    "sim",
    "app",
    "pass",
    "certlogic",
    "exposure",
    "domain",
];

/// Libraries, and the only crates that may use them outside their tests.
const WALLS: [(&str, &[&str]); 8] = [
    ("rusqlite", &["store-sqlite"]),
    ("refinery", &["store-sqlite", "store-postgres"]),
    ("tokio-postgres", &["store-postgres"]),
    ("axum", &["web", "cli"]),
    ("askama", &["web"]),
    ("clap", &["cli"]),
    ("krilla", &["poster"]),
    (
        "tokio",
        &[
            "store-sqlite",
            "store-postgres",
            "store",
            "app",
            "web",
            "sim",
            "cli",
        ],
    ),
];

const MEND_LAYER: &str =
    "Turn the dependency round, or move what is needed down to where both may know it";
const MEND_WALL: &str = "Give it to the crate behind whose wall it stands, and ask that one";
const MEND_TABLE: &str = "Give it a line in MAY_KNOW in xtask/src/tidy/layers.rs";

/// One line of a crate's list of dependencies.
struct Edge {
    from: String,
    manifest: String,
    to: String,
    in_tests: bool,
}

pub(super) fn check() -> Outcome<Vec<Finding>> {
    let output = repo::cargo(["metadata", "--no-deps", "--format-version", "1"])
        .output()
        .map_err(|error| Stop::broken(format!("cargo metadata: {error}")))?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        return Err(Stop::broken(format!("cargo metadata failed:\n{words}")));
    }
    let metadata: Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| Stop::broken(format!("cargo metadata cannot be read: {error}")))?;
    Ok(judge(&metadata))
}

fn judge(metadata: &Value) -> Vec<Finding> {
    let packages = list(&metadata["packages"]);
    let ours: Vec<&str> = packages
        .iter()
        .map(|package| short(&package["name"]))
        .collect();
    let mut findings = Vec::new();
    for package in packages {
        let name = short(&package["name"]);
        if allowed(name).is_none() {
            let what = format!("the crate {name} has no place in the table of who may know whom");
            findings.push(finding(&manifest(package), "name", what, MEND_TABLE));
        }
        for edge in edges(package) {
            findings.extend(judge_edge(&edge, &ours));
        }
    }
    findings
}

fn judge_edge(edge: &Edge, ours: &[&str]) -> Option<Finding> {
    let Edge {
        from,
        manifest,
        to,
        in_tests,
    } = edge;
    if ours.contains(&to.as_str()) {
        let may = allowed(from).unwrap_or_default().contains(&to.as_str());
        let may_in_tests = *in_tests && TESTS_MAY_KNOW.contains(&to.as_str());
        let what = format!("{from} may not know {to}");
        return (!may && !may_in_tests).then(|| finding(manifest, to, what, MEND_LAYER));
    }
    let (_, behind) = WALLS.iter().find(|(library, _)| library == to)?;
    let what = format!("{to} belongs to {} alone", behind.join(", "));
    (!in_tests && !behind.contains(&from.as_str())).then(|| finding(manifest, to, what, MEND_WALL))
}

fn allowed(name: &str) -> Option<&'static [&'static str]> {
    MAY_KNOW
        .iter()
        .find(|(ours, _)| *ours == name)
        .map(|(_, may)| *may)
}

fn edges(package: &Value) -> Vec<Edge> {
    list(&package["dependencies"])
        .iter()
        .map(|dependency| Edge {
            from: short(&package["name"]).to_owned(),
            manifest: manifest(package),
            to: short(&dependency["name"]).to_owned(),
            in_tests: dependency["kind"] == "dev",
        })
        .collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn short(name: &Value) -> &str {
    let name = name.as_str().unwrap_or_default();
    name.strip_prefix("gapura-").unwrap_or(name)
}

fn manifest(package: &Value) -> String {
    package["manifest_path"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// Points at the line of the manifest on which `key` begins.
fn finding(manifest: &str, key: &str, what: String, mend: &'static str) -> Finding {
    let text = fs::read_to_string(manifest).unwrap_or_default();
    let begins = |line: &str| {
        let line = line.strip_prefix("gapura-").unwrap_or(line);
        line.strip_prefix(key)
            .is_some_and(|rest| rest.starts_with([' ', '.', '=']))
    };
    let line = text.lines().position(begins).map_or(1, |place| place + 1);
    let root = repo::root().to_string_lossy();
    let file = manifest
        .strip_prefix(&*root)
        .unwrap_or(manifest)
        .trim_start_matches('/');
    Finding {
        file: file.to_owned(),
        line,
        what,
        mend,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn findings(packages: &[(&str, &[(&str, Value)])]) -> Vec<String> {
        let packages: Vec<Value> = packages
            .iter()
            .map(|(name, dependencies)| {
                let dependencies: Vec<Value> = dependencies
                    .iter()
                    .map(|(name, kind)| json!({"name": name, "kind": kind}))
                    .collect();
                json!({"name": name, "manifest_path": "Cargo.toml", "dependencies": dependencies})
            })
            .collect();
        judge(&json!({ "packages": packages }))
            .into_iter()
            .map(|finding| finding.what)
            .collect()
    }

    #[test]
    fn arrows_that_point_down_are_fine() {
        let store = ("gapura-store", &[("gapura-domain", Value::Null)][..]);
        assert!(findings(&[("gapura-domain", &[]), store]).is_empty());
    }

    #[test]
    fn an_arrow_that_points_up_is_found() {
        let domain = ("gapura-domain", &[("gapura-store", Value::Null)][..]);
        let found = findings(&[("gapura-store", &[]), domain]);
        assert_eq!(found, ["domain may not know store"]);
    }

    #[test]
    fn tests_may_know_the_store_but_the_crate_may_not() {
        let sqlite = ("gapura-store-sqlite", &[][..]);
        for (kind, count) in [(json!("dev"), 0), (json!("build"), 1), (Value::Null, 1)] {
            let web = ("gapura-web", &[("gapura-store-sqlite", kind)][..]);
            assert_eq!(findings(&[sqlite, web]).len(), count);
        }
    }

    #[test]
    fn a_library_used_on_the_wrong_side_of_its_wall_is_found() {
        let app = ("gapura-app", &[("rusqlite", Value::Null)][..]);
        assert_eq!(findings(&[app]), ["rusqlite belongs to store-sqlite alone"]);
    }

    #[test]
    fn a_crate_that_nobody_placed_is_found() {
        assert_eq!(findings(&[("gapura-extra", &[])]).len(), 1);
    }
}
