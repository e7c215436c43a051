//! Faults of accounts in words.

use gapura_app::error::Fault;

use crate::words::Words;

/// What is wrong with a field that people see as `field`.
pub(crate) fn sentence(w: Words, fault: &Fault, field: &str) -> String {
    let sentence = match fault.code {
        "missing" if fault.field == "grants" => w.staff_fault_grants_missing(),
        "missing" => return w.staff_fault_missing(field),
        "label" => return w.staff_fault_label(field),
        "email" | "contact" => w.staff_fault_email(),
        "unreachable" => w.staff_fault_unreachable(),
        "password_short" => w.staff_fault_password_short(),
        "password_long" => w.staff_fault_password_long(),
        "password_common" => w.staff_fault_password_common(),
        "password_like_login" => w.staff_fault_password_like_login(),
        "password_wrong" => w.staff_fault_password_wrong(),
        "code_wrong" => w.staff_fault_code_wrong(),
        "organisation_known" => w.staff_fault_organisation_known(),
        "login" => w.staff_fault_login(),
        "login_taken" => w.staff_fault_login_taken(),
        "sign_in_wrong" => w.staff_sign_in_wrong(),
        _ => return w.staff_fault_other(field),
    };
    sentence.to_owned()
}
