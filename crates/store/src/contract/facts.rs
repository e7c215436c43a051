//! Stories of doses, tests, contacts and exemptions.

use super::samples::{NOW, new_person, person};
use crate::People;
use crate::people::{NewPerson, Sourced};
use gapura_domain::ids::PersonId;
use gapura_domain::person::BirthDate;
use gapura_domain::status::{Dose, TestKind, TestResult};
use jiff::civil::{Date, date};

fn dose(person: PersonId, day: Date, number: u8, id: &str) -> Sourced<Dose> {
    Sourced {
        person,
        fact: Dose {
            date: day,
            product: "CoronaVac".to_owned(),
            number,
            batch: (number > 1).then(|| "B-17".to_owned()),
        },
        source: ("csv".to_owned(), id.to_owned()),
    }
}

fn test(person: PersonId, day: Date, positive: bool, id: &str) -> Sourced<TestResult> {
    Sourced {
        person,
        fact: TestResult {
            date: day,
            kind: if positive {
                TestKind::Pcr
            } else {
                TestKind::Antigen
            },
            positive,
        },
        source: ("lab".to_owned(), id.to_owned()),
    }
}

pub async fn facts_begin_empty_and_at_version_one(store: &impl People) {
    let birth = BirthDate::from_store(date(1962, 2, 28));
    let born = NewPerson {
        birth_date: Some(birth),
        ..new_person()
    };
    let id = person(store, &born).await;
    let facts = store.facts(id).await.unwrap().unwrap();
    assert_eq!((facts.birth_date, facts.version), (Some(birth), 1));
    assert!(facts.doses.is_empty() && facts.tests.is_empty() && facts.contacts.is_empty());
    assert!(!facts.exempt);
    let without = person(store, &new_person()).await;
    let facts = store.facts(without).await.unwrap().unwrap();
    assert_eq!(facts.birth_date, None);
    assert_eq!(store.facts(PersonId(99)).await.unwrap(), None);
}

pub async fn a_source_records_a_dose_once(store: &impl People) {
    let id = person(store, &new_person()).await;
    let first = dose(id, date(2021, 7, 1), 1, "r1");
    let second = dose(id, date(2021, 7, 29), 2, "r2");
    let list = [first.clone(), second.clone(), first.clone()];
    let ids = store.record_doses(&list, NOW).await.unwrap();
    assert!(ids[0].is_some() && ids[1].is_some() && ids[0] != ids[1]);
    assert_eq!(ids[2], None);
    let again = store.record_doses(&list, NOW).await.unwrap();
    assert_eq!(again, [None, None, None]);
    let elsewhere = Sourced {
        source: ("booth".to_owned(), first.source.1.clone()),
        ..first.clone()
    };
    let ids = store.record_doses(&[elsewhere], NOW).await.unwrap();
    assert!(ids[0].is_some());
    let doses = store.facts(id).await.unwrap().unwrap().doses;
    assert_eq!(doses, [first.fact.clone(), first.fact, second.fact]);

    // A list with somebody unknown records nothing.
    let broken = [
        dose(id, date(2022, 1, 1), 3, "r3"),
        dose(PersonId(99), date(2022, 1, 1), 1, "r4"),
    ];
    assert!(store.record_doses(&broken, NOW).await.is_err());
    let doses = store.facts(id).await.unwrap().unwrap().doses;
    assert_eq!(doses.len(), 3);
}

pub async fn a_source_records_a_test_once(store: &impl People) {
    let id = person(store, &new_person()).await;
    let list = [
        test(id, date(2022, 2, 1), true, "t1"),
        test(id, date(2022, 2, 6), false, "t2"),
    ];
    let ids = store.record_tests(&list, NOW).await.unwrap();
    assert!(ids.iter().all(Option::is_some));
    let again = store.record_tests(&list, NOW).await.unwrap();
    assert_eq!(again, [None, None]);
    let tests = store.facts(id).await.unwrap().unwrap().tests;
    assert_eq!(tests, list.map(|test| test.fact));
}

pub async fn facts_come_oldest_first(store: &impl People) {
    let id = person(store, &new_person()).await;
    let other = person(store, &new_person()).await;
    let doses = [
        dose(id, date(2022, 1, 15), 3, "r3"),
        dose(id, date(2021, 7, 1), 1, "r1"),
        dose(other, date(2020, 12, 1), 1, "r0"),
        dose(id, date(2021, 7, 29), 2, "r2"),
    ];
    store.record_doses(&doses, NOW).await.unwrap();
    let tests = [
        test(id, date(2022, 2, 6), false, "t2"),
        test(id, date(2022, 2, 1), true, "t1"),
    ];
    store.record_tests(&tests, NOW).await.unwrap();
    for day in [date(2022, 1, 31), date(2021, 12, 31)] {
        assert!(store.record_contact(id, day, NOW).await.unwrap());
    }
    let facts = store.facts(id).await.unwrap().unwrap();
    let numbers: Vec<_> = facts.doses.iter().map(|dose| dose.number).collect();
    assert_eq!(numbers, [1, 2, 3]);
    let days: Vec<_> = facts.tests.iter().map(|test| test.date.day()).collect();
    assert_eq!(days, [1, 6]);
    assert_eq!(facts.contacts, [date(2021, 12, 31), date(2022, 1, 31)]);
}

pub async fn every_change_raises_the_version_and_a_repeat_does_not(store: &impl People) {
    let id = person(store, &new_person()).await;
    let version = async || store.facts(id).await.unwrap().unwrap().version;
    let dose = [dose(id, date(2021, 7, 1), 1, "r1")];
    let test = [test(id, date(2022, 2, 1), true, "t1")];
    let day = date(2022, 1, 31);
    for _ in 0..2 {
        store.record_doses(&dose, NOW).await.unwrap();
        assert_eq!(version().await, 2);
    }
    for _ in 0..2 {
        store.record_tests(&test, NOW).await.unwrap();
        assert_eq!(version().await, 3);
    }
    assert!(store.record_contact(id, day, NOW).await.unwrap());
    assert!(!store.record_contact(id, day, NOW).await.unwrap());
    assert_eq!(version().await, 4);
    for _ in 0..2 {
        store.set_exempt(id, true).await.unwrap();
        assert_eq!(version().await, 5);
        assert!(store.facts(id).await.unwrap().unwrap().exempt);
    }
    store.set_exempt(id, false).await.unwrap();
    assert_eq!(version().await, 6);
    assert!(!store.facts(id).await.unwrap().unwrap().exempt);
}
