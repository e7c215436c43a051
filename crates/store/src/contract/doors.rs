//! Stories of the doors: who is let in, who is inside, how they leave.

use super::scene::{
    NINE, decided, enters, leaves, limited, member, plan, remark, resolves, room, scan, sweeps,
    today, venue,
};
use crate::Doors;
use gapura_domain::door::{Answer, CheckIn, Command, DoorPlan, Intent, Party};
use gapura_domain::ids::{DecisionId, PersonId, VenueId};
use gapura_domain::status::Colour;
use gapura_domain::time::Zone;
use gapura_domain::verdict::{Exit, Reason, Scope, Verdict, Way};
use std::sync::Arc;

pub async fn whoever_is_let_in_is_inside_until_they_leave(store: &impl Doors) {
    let first = enters(store, 1, 1, NINE).await;
    assert_eq!(
        (first.verdict, first.visit()),
        (Verdict::Admit, Some(first.id))
    );
    assert_eq!(
        (room(store, 1).await, venue(store, 1).await),
        ((1, 1), (1, 1))
    );
    let inside = store.open_visit(PersonId(1)).await.unwrap().unwrap();
    assert_eq!((inside.id, inside.to, inside.exit), (first.id, None, None));
    assert_eq!(store.open_visits(VenueId(1)).await.unwrap(), [inside]);
    let later = NINE.plus_s(90);
    let left = Answer::Left {
        visit: first.id,
        at: later,
        exit: Exit::Visitor,
    };
    assert_eq!(leaves(store, first.id, later).await, left);
    assert_eq!(
        (room(store, 1).await, venue(store, 1).await),
        ((0, 1), (0, 1))
    );
    assert_eq!(store.open_visit(PersonId(1)).await.unwrap(), None);
    assert!(store.open_visits(VenueId(1)).await.unwrap().is_empty());
    assert_eq!(leaves(store, first.id, later).await, Answer::NotOpen);
    assert_eq!(leaves(store, DecisionId(99), later).await, Answer::NotOpen);
}

pub async fn a_told_time_of_leaving_is_kept_within_the_stay(store: &impl Doors) {
    for (number, told, kept) in [(1, 40, 40), (2, -10, 0), (3, 900, 60)] {
        let since = NINE.plus_s(1000 * i64::try_from(number).unwrap());
        let visit = enters(store, number, 1, since).await.id;
        let command = Command::CheckOut {
            visit,
            at: Some(since.plus_s(told)),
            exit: Exit::Officer,
            whole_party: false,
        };
        store.decide(command, since.plus_s(60)).await.unwrap();
        let visit = store.visit(visit).await.unwrap().unwrap();
        assert_eq!(visit.to, Some(since.plus_s(kept)), "told {told}");
    }
}

pub async fn a_full_room_lets_nobody_in_until_somebody_leaves(store: &impl Doors) {
    let plan = limited(1, Some(2), None);
    let ask = |number| scan(number, &plan, &[number], Colour::Green, NINE);
    let first = decided(store, ask(1), NINE).await;
    decided(store, ask(2), NINE).await;
    let third = decided(store, ask(3), NINE).await;
    assert_eq!((third.verdict, third.visit()), (Verdict::Refuse, None));
    assert!(third.reasons.contains(&Reason::Full { scope: Scope::Room }));
    assert_eq!((third.limits.inside, third.limits.capacity), (2, Some(2)));
    leaves(store, first.id, NINE).await;
    assert_eq!(decided(store, ask(4), NINE).await.verdict, Verdict::Admit);
    assert_eq!(room(store, 1).await, (2, 3));
}

pub async fn a_party_is_let_in_whole_or_not_at_all(store: &impl Doors) {
    let plan = limited(1, Some(3), None);
    let ask = |number, people: &[u64]| scan(number, &plan, people, Colour::Green, NINE);
    decided(store, ask(1, &[1, 2]), NINE).await;
    let second = decided(store, ask(2, &[3, 4]), NINE).await;
    assert_eq!(
        (second.verdict, room(store, 1).await),
        (Verdict::Refuse, (2, 2))
    );
    decided(store, ask(3, &[5]), NINE).await;
    assert_eq!(room(store, 1).await, (3, 3));
}

pub async fn members_of_a_party_leave_when_they_like(store: &impl Doors) {
    let family = decided(
        store,
        scan(1, &plan(1), &[1, 2, 3], Colour::Green, NINE),
        NINE,
    )
    .await;
    leaves(store, family.visit_of(2), NINE.plus_s(10)).await;
    store.pack().await.unwrap();
    leaves(store, family.visit_of(0), NINE.plus_s(20)).await;
    for _ in 0..2 {
        let mut exits = Vec::new();
        for member in 0..3 {
            let visit = store.visit(family.visit_of(member)).await.unwrap().unwrap();
            assert_eq!(visit.decision, family.id);
            exits.push(visit.to);
        }
        assert_eq!(exits, [Some(NINE.plus_s(20)), None, Some(NINE.plus_s(10))]);
        assert_eq!(
            store.decision(family.id).await.unwrap(),
            Some(family.clone())
        );
        store.pack().await.unwrap();
    }
    let whole = Command::CheckOut {
        visit: family.visit_of(1),
        at: None,
        exit: Exit::Officer,
        whole_party: true,
    };
    store.decide(whole, NINE.plus_s(30)).await.unwrap();
    store.pack().await.unwrap();
    assert_eq!(room(store, 1).await, (0, 3));
    assert_eq!(store.decision(family.id).await.unwrap(), Some(family));
}

pub async fn a_check_in_elsewhere_ends_the_visit_before(store: &impl Doors) {
    let first = enters(store, 1, 1, NINE).await;
    let later = NINE.plus_s(7200);
    let second = decided(store, scan(2, &plan(3), &[1], Colour::Green, later), later).await;
    let before = store.visit(first.id).await.unwrap().unwrap();
    assert_eq!(
        (before.to, before.exit),
        (Some(later), Some(Exit::Elsewhere))
    );
    assert!(before.exit.unwrap().is_imputed());
    let inside = store.open_visit(PersonId(1)).await.unwrap().unwrap();
    assert_eq!(inside.id, second.id);
    assert_eq!(
        (venue(store, 1).await, venue(store, 2).await),
        ((0, 1), (1, 1))
    );
    let third = decided(store, scan(3, &plan(4), &[1], Colour::Green, later), later).await;
    let moved = store.visit(second.id).await.unwrap().unwrap();
    assert_eq!(moved.exit, Some(Exit::Moved));
    assert_eq!(
        (venue(store, 2).await, room(store, 4).await),
        ((1, 1), (1, 1))
    );
    assert_eq!(third.verdict, Verdict::Admit);
}

pub async fn a_check_holds_its_place_until_an_officer_ends_it(store: &impl Doors) {
    let yellow = |number| scan(number, &plan(1), &[number], Colour::Yellow, NINE);
    let first = decided(store, yellow(1), NINE).await;
    assert_eq!(
        (first.verdict, room(store, 1).await),
        (Verdict::Check, (1, 1))
    );
    assert_eq!(store.open_visit(PersonId(1)).await.unwrap(), None);
    assert_eq!(store.visit(first.id).await.unwrap(), None);
    let Answer::Decided(passed) = resolves(store, 2, &first, true, NINE).await else {
        panic!()
    };
    assert_eq!((passed.id, passed.verdict), (first.id, Verdict::Admit));
    assert!(passed.reasons.contains(&Reason::CheckPassed));
    assert_eq!(passed.remark, Some(remark("dilihat")));
    assert_eq!(store.decision(first.id).await.unwrap(), Some(passed));
    let second = decided(store, yellow(3), NINE).await;
    resolves(store, 4, &second, false, NINE).await;
    let third = decided(store, yellow(5), NINE).await;
    assert_eq!(sweeps(store, NINE.plus_s(121)).await, Answer::Swept(1));
    assert_eq!(room(store, 1).await, (1, 1));
    store.pack().await.unwrap();
    for never in [second.id, third.id] {
        assert_eq!(store.visit(never).await.unwrap(), None);
    }
    let refused = store.decision(second.id).await.unwrap().unwrap();
    assert!(refused.reasons.contains(&Reason::CheckFailed));
    let lapsed = store.decision(third.id).await.unwrap();
    assert_eq!(lapsed, Some(third));
}

pub async fn a_refusal_is_overridden_by_name_also_after_it_was_packed(store: &impl Doors) {
    let red = |number| scan(number, &plan(1), &[number], Colour::Red, NINE);
    let first = decided(store, red(1), NINE).await;
    let second = decided(store, red(2), NINE).await;
    store.pack().await.unwrap();
    let later = NINE.plus_s(300);
    let Answer::Decided(let_in) = resolves(store, 3, &first, true, later).await else {
        panic!()
    };
    assert!(let_in.reasons.contains(&Reason::Overridden));
    assert_eq!(room(store, 1).await, (1, 1));
    let inside = store.visit(first.id).await.unwrap().unwrap();
    assert_eq!((inside.from, inside.to), (later, None));
    leaves(store, first.id, later.plus_s(60)).await;
    for _ in 0..2 {
        assert_eq!(
            store.decision(first.id).await.unwrap(),
            Some(let_in.clone())
        );
        let visit = store.visit(first.id).await.unwrap().unwrap();
        assert_eq!((visit.from, visit.to), (later, Some(later.plus_s(60))));
        let listed = store.visits_of(PersonId(1), NINE, later.plus_s(1)).await;
        assert_eq!(listed.unwrap(), [visit]);
        store.pack().await.unwrap();
    }
    let too_late = resolves(store, 4, &second, true, NINE.plus_s(901)).await;
    assert_eq!(too_late, Answer::NotResolvable);
}

pub async fn an_override_goes_beyond_a_limit_and_says_so(store: &impl Doors) {
    let plan = limited(1, Some(1), Some(1));
    decided(store, scan(1, &plan, &[1], Colour::Green, NINE), NINE).await;
    let ask = CheckIn {
        override_: Some(remark("ambulans")),
        ..scan(2, &plan, &[2], Colour::Red, NINE)
    };
    let second = decided(store, ask, NINE).await;
    assert_eq!(second.verdict, Verdict::Admit);
    assert_eq!(second.reasons.last(), Some(&Reason::Overridden));
    assert_eq!((second.limits.inside, room(store, 1).await), (2, (2, 2)));
}

pub async fn a_scan_to_leave_ends_the_visit_once(store: &impl Doors) {
    let first = enters(store, 1, 1, NINE).await;
    let later = NINE.plus_s(600);
    let out = CheckIn {
        intent: Intent::Leave,
        ..scan(2, &plan(1), &[1], Colour::Green, later)
    };
    let left = Answer::Left {
        visit: first.id,
        at: later,
        exit: Exit::Officer,
    };
    for _ in 0..2 {
        let answer = store.decide(Command::CheckIn(out.clone()), later).await;
        assert_eq!(answer.unwrap(), left);
    }
    assert_eq!(room(store, 1).await, (0, 1));
    let nobody = CheckIn {
        intent: Intent::Leave,
        ..scan(3, &plan(1), &[9], Colour::Green, later)
    };
    let answer = store.decide(Command::CheckIn(nobody), later).await;
    assert_eq!(
        (answer.unwrap(), room(store, 1).await),
        (Answer::NotOpen, (0, 1))
    );
}

pub async fn time_ends_what_nobody_ended(store: &impl Doors) {
    let hours = gapura_domain::hours::OpeningHours::new(
        std::array::from_fn(|_| vec![gapura_domain::hours::Span { from: 480, to: 600 }]),
        Vec::new(),
    );
    let closing = DoorPlan {
        hours: hours.unwrap(),
        ..plan(1)
    };
    let first = decided(store, scan(1, &closing, &[1], Colour::Green, NINE), NINE).await;
    let second = enters(store, 2, 3, NINE).await;
    assert_eq!(sweeps(store, NINE.plus_s(3599)).await, Answer::Swept(0));
    // Nobody need sweep on time: the exit is when it was foreseen.
    sweeps(store, NINE.plus_s(9 * 3600)).await;
    for (visit, after_s, exit) in [
        (first.id, 3600, Exit::Closing),
        (second.id, 4 * 3600, Exit::LongestStay),
    ] {
        let visit = store.visit(visit).await.unwrap().unwrap();
        let end = (visit.to, visit.exit);
        assert_eq!(end, (Some(NINE.plus_s(after_s)), Some(exit)));
    }
    let late = NINE.plus_s(9 * 3600);
    let late = decided(store, scan(3, &closing, &[3], Colour::Green, late), late).await;
    let opens = Some(NINE.plus_s(23 * 3600));
    assert_eq!(late.reasons.last(), Some(&Reason::Closed { opens }));
}

pub async fn a_quotas_day_begins_at_the_venues_own_midnight(store: &impl Doors) {
    // 23.30 WIB, 00.30 WITA of the next day.
    let night = Zone::Wib.time_at(today(), 23 * 60 + 30);
    let wib = limited(1, None, Some(1));
    let wita = DoorPlan {
        zone: Zone::Wita,
        ..limited(3, None, Some(1))
    };
    let ask = |number, plan: &DoorPlan, at| scan(number, plan, &[number], Colour::Green, at);
    let malang = decided(store, ask(1, &wib, night), night).await;
    let denpasar = decided(store, ask(2, &wita, night), night).await;
    assert_eq!((malang.day, denpasar.day), (today(), today().plus_days(1)));
    for (number, plan) in [(3, &wib), (4, &wita)] {
        let over = decided(store, ask(number, plan, night), night).await;
        let scope = Scope::Room;
        let is_quota = |reason: &Reason| matches!(reason, Reason::QuotaReached { scope: of, .. } if *of == scope);
        assert!(over.reasons.iter().any(is_quota), "{over:?}");
    }
    // Whoever came before midnight stays inside after it, and counts for the day before.
    let after = night.plus_s(3600);
    decided(store, ask(5, &wib, after), after).await;
    let count = store
        .room_count(gapura_domain::ids::RoomId(1))
        .await
        .unwrap();
    assert_eq!(
        (count.inside, count.today, count.day),
        (2, 1, today().plus_days(1))
    );
    leaves(store, malang.id, after).await;
    assert_eq!(room(store, 1).await, (1, 1));
    let over = decided(store, ask(6, &wita, after), after).await;
    assert_eq!(over.verdict, Verdict::Refuse);
    let before = store.visit(malang.id).await.unwrap().unwrap();
    assert_eq!((before.day, before.to), (today(), Some(after)));
}

pub async fn what_nobody_saw_or_cannot_be_is_unproven(store: &impl Doors) {
    let poster = CheckIn {
        way: Way::Poster,
        ..scan(1, &plan(1), &[1], Colour::Green, NINE)
    };
    assert!(decided(store, poster, NINE).await.unproven);
    let near = decided(store, scan(2, &plan(3), &[1], Colour::Green, NINE), NINE).await;
    assert!(!near.unproven, "a hundred metres can be walked");
    let far = DoorPlan {
        position: gapura_domain::door::Position {
            latitude: -2.99,
            longitude: 104.76,
        },
        ..plan(5)
    };
    let later = NINE.plus_s(600);
    let far = decided(store, scan(3, &far, &[1], Colour::Green, later), later).await;
    assert!(far.unproven, "Palembang is ten minutes from Malang");
    let visit = store.visit(far.id).await.unwrap().unwrap();
    assert!(visit.unproven);
}

pub async fn a_child_comes_in_with_its_adult(store: &impl Doors) {
    let mut child = member(2, Colour::Red);
    (child.is_adult, child.follows_adult) = (false, true);
    let party = Party::try_from(vec![member(1, Colour::Green), child]).unwrap();
    let ask = CheckIn {
        party,
        ..scan(1, &plan(1), &[1], Colour::Green, NINE)
    };
    let decision = decided(store, ask, NINE).await;
    assert_eq!(decision.verdict, Verdict::Admit);
    assert!(decision.reasons.contains(&Reason::WithAdult { member: 1 }));
    assert_eq!(room(store, 1).await, (2, 2));
    for member in 0..2 {
        leaves(store, decision.visit_of(member), NINE.plus_s(60)).await;
    }
    store.pack().await.unwrap();
    assert_eq!(
        store.decision(decision.id).await.unwrap(),
        Some(Arc::clone(&decision))
    );
}
