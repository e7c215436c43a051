//! Stories of the audit log.

use super::samples::{NOW, first};
use crate::audit_chain::{self, Head};
use crate::{Actor, Audit, AuditMark, Cursor};
use gapura_domain::ids::{AccountId, DeviceId, PersonId};

fn mark(actor: Actor, subject: u64) -> AuditMark {
    AuditMark {
        number: 777,
        at: NOW,
        actor,
        action: "name_opened".to_owned(),
        subject: ("person".to_owned(), subject),
        purpose: "Petugas: \"perlu\"".to_owned(),
        hash: [7; 32],
    }
}

pub async fn marks_are_numbered_and_chained(store: &impl Audit) {
    let written = [
        mark(Actor::System, 1),
        mark(Actor::Account(AccountId(5)), 2),
        mark(Actor::Device(DeviceId(6)), 3),
        mark(Actor::Person(PersonId(7)), u64::MAX),
    ];
    for (expected, mark) in (1..).zip(&written) {
        let number = store.append_mark(mark.clone()).await.unwrap();
        assert_eq!(number, expected);
    }
    let found = store.marks(first(10)).await.unwrap().rows;
    let head = audit_chain::follow(Head::default(), &found).unwrap();
    assert_eq!(store.audit_head().await.unwrap(), head);
    assert_eq!(head.number, 4);
    for (mut mark, found) in written.into_iter().zip(found) {
        (mark.number, mark.hash) = (found.number, found.hash);
        assert_eq!(mark, found);
    }
}

pub async fn marks_are_paged_oldest_first(store: &impl Audit) {
    for subject in 1..=5 {
        let mark = mark(Actor::System, subject);
        store.append_mark(mark).await.unwrap();
    }
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = store.marks(Cursor { after, limit: 2 }).await.unwrap();
        seen.extend(page.rows.iter().map(|mark| mark.number));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, [1, 2, 3, 4, 5]);
}

pub async fn marks_on_a_subject_come_newest_first(store: &impl Audit) {
    for subject in [1, 2, 1, 1] {
        let mark = mark(Actor::System, subject);
        store.append_mark(mark).await.unwrap();
    }
    let on = async |kind, id| {
        let marks = store.marks_on(kind, id).await.unwrap();
        marks.iter().map(|mark| mark.number).collect::<Vec<_>>()
    };
    assert_eq!(on("person", 1).await, [4, 3, 1]);
    assert_eq!(on("person", 2).await, [2]);
    assert!(on("gate", 1).await.is_empty());
    for _ in 0..200 {
        let mark = mark(Actor::System, 1);
        store.append_mark(mark).await.unwrap();
    }
    let most = on("person", 1).await;
    assert_eq!((most.len(), most[0]), (200, 204));
}
