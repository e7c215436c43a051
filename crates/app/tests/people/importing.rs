//! Lists of people and vaccinations: every row is taken or reported, and a second time changes nothing.

use crate::house::{House, TEN, form, siti};
use gapura_app::csv_table::{CellFault, Limits};
use gapura_app::import_people::{Counts, Imported, Watcher, import};
use gapura_app::sign_in::request_code;
use gapura_app::staff::{By, Principal};
use gapura_app::status::member;
use gapura_app::{App, AppError};
use gapura_domain::ids::{AccountId, PersonId};
use gapura_domain::role::{Grant, Role};
use gapura_domain::status::Colour;
use gapura_domain::time::Zone;
use gapura_store::Cursor;
use std::fmt::Write as _;
use std::io::Read;

#[derive(Default)]
pub(crate) struct Seen {
    faults: Vec<String>,
    notes: Vec<String>,
    unknown: Vec<usize>,
    progress: Vec<u64>,
}

fn written(fault: &CellFault) -> String {
    format!(
        "{} {}: {}",
        fault.row,
        fault.column.unwrap_or("*"),
        fault.code
    )
}

impl Watcher for Seen {
    fn fault(&mut self, fault: CellFault) {
        self.faults.push(written(&fault));
    }

    fn note(&mut self, note: CellFault) {
        self.notes.push(written(&note));
    }

    fn unknown_column(&mut self, position: usize) {
        self.unknown.push(position);
    }

    fn progress(&mut self, counts: Counts) {
        self.progress.push(counts.rows);
    }
}

async fn run(
    app: &App,
    what: Imported,
    list: impl Read + Send,
    dry_run: bool,
) -> (Result<Counts, AppError>, Seen) {
    let mut seen = Seen::default();
    let limits = Limits::FILE;
    // A page hands lists in too, so the work must be able to move between threads.
    let work = Box::pin(import(
        app,
        By::CommandLine,
        what,
        list,
        limits,
        dry_run,
        &mut seen,
    )) as std::pin::Pin<Box<dyn Future<Output = _> + Send + '_>>;
    let counts = work.await;
    (counts, seen)
}

pub(crate) async fn people(app: &App, list: &str, dry_run: bool) -> (Counts, Seen) {
    let (counts, seen) = run(app, Imported::People, list.as_bytes(), dry_run).await;
    (counts.unwrap(), seen)
}

async fn doses(app: &App, list: &str, dry_run: bool) -> (Counts, Seen) {
    let (counts, seen) = run(app, Imported::Vaccinations, list.as_bytes(), dry_run).await;
    (counts.unwrap(), seen)
}

async fn everybody(app: &App) -> Vec<(PersonId, bool)> {
    let cursor = Cursor {
        after: None,
        limit: 1000,
    };
    let page = app.store.all_people(cursor).await.unwrap();
    page.rows
        .into_iter()
        .map(|person| (person.id, person.is_verified))
        .collect()
}

const LIST: &str = "\u{feff}Nama;Tgl. Lahir;NIK;No HP;Hobi\r\n\
    Siti Wulandari;17-08-1990;9901015708900001;0812-3456-7890;x\r\n\
    Budi Santoso;1985-01-02;9901010201850001;;x\r\n\
    Anak Siti;01-02-2015;9901010102150001;0812-3456-7890;x\r\n";

#[tokio::test]
async fn people_are_created_once_and_a_family_may_share_a_phone() {
    let house = House::open().await;
    let (counts, seen) = people(&house.app, LIST, true).await;
    let created = Counts {
        rows: 3,
        created: 3,
        noted: 1,
        ..Counts::default()
    };
    assert_eq!(counts, created);
    assert!(
        everybody(&house.app).await.is_empty(),
        "a dry run writes nothing"
    );
    let (counts, seen_again) = people(&house.app, LIST, false).await;
    assert_eq!(counts, created);
    for seen in [seen, seen_again] {
        assert_eq!(seen.faults, Vec::<String>::new());
        assert_eq!(seen.notes, ["4 contact: contact_taken"]);
        assert_eq!(seen.unknown, [5]);
    }
    let known = everybody(&house.app).await;
    assert_eq!(known.len(), 3);
    assert!(known.iter().all(|(_, is_verified)| *is_verified));
    let (counts, _) = people(&house.app, LIST, false).await;
    assert_eq!((counts.created, counts.known), (0, 3));

    let ask = request_code(
        &house.app,
        "081234567890",
        crate::house::CLIENT,
        gapura_app::delivery::Language::English,
    );
    let sent = ask.await.unwrap();
    let code = house.letter("+6281234567890").await.text;
    let confirmed =
        gapura_app::sign_in::confirm_code(&house.app, &sent.ticket, &code, crate::house::CLIENT)
            .await;
    assert!(
        matches!(confirmed, Ok(gapura_app::sign_in::Confirmed::SignedIn { person, is_new: false, .. }) if person == known[0].0),
        "whoever holds the listed phone signs in"
    );
}

#[tokio::test]
async fn every_bad_row_is_reported_by_number_column_and_reason_and_never_by_its_text() {
    let house = House::open().await;
    let list = "name,birth_date,nik,contact\n\
        ,1990-08-17,9901015708900001,\n\
        A,31-02-1990,12,zz\n\
        B,1990-08-18,9901015708900001,\n\
        C,1990-08-17,,\n\
        D,1990-08-17,9901015708900009,\n\
        E,1990-08-17,9901015708900009,\n\
        D,1990-08-17,9901015708900009,\n\
        \u{202E}F,1990-08-17,9901015708900008,\n\
        G,1990-08-17,9901015708900007,,,,,x\n";
    let (counts, seen) = people(&house.app, list, false).await;
    assert_eq!(
        seen.faults,
        [
            "2 name: missing",
            "3 birth_date: date",
            "3 nik: nik_digits",
            "3 contact: contact",
            "4 nik: nik_mismatch",
            "5 nik: missing",
            "9 name: name_character",
            "10 *: too_many_cells",
            "7 nik: twice_in_file",
        ]
    );
    assert_eq!((counts.created, counts.known, counts.rejected), (1, 1, 7));
    let other_name = "name,birth_date,nik\nX,1990-08-17,9901015708900009\n";
    let (_, seen) = people(&house.app, other_name, false).await;
    assert_eq!(seen.faults, ["2 nik: number_known_otherwise"]);
}

#[tokio::test]
async fn a_header_that_cannot_be_used_stops_the_import() {
    let house = House::open().await;
    let (answer, seen) = run(
        &house.app,
        Imported::People,
        &b"nama,hobi\nA,b\n"[..],
        false,
    )
    .await;
    assert!(matches!(answer, Err(AppError::NotNow("table_unreadable"))));
    assert_eq!(
        seen.faults,
        ["1 birth_date: column_missing", "1 nik: column_missing"]
    );
    let manager = Principal {
        account: AccountId(1),
        grants: vec![Grant {
            role: Role::VenueManager,
            branch: None,
        }],
    };
    let by = By::Staff(&manager);
    let mut seen = Seen::default();
    let limits = Limits::PAGE;
    let answer = import(
        &house.app,
        by,
        Imported::People,
        LIST.as_bytes(),
        limits,
        false,
        &mut seen,
    );
    assert!(matches!(answer.await, Err(AppError::NotAllowed)));
}

#[tokio::test]
async fn the_list_confirms_what_the_holder_of_its_phone_told() {
    let house = House::open().await;
    let (siti_id, _) = house.visitor(&siti(), "081234567890").await;
    let (other, _) = house.visitor(&siti(), "other@example.id").await;
    let (counts, _) = people(&house.app, LIST, false).await;
    assert_eq!((counts.created, counts.changed), (2, 1));
    let known = everybody(&house.app).await;
    assert_eq!(known[0], (siti_id, true));
    assert_eq!(
        known[1],
        (other, false),
        "the same number told by somebody else proves nothing"
    );
    let (counts, seen) = people(&house.app, LIST, false).await;
    assert_eq!((counts.known, counts.changed), (3, 0));
    assert_eq!(seen.notes, ["4 contact: contact_taken"]);
}

const DOSES: &str = "nik,nama,tanggal lahir,tanggal,vaksin,dosis ke,batch,id\n\
    9901015708900001,siti wulandari,17-08-1990,2025-01-01,Inavac,1,B1,a\n\
    9901015708900001,siti wulandari,17-08-1990,2025-02-01,Inavac,2,B2,b\n\
    9901010201850001,Budi Santoso,1985-01-02,2025-02-01,Inavac,1,,\n";

#[tokio::test]
async fn doses_reach_whom_number_name_and_birth_date_agree_with() {
    let house = House::open().await;
    let app = &house.app;
    let (siti_id, _) = house.visitor(&siti(), "081234567890").await;
    let colour = async || {
        let known = member(app, siti_id, Zone::Wib, TEN).await.unwrap().unwrap();
        known.member.status.colour
    };
    assert_eq!(colour().await, Colour::Red);
    let (counts, seen) = doses(app, DOSES, false).await;
    assert_eq!((counts.created, counts.rejected), (2, 1));
    assert_eq!(seen.faults, ["4 nik: nobody_known"]);
    assert_eq!(colour().await, Colour::Yellow, "the door knows at once");
    let (counts, _) = doses(app, DOSES, false).await;
    assert_eq!((counts.created, counts.known, counts.rejected), (0, 2, 1));

    let bad = "nik,nama,tanggal lahir,tanggal,vaksin,dosis ke,batch,id\n\
        9901015708900001,Siti,17-08-1990,2025-03-01,Inavac,3,,c\n\
        9901015708900001,Siti Wulandari,17-08-1990,1990-08-16,Inavac,3,,c\n\
        9901015708900001,Siti Wulandari,17-08-1990,2027-01-01,Inavac,0,,c\n\
        9901015708900001,Siti Wulandari,17-08-1990,x,,three,,c\n\
        9901015708900001,Siti Wulandari,17-08-1990,2025-02-01,Inavac,3,,c\n\
        9901015708900001,Siti Wulandari,17-08-1990,2025-03-01,Inavac,3,,b\n";
    let (counts, seen) = doses(app, bad, false).await;
    assert_eq!(
        seen.faults,
        [
            "5 date: date",
            "5 dose: dose_number",
            "5 product: missing",
            "2 name: name_differs",
            "3 date: before_birth",
            "4 date: in_future",
            "4 dose: dose_number",
            "6 dose: dose_differs",
            "7 source_id: source_id_used",
        ]
    );
    assert_eq!((counts.created, counts.rejected), (0, 6));
}

#[tokio::test]
async fn of_several_who_tell_one_number_none_gets_the_dose_until_one_is_verified() {
    let house = House::open().await;
    let app = &house.app;
    let (first, _) = house.visitor(&siti(), "081234567890").await;
    let (second, _) = house.visitor(&siti(), "other@example.id").await;
    let (_, seen) = doses(app, DOSES, false).await;
    assert_eq!(
        seen.faults,
        [
            "2 nik: several_match",
            "3 nik: several_match",
            "4 nik: nobody_known"
        ]
    );
    app.store.set_verified(second).await.unwrap();
    let (counts, _) = doses(app, DOSES, false).await;
    assert_eq!(counts.created, 2);
    let count = async |person| app.store.facts(person).await.unwrap().unwrap().doses.len();
    assert_eq!((count(first).await, count(second).await), (0, 2));
    house
        .visitor(
            &form("Unrelated", "17-08-1990", "9901015708900001"),
            "c@example.id",
        )
        .await;
    let (counts, _) = doses(app, DOSES, false).await;
    assert_eq!(counts.known, 2, "a stranger's claim changes nothing");
}

#[tokio::test]
async fn a_long_list_is_read_in_chunks_and_told_as_it_goes() {
    let house = House::open().await;
    let mut list = String::from("name,birth_date,nik\n");
    for number in 0..1_200 {
        let _ = writeln!(list, "Orang {number},1990-08-17,990101170890{number:04}");
    }
    let (counts, seen) = people(&house.app, &list, false).await;
    assert_eq!(
        (counts.created, counts.rejected),
        (1_200, 0),
        "{:?}",
        seen.faults.first()
    );
    assert_eq!(seen.progress, [500, 1_000, 1_200]);
    let (counts, _) = people(&house.app, &list, false).await;
    assert_eq!(counts.known, 1_200);
    let marks = house
        .app
        .store
        .marks(Cursor {
            after: None,
            limit: 10,
        })
        .await
        .unwrap();
    let told: Vec<_> = marks
        .rows
        .iter()
        .map(|mark| (&*mark.action, mark.subject.1))
        .collect();
    assert_eq!(told, [("people_imported", 1_200), ("people_imported", 0)]);
}
