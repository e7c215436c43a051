//! Stories of accounts and their sessions.

use super::samples::{NOW, account, assert_conflict, hash, new_account, organisation, sealed};
use crate::staff::NewAccount;
use crate::{Staff, Venues};
use gapura_domain::ids::AccountId;
use gapura_domain::role::{Grant, Role};

/// Begins a session of an hour.
async fn begin(store: &impl Staff, token: u8, account: AccountId) {
    let expires = NOW.plus_s(3600);
    store
        .begin_staff_session(hash(token), account, NOW, expires, "Firefox, Linux")
        .await
        .unwrap();
}

async fn is_signed_in(store: &impl Staff, token: u8) -> bool {
    let session = store.staff_session(hash(token), NOW).await;
    session.unwrap().is_some()
}

pub async fn an_account_is_kept_as_it_was_made<S: Staff + Venues>(store: &S) {
    let branch = organisation(store, "Polresta Malang Kota").await;
    let of_branch = Grant {
        role: Role::VenueManager,
        branch: Some(branch),
    };
    let new = NewAccount {
        totp: Some(sealed(3, 5)),
        grants: vec![of_branch],
        ..new_account("ratna@example.id")
    };
    let id = store.create_account(&new, NOW).await.unwrap();
    let found = store.account(id).await.unwrap().unwrap();
    assert_eq!((found.id, &found.login), (id, &new.login));
    assert_eq!(found.display_name, new.display_name);
    assert_eq!((&found.password, &found.totp), (&new.password, &new.totp));
    assert_eq!(found.grants, new.grants);
    assert_eq!((found.failures, found.locked_until), (0, None));
    assert!(!found.is_closed);
    let by_login = store.account_by_login("ratna@example.id").await.unwrap();
    assert_eq!(by_login, Some(found));
    assert_eq!(store.account_by_login("ratna").await.unwrap(), None);
    assert_eq!(store.account(AccountId(99)).await.unwrap(), None);
}

pub async fn a_login_is_taken_once(store: &impl Staff) {
    account(store, "b").await;
    assert_conflict(store.create_account(&new_account("b"), NOW).await);
    account(store, "a").await;
    let all = store.accounts().await.unwrap();
    let logins: Vec<_> = all.iter().map(|account| &*account.login).collect();
    assert_eq!(logins, ["a", "b"]);
}

pub async fn roles_are_replaced_as_a_whole<S: Staff + Venues>(store: &S) {
    let branch = organisation(store, "Polda").await;
    let id = account(store, "a").await;
    let grant = |role, branch| Grant { role, branch };
    let everywhere = grant(Role::Authority, None);
    let there = grant(Role::Authority, Some(branch));
    let gate = grant(Role::Gate, Some(branch));
    let granted = async || {
        let mut grants = store.account(id).await.unwrap().unwrap().grants;
        grants.sort_by_key(|grant| (grant.role, grant.branch));
        grants
    };
    let list = [everywhere, there, gate, everywhere];
    store.set_grants(id, &list).await.unwrap();
    assert_eq!(granted().await, [everywhere, there, gate]);
    store.set_grants(id, &[gate]).await.unwrap();
    assert_eq!(granted().await, [gate]);
    store.set_grants(id, &[]).await.unwrap();
    assert!(granted().await.is_empty());
}

pub async fn a_step_of_the_second_factor_is_used_once(store: &impl Staff) {
    let id = account(store, "a").await;
    let secret = sealed(1, 9);
    store.set_totp(id, &secret).await.unwrap();
    for (step, is_good) in [(100, true), (100, false), (99, false), (101, true)] {
        assert_eq!(store.use_totp_step(id, step).await.unwrap(), is_good);
    }
    let found = store.account(id).await.unwrap().unwrap();
    assert_eq!((found.totp, found.totp_step), (Some(secret), 101));
    let nobody = store.use_totp_step(AccountId(99), 1).await;
    assert!(!nobody.unwrap());
}

pub async fn wrong_sign_ins_count_and_lock_and_a_good_one_clears(store: &impl Staff) {
    let id = account(store, "a").await;
    let state = async || {
        let found = store.account(id).await.unwrap().unwrap();
        (found.failures, found.locked_until)
    };
    let until = NOW.plus_s(900);
    store.sign_in_failed(id, None).await.unwrap();
    assert_eq!(state().await, (1, None));
    store.sign_in_failed(id, Some(until)).await.unwrap();
    assert_eq!(state().await, (2, Some(until)));
    store.sign_in_failed(id, None).await.unwrap();
    assert_eq!(state().await, (3, Some(until)));
    store.sign_in_succeeded(id).await.unwrap();
    assert_eq!(state().await, (0, None));
}

pub async fn a_new_password_ends_all_sessions(store: &impl Staff) {
    let (id, other) = (account(store, "a").await, account(store, "b").await);
    for (token, account) in [(1, id), (2, id), (3, other)] {
        begin(store, token, account).await;
    }
    store.set_password(id, "$argon2id$new").await.unwrap();
    let found = store.account(id).await.unwrap().unwrap();
    assert_eq!(found.password, "$argon2id$new");
    assert!(!is_signed_in(store, 1).await && !is_signed_in(store, 2).await);
    assert!(is_signed_in(store, 3).await);
}

pub async fn a_closed_account_has_no_session(store: &impl Staff) {
    let id = account(store, "a").await;
    begin(store, 1, id).await;
    store.close_account(id).await.unwrap();
    assert!(!is_signed_in(store, 1).await);
    assert!(store.staff_sessions(id, NOW).await.unwrap().is_empty());
    // One that was begun at the same moment does not open either.
    begin(store, 2, id).await;
    assert!(!is_signed_in(store, 2).await);
    assert!(store.account(id).await.unwrap().unwrap().is_closed);
}

pub async fn a_staff_session_lasts_until_it_expires(store: &impl Staff) {
    let id = account(store, "a").await;
    begin(store, 1, id).await;
    let (expires, last) = (NOW.plus_s(3600), NOW.plus_s(3599));
    let found = store.staff_session(hash(1), last).await.unwrap().unwrap();
    assert_eq!(
        (found.account, found.since, found.expires),
        (id, NOW, expires)
    );
    assert_eq!(found.label, "Firefox, Linux");
    assert_eq!(store.staff_session(hash(1), expires).await.unwrap(), None);
    assert_eq!(store.staff_session(hash(2), NOW).await.unwrap(), None);
    let twice = store
        .begin_staff_session(hash(1), id, NOW, expires, "…")
        .await;
    assert_conflict(twice);
    let listed = store.staff_sessions(id, last).await.unwrap();
    assert_eq!(listed, [found]);
    assert!(store.staff_sessions(id, expires).await.unwrap().is_empty());
}

pub async fn staff_end_only_own_sessions(store: &impl Staff) {
    let (id, other) = (account(store, "a").await, account(store, "b").await);
    begin(store, 1, id).await;
    let session = store.staff_sessions(id, NOW).await.unwrap()[0].id;
    assert!(!store.end_staff_session(other, session).await.unwrap());
    assert!(is_signed_in(store, 1).await);
    assert!(store.end_staff_session(id, session).await.unwrap());
    assert!(!store.end_staff_session(id, session).await.unwrap());
    assert!(!is_signed_in(store, 1).await);
}
