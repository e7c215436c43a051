//! A district as somebody writes it: by code, or by name with its regency where the name is not
//! the only one of its kind.

use crate::error::Fault;
use gapura_domain::region::{Region, RegionCode, full_name, region, regions};
use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

/// How many names a fault offers to choose from.
const CHOICES_MAX: usize = 6;

/// Districts by the letters of their names, and those names by first letter.
struct Index {
    by_name: HashMap<String, Vec<&'static Region>>,
    by_first: BTreeMap<char, Vec<&'static Region>>,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Index {
        by_name: HashMap::new(),
        by_first: BTreeMap::new(),
    };
    for district in regions().iter().filter(|region| region.code.is_district()) {
        let name = letters(district.name);
        if let Some(first) = name.chars().next() {
            index.by_first.entry(first).or_default().push(district);
        }
        let numbered = with_figures(district.name);
        if numbered != name {
            index.by_name.entry(numbered).or_default().push(district);
        }
        index.by_name.entry(name).or_default().push(district);
    }
    index
});

/// Finds the district that a text names: `35.73.02`, `Klojen`, `Kec. Klojen, Kota Malang`.
///
/// # Errors
/// A fault without a field: `missing`, `region_unknown`, `not_a_district` for the code of a larger
/// region, `district_unknown` and `district_ambiguous`, the last two with names in `choices`.
pub fn find_district(text: &str) -> Result<RegionCode, Fault> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Fault::new("", "missing"));
    }
    if text.starts_with(|letter: char| letter.is_ascii_digit()) {
        return by_code(text);
    }
    let mut parts = text.split([',', '(', ')', ';', '/']).map(str::trim);
    let name = without(
        parts.next().unwrap_or_default(),
        &["kecamatan", "kec.", "kec ", "distrik"],
    );
    let regions_above: Vec<String> = parts
        .filter(|part| !part.is_empty())
        .map(regency_letters)
        .collect();
    let named = INDEX
        .by_name
        .get(&letters(name))
        .or_else(|| INDEX.by_name.get(&with_figures(name)))
        .map_or(&[][..], Vec::as_slice);
    let matching: Vec<&Region> = named
        .iter()
        .copied()
        .filter(|district| {
            regions_above
                .iter()
                .all(|above| lies_in(district.code, above))
        })
        .collect();
    match matching[..] {
        [one] => Ok(one.code),
        [] if named.is_empty() => Err(unknown(&similar(name))),
        [] => Err(unknown(named)),
        _ => Err(choices("district_ambiguous", &matching)),
    }
}

/// Districts whose names begin with what was typed, for a list to choose from.
pub fn districts_beginning_with(text: &str, limit: usize) -> Vec<RegionCode> {
    let start = letters(text);
    let Some(first) = start.chars().next() else {
        return Vec::new();
    };
    let candidates = INDEX.by_first.get(&first).map_or(&[][..], Vec::as_slice);
    let begins = |district: &&&Region| letters(district.name).starts_with(&start);
    let found = candidates
        .iter()
        .filter(begins)
        .map(|district| district.code);
    found.take(limit).collect()
}

fn by_code(text: &str) -> Result<RegionCode, Fault> {
    let code = RegionCode::parse(text).map_err(|_| Fault::new("", "region_unknown"))?;
    if region(code).is_none() {
        return Err(Fault::new("", "region_unknown"));
    }
    if code.is_district() {
        Ok(code)
    } else {
        Err(Fault::new("", "not_a_district").with("region", full_name(code)))
    }
}

fn unknown(offered: &[&Region]) -> Fault {
    choices("district_unknown", offered)
}

fn choices(code: &'static str, offered: &[&Region]) -> Fault {
    let names: Vec<String> = offered
        .iter()
        .take(CHOICES_MAX)
        .map(|district| format!("{} {}", district.code, full_name(district.code)))
        .collect();
    Fault::new("", code).with("choices", names.join("; "))
}

/// Names that differ in at most two letters, the nearest first.
fn similar(name: &str) -> Vec<&'static Region> {
    let name = letters(name);
    let Some(first) = name.chars().next() else {
        return Vec::new();
    };
    let mut near: Vec<(usize, &Region)> = INDEX
        .by_first
        .get(&first)
        .map_or(&[][..], Vec::as_slice)
        .iter()
        .filter_map(|district| {
            let other = letters(district.name);
            let steps = steps_between(name.as_bytes(), other.as_bytes())?;
            (steps <= 2 && steps * 3 < name.len()).then_some((steps, *district))
        })
        .collect();
    near.sort_by_key(|(steps, district)| (*steps, district.code));
    near.into_iter().map(|(_, district)| district).collect()
}

/// Levenshtein's distance, where the lengths differ by at most two.
fn steps_between(one: &[u8], other: &[u8]) -> Option<usize> {
    if one.len().abs_diff(other.len()) > 2 || one.len() > 64 {
        return None;
    }
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let change = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = change.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row.last().copied()
}

/// Lower-case letters and digits only.
pub(crate) fn letters(text: &str) -> String {
    text.chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The letters of a name whose number, written `II` or `Dua`, is a figure: the table has both.
fn with_figures(name: &str) -> String {
    let words = name.split_whitespace().enumerate();
    let figures = words.map(|(index, word)| match letters(word).as_str() {
        "i" | "satu" if index > 0 => "1".into(),
        "ii" | "dua" if index > 0 => "2".into(),
        "iii" | "tiga" if index > 0 => "3".into(),
        "iv" | "empat" if index > 0 => "4".into(),
        "v" | "lima" if index > 0 => "5".into(),
        word => word.to_owned(),
    });
    figures.collect()
}

fn without<'a>(text: &'a str, prefixes: &[&str]) -> &'a str {
    prefixes
        .iter()
        .find_map(|prefix| {
            let (start, rest) = text.split_at_checked(prefix.len())?;
            (start.eq_ignore_ascii_case(prefix) && !rest.trim().is_empty()).then_some(rest.trim())
        })
        .unwrap_or(text)
}

/// `Kab. Malang` as `kabupatenmalang`.
fn regency_letters(text: &str) -> String {
    let text = without(text, &["provinsi", "prov.", "prov "]);
    let rest = without(text, &["kab.", "kab "]);
    if rest == text {
        letters(text)
    } else {
        format!("kabupaten{}", letters(rest))
    }
}

/// Whether the regency or the province of a district has this name, with or without its kind.
fn lies_in(district: RegionCode, name: &str) -> bool {
    [district.regency(), district.province()]
        .into_iter()
        .filter_map(region)
        .any(|above| {
            let full = letters(above.name);
            let bare = ["kabupaten", "kotaadministrasi", "kota"]
                .iter()
                .find_map(|kind| full.strip_prefix(kind));
            full == name || bare == Some(name)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> String {
        find_district(text)
            .unwrap_or_else(|fault| panic!("{text}: {fault:?}"))
            .to_string()
    }

    #[test]
    fn a_district_is_found_by_code_or_name() {
        for text in [
            "35.73.02",
            "357302",
            "Klojen",
            " klojen ",
            "Kec. Klojen, Kota Malang",
            "KLOJEN (Malang)",
            "Kecamatan Klojen, Kota Malang, Jawa Timur",
        ] {
            assert_eq!(found(text), "35.73.02", "{text}");
        }
    }

    #[test]
    fn a_name_that_many_districts_bear_asks_for_the_regency() {
        let fault = find_district("Tebing Tinggi").unwrap_err();
        assert_eq!(fault.code, "district_ambiguous");
        assert!(
            fault.params["choices"].contains("Empat Lawang"),
            "{fault:?}"
        );
        assert!(found("Tebing Tinggi, Empat Lawang").starts_with("16.11."));
        assert!(found("Tebing Tinggi, Kab. Empat Lawang").starts_with("16.11."));
    }

    #[test]
    fn a_number_in_a_name_is_written_in_two_ways() {
        assert_eq!(found("Ilir Timur II"), "16.71.06");
        assert_eq!(found("Ilir Timur Dua"), "16.71.06");
        assert_eq!(found("Banyuasin Tiga"), found("Banyuasin III"));
    }

    #[test]
    fn a_mistyped_name_is_answered_by_the_names_nearby() {
        let fault = find_district("Lowokwaro").unwrap_err();
        assert_eq!(fault.code, "district_unknown");
        assert_eq!(
            fault.params["choices"],
            "35.73.05 Lowokwaru, Kota Malang, Jawa Timur"
        );
        let fault = find_district("Klojen, Kota Surabaya").unwrap_err();
        assert_eq!(fault.code, "district_unknown");
        assert!(fault.params["choices"].contains("Kota Malang"));
    }

    #[test]
    fn a_larger_region_is_no_district() {
        assert_eq!(find_district("35.73").unwrap_err().code, "not_a_district");
        assert_eq!(
            find_district("35.73.99").unwrap_err().code,
            "region_unknown"
        );
        assert_eq!(find_district("35x").unwrap_err().code, "region_unknown");
        assert_eq!(find_district(" ").unwrap_err().code, "missing");
    }

    #[test]
    fn typing_the_beginning_of_a_name_lists_districts() {
        let found = districts_beginning_with("lowok", 5);
        assert_eq!(found, [RegionCode::parse("35.73.05").unwrap()]);
        assert_eq!(districts_beginning_with("", 5), []);
    }

    #[test]
    fn every_district_is_found_by_its_full_name() {
        let missed: Vec<String> = regions()
            .iter()
            .filter(|region| region.code.is_district())
            .filter(|region| find_district(&full_name(region.code)) != Ok(region.code))
            .map(|region| full_name(region.code))
            .collect();
        assert!(missed.len() < 20, "{missed:?}");
    }
}
