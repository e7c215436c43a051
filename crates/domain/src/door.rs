//! What a door is asked and what it answers, as values.

mod first_answer;

use crate::hours::OpeningHours;
use crate::ids::{AccountId, DecisionId, DeviceId, GateId, PersonId, RequestId, RoomId, VenueId};
use crate::status::{Admission, Status};
use crate::time::{LocalDay, Time, Zone};
use crate::verdict::{Exit, Limits, Reason, Verdict, Way};
pub use first_answer::FirstAnswer;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How long a *check* holds its place.
pub const HOLD_S: i64 = 120;

/// How long an officer can still resolve a check or override a refusal.
pub const RESOLVABLE_S: i64 = 900;

/// Most people that come in on one scan.
pub const PARTY_MAX: usize = 12;

/// Most people inside, and most visitors a day. `None` is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    /// Most people inside at a time.
    pub capacity: Option<u32>,
    /// Most visitors a local day.
    pub quota: Option<u32>,
}

/// A point on the globe in degrees.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Position {
    /// Degrees north, −90 to 90.
    pub latitude: f64,
    /// Degrees east, −180 to 180.
    pub longitude: f64,
}

impl Position {
    /// Great-circle distance in kilometres on a sphere of 6371 km (haversine formula).
    pub fn distance_km(self, other: Self) -> f64 {
        let (a, b) = (self.latitude.to_radians(), other.latitude.to_radians());
        let half_north = ((b - a) / 2.0).sin();
        let half_east = ((other.longitude - self.longitude).to_radians() / 2.0).sin();
        let h = half_north.powi(2) + a.cos() * b.cos() * half_east.powi(2);
        2.0 * 6371.0 * h.sqrt().min(1.0).asin()
    }
}

/// All that a gate decides by, prepared once and shared by its requests.
#[derive(Clone, Debug, PartialEq)]
pub struct DoorPlan {
    /// The gate.
    pub gate: GateId,
    /// The room behind it.
    pub room: RoomId,
    /// The venue of the room.
    pub venue: VenueId,
    /// The venue's time zone.
    pub zone: Zone,
    /// Where the venue lies.
    pub position: Position,
    /// Limits of the room, the level's share applied.
    pub room_bounds: Bounds,
    /// Limits of the venue, the level's share applied.
    pub venue_bounds: Bounds,
    /// When the venue is open.
    pub hours: OpeningHours,
    /// What each colour means here.
    pub admission: Admission,
    /// After this many seconds inside a visit is ended.
    pub longest_stay_s: i64,
}

/// What a scan is meant to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Intent {
    /// Come in.
    #[default]
    Enter,
    /// Go out. Never lets anybody in.
    Leave,
    /// Go out if inside this room for two minutes or more, else come in.
    Auto,
}

/// One person of a party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Who.
    pub person: PersonId,
    /// The status as computed for this check-in.
    pub status: Status,
    /// Eighteen or older, so that a child may take the verdict from this person.
    pub is_adult: bool,
    /// Under twelve, without a dose, and neither infected nor a contact.
    pub follows_adult: bool,
}

/// Who scanned, then the companions: 1 to [`PARTY_MAX`] people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Member>", into = "Vec<Member>")]
pub struct Party(Vec<Member>);

/// A party is empty, too large, or holds somebody twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a party has 1 to 12 different people")]
pub struct PartyError;

impl TryFrom<Vec<Member>> for Party {
    type Error = PartyError;
    fn try_from(members: Vec<Member>) -> Result<Self, PartyError> {
        let is_twice = |(index, member): (usize, &Member)| {
            members[..index]
                .iter()
                .any(|before| before.person == member.person)
        };
        if members.is_empty()
            || members.len() > PARTY_MAX
            || members.iter().enumerate().any(is_twice)
        {
            return Err(PartyError);
        }
        Ok(Self(members))
    }
}

impl From<Member> for Party {
    fn from(alone: Member) -> Self {
        Self(vec![alone])
    }
}

impl From<Party> for Vec<Member> {
    fn from(party: Party) -> Self {
        party.0
    }
}

impl std::ops::Deref for Party {
    type Target = [Member];
    fn deref(&self) -> &[Member] {
        &self.0
    }
}

/// Who stands behind a decision besides the visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Officer {
    /// A person with an account.
    Account(AccountId),
    /// The device at the gate.
    Device(DeviceId),
}

/// An officer's word against the rules, or for somebody without credential.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// Who says so.
    pub by: Officer,
    /// The reason in the officer's words.
    pub note: String,
}

/// A party at a gate.
#[derive(Clone, Debug)]
pub struct CheckIn {
    /// The client's id, by which a repeat is recognised.
    pub request: RequestId,
    /// The gate's plan.
    pub plan: Arc<DoorPlan>,
    /// How they come.
    pub way: Way,
    /// In or out.
    pub intent: Intent,
    /// Who.
    pub party: Party,
    /// An officer's reason to let them in whatever the rules say.
    pub override_: Option<Remark>,
    /// An officer's remark on a manual entry.
    pub remark: Option<Remark>,
}

/// Anything that changes who is inside.
#[derive(Clone, Debug)]
pub enum Command {
    /// A party wants in (or out).
    CheckIn(CheckIn),
    /// A visit ends. Ends the visits of the party too if `whole_party`.
    CheckOut {
        /// The visit.
        visit: DecisionId,
        /// Told time of the exit; now if `None`. Clamped to the stay.
        at: Option<Time>,
        /// Who ended it.
        exit: Exit,
        /// Whether those who came on the same scan leave too.
        whole_party: bool,
    },
    /// An officer ends a check, or overrides a refusal.
    Resolve {
        /// The client's id.
        request: RequestId,
        /// The decision to end.
        decision: DecisionId,
        /// The plan of the decision's gate, as it is now.
        plan: Arc<DoorPlan>,
        /// Yes or no.
        admit: bool,
        /// Who and why.
        remark: Remark,
    },
    /// A manager sets the exit of a visit. One that is open ends by it.
    Correct {
        /// The visit.
        visit: DecisionId,
        /// The exit.
        out: Time,
        /// Who and why.
        remark: Remark,
    },
    /// Time passes: ends what is over.
    Sweep,
}

/// A recorded answer of a door to a party.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Number of the decision; members' visits are numbered from it in order.
    pub id: DecisionId,
    /// The client's id.
    pub request: RequestId,
    /// Where.
    pub gate: GateId,
    /// Where.
    pub room: RoomId,
    /// Where.
    pub venue: VenueId,
    /// The local day of the venue on which it counts.
    pub day: LocalDay,
    /// When.
    pub at: Time,
    /// How they came.
    pub way: Way,
    /// Whether nobody saw it, or it contradicts another visit.
    pub unproven: bool,
    /// The answer.
    pub verdict: Verdict,
    /// Why.
    pub reasons: Vec<Reason>,
    /// Who, each with the status that counted.
    pub party: Party,
    /// Figures after the decision.
    pub limits: Limits,
    /// Until when places are held, for a check.
    pub hold_until: Option<Time>,
    /// When the visits end by themselves, and how.
    pub ends: (Time, Exit),
    /// An officer's remark.
    pub remark: Option<Remark>,
    /// For a visitor who is inside already, or leaves by this scan: the visit.
    pub already: Option<DecisionId>,
    /// What was answered first, if an officer has changed it since.
    pub first: Option<Box<FirstAnswer>>,
}

impl Decision {
    /// The visit of the member at this position.
    pub fn visit_of(&self, member: usize) -> DecisionId {
        DecisionId(self.id.0.wrapping_add(member as u64))
    }

    /// The visit of the one who scanned, if this decision let somebody in.
    pub fn visit(&self) -> Option<DecisionId> {
        match self.verdict {
            Verdict::Admit => Some(self.already.unwrap_or(self.id)),
            Verdict::Check | Verdict::Refuse => None,
        }
    }
}

/// A change of the ledger. The log is a list of these, and replaying it gives the ledger again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// A door answered.
    Decided(Arc<Decision>),
    /// A visit or a hold ended.
    Ended {
        /// The visit.
        visit: DecisionId,
        /// When the stay ended.
        at: Time,
        /// How.
        exit: Exit,
    },
    /// An officer ended a check or overrode a refusal. Carries the decision as it is now.
    Resolved {
        /// The client's id.
        request: RequestId,
        /// The decision with its new verdict, reasons, limits and remark.
        decision: Arc<Decision>,
        /// When.
        at: Time,
    },
    /// The exit of a visit that was over is set anew.
    Corrected {
        /// The visit.
        visit: DecisionId,
        /// The exit.
        out: Time,
        /// When it was corrected.
        at: Time,
        /// Who and why.
        remark: Remark,
    },
    /// A venue asked for the first time, or from another position than before.
    Placed {
        /// The venue.
        venue: VenueId,
        /// Where it lies.
        position: Position,
    },
}

/// What a command leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A check-in or a resolution was decided (now, or when it was asked first).
    Decided(Arc<Decision>),
    /// The visit ended, by command or by a scan to leave.
    Left {
        /// The visit.
        visit: DecisionId,
        /// When.
        at: Time,
        /// How.
        exit: Exit,
    },
    /// The visit is not open: it ended before, or never was. Or somebody who is not inside wants out.
    NotOpen,
    /// The id was used for something else before.
    IdReused,
    /// No such decision, or it is too old to be resolved.
    NotResolvable,
    /// The exit was set.
    Corrected,
    /// So many visits and holds ended.
    Swept(usize),
}

/// A stay in a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// Number of the visit.
    pub id: DecisionId,
    /// The decision of the party.
    pub decision: DecisionId,
    /// Who.
    pub person: PersonId,
    /// Where.
    pub venue: VenueId,
    /// Where.
    pub room: RoomId,
    /// Where.
    pub gate: GateId,
    /// The local day on which it counts.
    pub day: LocalDay,
    /// When it began.
    pub from: Time,
    /// When it ended; `None` while inside.
    pub to: Option<Time>,
    /// How it ended.
    pub exit: Option<Exit>,
    /// How they came.
    pub way: Way,
    /// Whether nobody saw it, or it contradicts another visit.
    pub unproven: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malang_and_surabaya_are_about_75_km_apart() {
        let malang = Position {
            latitude: -7.9797,
            longitude: 112.6304,
        };
        let surabaya = Position {
            latitude: -7.2492,
            longitude: 112.7508,
        };
        let km = malang.distance_km(surabaya);
        assert!((82.0..83.0).contains(&km), "{km}");
    }
}
