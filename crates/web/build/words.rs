//! Turns the word catalogue into Rust: one method for each sentence.
//!
//! Every text that a person reads stands in `words/LANGUAGE/AUDIENCE.toml`, once in each language. A sentence that is
//! missing in one language, or names other parameters there, stops the build with the file and the key, so a page
//! can never show half a translation. The method is called after the audience and the path of the key:
//! `[door] confirm = "…"` in `visitor.toml` becomes `visitor_door_confirm`.
//!
//! Parameters stand in braces, `{from}`, and become arguments in alphabetical order, so that another wording never
//! changes a signature. `{count}` is a whole number, written with the language's separators; where English needs two
//! forms, the key is a table of exactly `one` and `other`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The catalogue of one language as it stands in the files: audience to text of the TOML file.
pub(crate) type Sources = BTreeMap<String, String>;

/// Writes the Rust of all sentences, or says everything that is wrong with the catalogue.
pub(crate) fn generate(indonesian: &Sources, english: &Sources) -> Result<String, Vec<String>> {
    let mut wrong = Vec::new();
    let id = read("id", indonesian, &mut wrong);
    let en = read("en", english, &mut wrong);
    compare(&id, &en, &mut wrong);
    compare(&en, &id, &mut wrong);
    if !wrong.is_empty() {
        wrong.sort();
        wrong.dedup();
        return Err(wrong);
    }
    let mut rust = String::from("impl Words {\n");
    for (method, sentence) in &id {
        write_method(&mut rust, method, sentence, &en[method]);
    }
    rust.push_str("}\n");
    Ok(rust)
}

/// One sentence in one language.
struct Sentence {
    /// The file, as a person would name it.
    file: String,
    /// The other language's file of the same audience.
    counterpart: String,
    /// The path of the key in the file.
    key: String,
    /// What to say, and what to say of exactly one where the language makes a difference.
    other: String,
    one: Option<String>,
    parameters: BTreeSet<String>,
}

fn read(language: &str, sources: &Sources, wrong: &mut Vec<String>) -> BTreeMap<String, Sentence> {
    let mut sentences = BTreeMap::new();
    for (audience, text) in sources {
        let file = format!("words/{language}/{audience}.toml");
        let table = match text.parse::<toml::Table>() {
            Ok(table) => table,
            Err(error) => {
                wrong.push(format!("{file}: {error}"));
                continue;
            }
        };
        let place = Place {
            file,
            counterpart: format!(
                "words/{}/{audience}.toml",
                if language == "id" { "en" } else { "id" }
            ),
        };
        collect(&place, audience, "", &table, &mut sentences, wrong);
    }
    sentences
}

struct Place {
    file: String,
    counterpart: String,
}

fn collect(
    place: &Place,
    method: &str,
    path: &str,
    table: &toml::Table,
    sentences: &mut BTreeMap<String, Sentence>,
    wrong: &mut Vec<String>,
) {
    for (name, value) in table {
        let method = format!("{method}_{name}");
        let key = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        if !is_name(name) {
            wrong.push(format!(
                "{}: `{key}` must be written in small letters, digits and underscores",
                place.file
            ));
            continue;
        }
        let (one, other) = match value {
            toml::Value::String(text) => (None, text.clone()),
            toml::Value::Table(forms) => {
                if let Some((one, other)) = plural(forms) {
                    (Some(one), other)
                } else {
                    collect(place, &method, &key, forms, sentences, wrong);
                    continue;
                }
            }
            _ => {
                wrong.push(format!(
                    "{}: `{key}` must be a text in quotation marks",
                    place.file
                ));
                continue;
            }
        };
        match sentence(place, &key, one, other) {
            Ok(sentence) => {
                if let Some(earlier) = sentences.insert(method.clone(), sentence) {
                    wrong.push(format!(
                        "{}: `{key}` and `{}` would both be called `{method}`",
                        place.file, earlier.key
                    ));
                }
            }
            Err(complaint) => wrong.push(format!("{}: `{key}` {complaint}", place.file)),
        }
    }
}

/// A table of exactly `one` and `other` is a sentence in two forms.
fn plural(table: &toml::Table) -> Option<(String, String)> {
    match (table.len(), table.get("one")?, table.get("other")?) {
        (2, toml::Value::String(one), toml::Value::String(other)) => {
            Some((one.clone(), other.clone()))
        }
        _ => None,
    }
}

fn sentence(
    place: &Place,
    key: &str,
    one: Option<String>,
    other: String,
) -> Result<Sentence, String> {
    let mut parameters = parameters(&other)?;
    if let Some(one) = &one {
        parameters.extend(self::parameters(one)?);
        if !parameters.contains("count") {
            return Err(
                "has the forms `one` and `other`, so one of them must name {count}".to_owned(),
            );
        }
    }
    for text in one.iter().chain([&other]) {
        if text.trim().is_empty() {
            return Err("is empty".to_owned());
        }
        if text.contains('!') {
            return Err("has an exclamation mark; say it calmly".to_owned());
        }
    }
    Ok(Sentence {
        file: place.file.clone(),
        counterpart: place.counterpart.clone(),
        key: key.to_owned(),
        other,
        one,
        parameters,
    })
}

/// The names in braces.
fn parameters(text: &str) -> Result<BTreeSet<String>, String> {
    let mut names = BTreeSet::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let after = &rest[at + 1..];
        let (true, Some(end)) = (rest[at..].starts_with('{'), after.find('}')) else {
            return Err("has a brace without its partner".to_owned());
        };
        let name = &after[..end];
        if !is_name(name) || name == "self" {
            return Err(format!(
                "has the parameter `{{{name}}}`, which is not a name in small letters"
            ));
        }
        names.insert(name.to_owned());
        rest = &after[end + 1..];
    }
    Ok(names)
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

fn compare(
    from: &BTreeMap<String, Sentence>,
    to: &BTreeMap<String, Sentence>,
    wrong: &mut Vec<String>,
) {
    for (method, here) in from {
        match to.get(method) {
            None => wrong.push(format!(
                "{}: `{}` is missing; it stands in {}",
                here.counterpart, here.key, here.file
            )),
            Some(there) if there.parameters != here.parameters => wrong.push(format!(
                "`{}` names {} in {} and {} in {}",
                first(here, there).key,
                listed(&first(here, there).parameters),
                first(here, there).file,
                listed(&second(here, there).parameters),
                second(here, there).file,
            )),
            Some(_) => {}
        }
    }
}

/// The two in the order of their files, so that both directions of the comparison complain in the same words.
fn first<'a>(one: &'a Sentence, other: &'a Sentence) -> &'a Sentence {
    if one.file <= other.file { one } else { other }
}

fn second<'a>(one: &'a Sentence, other: &'a Sentence) -> &'a Sentence {
    if one.file <= other.file { other } else { one }
}

fn listed(parameters: &BTreeSet<String>) -> String {
    if parameters.is_empty() {
        return "no parameter".to_owned();
    }
    parameters
        .iter()
        .map(|name| format!("{{{name}}}"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn write_method(rust: &mut String, method: &str, id: &Sentence, en: &Sentence) {
    let quoted = |text: &str| {
        format!(
            "``{}``",
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        )
    };
    let doc = format!(" {}\n\n {}", quoted(&id.other), quoted(&en.other));
    let _ = writeln!(rust, "    #[doc = {doc:?}]\n    #[must_use]");
    let arguments = id.parameters.iter().map(|name| {
        let kind = if name == "count" {
            "impl Count"
        } else {
            "impl std::fmt::Display"
        };
        format!(", {name}: {kind}")
    });
    let arguments = arguments.collect::<String>();
    let (constant, result) = if arguments.is_empty() {
        ("const ", "&'static str")
    } else {
        ("", "String")
    };
    let _ = writeln!(
        rust,
        "    pub {constant}fn {method}(self{arguments}) -> {result} {{"
    );
    if id.parameters.contains("count") {
        let _ = writeln!(rust, "        let count = count.whole();");
        if id.one.is_some() || en.one.is_some() {
            let _ = writeln!(rust, "        let single = count == 1;");
        }
        let _ = writeln!(
            rust,
            "        let count = crate::format::number(self.lang, count);"
        );
    }
    let _ = writeln!(rust, "        match self.lang {{");
    write_arms(rust, id, en);
    rust.push_str("        }\n    }\n");
}

/// The two languages, as one where they say the same.
fn write_arms(rust: &mut String, id: &Sentence, en: &Sentence) {
    let both = (&id.one, &id.other) == (&en.one, &en.other);
    let languages: &[(&str, &Sentence)] = if both {
        &[("Lang::Id | Lang::En", id)]
    } else {
        &[("Lang::Id", id), ("Lang::En", en)]
    };
    for (language, sentence) in languages {
        if let Some(one) = &sentence.one {
            let text = formatted(one, &sentence.parameters);
            let _ = writeln!(rust, "            {language} if single => {text},");
        }
        let text = formatted(&sentence.other, &sentence.parameters);
        let _ = writeln!(rust, "            {language} => {text},");
    }
}

/// A form of a sentence as an expression; "one place" may leave the number out.
fn formatted(text: &str, all: &BTreeSet<String>) -> String {
    if all.is_empty() {
        format!("{text:?}")
    } else if parameters(text).is_ok_and(|named| named.is_empty()) {
        format!("{text:?}.to_owned()")
    } else {
        format!("format!({text:?})")
    }
}

#[cfg(test)]
mod tests {
    use super::{Sources, generate};

    fn sources(file: &str, text: &str) -> Sources {
        Sources::from([(file.to_owned(), text.to_owned())])
    }

    fn both(id: &str, en: &str) -> Result<String, Vec<String>> {
        generate(&sources("visitor", id), &sources("visitor", en))
    }

    #[test]
    fn a_sentence_becomes_a_method_named_after_its_file_and_key() {
        let rust = both("[door]\nconfirm = \"Masuk\"", "[door]\nconfirm = \"Enter\"").unwrap();
        assert!(
            rust.contains("pub const fn visitor_door_confirm(self) -> &'static str"),
            "{rust}"
        );
        assert!(rust.contains("Lang::Id => \"Masuk\","), "{rust}");
        assert!(rust.contains("Lang::En => \"Enter\","), "{rust}");
    }

    #[test]
    fn parameters_come_in_the_order_of_the_alphabet_whatever_the_wording() {
        let rust = both("a = \"{until} di {room}\"", "a = \"{room} until {until}\"").unwrap();
        assert!(rust.contains("fn visitor_a(self, room: impl std::fmt::Display, until: impl std::fmt::Display) -> String"), "{rust}");
    }

    #[test]
    fn a_key_that_one_language_lacks_stops_the_build_and_is_named_with_its_file() {
        let wrong = both("[door]\na = \"Ya\"\nb = \"Tidak\"", "[door]\na = \"Yes\"").unwrap_err();
        assert_eq!(
            wrong,
            ["words/en/visitor.toml: `door.b` is missing; it stands in words/id/visitor.toml"]
        );
        let wrong = both("a = \"Ya\"", "a = \"Yes\"\nc = \"See\"").unwrap_err();
        assert_eq!(
            wrong,
            ["words/id/visitor.toml: `c` is missing; it stands in words/en/visitor.toml"]
        );
    }

    #[test]
    fn other_parameters_stop_the_build() {
        let wrong = both("a = \"Sampai {until}\"", "a = \"Until {time}\"").unwrap_err();
        assert_eq!(
            wrong,
            ["`a` names {time} in words/en/visitor.toml and {until} in words/id/visitor.toml"]
        );
    }

    #[test]
    fn english_may_have_two_forms_where_indonesian_has_one() {
        let rust = both(
            "left = \"{count} tempat lagi\"",
            "[left]\none = \"one place left\"\nother = \"{count} places left\"",
        )
        .unwrap();
        assert!(
            rust.contains("pub fn visitor_left(self, count: impl Count) -> String"),
            "{rust}"
        );
        assert!(
            rust.contains("Lang::En if single => \"one place left\".to_owned(),"),
            "{rust}"
        );
        assert!(
            rust.contains("Lang::En => format!(\"{count} places left\"),"),
            "{rust}"
        );
    }

    #[test]
    fn a_section_that_only_looks_like_two_forms_stays_a_section() {
        let text = "[left]\none = \"{count} x\"\nother = \"{count} y\"\nthird = \"z\"";
        assert!(both(text, text).unwrap().contains("visitor_left_third"));
    }

    #[test]
    fn two_keys_of_one_name_are_refused() {
        let text = "a_b = \"x\"\n[a]\nb = \"y\"";
        assert!(both(text, text).unwrap_err()[0].contains("would both be called `visitor_a_b`"));
    }

    #[test]
    fn careless_texts_are_refused() {
        for (text, complaint) in [
            ("a = \"Masuk!\"", "exclamation"),
            ("a = \" \"", "empty"),
            ("a = \"{until\"", "brace"),
            ("a = \"x} {y}\"", "brace"),
            ("a = \"{Until}\"", "small letters"),
            ("Big = \"x\"", "small letters"),
            ("a = 3", "quotation"),
            ("a = ", "words/en/visitor.toml"),
        ] {
            let wrong = both(text, text).unwrap_err();
            assert!(wrong[0].contains(complaint), "{text}: {wrong:?}");
        }
    }

    #[test]
    fn quotation_marks_and_lines_survive() {
        let text = "a = \"kata \\\"melati\\\" – ya\"";
        assert!(
            both(text, text)
                .unwrap()
                .contains(r#""kata \"melati\" – ya""#)
        );
    }
}
