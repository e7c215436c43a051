//! Finding a district without a script: among those that bear a name, or from the province down.

use gapura_app::find_district::districts_beginning_with;
use gapura_domain::region::{Region, RegionCode, full_name, regions};
use serde::Serialize;

use axum::response::{IntoResponse, Response};

use crate::forms::Form;
use crate::json::Json;
use crate::staff::office::Address;
use crate::words::Words;

/// Most names that are suggested.
const SUGGESTIONS_MAX: usize = 12;

/// What there is to choose from.
pub(crate) struct RegionSteps {
    pub is_open: bool,
    /// Districts of the name that was typed.
    pub choices: Vec<(String, String)>,
    pub provinces: Vec<(String, &'static str)>,
    pub regencies: Vec<(String, &'static str)>,
    pub districts: Vec<(String, &'static str)>,
}

impl RegionSteps {
    /// The lists for what was chosen so far; `choices` as a fault of a district names them.
    pub(crate) fn of(w: Words, form: &Form, choices: &str) -> Self {
        let province = chosen(form, "province");
        let regency = chosen(form, "regency").filter(|code| Some(code.province()) == province);
        let within = |above: Option<RegionCode>, is_level: fn(RegionCode) -> bool, choose| {
            let found = regions().iter().filter(move |region| {
                is_level(region.code) && above.is_some_and(|above| region.code.is_in(above))
            });
            options(choose, found)
        };
        let provinces = regions()
            .iter()
            .filter(|region| region.code == region.code.province());
        Self {
            is_open: province.is_some(),
            choices: named_choices(choices),
            provinces: options(w.venue_apply_province_choose(), provinces),
            regencies: within(province, is_regency, w.venue_apply_regency_choose()),
            districts: within(
                regency,
                RegionCode::is_district,
                w.venue_apply_district_pick(),
            ),
        }
    }

    /// The district that was picked from one of the lists.
    pub(crate) fn picked(form: &Form) -> Option<RegionCode> {
        let district = |name| chosen(form, name).filter(|code| code.is_district());
        let of =
            district("district_of").filter(|code| Some(code.regency()) == chosen(form, "regency"));
        of.or_else(|| district("district_pick"))
    }
}

fn is_regency(code: RegionCode) -> bool {
    code == code.regency() && code != code.province()
}

fn chosen(form: &Form, name: &str) -> Option<RegionCode> {
    RegionCode::parse(form.value(name)).ok()
}

/// Nothing, if nothing matches; else the question and the regions by name.
fn options<'r>(
    choose: &'static str,
    found: impl Iterator<Item = &'r Region>,
) -> Vec<(String, &'static str)> {
    let mut named: Vec<(String, &'static str)> = found
        .map(|region| (region.code.to_string(), region.name))
        .collect();
    if !named.is_empty() {
        named.sort_by_key(|(_, name)| *name);
        named.insert(0, (String::new(), choose));
    }
    named
}

/// `35.73.02 Klojen, Kota Malang, Jawa Timur; …` as codes and names.
fn named_choices(choices: &str) -> Vec<(String, String)> {
    let each = choices
        .split("; ")
        .filter_map(|choice| choice.split_once(' '));
    each.map(|(code, name)| (code.to_owned(), name.to_owned()))
        .collect()
}

#[derive(Serialize)]
struct Suggestions {
    names: Vec<String>,
}

/// Names for what was typed so far.
pub(super) async fn suggest(Address(asked): Address) -> Response {
    let found = districts_beginning_with(asked.text("q"), SUGGESTIONS_MAX);
    let names = found.into_iter().map(full_name).collect();
    Json(Suggestions { names }).into_response()
}

#[cfg(test)]
mod tests {
    use super::{RegionSteps, named_choices};
    use crate::forms::Form;
    use crate::lang::Lang;

    #[test]
    fn each_step_opens_the_next() {
        let steps = |form: &Form| RegionSteps::of(Lang::Id.words(), form, "");
        let form = Form::blank();
        assert_eq!(
            (steps(&form).provinces.len(), steps(&form).regencies.len()),
            (39, 0)
        );
        let form = form.fill("province", "35");
        assert_eq!(steps(&form).regencies.len(), 39);
        let form = form.fill("regency", "35.73");
        assert!(
            steps(&form)
                .districts
                .iter()
                .any(|(_, name)| *name == "Klojen")
        );
        let picked = RegionSteps::picked(&form.fill("district_of", "35.73.02"));
        assert_eq!(
            picked.map(|code| code.to_string()).as_deref(),
            Some("35.73.02")
        );
    }

    #[test]
    fn a_district_of_another_regency_than_the_one_chosen_is_not_taken() {
        let form = Form::blank()
            .fill("province", "35")
            .fill("regency", "35.73")
            .fill("district_of", "35.07.01");
        assert_eq!(RegionSteps::picked(&form), None);
    }

    #[test]
    fn the_names_of_a_fault_become_choices() {
        let choices =
            named_choices("35.73.02 Klojen, Kota Malang, Jawa Timur; 35.07.01 Donomulyo, X");
        assert_eq!(
            choices[0],
            ("35.73.02".into(), "Klojen, Kota Malang, Jawa Timur".into())
        );
        assert_eq!(choices.len(), 2);
        assert!(named_choices("").is_empty());
    }
}
