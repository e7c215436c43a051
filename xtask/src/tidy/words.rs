//! What must not stand in the repository: work left undone, checks switched off, and traces of the
//! machine on which somebody happened to write it.

use super::rust::code_only;
use super::{Finding, Source};

/// Something that must not be there, and what to do instead.
struct Unwanted {
    text: &'static str,
    what: &'static str,
    mend: &'static str,
}

const fn unwanted(text: &'static str, what: &'static str, mend: &'static str) -> Unwanted {
    Unwanted { text, what, mend }
}

const FINISH: &str = "Finish it, or leave it out and say so in the documents";
const SWITCHED_OFF: &str = "Mend the test or delete it";

/// In Rust, outside comments and strings.
const IN_RUST: [Unwanted; 5] = [
    unwanted(
        "[allow(",
        "a lint is silenced",
        "Use #[expect(lint, reason = \"…\")]",
    ),
    unwanted("todo!(", "unfinished code", FINISH),
    unwanted("unimplemented!(", "unfinished code", FINISH),
    unwanted("dbg!(", "a forgotten trace", "Take it out, or log it"),
    unwanted("#[ignore", "a test is switched off", SWITCHED_OFF),
];

/// In TypeScript and JavaScript.
const IN_SCRIPTS: [Unwanted; 7] = [
    unwanted("test.skip(", "a test is switched off", SWITCHED_OFF),
    unwanted("describe.skip(", "tests are switched off", SWITCHED_OFF),
    unwanted(
        "test.only(",
        "all other tests are switched off",
        "Take the .only out",
    ),
    unwanted("test.todo(", "a test is missing", FINISH),
    unwanted(
        concat!("@ts-", "ignore"),
        "a type error is silenced",
        "Mend the type",
    ),
    unwanted(
        concat!("@ts-", "nocheck"),
        "type errors are silenced",
        "Mend the types",
    ),
    unwanted("debugger;", "a forgotten halt", "Take it out"),
];

/// Everywhere. (The pieces are joined here so that this file does not find itself.)
const ANYWHERE: [Unwanted; 2] = [
    unwanted(concat!("FIX", "ME"), "work left undone", FINISH),
    unwanted(concat!("TO", "DO"), "work left undone", FINISH),
];

/// Everywhere, unless they go on a longer path.
const PATHS: [&str; 4] = [
    concat!("/wo", "rk/"),
    concat!("/ho", "me/"),
    concat!("/ro", "ot/"),
    concat!("/tm", "p/wt"),
];
const MEND_PATH: &str = "Use a path from the root of the repository, or an argument";

/// Where packages come from is the business of whoever builds.
const HOSTS: [&str; 9] = [
    concat!("registry.", "npmjs"),
    concat!("registry.", "yarnpkg"),
    concat!("index.", "crates.io"),
    concat!("static.", "crates.io"),
    concat!("deb.", "debian.org"),
    concat!("py", "pi.org"),
    concat!("files.", "pythonhosted"),
    concat!("proxy.", "golang"),
    concat!("arti", "factory"),
];
const MEND_HOST: &str =
    "Leave it to the package manager's own settings (npm: omit-lockfile-registry-resolved=true)";

pub(super) fn check(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    if source.has_extension("rs") {
        look(source, &code_only(&source.text), &IN_RUST, &mut findings);
    }
    if ["ts", "mjs", "js"]
        .iter()
        .any(|extension| source.has_extension(extension))
    {
        look(source, &source.text, &IN_SCRIPTS, &mut findings);
    }
    look(source, &source.text, &ANYWHERE, &mut findings);
    for (line, text) in numbered(&source.text) {
        if let Some(path) = PATHS.iter().find(|path| begins_path(text, path)) {
            let what = format!("a path of one machine: {path}");
            findings.push(source.finding(line, what, MEND_PATH));
        }
        if let Some(host) = HOSTS.iter().find(|host| text.contains(*host)) {
            let what = format!("the host of a package registry: {host}");
            findings.push(source.finding(line, what, MEND_HOST));
        }
    }
    findings
}

fn look(source: &Source, text: &str, list: &[Unwanted], findings: &mut Vec<Finding>) {
    for (line, text) in numbered(text) {
        for Unwanted { what, mend, .. } in list.iter().filter(|item| has(text, item.text)) {
            findings.push(source.finding(line, *what, mend));
        }
    }
}

fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(place, line)| (place + 1, line))
}

/// Whether `wanted` stands in the line as a word of its own.
fn has(line: &str, wanted: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let joins = |a: Option<char>, b: Option<char>| a.is_some_and(is_word) && b.is_some_and(is_word);
    line.match_indices(wanted).any(|(at, _)| {
        let before = joins(line[..at].chars().next_back(), wanted.chars().next());
        let after = joins(
            wanted.chars().next_back(),
            line[at + wanted.len()..].chars().next(),
        );
        !before && !after
    })
}

/// Whether `path` stands in the line and is not the tail of a longer one (`../work/` is not).
fn begins_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '/' | '}'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<(usize, String)> {
        let source = Source {
            path: path.to_owned(),
            text: text.to_owned(),
        };
        check(&source)
            .into_iter()
            .map(|finding| (finding.line, finding.what))
            .collect()
    }

    #[test]
    fn unfinished_code_is_found_and_the_word_in_a_string_is_not() {
        let text = "fn a() {\n    todo!()\n}\nconst B: &str = \"todo!()\"; // todo!()\n";
        assert_eq!(found("a.rs", text), [(2, "unfinished code".to_owned())]);
    }

    #[test]
    fn silenced_lints_and_ignored_tests_are_found() {
        let text = "#![allow(dead_code)]\n#[expect(dead_code, reason = \"\")]\n#[ignore]\n";
        let lines: Vec<usize> = found("a.rs", text)
            .into_iter()
            .map(|(line, _)| line)
            .collect();
        assert_eq!(lines, [1, 3]);
    }

    #[test]
    fn a_note_of_work_left_is_found_in_any_file_as_a_whole_word() {
        let note = concat!("<!-- FIX", "ME -->\nPRE", "FIX", "MED\n");
        assert_eq!(found("a.html", note), [(1, "work left undone".to_owned())]);
    }

    #[test]
    fn tests_switched_off_in_scripts_are_found() {
        assert_eq!(
            found("a.test.mjs", "test.only('a', f);\nlist.skip(2);\n").len(),
            1
        );
    }

    #[test]
    fn a_path_of_one_machine_is_found_and_a_relative_one_is_not() {
        let own = PATHS.map(|path| format!("see {path}a\n"));
        for line in own {
            assert_eq!(found("a.md", &line).len(), 1, "{line}");
        }
        assert!(found("a.md", concat!("see ../wo", "rk/a and x/ho", "me/\n")).is_empty());
    }

    #[test]
    fn the_host_of_a_registry_is_found_even_in_a_lock_file() {
        let line = format!("\"resolved\": \"https://{}.org/x.tgz\"", HOSTS[0]);
        assert_eq!(found("ui/package-lock.json", &line).len(), 1);
    }
}
