//! The columns of lists of people, and what is wrong with a cell, as sentences that say how to mend it.

use gapura_app::import_people::{Imported, PEOPLE_COLUMNS, VACCINATION_COLUMNS};
use std::collections::BTreeMap;

use crate::venue::fault::in_words;
use crate::words::Words;

/// The columns of a list.
pub(super) fn of(what: Imported) -> &'static [gapura_app::csv_table::Column] {
    match what {
        Imported::People => PEOPLE_COLUMNS,
        Imported::Vaccinations => VACCINATION_COLUMNS,
    }
}

/// The header that people write.
pub(super) fn header(w: Words, column: &str) -> &'static str {
    match column {
        "name" => w.people_column_name(),
        "birth_date" => w.people_column_birth_date(),
        "nik" => w.people_column_nik(),
        "contact" => w.people_column_contact(),
        "date" => w.people_column_date(),
        "product" => w.people_column_product(),
        "dose" => w.people_column_dose(),
        "batch" => w.people_column_batch(),
        _ => w.people_column_source_id(),
    }
}

/// What the column holds.
pub(super) fn about(w: Words, column: &str) -> &'static str {
    match column {
        "name" => w.people_about_name(),
        "birth_date" => w.people_about_birth_date(),
        "nik" => w.people_about_nik(),
        "contact" => w.people_about_contact(),
        "date" => w.people_about_date(),
        "product" => w.people_about_product(),
        "dose" => w.people_about_dose(),
        "batch" => w.people_about_batch(),
        _ => w.people_about_source_id(),
    }
}

/// Faults of a table that lists of places have too, told in the same words.
const OF_TABLES: [&str; 9] = [
    "not_utf8",
    "file_empty",
    "file_too_large",
    "too_many_rows",
    "too_many_cells",
    "cell_too_long",
    "quote_open",
    "column_missing",
    "column_twice",
];

/// What is wrong, and how to mend it.
pub(crate) fn sentence(w: Words, column: Option<&str>, code: &str) -> String {
    if OF_TABLES.contains(&code) {
        let field = column.map_or("", |column| header(w, column));
        return in_words(w, code, &BTreeMap::new(), field);
    }
    of_person(w, code)
        .or_else(|| of_match(w, code))
        .unwrap_or_else(|| w.people_fault_other())
        .to_owned()
}

fn of_person(w: Words, code: &str) -> Option<&'static str> {
    Some(match code {
        "missing" => w.people_fault_missing(),
        "name_length" => w.people_fault_name_length(),
        "name_character" => w.people_fault_name_character(),
        "date" => w.people_fault_date(),
        "birth_date" => w.people_fault_birth_date(),
        "nik_digits" => w.people_fault_nik_digits(),
        "nik_date" => w.people_fault_nik_date(),
        "nik_mismatch" => w.people_fault_nik_mismatch(),
        "contact" => w.people_fault_contact(),
        "in_future" => w.people_fault_in_future(),
        "before_birth" => w.people_fault_before_birth(),
        "dose_number" => w.people_fault_dose_number(),
        "label" => w.people_fault_label(),
        "too_long" => w.people_fault_too_long(),
        "file_unreadable" => w.people_fault_file_unreadable(),
        "header_missing" => w.people_fault_header_missing(),
        _ => return None,
    })
}

/// What does not agree with what is known, or with another row.
fn of_match(w: Words, code: &str) -> Option<&'static str> {
    Some(match code {
        "contact_taken" => w.people_fault_contact_taken(),
        "contact_differs" => w.people_fault_contact_differs(),
        "number_known_otherwise" => w.people_fault_number_known_otherwise(),
        "twice_in_file" => w.people_fault_twice_in_file(),
        "nobody_known" => w.people_fault_nobody_known(),
        "several_match" => w.people_fault_several_match(),
        "name_differs" => w.people_fault_name_differs(),
        "birth_date_differs" => w.people_fault_birth_date_differs(),
        "dose_differs" => w.people_fault_dose_differs(),
        "source_id_used" => w.people_fault_source_id_used(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use gapura_app::import_people::Imported;

    use super::{about, header, of, sentence};
    use crate::lang::Lang;

    #[test]
    fn every_column_is_called_by_a_name_that_lists_are_read_by() {
        let plain = |text: &str| text.replace(['_', ' ', '-'], "");
        for lang in Lang::ALL {
            for what in [Imported::People, Imported::Vaccinations] {
                for column in of(what) {
                    let name = header(lang.words(), column.name);
                    let is_meant = |known: &&str| plain(known) == plain(name);
                    let is_known = is_meant(&column.name) || column.aliases.iter().any(is_meant);
                    assert!(is_known, "{name} does not mean {}", column.name);
                    assert!(!about(lang.words(), column.name).is_empty());
                }
            }
        }
    }

    /// Codes of one word; those of several are found where they are given.
    const SHORT: [&str; 4] = ["missing", "date", "contact", "label"];
    /// What looks like a code and is a column or an outcome.
    const NO_CODES: [&str; 5] = [
        "birth_date",
        "source_id",
        "table_unreadable",
        "import_stopped",
        "people_imported",
    ];

    fn codes(path: &Path, found: &mut BTreeSet<String>) {
        let text = fs::read_to_string(path).expect("a readable file");
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let is_code = |word: &&str| {
            word.contains('_')
                && word
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        };
        let quoted = code.split('"').skip(1).step_by(2);
        found.extend(quoted.filter(is_code).map(str::to_owned));
    }

    #[test]
    fn every_fault_of_a_row_says_how_to_mend_it() {
        let app = Path::new(env!("CARGO_MANIFEST_DIR")).join("../app/src");
        let mut found = BTreeSet::from(SHORT.map(str::to_owned));
        for file in [
            "csv_table.rs",
            "csv_table/lexer.rs",
            "import_people/people.rs",
            "import_people/vaccinations.rs",
            "matching.rs",
            "person_form.rs",
        ] {
            codes(&app.join(file), &mut found);
        }
        found.extend(["in_future", "before_birth"].map(str::to_owned));
        for name in NO_CODES {
            found.remove(name);
        }
        // Warned of on the phone; a list may hold it.
        found.remove("nik_region");
        found.insert("birth_date".to_owned());
        assert!(found.len() >= 25, "{found:?}");
        for lang in Lang::ALL {
            let w = lang.words();
            let other = [
                w.people_fault_other().to_owned(),
                w.venue_fault_other(header(w, "nik")),
            ];
            let silent: Vec<&String> = found
                .iter()
                .filter(|code| other.contains(&sentence(w, Some("nik"), code)))
                .collect();
            assert!(silent.is_empty(), "no words for {silent:?}");
        }
    }
}
