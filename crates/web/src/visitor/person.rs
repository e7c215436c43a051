//! The fields about a person, the same wherever somebody is registered.

use gapura_app::App;
use gapura_app::person_form::PersonForm;

use crate::forms::Form;

/// What was typed into the fields of `part/person_fields.html`.
pub(super) fn typed(form: &Form) -> PersonForm {
    PersonForm {
        name: form.text("name").to_owned(),
        birth_date: form.text("birth_date").to_owned(),
        nik: form.text("nik").to_owned(),
    }
}

/// Whether an ID number of an unknown region should be looked at once more. Regions are divided and numbers stay, so
/// sending the same number again is enough.
pub(super) fn wants_second_look(app: &App, form: &Form) -> bool {
    let was_seen = form.has("nik_seen", form.text("nik"));
    let warns = |person: gapura_app::person_form::ReadPerson| !person.warnings().is_empty();
    !was_seen && typed(form).read(app.now()).is_ok_and(warns)
}
