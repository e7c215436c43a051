//! Migrations are run in the order of their numbers, so in each folder a number may stand once.

use std::collections::HashMap;

use super::{Finding, Source};

const MEND_NAME: &str = "Name it V<number>__<what_it_does>.sql";
const MEND_NUMBER: &str = "Take the next free number";

pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let mut seen: HashMap<(&str, u32), &str> = HashMap::new();
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| source.has_extension("sql")) {
        let Some((folder, name)) = source.path.rsplit_once('/') else {
            continue;
        };
        if !folder.ends_with("migrations") {
            continue;
        }
        let Some(number) = number(name) else {
            findings.push(source.finding(1, "this migration has no number", MEND_NAME));
            continue;
        };
        if let Some(other) = seen.insert((folder, number), name) {
            let what = format!("number {number} is taken by {other}");
            findings.push(source.finding(1, what, MEND_NUMBER));
        }
    }
    findings
}

/// The number of `V12__adds_a_table.sql`.
fn number(name: &str) -> Option<u32> {
    let (number, words) = name
        .strip_prefix('V')?
        .strip_suffix(".sql")?
        .split_once("__")?;
    (!words.is_empty()).then(|| number.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(paths: &[&str]) -> usize {
        let source = |path: &&str| Source {
            path: (*path).to_owned(),
            text: String::new(),
        };
        check(&paths.iter().map(source).collect::<Vec<_>>()).len()
    }

    #[test]
    fn two_backends_may_use_the_same_number() {
        assert_eq!(
            found(&["a/migrations/V1__start.sql", "b/migrations/V1__start.sql"]),
            0
        );
    }

    #[test]
    fn a_number_used_twice_in_a_folder_is_found() {
        assert_eq!(
            found(&["a/migrations/V1__start.sql", "a/migrations/V01__again.sql"]),
            1
        );
    }

    #[test]
    fn a_name_without_a_number_or_words_is_found() {
        assert_eq!(
            found(&["a/migrations/start.sql", "a/migrations/V2__.sql"]),
            2
        );
        assert_eq!(found(&["a/queries/start.sql"]), 0);
    }
}
