//! Single histories that say what a rule means.

use crate::world::{NINE, Story, ask, device_remark, member, plan, remark, request};
use gapura_domain::door::{Answer, CheckIn, Command, Decision, DoorPlan, Event, Intent, Member};
use gapura_domain::hours::{OpeningHours, Span};
use gapura_domain::ids::{PersonId, RoomId, VenueId};
use gapura_domain::status::Colour;
use gapura_domain::verdict::{Exit, Reason, Scope, Verdict};
use std::sync::Arc;

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
fn a_device_lets_nobody_in_against_a_limit_and_gets_its_first_answer_as_long_as_it_matters() {
    let mut story = Story::begin();
    let held = story.enter(1, 1, vec![member(1, Colour::Yellow)]);
    story.now = story.now.plus_s(120);
    for person in 2..=4 {
        story.enter(person, 1, vec![member(person, Colour::Green)]);
    }
    let yes = |number| Command::Resolve {
        request: request(number),
        decision: held.id,
        plan: plan(1),
        admit: true,
        remark: device_remark(),
    };
    let first = story.tell(yes(8));
    let Answer::Decided(full) = &first else {
        panic!()
    };
    assert_eq!(full.verdict, Verdict::Refuse);
    // Another tablet had seen the check, too.
    assert_eq!(story.tell(yes(9)), Answer::NotResolvable);
    story.now = story.now.plus_s(700);
    story.tell(Command::Sweep);
    assert_eq!(story.tell(yes(8)), first);
    assert_eq!(story.ledger.room(RoomId(1)).inside, 3);
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

#[test]
fn a_scan_to_leave_that_is_sent_again_lets_nobody_in() {
    let mut story = Story::begin();
    let visit = story.enter(1, 1, vec![member(1, Colour::Green)]).id;
    story.now = story.now.plus_s(300);
    for (number, intent) in [(2, Intent::Leave), (4, Intent::Auto)] {
        let leave = Command::CheckIn(CheckIn {
            intent,
            ..ask(number, 1, vec![member(1, Colour::Green)])
        });
        let first = story.tell(leave.clone());
        let Answer::Left { exit, .. } = first else {
            panic!("{first:?}")
        };
        assert_eq!(exit, Exit::Officer);
        assert_eq!(story.tell(leave), first);
        assert_eq!(story.inside(1), 0);
        story.enter(number + 1, 1, vec![member(1, Colour::Green)]);
        story.now = story.now.plus_s(300);
    }
    assert!(!story.is_open(visit));
}

#[test]
fn who_is_not_inside_cannot_leave_and_is_not_let_in_either() {
    let mut story = Story::begin();
    let leave = CheckIn {
        intent: Intent::Leave,
        ..ask(1, 1, vec![member(1, Colour::Green)])
    };
    assert_eq!(story.tell(Command::CheckIn(leave)), Answer::NotOpen);
    assert_eq!(story.inside(1), 0);
}

#[test]
fn a_two_way_scan_at_another_room_goes_there() {
    let mut story = Story::begin();
    story.enter(1, 1, vec![member(1, Colour::Green)]);
    story.now = story.now.plus_s(300);
    let auto = CheckIn {
        intent: Intent::Auto,
        ..ask(2, 2, vec![member(1, Colour::Green)])
    };
    assert!(matches!(
        story.tell(Command::CheckIn(auto)),
        Answer::Decided(_)
    ));
    assert_eq!((story.inside(1), story.inside(2)), (0, 1));
}

#[test]
fn a_companion_leaves_alone_and_whoever_brought_companions_takes_them_out() {
    let mut story = Story::begin();
    let family = [1, 2, 3].map(|person| member(person, Colour::Green));
    story.enter(1, 1, family.to_vec());
    let leave = |number, person| {
        Command::CheckIn(CheckIn {
            intent: Intent::Leave,
            ..ask(number, 1, vec![member(person, Colour::Green)])
        })
    };
    story.tell(leave(2, 3));
    assert_eq!(story.inside(1), 2);
    story.tell(leave(3, 1));
    assert_eq!(story.inside(1), 0);
}

#[test]
fn a_party_of_whom_one_is_inside_names_the_visit_that_there_is() {
    let mut story = Story::begin();
    let first = story.enter(1, 1, vec![member(1, Colour::Green)]);
    let both = [1, 2].map(|person| member(person, Colour::Green));
    let second = story.enter(2, 1, both.to_vec());
    assert_eq!(second.visit(), Some(first.id));
    assert!(!second.reasons.contains(&Reason::AlreadyInside));
    assert_eq!(story.inside(1), 2);
    let third = story.enter(3, 1, both.to_vec());
    assert!(third.reasons.contains(&Reason::AlreadyInside));
    assert_eq!((third.visit(), story.inside(1)), (Some(first.id), 2));
}

#[test]
fn a_party_is_let_in_whole_though_one_of_them_scanned_again_meanwhile() {
    let mut story = Story::begin();
    let both = [1, 2].map(|person| member(person, Colour::Yellow));
    let held = story.enter(1, 1, both.to_vec());
    // The first one's hold moves to a scan alone; the officer still answers the scan of both.
    let alone = story.enter(2, 1, vec![member(1, Colour::Yellow)]);
    assert_eq!(story.inside(1), 2);
    let admitted = story.resolved(3, &held, true);
    assert_eq!(admitted.verdict, Verdict::Admit);
    story.now = story.now.plus_s(600);
    story.tell(Command::Sweep);
    assert_eq!(story.inside(1), 2);
    assert!(story.is_open(held.visit_of(0)) && story.is_open(held.visit_of(1)));
    assert!(!story.is_open(alone.id));
}

#[test]
fn the_lapsed_place_of_one_in_a_party_is_asked_for_again() {
    let mut story = Story::begin();
    let both = [1, 2].map(|person| member(person, Colour::Yellow));
    let held = story.enter(1, 1, both.to_vec());
    // Somebody of the party is refused at another door, so that only one hold is left.
    story.enter(2, 3, vec![member(2, Colour::Red)]);
    assert_eq!(story.inside(1), 1);
    for person in 3..=4 {
        story.enter(person, 1, vec![member(person, Colour::Green)]);
    }
    let full = story.resolved(9, &held, true);
    assert_eq!(full.verdict, Verdict::Refuse);
    assert!(full.reasons.contains(&Reason::Full { scope: Scope::Room }));
    assert_eq!(story.inside(1), 2);
}

#[test]
fn a_check_that_was_ended_still_answers_its_scan_as_at_first() {
    let mut story = Story::begin();
    let held = story.enter(1, 1, vec![member(1, Colour::Yellow)]);
    let admitted = story.resolved(2, &held, true);
    assert_eq!(story.enter(1, 1, vec![member(1, Colour::Yellow)]), held);
    assert_eq!(story.resolved(2, &held, true), admitted);
    assert_eq!(Decision::first_answered(&admitted), held);
    // The id of a scan is not the id of an officer's word, nor the other way round.
    assert_eq!(story.resolve(1, &held, true), Answer::IdReused);
    let other = ask(2, 1, vec![member(1, Colour::Yellow)]);
    assert_eq!(story.tell(Command::CheckIn(other)), Answer::IdReused);
}

#[test]
fn a_hold_elsewhere_that_another_officer_makes_needless_counts_nowhere() {
    let mut story = Story::begin();
    let first = story.enter(1, 1, vec![member(1, Colour::Yellow)]);
    let second = story.enter(2, 3, vec![member(1, Colour::Yellow)]);
    assert_eq!(second.verdict, Verdict::Check);
    assert_eq!(story.resolved(3, &first, true).verdict, Verdict::Admit);
    let elsewhere = story.ledger.room(RoomId(3));
    assert_eq!((elsewhere.inside, elsewhere.today), (0, 0));
}

#[test]
fn a_place_is_not_a_visit_while_it_is_only_held() {
    let mut story = Story::begin();
    let held = story.enter(1, 1, vec![member(1, Colour::Yellow)]);
    let correct = Command::Correct {
        visit: held.id,
        out: NINE,
        remark: remark(),
    };
    assert_eq!(story.tell(correct), Answer::NotOpen);
    let out = Command::CheckOut {
        visit: held.id,
        at: None,
        exit: Exit::Visitor,
        whole_party: false,
    };
    let lapsed = Answer::Left {
        visit: held.id,
        at: NINE,
        exit: Exit::HoldLapsed,
    };
    assert_eq!(story.tell(out), lapsed);
    assert_eq!(story.ledger.room(RoomId(1)).today, 0);
}

#[test]
fn a_sweep_counts_what_it_ended_itself() {
    let mut story = Story::begin();
    story.enter(1, 1, vec![member(1, Colour::Green)]);
    story.enter(2, 1, vec![member(2, Colour::Yellow)]);
    story.now = story.now.plus_s(121);
    assert_eq!(story.tell(Command::Sweep), Answer::Swept(1));
    assert_eq!(story.tell(Command::Sweep), Answer::Swept(0));
}

#[test]
fn what_is_remembered_of_a_busy_day_does_not_grow() {
    let mut story = Story::begin();
    for number in 1..=20_000 {
        story.now = story.now.plus_s(1);
        let colour = Colour::ALL[usize::try_from(number % 5).unwrap()];
        story.enter(number, number % 3 + 1, vec![member(number, colour)]);
        story.ledger.take_finished();
        story.events.clear();
    }
    let (answers, resolvable) = story.ledger.remembers();
    assert!(
        answers <= 301 && resolvable <= 901,
        "{answers} {resolvable}"
    );
    // Whose holds have lapsed and whose visits have ended leave nothing behind either.
    assert!(story.ledger.all_open().count() <= 7);
}
