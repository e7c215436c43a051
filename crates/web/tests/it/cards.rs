//! Cards at a desk: for whoever stands there with pass, card or ID document, and for nobody by a number alone.

use axum::http::StatusCode;
use gapura_app::own_pass::show_pass;
use gapura_domain::ids::PersonId;
use gapura_domain::role::Role;
use gapura_domain::time::Zone;

use crate::clerk::Clerk;
use crate::world::{Answer, NOW, World};

const PAGE: &str = "/desk/cards";
const ID: [(&str, &str); 3] = [
    ("nik", "9901015708900001"),
    ("name", "Siti Nurhaliza"),
    ("birth_date", "17-08-1990"),
];

fn hidden(page: &Answer, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let (_, rest) = page.text.split_once(&mark).expect(name);
    rest.split('"').next().unwrap_or_default().to_owned()
}

/// Registers Siti by the document on the desk.
async fn registered(clerk: &mut Clerk<'_>) -> Answer {
    clerk.get(PAGE).await;
    let asked = clerk.post("/desk/cards/id", &ID).await;
    assert!(asked.text.contains("Belum terdaftar"), "{}", asked.text);
    let seen = [ID.as_slice(), &[("seen", "yes")]].concat();
    let made = clerk.post("/desk/cards/register", &seen).await;
    assert!(
        made.text.contains("Kartu untuk Siti Nurhaliza"),
        "{}",
        made.text
    );
    made
}

async fn given(clerk: &mut Clerk<'_>, person: &Answer, more: &[(&str, &str)]) -> Answer {
    let ticket = hidden(person, "ticket");
    let fields = [&[("ticket", ticket.as_str()), ("compare", "yes")], more].concat();
    let done = clerk.post("/desk/cards/give", &fields).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    assert!(done.text.contains("Kartu siap dicetak"), "{}", done.text);
    done
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_without_phone_gets_a_card_that_opens_doors_until_it_is_revoked() {
    let world = World::new().await;
    let mut clerk = Clerk::of(&world, Role::Booth);
    let person = registered(&mut clerk).await;
    let done = given(&mut clerk, &person, &[]).await;
    let ticket = hidden(&done, "ticket");
    let pdf = clerk
        .post("/desk/cards/card.pdf", &[("ticket", &ticket)])
        .await;
    assert_eq!(pdf.headers["content-type"], "application/pdf");
    assert!(pdf.text.starts_with("%PDF-"));

    // The same person comes again by the same document, and gets another card.
    let person = clerk.post("/desk/cards/id", &ID).await;
    assert!(
        person.text.contains("Cabut kartu lama (1)"),
        "{}",
        person.text
    );
    let done = given(&mut clerk, &person, &[("revoke_old", "yes")]).await;
    assert!(done.text.contains("1 kartu lama dicabut."));
    let cards = world.app.store.cards(PersonId(2)).await.expect("cards");
    assert_eq!(cards.len(), 2);
    assert_eq!(
        cards
            .iter()
            .filter(|card| card.revoked_at.is_none())
            .count(),
        1
    );
    let pdf = clerk
        .post("/desk/cards/card.pdf", &[("ticket", &ticket)])
        .await;
    assert_eq!(
        pdf.status,
        StatusCode::CONFLICT,
        "a revoked card is printed"
    );

    let person = clerk.post("/desk/cards/id", &ID).await;
    let (ticket, card) = (hidden(&person, "ticket"), hidden(&person, "card"));
    let fields = [("ticket", ticket.as_str()), ("card", card.as_str())];
    for _ in 0..2 {
        let page = clerk.post("/desk/cards/revoke", &fields).await;
        assert!(page.text.contains("Kartu dicabut"), "{}", page.text);
        assert!(!page.text.contains("/desk/cards/revoke"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_alone_opens_nothing_and_neither_do_two_of_three() {
    let world = World::new().await;
    let mut clerk = Clerk::of(&world, Role::Booth);
    registered(&mut clerk).await;
    for (wrong, value) in [("name", ""), ("birth_date", ""), ("nik", "")] {
        let fields = ID.map(|(name, told)| (name, if name == wrong { value } else { told }));
        let page = clerk.post("/desk/cards/id", &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(!page.text.contains("Kartu untuk"));
    }
    for (wrong, value) in [("name", "Somebody Else"), ("birth_date", "17-08-1991")] {
        let fields = ID.map(|(name, told)| (name, if name == wrong { value } else { told }));
        let page = clerk.post("/desk/cards/id", &fields).await;
        assert!(!page.text.contains("Kartu untuk"), "{wrong}: {}", page.text);
    }
    let other = [ID[0], ("name", "Somebody Else"), ID[2], ("seen", "yes")];
    let page = clerk.post("/desk/cards/register", &other).await;
    assert!(page.text.contains("terdaftar dengan nama"), "{}", page.text);
    let unseen = [("nik", "9901015708900002"), ID[1], ID[2]];
    let page = clerk.post("/desk/cards/register", &unseen).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    for code in ["9901015708900001", "", "GPR:x", "=cmd()", "\u{202e}"] {
        let page = clerk.post("/desk/cards/code", &[("code", code)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{code}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_is_its_own_desks_and_a_card_needs_the_document_looked_at() {
    let world = World::new().await;
    let mut clerk = Clerk::of(&world, Role::Booth);
    let person = registered(&mut clerk).await;
    let ticket = hidden(&person, "ticket");
    let page = clerk.post("/desk/cards/give", &[("ticket", &ticket)]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("Cocokkan tanda pengenalnya dahulu."));
    let mut colleague = Clerk::of(&world, Role::Authority);
    colleague.get(PAGE).await;
    for (path, ticket) in [
        ("/desk/cards/give", ticket.as_str()),
        ("/desk/cards/card.pdf", ticket.as_str()),
        ("/desk/cards/give", "AAAA"),
        ("/desk/cards/card.pdf", ""),
    ] {
        let fields = [("ticket", ticket), ("compare", "yes")];
        let page = colleague.post(path, &fields).await;
        assert!(page.text.contains("Waktu di halaman ini habis"), "{path}");
    }
    assert_eq!(world.app.store.cards(PersonId(2)).await.expect("cards"), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_was_found_is_revoked_without_opening_whose_it_is() {
    let world = World::new().await;
    let mut clerk = Clerk::of(&world, Role::Authority);
    registered(&mut clerk).await;
    let by = gapura_app::staff::By::CommandLine;
    let card = gapura_app::print_card::print_card(&world.app, by, PersonId(2)).await;
    let card = card.expect("printed").code;
    let shown = clerk.post("/desk/cards/code", &[("code", &card)]).await;
    assert!(shown.text.contains("Kartu untuk Siti"), "{}", shown.text);
    let done = clerk.post("/desk/cards/found", &[("found", &card)]).await;
    assert!(done.text.contains("Kartu dicabut"), "{}", done.text);
    assert!(!done.text.contains("Siti"));
    let scanned = world
        .app
        .read_credential(&card, Zone::Wib, gapura_domain::time::Time(NOW))
        .await;
    assert!(scanned.is_err(), "a revoked card opens doors");
    let again = clerk.post("/desk/cards/found", &[("found", &card)]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let pass = show_pass(&world.app, PersonId(2), PersonId(2))
        .await
        .expect("a pass");
    let page = clerk
        .post("/desk/cards/found", &[("found", &pass.text)])
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let shown = clerk
        .post("/desk/cards/code", &[("code", &pass.text)])
        .await;
    assert!(shown.text.contains("Kartu untuk Siti"), "{}", shown.text);
}
