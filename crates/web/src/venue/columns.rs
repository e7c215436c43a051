//! The columns of a list of places, as the reader's language names and explains them.

use crate::words::Words;

/// The header that people write.
pub(crate) fn header(w: Words, column: &str) -> &'static str {
    match column {
        "organisation" => w.venue_column_organisation(),
        "parent" => w.venue_column_parent(),
        "venue" => w.venue_column_venue(),
        "category" => w.venue_column_category(),
        "address" => w.venue_column_address(),
        "district" => w.venue_column_district(),
        "latitude" => w.venue_column_latitude(),
        "longitude" => w.venue_column_longitude(),
        "contact" => w.venue_column_contact(),
        "hours" => w.venue_column_hours(),
        "closures" => w.venue_column_closures(),
        "booth" => w.venue_column_booth(),
        "venue_capacity" => w.venue_column_venue_capacity(),
        "venue_quota" => w.venue_column_venue_quota(),
        "screen_code" => w.venue_column_screen_code(),
        "longest_stay" => w.venue_column_longest_stay(),
        "room" => w.venue_column_room(),
        "floor_area_m2" => w.venue_column_floor_area_m2(),
        "capacity" => w.venue_column_capacity(),
        "quota" => w.venue_column_quota(),
        _ => w.venue_column_gate(),
    }
}

/// What the column holds.
pub(crate) fn about(w: Words, column: &str) -> &'static str {
    match column {
        "organisation" => w.venue_about_organisation(),
        "parent" => w.venue_about_parent(),
        "venue" => w.venue_about_venue(),
        "category" => w.venue_about_category(),
        "address" => w.venue_about_address(),
        "district" => w.venue_about_district(),
        "latitude" => w.venue_about_latitude(),
        "longitude" => w.venue_about_longitude(),
        "contact" => w.venue_about_contact(),
        "hours" => w.venue_about_hours(),
        "closures" => w.venue_about_closures(),
        "booth" => w.venue_about_booth(),
        "venue_capacity" => w.venue_about_venue_capacity(),
        "venue_quota" => w.venue_about_venue_quota(),
        "screen_code" => w.venue_about_screen_code(),
        "longest_stay" => w.venue_about_longest_stay(),
        "room" => w.venue_about_room(),
        "floor_area_m2" => w.venue_about_floor_area_m2(),
        "capacity" => w.venue_about_capacity(),
        "quota" => w.venue_about_quota(),
        _ => w.venue_about_gate(),
    }
}

#[cfg(test)]
mod tests {
    use gapura_app::venue_list::COLUMNS;

    use super::{about, header};
    use crate::lang::Lang;

    #[test]
    fn every_column_is_called_by_a_name_that_lists_are_read_by() {
        for lang in Lang::ALL {
            for column in COLUMNS {
                let name = header(lang.words(), column.name);
                let is_known = column.name == name || column.aliases.contains(&name);
                assert!(is_known, "{name} does not mean {}", column.name);
                assert!(!about(lang.words(), column.name).is_empty());
            }
        }
    }
}
