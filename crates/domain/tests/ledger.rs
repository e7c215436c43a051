//! The laws of the ledger, for any history.

use gapura_domain::door::{
    Answer, Bounds, CheckIn, Command, Decision, DoorPlan, Event, Intent, Member, Officer, Party,
    Position, Remark,
};
use gapura_domain::hours::{OpeningHours, Span};
use gapura_domain::ids::{
    AccountId, DecisionId, GateId, PersonId, RequestId, RoomId, RulesId, VenueId,
};
use gapura_domain::ledger::{Ledger, Snapshot};
use gapura_domain::status::{Admission, Colour, Status};
use gapura_domain::time::{LocalDay, Time, Zone};
use gapura_domain::verdict::{Exit, Reason, Scope, Verdict, Way};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

const NINE: Time = Time(1_795_312_800); // 2026-11-22T02:00:00Z, 09.00 WIB

fn plan(gate: u64) -> Arc<DoorPlan> {
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

fn member(person: u64, colour: Colour) -> Member {
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

fn request(number: u64) -> RequestId {
    let mut bytes = [0; 16];
    bytes[..6].copy_from_slice(&(NINE.0 * 1000).to_be_bytes()[2..]);
    bytes[6] = 0x70;
    bytes[8] = 0x80;
    bytes[9..].copy_from_slice(&number.to_be_bytes()[1..]);
    RequestId(bytes)
}

fn ask(number: u64, gate: u64, party: Vec<Member>) -> CheckIn {
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

fn remark() -> Remark {
    Remark {
        by: Officer::Account(AccountId(1)),
        note: "seen".into(),
    }
}

struct Story {
    ledger: Ledger,
    events: Vec<Event>,
    now: Time,
}

impl Story {
    fn begin() -> Self {
        Self {
            ledger: Ledger::new(),
            events: Vec::new(),
            now: NINE,
        }
    }

    fn tell(&mut self, command: Command) -> Answer {
        self.ledger.decide(command, self.now, &mut self.events)
    }

    fn enter(&mut self, number: u64, gate: u64, party: Vec<Member>) -> Arc<Decision> {
        match self.tell(Command::CheckIn(ask(number, gate, party))) {
            Answer::Decided(decision) => decision,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn the_fourth_person_finds_a_room_for_three_full() {
    let mut story = Story::begin();
    for person in 1..=3 {
        assert_eq!(
            story
                .enter(person, 1, vec![member(person, Colour::Green)])
                .verdict,
            Verdict::Admit
        );
    }
    let fourth = story.enter(4, 1, vec![member(4, Colour::Green)]);
    assert_eq!(fourth.verdict, Verdict::Refuse);
    assert!(
        fourth
            .reasons
            .contains(&Reason::Full { scope: Scope::Room })
    );
    assert_eq!((fourth.limits.inside, fourth.limits.capacity), (3, Some(3)));
}

#[test]
fn a_check_holds_its_place_for_two_minutes_and_an_officer_ends_it() {
    let mut story = Story::begin();
    let held = story.enter(1, 1, vec![member(1, Colour::Yellow)]);
    assert_eq!((held.verdict, held.visit()), (Verdict::Check, None));
    assert_eq!(story.ledger.room(RoomId(1)).inside, 1);
    let resolve = |number| Command::Resolve {
        request: request(number),
        decision: held.id,
        plan: plan(1),
        admit: true,
        remark: remark(),
    };
    let Answer::Decided(admitted) = story.tell(resolve(2)) else {
        panic!()
    };
    assert_eq!(admitted.visit(), Some(held.id));
    assert_eq!(
        story.tell(resolve(2)),
        Answer::Decided(Arc::clone(&admitted))
    );
    story.now = story.now.plus_s(121);
    story.tell(Command::Sweep);
    assert_eq!(story.ledger.room(RoomId(1)).inside, 1);
}

#[test]
fn a_lapsed_hold_frees_its_place_and_asks_for_one_again() {
    let mut story = Story::begin();
    let held = story.enter(1, 1, vec![member(1, Colour::Yellow)]);
    story.now = story.now.plus_s(120);
    for person in 2..=4 {
        assert_eq!(
            story
                .enter(person, 1, vec![member(person, Colour::Green)])
                .verdict,
            Verdict::Admit
        );
    }
    let late = Command::Resolve {
        request: request(9),
        decision: held.id,
        plan: plan(1),
        admit: true,
        remark: remark(),
    };
    let Answer::Decided(late) = story.tell(late) else {
        panic!()
    };
    assert_eq!(late.verdict, Verdict::Refuse);
    assert!(late.reasons.contains(&Reason::Full { scope: Scope::Room }));
}

#[test]
fn an_override_lets_in_by_name_and_stays_visible() {
    let mut story = Story::begin();
    let refused = story.enter(1, 1, vec![member(1, Colour::Red)]);
    assert_eq!(refused.verdict, Verdict::Refuse);
    let command = Command::Resolve {
        request: request(2),
        decision: refused.id,
        plan: plan(1),
        admit: true,
        remark: remark(),
    };
    let Answer::Decided(admitted) = story.tell(command) else {
        panic!()
    };
    assert!(admitted.reasons.contains(&Reason::Overridden));
    assert_eq!(admitted.remark.as_ref().unwrap().note, "seen");
    assert_eq!(story.ledger.room(RoomId(1)).inside, 1);
}

#[test]
fn a_check_in_elsewhere_ends_the_old_visit_as_imputed() {
    let mut story = Story::begin();
    let old = story.enter(1, 1, vec![member(1, Colour::Green)]);
    story.now = story.now.plus_s(60);
    let new = story.enter(2, 3, vec![member(1, Colour::Green)]);
    assert!(new.unproven, "100 km within a minute contradict each other");
    assert!(story.events.contains(&Event::Ended {
        visit: old.id,
        at: story.now,
        exit: Exit::Elsewhere
    }));
    assert_eq!(story.ledger.venue(VenueId(1)).inside, 0);
}

#[test]
fn going_to_another_room_of_the_venue_counts_once_there() {
    let mut story = Story::begin();
    story.enter(1, 1, vec![member(1, Colour::Green)]);
    let moved = story.enter(2, 2, vec![member(1, Colour::Green)]);
    assert!(!moved.unproven);
    let venue = story.ledger.venue(VenueId(1));
    assert_eq!((venue.inside, venue.today), (1, 1));
    assert_eq!(story.ledger.room(RoomId(1)).inside, 0);
}

#[test]
fn a_second_scan_of_somebody_inside_counts_nothing() {
    let mut story = Story::begin();
    let first = story.enter(1, 1, vec![member(1, Colour::Green)]);
    let second = story.enter(2, 1, vec![member(1, Colour::Green)]);
    assert_eq!(second.visit(), first.visit());
    assert!(second.reasons.contains(&Reason::AlreadyInside));
    assert_eq!(story.ledger.room(RoomId(1)).today, 1);
    let mut leave = ask(3, 1, vec![member(1, Colour::Green)]);
    leave.intent = Intent::Leave;
    assert!(matches!(
        story.tell(Command::CheckIn(leave)),
        Answer::Left { .. }
    ));
    assert_eq!(story.ledger.room(RoomId(1)).inside, 0);
}

#[test]
fn a_child_takes_the_verdict_of_its_green_adult_only() {
    let child = Member {
        is_adult: false,
        follows_adult: true,
        ..member(2, Colour::Red)
    };
    let mut story = Story::begin();
    assert_eq!(
        story
            .enter(1, 1, vec![member(1, Colour::Green), child])
            .verdict,
        Verdict::Admit
    );
    assert_eq!(story.ledger.room(RoomId(1)).inside, 2);
    let alone = Member {
        person: PersonId(3),
        ..child
    };
    assert_eq!(story.enter(2, 1, vec![alone]).verdict, Verdict::Refuse);
    let other = Member {
        person: PersonId(4),
        ..child
    };
    assert_eq!(
        story
            .enter(3, 1, vec![member(5, Colour::Yellow), other])
            .verdict,
        Verdict::Refuse
    );
}

#[test]
fn closing_time_ends_the_stay_and_refuses_the_next() {
    let hours = OpeningHours::new(
        std::array::from_fn(|_| vec![Span { from: 480, to: 600 }]),
        Vec::new(),
    );
    let plan = Arc::new(DoorPlan {
        hours: hours.unwrap(),
        ..plan(1).as_ref().clone()
    });
    let mut story = Story::begin();
    let first = CheckIn {
        plan: Arc::clone(&plan),
        ..ask(1, 1, vec![member(1, Colour::Green)])
    };
    let Answer::Decided(first) = story.tell(Command::CheckIn(first)) else {
        panic!()
    };
    assert_eq!(first.ends, (NINE.plus_s(3600), Exit::Closing));
    story.now = NINE.plus_s(3601);
    let late = CheckIn {
        plan,
        ..ask(2, 1, vec![member(2, Colour::Green)])
    };
    let Answer::Decided(late) = story.tell(Command::CheckIn(late)) else {
        panic!()
    };
    assert_eq!(
        late.reasons[1],
        Reason::Closed {
            opens: Some(NINE.plus_s(23 * 3600))
        }
    );
    assert_eq!(story.ledger.room(RoomId(1)).inside, 0);
}

#[test]
fn the_same_id_for_somebody_else_is_a_conflict() {
    let mut story = Story::begin();
    story.enter(1, 1, vec![member(1, Colour::Green)]);
    let other = ask(1, 1, vec![member(2, Colour::Green)]);
    assert_eq!(story.tell(Command::CheckIn(other)), Answer::IdReused);
}

#[derive(Clone, Debug)]
enum Step {
    Enter {
        gate: u64,
        people: Vec<(u64, u8)>,
        leave: bool,
        repeat: bool,
    },
    Leave {
        visit: u64,
        back_s: i64,
    },
    Resolve {
        decision: u64,
        admit: bool,
    },
    Correct {
        visit: u64,
        back_s: i64,
    },
    Wait {
        seconds: i64,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let people = prop::collection::vec((1..12_u64, 0..5_u8), 1..4);
    prop_oneof![
        6 => (1..4_u64, people, any::<bool>(), any::<bool>())
            .prop_map(|(gate, people, leave, repeat)| Step::Enter { gate, people, leave, repeat }),
        3 => (1..60_u64, 0..900_i64).prop_map(|(visit, back_s)| Step::Leave { visit, back_s }),
        3 => (1..60_u64, any::<bool>()).prop_map(|(decision, admit)| Step::Resolve { decision, admit }),
        1 => (1..60_u64, 0..900_i64).prop_map(|(visit, back_s)| Step::Correct { visit, back_s }),
        3 => prop_oneof![0..200_i64, 3000..30_000_i64].prop_map(|seconds| Step::Wait { seconds }),
    ]
}

/// A stay as a naive reader of the events sees it.
struct Stay {
    room: RoomId,
    venue: VenueId,
    day: LocalDay,
    is_open: bool,
    counts: bool,
    moved: bool,
}

/// Reads the events again with lists and sums only.
fn naive(events: &[Event]) -> BTreeMap<DecisionId, Stay> {
    let mut stays: BTreeMap<DecisionId, (PersonId, Stay)> = BTreeMap::new();
    let begin = |stays: &mut BTreeMap<DecisionId, (PersonId, Stay)>, decision: &Decision| {
        for (index, member) in decision.party.iter().enumerate() {
            let person = member.person;
            let of_person = |stays: &BTreeMap<DecisionId, (PersonId, Stay)>,
                             test: &dyn Fn(&Stay) -> bool| {
                stays
                    .values()
                    .any(|(who, stay)| *who == person && stay.is_open && test(stay))
            };
            if of_person(stays, &|stay| stay.room == decision.room) {
                continue;
            }
            let moved = of_person(stays, &|stay| stay.venue == decision.venue);
            let (room, venue, day) = (decision.room, decision.venue, decision.day);
            let stay = Stay {
                room,
                venue,
                day,
                is_open: true,
                counts: true,
                moved,
            };
            stays.insert(decision.visit_of(index), (person, stay));
        }
    };
    for event in events {
        match event {
            Event::Decided(decision)
                if decision.verdict != Verdict::Refuse && decision.already.is_none() =>
            {
                begin(&mut stays, decision);
            }
            Event::Resolved { decision, .. } if decision.verdict == Verdict::Admit => {
                let held = stays
                    .get(&decision.id)
                    .is_some_and(|(_, stay)| stay.is_open);
                if !held {
                    begin(&mut stays, decision);
                }
            }
            Event::Ended { visit, exit, .. } => {
                let (_, stay) = stays.get_mut(visit).expect("what ends has begun");
                assert!(stay.is_open, "a stay ends once");
                stay.is_open = false;
                stay.counts = !matches!(exit, Exit::HoldLapsed | Exit::HoldRefused);
            }
            Event::Decided(_) | Event::Resolved { .. } | Event::Corrected { .. } => {}
        }
    }
    stays
        .into_iter()
        .map(|(id, (_, stay))| (id, stay))
        .collect()
}

fn holds(story: &Story) -> Result<(), TestCaseError> {
    let stays = naive(&story.events);
    let today = Zone::Wib.day_of(story.ledger.clock());
    let count = |test: &dyn Fn(&Stay) -> bool| stays.values().filter(|stay| test(stay)).count();
    for room in 1..=3 {
        let room = RoomId(room);
        let seen = story.ledger.room(room);
        prop_assert_eq!(
            seen.inside as usize,
            count(&|stay| stay.is_open && stay.room == room)
        );
        prop_assert!(seen.inside <= 3 && seen.today <= 7);
        if seen.day == today {
            let visits = count(&|stay| stay.counts && stay.room == room && stay.day == today);
            prop_assert_eq!(seen.today as usize, visits);
        }
    }
    for venue in 1..=2 {
        let venue = VenueId(venue);
        let seen = story.ledger.venue(venue);
        prop_assert_eq!(
            seen.inside as usize,
            count(&|stay| stay.is_open && stay.venue == venue)
        );
        prop_assert!(seen.inside <= 4 && seen.today <= 9);
        if seen.day == today {
            let visits = count(&|stay| {
                stay.counts && !stay.moved && stay.venue == venue && stay.day == today
            });
            prop_assert_eq!(seen.today as usize, visits);
        }
    }
    Ok(())
}

fn same(a: &Ledger, b: &Ledger) -> Result<(), TestCaseError> {
    prop_assert_eq!((a.next(), a.clock()), (b.next(), b.clock()));
    for number in 1..=3 {
        prop_assert_eq!(a.room(RoomId(number)), b.room(RoomId(number)));
        prop_assert_eq!(a.venue(VenueId(number)), b.venue(VenueId(number)));
    }
    let open = |ledger: &Ledger| {
        let visits = ledger
            .all_open()
            .map(|open| (open.visit().id, (open.visit(), open.held, open.ends)));
        visits.collect::<BTreeMap<_, _>>()
    };
    prop_assert_eq!(open(a), open(b));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]
    #[test]
    fn limits_hold_and_counts_equal_the_visits_that_exist(steps in prop::collection::vec(step(), 1..80)) {
        let mut story = Story::begin();
        for (number, step) in steps.into_iter().enumerate() {
            let number = number as u64 + 1;
            match step {
                Step::Enter { gate, people, leave, repeat } => {
                    let mut party: Vec<Member> = Vec::new();
                    for (person, colour) in people {
                        if party.iter().all(|other| other.person != PersonId(person)) {
                            party.push(member(person, Colour::ALL[usize::from(colour)]));
                        }
                    }
                    let mut check_in = ask(number, gate, party);
                    check_in.intent = if leave { Intent::Auto } else { Intent::Enter };
                    let first = story.tell(Command::CheckIn(check_in.clone()));
                    if repeat && matches!(first, Answer::Decided(_)) {
                        let count = story.events.len();
                        prop_assert_eq!(story.tell(Command::CheckIn(check_in)), first);
                        prop_assert_eq!(story.events.len(), count, "a repeat changes nothing");
                    }
                }
                Step::Leave { visit, back_s } => {
                    let at = Some(story.now.plus_s(-back_s));
                    let visit = DecisionId(visit);
                    story.tell(Command::CheckOut { visit, at, exit: Exit::Visitor, whole_party: back_s % 2 == 0 });
                }
                Step::Resolve { decision, admit } => {
                    let decision = DecisionId(decision);
                    // Overrides may exceed a limit by design, so only checks are resolved here.
                    if let Some(first) = story.ledger.resolvable(decision)
                        && first.verdict == Verdict::Check
                    {
                        let plan = plan(first.gate.0);
                        let request = request(number);
                        story.tell(Command::Resolve { request, decision, plan, admit, remark: remark() });
                    }
                }
                Step::Correct { visit, back_s } => {
                    let out = story.now.plus_s(-back_s);
                    story.tell(Command::Correct { visit: DecisionId(visit), out, remark: remark() });
                }
                Step::Wait { seconds } => {
                    story.now = story.now.plus_s(seconds);
                    story.tell(Command::Sweep);
                }
            }
            holds(&story)?;
        }
        let mut replayed = Ledger::new();
        story.events.iter().for_each(|event| replayed.apply(event));
        let snapshot: Snapshot = story.ledger.snapshot();
        let restored = Ledger::restore(snapshot);
        same(&story.ledger, &restored)?;
        // Only the passing of time without any event is not in the log.
        let mut events = Vec::new();
        replayed.decide(Command::Sweep, story.ledger.clock(), &mut events);
        prop_assert!(events.is_empty());
        same(&story.ledger, &replayed)?;
    }
}
