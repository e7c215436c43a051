//! Decisions and visits: the hot path, and what is asked about them afterwards.

use crate::{Cursor, Page, Result};
use async_trait::async_trait;
use gapura_domain::door::{Answer, Command, Decision, Visit};
use gapura_domain::ids::{DecisionId, GateId, PersonId, RequestId, RoomId, VenueId};
use gapura_domain::ledger::Count;
use gapura_domain::time::{LocalDay, Time};
use gapura_domain::verdict::Verdict;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How often a gate answered so, in an hour.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Tally {
    /// The gate.
    pub gate: GateId,
    /// Hours since the Unix epoch.
    pub unix_hour: i64,
    /// The answer.
    pub verdict: Verdict,
    /// Code of the reason that weighed most; empty for a plain admission.
    pub reason: String,
    /// How many people.
    pub people: u64,
}

/// What an erasure removed, or would remove.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// Local days erased.
    pub days: u64,
    /// Visits erased.
    pub visits: u64,
    /// Decisions erased.
    pub decisions: u64,
}

/// The doors.
#[async_trait]
pub trait Doors: Send + Sync {
    /// Decides a command at `now`. When this answers, what it decided is durable.
    ///
    /// A check-in whose id was decided within the last eight days gets the first answer.
    async fn decide(&self, command: Command, now: Time) -> Result<Answer>;
    /// The answer that a request of the last eight days got first.
    async fn answered(&self, venue: VenueId, request: RequestId) -> Result<Option<Arc<Decision>>>;
    /// People inside and visitors today of a room. `today` counts `Count::day`.
    async fn room_count(&self, room: RoomId) -> Result<Count>;
    /// People inside and visitors today of a venue.
    async fn venue_count(&self, venue: VenueId) -> Result<Count>;
    /// The open visit of a person (not a held place).
    async fn open_visit(&self, person: PersonId) -> Result<Option<Visit>>;
    /// Who is in a venue now, held places left out.
    async fn open_visits(&self, venue: VenueId) -> Result<Vec<Visit>>;
    /// A decision as it stands, with any resolution.
    async fn decision(&self, id: DecisionId) -> Result<Option<Arc<Decision>>>;
    /// A visit, open or over, with any correction.
    async fn visit(&self, id: DecisionId) -> Result<Option<Visit>>;
    /// Visits of a person that began in [from, to), oldest first.
    async fn visits_of(&self, person: PersonId, from: Time, to: Time) -> Result<Vec<Visit>>;
    /// Visits of a venue on a local day in the order of their numbers.
    async fn visits_at(&self, venue: VenueId, day: LocalDay, cursor: Cursor)
    -> Result<Page<Visit>>;
    /// How often gates answered what, in hours [from, to) since the epoch; summed per hour.
    async fn tallies(&self, gates: &[GateId], from_hour: i64, to_hour: i64) -> Result<Vec<Tally>>;
    /// Erases visits, decisions and tallies' personal parts of local days before `day`.
    async fn erase_visits(&self, before: LocalDay, dry_run: bool) -> Result<Erasure>;
    /// Packs what is over out of the log, as happens by itself from time to time.
    async fn pack(&self) -> Result<()>;
}
