//! What colours and levels mean at a place: tables from the configuration, never an `if`.

use crate::config::Config;
use crate::start::{StartError, shipped_or_file};
use gapura_domain::region::RegionCode;
use gapura_domain::status::{Admission, Colour};
use gapura_domain::venue::{Category, LevelTable};
use gapura_domain::verdict::Verdict;
use std::collections::BTreeMap;

/// The level tables that ship, labelled in themselves as examples.
const SHIPPED: [(&str, &str); 4] = [
    ("open", include_str!("../../../rules/levels/open.json")),
    (
        "id-2021-java",
        include_str!("../../../rules/levels/id-2021-java.json"),
    ),
    (
        "id-2021-outside-java",
        include_str!("../../../rules/levels/id-2021-outside-java.json"),
    ),
    (
        "id-2022-java",
        include_str!("../../../rules/levels/id-2022-java.json"),
    ),
];

/// What is done where the configuration says nothing else.
const DEFAULT: Admission = Admission {
    green: Verdict::Admit,
    yellow: Verdict::Check,
    red: Verdict::Refuse,
    black: Verdict::Refuse,
    none: Verdict::Check,
};

/// The tables of a server.
#[derive(Clone, Debug)]
pub struct DoorRules {
    admissions: [Admission; Category::ALL.len()],
    levels: BTreeMap<RegionCode, u8>,
    table: LevelTable,
}

impl DoorRules {
    /// Reads the tables that the configuration holds and names.
    ///
    /// # Errors
    /// The setting or document that cannot be used.
    pub fn from_config(config: &Config) -> Result<Self, StartError> {
        let text = shipped_or_file("level_table", &config.level_table, &SHIPPED)?;
        Ok(Self {
            admissions: admissions(&config.admission)?,
            levels: levels(&config.levels)?,
            table: level_table(&config.level_table, &text)?,
        })
    }

    /// What each colour means at this kind of place.
    pub fn admission(&self, category: Category) -> Admission {
        self.admissions[category as usize]
    }

    /// The level in force in a district: that of the narrowest region with one, else 1.
    pub fn level(&self, district: RegionCode) -> u8 {
        [district, district.regency(), district.province()]
            .iter()
            .find_map(|region| self.levels.get(region).copied())
            .unwrap_or(1)
    }

    /// The regions that are given a level.
    pub fn levels(&self) -> impl Iterator<Item = (RegionCode, u8)> {
        self.levels.iter().map(|(region, level)| (*region, *level))
    }

    /// Percent of capacity and quota that the level leaves to this kind of place there.
    pub fn percent(&self, category: Category, district: RegionCode) -> u8 {
        self.table.percent(self.level(district), category)
    }

    /// The level table, with the name that is shown where its figures are.
    pub fn level_table(&self) -> &LevelTable {
        &self.table
    }
}

fn admissions(
    table: &BTreeMap<String, BTreeMap<String, String>>,
) -> Result<[Admission; Category::ALL.len()], StartError> {
    let mut admissions = [changed(DEFAULT, "default", table.get("default"))?; Category::ALL.len()];
    for (name, changes) in table {
        match Category::from_name(name) {
            Some(category) => {
                let admission = &mut admissions[category as usize];
                *admission = changed(*admission, name, Some(changes))?;
            }
            None if name == "default" => {}
            None => {
                let names = Category::ALL.map(Category::name).join(", ");
                let what = format!("a category is default or one of {names}");
                return Err(StartError::setting(format!("admission.{name}"), what));
            }
        }
    }
    Ok(admissions)
}

fn changed(
    mut admission: Admission,
    name: &str,
    changes: Option<&BTreeMap<String, String>>,
) -> Result<Admission, StartError> {
    for (colour, verdict) in changes.into_iter().flatten() {
        let fault = |what: &str| StartError::setting(format!("admission.{name}.{colour}"), what);
        let verdict = match verdict.as_str() {
            "admit" => Verdict::Admit,
            "check" => Verdict::Check,
            "refuse" => Verdict::Refuse,
            _ => return Err(fault("the value is admit, check or refuse")),
        };
        let place = match Colour::from_name(colour) {
            Some(Colour::Green) => &mut admission.green,
            Some(Colour::Yellow) => &mut admission.yellow,
            Some(Colour::Red) => &mut admission.red,
            Some(Colour::Black) => &mut admission.black,
            // Nobody is let in unseen for whom no rule could be found.
            Some(Colour::None) if verdict == Verdict::Admit => {
                return Err(fault("none is check or refuse, never admit"));
            }
            Some(Colour::None) => &mut admission.none,
            None => return Err(fault("a colour is green, yellow, red, black or none")),
        };
        *place = verdict;
    }
    Ok(admission)
}

fn levels(table: &BTreeMap<String, u8>) -> Result<BTreeMap<RegionCode, u8>, StartError> {
    let mut levels = BTreeMap::new();
    for (region, level) in table {
        let fault = |what: &str| StartError::setting(format!("levels.\"{region}\""), what);
        let code = RegionCode::parse(region).map_err(|_| {
            fault("a region is a code with two, four or six digits, like \"35.73\"")
        })?;
        if !(1..=4).contains(level) {
            return Err(fault("a level is 1, 2, 3 or 4"));
        }
        levels.insert(code, *level);
    }
    Ok(levels)
}

fn level_table(name: &str, text: &str) -> Result<LevelTable, StartError> {
    let fault = |what: String| StartError::Document {
        name: name.to_owned(),
        faults: vec![what],
    };
    let table: LevelTable = serde_json::from_str(text).map_err(|error| fault(error.to_string()))?;
    for (index, row) in table.shares.iter().enumerate() {
        if !(1..=4).contains(&row.level) || row.percent > 100 {
            let what = "level is 1 to 4 and percent 0 to 100";
            return Err(fault(format!("shares[{index}]: {what}")));
        }
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> Config {
        toml::from_str(text).expect("a configuration")
    }

    fn rules(text: &str) -> DoorRules {
        DoorRules::from_config(&config(text)).expect("usable")
    }

    fn fault(text: &str) -> String {
        DoorRules::from_config(&config(text))
            .expect_err("not usable")
            .to_string()
    }

    fn region(code: &str) -> RegionCode {
        RegionCode::parse(code).expect("a code")
    }

    #[test]
    fn categories_stand_at_their_places() {
        for (index, category) in Category::ALL.into_iter().enumerate() {
            assert_eq!(category as usize, index);
        }
    }

    #[test]
    fn every_table_that_ships_can_be_used() {
        for (id, _) in SHIPPED {
            rules(&format!("level_table = \"{id}\""));
        }
    }

    #[test]
    fn yellow_and_none_are_looked_at_unless_the_category_says_otherwise() {
        let rules =
            rules("admission.default.yellow = \"admit\"\nadmission.cinema.yellow = \"refuse\"");
        assert_eq!(rules.admission(Category::Mall).yellow, Verdict::Admit);
        assert_eq!(rules.admission(Category::Cinema).yellow, Verdict::Refuse);
        assert_eq!(rules.admission(Category::Cinema).none, Verdict::Check);
        assert_eq!(super::tests::rules("").admission(Category::Other), DEFAULT);
    }

    #[test]
    fn the_level_of_the_narrowest_region_holds() {
        let rules = rules(
            "level_table = \"id-2021-java\"\n[levels]\n\"35\" = 2\n\"35.73\" = 4\n\"35.73.01\" = 1",
        );
        let percent = |code| rules.percent(Category::Office, region(code));
        assert_eq!(percent("35.73.01"), 100);
        assert_eq!(percent("35.73.02"), 0);
        assert_eq!(percent("35.07.01"), 50);
        assert_eq!(percent("16.71.01"), 100);
    }

    #[test]
    fn a_setting_that_means_nothing_is_named() {
        for (text, place) in [
            ("admission.malls.green = \"admit\"", "admission.malls"),
            ("admission.mall.blue = \"admit\"", "admission.mall.blue"),
            ("admission.mall.green = \"yes\"", "admission.mall.green"),
            ("admission.mall.none = \"admit\"", "admission.mall.none"),
            ("levels.Malang = 3", "Malang"),
            ("levels.\"35\" = 5", "35"),
            ("level_table = \"ppkm\"", "level_table"),
        ] {
            assert!(fault(text).contains(place), "{}", fault(text));
        }
    }
}
