//! Two venues with three rooms, people of every colour, and a ledger that is told what happens.

use gapura_domain::door::{
    Answer, Bounds, CheckIn, Command, Decision, DoorPlan, Event, Intent, Member, Officer, Party,
    Position, Remark,
};
use gapura_domain::hours::OpeningHours;
use gapura_domain::ids::{
    AccountId, DecisionId, DeviceId, GateId, PersonId, RequestId, RoomId, RulesId, VenueId,
};
use gapura_domain::ledger::Ledger;
use gapura_domain::status::{Admission, Colour, Status};
use gapura_domain::time::{Time, Zone};
use gapura_domain::verdict::{Verdict, Way};
use std::sync::Arc;

pub(crate) const NINE: Time = Time(1_795_312_800); // 2026-11-22T02:00:00Z, 09.00 WIB

pub(crate) fn plan(gate: u64) -> Arc<DoorPlan> {
    // Gates 1 and 2 lead into room 1 and 2 of venue 1, gate 3 into room 3 of venue 2.
    let venue: u32 = if gate < 3 { 1 } else { 2 };
    Arc::new(DoorPlan {
        gate: GateId(gate),
        room: RoomId(gate),
        venue: VenueId(venue.into()),
        zone: Zone::Wib,
        position: Position {
            latitude: -7.97,
            longitude: 112.63 + f64::from(venue),
        },
        room_bounds: Bounds {
            capacity: Some(3),
            quota: Some(7),
        },
        venue_bounds: Bounds {
            capacity: Some(4),
            quota: Some(9),
        },
        hours: OpeningHours::always(),
        admission: Admission {
            green: Verdict::Admit,
            yellow: Verdict::Check,
            red: Verdict::Refuse,
            black: Verdict::Refuse,
            none: Verdict::Check,
        },
        longest_stay_s: 4 * 3600,
    })
}

pub(crate) fn member(person: u64, colour: Colour) -> Member {
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

pub(crate) fn request(number: u64) -> RequestId {
    let mut bytes = [0; 16];
    bytes[..6].copy_from_slice(&(NINE.0 * 1000).to_be_bytes()[2..]);
    bytes[6] = 0x70;
    bytes[8] = 0x80;
    bytes[9..].copy_from_slice(&number.to_be_bytes()[1..]);
    RequestId(bytes)
}

pub(crate) fn ask(number: u64, gate: u64, party: Vec<Member>) -> CheckIn {
    CheckIn {
        request: request(number),
        plan: plan(gate),
        way: Way::Device,
        intent: Intent::Enter,
        party: Party::try_from(party).unwrap(),
        override_: None,
        remark: None,
    }
}

pub(crate) fn remark() -> Remark {
    Remark {
        by: Officer::Account(AccountId(1)),
        note: "seen".into(),
    }
}

/// What a device says that nobody's name stands behind.
pub(crate) fn device_remark() -> Remark {
    Remark {
        by: Officer::Device(DeviceId(1)),
        note: "seen".into(),
    }
}

pub(crate) struct Story {
    pub(crate) ledger: Ledger,
    pub(crate) events: Vec<Event>,
    pub(crate) now: Time,
}

impl Story {
    pub(crate) fn begin() -> Self {
        Self {
            ledger: Ledger::new(),
            events: Vec::new(),
            now: NINE,
        }
    }

    pub(crate) fn tell(&mut self, command: Command) -> Answer {
        self.ledger.decide(command, self.now, &mut self.events)
    }

    pub(crate) fn enter(&mut self, number: u64, gate: u64, party: Vec<Member>) -> Arc<Decision> {
        match self.tell(Command::CheckIn(ask(number, gate, party))) {
            Answer::Decided(decision) => decision,
            other => panic!("{other:?}"),
        }
    }

    /// What an officer says of a decision at this gate.
    pub(crate) fn resolve(&mut self, number: u64, of: &Decision, admit: bool) -> Answer {
        self.tell(Command::Resolve {
            request: request(number),
            decision: of.id,
            plan: plan(of.gate.0),
            admit,
            remark: remark(),
        })
    }

    pub(crate) fn resolved(&mut self, number: u64, of: &Decision, admit: bool) -> Arc<Decision> {
        match self.resolve(number, of, admit) {
            Answer::Decided(decision) => decision,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn inside(&self, room: u64) -> u32 {
        self.ledger.room(RoomId(room)).inside
    }

    pub(crate) fn is_open(&self, visit: DecisionId) -> bool {
        self.ledger.open(visit).is_some_and(|open| !open.held)
    }
}
