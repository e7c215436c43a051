//! People who do not exist, with names as people in Indonesia have them and ages as in its census.
//!
//! Nobody can be mistaken for them: their ID numbers begin with 99, which no region has, and their
//! addresses end in `.example`, which nobody can register (RFC 2606).

mod names;

use crate::dice::Dice;
use gapura_domain::person::{BirthDate, Contact, Nik, PersonName};
use jiff::ToSpan;
use jiff::civil::Date;

/// Ages by generation in the census of 2020 (BPS, *Hasil Sensus Penduduk 2020*): first and last year
/// of age, and per ten thousand people. The last band has no end in the census.
const AGES: [(u32, u32, u32); 6] = [
    (0, 7, 1_088),
    (8, 23, 2_794),
    (24, 39, 2_587),
    (40, 55, 2_188),
    (56, 74, 1_156),
    (75, 94, 187),
];

/// Men among ten thousand people (the same census).
const MEN_PER_10_000: u32 = 5_058;

/// An invented person.
#[derive(Clone, Debug)]
pub struct Invented {
    /// The name.
    pub name: PersonName,
    /// The day of birth.
    pub birth_date: BirthDate,
    /// An ID number with region code 99.
    pub nik: Nik,
    /// An address that leads nowhere.
    pub contact: Contact,
}

/// What is wanted of an invented person.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// Ages in completed years, both included; as in the census if `None`.
    pub ages: Option<(u32, u32)>,
    /// The family name, as an index into those there are; any, or none at all, if `None`.
    pub family: Option<usize>,
}

/// Invents the person with this number, from 0. The number makes the ID number and the address
/// unique; `dice` gives the rest.
///
/// # Panics
/// Never for numbers below ninety million.
pub fn invent(number: u32, wanted: Wanted, today: Date, dice: &mut Dice) -> Invented {
    let is_woman = dice.below(10_000) >= MEN_PER_10_000;
    let born = born(wanted.ages, today, dice);
    let name = names::name(is_woman, wanted.family, dice);
    let address = address(&name, number);
    Invented {
        birth_date: BirthDate::new(born, today).expect("at most 95 years before today"),
        nik: Nik::parse(&nik(number, born, is_woman)).expect("sixteen digits around a date"),
        contact: Contact::parse(&address).expect("small letters, digits and dots"),
        name: PersonName::parse(&name).expect("letters and single spaces"),
    }
}

/// How many people of each age live in Indonesia, by weight: a date of birth.
fn born(ages: Option<(u32, u32)>, today: Date, dice: &mut Dice) -> Date {
    let (first, last) = ages.unwrap_or_else(|| {
        let band = dice.weighted(&AGES.map(|(_, _, weight)| weight));
        (AGES[band].0, AGES[band].1)
    });
    let years = first + dice.below(last.saturating_sub(first) + 1);
    // The most days that keep the age, a leap day aside.
    let days = dice.below(365);
    today
        .saturating_sub(i64::from(years).years())
        .saturating_sub(i64::from(days).days())
}

/// Code 99, a district that does not exist, the date of birth (women: day plus 40), a serial number.
fn nik(number: u32, born: Date, is_woman: bool) -> String {
    let (district, serial) = (number / 9_999, number % 9_999 + 1);
    let day = born.day() + if is_woman { 40 } else { 0 };
    let year = born.year().rem_euclid(100);
    format!(
        "99{district:04}{day:02}{:02}{year:02}{serial:04}",
        born.month()
    )
}

fn address(name: &str, number: u32) -> String {
    let words: Vec<String> = name
        .split(' ')
        .map(|word| {
            word.chars()
                .filter(char::is_ascii_alphabetic)
                .map(|letter| letter.to_ascii_lowercase())
                .collect()
        })
        .collect();
    format!("{}.{number}@warga.example", words.join("."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const TODAY: Date = date(2026, 11, 22);

    fn people(count: u32) -> Vec<Invented> {
        let mut dice = Dice::new(1);
        (0..count)
            .map(|number| invent(number, Wanted::default(), TODAY, &mut dice))
            .collect()
    }

    #[test]
    fn id_numbers_and_addresses_are_unique_and_no_one_elses() {
        let people = people(11_000);
        let mut numbers: Vec<&str> = people.iter().map(|person| person.nik.expose()).collect();
        let mut addresses: Vec<&str> = people.iter().map(|one| one.contact.expose()).collect();
        for list in [&mut numbers, &mut addresses] {
            list.sort_unstable();
            assert!(list.windows(2).all(|pair| pair[0] != pair[1]));
        }
        assert!(numbers.iter().all(|number| number.starts_with("99")));
        assert!(
            addresses
                .iter()
                .all(|address| address.ends_with(".example"))
        );
    }

    #[test]
    fn the_id_number_agrees_with_the_birth_date() {
        for person in people(3_000) {
            assert!(person.nik.agrees_with(person.birth_date));
        }
    }

    #[test]
    fn ages_are_those_of_the_census() {
        let people = people(8_000);
        let age = |person: &Invented| u32::from(person.birth_date.age_years(TODAY));
        for (first, last, per_10_000) in AGES {
            let of_age = |person: &&Invented| (first..=last).contains(&age(person));
            let count = people.iter().filter(of_age).count();
            let expected = per_10_000 as usize * 8 / 10;
            assert!(count.abs_diff(expected) < 130, "{first} to {last}: {count}");
        }
    }

    #[test]
    fn a_wanted_age_is_kept_on_every_day_of_the_year() {
        let mut dice = Dice::new(2);
        let wanted = Wanted {
            ages: Some((6, 11)),
            family: Some(0),
        };
        for day in 0..366 {
            let today = date(2028, 1, 1).saturating_add(i64::from(day).days());
            let person = invent(0, wanted, today, &mut dice);
            let age = person.birth_date.age_years(today);
            assert!((6..=11).contains(&age), "{age} on {today}");
        }
    }

    #[test]
    fn a_family_shares_its_name() {
        let mut dice = Dice::new(4);
        let wanted = Wanted {
            family: Some(3),
            ..Wanted::default()
        };
        let last = |dice: &mut Dice| {
            let person = invent(0, wanted, TODAY, dice);
            person.name.expose().rsplit(' ').next().map(str::to_owned)
        };
        assert_eq!(last(&mut dice), last(&mut dice));
    }

    #[test]
    fn the_same_seed_gives_the_same_people() {
        let texts = |people: Vec<Invented>| -> Vec<String> {
            let text = |person: &Invented| person.contact.expose().to_owned();
            people.iter().map(text).collect()
        };
        assert_eq!(texts(people(50)), texts(people(50)));
    }
}
