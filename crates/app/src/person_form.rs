//! A person as typed: name, birth date and, if told, the ID number, with every fault at its field.

use crate::error::{AppError, Fault, Result};
use crate::typed;
use gapura_domain::person::{BirthDate, Contact, Nik, PersonError, PersonName};
use gapura_domain::time::{Time, Zone};

/// What somebody typed about a person. Has no `Debug`, because it holds a name.
#[derive(Clone, Default)]
pub struct PersonForm {
    /// The name.
    pub name: String,
    /// The birth date in any of the forms of [`typed::date`].
    pub birth_date: String,
    /// The ID number; empty if not told.
    pub nik: String,
}

/// A person as read from a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadPerson {
    /// The name.
    pub name: PersonName,
    /// The birth date.
    pub birth_date: BirthDate,
    /// The ID number, if told.
    pub nik: Option<Nik>,
}

impl ReadPerson {
    /// What is worth a second look and keeps nobody from going on: `nik_region` where no region has
    /// the number's first digits. Regions are divided, and numbers stay.
    pub fn warnings(&self) -> Vec<&'static str> {
        let unknown = self.nik.as_ref().is_some_and(|nik| !nik.region_is_known());
        if unknown {
            vec!["nik_region"]
        } else {
            Vec::new()
        }
    }
}

/// The code of what is wrong with a name, number, contact or birth date.
pub fn person_fault(error: PersonError) -> &'static str {
    match error {
        PersonError::NameLength => "name_length",
        PersonError::NameCharacter => "name_character",
        PersonError::NikDigits => "nik_digits",
        PersonError::NikDate => "nik_date",
        PersonError::NikMismatch => "nik_mismatch",
        PersonError::Contact => "contact",
        PersonError::BirthDate => "birth_date",
    }
}

impl PersonForm {
    /// Reads the form. A birth date may be today's anywhere in the country.
    ///
    /// # Errors
    /// All faults at once, at `name`, `birth_date` and `nik`: `missing`, `date`, or a code of
    /// [`person_fault`].
    pub fn read(&self, now: Time) -> std::result::Result<ReadPerson, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut note = |field: &'static str, code| faults.push(Fault::new(field, code));
        let name = if self.name.trim().is_empty() {
            note("name", "missing");
            None
        } else {
            PersonName::parse(&self.name)
                .map_err(|error| note("name", person_fault(error)))
                .ok()
        };
        let birth_date = read_birth_date(&self.birth_date, now)
            .map_err(|code| note("birth_date", code))
            .ok();
        let nik = if self.nik.trim().is_empty() {
            None
        } else {
            Nik::parse(&self.nik)
                .map_err(|error| note("nik", person_fault(error)))
                .ok()
        };
        if let (Some(nik), Some(birth)) = (&nik, birth_date)
            && !nik.agrees_with(birth)
        {
            note("nik", person_fault(PersonError::NikMismatch));
        }
        match (name, birth_date) {
            (Some(name), Some(birth_date)) if faults.is_empty() => Ok(ReadPerson {
                name,
                birth_date,
                nik,
            }),
            _ => Err(faults),
        }
    }
}

/// Reads a birth date; the fault's code if it is none.
pub(crate) fn read_birth_date(
    text: &str,
    now: Time,
) -> std::result::Result<BirthDate, &'static str> {
    if text.trim().is_empty() {
        return Err("missing");
    }
    let date = typed::date(text).ok_or("date")?;
    // The day begins in the east.
    let today = Zone::Wit.day_of(now).date();
    BirthDate::new(date, today).map_err(person_fault)
}

/// Reads a phone number or e-mail address from the field `contact`.
pub(crate) fn read_contact(text: &str) -> Result<Contact> {
    let code = if text.trim().is_empty() {
        "missing"
    } else {
        match Contact::parse(text) {
            Ok(contact) => return Ok(contact),
            Err(error) => person_fault(error),
        }
    };
    Err(AppError::Faults(vec![Fault::new("contact", code)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time(1_795_305_600);

    fn form(name: &str, birth_date: &str, nik: &str) -> PersonForm {
        PersonForm {
            name: name.into(),
            birth_date: birth_date.into(),
            nik: nik.into(),
        }
    }

    fn faults(form: &PersonForm) -> Vec<(String, &'static str)> {
        let faults = form.read(NOW).expect_err("faults");
        faults
            .into_iter()
            .map(|fault| (fault.field, fault.code))
            .collect()
    }

    #[test]
    fn a_form_is_read_as_people_fill_it_in() {
        let read = form(" siti  nur ", "17 Agustus 1990", "9901 0157 0890 0001").read(NOW);
        let read = read.expect("a good form");
        assert_eq!(read.name.expose(), "siti nur");
        assert!(read.nik.is_some());
        assert!(read.warnings().is_empty());
        assert_eq!(
            form("A", "17-8-1990", "").read(NOW).map(|read| read.nik),
            Ok(None)
        );
    }

    #[test]
    fn an_unknown_region_is_a_warning_only() {
        let read = form("A", "17-8-1990", "9801015708900001").read(NOW);
        assert_eq!(read.expect("a good form").warnings(), ["nik_region"]);
    }

    #[test]
    fn every_fault_is_named_at_its_field() {
        let fault = |field: &str, code| (field.to_owned(), code);
        assert_eq!(
            faults(&form("", "", "123")),
            [
                fault("name", "missing"),
                fault("birth_date", "missing"),
                fault("nik", "nik_digits")
            ]
        );
        assert_eq!(
            faults(&form("A", "17-8-90", "")),
            [fault("birth_date", "date")]
        );
        assert_eq!(
            faults(&form("A", "1-1-2027", "")),
            [fault("birth_date", "birth_date")]
        );
        assert_eq!(
            faults(&form("A", "18-8-1990", "9901015708900001")),
            [fault("nik", "nik_mismatch")]
        );
    }
}
