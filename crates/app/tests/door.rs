//! What happens at a door, told through the use cases over the embedded store.

use gapura_app::ambient::{Chance, Clock};
use gapura_app::check_in::{CheckInAsk, DoorAnswer, Scan, Who};
use gapura_app::check_out::Leaver;
use gapura_app::config::Config;
use gapura_app::keys::{Keys, new_keys};
use gapura_app::manual_entry::ManualEntry;
use gapura_app::next_step::NextStep;
use gapura_app::resolve::Resolution;
use gapura_app::vault::PersonalRecord;
use gapura_app::{App, AppError};
use gapura_domain::door::{Bounds, Intent, Officer, Position};
use gapura_domain::hours::OpeningHours;
use gapura_domain::ids::{AccountId, DeviceId, GateId, PersonId, RequestId, VenueId};
use gapura_domain::person::{BirthDate, PersonName};
use gapura_domain::region::RegionCode;
use gapura_domain::status::{Colour, Dose};
use gapura_domain::time::Time;
use gapura_domain::venue::{Booth, Category, GateSpec, Label, RoomSpec, VenueSpec};
use gapura_domain::verdict::{Exit, Verdict};
use gapura_pass::{Card, GateCode, Pass, minute_of};
use gapura_store::Store;
use gapura_store::people::{NewPerson, Sourced};
use gapura_store::staff::NewAccount;
use gapura_store::venues::NewApplication;
use gapura_store_sqlite::{Options, SqliteStore};
use jiff::civil::date;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// A clock that stands still until somebody moves it.
struct Hand(AtomicI64);

impl Clock for Hand {
    fn now(&self) -> Time {
        Time(self.0.load(Ordering::SeqCst))
    }
}

/// Bytes that differ, and are the same in every run.
struct Count(AtomicU64);

impl Chance for Count {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let number = self
                .0
                .fetch_add(1, Ordering::SeqCst)
                .wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let more = (number ^ (number >> 29)).to_le_bytes();
            chunk.copy_from_slice(&more[..chunk.len()]);
        }
    }
}

const TEN: i64 = 1_795_316_400; // 2026-11-22T03:00:00Z, 10.00 WIB

struct House {
    app: App,
    clock: Arc<Hand>,
    gate: GateId,
    venue: VenueId,
    requests: AtomicU64,
    _folder: tempfile::TempDir,
}

fn label(text: &str) -> Label {
    Label::parse(text).unwrap()
}

fn klojen(capacity: u32) -> VenueSpec {
    VenueSpec {
        name: label("Polsek Klojen"),
        category: Category::Police,
        address: label("Jl. Jaksa Agung Suprapto 12"),
        district: RegionCode::parse("35.73.02").unwrap(),
        position: Position {
            latitude: -7.97,
            longitude: 112.63,
        },
        contact: label("(0341) 366 444"),
        hours: OpeningHours::always(),
        bounds: Bounds::default(),
        rooms: vec![RoomSpec {
            name: label("Ruang SPKT"),
            floor_area_m2: 40.0,
            bounds: Bounds {
                capacity: Some(capacity),
                quota: Some(200),
            },
            gates: vec![GateSpec {
                name: label("Pintu utama"),
            }],
        }],
        booth: Some(Booth {
            place: label("Ruang 3"),
            hours: OpeningHours::always(),
        }),
        demands_screen_code: false,
        longest_stay_minutes: 240,
    }
}

impl House {
    async fn open(spec: VenueSpec) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store =
            SqliteStore::open(&folder.path().join("gapura.db"), Options::default()).unwrap();
        let store: Arc<dyn Store> = Arc::new(store);
        store.migrate().await.unwrap();
        let clock = Arc::new(Hand(AtomicI64::new(TEN)));
        let chance = Arc::new(Count(AtomicU64::new(1)));
        let keys = Keys::parse(&new_keys(&*chance)).unwrap();
        let config = Config::default();
        let app = App::start(store, config, keys, clock.clone(), chance)
            .await
            .unwrap();
        let at = Time(TEN);
        let organisation = app
            .store
            .create_organisation(None, &label("Polresta Malang Kota"), at)
            .await
            .unwrap();
        let account = NewAccount {
            login: "dewi".into(),
            display_name: "Dewi".into(),
            password: String::new(),
            totp: None,
            grants: Vec::new(),
        };
        let by = app.store.create_account(&account, at).await.unwrap();
        let application = NewApplication {
            organisation,
            by,
            spec,
        };
        let list = app
            .store
            .submit_applications(&[application], at)
            .await
            .unwrap();
        let code = GateCode::from_random([7; 5]).as_str().to_owned();
        let venue = app
            .store
            .approve_application(list[0], &[code], by, at)
            .await
            .unwrap()
            .unwrap();
        let gate = app.store.venue(venue).await.unwrap().unwrap().gates[0].id;
        Self {
            app,
            clock,
            gate,
            venue,
            requests: AtomicU64::new(1),
            _folder: folder,
        }
    }

    fn wait(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds, Ordering::SeqCst);
    }

    fn request(&self) -> RequestId {
        let mut bytes = [0; 16];
        let ms = self.app.now().0 * 1000;
        bytes[..6].copy_from_slice(&ms.to_be_bytes()[2..]);
        bytes[6] = 0x70;
        bytes[8] = 0x80;
        let number = self.requests.fetch_add(1, Ordering::SeqCst);
        bytes[9..].copy_from_slice(&number.to_be_bytes()[1..]);
        RequestId(bytes)
    }

    /// Somebody born in 1990 with so many doses, or a child of theirs.
    async fn person(&self, doses: u8, guardian: Option<PersonId>) -> PersonId {
        let store = &self.app.store;
        let id = store.next_person().await.unwrap();
        let name = PersonName::parse("Siti Wulandari").unwrap();
        let record = PersonalRecord {
            name,
            nik: None,
            contact: None,
        };
        let year = if guardian.is_some() { 2018 } else { 1990 };
        let person = NewPerson {
            birth_date: Some(BirthDate::from_store(date(year, 8, 17))),
            sealed: self.app.seal_record(id, &record),
            nik: None,
            contact: None,
            guardian,
            is_verified: false,
        };
        store.create_person(id, &person, Time(TEN)).await.unwrap();
        for number in 1..=doses {
            self.dose(id, number).await;
        }
        id
    }

    async fn dose(&self, person: PersonId, number: u8) {
        let month = i8::try_from(number).unwrap();
        let fact = Dose {
            date: date(2022, month, 1),
            product: "CoronaVac".into(),
            number,
            batch: None,
        };
        let source = ("test".to_owned(), format!("{}/{number}", person.0));
        let doses = [Sourced {
            person,
            fact,
            source,
        }];
        self.app
            .store
            .record_doses(&doses, self.app.now())
            .await
            .unwrap();
        self.app.facts_changed(person);
    }

    fn ask(&self, who: Who) -> CheckInAsk {
        CheckInAsk {
            request: self.request(),
            gate: self.gate,
            who,
            companions: Vec::new(),
            intent: Intent::Enter,
            by: None,
            override_reason: None,
        }
    }

    fn visitor(person: PersonId) -> Who {
        Who::Visitor {
            person,
            screen_code: None,
        }
    }

    async fn decide(&self, ask: CheckInAsk) -> DoorAnswer {
        match self.app.check_in(ask).await.unwrap() {
            Scan::Decided(answer) => *answer,
            other @ Scan::Left { .. } => panic!("{other:?}"),
        }
    }

    async fn refusal(&self, ask: CheckInAsk) -> &'static str {
        match self.app.check_in(ask).await.unwrap_err() {
            AppError::NotNow(code) => code,
            other => panic!("{other}"),
        }
    }

    fn pass(&self, person: PersonId, version: u32) -> String {
        let (issued_at, expires_at) = (self.app.now().0, self.app.now().0 + 120);
        let pass = Pass {
            person: person.0,
            version,
            issued_at,
            expires_at,
        };
        self.app.keys.ring().issuer().issue_pass(&pass).unwrap()
    }
}

fn codes(answer: &DoorAnswer) -> Vec<&str> {
    answer.reasons.iter().map(|said| &*said.code).collect()
}

#[tokio::test]
async fn three_colours_get_three_answers_each_with_its_reason() {
    let house = House::open(klojen(40)).await;
    let green = house.person(3, None).await;
    let answer = house.decide(house.ask(House::visitor(green))).await;
    assert_eq!(answer.decision.verdict, Verdict::Admit);
    assert_eq!(answer.decision.party[0].status.colour, Colour::Green);
    assert_eq!(&*answer.initials[0], "S. W.");
    assert!(answer.decision.unproven, "nobody saw a check-in by poster");
    let yellow = house.person(2, None).await;
    let answer = house.decide(house.ask(House::visitor(yellow))).await;
    assert_eq!(answer.decision.verdict, Verdict::Check);
    assert!(matches!(answer.next_step, Some(NextStep::Officer)));
    let red = house.person(0, None).await;
    let answer = house.decide(house.ask(House::visitor(red))).await;
    assert_eq!(
        (answer.decision.verdict, codes(&answer)),
        (Verdict::Refuse, vec!["dose_missing"])
    );
    let Some(NextStep::Booth(booth)) = answer.next_step else {
        panic!("no booth")
    };
    assert_eq!(booth.place.as_str(), "Ruang 3");
}

#[tokio::test]
async fn a_dose_turns_the_refusal_at_once() {
    let house = House::open(klojen(40)).await;
    let person = house.person(2, None).await;
    assert_eq!(
        house
            .decide(house.ask(House::visitor(person)))
            .await
            .decision
            .verdict,
        Verdict::Check
    );
    house.dose(person, 3).await;
    assert_eq!(
        house
            .decide(house.ask(House::visitor(person)))
            .await
            .decision
            .verdict,
        Verdict::Admit
    );
}

#[tokio::test]
async fn a_family_comes_in_on_one_phone_or_not_at_all() {
    let house = House::open(klojen(2)).await;
    let mother = house.person(3, None).await;
    let child = house.person(0, Some(mother)).await;
    let other = house.person(0, Some(mother)).await;
    let mut ask = house.ask(House::visitor(mother));
    ask.companions = vec![child, other];
    let answer = house.decide(ask).await;
    assert_eq!(codes(&answer).last(), Some(&"full"));
    let mut ask = house.ask(House::visitor(mother));
    ask.companions = vec![child];
    let answer = house.decide(ask).await;
    assert_eq!(answer.decision.verdict, Verdict::Admit);
    assert_eq!(
        house.app.occupancy(house.venue).await.unwrap().venue.inside,
        2
    );
    let stranger = house.person(3, None).await;
    let mut ask = house.ask(House::visitor(stranger));
    ask.companions = vec![child];
    assert_eq!(house.refusal(ask).await, "not_a_companion");
    let visit = answer.decision.visit().unwrap();
    house
        .app
        .check_out(visit, None, Leaver::Visitor(mother))
        .await
        .unwrap();
    assert_eq!(
        house.app.occupancy(house.venue).await.unwrap().venue.inside,
        0
    );
    assert_eq!(house.app.own_visits(mother).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_pass_is_proven_expires_and_can_be_revoked() {
    let house = House::open(klojen(40)).await;
    let person = house.person(3, None).await;
    let epoch = house
        .app
        .store
        .person(person)
        .await
        .unwrap()
        .unwrap()
        .pass_epoch;
    let pass = house.pass(person, epoch);
    let scan = |text: &str| house.ask(Who::Credential(text.to_owned()));
    let answer = house.decide(scan(&pass)).await;
    assert_eq!(
        (answer.decision.verdict, answer.decision.unproven),
        (Verdict::Admit, false)
    );
    let mut forged = pass.clone().into_bytes();
    forged[40] = if forged[40] == b'A' { b'B' } else { b'A' };
    let forged = String::from_utf8(forged).unwrap();
    assert!(["code_forged", "code_unreadable"].contains(&house.refusal(scan(&forged)).await));
    assert_eq!(house.refusal(scan("rahasia")).await, "code_unreadable");
    house.app.store.revoke_passes(person).await.unwrap();
    house.app.facts_changed(person);
    assert_eq!(house.refusal(scan(&pass)).await, "pass_revoked");
    let later = house.pass(person, epoch + 1);
    house.wait(300);
    assert_eq!(house.refusal(scan(&later)).await, "pass_expired");
}

#[tokio::test]
async fn a_printed_card_works_until_it_is_revoked() {
    let house = House::open(klojen(40)).await;
    let person = house.person(3, None).await;
    let number = house
        .app
        .store
        .issue_card(person, house.app.now())
        .await
        .unwrap();
    let card = Card {
        person: person.0,
        serial: number.0,
        issued_at: TEN,
        expires_at: TEN + 86_400 * 365,
    };
    let text = house.app.keys.ring().issuer().issue_card(&card).unwrap();
    let answer = house.decide(house.ask(Who::Credential(text.clone()))).await;
    assert_eq!(answer.decision.verdict, Verdict::Admit);
    house
        .app
        .store
        .revoke_card(number, house.app.now())
        .await
        .unwrap();
    assert_eq!(
        house.refusal(house.ask(Who::Credential(text))).await,
        "card_revoked"
    );
}

#[tokio::test]
async fn a_place_may_ask_for_the_code_on_the_screen() {
    let house = House::open(VenueSpec {
        demands_screen_code: true,
        ..klojen(40)
    })
    .await;
    let person = house.person(3, None).await;
    assert_eq!(
        house.refusal(house.ask(House::visitor(person))).await,
        "screen_code_needed"
    );
    let plan = house.app.door_plan(house.gate).await.unwrap().unwrap();
    let shown = house.app.keys.gate().screen_code(plan.code, minute_of(TEN));
    let who = || Who::Visitor {
        person,
        screen_code: Some(shown.as_str().to_owned()),
    };
    let answer = house.decide(house.ask(who())).await;
    assert!(!answer.decision.unproven);
    house.wait(180);
    assert_eq!(house.refusal(house.ask(who())).await, "screen_code_over");
}

#[tokio::test]
async fn an_officer_ends_a_check_and_overrides_by_name_only() {
    let house = House::open(klojen(40)).await;
    let person = house.person(0, None).await;
    let refused = house.decide(house.ask(House::visitor(person))).await;
    let resolution = |by, venue| Resolution {
        request: house.request(),
        decision: refused.decision.id,
        venue,
        admit: true,
        by,
        reason: "Ambulans".into(),
    };
    let device = Officer::Device(DeviceId(1));
    let answer = house.app.resolve(resolution(device, house.venue)).await;
    assert!(matches!(answer, Err(AppError::NotAllowed)));
    let officer = Officer::Account(AccountId(5));
    let elsewhere = house.app.resolve(resolution(officer, VenueId(99))).await;
    assert!(matches!(elsewhere, Err(AppError::NotFound)));
    let answer = house
        .app
        .resolve(resolution(officer, house.venue))
        .await
        .unwrap();
    assert_eq!(answer.decision.verdict, Verdict::Admit);
    assert_eq!(codes(&answer), ["dose_missing", "overridden"]);
    // Told again, it is still one override with one mark.
    let again = house.app.resolve(resolution(officer, house.venue)).await;
    assert_eq!(again.unwrap().decision, answer.decision);
    let marks = house
        .app
        .store
        .marks_on("decision", refused.decision.id.0)
        .await
        .unwrap();
    let actions: Vec<&str> = marks.iter().map(|mark| mark.action.as_str()).collect();
    assert_eq!(actions, ["refusal_overridden"]);
}

#[tokio::test]
async fn somebody_without_anything_is_entered_by_hand_once() {
    let house = House::open(klojen(40)).await;
    let entry = ManualEntry {
        request: house.request(),
        gate: house.gate,
        name: "Mbah Karto".into(),
        birth_date: "17 Agustus 1945".into(),
        reason: "Tidak punya ponsel".into(),
        by: Officer::Device(DeviceId(1)),
        overrides: false,
    };
    let first = match house.app.enter_by_hand(entry.clone()).await.unwrap() {
        Scan::Decided(answer) => answer,
        Scan::Left { .. } => panic!(),
    };
    assert_eq!(
        first.decision.verdict,
        Verdict::Check,
        "nothing is known, so somebody looks"
    );
    assert_eq!(first.decision.party[0].status.colour, Colour::None);
    let again = match house.app.enter_by_hand(entry.clone()).await.unwrap() {
        Scan::Decided(answer) => answer,
        Scan::Left { .. } => panic!(),
    };
    assert_eq!(again.decision.id, first.decision.id);
    let bad = ManualEntry {
        name: String::new(),
        birth_date: "31-02-1990".into(),
        reason: "x".into(),
        ..entry
    };
    let Err(AppError::Faults(faults)) = house.app.enter_by_hand(bad).await else {
        panic!()
    };
    let fields: Vec<&str> = faults.iter().map(|fault| &*fault.field).collect();
    assert_eq!(fields, ["name", "birth_date", "reason"]);
}

#[tokio::test]
async fn the_same_request_twice_gets_the_first_answer_and_old_ids_are_refused() {
    let house = House::open(klojen(40)).await;
    let person = house.person(3, None).await;
    let ask = house.ask(House::visitor(person));
    let first = house.decide(ask.clone()).await;
    let again = house.decide(ask.clone()).await;
    assert_eq!(first.decision, again.decision);
    house.wait(400);
    let late = house.decide(ask.clone()).await;
    assert_eq!(first.decision.id, late.decision.id);
    house.wait(9 * 86_400);
    assert_eq!(house.refusal(ask).await, "id_too_old");
}

#[tokio::test]
async fn a_manager_corrects_a_forgotten_exit_with_a_trace() {
    let house = House::open(klojen(40)).await;
    let person = house.person(3, None).await;
    let visit = house
        .decide(house.ask(House::visitor(person)))
        .await
        .decision
        .id;
    house.wait(5 * 3600);
    house.app.sweep().await.unwrap();
    let known = house.app.store.visit(visit).await.unwrap().unwrap();
    assert_eq!(
        (known.to, known.exit),
        (Some(Time(TEN + 4 * 3600)), Some(Exit::LongestStay))
    );
    let out = Time(TEN + 1800);
    let correct = |out| {
        house
            .app
            .correct_visit(visit, house.venue, out, AccountId(3), "Buku tamu")
    };
    correct(out).await.unwrap();
    let known = house.app.store.visit(visit).await.unwrap().unwrap();
    assert_eq!((known.to, known.exit), (Some(out), Some(Exit::Corrected)));
    assert!(matches!(
        correct(Time(TEN - 1)).await,
        Err(AppError::Faults(_))
    ));
    house.app.pack().await.unwrap();
    assert_eq!(
        house.app.store.visit(visit).await.unwrap().unwrap().to,
        Some(out)
    );
}
