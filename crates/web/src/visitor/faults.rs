//! What is wrong with what a visitor typed, as sentences at their fields.

use gapura_app::AppError;
use gapura_app::error::Fault;

use crate::forms::Form;
use crate::problem::Problem;
use crate::words::Words;

/// Puts the faults of a use case into the form. `at` is the field that is told to wait after too many tries.
///
/// # Errors
/// What is no fault of the form.
pub(super) fn complain(
    form: &mut Form,
    w: Words,
    error: AppError,
    at: &str,
) -> Result<(), Problem> {
    match error {
        AppError::Faults(faults) => {
            for fault in faults {
                form.complain(&fault.field, sentence(w, &fault));
            }
            Ok(())
        }
        AppError::TooMany { retry_after_s } => {
            form.complain(at, w.visitor_otp_too_many(retry_after_s));
            Ok(())
        }
        other => Err(other.into()),
    }
}

/// Whether a ticket or code that stands behind the form is over, so that it has to begin anew.
pub(super) fn is_expired(error: &AppError) -> bool {
    matches!(error, AppError::Faults(faults) if faults.iter().any(|fault| fault.field == "ticket"))
}

fn sentence(w: Words, fault: &Fault) -> &'static str {
    match (fault.field.as_str(), fault.code) {
        ("name", "missing") => w.visitor_fault_missing_name(),
        ("birth_date", "missing") => w.visitor_fault_missing_birth_date(),
        ("contact", "missing") => w.visitor_fault_missing_contact(),
        (_, "name_length") => w.visitor_fault_name_length(),
        (_, "name_character") => w.visitor_fault_name_character(),
        (_, "date") => w.visitor_fault_date(),
        (_, "birth_date") => w.visitor_fault_birth_date(),
        (_, "birth_date_fixed") => w.visitor_fault_birth_date_fixed(),
        (_, "nik_digits") => w.visitor_fault_nik_digits(),
        (_, "nik_date") => w.visitor_fault_nik_date(),
        (_, "nik_mismatch") => w.visitor_fault_nik_mismatch(),
        (_, "contact") => w.visitor_fault_contact(),
        (_, "unreachable") => w.visitor_fault_unreachable(),
        ("code", _) => w.visitor_otp_wrong(),
        _ => w.visitor_fault_other(),
    }
}

#[cfg(test)]
mod tests {
    use gapura_app::error::Fault;
    use gapura_app::person_form::{PersonForm, person_fault};
    use gapura_domain::person::PersonError;
    use gapura_domain::time::Time;

    use super::sentence;
    use crate::lang::Lang;

    #[test]
    fn every_fault_of_a_person_says_how_to_mend_it() {
        let w = Lang::Id.words();
        let errors = [
            PersonError::NameLength,
            PersonError::NameCharacter,
            PersonError::NikDigits,
            PersonError::NikDate,
            PersonError::NikMismatch,
            PersonError::Contact,
            PersonError::BirthDate,
        ];
        let mut faults: Vec<Fault> = errors
            .map(|error| Fault::new("x", person_fault(error)))
            .into();
        faults.extend(
            PersonForm::default()
                .read(Time(0))
                .expect_err("nothing is filled in"),
        );
        for fault in faults {
            assert_ne!(sentence(w, &fault), w.visitor_fault_other(), "{fault:?}");
        }
    }
}
