//! Provinces, regencies and districts by their Kemendagri codes.
//!
//! The table is that of Kepmendagri 300.2.2-2138 of 2025: 38 provinces, 514 regencies and cities,
//! 7,285 districts, with the centre of each where it is known.

use crate::time::Zone;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::LazyLock;

/// A region's code: `35` (province), `35.73` (regency or city) or `35.73.01` (district).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RegionCode(u32);

/// The text is not the code of a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a region code has two, four or six digits, like 35.73.01")]
pub struct RegionCodeError;

impl RegionCode {
    /// Reads `357301` or `35.73.01`.
    ///
    /// # Errors
    /// Anything else than two, four or six digits.
    pub fn parse(text: &str) -> Result<Self, RegionCodeError> {
        let digits: Vec<u32> = text
            .trim()
            .chars()
            .filter(|letter| *letter != '.')
            .map(|letter| letter.to_digit(10).ok_or(RegionCodeError))
            .collect::<Result<_, _>>()?;
        if !matches!(digits.len(), 2 | 4 | 6) || digits[..2] == [0, 0] {
            return Err(RegionCodeError);
        }
        let number = digits.iter().fold(0, |sum, digit| sum * 10 + digit);
        let shift = [0, 0, 10_000, 0, 100, 0, 1][digits.len()];
        Ok(Self(number * shift))
    }

    /// The province that this region lies in (or is).
    #[must_use]
    pub fn province(self) -> Self {
        Self(self.0 / 10_000 * 10_000)
    }

    /// The regency or city that this region lies in (or is); the province itself for a province.
    #[must_use]
    pub fn regency(self) -> Self {
        Self(self.0 / 100 * 100)
    }

    /// Whether `self` is `other` or lies in it.
    pub fn is_in(self, other: Self) -> bool {
        self == other || self.regency() == other || self.province() == other
    }

    /// Whether this is the code of a district.
    pub fn is_district(self) -> bool {
        !self.0.is_multiple_of(100)
    }

    /// The zone of the province (Keppres 41 of 1987, with the provinces founded since).
    pub fn zone(self) -> Zone {
        match self.0 / 10_000 {
            51..=53 | 63..=65 | 71..=76 => Zone::Wita,
            81..=97 => Zone::Wit,
            _ => Zone::Wib,
        }
    }
}

impl fmt::Display for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (province, regency, district) = (self.0 / 10_000, self.0 / 100 % 100, self.0 % 100);
        match (regency, district) {
            (0, 0) => write!(f, "{province:02}"),
            (_, 0) => write!(f, "{province:02}.{regency:02}"),
            _ => write!(f, "{province:02}.{regency:02}.{district:02}"),
        }
    }
}

impl fmt::Debug for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<String> for RegionCode {
    type Error = RegionCodeError;
    fn try_from(text: String) -> Result<Self, RegionCodeError> {
        Self::parse(&text)
    }
}

impl From<RegionCode> for String {
    fn from(code: RegionCode) -> Self {
        code.to_string()
    }
}

/// A row of the region table.
#[derive(Clone, Debug)]
pub struct Region {
    /// Kemendagri code.
    pub code: RegionCode,
    /// Official name, with *Kabupaten* or *Kota* for regencies and cities.
    pub name: &'static str,
    /// Inhabitants, for provinces and regencies.
    pub population: Option<u32>,
    /// Centre in degrees: latitude, longitude.
    pub centre: Option<(f64, f64)>,
}

static TABLE: LazyLock<Vec<Region>> = LazyLock::new(|| {
    let mut regions: Vec<Region> = include_str!("../data/regions.csv")
        .lines()
        .skip(1)
        .filter_map(row)
        .collect();
    regions.sort_by_key(|region| region.code);
    regions
});

fn row(line: &'static str) -> Option<Region> {
    let mut cells = line.split(',');
    let code = RegionCode::parse(cells.next()?).ok()?;
    let name = cells.next()?;
    let population = cells.next()?.parse().ok();
    let centre = match (cells.next()?.parse(), cells.next()?.parse()) {
        (Ok(latitude), Ok(longitude)) => Some((latitude, longitude)),
        _ => None,
    };
    Some(Region {
        code,
        name,
        population,
        centre,
    })
}

/// All regions in the order of their codes.
pub fn regions() -> &'static [Region] {
    &TABLE
}

/// The region with this code.
pub fn region(code: RegionCode) -> Option<&'static Region> {
    TABLE
        .binary_search_by_key(&code, |region| region.code)
        .ok()
        .map(|index| &TABLE[index])
}

/// "Klojen, Kota Malang, Jawa Timur": the names from the region up to its province.
pub fn full_name(code: RegionCode) -> String {
    let mut codes = vec![code, code.regency(), code.province()];
    codes.dedup();
    let names: Vec<&str> = codes
        .into_iter()
        .filter_map(|code| region(code).map(|region| region.name))
        .collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        let by_level = |test: fn(&RegionCode) -> bool| {
            regions().iter().filter(|region| test(&region.code)).count()
        };
        assert_eq!(by_level(|code| *code == code.province()), 38);
        assert_eq!(
            by_level(|code| *code == code.regency() && *code != code.province()),
            514
        );
        assert_eq!(by_level(|code| code.is_district()), 7285);
    }

    #[test]
    fn klojen_lies_in_malang_in_east_java() {
        let klojen = regions()
            .iter()
            .find(|region| region.name == "Klojen")
            .unwrap();
        assert_eq!(full_name(klojen.code), "Klojen, Kota Malang, Jawa Timur");
        assert!(klojen.code.is_in(RegionCode::parse("35").unwrap()));
        assert_eq!(klojen.code.zone(), Zone::Wib);
    }

    #[test]
    fn a_code_reads_back_as_it_was_written() {
        for region in regions() {
            assert_eq!(RegionCode::parse(&region.code.to_string()), Ok(region.code));
        }
        for bad in ["", "3", "35.7", "00", "35.73.010", "35x73", "٣٥"] {
            assert_eq!(RegionCode::parse(bad), Err(RegionCodeError));
        }
    }

    #[test]
    fn bali_is_on_central_and_papua_on_eastern_time() {
        assert_eq!(RegionCode::parse("51.71").unwrap().zone(), Zone::Wita);
        assert_eq!(RegionCode::parse("91").unwrap().zone(), Zone::Wit);
        assert_eq!(RegionCode::parse("61").unwrap().zone(), Zone::Wib);
    }
}
