//! Visitors register, sign in, bring family, and are known at the door; told over the embedded store.

use crate::house::{CLIENT, House, TEN, fault_codes, form, siti};
use gapura_app::AppError;
use gapura_app::companions::{add_companion, companions, remove_companion};
use gapura_app::delivery::Language;
use gapura_app::profile::{
    change_profile, confirm_contact_change, profile, request_contact_change,
};
use gapura_app::register::{register, register_proven};
use gapura_app::sign_in::{Confirmed, confirm_code, request_code};
use gapura_app::status::member;
use gapura_app::visitor_session::{end_session, sessions, sign_out, visitor};
use gapura_domain::ids::PersonId;
use gapura_domain::status::Colour;
use gapura_domain::time::Zone;

const INDONESIAN: Language = Language::Indonesian;

#[tokio::test]
async fn a_visitor_registers_with_a_code_and_is_signed_in() {
    let house = House::open().await;
    let (person, token) = house.visitor(&siti(), "0812-3456-7890").await;
    let session = visitor(&house.app, &token).await.unwrap().unwrap();
    assert_eq!(session.person, person);
    let letter = house.letter("+6281234567890").await;
    assert_eq!(
        (letter.channel, &*letter.subject),
        ("sms", "visitor Indonesian")
    );
    let own = profile(&house.app, person).await.unwrap();
    assert_eq!(own.record.name.expose(), "Siti Wulandari");
    assert_eq!(own.nik_ending(), Some("0001"));
    assert!(!own.is_verified);
}

#[tokio::test]
async fn asking_for_a_code_answers_the_same_for_known_and_unknown_contacts() {
    let house = House::open().await;
    house.visitor(&siti(), "0812-3456-7890").await;
    let known = request_code(&house.app, "081234567890", CLIENT, INDONESIAN)
        .await
        .unwrap();
    let unknown = request_code(&house.app, "081234567891", CLIENT, INDONESIAN)
        .await
        .unwrap();
    assert_eq!(known.expires, unknown.expires);
    assert_eq!(known.ticket.len(), unknown.ticket.len());
    let (a, b) = (
        house.letter("+6281234567890").await,
        house.letter("+6281234567891").await,
    );
    assert_eq!((a.subject, a.text.len()), (b.subject, b.text.len()));
    let registered = register(&house.app, &siti(), "081234567890", CLIENT, INDONESIAN).await;
    let fresh = register(&house.app, &siti(), "081234567892", CLIENT, INDONESIAN).await;
    assert_eq!(
        registered.unwrap().ticket.len(),
        fresh.unwrap().ticket.len()
    );
}

#[tokio::test]
async fn registering_a_known_contact_leads_to_signing_in() {
    let house = House::open().await;
    let (person, _) = house.visitor(&siti(), "siti@example.id").await;
    let other = form("Somebody Else", "1-1-2000", "");
    let sent = register(&house.app, &other, "Siti@Example.id", CLIENT, INDONESIAN)
        .await
        .unwrap();
    let code = house.letter("siti@example.id").await.text;
    let confirmed = confirm_code(&house.app, &sent.ticket, &code, CLIENT)
        .await
        .unwrap();
    assert!(
        matches!(confirmed, Confirmed::SignedIn { person: found, is_new: false, .. } if found == person)
    );
    let own = profile(&house.app, person).await.unwrap();
    assert_eq!(
        own.record.name.expose(),
        "Siti Wulandari",
        "nothing is overwritten"
    );
}

#[tokio::test]
async fn somebody_unknown_who_signs_in_registers_without_a_second_code() {
    let house = House::open().await;
    let sent = request_code(&house.app, "081234567890", CLIENT, INDONESIAN)
        .await
        .unwrap();
    let code = house.letter("+6281234567890").await.text;
    let Confirmed::NotRegistered { ticket } = confirm_code(&house.app, &sent.ticket, &code, CLIENT)
        .await
        .unwrap()
    else {
        panic!("nobody is known yet");
    };
    assert_eq!(
        fault_codes(register_proven(&house.app, &siti(), &sent.ticket).await),
        ["ticket: ticket_expired"],
        "a ticket that only says where the code went proves nothing"
    );
    let done = register_proven(&house.app, &siti(), &ticket).await.unwrap();
    assert!(matches!(done, Confirmed::SignedIn { is_new: true, .. }));
    let again = register_proven(&house.app, &siti(), &ticket).await.unwrap();
    assert!(matches!(again, Confirmed::SignedIn { is_new: false, .. }));
}

#[tokio::test]
async fn a_code_counts_once_for_ten_minutes_and_five_tries() {
    let house = House::open().await;
    let ask = async || {
        let sent = request_code(&house.app, "081234567890", CLIENT, INDONESIAN)
            .await
            .unwrap();
        (sent.ticket, house.letter("+6281234567890").await.text)
    };
    let wrong = ["code: code_wrong"];
    let (ticket, code) = ask().await;
    let other = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        let tried = confirm_code(&house.app, &ticket, other, CLIENT).await;
        assert_eq!(fault_codes(tried), wrong);
    }
    let tried = confirm_code(&house.app, &ticket, &code, CLIENT).await;
    assert_eq!(fault_codes(tried), wrong, "the right one comes too late");

    let (ticket, code) = ask().await;
    let spaced = format!(" {} {}", &code[..3], &code[3..]);
    assert!(
        confirm_code(&house.app, &ticket, &spaced, CLIENT)
            .await
            .is_ok()
    );
    let tried = confirm_code(&house.app, &ticket, &code, CLIENT).await;
    assert_eq!(fault_codes(tried), wrong, "it was used up");

    let (ticket, code) = ask().await;
    house.pass_s(600);
    let tried = confirm_code(&house.app, &ticket, &code, CLIENT).await;
    assert_eq!(fault_codes(tried), ["ticket: ticket_expired"]);
}

#[tokio::test]
async fn codes_to_one_contact_and_from_one_client_are_counted() {
    let house = House::open().await;
    let ask = async |contact: &str| request_code(&house.app, contact, CLIENT, INDONESIAN).await;
    for _ in 0..8 {
        ask("081234567890").await.unwrap();
    }
    assert!(matches!(
        ask("0812 3456 7890").await,
        Err(AppError::TooMany {
            retry_after_s: 1_200
        })
    ));
    for number in 0..51 {
        ask(&format!("0812345600{number:02}")).await.unwrap();
    }
    assert!(matches!(
        ask("081234569999").await,
        Err(AppError::TooMany { .. })
    ));
    let elsewhere = "198.51.100.1".parse().unwrap();
    let sent = request_code(&house.app, "081234569999", elsewhere, INDONESIAN).await;
    assert!(sent.is_ok());
}

#[tokio::test]
async fn all_faults_of_a_registration_are_told_at_once() {
    let house = House::open().await;
    let bad = form("", "31-02-1990", "12");
    assert_eq!(
        fault_codes(register(&house.app, &bad, "x", CLIENT, INDONESIAN).await),
        [
            "name: missing",
            "birth_date: date",
            "nik: nik_digits",
            "contact: contact"
        ]
    );
}

#[tokio::test]
async fn a_session_slides_and_is_listed_and_ended() {
    let house = House::open().await;
    let (person, token) = house.visitor(&siti(), "081234567890").await;
    for _ in 0..5 {
        house.pass_s(60 * 86_400);
        assert!(visitor(&house.app, &token).await.unwrap().is_some());
    }
    let sent = request_code(&house.app, "081234567890", CLIENT, INDONESIAN)
        .await
        .unwrap();
    let code = house.letter("+6281234567890").await.text;
    let second = match confirm_code(&house.app, &sent.ticket, &code, CLIENT)
        .await
        .unwrap()
    {
        Confirmed::SignedIn { token, .. } => token,
        other @ Confirmed::NotRegistered { .. } => panic!("{other:?}"),
    };
    let second = second.expose();
    let of_second = visitor(&house.app, second).await.unwrap().unwrap().id;
    assert_eq!(sessions(&house.app, person).await.unwrap().len(), 2);
    let of_another = end_session(&house.app, PersonId(999), of_second).await;
    assert!(matches!(of_another, Err(AppError::NotFound)));
    end_session(&house.app, person, of_second).await.unwrap();
    assert_eq!(visitor(&house.app, second).await.unwrap(), None);
    sign_out(&house.app, &token).await.unwrap();
    assert_eq!(visitor(&house.app, &token).await.unwrap(), None);

    let (_, third) = house
        .visitor(&form("B", "1-1-1990", ""), "b@example.id")
        .await;
    house.pass_s(90 * 86_400);
    assert_eq!(visitor(&house.app, &third).await.unwrap(), None);
    for nonsense in ["", "x", &third[1..], &format!("{third}A"), "é"] {
        assert_eq!(visitor(&house.app, nonsense).await.unwrap(), None);
    }
}

#[tokio::test]
async fn eleven_companions_come_along_and_no_stranger_sees_them() {
    let house = House::open().await;
    let (mother, _) = house.visitor(&siti(), "081234567890").await;
    let (stranger, _) = house
        .visitor(&form("B", "1-1-1990", ""), "b@example.id")
        .await;
    let child = form("Budi", "1-1-2018", "");
    let mut added = Vec::new();
    for _ in 0..11 {
        added.push(
            add_companion(&house.app, mother, &child)
                .await
                .unwrap()
                .person,
        );
    }
    let twelfth = add_companion(&house.app, mother, &child).await;
    assert!(matches!(twelfth, Err(AppError::NotNow("companions_full"))));
    let of_companion = add_companion(&house.app, added[0], &child).await;
    assert!(matches!(
        of_companion,
        Err(AppError::NotNow("is_companion"))
    ));
    let listed = companions(&house.app, mother).await.unwrap();
    assert_eq!(listed.len(), 11);
    assert_eq!(listed[0].name.expose(), "Budi");
    let known = member(&house.app, added[0], Zone::Wib, TEN)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(known.guardian, Some(mother));
    let by_stranger = remove_companion(&house.app, stranger, added[0]).await;
    assert!(matches!(by_stranger, Err(AppError::NotFound)));
    remove_companion(&house.app, mother, added[0])
        .await
        .unwrap();
    assert_eq!(companions(&house.app, mother).await.unwrap().len(), 10);
    let known = member(&house.app, added[0], Zone::Wib, TEN)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(known.guardian, None);
}

#[tokio::test]
async fn a_profile_changes_and_the_door_sees_it() {
    let house = House::open().await;
    let (person, _) = house
        .visitor(&form("Siti", "17-08-1990", ""), "081234567890")
        .await;
    let initials = async || {
        let known = member(&house.app, person, Zone::Wib, TEN).await.unwrap();
        known.unwrap().initials.to_string()
    };
    assert_eq!(initials().await, "S.");
    change_profile(&house.app, person, &siti()).await.unwrap();
    assert_eq!(initials().await, "S. W.");
    let younger = form("Siti", "17-08-1991", "");
    assert_eq!(
        fault_codes(change_profile(&house.app, person, &younger).await),
        ["birth_date: birth_date_fixed"]
    );
    house.app.store.set_verified(person).await.unwrap();
    let verified = change_profile(&house.app, person, &siti()).await;
    assert!(matches!(verified, Err(AppError::NotNow("verified"))));
}

#[tokio::test]
async fn a_new_contact_is_proven_and_ends_other_sessions() {
    let house = House::open().await;
    let (person, token) = house.visitor(&siti(), "081234567890").await;
    house
        .visitor(&form("B", "1-1-1990", ""), "taken@example.id")
        .await;
    let session = visitor(&house.app, &token).await.unwrap().unwrap().id;
    let change = async |of: PersonId, to: &str| {
        let sent = request_contact_change(&house.app, person, to, CLIENT, INDONESIAN)
            .await
            .unwrap();
        let code = house.letter(to).await.text;
        confirm_contact_change(&house.app, of, session, &sent.ticket, &code, CLIENT).await
    };
    assert!(matches!(
        change(person, "taken@example.id").await,
        Err(AppError::NotNow("contact_taken"))
    ));
    assert_eq!(
        fault_codes(change(PersonId(999), "new@example.id").await),
        ["ticket: ticket_expired"],
        "a ticket is its owner's alone"
    );
    change(person, "new@example.id").await.unwrap();
    assert_eq!(sessions(&house.app, person).await.unwrap().len(), 1);
    assert!(visitor(&house.app, &token).await.unwrap().is_some());
    let own = profile(&house.app, person).await.unwrap();
    assert_eq!(own.record.contact.unwrap().expose(), "new@example.id");
}

#[tokio::test]
async fn a_status_holds_until_midnight_and_no_longer_than_the_facts() {
    let house = House::open().await;
    let (person, _) = house.visitor(&siti(), "081234567890").await;
    let colour = async |zone, now| {
        let known = member(&house.app, person, zone, now)
            .await
            .unwrap()
            .unwrap();
        known.member.status.colour
    };
    assert_eq!(colour(Zone::Wib, TEN).await, Colour::Red);
    let today = Zone::Wib.day_of(TEN).date();
    house
        .app
        .store
        .record_contact(person, today, TEN)
        .await
        .unwrap();
    assert_eq!(colour(Zone::Wib, TEN).await, Colour::Red, "remembered");
    house.app.facts_changed(person);
    assert_eq!(colour(Zone::Wib, TEN).await, Colour::Black);
    let day_13 = TEN.plus_s(13 * 86_400);
    assert_eq!(colour(Zone::Wib, day_13).await, Colour::Black);
    let midnight = Zone::Wib.time_at(Zone::Wib.day_of(TEN).plus_days(14), 0);
    assert_eq!(colour(Zone::Wib, midnight.plus_s(-1)).await, Colour::Black);
    assert_eq!(colour(Zone::Wib, midnight).await, Colour::Red);
    assert_eq!(
        colour(Zone::Wit, midnight.plus_s(-1)).await,
        Colour::Red,
        "midnight is earlier there"
    );
    assert_eq!(
        member(&house.app, PersonId(999), Zone::Wib, TEN)
            .await
            .unwrap(),
        None
    );
}
