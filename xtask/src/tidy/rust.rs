//! Reads Rust only as far as tidiness needs: what is code and what is not, and where functions
//! begin and end. A full parser would take longer to compile than everything else here.

/// A function: its name, the line of its `fn` and that of its closing brace, both from 1.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Function {
    pub(super) name: String,
    pub(super) first_line: usize,
    pub(super) last_line: usize,
}

/// The text with comments and the insides of strings and characters as blanks, every line in place.
pub(super) fn code_only(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut code = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = not_code(&chars, at);
        if end == at {
            code.push(chars[at]);
            at += 1;
        } else {
            code.extend(
                chars[at..end]
                    .iter()
                    .map(|c| if *c == '\n' { '\n' } else { ' ' }),
            );
            at = end;
        }
    }
    code
}

/// Where what begins at `at` ends, if it is a comment or a literal; `at` itself if it is code.
fn not_code(chars: &[char], at: usize) -> usize {
    let next = chars.get(at + 1);
    match (chars[at], next) {
        ('/', Some('/')) => past(chars, at, |rest| rest.first() == Some(&'\n')),
        ('/', Some('*')) => block_comment(chars, at),
        ('"', _) => string(chars, at + 1),
        ('r', Some('"' | '#')) if begins_word(chars, at) => raw_string(chars, at),
        ('\'', Some('\\')) => string_like(chars, at + 1, '\''),
        ('\'', Some(_)) if chars.get(at + 2) == Some(&'\'') => at + 3,
        _ => at,
    }
}

/// Whether no word goes on at `at`; the `b` of a byte string and the `c` of a C string do not count.
fn begins_word(chars: &[char], at: usize) -> bool {
    let is_word = |place: usize| chars[place].is_alphanumeric() || chars[place] == '_';
    match at.checked_sub(1) {
        None => true,
        Some(before) if matches!(chars[before], 'b' | 'c') => before == 0 || !is_word(before - 1),
        Some(before) => !is_word(before),
    }
}

fn string(chars: &[char], start: usize) -> usize {
    string_like(chars, start, '"')
}

/// The place behind the closing quote, from inside.
fn string_like(chars: &[char], start: usize, quote: char) -> usize {
    let mut at = start;
    while at < chars.len() {
        match chars[at] {
            '\\' => at += 2,
            c if c == quote => return at + 1,
            _ => at += 1,
        }
    }
    chars.len()
}

fn raw_string(chars: &[char], at: usize) -> usize {
    let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
    let open = at + 1 + hashes;
    if chars.get(open) != Some(&'"') {
        return at;
    }
    let closes = |rest: &[char]| {
        rest.first() == Some(&'"')
            && rest.iter().skip(1).take_while(|c| **c == '#').count() >= hashes
    };
    (past(chars, open + 1, closes) + 1 + hashes).min(chars.len())
}

/// Block comments nest.
fn block_comment(chars: &[char], start: usize) -> usize {
    let mut depth = 0;
    let mut at = start;
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) if depth == 1 => return at + 2,
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    chars.len()
}

/// The first place from `start` on where `found` holds of the rest, or the end.
fn past(chars: &[char], start: usize, found: impl Fn(&[char]) -> bool) -> usize {
    (start..chars.len())
        .find(|at| found(&chars[*at..]))
        .unwrap_or(chars.len())
}

/// The functions that have a body, in order, from text without comments and strings.
pub(super) fn functions(code: &str) -> Vec<Function> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("fn ") {
        let before = code[..at].chars().next_back();
        let rest = &code[at + 3..];
        let name: String = rest
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_' || *c == '#')
            .collect();
        if name.is_empty() || before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            continue;
        }
        if let Some(length) = body_end(rest) {
            let line = |place: usize| code[..place].matches('\n').count() + 1;
            let (first_line, last_line) = (line(at), line(at + 3 + length));
            found.push(Function {
                name,
                first_line,
                last_line,
            });
        }
    }
    found
}

/// The place of the brace that closes the function whose signature begins the text; none where a
/// semicolon comes first.
fn body_end(text: &str) -> Option<usize> {
    let (mut round, mut braces) = (0_i32, 0_i32);
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' => round += 1,
            ')' | ']' => round -= 1,
            ';' if round == 0 && braces == 0 => return None,
            '{' => braces += 1,
            '}' => {
                braces -= 1;
                if braces == 0 && round == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// The line, from 1, on which the tests at the end of a file begin.
pub(super) fn tests_begin(code: &str) -> Option<usize> {
    let lines: Vec<&str> = code.lines().map(str::trim).collect();
    lines
        .windows(2)
        .position(|pair| pair[0] == "#[cfg(test)]" && pair[1].starts_with("mod "))
        .map(|place| place + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_strings_are_blanked_and_lines_stay() {
        let text = "let a = \"x // {\"; // }\n/* one /* two */ { */ let b = r#\"\" } \"#;\n";
        let code = code_only(text);
        assert_eq!(code.lines().count(), 2);
        assert!(code.contains("let a =") && code.contains("let b ="));
        assert!(!code.contains(['{', '}', 'x', '"']), "{code}");
    }

    #[test]
    fn lifetimes_are_not_characters_and_characters_may_be_quotes() {
        let code = code_only("fn f<'a>(x: &'a str) { g('\"', '\\'', '{', b'}', b\"}\", br\"{\") }");
        assert!(code.contains("fn f<'a>(x: &'a str) {"), "{code}");
        assert_eq!(code.matches(['{', '}']).count(), 2, "{code}");
    }

    #[test]
    fn a_raw_identifier_does_not_begin_a_string() {
        assert_eq!(code_only("r#type \"}\""), "r#type    ");
    }

    #[test]
    fn an_unclosed_string_or_comment_ends_with_the_file() {
        for text in ["a \"b", "a /* b", "a r#\"b", "a '\\", "a \"b\\"] {
            assert_eq!(code_only(text).trim_end(), "a", "{text}");
        }
    }

    #[test]
    fn functions_are_found_with_their_lines() {
        let code = "trait T {\n    fn none(&self);\n    fn given(&self) -> [u8; 2] {\n        [1, 2]\n    }\n}\n\
            fn outer(f: fn(u8) -> u8)\nwhere\n    u8: Copy,\n{\n    fn inner() {}\n}\n";
        let found: Vec<_> = functions(code)
            .into_iter()
            .map(|function| (function.name, function.first_line, function.last_line))
            .collect();
        let expected = [("given", 3, 5), ("outer", 7, 12), ("inner", 11, 11)];
        assert_eq!(
            found,
            expected.map(|(name, first, last)| (name.to_owned(), first, last))
        );
    }

    #[test]
    fn the_tests_of_a_file_begin_at_their_attribute() {
        assert_eq!(
            tests_begin("fn a() {}\n\n#[cfg(test)]\nmod tests {\n}\n"),
            Some(3)
        );
        assert_eq!(tests_begin("#[cfg(test)]\nfn only_here() {}\n"), None);
    }
}
