//! Stories of requests that come twice: the second delivery gets the first answer, once.

use super::scene::{
    NINE, decided, leaves, limited, plan, remark, request, resolves, room, scan, sweeps,
};
use crate::Doors;
use gapura_domain::door::{Answer, CheckIn, Command, Intent};
use gapura_domain::ids::{PersonId, VenueId};
use gapura_domain::status::Colour;
use gapura_domain::time::Time;
use gapura_domain::verdict::Verdict;
use std::sync::Arc;

const DAY_S: i64 = 86_400;

/// Sent again at these times, and each time also after a packing.
async fn is_told_again(store: &impl Doors, ask: &CheckIn, first: &Answer, times: &[Time]) {
    let before = store.venue_count(ask.plan.venue).await.unwrap();
    for now in times {
        sweeps(store, *now).await;
        for _ in 0..2 {
            let again = store.decide(Command::CheckIn(ask.clone()), *now).await;
            assert_eq!(again.unwrap(), *first, "at {now:?}");
            store.pack().await.unwrap();
        }
    }
    let after = store.venue_count(ask.plan.venue).await.unwrap();
    assert_eq!(after.today, before.today);
}

/// At once, on the edges of what is fresh and remembered, and until the eighth day is over.
fn later() -> Vec<Time> {
    let seconds = [
        0,
        1,
        119,
        120,
        121,
        299,
        300,
        301,
        600,
        900,
        901,
        4000,
        DAY_S,
        8 * DAY_S,
    ];
    seconds.iter().map(|s| NINE.plus_s(*s)).collect()
}

pub async fn an_admission_is_answered_again_for_eight_days(store: &impl Doors) {
    let ask = scan(1, &plan(1), &[1], Colour::Green, NINE);
    let first = Answer::Decided(decided(store, ask.clone(), NINE).await);
    is_told_again(store, &ask, &first, &later()).await;
    assert_eq!(room(store, 1).await.1, 1);
}

pub async fn a_refusal_is_answered_again_though_there_is_room_now(store: &impl Doors) {
    let full = limited(1, Some(1), None);
    let first = decided(store, scan(1, &full, &[1], Colour::Green, NINE), NINE).await;
    let ask = scan(2, &full, &[2], Colour::Green, NINE);
    let refused = decided(store, ask.clone(), NINE).await;
    assert_eq!(refused.verdict, Verdict::Refuse);
    leaves(store, first.id, NINE).await;
    is_told_again(store, &ask, &Answer::Decided(refused), &later()).await;
}

pub async fn a_party_is_answered_again_as_a_whole(store: &impl Doors) {
    let ask = scan(1, &plan(1), &[1, 2, 3], Colour::Green, NINE);
    let first = decided(store, ask.clone(), NINE).await;
    leaves(store, first.visit_of(1), NINE).await;
    is_told_again(store, &ask, &Answer::Decided(first), &later()).await;
}

pub async fn a_check_is_answered_again_as_at_first(store: &impl Doors) {
    let ask = scan(1, &plan(1), &[1], Colour::Yellow, NINE);
    let first = decided(store, ask.clone(), NINE).await;
    let other = scan(2, &plan(1), &[2], Colour::Yellow, NINE);
    let second = decided(store, other.clone(), NINE).await;
    resolves(store, 3, &first, true, NINE).await;
    resolves(store, 4, &second, false, NINE).await;
    is_told_again(store, &ask, &Answer::Decided(first.clone()), &later()).await;
    is_told_again(
        store,
        &other,
        &Answer::Decided(second),
        &[NINE.plus_s(9000)],
    )
    .await;
    let answered = store.answered(VenueId(1), ask.request).await.unwrap();
    assert_eq!(answered, Some(first.clone()));
    let now = store.decision(first.id).await.unwrap().unwrap();
    assert_eq!(now.verdict, Verdict::Admit);
}

pub async fn a_scan_to_leave_is_answered_again(store: &impl Doors) {
    decided(store, scan(1, &plan(1), &[1], Colour::Green, NINE), NINE).await;
    let ask = CheckIn {
        intent: Intent::Auto,
        ..scan(2, &plan(1), &[1], Colour::Green, NINE.plus_s(300))
    };
    let now = NINE.plus_s(300);
    let first = store
        .decide(Command::CheckIn(ask.clone()), now)
        .await
        .unwrap();
    assert!(matches!(first, Answer::Left { .. }), "{first:?}");
    let times: Vec<Time> = later().into_iter().filter(|at| *at >= now).collect();
    is_told_again(store, &ask, &first, &times).await;
    assert_eq!(store.open_visit(PersonId(1)).await.unwrap(), None);
}

pub async fn an_officers_word_is_answered_again(store: &impl Doors) {
    let check = decided(store, scan(1, &plan(1), &[1], Colour::Yellow, NINE), NINE).await;
    let refusal = decided(store, scan(2, &plan(1), &[2], Colour::Red, NINE), NINE).await;
    let word = |number, first: &gapura_domain::door::Decision, admit| Command::Resolve {
        request: request(number, NINE),
        decision: first.id,
        plan: Arc::new(plan(1)),
        admit,
        remark: remark("dilihat"),
    };
    let mut words = Vec::new();
    for command in [word(3, &check, false), word(4, &refusal, true)] {
        let first = store.decide(command.clone(), NINE).await.unwrap();
        assert!(matches!(first, Answer::Decided(_)), "{first:?}");
        words.push((command, first));
    }
    for now in later() {
        for (command, first) in &words {
            let again = store.decide(command.clone(), now).await.unwrap();
            assert_eq!(again, *first, "at {now:?}");
        }
        store.pack().await.unwrap();
    }
    let other = word(5, &check, true);
    let too_late = store.decide(other, NINE.plus_s(4000)).await.unwrap();
    assert_eq!(too_late, Answer::NotResolvable);
}

pub async fn an_id_is_not_used_for_somebody_else(store: &impl Doors) {
    let ask = scan(1, &plan(1), &[1], Colour::Green, NINE);
    let first = decided(store, ask.clone(), NINE).await;
    for now in later() {
        sweeps(store, now).await;
        for other in [
            scan(1, &plan(1), &[2], Colour::Green, NINE),
            scan(1, &plan(2), &[1], Colour::Green, NINE),
        ] {
            let answer = store.decide(Command::CheckIn(other), now).await.unwrap();
            assert_eq!(answer, Answer::IdReused, "at {now:?}");
        }
        store.pack().await.unwrap();
    }
    // Another venue may have the same id by chance.
    let elsewhere = scan(1, &plan(3), &[2], Colour::Green, NINE);
    let second = decided(store, elsewhere, NINE.plus_s(8 * DAY_S)).await;
    assert_ne!(second.id, first.id);
}

pub async fn an_id_from_long_ago_that_is_new_is_decided_once(store: &impl Doors) {
    for (number, age_s) in [(1, 300), (2, DAY_S), (3, 8 * DAY_S), (4, -200)] {
        let mut ask = scan(number, &plan(1), &[number], Colour::Green, NINE);
        ask.request = request(number, NINE.plus_s(-age_s));
        let first = Answer::Decided(decided(store, ask.clone(), NINE).await);
        is_told_again(store, &ask, &first, &[NINE]).await;
    }
    assert_eq!(room(store, 1).await, (4, 4));
    let answered = store.answered(VenueId(1), request(9, NINE)).await.unwrap();
    assert_eq!(answered, None);
}
