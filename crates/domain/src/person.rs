//! What belongs to a named human being. Nothing here prints itself.
//!
//! These types implement `Debug` only by a redacting text, and neither `Display` nor `Serialize`:
//! whoever needs the inner text says so with `expose`.

use crate::region::{RegionCode, region};
use jiff::civil::Date;
use std::fmt;

macro_rules! redacted {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )*};
}
redacted!(PersonName, Nik, Contact, BirthDate);

/// A person's name: 1 to 100 letters after trimming, without control characters.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonName(String);

/// Why a text is not what it should be. Never holds the text itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PersonError {
    /// A name must have 1 to 100 characters.
    #[error("a name has 1 to 100 characters")]
    NameLength,
    /// A name must not hold control or text-direction characters.
    #[error("a name holds no control characters")]
    NameCharacter,
    /// An ID number has exactly 16 digits.
    #[error("an ID number has 16 digits")]
    NikDigits,
    /// Digits 7 to 12 of an ID number are the birth day (women: plus 40), month and year.
    #[error("digits 7 to 12 of an ID number are day, month and year of birth")]
    NikDate,
    /// The birth date in the ID number differs from the one given.
    #[error("the birth date in the ID number differs from the one given")]
    NikMismatch,
    /// Neither a phone number nor an e-mail address.
    #[error("neither a phone number nor an e-mail address")]
    Contact,
    /// A birth date lies between 1900 and today.
    #[error("a birth date lies between 1900 and today")]
    BirthDate,
}

/// Whether a character may stand in text that people wrote: no control characters and nothing that
/// turns the direction of what follows.
pub fn is_plain(letter: char) -> bool {
    !letter.is_control()
        && !matches!(letter,
            '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}

impl PersonName {
    /// Reads a name; runs of white space become one space.
    ///
    /// # Errors
    /// Empty, longer than 100 characters, or with control characters.
    pub fn parse(text: &str) -> Result<Self, PersonError> {
        let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() || name.chars().count() > 100 {
            return Err(PersonError::NameLength);
        }
        if !name.chars().all(is_plain) {
            return Err(PersonError::NameCharacter);
        }
        Ok(Self(name))
    }

    /// The name itself.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// First letters of the first and the last word, as a door screen shows them: "S. W.".
    pub fn initials(&self) -> String {
        let mut words = self.0.split(' ').filter_map(|word| word.chars().next());
        let first = words.next().into_iter();
        let letters: Vec<String> = first
            .chain(words.next_back())
            .map(|letter| format!("{}.", letter.to_uppercase()))
            .collect();
        letters.join(" ")
    }

    /// Whether two names are the same but for case, punctuation and spacing.
    pub fn agrees_with(&self, other: &Self) -> bool {
        let letters = |name: &Self| -> String {
            let lower = name.0.to_lowercase();
            lower
                .chars()
                .filter(|letter| letter.is_alphanumeric())
                .collect()
        };
        letters(self) == letters(other)
    }
}

/// A birth date between 1900 and the day it was read on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BirthDate(Date);

impl BirthDate {
    /// Checks a date against the day of today.
    ///
    /// # Errors
    /// Before 1900 or after `today`.
    pub fn new(date: Date, today: Date) -> Result<Self, PersonError> {
        if date.year() < 1900 || date > today {
            return Err(PersonError::BirthDate);
        }
        Ok(Self(date))
    }

    /// Takes a date that was checked when it was stored.
    pub fn from_store(date: Date) -> Self {
        Self(date)
    }

    /// The date itself.
    pub fn expose(self) -> Date {
        self.0
    }

    /// Completed years of age on `today`; a birthday on 29 February counts on 1 March of other years.
    pub fn age_years(self, today: Date) -> u8 {
        let had_birthday = (today.month(), today.day()) >= (self.0.month(), self.0.day());
        let years = today.year() - self.0.year() - i16::from(!had_birthday);
        u8::try_from(years).unwrap_or(0)
    }
}

/// A national ID number (NIK): 16 digits of region, birth date (women: day plus 40) and serial.
#[derive(Clone, PartialEq, Eq)]
pub struct Nik(String);

impl Nik {
    /// Reads 16 digits, spaces and dots allowed between them, and checks the date inside.
    ///
    /// # Errors
    /// Not 16 digits, or no possible day and month in digits 7 to 10.
    pub fn parse(text: &str) -> Result<Self, PersonError> {
        let digits: String = text
            .chars()
            .filter(|letter| !matches!(letter, ' ' | '.' | '-'))
            .collect();
        if digits.len() != 16 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(PersonError::NikDigits);
        }
        let nik = Self(digits);
        let (day, month, _) = nik.birth();
        let days = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        match days.get(usize::from(month).wrapping_sub(1)) {
            Some(longest) if (1..=*longest).contains(&day) => Ok(nik),
            _ => Err(PersonError::NikDate),
        }
    }

    fn pair(&self, at: usize) -> u8 {
        let digit = |index: usize| self.0.as_bytes()[index] - b'0';
        digit(at) * 10 + digit(at + 1)
    }

    /// Day (1 to 31), month and two-digit year.
    fn birth(&self) -> (u8, u8, u8) {
        let day = self.pair(6);
        let day = if day > 40 { day - 40 } else { day };
        (day, self.pair(8), self.pair(10))
    }

    /// Whether day, month and year inside agree with a birth date.
    pub fn agrees_with(&self, birth: BirthDate) -> bool {
        let date = birth.expose();
        let (day, month, year) = self.birth();
        (i16::from(day), i16::from(month), i16::from(year))
            == (
                i16::from(date.day()),
                i16::from(date.month()),
                date.year().rem_euclid(100),
            )
    }

    /// Whether the first digits name a region of the table. Regions are divided and numbers stay,
    /// so an unknown one is a warning only. Code 99 is for invented people.
    pub fn region_is_known(&self) -> bool {
        self.0.starts_with("99")
            || RegionCode::parse(&self.0[..6])
                .ok()
                .is_some_and(|code| region(code).is_some())
    }

    /// The digits themselves.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Where a one-time code can be sent.
#[derive(Clone, PartialEq, Eq)]
pub enum Contact {
    /// A phone number in international form, `+` and 8 to 15 digits (E.164).
    Phone(String),
    /// An e-mail address, lower case.
    Email(String),
}

impl Contact {
    /// Reads `0812-3456-7890`, `+62 812…`, `62812…` or an e-mail address.
    ///
    /// # Errors
    /// Neither of the two.
    pub fn parse(text: &str) -> Result<Self, PersonError> {
        let text = text.trim();
        if text.contains('@') {
            return email(text).map(Self::Email).ok_or(PersonError::Contact);
        }
        let digits: String = text
            .chars()
            .filter(|letter| !matches!(letter, ' ' | '-' | '.' | '(' | ')'))
            .collect();
        let national = |rest: &str| format!("62{rest}");
        let number = match (digits.strip_prefix('+'), digits.strip_prefix('0')) {
            (Some(number), _) => number.to_owned(),
            (None, Some(rest)) => national(rest),
            (None, None) if digits.starts_with('8') => national(&digits),
            (None, None) => digits,
        };
        let is_number = (8..=15).contains(&number.len())
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && !number.starts_with('0');
        if is_number {
            Ok(Self::Phone(format!("+{number}")))
        } else {
            Err(PersonError::Contact)
        }
    }

    /// The number or address itself.
    pub fn expose(&self) -> &str {
        match self {
            Self::Phone(text) | Self::Email(text) => text,
        }
    }
}

fn email(text: &str) -> Option<String> {
    let (local, host) = text.rsplit_once('@')?;
    let host_labels_are_good = host.split('.').count() >= 2
        && host.split('.').all(|label| {
            !label.is_empty()
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        });
    let local_is_good = !local.is_empty()
        && local.len() <= 64
        && local
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte));
    (local_is_good && host_labels_are_good && text.len() <= 254).then(|| text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn a_name_shows_initials_only() {
        let name = PersonName::parse("  siti   nur Wulandari ").unwrap();
        assert_eq!(name.initials(), "S. W.");
        assert_eq!(PersonName::parse("Sukarno").unwrap().initials(), "S.");
        assert_eq!(format!("{name:?}"), "PersonName(…)");
    }

    #[test]
    fn names_agree_but_for_case_and_points() {
        let name = |text| PersonName::parse(text).unwrap();
        assert!(name("Moh. Ali").agrees_with(&name("MOH ALI")));
        assert!(!name("Moh. Ali").agrees_with(&name("Moh. Alif")));
    }

    #[test]
    fn hidden_characters_in_a_name_are_refused() {
        for text in ["Ali\u{202E}", "A\u{0}li", "\u{200B}Ali"] {
            assert_eq!(PersonName::parse(text), Err(PersonError::NameCharacter));
        }
        assert_eq!(PersonName::parse(" \t "), Err(PersonError::NameLength));
    }

    #[test]
    fn an_id_number_of_a_woman_has_forty_added_to_the_day() {
        let nik = Nik::parse("9901 0157 0890 0001").unwrap();
        let birth = |y, m, d| BirthDate::new(date(y, m, d), date(2026, 1, 1)).unwrap();
        assert!(nik.agrees_with(birth(1990, 8, 17)));
        assert!(!nik.agrees_with(birth(1990, 8, 18)));
        assert_eq!(Nik::parse("9901017208900001"), Err(PersonError::NikDate));
        assert_eq!(Nik::parse("990101570890000"), Err(PersonError::NikDigits));
    }

    #[test]
    fn a_phone_number_is_written_in_many_ways() {
        for text in [
            "0812-3456-7890",
            "+62 812 3456 7890",
            "6281234567890",
            "81234567890",
        ] {
            assert_eq!(Contact::parse(text).unwrap().expose(), "+6281234567890");
        }
        assert_eq!(
            Contact::parse("Siti@Example.ID").unwrap().expose(),
            "siti@example.id"
        );
        for bad in ["", "123", "a@b", "a b@c.id", "@c.id", "08x2345678"] {
            assert_eq!(Contact::parse(bad), Err(PersonError::Contact));
        }
    }

    #[test]
    fn a_leap_day_birthday_comes_on_the_first_of_march() {
        let birth = BirthDate::new(date(2008, 2, 29), date(2026, 1, 1)).unwrap();
        assert_eq!(birth.age_years(date(2026, 2, 28)), 17);
        assert_eq!(birth.age_years(date(2026, 3, 1)), 18);
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parsers_panic(text in "\\PC{0,40}") {
            let _ = (PersonName::parse(&text), Nik::parse(&text), Contact::parse(&text));
        }

        #[test]
        fn a_contact_reads_back_as_it_is_kept(text in "(\\+?[0-9]{6,16})|([a-z.]{1,8}@[a-z]{1,5}\\.id)") {
            if let Ok(contact) = Contact::parse(&text) {
                prop_assert_eq!(Contact::parse(contact.expose()), Ok(contact));
            }
        }
    }
}
