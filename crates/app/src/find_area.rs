//! An area as somebody who looks for a place writes it: a city, a regency, or a district.

use crate::error::Fault;
use crate::find_district::{find_district, letters};
use gapura_domain::region::{Region, RegionCode, regions};

/// Finds the area that a text names: `Kota Malang`, `Malang`, `Klojen`, `Klojen, Kota Malang`, `35.73`.
///
/// A city comes before the regency of the same name, and either before a district.
///
/// # Errors
/// Those of [`find_district`].
pub fn find_area(text: &str) -> Result<RegionCode, Fault> {
    let text = text.trim();
    if let Some(regency) = regency(text) {
        return Ok(regency);
    }
    match find_district(text) {
        Err(fault) if fault.code == "not_a_district" => {
            RegionCode::parse(text).map_err(|_| Fault::new("", "region_unknown"))
        }
        found => found,
    }
}

fn regency(text: &str) -> Option<RegionCode> {
    let text = letters(text);
    let is_regency =
        |region: &&Region| !region.code.is_district() && region.code != region.code.province();
    let named = regions().iter().filter(is_regency).filter(|region| {
        let name = letters(region.name);
        let bare = ["kota", "kabupaten"]
            .iter()
            .find_map(|kind| name.strip_prefix(kind));
        name == text || bare == Some(&text)
    });
    named
        .max_by_key(|region| region.name.starts_with("Kota"))
        .map(|region| region.code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<String> {
        find_area(text).ok().map(|code| code.to_string())
    }

    #[test]
    fn a_city_is_found_by_the_name_that_people_use() {
        for text in ["Malang", "kota malang", "35.73", " Kota  Malang "] {
            assert_eq!(found(text).as_deref(), Some("35.73"), "{text}");
        }
        assert_eq!(found("Kabupaten Malang").as_deref(), Some("35.07"));
        assert_eq!(found("Palembang").as_deref(), Some("16.71"));
    }

    #[test]
    fn a_district_is_found_too_and_what_is_none_is_said() {
        assert_eq!(found("Klojen").as_deref(), Some("35.73.02"));
        assert_eq!(found("Lowokwaru, Kota Malang").as_deref(), Some("35.73.05"));
        assert_eq!(find_area("Atlantis").unwrap_err().code, "district_unknown");
        assert_eq!(find_area("").unwrap_err().code, "missing");
    }
}
