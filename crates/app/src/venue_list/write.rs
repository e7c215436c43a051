//! Writes places as a list, one row a gate, so that it reads back as the same places.

use super::COLUMNS;
use crate::export::{Cell, CsvWriter};
use crate::venue_form::VenueForm;
use gapura_domain::venue::VenueSpec;

/// Writes a list with Indonesian headers: owner, the organisation above it, and the place.
///
/// Text that a spreadsheet would run is neutralised. Names stand in every row, so that sorting
/// tears nothing apart; all else stands in the first row of its place or room. Without places this is
/// an empty list to fill in.
pub fn write_venue_list<'a>(
    places: impl IntoIterator<Item = (&'a str, &'a str, &'a VenueSpec)>,
) -> Vec<u8> {
    let mut out = Vec::new();
    // Writing into memory does not fail.
    let _ = write(&mut out, places);
    out
}

fn write<'a>(
    out: &mut Vec<u8>,
    places: impl IntoIterator<Item = (&'a str, &'a str, &'a VenueSpec)>,
) -> std::io::Result<()> {
    let mut writer = CsvWriter::new(out)?;
    writer.row(COLUMNS.iter().map(|column| Cell::Text(column.aliases[0])))?;
    for (organisation, parent, spec) in places {
        let form = VenueForm::of(spec);
        let booth = form.booth.as_ref();
        let booth = booth.map_or_else(String::new, |booth| {
            format!("{}; {}", booth.place, booth.hours)
        });
        for (room_index, (room, room_spec)) in form.rooms.iter().zip(&spec.rooms).enumerate() {
            for (gate_index, gate) in room.gates.iter().enumerate() {
                let is_first = room_index == 0 && gate_index == 0;
                writer.row(COLUMNS.iter().map(|column| match column.name {
                    "organisation" => Cell::Text(organisation),
                    "parent" => Cell::Text(parent),
                    "venue" => Cell::Text(&form.name),
                    "room" => Cell::Text(&room.name),
                    "gate" => Cell::Text(gate),
                    "floor_area_m2" if gate_index == 0 => Cell::Decimal(room_spec.floor_area_m2),
                    "capacity" if gate_index == 0 => Cell::Text(&room.capacity.0),
                    "quota" if gate_index == 0 => Cell::Text(&room.quota.0),
                    name if is_first => place_cell(name, &form, spec, &booth),
                    _ => Cell::Empty,
                }))?;
            }
        }
    }
    Ok(())
}

fn place_cell<'f>(column: &str, form: &'f VenueForm, spec: &VenueSpec, booth: &'f str) -> Cell<'f> {
    match column {
        "latitude" => Cell::Decimal(spec.position.latitude),
        "longitude" => Cell::Decimal(spec.position.longitude),
        "category" => Cell::Text(&form.category),
        "address" => Cell::Text(&form.address),
        "district" => Cell::Text(&form.district),
        "contact" => Cell::Text(&form.contact),
        "hours" => Cell::Text(&form.hours),
        "closures" => Cell::Text(&form.closures),
        "booth" => Cell::Text(booth),
        "venue_capacity" => Cell::Text(&form.capacity.0),
        "venue_quota" => Cell::Text(&form.quota.0),
        "screen_code" => Cell::Text(&form.demands_screen_code.0),
        "longest_stay" => Cell::Text(&form.longest_stay_minutes.0),
        _ => Cell::Empty,
    }
}
