//! Doors and people for the stories of the doors: gates 1 and 2 lead into rooms 1 and 2 of venue 1,
//! gates 3 and 4 into those of venue 2, and so on.

use crate::doors::Doors;
use gapura_domain::door::{
    Answer, Bounds, CheckIn, Command, Decision, DoorPlan, Intent, Member, Officer, Party, Position,
    Remark,
};
use gapura_domain::hours::OpeningHours;
use gapura_domain::ids::{
    AccountId, DecisionId, GateId, PersonId, RequestId, RoomId, RulesId, VenueId,
};
use gapura_domain::status::{Admission, Colour, Status};
use gapura_domain::time::{LocalDay, Time, Zone};
use gapura_domain::verdict::{Exit, Verdict, Way};
use std::sync::Arc;

/// 22 November 2026, 09.00 WIB.
pub const NINE: Time = Time(1_795_312_800);

/// The local day of [`NINE`] in Malang.
pub fn today() -> LocalDay {
    Zone::Wib.day_of(NINE)
}

/// A gate without limits: green goes in, yellow is looked at, red stays out.
pub fn plan(gate: u64) -> DoorPlan {
    let venue = gate.div_ceil(2);
    DoorPlan {
        gate: GateId(gate),
        room: RoomId(gate),
        venue: VenueId(venue),
        zone: Zone::Wib,
        position: Position {
            latitude: -7.97,
            longitude: 112.63 + f64::from(u32::try_from(venue).unwrap_or(0)) / 1000.0,
        },
        room_bounds: Bounds::default(),
        venue_bounds: Bounds::default(),
        hours: OpeningHours::always(),
        admission: Admission {
            green: Verdict::Admit,
            yellow: Verdict::Check,
            red: Verdict::Refuse,
            black: Verdict::Refuse,
            none: Verdict::Check,
        },
        longest_stay_s: 4 * 3600,
    }
}

/// The same with a limit on the room.
pub fn limited(gate: u64, capacity: Option<u32>, quota: Option<u32>) -> DoorPlan {
    DoorPlan {
        room_bounds: Bounds { capacity, quota },
        ..plan(gate)
    }
}

pub fn member(person: u64, colour: Colour) -> Member {
    let status = Status {
        colour,
        entry: Some(0),
        rules: RulesId(1),
        facts_version: 1,
    };
    Member {
        person: PersonId(person),
        status,
        is_adult: true,
        follows_adult: false,
    }
}

/// An id that a client made at this time.
pub fn request(number: u64, at: Time) -> RequestId {
    let mut bytes = [0x5a; 16];
    bytes[..6].copy_from_slice(&(at.0 * 1000).to_be_bytes()[2..]);
    bytes[6] = 0x7a;
    bytes[7] = 0xc3;
    bytes[8..].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    bytes[8] = 0x80 | (bytes[8] & 0x3f);
    RequestId(bytes)
}

/// People of one colour at a gate, scanned by its device.
pub fn scan(number: u64, plan: &DoorPlan, people: &[u64], colour: Colour, at: Time) -> CheckIn {
    let party: Vec<Member> = people.iter().map(|one| member(*one, colour)).collect();
    CheckIn {
        request: request(number, at),
        plan: Arc::new(plan.clone()),
        way: Way::Device,
        intent: Intent::Enter,
        party: Party::try_from(party).unwrap(),
        override_: None,
        remark: None,
    }
}

pub fn remark(note: &str) -> Remark {
    Remark {
        by: Officer::Account(AccountId(7)),
        note: note.to_owned(),
    }
}

pub async fn decided(store: &impl Doors, ask: CheckIn, now: Time) -> Arc<Decision> {
    match store.decide(Command::CheckIn(ask), now).await.unwrap() {
        Answer::Decided(decision) => decision,
        other => panic!("{other:?}"),
    }
}

/// A green visitor at a gate without limits.
pub async fn enters(store: &impl Doors, number: u64, gate: u64, now: Time) -> Arc<Decision> {
    decided(
        store,
        scan(number, &plan(gate), &[number], Colour::Green, now),
        now,
    )
    .await
}

pub async fn leaves(store: &impl Doors, visit: DecisionId, now: Time) -> Answer {
    let command = Command::CheckOut {
        visit,
        at: None,
        exit: Exit::Visitor,
        whole_party: false,
    };
    store.decide(command, now).await.unwrap()
}

pub async fn resolves(
    store: &impl Doors,
    number: u64,
    first: &Decision,
    admit: bool,
    now: Time,
) -> Answer {
    let resolve = Command::Resolve {
        request: request(number, now),
        decision: first.id,
        plan: Arc::new(plan(first.gate.0)),
        admit,
        remark: remark("dilihat"),
    };
    store.decide(resolve, now).await.unwrap()
}

pub async fn sweeps(store: &impl Doors, now: Time) -> Answer {
    store.decide(Command::Sweep, now).await.unwrap()
}

/// People inside and visitors today of a room.
pub async fn room(store: &impl Doors, number: u64) -> (u32, u32) {
    let count = store.room_count(RoomId(number)).await.unwrap();
    (count.inside, count.today)
}

/// People inside and visitors today of a venue.
pub async fn venue(store: &impl Doors, number: u64) -> (u32, u32) {
    let count = store.venue_count(VenueId(number)).await.unwrap();
    (count.inside, count.today)
}
