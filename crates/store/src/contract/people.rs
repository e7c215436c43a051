//! Stories of people as pseudonyms, the vault, and printed cards.

use super::samples::{NOW, assert_conflict, first, hash, new_person, person, sealed};
use crate::people::NewPerson;
use crate::{Cursor, People};
use gapura_domain::ids::{CardId, PersonId};

pub async fn no_pseudonym_is_given_twice(store: &impl People) {
    let first = store.next_person().await.unwrap();
    let ten = store.next_people(10).await.unwrap();
    assert!(ten > first);
    let next = store.next_person().await.unwrap();
    assert!(next.0 >= ten.0 + 10);
    // Somebody who comes from another store brings a pseudonym along.
    let brought = PersonId(next.0 + 500);
    store
        .create_person(brought, &new_person(), NOW)
        .await
        .unwrap();
    assert!(store.next_person().await.unwrap() > brought);
    // The lower ones that were taken and are not in use yet can still be used, and raise nothing.
    store.create_person(ten, &new_person(), NOW).await.unwrap();
    assert!(store.next_person().await.unwrap() > brought);
}

pub async fn a_person_is_found_by_contact_and_by_number(store: &impl People) {
    let siti = NewPerson {
        nik: Some(hash(1)),
        contact: Some(hash(2)),
        is_verified: true,
        ..new_person()
    };
    let id = person(store, &siti).await;
    let claims_it_too = NewPerson {
        nik: Some(hash(1)),
        ..new_person()
    };
    let other = person(store, &claims_it_too).await;
    assert_eq!(store.person_by_contact(hash(2)).await.unwrap(), Some(id));
    assert_eq!(store.person_by_contact(hash(1)).await.unwrap(), None);
    assert_eq!(store.people_by_nik(hash(1)).await.unwrap(), [id, other]);
    assert!(store.people_by_nik(hash(2)).await.unwrap().is_empty());
    let found = store.person(id).await.unwrap().unwrap();
    assert_eq!((found.id, found.since, found.guardian), (id, NOW, None));
    assert!(found.is_verified);
    let other_found = store.person(other).await.unwrap().unwrap();
    assert!(!other_found.is_verified);
    store.set_verified(other).await.unwrap();
    let other_found = store.person(other).await.unwrap().unwrap();
    assert!(other_found.is_verified);
    assert_eq!(store.person(PersonId(99)).await.unwrap(), None);
    assert_eq!(store.sealed(id).await.unwrap(), Some(siti.sealed));
    assert_eq!(store.sealed(PersonId(99)).await.unwrap(), None);
}

pub async fn who_cannot_be_reached_any_more_is_erased_with_the_name(store: &impl People) {
    let by_hand = person(store, &new_person()).await;
    let with_contact = NewPerson {
        contact: Some(hash(2)),
        ..new_person()
    };
    let with_contact = person(store, &with_contact).await;
    let companion = NewPerson {
        guardian: Some(with_contact),
        ..new_person()
    };
    let companion = person(store, &companion).await;
    let with_card = person(store, &new_person()).await;
    store.issue_card(with_card, NOW).await.unwrap();
    assert_eq!(store.erase_unreachable(NOW).await.unwrap(), 0);
    let later = NOW.plus_s(1);
    assert_eq!(store.erase_unreachable(later).await.unwrap(), 1);
    assert_eq!(store.person(by_hand).await.unwrap(), None);
    assert_eq!(store.sealed(by_hand).await.unwrap(), None);
    for left in [with_contact, companion, with_card] {
        assert!(store.sealed(left).await.unwrap().is_some());
    }
    // A companion who is nobody's any more cannot be reached either.
    store.set_guardian(companion, None).await.unwrap();
    assert_eq!(store.erase_unreachable(later).await.unwrap(), 1);
    assert_eq!(store.person(companion).await.unwrap(), None);
}

pub async fn a_pseudonym_or_contact_in_use_is_a_conflict(store: &impl People) {
    let siti = NewPerson {
        contact: Some(hash(2)),
        ..new_person()
    };
    let id = person(store, &siti).await;
    let again = store.create_person(id, &new_person(), NOW).await;
    assert_conflict(again);
    let next = store.next_person().await.unwrap();
    assert_conflict(store.create_person(next, &siti, NOW).await);
    assert_eq!(store.person(next).await.unwrap(), None);
    store.create_person(next, &new_person(), NOW).await.unwrap();
}

pub async fn many_people_are_made_known_together_or_not_at_all(store: &impl People) {
    let first_id = store.next_people(3).await.unwrap();
    let with_contact = |byte| NewPerson {
        contact: Some(hash(byte)),
        ..new_person()
    };
    let ids = [first_id, PersonId(first_id.0 + 1), PersonId(first_id.0 + 2)];
    let list = |bytes: [u8; 3]| -> Vec<_> {
        let people = bytes.map(with_contact);
        ids.into_iter().zip(people).collect()
    };
    let twice = store.create_people(&list([1, 2, 1]), NOW).await;
    assert_conflict(twice);
    assert!(store.all_people(first(10)).await.unwrap().rows.is_empty());
    store.create_people(&list([1, 2, 3]), NOW).await.unwrap();
    let known = store.all_people(first(10)).await.unwrap().rows;
    assert_eq!(known.len(), 3);
    store.create_people(&[], NOW).await.unwrap();
}

pub async fn companions_belong_to_their_guardian(store: &impl People) {
    let mother = person(store, &new_person()).await;
    let child_of = |guardian| NewPerson {
        guardian: Some(guardian),
        ..new_person()
    };
    let older = person(store, &child_of(mother)).await;
    let younger = person(store, &child_of(mother)).await;
    person(store, &new_person()).await;
    assert_eq!(store.companions(mother).await.unwrap(), [older, younger]);
    assert!(store.companions(older).await.unwrap().is_empty());
    let child = store.person(older).await.unwrap().unwrap();
    assert_eq!(child.guardian, Some(mother));
    store.set_guardian(older, None).await.unwrap();
    assert_eq!(store.companions(mother).await.unwrap(), [younger]);
    let child = store.person(older).await.unwrap().unwrap();
    assert_eq!(child.guardian, None);
    let next = store.next_person().await.unwrap();
    let of_nobody = store
        .create_person(next, &child_of(PersonId(9_999)), NOW)
        .await;
    assert!(of_nobody.is_err());
}

pub async fn people_are_paged_by_pseudonym(store: &impl People) {
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(person(store, &new_person()).await);
    }
    let (mut seen, mut after, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = store.all_people(Cursor { after, limit: 2 }).await.unwrap();
        seen.extend(page.rows.iter().map(|row| row.id));
        after = page.next;
        pages += 1;
        if after.is_none() {
            break;
        }
    }
    assert_eq!((seen, pages), (ids, 3));
}

pub async fn a_sealed_record_is_replaced_with_its_hashes(store: &impl People) {
    let siti = NewPerson {
        nik: Some(hash(1)),
        contact: Some(hash(2)),
        ..new_person()
    };
    let id = person(store, &siti).await;
    let (anew, contact) = (sealed(2, 9), Some(hash(3)));
    store.reseal(id, &anew, None, contact).await.unwrap();
    assert_eq!(store.sealed(id).await.unwrap(), Some(anew.clone()));
    assert!(store.people_by_nik(hash(1)).await.unwrap().is_empty());
    assert_eq!(store.person_by_contact(hash(2)).await.unwrap(), None);
    assert_eq!(store.person_by_contact(hash(3)).await.unwrap(), Some(id));
    let other = person(store, &siti).await;
    assert_conflict(store.reseal(other, &anew, None, contact).await);
    assert_eq!(store.sealed(other).await.unwrap(), Some(siti.sealed));
}

pub async fn a_rotation_finds_what_older_keys_sealed(store: &impl People) {
    let sealed_by = |key| NewPerson {
        sealed: sealed(key, 7),
        ..new_person()
    };
    let mut ids = Vec::new();
    for key in [1, 2, 3, 1] {
        ids.push(person(store, &sealed_by(key)).await);
    }
    let left = async |key, limit| {
        let rows = store.sealed_before(key, limit).await.unwrap();
        let mut ids: Vec<_> = rows.iter().map(|(id, _)| *id).collect();
        ids.sort_unstable();
        ids
    };
    assert_eq!(left(3, 10).await, [ids[0], ids[1], ids[3]]);
    assert_eq!(left(3, 2).await.len(), 2);
    assert!(left(1, 10).await.is_empty());
    store
        .reseal(ids[0], &sealed(3, 8), None, None)
        .await
        .unwrap();
    assert_eq!(left(3, 10).await, [ids[1], ids[3]]);
}

pub async fn passes_are_revoked_by_raising_the_epoch(store: &impl People) {
    let id = person(store, &new_person()).await;
    let other = person(store, &new_person()).await;
    let epoch = async |id| store.person(id).await.unwrap().unwrap().pass_epoch;
    let before = epoch(id).await;
    store.revoke_passes(id).await.unwrap();
    store.revoke_passes(id).await.unwrap();
    assert_eq!(epoch(id).await, before + 2);
    assert_eq!(epoch(other).await, before);
}

pub async fn a_card_is_revoked_once(store: &impl People) {
    let id = person(store, &new_person()).await;
    let first = store.issue_card(id, NOW).await.unwrap();
    let second = store.issue_card(id, NOW.plus_s(60)).await.unwrap();
    let at = NOW.plus_s(120);
    assert!(store.revoke_card(first, at).await.unwrap());
    assert!(!store.revoke_card(first, at.plus_s(60)).await.unwrap());
    assert!(!store.revoke_card(CardId(99), at).await.unwrap());
    let cards = store.cards(id).await.unwrap();
    let listed: Vec<_> = cards
        .iter()
        .map(|card| (card.id, card.revoked_at))
        .collect();
    assert_eq!(listed, [(second, None), (first, Some(at))]);
    assert_eq!(store.card(first).await.unwrap(), Some(cards[1]));
    assert_eq!((cards[1].person, cards[1].issued_at), (id, NOW));
    assert_eq!(store.card(CardId(99)).await.unwrap(), None);
    let nobodys = store.issue_card(PersonId(99), NOW).await;
    assert!(nobodys.is_err());
}
