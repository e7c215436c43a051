//! Who is inside, and how full each place is: decides commands and applies events.
//!
//! One thread owns a ledger. It decides one command after another, each on the state that the one
//! before left, and records the events; the counters here are nothing but a fold over the events,
//! so a crash loses none of them and a replay gives the same ledger.

mod apply;
mod enter;
mod judge;
mod leave;
mod memory;
mod resolve;
mod snapshot;

use crate::door::{Answer, Command, Decision, Event, Position, Visit};
use crate::ids::{DecisionId, PersonId, RequestId, RoomId, VenueId};
use crate::time::{LocalDay, Time};
use crate::verdict::{Exit, Verdict};
use memory::Memory;
pub use memory::{RECALL_S, REMEMBER_S};
use rustc_hash::FxHashMap;
pub use snapshot::Snapshot;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A visit or hold that has not ended.
#[derive(Clone, Debug)]
pub struct Open {
    /// The decision that began it.
    pub decision: Arc<Decision>,
    /// Position in the party.
    pub member: u8,
    /// Whether it is only held until an officer has looked.
    pub held: bool,
    /// When it began.
    pub since: Time,
    /// When it ends by itself, and how.
    pub ends: (Time, Exit),
    /// Whether the person came from another room of the venue, and counts once there.
    pub moved: bool,
}

impl Open {
    /// Who.
    pub fn person(&self) -> PersonId {
        self.decision.party[usize::from(self.member)].person
    }

    /// The number of the visit.
    pub fn number(&self) -> DecisionId {
        self.decision.visit_of(usize::from(self.member))
    }

    /// As a visit that has not ended.
    pub fn visit(&self) -> Visit {
        Visit {
            id: self.number(),
            decision: self.decision.id,
            person: self.person(),
            venue: self.decision.venue,
            room: self.decision.room,
            gate: self.decision.gate,
            day: self.decision.day,
            from: self.since,
            to: None,
            exit: None,
            way: self.decision.way,
            unproven: self.decision.unproven,
        }
    }
}

/// One person's part of a decision that will not change any more, but for a correction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// The decision.
    pub decision: Arc<Decision>,
    /// Position in the party.
    pub member: u8,
    /// When the stay began; the time of the decision where there was none.
    pub since: Time,
    /// When and how the stay or hold ended; `None` where there was none.
    pub end: Option<(Time, Exit)>,
}

impl Finished {
    /// The number of the visit, or that the visit would have had.
    pub fn number(&self) -> DecisionId {
        self.decision.visit_of(usize::from(self.member))
    }

    /// Who.
    pub fn person(&self) -> PersonId {
        self.decision.party[usize::from(self.member)].person
    }

    /// Whether it was a visit, and not a refusal, a lapsed hold or the record of a leaving.
    pub fn is_visit(&self) -> bool {
        self.end.is_some() && self.decision.verdict == Verdict::Admit
    }

    /// The visit, if it was one.
    pub fn visit(&self) -> Option<Visit> {
        let (at, exit) = self.end?;
        let open = Open {
            decision: Arc::clone(&self.decision),
            member: self.member,
            held: false,
            since: self.since,
            ends: (at, exit),
            moved: false,
        };
        self.is_visit().then(|| Visit {
            to: Some(at),
            exit: Some(exit),
            ..open.visit()
        })
    }
}

/// People inside and visitors of the day, of a room or a venue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Count {
    /// People inside now, held places included.
    pub inside: u32,
    /// The local day that `today` counts.
    pub day: LocalDay,
    /// Visitors of that day, held places included.
    pub today: u32,
}

impl Count {
    fn today_on(self, day: LocalDay) -> u32 {
        if self.day == day { self.today } else { 0 }
    }
}

impl Default for Count {
    fn default() -> Self {
        Self {
            inside: 0,
            day: LocalDay(i32::MIN),
            today: 0,
        }
    }
}

/// The state of all doors.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    next: u64,
    clock: Time,
    open: FxHashMap<DecisionId, Open>,
    by_person: FxHashMap<PersonId, DecisionId>,
    by_venue: BTreeSet<(VenueId, DecisionId)>,
    by_request: FxHashMap<(VenueId, RequestId), DecisionId>,
    rooms: FxHashMap<RoomId, Count>,
    venues: FxHashMap<VenueId, Count>,
    expiries: BTreeSet<(Time, DecisionId)>,
    positions: FxHashMap<VenueId, Position>,
    memory: Memory,
    finished: Vec<Finished>,
    /// Whether this ledger only follows another one, and decides nothing itself.
    follows: bool,
}

impl Ledger {
    /// A ledger of empty places. The first decision gets number 1.
    pub fn new() -> Self {
        Self {
            next: 1,
            ..Self::default()
        }
    }

    /// Decides a command at `now`, applies its events and appends them to `events`.
    ///
    /// Time never runs backwards here: a `now` before the latest one counts as the latest.
    pub fn decide(&mut self, command: Command, now: Time, events: &mut Vec<Event>) -> Answer {
        let before = events.len();
        let now = self.advance(now, events);
        match command {
            Command::CheckIn(check_in) => self.check_in(check_in, now, events),
            Command::CheckOut {
                visit,
                at,
                exit,
                whole_party,
            } => self.check_out(visit, at, exit, whole_party, now, events),
            Command::Resolve {
                request,
                decision,
                plan,
                admit,
                remark,
            } => self.resolve((request, decision), &plan, admit, remark, now, events),
            Command::Correct { visit, out, remark } => {
                self.correct(visit, out, remark, now, events)
            }
            Command::Sweep => Answer::Swept(events.len() - before),
        }
    }

    /// People inside and visitors today of a room.
    pub fn room(&self, room: RoomId) -> Count {
        self.rooms.get(&room).copied().unwrap_or_default()
    }

    /// People inside and visitors today of a venue.
    pub fn venue(&self, venue: VenueId) -> Count {
        self.venues.get(&venue).copied().unwrap_or_default()
    }

    /// The open visit or hold of a person.
    pub fn open_of(&self, person: PersonId) -> Option<&Open> {
        self.open.get(self.by_person.get(&person)?)
    }

    /// The open visit or hold with this number.
    pub fn open(&self, visit: DecisionId) -> Option<&Open> {
        self.open.get(&visit)
    }

    /// The open visits and holds of a venue in the order of their numbers.
    pub fn open_at(&self, venue: VenueId) -> impl Iterator<Item = &Open> {
        let numbers = (venue, DecisionId(0))..=(venue, DecisionId(u64::MAX));
        let here = self.by_venue.range(numbers);
        here.filter_map(|(_, visit)| self.open.get(visit))
    }

    /// An open visit or hold that this request began.
    pub fn open_by_request(&self, venue: VenueId, request: RequestId) -> Option<&Open> {
        self.open.get(self.by_request.get(&(venue, request))?)
    }

    /// All open visits and holds, in no order.
    pub fn all_open(&self) -> impl Iterator<Item = &Open> {
        self.open.values()
    }

    /// How many visits and holds are open.
    pub fn open_count(&self) -> usize {
        self.open.len()
    }

    /// The number that the next decision gets.
    pub fn next(&self) -> DecisionId {
        DecisionId(self.next)
    }

    /// The latest time that the ledger has seen.
    pub fn clock(&self) -> Time {
        self.clock
    }

    /// The decision that answered a request of the last [`REMEMBER_S`] seconds, as it was then.
    pub fn remembered(&self, venue: VenueId, request: RequestId) -> Option<&Arc<Decision>> {
        self.memory.answer(venue, request)
    }

    /// A decision that an officer can still resolve, as it stands.
    pub fn resolvable(&self, decision: DecisionId) -> Option<&Arc<Decision>> {
        self.memory.resolvable(decision)
    }

    /// How many answers and how many decisions to resolve are remembered.
    pub fn remembers(&self) -> (usize, usize) {
        self.memory.sizes()
    }

    /// What has finished since this was asked last, in the order in which it did.
    pub fn take_finished(&mut self) -> Vec<Finished> {
        std::mem::take(&mut self.finished)
    }

    /// Forgets the answers about local days before `day`, because their decisions are erased.
    pub fn forget_days_before(&mut self, day: LocalDay) {
        self.memory.forget_days_before(day);
    }

    fn record(&mut self, event: Event, events: &mut Vec<Event>) {
        self.apply(&event);
        events.push(event);
    }

    fn end(&mut self, visit: DecisionId, at: Time, exit: Exit, events: &mut Vec<Event>) {
        self.record(Event::Ended { visit, at, exit }, events);
    }

    fn advance(&mut self, now: Time, events: &mut Vec<Event>) -> Time {
        self.clock = self.clock.max(now);
        while let Some(&(at, visit)) = self.expiries.first() {
            if at > self.clock {
                break;
            }
            match self.open.get(&visit) {
                Some(open) => self.end(visit, at, open.ends.1, events),
                None => {
                    self.expiries.pop_first();
                }
            }
        }
        self.memory.forget(self.clock);
        self.clock
    }
}
