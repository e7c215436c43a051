//! Stories of one-time codes and of visitors' sessions.

use super::samples::{
    NOW, account, assert_conflict, hash, label, new_person, person, sealed, spec, venue,
};
use crate::people::OneTimeCode;
use crate::{People, Staff, Venues};
use gapura_domain::time::Time;

fn code(byte: u8, expires: Time) -> OneTimeCode {
    OneTimeCode {
        code: hash(byte),
        expires,
        failures: 0,
    }
}

/// Tries a code for the one contact of these stories, of at most three tries.
async fn attempt(store: &impl People, byte: u8, now: Time) -> bool {
    let tried = store.try_one_time_code(hash(1), hash(byte), 3, now).await;
    tried.unwrap()
}

pub async fn a_one_time_code_works_once(store: &impl People) {
    let expires = NOW.plus_s(300);
    store
        .put_one_time_code(hash(1), &code(5, expires))
        .await
        .unwrap();
    let other_contact = store.try_one_time_code(hash(2), hash(5), 3, NOW).await;
    assert!(!other_contact.unwrap());
    assert!(attempt(store, 5, NOW).await);
    assert!(!attempt(store, 5, NOW).await);
}

pub async fn after_too_many_failures_even_the_right_code_is_wrong(store: &impl People) {
    let expires = NOW.plus_s(300);
    for (wrong_tries, is_let_in) in [(2, true), (3, false)] {
        store
            .put_one_time_code(hash(1), &code(5, expires))
            .await
            .unwrap();
        for _ in 0..wrong_tries {
            assert!(!attempt(store, 6, NOW).await);
        }
        assert_eq!(attempt(store, 5, NOW).await, is_let_in);
    }
}

pub async fn a_one_time_code_expires(store: &impl People) {
    store
        .put_one_time_code(hash(1), &code(5, NOW))
        .await
        .unwrap();
    assert!(!attempt(store, 5, NOW).await);
    store
        .put_one_time_code(hash(1), &code(5, NOW))
        .await
        .unwrap();
    assert!(attempt(store, 5, NOW.plus_s(-1)).await);
}

pub async fn a_new_code_replaces_the_old_one_and_its_failures(store: &impl People) {
    let expires = NOW.plus_s(300);
    store
        .put_one_time_code(hash(1), &code(5, expires))
        .await
        .unwrap();
    for _ in 0..3 {
        assert!(!attempt(store, 6, NOW).await);
    }
    store
        .put_one_time_code(hash(1), &code(7, expires))
        .await
        .unwrap();
    assert!(!attempt(store, 5, NOW).await);
    assert!(attempt(store, 7, NOW).await);
}

pub async fn a_visitors_session_lasts_until_it_expires(store: &impl People) {
    let id = person(store, &new_person()).await;
    let expires = NOW.plus_s(3600);
    let begin = async |token| {
        store
            .begin_visitor_session(hash(token), id, NOW, expires)
            .await
    };
    let phone = begin(1).await.unwrap();
    let found = store.visitor_session(hash(1), NOW).await.unwrap().unwrap();
    assert_eq!((found.id, found.person), (phone, id));
    assert_eq!((found.since, found.expires), (NOW, expires));
    let last = expires.plus_s(-1);
    assert!(
        store
            .visitor_session(hash(1), last)
            .await
            .unwrap()
            .is_some()
    );
    assert_eq!(store.visitor_session(hash(1), expires).await.unwrap(), None);
    assert_eq!(store.visitor_session(hash(2), NOW).await.unwrap(), None);
    assert_conflict(begin(1).await);
    let tablet = begin(2).await.unwrap();
    let listed = store.visitor_sessions(id, NOW).await.unwrap();
    let listed: Vec<_> = listed.iter().map(|session| session.id).collect();
    assert_eq!(listed, [phone, tablet]);
    let none = store.visitor_sessions(id, expires).await.unwrap();
    assert!(none.is_empty());
}

pub async fn a_visitors_session_is_extended(store: &impl People) {
    let visitor = person(store, &new_person()).await;
    let (early, late) = (NOW.plus_s(100), NOW.plus_s(200));
    let begun = store.begin_visitor_session(hash(1), visitor, NOW, early);
    let id = begun.await.unwrap();
    store.extend_visitor_session(hash(1), late).await.unwrap();
    store.extend_visitor_session(hash(2), late).await.unwrap();
    let found = store.visitor_session(hash(1), early).await.unwrap();
    let found = found.map(|session| (session.id, session.since, session.expires));
    assert_eq!(found, Some((id, NOW, late)));
    assert_eq!(store.visitor_session(hash(2), NOW).await.unwrap(), None);
}

pub async fn a_visitor_ends_only_own_sessions(store: &impl People) {
    let (siti, budi) = (
        person(store, &new_person()).await,
        person(store, &new_person()).await,
    );
    let expires = NOW.plus_s(3600);
    let begun = store
        .begin_visitor_session(hash(1), siti, NOW, expires)
        .await;
    let id = begun.unwrap();
    assert!(!store.end_visitor_session(budi, id).await.unwrap());
    assert!(store.visitor_session(hash(1), NOW).await.unwrap().is_some());
    assert!(store.end_visitor_session(siti, id).await.unwrap());
    assert!(!store.end_visitor_session(siti, id).await.unwrap());
    assert_eq!(store.visitor_session(hash(1), NOW).await.unwrap(), None);
    let begun = store
        .begin_visitor_session(hash(2), siti, NOW, expires)
        .await;
    assert_ne!(begun.unwrap(), id);
}

pub async fn what_is_stale_is_erased_and_what_is_not_stays<S: People + Staff + Venues>(store: &S) {
    let id = person(store, &new_person()).await;
    let staff = account(store, "petugas").await;
    let gates = venue(store, spec("Polsek Klojen"), "A").await;
    let gates = store.venue(gates).await.unwrap().unwrap().gates;
    let week_ago = NOW.plus_s(-7 * 86_400);
    for (token, expires) in [(1, NOW), (2, NOW.plus_s(1))] {
        store
            .begin_visitor_session(hash(token), id, week_ago, expires)
            .await
            .unwrap();
        store
            .begin_staff_session(hash(token), staff, week_ago, expires, "Firefox")
            .await
            .unwrap();
        store
            .put_one_time_code(hash(token), &code(5, expires))
            .await
            .unwrap();
        let (gate, name) = (gates[usize::from(token)].id, label("Tablet"));
        store
            .put_enrolment(hash(token), gate, &name, expires)
            .await
            .unwrap();
    }
    for at in [week_ago.plus_s(-1), week_ago] {
        store.put_message("sms", &sealed(1, 1), at).await.unwrap();
    }
    // One session each of a visitor and of staff, one code each for a sign-in and an enrolment, and
    // one message.
    let erased = store.erase_stale_sign_ins(week_ago, NOW).await.unwrap();
    assert_eq!(erased, 5);
    let long_ago = Time(0);
    let visitor = async |token| store.visitor_session(hash(token), long_ago).await.unwrap();
    assert!(visitor(1).await.is_none() && visitor(2).await.is_some());
    let officer = async |token| store.staff_session(hash(token), long_ago).await.unwrap();
    assert!(officer(1).await.is_none() && officer(2).await.is_some());
    let code = async |contact| {
        let tried = store
            .try_one_time_code(hash(contact), hash(5), 3, long_ago)
            .await;
        tried.unwrap()
    };
    assert!(!code(1).await && code(2).await);
    let device = async |code| store.enrol_device(hash(code), hash(code), long_ago).await;
    assert!(device(1).await.unwrap().is_none() && device(2).await.unwrap().is_some());
    assert_eq!(store.waiting_messages(9, 9).await.unwrap().len(), 1);
    let erased = store.erase_stale_sign_ins(week_ago, NOW).await.unwrap();
    assert_eq!(erased, 0);
}
