//! A place as it is typed, and the one set of rules by which it becomes a [`VenueSpec`].
//!
//! The JSON API, the HTML form and each place of a CSV list fill in a [`VenueForm`]; faults name its
//! fields by path (`rooms[0].capacity`), so that each of the three can point at the right spot.
//! Warnings stop nothing: they ask somebody to look again.

mod fields;
mod typed;

pub(crate) use fields::{read_label, same_name};
pub use typed::Typed;

use crate::category_words::{category_of, category_word};
use crate::error::Fault;
use crate::find_district::find_district;
use crate::hours_text::{read_closures, read_day, read_week, write_closures, write_hours};
use fields::Findings;
use gapura_domain::door::{Bounds, Position};
use gapura_domain::hours::OpeningHours;
use gapura_domain::region::{RegionCode, region};
use gapura_domain::venue::{Booth, GateSpec, RoomSpec, VenueSpec};
use serde::{Deserialize, Serialize};

/// Most rooms of a place.
pub const ROOMS_MAX: usize = 100;
/// Most gates of a room.
pub const GATES_MAX: usize = 50;
/// The longest stay where none is given, in minutes.
pub const LONGEST_STAY_DEFAULT: u16 = 480;

/// Farther from the centre of its district than this, a position is asked about.
const FAR_KM: f64 = 150.0;
/// Indonesia's box: south, north, west, east, in degrees.
const BOX: (f64, f64, f64, f64) = (-11.2, 6.3, 94.8, 141.1);

/// A place as typed. Numbers may be written as JSON numbers or as text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VenueForm {
    /// "Polsek Klojen".
    pub name: String,
    /// A category by its name in the API, or by an Indonesian or English word.
    pub category: String,
    /// Street and number.
    pub address: String,
    /// District: code, or name with its regency where many bear it.
    pub district: String,
    /// Degrees north. May hold both numbers of a position copied from a map.
    pub latitude: Typed,
    /// Degrees east.
    pub longitude: Typed,
    /// Whom the authority can reach: an office's number or address.
    pub contact: String,
    /// `Sen-Jum 08.00-15.00; Sab 08.00-12.00` (see [`crate::hours_text`]).
    pub hours: String,
    /// Hours of each weekday, Monday first; they count if `hours` is empty.
    pub days: [String; 7],
    /// `2026-12-25; 2026-12-30..2027-01-02`.
    pub closures: String,
    /// Most people in the whole place; empty for no other limit than the rooms'.
    pub capacity: Typed,
    /// Most visitors a day in the whole place; empty for none.
    pub quota: Typed,
    /// Its vaccination booth, if it has one.
    pub booth: Option<BoothForm>,
    /// Yes or no: whether a poster alone is not enough.
    pub demands_screen_code: Typed,
    /// Minutes, 15 to 1440; empty for [`LONGEST_STAY_DEFAULT`].
    pub longest_stay_minutes: Typed,
    /// Its rooms.
    pub rooms: Vec<RoomForm>,
}

/// A vaccination booth as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BoothForm {
    /// Where in the place: "Ruang 3".
    pub place: String,
    /// When it is open, as the place's hours are written.
    pub hours: String,
}

/// A room as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RoomForm {
    /// "Ruang pelayanan SIM".
    pub name: String,
    /// Floor area in square metres.
    pub floor_area_m2: Typed,
    /// Most people inside.
    pub capacity: Typed,
    /// Most visitors a day; empty for none.
    pub quota: Typed,
    /// Names of its gates.
    pub gates: Vec<String>,
}

/// A place without faults, and what somebody should look at again.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// The place.
    pub spec: VenueSpec,
    /// What is unusual, at its field.
    pub warnings: Vec<Fault>,
}

impl VenueForm {
    /// Reads the form.
    ///
    /// # Errors
    /// Every fault, each at the path of its field.
    pub fn read(&self) -> Result<Checked, Vec<Fault>> {
        let mut found = Findings::default();
        let name = found.label("name", &self.name);
        let category = found.required("category", &self.category, |text| {
            category_of(text).ok_or_else(|| Fault::new("", "category"))
        });
        let address = found.label("address", &self.address);
        let district = found.required("district", &self.district, find_district);
        let position = self.read_position(district, &mut found);
        let contact = found.label("contact", &self.contact);
        let hours = self.read_hours(&mut found);
        let bounds = Bounds {
            capacity: found.whole("capacity", &self.capacity, 1, 1_000_000),
            quota: found.whole("quota", &self.quota, 1, 10_000_000),
        };
        let booth = self.read_booth(hours.as_ref(), &mut found);
        let demands_screen_code = found.yes("demands_screen_code", &self.demands_screen_code);
        let longest_stay =
            found.whole("longest_stay_minutes", &self.longest_stay_minutes, 15, 1440);
        let rooms = self.read_rooms(&mut found);
        let spec = (|| {
            Some(VenueSpec {
                name: name?,
                category: category?,
                address: address?,
                district: district?,
                position: position?,
                contact: contact?,
                hours: hours?,
                bounds,
                rooms,
                booth,
                demands_screen_code,
                longest_stay_minutes: longest_stay
                    .map_or(Some(LONGEST_STAY_DEFAULT), |minutes| {
                        minutes.try_into().ok()
                    })?,
            })
        })();
        match spec {
            Some(spec) if found.faults.is_empty() => Ok(Checked {
                spec,
                warnings: found.warnings,
            }),
            _ => Err(found.faults),
        }
    }

    /// The form that reads as this place.
    pub fn of(spec: &VenueSpec) -> Self {
        let number = |most: Option<u32>| most.map_or_else(Typed::default, Typed::of);
        let room = |room: &RoomSpec| RoomForm {
            name: room.name.to_string(),
            floor_area_m2: Typed::of(room.floor_area_m2),
            capacity: number(room.bounds.capacity),
            quota: number(room.bounds.quota),
            gates: room
                .gates
                .iter()
                .map(|gate| gate.name.to_string())
                .collect(),
        };
        Self {
            name: spec.name.to_string(),
            category: category_word(spec.category).into(),
            address: spec.address.to_string(),
            district: spec.district.to_string(),
            latitude: Typed::of(spec.position.latitude),
            longitude: Typed::of(spec.position.longitude),
            contact: spec.contact.to_string(),
            hours: write_hours(&spec.hours),
            days: Default::default(),
            closures: write_closures(spec.hours.closures()),
            capacity: number(spec.bounds.capacity),
            quota: number(spec.bounds.quota),
            booth: spec.booth.as_ref().map(|booth| BoothForm {
                place: booth.place.to_string(),
                hours: write_hours(&booth.hours),
            }),
            demands_screen_code: Typed(
                if spec.demands_screen_code {
                    "ya"
                } else {
                    "tidak"
                }
                .into(),
            ),
            longest_stay_minutes: Typed::of(spec.longest_stay_minutes),
            rooms: spec.rooms.iter().map(room).collect(),
        }
    }

    fn read_position(
        &self,
        district: Option<RegionCode>,
        found: &mut Findings,
    ) -> Option<Position> {
        // Maps hand out both numbers at once: "-7.9771, 112.6340".
        let pair = self.latitude.0.split_once(',').filter(|(north, east)| {
            self.longitude.is_empty() && north.contains('.') && east.contains('.')
        });
        let (north, east) = match pair {
            Some((north, east)) => (Typed(north.into()), Typed(east.into())),
            None => (self.latitude.clone(), self.longitude.clone()),
        };
        let latitude = found.decimal("latitude", &north, -180.0, 180.0);
        let longitude = found.decimal("longitude", &east, -180.0, 180.0);
        let position = Position {
            latitude: latitude?,
            longitude: longitude?,
        };
        let (south, north, west, east) = BOX;
        let is_inside = |latitude: f64, longitude: f64| {
            (south..=north).contains(&latitude) && (west..=east).contains(&longitude)
        };
        if !is_inside(position.latitude, position.longitude) {
            let code = if is_inside(position.longitude, position.latitude) {
                "swapped"
            } else {
                "outside_indonesia"
            };
            found.fault("latitude", Fault::new("", code));
            return None;
        }
        if let Some(code) = district
            && let Some((latitude, longitude)) = region(code).and_then(|region| region.centre)
        {
            let km = position.distance_km(Position {
                latitude,
                longitude,
            });
            if km > FAR_KM {
                let warning = Fault::new("", "far_from_district").with("km", km.round());
                found.warn("latitude", warning);
            }
        }
        Some(position)
    }

    fn read_hours(&self, found: &mut Findings) -> Option<OpeningHours> {
        let week = if self.hours.trim().is_empty() && self.days.iter().any(|day| !day.is_empty()) {
            let mut week = crate::hours_text::Week::default();
            let mut is_read = true;
            for (index, day) in self.days.iter().enumerate() {
                match found.take(&format!("days[{index}]"), read_day(day)) {
                    Some(spans) => week[index] = spans,
                    None => is_read = false,
                }
            }
            is_read.then_some(week)
        } else {
            found.required("hours", &self.hours, read_week)
        };
        let closures = found.take("closures", read_closures(&self.closures));
        OpeningHours::new(week?, closures?).ok()
    }

    fn read_booth(&self, open: Option<&OpeningHours>, found: &mut Findings) -> Option<Booth> {
        let form = self.booth.as_ref()?;
        let place = found.label("booth.place", &form.place);
        let week = found.required("booth.hours", &form.hours, read_week);
        let hours = OpeningHours::new(week?, Vec::new()).ok()?;
        if open.is_some_and(|open| !fields::lie_within(&hours, open)) {
            found.warn("booth.hours", Fault::new("", "booth_outside_hours"));
        }
        Some(Booth {
            place: place?,
            hours,
        })
    }

    fn read_rooms(&self, found: &mut Findings) -> Vec<RoomSpec> {
        if self.rooms.is_empty() {
            found.fault("rooms", Fault::new("", "missing"));
        }
        if self.rooms.len() > ROOMS_MAX {
            found.fault("rooms", Fault::new("", "too_many").with("most", ROOMS_MAX));
            return Vec::new();
        }
        found.unique(self.rooms.iter().map(|room| room.name.as_str()), |index| {
            format!("rooms[{index}].name")
        });
        let rooms = self.rooms.iter().enumerate();
        rooms
            .filter_map(|(index, room)| room.read(&format!("rooms[{index}]"), found))
            .collect()
    }
}

impl RoomForm {
    fn read(&self, path: &str, found: &mut Findings) -> Option<RoomSpec> {
        let at = |field: &str| format!("{path}.{field}");
        let name = found.label(&at("name"), &self.name);
        let area = found.decimal(&at("floor_area_m2"), &self.floor_area_m2, 1.0, 1_000_000.0);
        if self.capacity.is_empty() {
            found.fault(&at("capacity"), Fault::new("", "missing"));
        }
        let capacity = found.whole(&at("capacity"), &self.capacity, 1, 1_000_000);
        let quota = found.whole(&at("quota"), &self.quota, 1, 10_000_000);
        if let (Some(area), Some(capacity)) = (area, capacity)
            && area < f64::from(capacity)
        {
            found.warn(&at("capacity"), Fault::new("", "crowded"));
        }
        if capacity
            .zip(quota)
            .is_some_and(|(inside, day)| day < inside)
        {
            found.warn(&at("quota"), Fault::new("", "quota_below_capacity"));
        }
        if self.gates.is_empty() {
            found.fault(&at("gates"), Fault::new("", "missing"));
        }
        if self.gates.len() > GATES_MAX {
            found.fault(
                &at("gates"),
                Fault::new("", "too_many").with("most", GATES_MAX),
            );
            return None;
        }
        found.unique(self.gates.iter().map(String::as_str), |index| {
            format!("{path}.gates[{index}]")
        });
        let gates: Vec<GateSpec> = self
            .gates
            .iter()
            .enumerate()
            .filter_map(|(index, gate)| found.label(&at(&format!("gates[{index}]")), gate))
            .map(|name| GateSpec { name })
            .collect();
        Some(RoomSpec {
            name: name?,
            floor_area_m2: area?,
            bounds: Bounds { capacity, quota },
            gates,
        })
    }
}

#[cfg(test)]
pub(crate) mod arbitrary;
#[cfg(test)]
pub(crate) mod tests;
