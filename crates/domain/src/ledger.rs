//! Who is inside, and how full each place is: decides commands and applies events.
//!
//! One thread owns a ledger. It decides one command after another, each on the state that the one
//! before left, and records the events; the counters here are nothing but a fold over the events,
//! so a crash loses none of them and a replay gives the same ledger.

mod apply;
mod judge;
mod snapshot;

use crate::door::{
    Answer, CheckIn, Command, Decision, DoorPlan, Event, HOLD_S, Intent, Position, RESOLVABLE_S,
    Remark, Visit,
};
use crate::ids::{DecisionId, PersonId, RequestId, RoomId, VenueId};
use crate::time::{LocalDay, Time};
use crate::verdict::{Exit, Verdict, Way};
use rustc_hash::FxHashMap;
pub use snapshot::Snapshot;
use std::collections::BTreeSet;
use std::sync::Arc;

/// For how long a ledger itself remembers the answers it gave. Older ones are the store's to find.
pub const REMEMBER_S: i64 = 600;

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

    /// As a visit that has not ended.
    pub fn visit(&self) -> Visit {
        Visit {
            id: self.decision.visit_of(usize::from(self.member)),
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
        let was_one = self.decision.verdict == Verdict::Admit;
        was_one.then(|| Visit {
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
    rooms: FxHashMap<RoomId, Count>,
    venues: FxHashMap<VenueId, Count>,
    expiries: BTreeSet<(Time, DecisionId)>,
    resolvable: FxHashMap<DecisionId, Arc<Decision>>,
    remembered: FxHashMap<(VenueId, RequestId), Arc<Decision>>,
    forget: BTreeSet<(Time, VenueId, RequestId)>,
    positions: FxHashMap<VenueId, Position>,
    finished: Vec<Finished>,
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
                if let Some(open) = self.open.get(&visit)
                    && !open.held
                {
                    let out = out.clamp(open.since, now);
                    self.record(
                        Event::Ended {
                            visit,
                            at: out,
                            exit: Exit::Corrected,
                        },
                        events,
                    );
                }
                self.record(
                    Event::Corrected {
                        visit,
                        out: out.min(now),
                        at: now,
                        remark,
                    },
                    events,
                );
                Answer::Corrected
            }
            Command::Sweep => Answer::Swept(events.len()),
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

    /// All open visits and holds, in no order.
    pub fn all_open(&self) -> impl Iterator<Item = &Open> {
        self.open.values()
    }

    /// The number that the next decision gets.
    pub fn next(&self) -> DecisionId {
        DecisionId(self.next)
    }

    /// The latest time that the ledger has seen.
    pub fn clock(&self) -> Time {
        self.clock
    }

    /// The answer given to a request of the last [`REMEMBER_S`] seconds.
    pub fn remembered(&self, venue: VenueId, request: RequestId) -> Option<&Arc<Decision>> {
        self.remembered.get(&(venue, request))
    }

    /// A decision that an officer can still resolve.
    pub fn resolvable(&self, decision: DecisionId) -> Option<&Arc<Decision>> {
        self.resolvable.get(&decision)
    }

    /// What has finished since this was asked last, in the order in which it did.
    pub fn take_finished(&mut self) -> Vec<Finished> {
        std::mem::take(&mut self.finished)
    }

    fn record(&mut self, event: Event, events: &mut Vec<Event>) {
        self.apply(&event);
        events.push(event);
    }

    fn advance(&mut self, now: Time, events: &mut Vec<Event>) -> Time {
        self.clock = self.clock.max(now);
        while let Some(&(at, visit)) = self.expiries.first() {
            if at > self.clock {
                break;
            }
            let exit = self
                .open
                .get(&visit)
                .map_or(Exit::LongestStay, |open| open.ends.1);
            self.record(Event::Ended { visit, at, exit }, events);
        }
        self.forget_before(self.clock.plus_s(-REMEMBER_S));
        self.clock
    }

    fn forget_before(&mut self, horizon: Time) {
        while let Some(&(at, venue, request)) = self.forget.first() {
            if at >= horizon {
                break;
            }
            self.forget.pop_first();
            if let Some(decision) = self.remembered.remove(&(venue, request))
                && decision.at < self.clock.plus_s(-RESOLVABLE_S)
            {
                self.resolvable.remove(&decision.id);
            }
        }
        if self.resolvable.len() > 2 * self.remembered.len() + 64 {
            let oldest = self.clock.plus_s(-RESOLVABLE_S);
            self.resolvable.retain(|_, decision| decision.at >= oldest);
        }
    }

    fn check_in(&mut self, ask: CheckIn, now: Time, events: &mut Vec<Event>) -> Answer {
        if let Some(first) = self.remembered.get(&(ask.plan.venue, ask.request)) {
            let same = first.gate == ask.plan.gate
                && first.party.first().map(|member| member.person)
                    == ask.party.first().map(|member| member.person);
            return if same {
                Answer::Decided(Arc::clone(first))
            } else {
                Answer::IdReused
            };
        }
        if let Some(answer) = self.leave_by_scan(&ask, now, events) {
            return answer;
        }
        self.release_holds(&ask, now, events);
        self.positions.insert(ask.plan.venue, ask.plan.position);
        let decision = Arc::new(self.judge(ask, now));
        let before = self.left_behind(&decision);
        self.record(Event::Decided(Arc::clone(&decision)), events);
        self.end_visits_elsewhere(&before, now, events, decision.venue);
        Answer::Decided(decision)
    }

    fn leave_by_scan(
        &mut self,
        ask: &CheckIn,
        now: Time,
        events: &mut Vec<Event>,
    ) -> Option<Answer> {
        let open = self.open_of(ask.party.first()?.person)?;
        if open.held || open.decision.venue != ask.plan.venue {
            return None;
        }
        let leaves = match ask.intent {
            Intent::Enter => false,
            Intent::Leave => true,
            Intent::Auto => now.since_s(open.since) >= HOLD_S,
        };
        let visit = open.decision.visit_of(usize::from(open.member));
        let exit = if ask.way == Way::Device {
            Exit::Officer
        } else {
            Exit::Visitor
        };
        leaves.then(|| self.check_out(visit, None, exit, true, now, events))
    }

    /// Whoever waits for an officer and scans again is judged anew, without the place held before.
    fn release_holds(&mut self, ask: &CheckIn, now: Time, events: &mut Vec<Event>) {
        for member in ask.party.iter() {
            if let Some(open) = self.open_of(member.person)
                && open.held
            {
                let visit = open.decision.visit_of(usize::from(open.member));
                self.record(
                    Event::Ended {
                        visit,
                        at: now,
                        exit: Exit::HoldLapsed,
                    },
                    events,
                );
            }
        }
    }

    /// Somebody let in here has left wherever they were before.
    fn end_visits_elsewhere(
        &mut self,
        before: &[Open],
        now: Time,
        events: &mut Vec<Event>,
        to: VenueId,
    ) {
        for open in before {
            let moved = open.decision.venue == to;
            let exit = if moved { Exit::Moved } else { Exit::Elsewhere };
            let visit = open.decision.visit_of(usize::from(open.member));
            self.record(
                Event::Ended {
                    visit,
                    at: now,
                    exit,
                },
                events,
            );
        }
    }

    fn check_out(
        &mut self,
        visit: DecisionId,
        at: Option<Time>,
        exit: Exit,
        whole_party: bool,
        now: Time,
        events: &mut Vec<Event>,
    ) -> Answer {
        let Some(open) = self.open.get(&visit) else {
            return Answer::NotOpen;
        };
        let at = at.unwrap_or(now).clamp(open.since, now);
        let decision = Arc::clone(&open.decision);
        let leaving: Vec<DecisionId> = if whole_party {
            (0..decision.party.len())
                .map(|member| decision.visit_of(member))
                .collect()
        } else {
            vec![visit]
        };
        for visit in leaving {
            if let Some(open) = self.open.get(&visit) {
                let exit = if open.held { Exit::HoldLapsed } else { exit };
                self.record(
                    Event::Ended {
                        visit,
                        at: at.max(open.since),
                        exit,
                    },
                    events,
                );
            }
        }
        Answer::Left { visit, at, exit }
    }

    fn resolve(
        &mut self,
        (request, id): (RequestId, DecisionId),
        plan: &DoorPlan,
        admit: bool,
        remark: Remark,
        now: Time,
        events: &mut Vec<Event>,
    ) -> Answer {
        if let Some(first) = self.remembered.get(&(plan.venue, request)) {
            return if first.id == id {
                Answer::Decided(Arc::clone(first))
            } else {
                Answer::IdReused
            };
        }
        let Some(first) = self.resolvable.get(&id).map(Arc::clone) else {
            return Answer::NotResolvable;
        };
        let is_over = now.since_s(first.at) > RESOLVABLE_S || first.gate != plan.gate;
        match (first.verdict, admit) {
            _ if is_over => return Answer::NotResolvable,
            (Verdict::Admit, false) => return Answer::NotResolvable,
            (Verdict::Admit, true) | (Verdict::Refuse, false) => return Answer::Decided(first),
            (Verdict::Check, _) | (Verdict::Refuse, true) => {}
        }
        let decision = Arc::new(self.judge_again(&first, plan, admit, remark, now));
        let before = self.left_behind(&decision);
        let resolved = Event::Resolved {
            request,
            decision: Arc::clone(&decision),
            at: now,
        };
        self.record(resolved, events);
        self.end_visits_elsewhere(&before, now, events, decision.venue);
        if decision.verdict == Verdict::Refuse {
            for member in 0..decision.party.len() {
                let visit = decision.visit_of(member);
                if self.open.contains_key(&visit) {
                    self.record(
                        Event::Ended {
                            visit,
                            at: now,
                            exit: Exit::HoldRefused,
                        },
                        events,
                    );
                }
            }
        }
        Answer::Decided(decision)
    }

    /// Open visits in other rooms of those whom a decision lets in.
    fn left_behind(&self, decision: &Decision) -> Vec<Open> {
        if decision.verdict == Verdict::Refuse || decision.already.is_some() {
            return Vec::new();
        }
        let members = decision
            .party
            .iter()
            .filter_map(|member| self.open_of(member.person));
        members
            .filter(|open| open.decision.room != decision.room)
            .cloned()
            .collect()
    }
}
