//! The authority imports lists at a desk: a report before anything is stored, and one afterwards.

use std::fmt::Write as _;

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use futures_util::stream;
use gapura_domain::ids::PersonId;
use gapura_domain::role::Role;
use gapura_store::Cursor;

use crate::clerk::{Clerk, to};
use crate::world::{Answer, As, World};

const PAGE: &str = "/desk/people";
const PEOPLE: &str = "nama;tanggal_lahir;nik;kontak\n\
    Siti Nurhaliza;17-08-1990;9901015708900001;0812 0000 0001\n\
    =cmd();17-08-1990;9901015708900002;\n\
    Budi;32-13-1990;9901011708900003;\n";

/// People who are known; the world's own visitor is the first of them.
async fn known(world: &World) -> u64 {
    let mut known = 0;
    for number in 1..2_000 {
        let person = world.app.store.person(PersonId(number)).await;
        known += u64::from(person.expect("asked").is_some());
    }
    known - 1
}

async fn hand_in(clerk: &mut Clerk<'_>, kind: &str, file: impl Into<Body>) -> Answer {
    clerk.get(PAGE).await;
    let sent = clerk
        .upload(PAGE, &[("kind", kind)], Some(file.into()))
        .await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    over(clerk, &to(&sent)).await
}

/// The report, once it is there: the page itself waits a while for it.
async fn over(clerk: &mut Clerk<'_>, path: &str) -> Answer {
    for _ in 0..100 {
        let page = clerk.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        if !page.text.contains("data-stream") {
            return page;
        }
    }
    panic!("the list is never over");
}

async fn store(clerk: &mut Clerk<'_>, path: &str) -> Answer {
    let sent = clerk.post(path, &[("do", "store")]).await;
    assert_eq!(to(&sent), path);
    over(clerk, path).await
}

/// The address of the report that a page belongs to.
fn path_of(page: &Answer) -> String {
    let (_, rest) = page
        .text
        .split_once("action=\"/desk/people/")
        .expect("a form");
    let id = rest.split('"').next().unwrap_or_default();
    format!("{PAGE}/{id}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_looked_at_first_and_stored_then() {
    let world = World::new().await;
    let mut clerk = Clerk::of(&world, Role::Authority);
    let page = hand_in(&mut clerk, "people", PEOPLE).await;
    assert!(page.text.contains("2 baris siap disimpan"), "{}", page.text);
    assert!(page.text.contains("Belum ada yang tersimpan"));
    assert!(page.text.contains("Baris 4") && page.text.contains("tanggal_lahir"));
    assert_eq!(known(&world).await, 0);
    let path = path_of(&page);
    let page = store(&mut clerk, &path).await;
    assert!(page.text.contains("2 baris tersimpan"), "{}", page.text);
    assert_eq!(known(&world).await, 2);
    for told in ["Siti", "9901015708900001", "=cmd()", "32-13"] {
        assert!(!page.text.contains(told), "{told} stands in the report");
    }
    // What was stored is not stored again.
    let again = clerk.post(&path, &[("do", "store")]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    let page = hand_in(&mut clerk, "people", PEOPLE).await;
    assert!(page.text.contains("Tidak ada baris yang dapat disimpan"));
    assert_eq!(known(&world).await, 2);
    let marks = world
        .app
        .store
        .marks(Cursor {
            after: None,
            limit: 100,
        })
        .await;
    let marks = marks.expect("marks").rows;
    let imported = marks.iter().filter(|mark| mark.action == "people_imported");
    assert_eq!(imported.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn doses_reach_those_who_agree_in_all_three() {
    let world = World::new().await;
    let mut clerk = Clerk::of(&world, Role::Authority);
    let page = hand_in(&mut clerk, "people", PEOPLE).await;
    store(&mut clerk, &path_of(&page)).await;
    let doses = "nik,nama,tanggal_lahir,tanggal,vaksin,dosis\n\
        9901015708900001,siti  nurhaliza,1990-08-17,2021-08-01,CoronaVac,1\n\
        9901015708900001,Siti Nurhaliza,1990-08-17,2027-08-01,CoronaVac,2\n\
        9901015708900002,Somebody Else,1990-08-17,2021-08-01,CoronaVac,1\n\
        9901015708900009,Nobody,1990-08-17,2021-08-01,CoronaVac,1\n";
    let page = hand_in(&mut clerk, "vaccinations", doses).await;
    assert!(page.text.contains("1 baris siap disimpan"), "{}", page.text);
    let path = path_of(&page);
    store(&mut clerk, &path).await;
    let facts = world.app.store.facts(PersonId(2)).await.expect("asked");
    assert_eq!(facts.expect("known").doses.len(), 1);
    let file = clerk.get(&format!("{path}/report.csv?lang=en")).await;
    let rows: Vec<&str> = file.text.lines().collect();
    assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");
    assert_eq!(rows.len(), 4, "{}", file.text);
    assert!(rows[1].starts_with("3,date,Rejected,"), "{}", rows[1]);
    assert!(rows[2].starts_with("4,name,") && rows[2].ends_with(",name_differs"));
    assert!(rows[3].starts_with("5,nik,") && rows[3].ends_with(",nobody_known"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_table_is_told_so() {
    let world = World::new().await;
    let mut clerk = Clerk::of(&world, Role::Authority);
    for (file, said) in [
        (Bytes::from_static(b"\xff\xfen\0a\0m\0a\0"), "UTF-8"),
        (
            Bytes::from_static(b"nama,tanggal_lahir\nSiti,1990-08-17\n"),
            "Kolom nik tidak ada",
        ),
        (
            Bytes::from_static(b"nama,nama,nik,tanggal_lahir\n"),
            "ada dua kali",
        ),
        (Bytes::from_static(b"%PDF-1.7\n"), "judul kolom"),
        (Bytes::from_static(b"\n\n"), "kosong"),
        (Bytes::from_static(b"PK\x03\x04\x00\x00"), "judul kolom"),
    ] {
        let page = hand_in(&mut clerk, "people", file).await;
        assert!(
            page.text.contains("Berkas ini belum dapat dibaca"),
            "{}",
            page.text
        );
        assert!(page.text.contains(said), "{said}: {}", page.text);
        assert!(!page.text.contains("value=\"store\""));
    }
    for (file, said) in [
        (
            &b"\xef\xbb\xbfnama,tanggal_lahir,nik\nSiti,1990-08-17,9901015708900001\n"[..],
            "1 baris siap",
        ),
        (
            b"nama,tanggal_lahir,nik\nSit\xff,1990-08-17,9901015708900001\n",
            "Hurufnya tidak terbaca",
        ),
        (
            b"nama,tanggal_lahir,nik\n\"Siti,1990-08-17,9901015708900001\n",
            "tidak ditutup",
        ),
        (
            b"nama,tanggal_lahir,nik\nSiti,1990-08-17,9901015708900001,x,y\n",
            "lebih banyak sel",
        ),
    ] {
        let page = hand_in(&mut clerk, "people", file).await;
        assert!(page.text.contains(said), "{said}: {}", page.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_without_file_or_kind_is_shown_again() {
    let world = World::new().await;
    let mut clerk = Clerk::of(&world, Role::Authority);
    clerk.get(PAGE).await;
    let page = clerk.upload(PAGE, &[], Some(Body::from(PEOPLE))).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("Pilih isi berkasnya."));
    let page = clerk.upload(PAGE, &[("kind", "people")], None).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("Pilih berkas CSV dahulu."));
    assert!(
        page.text
            .contains("value=\"people\" id=\"kind-people\" checked")
    );
    let long = "x".repeat(5_000);
    let page = clerk
        .upload(PAGE, &[("kind", &long)], Some(Body::from(PEOPLE)))
        .await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST, "{}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_its_own_clerks_and_a_strange_page_hands_nothing_in() {
    let world = World::new().await;
    let mut clerk = Clerk::of(&world, Role::Authority);
    let page = hand_in(&mut clerk, "people", PEOPLE).await;
    let path = path_of(&page);
    let mut colleague = Clerk::of_another_branch(&world, Role::Authority).await;
    colleague.get(PAGE).await;
    for address in [
        &path,
        &format!("{path}/report.csv"),
        &format!("{path}/stream"),
    ] {
        assert_eq!(colleague.get(address).await.status, StatusCode::NOT_FOUND);
    }
    let stored = colleague.post(&path, &[("do", "store")]).await;
    assert_eq!(stored.status, StatusCode::NOT_FOUND);
    for role in Role::ALL
        .into_iter()
        .filter(|role| *role != Role::Authority)
    {
        let answer = world.get(As::Staff(role), &path).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{role:?}");
    }
    let mut forger = Clerk::of(&world, Role::Authority);
    let sent = forger
        .upload(PAGE, &[("kind", "people")], Some(Body::from(PEOPLE)))
        .await;
    assert_eq!(sent.status, StatusCode::FORBIDDEN, "{}", sent.text);
    assert_eq!(known(&world).await, 0);
}

/// Rows of people of whom every tenth has no birth date, piece by piece.
fn rows(count: u32) -> Body {
    let head = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(
        b"nama,tanggal_lahir,nik\n",
    ))]);
    let pieces = (0..count).step_by(500).map(move |from| {
        let mut piece = String::new();
        for row in from..(from + 500).min(count) {
            let date = if row % 10 == 9 { "" } else { "1990-08-17" };
            let _ = writeln!(
                piece,
                "Warga {row},{date},99{:04}570890{:04}",
                row / 10_000,
                row % 10_000
            );
        }
        Ok(Bytes::from(piece))
    });
    Body::from_stream(futures_util::StreamExt::chain(head, stream::iter(pieces)))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_list_is_taken_as_a_stream_and_its_whole_report_can_be_read() {
    let world = World::new().await;
    let mut clerk = Clerk::of(&world, Role::Authority);
    let page = hand_in(&mut clerk, "people", rows(5_000)).await;
    assert!(
        page.text.contains("4.500 baris siap disimpan"),
        "{}",
        page.text
    );
    assert!(page.text.contains("Masih ada 300 lagi"));
    let path = path_of(&page);
    let file = clerk.get(&format!("{path}/report.csv")).await;
    assert_eq!(file.text.lines().count(), 501);
    let page = store(&mut clerk, &path).await;
    assert!(page.text.contains("4.500 baris tersimpan"), "{}", page.text);
    assert!(
        world
            .app
            .store
            .person(PersonId(4_501))
            .await
            .expect("asked")
            .is_some()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_is_too_large_is_refused_with_its_limit() {
    let world = World::importing_at_most(10).await;
    let mut clerk = Clerk::of(&world, Role::Authority);
    clerk.get(PAGE).await;
    let pieces = (0..12).map(|_| Ok::<_, std::io::Error>(Bytes::from(vec![b'a'; 1 << 20])));
    let body = Body::from_stream(stream::iter(pieces));
    let page = clerk.upload(PAGE, &[("kind", "people")], Some(body)).await;
    assert_eq!(
        page.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        page.text
    );
    assert!(
        page.text.contains("lebih besar dari 10 MB"),
        "{}",
        page.text
    );
    let garbage = Body::from(vec![b'a'; 10 << 20]);
    let page = hand_in(&mut clerk, "people", garbage).await;
    assert!(page.text.contains("belum dapat dibaca"), "{}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_list_to_fill_in_is_read_again() {
    let world = World::new().await;
    let mut clerk = Clerk::of(&world, Role::Authority);
    for (kind, lang) in [
        ("people", "id"),
        ("vaccinations", "en"),
        ("vaccinations", "id"),
    ] {
        let file = clerk.get(&format!("{PAGE}/{kind}.csv?lang={lang}")).await;
        assert_eq!(file.status, StatusCode::OK);
        let page = hand_in(&mut clerk, kind, file.text).await;
        assert!(page.text.contains("Tidak ada baris"), "{}", page.text);
    }
}
