//! What waits sealed: messages on their way, records in the vault, and what is written of opening them.

use crate::house::{Bare, CLIENT, House, TEN, form, siti};
use gapura_app::App;
use gapura_app::delivery::{
    Courier, CourierError, Language, OutboxCourier, Outgoing, Round, deliver_until, deliver_waiting,
};
use gapura_app::invite_staff::{NewColleague, create_ready};
use gapura_app::profile::profile;
use gapura_app::sign_in::request_code;
use gapura_app::staff_sign_in::{StaffSignIn, sign_in};
use gapura_app::status::member;
use gapura_app::totp::TotpSecret;
use gapura_app::vault::{Purpose, rotate_vault, write_opening_counts};
use gapura_app::visitor_session::visitor;
use gapura_domain::ids::PersonId;
use gapura_domain::role::{Grant, Role};
use gapura_domain::time::Zone;
use gapura_store::{Actor, Cursor};
use std::sync::Arc;

const INDONESIAN: Language = Language::Indonesian;

async fn marks(app: &App) -> Vec<(String, (String, u64), String)> {
    let cursor = Cursor {
        after: None,
        limit: 100,
    };
    let page = app.store.marks(cursor).await.unwrap();
    page.rows
        .into_iter()
        .map(|mark| (mark.action, mark.subject, mark.purpose))
        .collect()
}

#[tokio::test]
async fn a_desk_leaves_a_mark_and_doors_are_counted() {
    let house = House::open().await;
    let (person, _) = house.visitor(&siti(), "081234567890").await;
    let desk = Purpose::DeskWithPersonPresent;
    house
        .app
        .open_record(person, desk, Actor::System)
        .await
        .unwrap()
        .unwrap();
    for zone in [Zone::Wib, Zone::Wita, Zone::Wib] {
        member(&house.app, person, zone, TEN).await.unwrap();
    }
    write_opening_counts(&house.app).await.unwrap();
    write_opening_counts(&house.app).await.unwrap();
    let mark = |action: &str, subject: &str, number, purpose: &str| {
        (
            action.to_owned(),
            (subject.to_owned(), number),
            purpose.to_owned(),
        )
    };
    assert_eq!(
        marks(&house.app).await,
        [
            mark(
                "name_opened",
                "person",
                person.0,
                "desk_with_person_present"
            ),
            mark("names_opened", "people", 2, "initials_at_door"),
            mark("names_opened", "people", 1, "send_message"),
        ]
    );
    let nobody = house
        .app
        .open_record(PersonId(999), desk, Actor::System)
        .await
        .unwrap();
    assert_eq!(nobody, None);
    assert_eq!(rotate_vault(&house.app, 10).await.unwrap(), 0);
}

/// Takes no message.
struct Broken;

#[async_trait::async_trait]
impl Courier for Broken {
    async fn send(&self, _: &Outgoing) -> Result<(), CourierError> {
        Err(CourierError::Unavailable("broken"))
    }
}

#[tokio::test]
async fn a_message_that_is_not_taken_is_tried_again_with_patience_and_then_given_up() {
    let house = House::open().await;
    request_code(&house.app, "081234567890", CLIENT, INDONESIAN)
        .await
        .unwrap();
    let round = async || deliver_waiting(&house.app, &Broken, &Bare).await.unwrap();
    let none = Round::default();
    assert_eq!(round().await, Round { failed: 1, ..none });
    assert_eq!(round().await, Round { waiting: 1, ..none });
    house.pass_s(20);
    assert_eq!(round().await, Round { failed: 1, ..none });
    house.pass_s(40);
    assert_eq!(round().await, Round { waiting: 1, ..none });
    house.pass_s(540);
    assert_eq!(
        round().await,
        Round { dropped: 1, ..none },
        "the code in it is over"
    );
    assert_eq!(round().await, none);
}

#[tokio::test]
async fn a_message_waits_sealed_and_is_delivered_once() {
    let house = House::open().await;
    request_code(&house.app, "081234567890", CLIENT, INDONESIAN)
        .await
        .unwrap();
    let waiting = house.app.store.waiting_messages(9, 10).await.unwrap();
    let bytes = &waiting[0].sealed.bytes;
    assert!(!bytes.windows(8).any(|part| part == b"81234567"));
    assert_eq!(house.deliver().await.delivered, 1);
    assert_eq!(house.deliver().await, Round::default());
    assert_eq!(house.outbox.kept().len(), 1);
}

#[tokio::test]
async fn messages_are_delivered_in_the_background_until_the_house_closes() {
    let house = House::open().await;
    let outbox = Arc::new(OutboxCourier::default());
    let (close, closed) = tokio::sync::oneshot::channel::<()>();
    let work = deliver_until(house.app.clone(), outbox.clone(), Arc::new(Bare), async {
        let _ = closed.await;
    });
    let work = tokio::spawn(work);
    request_code(&house.app, "081234567890", CLIENT, INDONESIAN)
        .await
        .unwrap();
    while outbox.kept().is_empty() {
        tokio::task::yield_now().await;
    }
    close.send(()).unwrap();
    work.await.unwrap();
}

#[tokio::test]
async fn a_new_vault_key_takes_over_in_batches_and_everybody_stays_known() {
    let house = House::open().await;
    let mut people = Vec::new();
    for number in 0..5 {
        let contact = format!("visitor{number}@example.id");
        people.push(
            house
                .visitor(&form("Siti", "17-08-1990", ""), &contact)
                .await,
        );
    }
    let secret = TotpSecret::parse("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap();
    let operator = NewColleague {
        login: "operator".into(),
        display_name: "Op".into(),
        grants: vec![Grant {
            role: Role::Operator,
            branch: None,
        }],
    };
    let password = "becak merah di tikungan";
    create_ready(&house.app, &operator, password, &secret)
        .await
        .unwrap();

    let house = house.with_new_keys().await;
    let app = &house.app;
    let (person, token) = &people[4];
    assert_eq!(visitor(app, token).await.unwrap().unwrap().person, *person);
    assert_eq!(
        profile(app, *person).await.unwrap().record.name.expose(),
        "Siti"
    );
    let mut batches = Vec::new();
    while batches.last() != Some(&0) {
        batches.push(rotate_vault(app, 2).await.unwrap());
    }
    assert_eq!(batches, [2, 2, 1, 1, 0], "the second factor comes last");
    for (person, _) in &people {
        assert_eq!(app.store.sealed(*person).await.unwrap().unwrap().key, 2);
        assert_eq!(
            profile(app, *person).await.unwrap().record.name.expose(),
            "Siti"
        );
    }
    let code = secret.code_at(app.now());
    let typed = StaffSignIn {
        login: "operator",
        password,
        code: &code,
        label: "",
        client: CLIENT,
    };
    assert!(sign_in(app, &typed).await.is_ok());
}
