//! Stories of what is asked about visits afterwards: the same from memory and packed.

use super::scene::{
    NINE, decided, enters, leaves, limited, plan, remark, resolves, scan, sweeps, today,
};
use crate::doors::Tally;
use crate::{Cursor, Doors};
use gapura_domain::door::{Answer, Command, DoorPlan, Visit};
use gapura_domain::ids::{DecisionId, GateId, PersonId, VenueId};
use gapura_domain::status::Colour;
use gapura_domain::time::{LocalDay, Time, Zone};
use gapura_domain::verdict::{Exit, Verdict};

const ALL: Cursor = Cursor {
    after: None,
    limit: 1000,
};

fn ids(visits: &[Visit]) -> Vec<u64> {
    visits.iter().map(|visit| visit.id.0).collect()
}

async fn corrects(store: &impl Doors, visit: DecisionId, out: Time, now: Time) -> Answer {
    let command = Command::Correct {
        visit,
        out,
        remark: remark("lupa keluar"),
    };
    store.decide(command, now).await.unwrap()
}

pub async fn a_visit_is_the_same_in_memory_and_packed(store: &impl Doors) {
    let later = NINE.plus_s(5000);
    let first = enters(store, 1, 1, NINE).await;
    leaves(store, first.id, later).await;
    let expected = Visit {
        id: first.id,
        decision: first.id,
        person: PersonId(1),
        venue: VenueId(1),
        room: first.room,
        gate: first.gate,
        day: today(),
        from: NINE,
        to: Some(later),
        exit: Some(Exit::Visitor),
        way: first.way,
        unproven: false,
    };
    for _ in 0..2 {
        assert_eq!(
            store.visit(first.id).await.unwrap().as_ref(),
            Some(&expected)
        );
        let of = store.visits_of(PersonId(1), NINE, later).await.unwrap();
        assert_eq!(of, std::slice::from_ref(&expected));
        let at = store.visits_at(VenueId(1), today(), ALL).await.unwrap();
        assert_eq!(at.rows, std::slice::from_ref(&expected));
        assert_eq!(store.decision(first.id).await.unwrap(), Some(first.clone()));
        store.pack().await.unwrap();
    }
    for never in [DecisionId(0), DecisionId(2), DecisionId(u64::MAX)] {
        assert_eq!(store.visit(never).await.unwrap(), None);
        assert_eq!(store.decision(never).await.unwrap(), None);
    }
}

pub async fn a_persons_visits_come_oldest_first_and_from_a_span(store: &impl Doors) {
    let hour = |hour: i64| NINE.plus_s(3600 * hour);
    let mut visits = Vec::new();
    for number in 0..40 {
        let at = hour(number);
        // Each new check-in ends the one before; every third is packed, the last stays open.
        let gate = u64::try_from(number % 5 * 2 + 1).unwrap();
        let number = u64::try_from(number).unwrap();
        let ask = scan(number, &plan(gate), &[7], Colour::Green, at);
        visits.push(decided(store, ask, at).await.id.0);
        decided(
            store,
            scan(500 + number, &plan(1), &[8], Colour::Red, at),
            at,
        )
        .await;
        if number % 3 == 0 {
            store.pack().await.unwrap();
        }
    }
    let all = store.visits_of(PersonId(7), NINE, hour(40)).await.unwrap();
    assert_eq!(ids(&all), visits);
    assert!(
        all[..39]
            .iter()
            .all(|visit| visit.exit == Some(Exit::Elsewhere))
    );
    assert_eq!((all[39].to, all[39].exit), (None, None));
    let some = store
        .visits_of(PersonId(7), hour(3), hour(30))
        .await
        .unwrap();
    assert_eq!(ids(&some), visits[3..30]);
    assert!(
        store
            .visits_of(PersonId(8), NINE, hour(40))
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        store
            .visits_of(PersonId(9), NINE, hour(40))
            .await
            .unwrap()
            .is_empty()
    );
    let ever = store
        .visits_of(PersonId(7), Time(i64::MIN), Time(i64::MAX))
        .await;
    assert_eq!(ever.unwrap().len(), 40);
}

pub async fn a_venues_day_is_paged_by_number(store: &impl Doors) {
    let mut expected = Vec::new();
    for number in 1..=23 {
        let now = NINE.plus_s(i64::try_from(number).unwrap());
        let gate = number % 3 + 1;
        let visit = enters(store, number, gate, now).await;
        if gate < 3 {
            expected.push(visit.id.0);
        }
        if number % 2 == 0 {
            leaves(store, visit.id, now.plus_s(1)).await;
        }
        if number % 7 == 0 {
            store.pack().await.unwrap();
        }
    }
    let tomorrow = NINE.plus_s(86_400);
    enters(store, 90, 1, tomorrow).await;
    let mut seen = Vec::new();
    let mut cursor = Cursor {
        after: None,
        limit: 4,
    };
    loop {
        let page = store.visits_at(VenueId(1), today(), cursor).await.unwrap();
        assert!(page.rows.len() <= 4);
        seen.extend(ids(&page.rows));
        cursor.after = page.next;
        if page.next.is_none() {
            break;
        }
    }
    assert_eq!(seen, expected);
    let next_day = store.visits_at(VenueId(1), today().plus_days(1), ALL).await;
    assert_eq!(next_day.unwrap().rows.len(), 1);
    let before = store
        .visits_at(VenueId(1), today().plus_days(-1), ALL)
        .await;
    assert!(before.unwrap().rows.is_empty());
}

pub async fn an_exit_is_corrected_wherever_the_visit_lies(store: &impl Doors) {
    let later = NINE.plus_s(7200);
    let out = NINE.plus_s(1800);
    let mut visits = Vec::new();
    for number in 1..=3 {
        visits.push(enters(store, number, 1, NINE).await.id);
    }
    leaves(store, visits[0], later).await;
    store.pack().await.unwrap();
    leaves(store, visits[1], later).await;
    // One is packed, one is over, one is still inside.
    for visit in &visits {
        assert_eq!(corrects(store, *visit, out, later).await, Answer::Corrected);
    }
    for _ in 0..2 {
        let of = store
            .visits_at(VenueId(1), today(), ALL)
            .await
            .unwrap()
            .rows;
        assert_eq!(of.len(), 3);
        for visit in of {
            assert_eq!((visit.to, visit.exit), (Some(out), Some(Exit::Corrected)));
            assert_eq!(store.visit(visit.id).await.unwrap(), Some(visit.clone()));
            let own = store.visits_of(visit.person, NINE, later).await.unwrap();
            assert_eq!(own, [visit]);
        }
        store.pack().await.unwrap();
    }
    assert_eq!(store.venue_count(VenueId(1)).await.unwrap().inside, 0);
    // The last correction holds; it cannot end a visit before it began or in the future.
    for (told, kept) in [(NINE.plus_s(60), 60), (NINE.plus_s(-60), 0)] {
        corrects(store, visits[0], told, later).await;
        for _ in 0..2 {
            let visit = store.visit(visits[0]).await.unwrap().unwrap();
            assert_eq!(visit.to, Some(NINE.plus_s(kept)));
            store.pack().await.unwrap();
        }
    }
    corrects(store, visits[0], later.plus_s(999), later).await;
    let visit = store.visit(visits[0]).await.unwrap().unwrap();
    assert_eq!(visit.to, Some(later));
}

pub async fn what_is_no_visit_has_no_exit_to_correct(store: &impl Doors) {
    let refused = decided(store, scan(1, &plan(1), &[1], Colour::Red, NINE), NINE).await;
    let held = decided(store, scan(2, &plan(1), &[2], Colour::Yellow, NINE), NINE).await;
    for visit in [refused.id, held.id, DecisionId(77)] {
        for _ in 0..2 {
            let answer = corrects(store, visit, NINE, NINE).await;
            assert_eq!(answer, Answer::NotOpen, "{visit:?}");
            store.pack().await.unwrap();
        }
    }
    resolves(store, 3, &held, true, NINE.plus_s(10)).await;
    leaves(store, held.id, NINE.plus_s(60)).await;
    let visit = store.visit(held.id).await.unwrap().unwrap();
    assert_eq!(visit.to, Some(NINE.plus_s(60)));
}

pub async fn tallies_are_the_same_before_and_after_packing(store: &impl Doors) {
    let full = limited(1, Some(3), None);
    for number in 1..=5 {
        decided(
            store,
            scan(number, &full, &[number], Colour::Green, NINE),
            NINE,
        )
        .await;
    }
    let before = NINE.plus_s(3500);
    let held = decided(
        store,
        scan(6, &plan(2), &[6, 7], Colour::Yellow, before),
        before,
    )
    .await;
    // An officer's answer counts in its own hour.
    resolves(store, 7, &held, true, NINE.plus_s(3600)).await;
    decided(store, scan(8, &plan(3), &[8], Colour::Red, before), before).await;
    let hour = NINE.unix_hour();
    let tally = |gate, after, verdict, reason: &str, people| Tally {
        gate: GateId(gate),
        unix_hour: hour + after,
        verdict,
        reason: reason.to_owned(),
        people,
    };
    let mut expected = vec![
        tally(1, 0, Verdict::Admit, "", 3),
        tally(1, 0, Verdict::Refuse, "full", 2),
        tally(2, 0, Verdict::Check, "status", 2),
    ];
    let gates = [GateId(1), GateId(2)];
    expected.push(tally(2, 1, Verdict::Admit, "check_passed", 2));
    for _ in 0..3 {
        let seen = store.tallies(&gates, hour, hour + 2).await.unwrap();
        assert_eq!(seen, expected);
        let first = store.tallies(&gates, hour, hour + 1).await.unwrap();
        assert_eq!(first, expected[..3]);
        store.pack().await.unwrap();
    }
    assert!(store.tallies(&[], hour, hour + 2).await.unwrap().is_empty());
    decided(store, scan(9, &plan(1), &[9], Colour::Green, NINE), NINE).await;
    expected.insert(2, tally(1, 1, Verdict::Admit, "", 1));
    for _ in 0..2 {
        assert_eq!(
            store.tallies(&gates, hour, hour + 2).await.unwrap(),
            expected
        );
        store.pack().await.unwrap();
    }
}

/// Visits of yesterday and today, packed and not, one of them corrected, one still open.
async fn two_days(store: &impl Doors) -> (Time, Vec<DecisionId>) {
    let yesterday = NINE.plus_s(-86_400);
    let mut old = Vec::new();
    for number in 1..=4 {
        old.push(enters(store, number, 1, yesterday).await.id);
    }
    decided(
        store,
        scan(5, &plan(1), &[5], Colour::Red, yesterday),
        yesterday,
    )
    .await;
    for visit in &old[..3] {
        leaves(store, *visit, yesterday.plus_s(600)).await;
    }
    corrects(store, old[0], yesterday.plus_s(60), yesterday.plus_s(700)).await;
    store.pack().await.unwrap();
    corrects(store, old[1], yesterday.plus_s(60), NINE).await;
    let night = DoorPlan {
        longest_stay_s: 40 * 3600,
        ..plan(3)
    };
    decided(
        store,
        scan(6, &night, &[6], Colour::Green, yesterday),
        yesterday,
    )
    .await;
    sweeps(store, NINE).await;
    for number in 11..=13 {
        let visit = enters(store, number, 1, NINE).await;
        leaves(store, visit.id, NINE.plus_s(600)).await;
    }
    (yesterday, old)
}

pub async fn what_is_erased_is_gone_and_the_rest_stays(store: &impl Doors) {
    let (yesterday, old) = two_days(store).await;
    let keep = today();
    let planned = store.erase_visits(keep, true).await.unwrap();
    assert_eq!((planned.days, planned.visits, planned.decisions), (1, 4, 5));
    assert!(store.visit(old[0]).await.unwrap().is_some());
    assert_eq!(store.erase_visits(keep, false).await.unwrap(), planned);
    let nothing = crate::doors::Erasure::default();
    assert_eq!(store.erase_visits(keep, false).await.unwrap(), nothing);
    for visit in &old {
        assert_eq!(store.visit(*visit).await.unwrap(), None);
        assert_eq!(store.decision(*visit).await.unwrap(), None);
        let later = NINE.plus_s(7000);
        let answer = corrects(store, *visit, NINE, later).await;
        assert_eq!(answer, Answer::NotOpen, "what is gone is not corrected");
    }
    let ever = (Time(0), NINE.plus_s(86_400));
    for (person, left) in [(1, 0), (4, 0), (5, 0), (6, 1), (11, 1)] {
        let visits = store.visits_of(PersonId(person), ever.0, ever.1).await;
        assert_eq!(visits.unwrap().len(), left, "person {person}");
    }
    let of_day = |day: LocalDay| store.visits_at(VenueId(1), day, ALL);
    assert!(of_day(keep.plus_days(-1)).await.unwrap().rows.is_empty());
    assert_eq!(of_day(keep).await.unwrap().rows.len(), 3);
    let again = scan(1, &plan(1), &[1], Colour::Green, yesterday);
    let answered = store.answered(VenueId(1), again.request).await.unwrap();
    assert_eq!(answered, None);
    // Who is inside stays inside, and figures without people stay.
    assert_eq!(store.open_visits(VenueId(2)).await.unwrap().len(), 1);
    let hour = yesterday.unix_hour();
    let tallies = store.tallies(&[GateId(1)], hour, hour + 1).await.unwrap();
    assert_eq!(tallies.iter().map(|tally| tally.people).sum::<u64>(), 5);
}

pub async fn an_erasure_in_the_middle_of_the_day_spares_nothing_before_it(store: &impl Doors) {
    let first = enters(store, 1, 1, NINE).await;
    leaves(store, first.id, NINE.plus_s(10)).await;
    let tomorrow = Zone::Wib.day_of(NINE).plus_days(1);
    let erased = store.erase_visits(tomorrow, false).await.unwrap();
    assert_eq!((erased.days, erased.visits, erased.decisions), (1, 1, 1));
    assert_eq!(store.visit(first.id).await.unwrap(), None);
    assert_eq!(store.decision(first.id).await.unwrap(), None);
    let answered = store.answered(VenueId(1), first.request).await.unwrap();
    assert_eq!(answered, None);
}
