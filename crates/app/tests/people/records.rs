//! Doses, tests and contacts turn the status at once; a desk joins what was imported before.

use crate::house::{House, TEN, fault_codes, form, siti};
use gapura_app::desk::{confirm_identity, find_at_desk, person_at_desk};
use gapura_app::print_card::{print_card, revoke_card};
use gapura_app::record_facts::{Recorded, record_contact, record_dose, record_test, set_exempt};
use gapura_app::staff::{By, Principal};
use gapura_app::status::member;
use gapura_app::{App, AppError};
use gapura_domain::ids::{AccountId, PersonId, RequestId};
use gapura_domain::role::{Grant, Role};
use gapura_domain::status::{Colour, Dose, TestKind, TestResult};
use gapura_domain::time::Zone;
use gapura_store::Cursor;
use jiff::civil::{Date, date};

const TODAY: Date = date(2026, 11, 22);

fn with(role: Role) -> Principal {
    Principal {
        account: AccountId(1),
        grants: vec![Grant { role, branch: None }],
    }
}

fn dose(day: Date, number: u8) -> Dose {
    Dose {
        date: day,
        product: "Inavac".into(),
        number,
        batch: Some("B-1".into()),
    }
}

fn id(number: u8) -> RequestId {
    RequestId([number; 16])
}

async fn colour(app: &App, person: PersonId) -> Colour {
    let known = member(app, person, Zone::Wib, TEN).await.unwrap().unwrap();
    known.member.status.colour
}

#[tokio::test]
async fn the_door_knows_a_dose_the_second_it_is_recorded() {
    let house = House::open().await;
    let app = &house.app;
    let (person, _) = house.visitor(&siti(), "081234567890").await;
    let booth = with(Role::Booth);
    let give = async |request: u8, dose: Dose| {
        record_dose(app, By::Staff(&booth), person, id(request), dose).await
    };
    assert_eq!(colour(app, person).await, Colour::Red);
    assert_eq!(
        give(1, dose(date(2025, 1, 1), 1)).await.unwrap(),
        Recorded::New
    );
    assert_eq!(
        give(2, dose(date(2025, 2, 1), 2)).await.unwrap(),
        Recorded::New
    );
    assert_eq!(colour(app, person).await, Colour::Yellow);
    assert_eq!(give(3, dose(TODAY, 3)).await.unwrap(), Recorded::New);
    assert_eq!(colour(app, person).await, Colour::Green);
    assert_eq!(
        give(3, dose(TODAY, 3)).await.unwrap(),
        Recorded::Known,
        "the same told twice"
    );
    assert_eq!(
        give(4, dose(TODAY, 3)).await.unwrap(),
        Recorded::Known,
        "one dose a day"
    );
    assert_eq!(
        app.store.facts(person).await.unwrap().unwrap().doses.len(),
        3
    );

    assert_eq!(
        fault_codes(give(5, dose(date(1990, 8, 16), 1)).await),
        ["date: before_birth"]
    );
    let future = Dose {
        product: String::new(),
        number: 0,
        ..dose(date(2026, 11, 24), 1)
    };
    assert_eq!(
        fault_codes(give(6, future).await),
        ["date: in_future", "product: missing", "number: dose_number"]
    );
    for role in [
        Role::Gate,
        Role::VenueManager,
        Role::Auditor,
        Role::Operator,
    ] {
        let other = with(role);
        let answer = record_dose(app, By::Staff(&other), person, id(9), dose(TODAY, 3)).await;
        assert!(matches!(answer, Err(AppError::NotAllowed)), "{role:?}");
    }
    let nobody = PersonId(999);
    let answer = record_dose(app, By::Staff(&booth), nobody, id(9), dose(TODAY, 3)).await;
    assert!(matches!(answer, Err(AppError::NotFound)));
}

#[tokio::test]
async fn an_id_that_was_another_persons_dose_is_refused_and_not_taken_for_a_repeat() {
    let house = House::open().await;
    let app = &house.app;
    let (first, _) = house.visitor(&siti(), "081234567890").await;
    let (second, _) = house.visitor(&siti(), "081234567891").await;
    let booth = with(Role::Booth);
    let give =
        async |person| record_dose(app, By::Staff(&booth), person, id(1), dose(TODAY, 1)).await;
    assert_eq!(give(first).await.unwrap(), Recorded::New);
    assert!(matches!(
        give(second).await,
        Err(AppError::NotNow("id_reused"))
    ));
    assert!(
        app.store
            .facts(second)
            .await
            .unwrap()
            .unwrap()
            .doses
            .is_empty()
    );
    assert!(
        app.store
            .marks_on("person", second.0)
            .await
            .unwrap()
            .iter()
            .all(|mark| mark.action != "dose_recorded")
    );
}

#[tokio::test]
async fn tests_contacts_and_exemptions_turn_the_status_too() {
    let house = House::open().await;
    let app = &house.app;
    let (person, _) = house.visitor(&siti(), "081234567890").await;
    let authority = with(Role::Authority);
    let by = By::Staff(&authority);
    set_exempt(app, by, person, true).await.unwrap();
    assert_eq!(colour(app, person).await, Colour::Green);
    let test = |day, positive| TestResult {
        date: day,
        kind: TestKind::Pcr,
        positive,
    };
    let positive = test(date(2026, 11, 16), true);
    assert_eq!(
        record_test(app, by, person, id(1), positive.clone())
            .await
            .unwrap(),
        Recorded::New
    );
    assert_eq!(
        record_test(app, by, person, id(1), positive.clone())
            .await
            .unwrap(),
        Recorded::Known
    );
    assert_eq!(colour(app, person).await, Colour::Black);
    record_test(app, by, person, id(2), test(date(2026, 11, 21), false))
        .await
        .unwrap();
    assert_eq!(colour(app, person).await, Colour::Green);
    assert_eq!(
        record_contact(app, by, person, TODAY).await.unwrap(),
        Recorded::New
    );
    assert_eq!(
        record_contact(app, by, person, TODAY).await.unwrap(),
        Recorded::Known
    );
    assert_eq!(colour(app, person).await, Colour::Black);
    let far = date(2026, 12, 1);
    assert_eq!(
        fault_codes(record_contact(app, by, person, far).await),
        ["date: in_future"]
    );
    let booth = with(Role::Booth);
    let by_booth = set_exempt(app, By::Staff(&booth), person, false).await;
    assert!(matches!(by_booth, Err(AppError::NotAllowed)));
}

/// Somebody whom only the authority's list knows, with two doses.
async fn imported(house: &House) -> PersonId {
    let list = "nama,tanggal lahir,nik\nSITI WULANDARI,1990-08-17,9901015708900001\n";
    crate::importing::people(&house.app, list, false).await;
    let all = house
        .app
        .store
        .all_people(Cursor {
            after: None,
            limit: 10,
        })
        .await
        .unwrap();
    let person = all.rows.last().unwrap().id;
    for number in 1..=2 {
        let day = date(2025, i8::try_from(number).unwrap(), 1);
        let given = record_dose(
            &house.app,
            By::CommandLine,
            person,
            id(number),
            dose(day, number),
        );
        given.await.unwrap();
    }
    person
}

#[tokio::test]
async fn a_number_told_on_a_phone_opens_nothing_until_a_desk_has_seen_the_id() {
    let house = House::open().await;
    let app = &house.app;
    let listed = imported(&house).await;
    let (person, _) = house.visitor(&siti(), "081234567890").await;
    assert_ne!(listed, person);
    assert_eq!(
        colour(app, person).await,
        Colour::Red,
        "nothing is known of the number's doses"
    );

    let booth = with(Role::Booth);
    let by = By::Staff(&booth);
    let confirm = async |id: &gapura_app::person_form::PersonForm| {
        confirm_identity(app, by, person, id).await
    };
    let other = form("Siti Wulandara", "16-08-1990", "9901015608900001");
    assert_eq!(
        fault_codes(confirm(&other).await),
        [
            "name: name_differs",
            "birth_date: birth_date_differs",
            "nik: nik_differs"
        ]
    );
    let without = form("Siti Wulandari", "17-08-1990", "");
    assert_eq!(fault_codes(confirm(&without).await), ["nik: missing"]);
    assert_eq!(confirm(&siti()).await.unwrap(), 2);
    assert_eq!(colour(app, person).await, Colour::Yellow);
    assert_eq!(
        confirm(&siti()).await.unwrap(),
        0,
        "a second time brings nothing more"
    );
    assert_eq!(colour(app, person).await, Colour::Yellow);
    let found = find_at_desk(app, by, &siti()).await.unwrap();
    assert_eq!(found, Some(person), "the account, and not the list's entry");
}

#[tokio::test]
async fn an_id_finds_only_whom_somebody_verified_and_only_as_a_whole() {
    let house = House::open().await;
    let app = &house.app;
    house.visitor(&siti(), "081234567890").await;
    let booth = with(Role::Booth);
    let by = By::Staff(&booth);
    assert_eq!(
        find_at_desk(app, by, &siti()).await.unwrap(),
        None,
        "told is not verified"
    );
    let listed = imported(&house).await;
    let found = async |name: &str, birth: &str, nik: &str| {
        find_at_desk(app, by, &form(name, birth, nik))
            .await
            .unwrap()
    };
    assert_eq!(found("Siti", "17-08-1990", "9901015708900001").await, None);
    assert_eq!(
        found("Siti Wulandari", "17-08-1990", "9901015708900002").await,
        None
    );
    let _ = listed;
    let gate = with(Role::Gate);
    let by_gate = find_at_desk(app, By::Staff(&gate), &siti()).await;
    assert!(matches!(by_gate, Err(AppError::NotAllowed)));
}

#[tokio::test]
async fn a_card_is_printed_for_somebody_present_and_leaves_marks() {
    let house = House::open().await;
    let app = &house.app;
    let (person, _) = house.visitor(&siti(), "081234567890").await;
    let booth = with(Role::Booth);
    let by = By::Staff(&booth);
    let record = person_at_desk(app, by, person).await.unwrap();
    assert_eq!(record.name.expose(), "Siti Wulandari");
    let card = print_card(app, by, person).await.unwrap();
    assert!(card.code.starts_with("GK1:"));
    let seen = app
        .read_credential(&card.code, Zone::Wib, TEN)
        .await
        .unwrap();
    assert_eq!(seen, gapura_app::credential::Shown::Person(person));
    revoke_card(app, by, card.card).await.unwrap();
    let seen = app.read_credential(&card.code, Zone::Wib, TEN).await;
    assert!(matches!(seen, Err(AppError::NotNow("card_revoked"))));
    assert!(matches!(
        revoke_card(app, by, card.card).await,
        Err(AppError::NotFound)
    ));
    let marks = app.store.marks_on("person", person.0).await.unwrap();
    let purposes: Vec<&str> = marks.iter().map(|mark| &*mark.purpose).collect();
    assert_eq!(purposes, ["print_card", "desk_with_person_present"]);
}
