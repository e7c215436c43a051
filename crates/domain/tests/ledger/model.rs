//! The same events read again with lists and sums only, to hold the ledger against.

use crate::world::Story;
use gapura_domain::door::{Answer, Decision, Event};
use gapura_domain::ids::{DecisionId, PersonId, RoomId, VenueId};
use gapura_domain::ledger::{Finished, Ledger};
use gapura_domain::time::{LocalDay, Zone};
use gapura_domain::verdict::{Exit, Verdict};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// A stay as a naive reader of the events sees it.
struct Stay {
    person: PersonId,
    room: RoomId,
    venue: VenueId,
    day: LocalDay,
    is_open: bool,
    counts: bool,
    moved: bool,
}

#[derive(Default)]
struct Stays(BTreeMap<DecisionId, Stay>);

impl Stays {
    fn is_in(&self, person: PersonId, test: impl Fn(&Stay) -> bool) -> bool {
        let mut of_person = self.0.values().filter(|stay| stay.person == person);
        of_person.any(|stay| stay.is_open && test(stay))
    }

    fn begin(&mut self, decision: &Decision, member: usize) {
        let person = decision.party[member].person;
        let (room, venue, day) = (decision.room, decision.venue, decision.day);
        if self.is_in(person, |stay| stay.room == room) {
            return;
        }
        let moved = self.is_in(person, |stay| stay.venue == venue);
        let stay = Stay {
            person,
            room,
            venue,
            day,
            is_open: true,
            counts: true,
            moved,
        };
        self.0.insert(decision.visit_of(member), stay);
    }

    fn end(&mut self, visit: DecisionId, exit: Exit) {
        let stay = self.0.get_mut(&visit).expect("what ends has begun");
        assert!(stay.is_open, "a stay ends once");
        stay.is_open = false;
        stay.counts = !matches!(exit, Exit::HoldLapsed | Exit::HoldRefused);
    }

    fn of(events: &[Event]) -> Self {
        let mut stays = Self::default();
        for event in events {
            match event {
                Event::Decided(decision) => {
                    if decision.verdict != Verdict::Refuse && !decision.is_leave() {
                        (0..decision.party.len()).for_each(|member| stays.begin(decision, member));
                    }
                }
                Event::Resolved { decision, .. } if decision.verdict == Verdict::Admit => {
                    for member in 0..decision.party.len() {
                        let known = stays.0.get(&decision.visit_of(member));
                        if !known.is_some_and(|stay| stay.is_open) {
                            stays.begin(decision, member);
                        }
                    }
                }
                Event::Ended { visit, exit, .. } => stays.end(*visit, *exit),
                Event::Resolved { .. } | Event::Corrected { .. } | Event::Placed { .. } => {}
            }
        }
        stays
    }

    fn count(&self, test: impl Fn(&Stay) -> bool) -> usize {
        self.0.values().filter(|stay| test(stay)).count()
    }
}

/// Counts equal the visits that exist; nobody is in two places; limits hold if they are to.
pub(crate) fn holds(story: &Story, limited: bool) -> Result<(), TestCaseError> {
    let stays = Stays::of(&story.events);
    let today = Zone::Wib.day_of(story.ledger.clock());
    for room in 1..=3 {
        let room = RoomId(room);
        let seen = story.ledger.room(room);
        let inside = stays.count(|stay| stay.is_open && stay.room == room);
        prop_assert_eq!(seen.inside as usize, inside);
        prop_assert!(!limited || seen.inside <= 3 && seen.today <= 7);
        if seen.day == today {
            let visits = stays.count(|stay| stay.counts && stay.room == room && stay.day == today);
            prop_assert_eq!(seen.today as usize, visits);
        }
    }
    for venue in 1..=2 {
        let venue = VenueId(venue);
        let seen = story.ledger.venue(venue);
        let inside = stays.count(|stay| stay.is_open && stay.venue == venue);
        prop_assert_eq!(seen.inside as usize, inside);
        prop_assert_eq!(story.ledger.open_at(venue).count(), inside);
        prop_assert!(!limited || seen.inside <= 4 && seen.today <= 9);
        if seen.day == today {
            let visits = stays.count(|stay| {
                stay.counts && !stay.moved && stay.venue == venue && stay.day == today
            });
            prop_assert_eq!(seen.today as usize, visits);
        }
    }
    for person in 1..12 {
        let places = stays.count(|stay| stay.is_open && stay.person == PersonId(person));
        prop_assert!(places <= 1, "person {} is in {} places", person, places);
        let open = story.ledger.open_of(PersonId(person)).is_some();
        prop_assert_eq!(open, places == 1);
    }
    Ok(())
}

/// What an answer promises is so at that moment.
pub(crate) fn keeps_its_word(story: &Story, answer: &Answer) -> Result<(), TestCaseError> {
    let Answer::Decided(decision) = answer else {
        return Ok(());
    };
    if let Some(visit) = decision.visit() {
        prop_assert!(
            story.is_open(visit),
            "{:?} is admitted, but not inside",
            decision
        );
        for member in decision.party.iter() {
            let open = story.ledger.open_of(member.person);
            let is_inside =
                open.is_some_and(|open| !open.held && open.decision.room == decision.room);
            prop_assert!(
                is_inside,
                "{:?} was let in with {:?}",
                member.person,
                decision
            );
        }
    }
    Ok(())
}

/// Two ledgers that decide alike from here on.
pub(crate) fn same(a: &Ledger, b: &Ledger) -> Result<(), TestCaseError> {
    prop_assert_eq!((a.next(), a.clock()), (b.next(), b.clock()));
    for number in 1..=3 {
        prop_assert_eq!(a.room(RoomId(number)), b.room(RoomId(number)));
        prop_assert_eq!(a.venue(VenueId(number)), b.venue(VenueId(number)));
    }
    let open = |ledger: &Ledger| {
        let visits = ledger
            .all_open()
            .map(|open| (open.number(), (open.visit(), open.held, open.ends)));
        visits.collect::<BTreeMap<_, _>>()
    };
    prop_assert_eq!(open(a), open(b));
    Ok(())
}

/// Every number is open or has finished, and what has finished has its latest version last.
pub(crate) fn accounts(ledger: &Ledger, finished: &[Finished]) -> Result<(), TestCaseError> {
    let finished: BTreeMap<DecisionId, &Finished> =
        finished.iter().map(|row| (row.number(), row)).collect();
    for number in 1..ledger.next().0 {
        let number = DecisionId(number);
        // A refusal that was overridden has finished and begun anew.
        let open = ledger.open(number).map(|open| &open.decision);
        let decision = open.or(finished.get(&number).map(|row| &row.decision));
        prop_assert!(decision.is_some(), "{:?} is nowhere", number);
        if let Some(decision) = decision
            && let Some(latest) = ledger.resolvable(decision.id)
        {
            prop_assert_eq!(decision, latest);
        }
    }
    Ok(())
}
