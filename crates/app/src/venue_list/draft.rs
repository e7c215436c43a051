//! Gathers the rows of a list into forms, and remembers from which row each cell came.

use super::ListFault;
use crate::csv_table::Row;
use crate::error::Fault;
use crate::venue_form::{BoothForm, RoomForm, VenueForm, same_name};
use std::collections::HashMap;

/// The form's fields that a place says once: path, column.
const PLACE_FIELDS: [(&str, &str); 14] = [
    ("name", "venue"),
    ("category", "category"),
    ("address", "address"),
    ("district", "district"),
    ("latitude", "latitude"),
    ("longitude", "longitude"),
    ("contact", "contact"),
    ("hours", "hours"),
    ("closures", "closures"),
    ("booth", "booth"),
    ("capacity", "venue_capacity"),
    ("quota", "venue_quota"),
    ("demands_screen_code", "screen_code"),
    ("longest_stay_minutes", "longest_stay"),
];

/// Likewise of a room.
const ROOM_FIELDS: [(&str, &str); 4] = [
    ("name", "room"),
    ("floor_area_m2", "floor_area_m2"),
    ("capacity", "capacity"),
    ("quota", "quota"),
];

/// A place as far as its rows have been read.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) first_row: u64,
    pub(super) organisation: String,
    pub(super) parent: String,
    pub(super) form: VenueForm,
    booth: String,
    origins: HashMap<&'static str, u64>,
    rooms: Vec<RoomOrigin>,
    rooms_by_name: HashMap<String, usize>,
    room: usize,
}

#[derive(Default)]
struct RoomOrigin {
    first_row: u64,
    origins: HashMap<&'static str, u64>,
    gates: Vec<u64>,
}

/// All places of a list.
#[derive(Default)]
pub(super) struct Drafts {
    places: Vec<Draft>,
    by_name: HashMap<(String, String, String), usize>,
    current: usize,
    faults: Vec<ListFault>,
}

/// The cell's text; nothing for `-`. An apostrophe that marks a formula as text is taken off.
fn given<'t>(row: &Row<'t>, column: &str) -> &'t str {
    let text = row.text(column);
    if text == "-" {
        return "";
    }
    match text.strip_prefix('\'') {
        Some(rest) if rest.trim_start().starts_with(['=', '+', '-', '@']) => rest,
        _ => text,
    }
}

impl Drafts {
    pub(super) fn add(&mut self, row: Row<'_>) {
        let number = row.number();
        let above = self.places.get(self.current);
        let (organisation, parent) = match (given(&row, "organisation"), above) {
            ("", Some(above)) => (above.organisation.clone(), above.parent.clone()),
            (organisation, above) => {
                let parent = given(&row, "parent");
                let same = above.filter(|above| {
                    parent.is_empty() && same_name(&above.organisation) == same_name(organisation)
                });
                let parent = same.map_or(parent, |above| &above.parent);
                (organisation.to_owned(), parent.to_owned())
            }
        };
        let name = match (given(&row, "venue"), above) {
            ("", Some(above)) if same_name(&above.organisation) == same_name(&organisation) => {
                above.form.name.clone()
            }
            (name, _) => name.to_owned(),
        };
        let key = (
            same_name(&parent),
            same_name(&organisation),
            same_name(&name),
        );
        self.current = *self.by_name.entry(key).or_insert_with(|| {
            self.places.push(Draft {
                first_row: number,
                organisation,
                parent,
                ..Draft::default()
            });
            self.places.len() - 1
        });
        let faults = &mut self.faults;
        let draft = &mut self.places[self.current];
        let parent = given(&row, "parent");
        if !parent.is_empty() && same_name(parent) != same_name(&draft.parent) {
            faults.push(contradiction(number, "parent", draft.first_row));
        }
        draft.add_place_fields(&row, faults);
        draft.add_room(&row, faults);
    }

    pub(super) fn finish(self) -> (Vec<Draft>, Vec<ListFault>) {
        (self.places, self.faults)
    }
}

fn contradiction(row: u64, column: &'static str, earlier: u64) -> ListFault {
    ListFault::at(
        row,
        column,
        Fault::new("", "contradicts").with("row", earlier),
    )
}

/// Keeps a cell's text if there is any, and faults it where an earlier row says something else.
fn keep(
    (row, column): (u64, &'static str),
    text: &str,
    slot: &mut String,
    origins: &mut HashMap<&'static str, u64>,
    faults: &mut Vec<ListFault>,
) {
    if text.is_empty() {
        return;
    }
    if let Some(earlier) = origins.get(column) {
        if same_name(slot) != same_name(text) {
            faults.push(contradiction(row, column, *earlier));
        }
        return;
    }
    text.clone_into(slot);
    origins.insert(column, row);
}

impl Draft {
    fn add_place_fields(&mut self, row: &Row<'_>, faults: &mut Vec<ListFault>) {
        let number = row.number();
        for (path, column) in PLACE_FIELDS {
            let slot = match path {
                "booth" => &mut self.booth,
                _ => self.form.slot(path),
            };
            keep(
                (number, column),
                given(row, column),
                slot,
                &mut self.origins,
                faults,
            );
        }
        if !self.booth.is_empty() {
            let (place, hours) = self.booth.split_once(';').unwrap_or((&self.booth, ""));
            self.form.booth = Some(BoothForm {
                place: place.trim().to_owned(),
                hours: hours.trim().to_owned(),
            });
        }
    }

    fn add_room(&mut self, row: &Row<'_>, faults: &mut Vec<ListFault>) {
        let number = row.number();
        let name = given(row, "room");
        if !name.is_empty() || self.rooms.is_empty() {
            let rooms = &mut self.rooms;
            let forms = &mut self.form.rooms;
            self.room = *self
                .rooms_by_name
                .entry(same_name(name))
                .or_insert_with(|| {
                    forms.push(RoomForm::default());
                    rooms.push(RoomOrigin {
                        first_row: number,
                        ..RoomOrigin::default()
                    });
                    rooms.len() - 1
                });
        }
        let form = &mut self.form.rooms[self.room];
        let room = &mut self.rooms[self.room];
        for (path, column) in ROOM_FIELDS {
            let slot = form.slot(path);
            keep(
                (number, column),
                given(row, column),
                slot,
                &mut room.origins,
                faults,
            );
        }
        form.gates.push(given(row, "gate").to_owned());
        room.gates.push(number);
    }

    /// A fault in a column that belongs to the place's first row.
    pub(super) fn fault_in(&self, column: &'static str, fault: Fault) -> ListFault {
        ListFault::at(self.first_row, column, fault)
    }

    /// A fault of the form, at the cell that its field came from.
    pub(super) fn place_fault(&self, mut fault: Fault) -> ListFault {
        if fault.field == "booth.hours" && fault.code == "missing" {
            fault.code = "booth_form";
        }
        let (row, column) = self.cell_of(&fault.field);
        ListFault::at(row, column, fault)
    }

    fn cell_of(&self, path: &str) -> (u64, &'static str) {
        if let Some((index, rest)) = index_of(path, "rooms[")
            && let Some(room) = self.rooms.get(index)
        {
            let rest = rest.trim_start_matches('.');
            if let Some((gate, _)) = index_of(rest, "gates[") {
                return (
                    room.gates.get(gate).copied().unwrap_or(room.first_row),
                    "gate",
                );
            }
            let column = ROOM_FIELDS.iter().find(|(path, _)| *path == rest);
            let column = column.map_or("room", |(_, column)| column);
            return (
                room.origins.get(column).copied().unwrap_or(room.first_row),
                column,
            );
        }
        let field = path.split('.').next().unwrap_or(path);
        let column = PLACE_FIELDS.iter().find(|(path, _)| *path == field);
        let column = column.map_or("room", |(_, column)| column);
        (
            self.origins.get(column).copied().unwrap_or(self.first_row),
            column,
        )
    }
}

/// `rooms[3].name` behind `rooms[` is 3 and `.name`.
fn index_of<'p>(path: &'p str, start: &str) -> Option<(usize, &'p str)> {
    let (index, rest) = path.strip_prefix(start)?.split_once(']')?;
    Some((index.parse().ok()?, rest))
}

impl VenueForm {
    fn slot(&mut self, path: &str) -> &mut String {
        match path {
            "name" => &mut self.name,
            "category" => &mut self.category,
            "address" => &mut self.address,
            "district" => &mut self.district,
            "latitude" => &mut self.latitude.0,
            "longitude" => &mut self.longitude.0,
            "contact" => &mut self.contact,
            "hours" => &mut self.hours,
            "closures" => &mut self.closures,
            "capacity" => &mut self.capacity.0,
            "quota" => &mut self.quota.0,
            "demands_screen_code" => &mut self.demands_screen_code.0,
            _ => &mut self.longest_stay_minutes.0,
        }
    }
}

impl RoomForm {
    fn slot(&mut self, path: &str) -> &mut String {
        match path {
            "name" => &mut self.name,
            "floor_area_m2" => &mut self.floor_area_m2.0,
            "capacity" => &mut self.capacity.0,
            _ => &mut self.quota.0,
        }
    }
}
