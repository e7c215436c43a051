//! Finished decisions in columns: about 35 bytes a visit instead of several hundred.
//!
//! A block holds the members of up to [`ROWS_MAX`] decisions in the order of their numbers. Each
//! property is a column of its own, differences instead of values where they repeat, and the whole
//! is deflated (RFC 1951). What few decisions have (companions, remarks, unusual reasons) stands in
//! a side list.

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use gapura_domain::door::{Decision, Member, Party, Remark};
use gapura_domain::ids::{DecisionId, GateId, PersonId, RequestId, RoomId, RulesId, VenueId};
use gapura_domain::ledger::Finished;
use gapura_domain::status::{Colour, Status};
use gapura_domain::time::{LocalDay, Time};
use gapura_domain::verdict::{Exit, Limits, Reason, Verdict, Way};
use serde::{Deserialize, Serialize};
use std::io::{Read, Write};
use std::sync::Arc;

/// Most rows of a block.
pub(super) const ROWS_MAX: usize = 1024;

/// A block inflates to less than this; a larger one is damaged.
const INFLATED_MAX: u64 = 4 << 20;

/// What a block holds is not what this program wrote.
#[derive(Debug, thiserror::Error)]
#[error("a block of visits is damaged: {0}")]
pub(super) struct Damaged(&'static str);

/// What only few rows have.
#[derive(Debug, Serialize, Deserialize)]
struct Extra {
    row: u16,
    reasons: Vec<Reason>,
    remark: Option<Remark>,
    already: Option<DecisionId>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Columns {
    day: i32,
    first: u64,
    number: Vec<u64>,
    member: Vec<u8>,
    party: Vec<u8>,
    doors: Vec<(GateId, RoomId, VenueId)>,
    door: Vec<u16>,
    at: Vec<i64>,
    since: Vec<i64>,
    asked_ms: Vec<i64>,
    request: Vec<u8>,
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
    inside: Vec<u32>,
    today: Vec<u32>,
    bounds: Vec<(Option<u32>, Option<u32>)>,
    extras: Vec<Extra>,
}

const UNPROVEN: u8 = 1;
const ADULT: u8 = 2;
const FOLLOWS: u8 = 4;

/// A row as it is read back. The decision in it holds only this member of the party.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// What finished.
    pub(super) finished: Finished,
    /// Position in the party as it was.
    pub(super) member: u8,
    /// People in the party as it was.
    pub(super) party: u8,
}

impl Row {
    /// Number of the member's visit.
    pub(super) fn number(&self) -> DecisionId {
        DecisionId(self.finished.decision.id.0 + u64::from(self.member))
    }

    /// The member.
    pub(super) fn who(&self) -> Member {
        self.finished.decision.party[0]
    }
}

/// Packs rows of one local day, in the order of their numbers, at most [`ROWS_MAX`].
pub(super) fn pack(rows: &[&Finished]) -> Result<Vec<u8>, Damaged> {
    let mut columns = Columns::default();
    if let Some(first) = rows.first() {
        columns.day = first.decision.day.0;
        columns.first = first.number().0;
    }
    let (mut number, mut at) = (columns.first, 0);
    for (index, row) in rows.iter().enumerate() {
        columns.push(index, row, &mut number, &mut at)?;
    }
    let bytes = postcard::to_allocvec(&columns).map_err(|_| Damaged("it cannot be written"))?;
    let mut deflate = DeflateEncoder::new(Vec::new(), Compression::new(4));
    deflate
        .write_all(&bytes)
        .and_then(|()| deflate.finish())
        .map_err(|_| Damaged("it cannot be deflated"))
}

impl Columns {
    fn push(
        &mut self,
        index: usize,
        row: &Finished,
        number: &mut u64,
        at: &mut i64,
    ) -> Result<(), Damaged> {
        let decision = &row.decision;
        let who = decision.party[usize::from(row.member)];
        let door = (decision.gate, decision.room, decision.venue);
        let known = self.doors.iter().position(|other| *other == door);
        let door = known.unwrap_or_else(|| {
            self.doors.push(door);
            self.doors.len() - 1
        });
        let narrow = |wide: usize| u16::try_from(wide).map_err(|_| Damaged("too many rows"));
        self.door.push(narrow(door)?);
        self.number.push(row.number().0.wrapping_sub(*number));
        *number = row.number().0;
        self.member.push(row.member);
        self.party
            .push(u8::try_from(decision.party.len()).unwrap_or(u8::MAX));
        self.at.push(decision.at.0.wrapping_sub(*at));
        *at = decision.at.0;
        self.since.push(row.since.since_s(decision.at));
        self.asked_ms.push(
            decision
                .request
                .unix_ms()
                .wrapping_sub(decision.at.0 * 1000),
        );
        self.request.extend_from_slice(&decision.request.0[6..]);
        self.person.push(who.person.0);
        self.way.push(decision.way);
        self.verdict.push(decision.verdict);
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
        self.exit.push(row.end.map(|(_, exit)| exit));
        self.stay_s
            .push(row.end.map_or(0, |(out, _)| out.since_s(row.since)));
        self.inside.push(decision.limits.inside);
        self.today.push(decision.limits.today);
        self.bounds
            .push((decision.limits.capacity, decision.limits.quota));
        let usual = usual_reasons(decision.party.len(), who.status.entry);
        if decision.reasons != usual || decision.remark.is_some() || decision.already.is_some() {
            self.extras.push(Extra {
                row: narrow(index)?,
                reasons: decision.reasons.clone(),
                remark: decision.remark.clone(),
                already: decision.already,
            });
        }
        Ok(())
    }

    /// Whether every column has as many rows as the first.
    fn is_even(&self) -> bool {
        let rows = self.number.len();
        self.request.len() == rows * 10
            && [
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
                self.inside.len(),
                self.today.len(),
                self.bounds.len(),
            ]
            .iter()
            .all(|length| *length == rows)
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

    fn request_at(&self, row: usize, at: Time) -> RequestId {
        let mut bytes = [0; 16];
        let ms = at.0.wrapping_mul(1000).wrapping_add(self.asked_ms[row]);
        bytes[..6].copy_from_slice(&ms.to_be_bytes()[2..]);
        bytes[6..].copy_from_slice(&self.request[row * 10..row * 10 + 10]);
        RequestId(bytes)
    }
}

fn usual_reasons(party: usize, entry: Option<u8>) -> Vec<Reason> {
    if party == 1 {
        vec![Reason::Status { member: 0, entry }]
    } else {
        Vec::new()
    }
}

/// Reads a block back.
pub(super) fn unpack(bytes: &[u8]) -> Result<Vec<Row>, Damaged> {
    let mut inflated = Vec::new();
    DeflateDecoder::new(bytes)
        .take(INFLATED_MAX)
        .read_to_end(&mut inflated)
        .map_err(|_| Damaged("it cannot be inflated"))?;
    let columns: Columns =
        postcard::from_bytes(&inflated).map_err(|_| Damaged("its columns cannot be read"))?;
    if !columns.is_even() {
        return Err(Damaged("its columns differ in length"));
    }
    let mut extras = columns.extras.iter().peekable();
    let (mut number, mut at) = (columns.first, 0_i64);
    let mut rows = Vec::with_capacity(columns.number.len());
    for index in 0..columns.number.len() {
        number = number.wrapping_add(columns.number[index]);
        at = at.wrapping_add(columns.at[index]);
        let is_mine = |extra: &&Extra| usize::from(extra.row) == index;
        let extra = extras.next_if(is_mine);
        rows.push(row(&columns, index, number, Time(at), extra)?);
    }
    Ok(rows)
}

fn row(
    columns: &Columns,
    index: usize,
    number: u64,
    at: Time,
    extra: Option<&Extra>,
) -> Result<Row, Damaged> {
    let who = columns.member_at(index);
    let party = columns.party[index];
    let member = columns.member[index];
    let (gate, room, venue) = *columns
        .doors
        .get(usize::from(columns.door[index]))
        .ok_or(Damaged("a door is missing"))?;
    let since = at.plus_s(columns.since[index]);
    let end = columns.exit[index].map(|exit| (since.plus_s(columns.stay_s[index]), exit));
    let verdict = columns.verdict[index];
    let usual = || usual_reasons(usize::from(party), who.status.entry);
    let (capacity, quota) = columns.bounds[index];
    let decision = Decision {
        id: DecisionId(number.wrapping_sub(u64::from(member))),
        request: columns.request_at(index, at),
        gate,
        room,
        venue,
        day: LocalDay(columns.day),
        at,
        way: columns.way[index],
        unproven: columns.flags[index] & UNPROVEN != 0,
        verdict,
        reasons: extra.map_or_else(usual, |extra| extra.reasons.clone()),
        party: Party::try_from(vec![who]).map_err(|_| Damaged("a party is empty"))?,
        limits: Limits {
            inside: columns.inside[index],
            capacity,
            today: columns.today[index],
            quota,
        },
        hold_until: (verdict == Verdict::Check).then(|| at.plus_s(gapura_domain::door::HOLD_S)),
        ends: end.unwrap_or((at, Exit::LongestStay)),
        remark: extra.and_then(|extra| extra.remark.clone()),
        already: extra.and_then(|extra| extra.already),
    };
    let finished = Finished {
        decision: Arc::new(decision),
        member: 0,
        since,
        end,
    };
    Ok(Row {
        finished,
        member,
        party,
    })
}
