//! How long a file and a function may be, and how a module opens.

use super::rust::{code_only, functions, tests_begin};
use super::{Finding, Source};

/// Lines of a Rust file before its tests.
const RUST_BEFORE_TESTS: usize = 400;
/// Lines of a Rust file with its tests.
const RUST: usize = 500;
/// Lines of a file that holds stories only: they are read one by one.
const STORIES: usize = 600;
/// Lines of a function, from `fn` to its closing brace.
const FUNCTION: usize = 70;
/// Lines of everything else, by the end of its name.
const OTHERS: [(&str, usize); 8] = [
    ("ts", 400),
    ("mjs", 400),
    ("js", 400),
    ("css", 400),
    ("html", 400),
    ("sql", 400),
    ("md", 500),
    // The longest are catalogues of words, looked up by key.
    ("toml", 600),
];

const MEND_FILE: &str = "Find what would make each of two files a room of its own";
const MEND_FUNCTION: &str = "Give its steps names and let it call them";
const MEND_DOCS: &str = "Open it with //! and a sentence that says what the room is for";

pub(super) fn check(source: &Source) -> Vec<Finding> {
    if source.has_extension("rs") {
        rust(source)
    } else {
        Vec::from_iter(other(source))
    }
}

fn rust(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    let code = code_only(&source.text);
    let lines = source.text.lines().count();
    let before_tests = tests_begin(&code).map_or(lines, |line| line - 1);
    if before_tests > RUST_BEFORE_TESTS && !is_test(&source.path) {
        let what = format!("{before_tests} lines before the tests; {RUST_BEFORE_TESTS} may be");
        findings.push(source.finding(RUST_BEFORE_TESTS + 1, what, MEND_FILE));
    } else {
        let most = if is_test(&source.path) { STORIES } else { RUST };
        if lines > most {
            let what = format!("{lines} lines with the tests; {most} may be");
            findings.push(source.finding(most + 1, what, MEND_FILE));
        }
    }
    // A story is told in one go.
    let measured = if is_test(&source.path) {
        Vec::new()
    } else {
        functions(&code)
    };
    for function in measured {
        let length = function.last_line - function.first_line + 1;
        if length > FUNCTION {
            let what = format!("{} has {length} lines; {FUNCTION} may be", function.name);
            findings.push(source.finding(function.first_line, what, MEND_FUNCTION));
        }
    }
    let opening = source.text.lines().find(|line| !line.trim().is_empty());
    if source.path.contains("src/") && !opening.is_some_and(|line| line.starts_with("//!")) {
        findings.push(source.finding(1, "the module does not say what it is for", MEND_DOCS));
    }
    findings
}

fn is_test(path: &str) -> bool {
    path.contains("/tests/")
}

fn other(source: &Source) -> Option<Finding> {
    let (_, most) = OTHERS
        .iter()
        .find(|(extension, _)| source.has_extension(extension))?;
    let lines = source.text.lines().count();
    let what = format!("{lines} lines; {most} may be");
    (lines > *most).then(|| source.finding(most + 1, what, MEND_FILE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: String) -> Vec<(usize, String)> {
        let source = Source {
            path: path.to_owned(),
            text,
        };
        check(&source)
            .into_iter()
            .map(|finding| (finding.line, finding.what))
            .collect()
    }

    fn lines(count: usize) -> String {
        "x();\n".repeat(count)
    }

    #[test]
    fn four_hundred_lines_and_a_hundred_of_tests_are_enough() {
        let file = |before, after| {
            format!(
                "//! A.\n{}#[cfg(test)]\nmod tests {{\n{}}}\n",
                lines(before),
                lines(after)
            )
        };
        assert!(found("crates/a/src/lib.rs", file(399, 97)).is_empty());
        assert_eq!(found("crates/a/src/lib.rs", file(400, 0))[0].0, 401);
        assert_eq!(found("crates/a/src/lib.rs", file(399, 98))[0].0, 501);
    }

    #[test]
    fn seventy_lines_of_a_function_are_enough() {
        let file = |inside| format!("//! A.\nfn a() {{\n{}}}\n", lines(inside));
        assert!(found("crates/a/src/lib.rs", file(68)).is_empty());
        let found = found("crates/a/src/lib.rs", file(69));
        assert_eq!(found, [(2, "a has 71 lines; 70 may be".to_owned())]);
    }

    #[test]
    fn a_module_says_what_it_is_for_and_a_test_need_not() {
        assert_eq!(
            found("crates/a/src/b.rs", "fn b() {}\n".to_owned()).len(),
            1
        );
        assert!(found("crates/a/tests/b.rs", "fn b() {}\n".to_owned()).is_empty());
    }

    #[test]
    fn other_files_have_their_measure_too() {
        assert!(found("ui/src/a.css", lines(400)).is_empty());
        assert_eq!(found("ui/src/a.css", lines(401))[0].0, 401);
        assert!(found("ui/package-lock.json", lines(9000)).is_empty());
    }
}
