//! Faults of places and lists in words: each sentence names its field and says how to mend it.

use gapura_app::error::Fault;
use std::collections::BTreeMap;

use crate::words::Words;

/// What is wrong with a field that people see as `field`.
pub(crate) fn sentence(w: Words, fault: &Fault, field: &str) -> String {
    in_words(w, fault.code, &fault.params, field)
}

/// The sentence of a fault's code.
pub(crate) fn in_words(
    w: Words,
    code: &str,
    params: &BTreeMap<&'static str, String>,
    field: &str,
) -> String {
    let param = |name: &str| params.get(name).map_or("", String::as_str);
    match code {
        "missing" => w.venue_fault_missing(field),
        "too_long" => w.venue_fault_too_long(field, param("most")),
        "range" => w.venue_fault_range(field, param("least"), param("most")),
        "not_a_district" => w.venue_fault_not_a_district(field, param("region")),
        "district_unknown" if !param("choices").is_empty() => {
            w.venue_fault_district_unknown_like(param("choices"), field)
        }
        "district_ambiguous" => w.venue_fault_district_ambiguous(param("choices")),
        "far_from_district" => w.venue_fault_far_from_district(param("km")),
        "too_many" => w.venue_fault_too_many(field, param("most")),
        "hours" => w.venue_fault_hours(field, param("part")),
        "closure" => w.venue_fault_closure(field, param("part")),
        "contradicts" => w.venue_fault_contradicts(param("row")),
        "already_applied" => already(w, param("state")).to_owned(),
        "column_unknown" => w.venue_fault_column_unknown(param("position")),
        code => of_field(w, code, field).unwrap_or_else(|| plain(w, code, field)),
    }
}

/// A place of this name was applied for before, and stands so.
fn already(w: Words, state: &str) -> &'static str {
    match state {
        "returned" => w.venue_fault_already_returned(),
        "approved" => w.venue_fault_already_approved(),
        _ => w.venue_fault_already_submitted(),
    }
}

fn of_field(w: Words, code: &str, field: &str) -> Option<String> {
    Some(match code {
        "characters" => w.venue_fault_characters(field),
        "category" => w.venue_fault_category(field),
        "whole_number" => w.venue_fault_whole_number(field),
        "number" => w.venue_fault_number(field),
        "yes_or_no" => w.venue_fault_yes_or_no(field),
        "twice" => w.venue_fault_twice(field),
        "region_unknown" => w.venue_fault_region_unknown(field),
        "district_unknown" => w.venue_fault_district_unknown(field),
        "outside_indonesia" => w.venue_fault_outside_indonesia(field),
        "hours_span" => w.venue_fault_hours_span(field),
        "hours_overlap" => w.venue_fault_hours_overlap(field),
        "closure_order" => w.venue_fault_closure_order(field),
        "too_short" => w.venue_fault_too_short(field),
        "fixed" => w.venue_fault_fixed(field),
        "column_missing" => w.venue_fault_column_missing(field),
        "column_twice" => w.venue_fault_column_twice(field),
        _ => return None,
    })
}

fn plain(w: Words, code: &str, field: &str) -> String {
    let sentence = match code {
        "swapped" => w.venue_fault_swapped(),
        "booth_outside_hours" => w.venue_fault_booth_outside_hours(),
        "crowded" => w.venue_fault_crowded(),
        "quota_below_capacity" => w.venue_fault_quota_below_capacity(),
        "booth_form" => w.venue_fault_booth_form(),
        "no_rows" => w.venue_fault_no_rows(),
        "not_utf8" => w.venue_fault_not_utf8(),
        "file_unreadable" => w.venue_fault_file_unreadable(),
        "file_too_large" => w.venue_fault_file_too_large(),
        "file_empty" => w.venue_fault_file_empty(),
        "too_many_rows" => w.venue_fault_too_many_rows(),
        "too_many_cells" => w.venue_fault_too_many_cells(),
        "cell_too_long" => w.venue_fault_cell_too_long(),
        "quote_open" => w.venue_fault_quote_open(),
        "header_missing" => w.venue_fault_header_missing(),
        "organisation_circle" => w.venue_fault_organisation_circle(),
        "no_owner" => w.venue_fault_no_owner(),
        "organisation_known" => w.venue_fault_organisation_known(),
        "organisation_ambiguous" => w.venue_fault_organisation_ambiguous(),
        "outside_visit" => w.venue_fault_outside_visit(),
        _ => return w.venue_fault_other(field),
    };
    sentence.to_owned()
}
