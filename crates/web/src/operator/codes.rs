//! The stable codes of the audit log in words. A code that has none yet is shown as it is.

use crate::words::Words;

type Name = fn(Words) -> &'static str;

/// Actions by their codes.
pub(super) const ACTIONS: &[(&str, Name)] = &[
    ("signed_in", |w| w.operator_action_signed_in()),
    ("account_created", |w| w.operator_action_account_created()),
    ("account_set_up", |w| w.operator_action_account_set_up()),
    ("account_locked", |w| w.operator_action_account_locked()),
    ("account_reset", |w| w.operator_action_account_reset()),
    ("account_closed", |w| w.operator_action_account_closed()),
    ("sessions_ended", |w| w.operator_action_sessions_ended()),
    ("grants_changed", |w| w.operator_action_grants_changed()),
    ("password_changed", |w| w.operator_action_password_changed()),
    ("organisation_founded", |w| {
        w.operator_action_organisation_founded()
    }),
    ("organisation_signed_up", |w| {
        w.operator_action_organisation_signed_up()
    }),
    ("applications_submitted", |w| {
        w.operator_action_applications_submitted()
    }),
    ("application_approved", |w| {
        w.operator_action_application_approved()
    }),
    ("application_returned", |w| {
        w.operator_action_application_returned()
    }),
    ("application_resubmitted", |w| {
        w.operator_action_application_resubmitted()
    }),
    ("venue_edited", |w| w.operator_action_venue_edited()),
    ("gate_code_reissued", |w| {
        w.operator_action_gate_code_reissued()
    }),
    ("enrolment_begun", |w| w.operator_action_enrolment_begun()),
    ("device_enrolled", |w| w.operator_action_device_enrolled()),
    ("device_revoked", |w| w.operator_action_device_revoked()),
    ("visit_corrected", |w| w.operator_action_visit_corrected()),
    ("visits_exported", |w| w.operator_action_visits_exported()),
    ("visits_erased", |w| w.operator_action_visits_erased()),
    ("people_erased", |w| w.operator_action_people_erased()),
    ("name_opened", |w| w.operator_action_name_opened()),
    ("names_opened", |w| w.operator_action_names_opened()),
    ("contact_changed", |w| w.operator_action_contact_changed()),
    ("refusal_overridden", |w| {
        w.operator_action_refusal_overridden()
    }),
    ("card_printed", |w| w.operator_action_card_issued()),
    ("card_revoked", |w| w.operator_action_card_revoked()),
    ("looked_up_by_id", |w| w.operator_action_looked_up_by_id()),
    ("identity_confirmed", |w| {
        w.operator_action_identity_confirmed()
    }),
    ("person_registered", |w| {
        w.operator_action_person_registered()
    }),
    ("facts_joined", |w| w.operator_action_facts_joined()),
    ("dose_recorded", |w| w.operator_action_dose_recorded()),
    ("test_recorded", |w| w.operator_action_test_recorded()),
    ("contact_recorded", |w| w.operator_action_contact_recorded()),
    ("passes_revoked", |w| w.operator_action_passes_revoked()),
    ("people_imported", |w| w.operator_action_people_imported()),
    ("vaccinations_imported", |w| {
        w.operator_action_vaccinations_imported()
    }),
];

const PURPOSES: &[(&str, Name)] = &[
    ("desk_with_person_present", |w| {
        w.operator_purpose_desk_with_person_present()
    }),
    ("print_card", |w| w.operator_purpose_print_card()),
    ("match_import", |w| w.operator_purpose_match_import()),
    ("initials_at_door", |w| {
        w.operator_purpose_initials_at_door()
    }),
    ("own_page", |w| w.operator_purpose_own_page()),
    ("send_message", |w| w.operator_purpose_send_message()),
];

/// What was done.
pub(super) fn action_name(w: Words, code: &str) -> String {
    named(w, ACTIONS, code)
}

/// Why; an officer's own words stay as they are.
pub(super) fn purpose_name(w: Words, code: &str) -> String {
    named(w, PURPOSES, code)
}

fn named(w: Words, names: &[(&str, Name)], code: &str) -> String {
    let known = names.iter().find(|(known, _)| *known == code);
    known.map_or_else(|| code.to_owned(), |(_, name)| name(w).to_owned())
}
