//! The columns of a block.

use super::{Damaged, Row};
use gapura_domain::door::{Decision, FirstAnswer, HOLD_S, Member, Party, Remark};
use gapura_domain::ids::{DecisionId, GateId, PersonId, RequestId, RoomId, RulesId, VenueId};
use gapura_domain::ledger::Finished;
use gapura_domain::status::{Colour, Status};
use gapura_domain::time::{LocalDay, Time};
use gapura_domain::verdict::{Exit, Limits, Reason, Verdict, Way};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The random part of a client's id: what stands behind its 48 bits of time.
pub(super) const REQUEST_BYTES: usize = 10;

/// What only few rows have.
#[derive(Debug, Serialize, Deserialize)]
struct Extra {
    row: u16,
    reasons: Vec<Reason>,
    remark: Option<Remark>,
    already: Option<DecisionId>,
    hold_until: Option<Time>,
    first: Option<Box<FirstAnswer>>,
}

/// Numbers, times and figures are differences to the row before, in wrapping arithmetic so that
/// what cannot be true is kept as it is too.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Columns {
    day: i32,
    number: Vec<i64>,
    member: Vec<u8>,
    party: Vec<u8>,
    doors: Vec<(GateId, RoomId, VenueId)>,
    door: Vec<u16>,
    at: Vec<i64>,
    /// To the time of the decision.
    since: Vec<i64>,
    /// Milliseconds to the time of the decision.
    asked_ms: Vec<i64>,
    person: Vec<u64>,
    way: Vec<Way>,
    verdict: Vec<Verdict>,
    flags: Vec<u8>,
    colour: Vec<Colour>,
    entry: Vec<Option<u8>>,
    rules: Vec<u64>,
    facts: Vec<u32>,
    exit: Vec<Option<Exit>>,
    stay_s: Vec<i64>,
    /// The exit that was foreseen. The longest stay counts from the decision, other exits from
    /// the exit of the row before, because a closing time is the same for all.
    foreseen: Vec<Exit>,
    ends: Vec<i64>,
    inside: Vec<i32>,
    today: Vec<i32>,
    bounds: Vec<(Option<u32>, Option<u32>)>,
    /// For each row with the flag: its number less the number of the visit that it left.
    left: Vec<i64>,
    extras: Vec<Extra>,
}

const UNPROVEN: u8 = 1;
const ADULT: u8 = 2;
const FOLLOWS: u8 = 4;
const LEFT: u8 = 8;

/// The values of a row, from which those of the next one step on.
#[derive(Default)]
struct Before {
    number: u64,
    at: i64,
    ends: i64,
    inside: u32,
    today: u32,
}

fn step(before: &mut u64, now: u64) -> i64 {
    now.wrapping_sub(std::mem::replace(before, now))
        .cast_signed()
}

fn step_s(before: &mut i64, now: i64) -> i64 {
    now.wrapping_sub(std::mem::replace(before, now))
}

fn step_people(before: &mut u32, now: u32) -> i32 {
    now.wrapping_sub(std::mem::replace(before, now))
        .cast_signed()
}

impl Columns {
    pub(super) fn of(rows: &[&Finished]) -> Result<(Self, Vec<u8>), Damaged> {
        let mut columns = Self::default();
        if let Some(first) = rows.first() {
            columns.day = first.decision.day.0;
        }
        let mut requests = Vec::with_capacity(rows.len() * REQUEST_BYTES);
        let mut before = Before::default();
        for (index, row) in rows.iter().enumerate() {
            columns.push_where_and_when(row, &mut before)?;
            columns.push_who(row)?;
            columns.push_what(index, row, &mut before)?;
            requests.extend_from_slice(&row.decision.request.0[16 - REQUEST_BYTES..]);
        }
        Ok((columns, requests))
    }

    fn push_where_and_when(&mut self, row: &Finished, before: &mut Before) -> Result<(), Damaged> {
        let decision = &row.decision;
        let door = (decision.gate, decision.room, decision.venue);
        let known = self.doors.iter().rposition(|other| *other == door);
        let door = known.unwrap_or_else(|| {
            self.doors.push(door);
            self.doors.len() - 1
        });
        self.door.push(narrow(door)?);
        self.number.push(step(&mut before.number, row.number().0));
        self.at.push(step_s(&mut before.at, decision.at.0));
        self.since.push(row.since.0.wrapping_sub(decision.at.0));
        let at_ms = decision.at.0.wrapping_mul(1000);
        self.asked_ms
            .push(decision.request.unix_ms().wrapping_sub(at_ms));
        self.exit.push(row.end.map(|(_, exit)| exit));
        let stay_s = row
            .end
            .map_or(0, |(out, _)| out.0.wrapping_sub(row.since.0));
        self.stay_s.push(stay_s);
        let (ends, foreseen) = decision.ends;
        self.foreseen.push(foreseen);
        self.ends.push(if foreseen == Exit::LongestStay {
            ends.0.wrapping_sub(decision.at.0)
        } else {
            step_s(&mut before.ends, ends.0)
        });
        Ok(())
    }

    fn push_who(&mut self, row: &Finished) -> Result<(), Damaged> {
        let decision = &row.decision;
        let who = decision
            .party
            .get(usize::from(row.member))
            .ok_or(Damaged("a member is missing"))?;
        self.member.push(row.member);
        self.party
            .push(u8::try_from(decision.party.len()).unwrap_or(u8::MAX));
        self.person.push(who.person.0);
        let flag = |is_set: bool, flag: u8| if is_set { flag } else { 0 };
        self.flags.push(
            flag(decision.unproven, UNPROVEN)
                | flag(who.is_adult, ADULT)
                | flag(who.follows_adult, FOLLOWS),
        );
        self.colour.push(who.status.colour);
        self.entry.push(who.status.entry);
        self.rules.push(who.status.rules.0);
        self.facts.push(who.status.facts_version);
        Ok(())
    }

    fn push_what(
        &mut self,
        index: usize,
        row: &Finished,
        before: &mut Before,
    ) -> Result<(), Damaged> {
        let decision = &row.decision;
        self.way.push(decision.way);
        self.verdict.push(decision.verdict);
        let limits = decision.limits;
        self.inside
            .push(step_people(&mut before.inside, limits.inside));
        self.today
            .push(step_people(&mut before.today, limits.today));
        self.bounds.push((limits.capacity, limits.quota));
        let entry = decision.party[usize::from(row.member)].status.entry;
        let usual = Usual::of(decision.party.len(), entry, decision.verdict, decision.at);
        let is_usual = decision.remark.is_none()
            && decision.first.is_none()
            && decision.hold_until == usual.hold_until;
        match decision.already {
            None if is_usual && decision.reasons == usual.reasons => {}
            Some(visit) if is_usual && decision.reasons == [Reason::CheckedOut] => {
                *self.flags.last_mut().ok_or(Damaged("a flag is missing"))? |= LEFT;
                self.left
                    .push(row.number().0.wrapping_sub(visit.0).cast_signed());
            }
            None | Some(_) => self.extras.push(Extra {
                row: narrow(index)?,
                reasons: decision.reasons.clone(),
                remark: decision.remark.clone(),
                already: decision.already,
                hold_until: decision.hold_until,
                first: decision.first.clone(),
            }),
        }
        Ok(())
    }

    /// Whether every column has so many rows.
    pub(super) fn has_rows(&self, rows: usize) -> bool {
        [
            self.number.len(),
            self.member.len(),
            self.party.len(),
            self.door.len(),
            self.at.len(),
            self.since.len(),
            self.asked_ms.len(),
            self.person.len(),
            self.way.len(),
            self.verdict.len(),
            self.flags.len(),
            self.colour.len(),
            self.entry.len(),
            self.rules.len(),
            self.facts.len(),
            self.exit.len(),
            self.stay_s.len(),
            self.foreseen.len(),
            self.ends.len(),
            self.inside.len(),
            self.today.len(),
            self.bounds.len(),
        ]
        .iter()
        .all(|length| *length == rows)
    }

    /// Builds those rows that are wanted, by their position and venue.
    pub(super) fn rows(
        &self,
        requests: &[[u8; REQUEST_BYTES]],
        wanted: impl Fn(usize, VenueId) -> bool,
    ) -> Result<Vec<Row>, Damaged> {
        let mut extras = self.extras.iter().peekable();
        let mut left = self.left.iter();
        let mut now = Before::default();
        let mut rows = Vec::new();
        for (index, request) in requests.iter().enumerate() {
            let ends = self.step(index, &mut now);
            let has_extra = |extra: &&Extra| usize::from(extra.row) == index;
            let extra = extras.next_if(has_extra);
            let back = if self.flags[index] & LEFT == 0 {
                None
            } else {
                Some(*left.next().ok_or(Damaged("a visit is missing"))?)
            };
            let door = self.doors.get(usize::from(self.door[index]));
            let door = *door.ok_or(Damaged("a door is missing"))?;
            if !wanted(index, door.2) {
                continue;
            }
            let mut row = self.row(index, door, &now, ends);
            let decision = Arc::make_mut(&mut row.finished.decision);
            let asked_ms = decision.at.0.wrapping_mul(1000);
            decision.request = request_of(asked_ms.wrapping_add(self.asked_ms[index]), request);
            if let Some(extra) = extra {
                decision.reasons.clone_from(&extra.reasons);
                decision.remark.clone_from(&extra.remark);
                decision.already = extra.already;
                decision.hold_until = extra.hold_until;
                decision.first.clone_from(&extra.first);
            } else if let Some(back) = back {
                let visit = now.number.wrapping_sub(back.cast_unsigned());
                decision.already = Some(DecisionId(visit));
                decision.reasons = vec![Reason::CheckedOut];
            }
            rows.push(row);
        }
        Ok(rows)
    }

    /// Goes on to the next row; gives its foreseen exit.
    fn step(&self, index: usize, now: &mut Before) -> i64 {
        now.number = now.number.wrapping_add(self.number[index].cast_unsigned());
        now.at = now.at.wrapping_add(self.at[index]);
        now.inside = now.inside.wrapping_add(self.inside[index].cast_unsigned());
        now.today = now.today.wrapping_add(self.today[index].cast_unsigned());
        if self.foreseen[index] == Exit::LongestStay {
            now.at.wrapping_add(self.ends[index])
        } else {
            now.ends = now.ends.wrapping_add(self.ends[index]);
            now.ends
        }
    }

    fn row(
        &self,
        index: usize,
        (gate, room, venue): (GateId, RoomId, VenueId),
        now: &Before,
        ends: i64,
    ) -> Row {
        let (member, party) = (self.member[index], self.party[index]);
        let at = now.at;
        let since = at.wrapping_add(self.since[index]);
        let out = since.wrapping_add(self.stay_s[index]);
        let who = self.member_at(index);
        let verdict = self.verdict[index];
        let (capacity, quota) = self.bounds[index];
        let usual = Usual::of(usize::from(party), who.status.entry, verdict, Time(at));
        let decision = Decision {
            id: DecisionId(now.number.wrapping_sub(u64::from(member))),
            request: RequestId([0; 16]),
            gate,
            room,
            venue,
            day: LocalDay(self.day),
            at: Time(at),
            way: self.way[index],
            unproven: self.flags[index] & UNPROVEN != 0,
            verdict,
            reasons: usual.reasons,
            party: Party::from(who),
            limits: Limits {
                inside: now.inside,
                capacity,
                today: now.today,
                quota,
            },
            hold_until: usual.hold_until,
            ends: (Time(ends), self.foreseen[index]),
            remark: None,
            already: None,
            first: None,
        };
        let finished = Finished {
            decision: Arc::new(decision),
            member: 0,
            since: Time(since),
            end: self.exit[index].map(|exit| (Time(out), exit)),
        };
        Row {
            finished,
            member,
            party,
        }
    }

    fn member_at(&self, row: usize) -> Member {
        Member {
            person: PersonId(self.person[row]),
            status: Status {
                colour: self.colour[row],
                entry: self.entry[row],
                rules: RulesId(self.rules[row]),
                facts_version: self.facts[row],
            },
            is_adult: self.flags[row] & ADULT != 0,
            follows_adult: self.flags[row] & FOLLOWS != 0,
        }
    }
}

/// What most decisions have, so that it need not be written.
struct Usual {
    reasons: Vec<Reason>,
    hold_until: Option<Time>,
}

impl Usual {
    fn of(party: usize, entry: Option<u8>, verdict: Verdict, at: Time) -> Self {
        Self {
            reasons: if party == 1 {
                vec![Reason::Status { member: 0, entry }]
            } else {
                Vec::new()
            },
            hold_until: (verdict == Verdict::Check).then(|| at.plus_s(HOLD_S)),
        }
    }
}

fn request_of(unix_ms: i64, random: &[u8; REQUEST_BYTES]) -> RequestId {
    let mut bytes = [0; 16];
    bytes[..6].copy_from_slice(&unix_ms.to_be_bytes()[2..]);
    bytes[6..].copy_from_slice(random);
    RequestId(bytes)
}

fn narrow(wide: usize) -> Result<u16, Damaged> {
    u16::try_from(wide).map_err(|_| Damaged("it has too many rows"))
}
