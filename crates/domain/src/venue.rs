//! Places: organisations, venues, rooms and gates as their owners describe them.

use crate::door::{Bounds, Position};
use crate::hours::OpeningHours;
use crate::ids::{AccountId, ApplicationId, GateId, OrganisationId, RoomId, VenueId};
use crate::person::is_plain;
use crate::region::RegionCode;
use crate::status::Colour;
use crate::time::Time;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A text of 1 to 120 characters that is no one's secret: a place's, room's or organisation's name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Label(String);

/// The text is empty, too long, or holds control characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a name has 1 to 120 characters and no control characters")]
pub struct LabelError;

impl Label {
    /// Reads a text; runs of white space become one space.
    ///
    /// # Errors
    /// Empty, longer than 120 characters, or with control characters.
    pub fn parse(text: &str) -> Result<Self, LabelError> {
        let label = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let is_good =
            !label.is_empty() && label.chars().count() <= 120 && label.chars().all(is_plain);
        is_good.then_some(Self(label)).ok_or(LabelError)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Label {
    type Error = LabelError;
    fn try_from(text: String) -> Result<Self, LabelError> {
        Self::parse(&text)
    }
}

impl From<Label> for String {
    fn from(label: Label) -> Self {
        label.0
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// What kind of place a venue is. Rules differ by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Police station and its service rooms.
    Police,
    /// Other public service: vehicle tax, licences, civil registry.
    PublicService,
    /// Health facility.
    Health,
    /// Office.
    Office,
    /// School, campus.
    Education,
    /// Shopping centre.
    Mall,
    /// Market, shop.
    Market,
    /// Restaurant, café.
    Restaurant,
    /// Hotel.
    Hotel,
    /// Cinema, theatre.
    Cinema,
    /// Tourist place, park, museum.
    Tourism,
    /// Place of worship.
    Worship,
    /// Sports hall, stadium.
    Sport,
    /// Station, port, airport, terminal.
    Transport,
    /// Factory, warehouse.
    Industry,
    /// Anything else.
    Other,
}

impl Category {
    /// Every category, in the order of lists.
    pub const ALL: [Self; 16] = [
        Self::Police,
        Self::PublicService,
        Self::Health,
        Self::Office,
        Self::Education,
        Self::Mall,
        Self::Market,
        Self::Restaurant,
        Self::Hotel,
        Self::Cinema,
        Self::Tourism,
        Self::Worship,
        Self::Sport,
        Self::Transport,
        Self::Industry,
        Self::Other,
    ];

    /// The name that API, tables and lists use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Police => "police",
            Self::PublicService => "public_service",
            Self::Health => "health",
            Self::Office => "office",
            Self::Education => "education",
            Self::Mall => "mall",
            Self::Market => "market",
            Self::Restaurant => "restaurant",
            Self::Hotel => "hotel",
            Self::Cinema => "cinema",
            Self::Tourism => "tourism",
            Self::Worship => "worship",
            Self::Sport => "sport",
            Self::Transport => "transport",
            Self::Industry => "industry",
            Self::Other => "other",
        }
    }

    /// The category with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|category| category.name() == name)
    }
}

/// A vaccination booth at a venue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booth {
    /// Where in the venue: "Ruang 3".
    pub place: Label,
    /// When it is open.
    pub hours: OpeningHours,
}

/// A door as applied for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateSpec {
    /// "Pintu utama".
    pub name: Label,
}

/// A room as applied for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RoomSpec {
    /// "Ruang pelayanan SIM".
    pub name: Label,
    /// Floor area in square metres, 1 to 1,000,000.
    pub floor_area_m2: f64,
    /// People inside and visitors a day at full capacity.
    pub bounds: Bounds,
    /// Its doors, at least one.
    pub gates: Vec<GateSpec>,
}

/// A place as applied for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VenueSpec {
    /// "Polsek Klojen".
    pub name: Label,
    /// What kind of place.
    pub category: Category,
    /// Street and number.
    pub address: Label,
    /// District (six digits).
    pub district: RegionCode,
    /// Where it lies.
    pub position: Position,
    /// Whom the authority can reach: an office's number or address, not a private one.
    pub contact: Label,
    /// When it is open.
    pub hours: OpeningHours,
    /// People inside and visitors a day over all rooms.
    pub bounds: Bounds,
    /// Its rooms, at least one.
    pub rooms: Vec<RoomSpec>,
    /// Its vaccination booth.
    pub booth: Option<Booth>,
    /// Whether a poster alone is not enough: the minute's code of the gate's screen is asked for.
    pub demands_screen_code: bool,
    /// After this many minutes a visit ends by itself, 15 to 1440.
    pub longest_stay_minutes: u16,
}

/// Where an application stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ApplicationState {
    /// Waits for the authority.
    Submitted,
    /// Sent back with what to mend; the owner can submit it again.
    Returned {
        /// What to mend, in the authority's words.
        reasons: String,
        /// By whom.
        by: AccountId,
        /// When.
        at: Time,
    },
    /// Approved; the venue exists.
    Approved {
        /// The venue.
        venue: VenueId,
        /// By whom.
        by: AccountId,
        /// When.
        at: Time,
    },
}

impl ApplicationState {
    /// The name that lists and filters use.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Returned { .. } => "returned",
            Self::Approved { .. } => "approved",
        }
    }
}

/// An application for one venue.
#[derive(Clone, Debug, PartialEq)]
pub struct Application {
    /// Its number.
    pub id: ApplicationId,
    /// The owner.
    pub organisation: OrganisationId,
    /// Who submitted it.
    pub by: AccountId,
    /// When it was submitted last.
    pub submitted_at: Time,
    /// What is applied for.
    pub spec: VenueSpec,
    /// Where it stands.
    pub state: ApplicationState,
}

/// An owner of venues.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// Its number.
    pub id: OrganisationId,
    /// The organisation above, if any.
    pub parent: Option<OrganisationId>,
    /// "Polresta Malang Kota".
    pub name: Label,
}

/// A door of an approved venue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gate {
    /// Its number.
    pub id: GateId,
    /// The room behind it.
    pub room: RoomId,
    /// Its name.
    pub name: Label,
    /// The code on its poster (see the pass crate), without separators.
    pub code: String,
}

/// A room of an approved venue.
#[derive(Clone, Debug, PartialEq)]
pub struct Room {
    /// Its number.
    pub id: RoomId,
    /// Its name.
    pub name: Label,
    /// Floor area in square metres.
    pub floor_area_m2: f64,
    /// Limits at full capacity.
    pub bounds: Bounds,
}

/// An approved venue with its rooms and gates.
#[derive(Clone, Debug, PartialEq)]
pub struct Venue {
    /// Its number.
    pub id: VenueId,
    /// The owner.
    pub organisation: OrganisationId,
    /// Its name, hours and the rest. The `rooms` in it are as applied for; those below are in force.
    pub spec: VenueSpec,
    /// Its rooms.
    pub rooms: Vec<Room>,
    /// Its gates.
    pub gates: Vec<Gate>,
    /// Counts the changes, from 1.
    pub version: u32,
}

/// How strict an area is, and what share of capacity that leaves to each category: data, not law.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelTable {
    /// Name of the table, shown where its figures are.
    pub name: String,
    /// Rows; the first that matches level and category holds; none means 100 %.
    pub shares: Vec<LevelShare>,
}

/// One row of a level table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelShare {
    /// The level, 1 to 4.
    pub level: u8,
    /// The category; all others if `None`.
    pub category: Option<Category>,
    /// Share of capacity and quota, 0 to 100 percent.
    pub percent: u8,
}

impl LevelTable {
    /// Percent of capacity for a category at a level.
    pub fn percent(&self, level: u8, category: Category) -> u8 {
        self.shares
            .iter()
            .find(|row| row.level == level && row.category.is_none_or(|of| of == category))
            .map_or(100, |row| row.percent.min(100))
    }
}

impl Bounds {
    /// The bounds at a share of capacity, rounded down.
    #[must_use]
    pub fn at_percent(self, percent: u8) -> Self {
        let share = |most: u32| {
            u32::try_from(u64::from(most) * u64::from(percent) / 100).unwrap_or(u32::MAX)
        };
        Self {
            capacity: self.capacity.map(share),
            quota: self.quota.map(share),
        }
    }
}

/// What a venue shows to people who look for a place, with its figures now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occupancy {
    /// People inside, held places included.
    pub inside: u32,
    /// Visitors of the local day.
    pub today: u32,
    /// Bounds in force.
    pub bounds: Bounds,
}

impl Occupancy {
    /// Places left now: the smaller of what capacity and quota leave. `None` without limits.
    pub fn free(self) -> Option<u32> {
        let inside = self
            .bounds
            .capacity
            .map(|most| most.saturating_sub(self.inside));
        let today = self
            .bounds
            .quota
            .map(|most| most.saturating_sub(self.today));
        match (inside, today) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }
}

/// The colours that a category lets in without a look, for lists and posters.
pub fn admitted_colours(admission: crate::status::Admission) -> impl Iterator<Item = Colour> {
    Colour::ALL
        .into_iter()
        .filter(move |colour| admission.of(*colour) == crate::verdict::Verdict::Admit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_capacity_is_rounded_down() {
        let bounds = Bounds {
            capacity: Some(50),
            quota: Some(3),
        };
        let half = bounds.at_percent(25);
        assert_eq!(
            half,
            Bounds {
                capacity: Some(12),
                quota: Some(0)
            }
        );
    }

    #[test]
    fn a_label_holds_no_hidden_characters() {
        assert!(Label::parse("Polsek\u{202E}Klojen").is_err());
        assert_eq!(
            Label::parse(" Polsek  Klojen ").unwrap().as_str(),
            "Polsek Klojen"
        );
    }

    #[test]
    fn a_category_reads_back_by_its_name() {
        for category in Category::ALL {
            assert_eq!(Category::from_name(category.name()), Some(category));
        }
    }
}
