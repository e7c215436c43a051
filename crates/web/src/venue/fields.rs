//! The form of a place: between what was typed and the [`VenueForm`] that the use cases read.
//!
//! The fields of the page bear the names by which faults call them (`rooms[0].gates[1]`), so a fault finds its field
//! without a table between. A button that adds or removes a room sends the whole form, which is read, changed and shown
//! again; nothing typed is lost on the way.

use gapura_app::error::Fault;
use gapura_app::find_district::find_district;
use gapura_app::hours_text::write_spans;
use gapura_app::venue_form::{BoothForm, GATES_MAX, ROOMS_MAX, RoomForm, Typed, VenueForm};

use gapura_domain::region::{RegionCode, full_name};
use gapura_domain::venue::VenueSpec;

use crate::format;
use crate::forms::Form;
use crate::venue::fault::sentence;
use crate::words::Words;

/// The names of a room's fields, for the template.
pub(crate) struct RoomFields {
    pub number: usize,
    pub at: String,
    pub name: String,
    pub floor_area: String,
    pub capacity: String,
    pub quota: String,
    pub gates_at: String,
    pub gates: Vec<GateFields>,
    pub add_gate: String,
    pub remove: String,
}

/// The name of a gate's field.
pub(crate) struct GateFields {
    pub number: usize,
    pub name: String,
    pub remove: String,
}

/// A weekday and the name of its field.
pub(crate) struct DayField {
    pub field: String,
    pub name: &'static str,
}

/// A sentence that stops nothing, and where to look.
pub(crate) struct Warning {
    pub field: String,
    pub sentence: String,
}

/// Reads what was typed.
pub(crate) fn read(form: &Form) -> VenueForm {
    let text = |name: &str| form.text(name).to_owned();
    let typed = |name: &str| Typed(text(name));
    let booth = BoothForm {
        place: text("booth.place"),
        hours: text("booth.hours"),
    };
    VenueForm {
        name: text("name"),
        category: text("category"),
        address: text("address"),
        district: text("district"),
        latitude: typed("latitude"),
        longitude: typed("longitude"),
        contact: text("contact"),
        hours: String::new(),
        days: std::array::from_fn(|day| text(&day_field(day))),
        closures: text("closures"),
        capacity: typed("capacity"),
        quota: typed("quota"),
        booth: Some(booth).filter(|booth| !(booth.place.is_empty() && booth.hours.is_empty())),
        demands_screen_code: typed("demands_screen_code"),
        longest_stay_minutes: typed("longest_stay_minutes"),
        rooms: read_rooms(form),
    }
}

fn read_rooms(form: &Form) -> Vec<RoomForm> {
    let rooms = (0..ROOMS_MAX).map_while(|index| {
        let at = |field: &str| format!("rooms[{index}].{field}");
        let typed = |field: &str| Typed(form.text(&at(field)).to_owned());
        form.was_sent(&at("name")).then(|| RoomForm {
            name: form.text(&at("name")).to_owned(),
            floor_area_m2: typed("floor_area_m2"),
            capacity: typed("capacity"),
            quota: typed("quota"),
            gates: (0..GATES_MAX)
                .map(|gate| at(&format!("gates[{gate}]")))
                .map_while(|gate| form.was_sent(&gate).then(|| form.text(&gate).to_owned()))
                .collect(),
        })
    });
    rooms.collect()
}

/// The form of a place that was described before.
pub(crate) fn of_spec(spec: &VenueSpec) -> VenueForm {
    by_day(VenueForm::of(spec), spec)
}

/// A form with the hours, district and kind of a place as the page shows them.
pub(crate) fn by_day(mut venue: VenueForm, spec: &VenueSpec) -> VenueForm {
    venue.hours.clear();
    for (text, spans) in venue.days.iter_mut().zip(spec.hours.week()) {
        *text = write_spans(spans);
    }
    venue.category = spec.category.name().to_owned();
    venue.district = district_text(spec.district);
    venue
}

/// A district by its names where these lead back to it, else by its code.
pub(crate) fn district_text(code: RegionCode) -> String {
    let name = full_name(code);
    if find_district(&name) == Ok(code) {
        name
    } else {
        code.to_string()
    }
}

/// The form that shows a place.
pub(crate) fn filled(venue: &VenueForm) -> Form {
    let mut form = Form::blank()
        .fill("name", &venue.name)
        .fill("category", &venue.category)
        .fill("address", &venue.address)
        .fill("district", &venue.district)
        .fill("latitude", &venue.latitude.0)
        .fill("longitude", &venue.longitude.0)
        .fill("contact", &venue.contact)
        .fill("closures", &venue.closures)
        .fill("capacity", &venue.capacity.0)
        .fill("quota", &venue.quota.0)
        .fill("demands_screen_code", &venue.demands_screen_code.0)
        .fill("longest_stay_minutes", &venue.longest_stay_minutes.0);
    for (day, hours) in venue.days.iter().enumerate() {
        form = form.fill(&day_field(day), hours);
    }
    if let Some(booth) = &venue.booth {
        form = form
            .fill("booth.place", &booth.place)
            .fill("booth.hours", &booth.hours);
    }
    for (index, room) in venue.rooms.iter().enumerate() {
        let at = |field: &str| format!("rooms[{index}].{field}");
        form = form
            .fill(&at("name"), &room.name)
            .fill(&at("floor_area_m2"), &room.floor_area_m2.0)
            .fill(&at("capacity"), &room.capacity.0)
            .fill(&at("quota"), &room.quota.0);
        for (gate, name) in room.gates.iter().enumerate() {
            form = form.fill(&at(&format!("gates[{gate}]")), name);
        }
    }
    form
}

/// An empty form, with one room and one gate to begin with.
pub(crate) fn blank(w: Words) -> VenueForm {
    VenueForm {
        longest_stay_minutes: Typed("480".to_owned()),
        rooms: vec![RoomForm {
            name: w.venue_apply_first_room().to_owned(),
            gates: vec![w.venue_apply_first_gate().to_owned()],
            ..RoomForm::default()
        }],
        ..VenueForm::default()
    }
}

/// Does what a button inside of the form asks for; `false` if it is none of these.
pub(crate) fn rebuild(venue: &mut VenueForm, button: &str) -> bool {
    let rooms = &mut venue.rooms;
    match *button.split(' ').collect::<Vec<_>>() {
        ["room+"] => {
            if rooms.len() < ROOMS_MAX {
                rooms.push(RoomForm {
                    gates: vec![String::new()],
                    ..RoomForm::default()
                });
            }
        }
        ["room-", room] => {
            if let Some(room) = index(room, rooms.len()).filter(|_| rooms.len() > 1) {
                rooms.remove(room);
            }
        }
        ["gate+", room] => {
            if let Some(room) = index(room, rooms.len()).map(|room| &mut rooms[room])
                && room.gates.len() < GATES_MAX
            {
                room.gates.push(String::new());
            }
        }
        ["gate-", room, gate] => {
            if let Some(room) = index(room, rooms.len()).map(|room| &mut rooms[room])
                && let Some(gate) = index(gate, room.gates.len()).filter(|_| room.gates.len() > 1)
            {
                room.gates.remove(gate);
            }
        }
        ["hours"] => {
            let monday = venue.days[0].clone();
            venue.days[1..5].fill(monday);
        }
        _ => return false,
    }
    true
}

fn index(text: &str, len: usize) -> Option<usize> {
    text.parse().ok().filter(|index| *index < len)
}

/// The names of the rooms' fields.
pub(crate) fn room_fields(rooms: &[RoomForm]) -> Vec<RoomFields> {
    let fields = |(index, room): (usize, &RoomForm)| {
        let at = format!("rooms[{index}]");
        let gate = |gate| GateFields {
            number: gate + 1,
            name: format!("{at}.gates[{gate}]"),
            remove: format!("gate- {index} {gate}"),
        };
        RoomFields {
            number: index + 1,
            name: format!("{at}.name"),
            floor_area: format!("{at}.floor_area_m2"),
            capacity: format!("{at}.capacity"),
            quota: format!("{at}.quota"),
            gates_at: format!("{at}.gates"),
            gates: (0..room.gates.len()).map(gate).collect(),
            add_gate: format!("gate+ {index}"),
            remove: format!("room- {index}"),
            at,
        }
    };
    rooms.iter().enumerate().map(fields).collect()
}

/// The weekdays with their fields.
pub(crate) fn day_fields(w: Words) -> Vec<DayField> {
    let day = |day| DayField {
        field: day_field(day),
        name: format::weekday_of(w, day),
    };
    (0..7).map(day).collect()
}

fn day_field(day: usize) -> String {
    format!("days[{day}]")
}

/// Says at each field what is wrong with it.
pub(crate) fn complain(w: Words, form: &mut Form, faults: &[Fault]) {
    for fault in faults {
        form.complain(&fault.field, about(w, fault));
    }
}

/// What somebody should look at again.
pub(crate) fn warnings(w: Words, faults: &[Fault]) -> Vec<Warning> {
    let warning = |fault: &Fault| Warning {
        field: fault.field.clone(),
        sentence: about(w, fault),
    };
    faults.iter().map(warning).collect()
}

fn about(w: Words, fault: &Fault) -> String {
    match (fault.field.as_str(), fault.code) {
        ("category", "missing") => w.venue_fault_missing_choice(w.venue_apply_category()),
        ("rooms", "missing") => w.venue_fault_rooms_missing().to_owned(),
        (field, "missing") if field.ends_with(".gates") => w.venue_fault_gates_missing().to_owned(),
        ("latitude" | "longitude", "number") => {
            w.venue_fault_latitude_number(label(w, &fault.field))
        }
        (field, _) => sentence(w, fault, &label(w, field)),
    }
}

/// What people call the field of a fault.
fn label(w: Words, field: &str) -> String {
    if let Some((room, rest)) = numbered(field, "rooms[") {
        let rest = rest.trim_start_matches('.');
        return match rest {
            "name" => w.venue_label_room_name(room),
            "floor_area_m2" => w.venue_label_floor_area(room),
            "capacity" => w.venue_label_capacity(room),
            "quota" => w.venue_label_quota(room),
            rest => match numbered(rest, "gates[") {
                Some((gate, _)) => w.venue_label_gate(gate, room),
                None => w.venue_label_gates(room),
            },
        };
    }
    if let Some((day, _)) = numbered(field, "days[") {
        return w.venue_label_hours(format::weekday_of(w, day - 1));
    }
    let label = match field {
        "name" => w.venue_apply_name(),
        "category" => w.venue_apply_category(),
        "address" => w.venue_apply_address(),
        "district" => w.venue_apply_district(),
        "latitude" => w.venue_apply_latitude(),
        "longitude" => w.venue_apply_longitude(),
        "contact" => w.venue_apply_contact(),
        "hours" => w.venue_apply_hours(),
        "closures" => w.venue_apply_closures(),
        "capacity" => w.venue_apply_whole_capacity(),
        "quota" => w.venue_apply_whole_quota(),
        "booth.place" => w.venue_apply_booth_place(),
        "booth.hours" => w.venue_apply_booth_hours(),
        "longest_stay_minutes" => w.venue_label_longest_stay(),
        "organisation_new" => w.venue_apply_organisation_new(),
        "organisation" => w.venue_apply_organisation(),
        _ => w.venue_apply_screen_code(),
    };
    label.to_owned()
}

/// The number of `name[7]rest`, counted from one, and the rest.
fn numbered<'f>(field: &'f str, name: &str) -> Option<(usize, &'f str)> {
    let (number, rest) = field.strip_prefix(name)?.split_once(']')?;
    Some((number.parse::<usize>().ok()?.checked_add(1)?, rest))
}

#[cfg(test)]
mod tests {
    use gapura_app::venue_form::VenueForm;

    use super::{blank, complain, filled, read, rebuild, room_fields};
    use crate::lang::Lang;

    fn three_rooms() -> VenueForm {
        let mut venue = blank(Lang::En.words());
        for button in ["room+", "gate+ 0", "room+"] {
            assert!(rebuild(&mut venue, button));
        }
        venue.rooms[1].name = "Hall".into();
        venue.rooms[0].gates[1] = "Back".into();
        venue
    }

    #[test]
    fn a_form_reads_back_as_it_was_filled_in() {
        let venue = three_rooms();
        assert_eq!(read(&filled(&venue)), venue);
    }

    #[test]
    fn a_removed_room_takes_only_its_own_fields_with_it() {
        let mut venue = three_rooms();
        rebuild(&mut venue, "room- 0");
        assert_eq!(venue.rooms[0].name, "Hall");
        assert_eq!(room_fields(&venue.rooms).len(), 2);
        rebuild(&mut venue, "gate- 0 0");
        assert_eq!(venue.rooms[0].gates.len(), 1, "a room keeps its last gate");
    }

    #[test]
    fn buttons_that_nobody_was_shown_change_nothing() {
        for button in ["room- 9", "gate- 0 9", "gate- 9 0", "gate+ 9", "room- x"] {
            let mut venue = three_rooms();
            rebuild(&mut venue, button);
            assert_eq!(venue, three_rooms(), "{button}");
        }
        assert!(!rebuild(&mut three_rooms(), "send"));
    }

    #[test]
    fn every_fault_of_an_empty_place_is_told_at_a_field_with_its_name() {
        let venue = VenueForm::default();
        let mut form = filled(&venue);
        complain(Lang::En.words(), &mut form, &venue.read().unwrap_err());
        assert_eq!(form.error("name"), "Name of the place is empty.");
        assert_eq!(form.error("rooms"), "Add at least one room.");
        let mut venue = three_rooms();
        venue.rooms[2].capacity = "many".into();
        let mut form = filled(&venue);
        complain(Lang::En.words(), &mut form, &venue.read().unwrap_err());
        let said = form.error("rooms[2].capacity");
        assert_eq!(
            said,
            "Capacity of room 3: write a whole number, for example 40."
        );
    }
}
