//! A phone that walks through the visitor's pages without scripts: forms, cookies, redirects.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use data_encoding::HEXLOWER;
use gapura_app::delivery::{OutboxCourier, deliver_waiting};
use gapura_domain::ids::PersonId;
use gapura_domain::status::Dose;
use gapura_domain::time::Time;
use gapura_pass::GateCode;
use gapura_store::people::Sourced;
use gapura_web::messages::CatalogueRenderer;

use crate::world::{Answer, NOW, World};

/// The code of the only gate, as the world gave it.
fn door() -> String {
    format!("/d/{}", GateCode::from_random([7; 5]))
}

/// A browser with its cookies and the token of the last form it saw.
struct Phone<'w> {
    world: &'w World,
    cookies: BTreeMap<String, String>,
    csrf: String,
}

impl<'w> Phone<'w> {
    fn new(world: &'w World) -> Self {
        Self {
            world,
            cookies: BTreeMap::new(),
            csrf: String::new(),
        }
    }

    async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, String::new()).await
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let byte = |byte: u8| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        };
        let encoded = |text: &str| text.bytes().map(byte).collect::<String>();
        let mut pairs: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        pairs.push(format!("csrf={}", encoded(&self.csrf)));
        self.send(Method::POST, path, pairs.join("&")).await
    }

    async fn send(&mut self, method: Method, path: &str, body: String) -> Answer {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("accept", "text/html")
            .header("cookie", cookies.join("; "))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .expect("a request");
        let answer = self.world.send(request).await;
        for cookie in answer.headers.get_all("set-cookie") {
            let line = cookie.to_str().expect("text");
            let (name, rest) = line.split_once('=').expect("a cookie");
            let value = rest.split(';').next().unwrap_or_default();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        if let Some(token) = between(&answer.text, "name=\"csrf\" value=\"", "\"") {
            token.clone_into(&mut self.csrf);
        }
        answer
    }

    /// Registers in the two steps of a door's own button, and ends where `next` leads.
    async fn register(&mut self, name: &str, contact: &str, next: &str) -> Answer {
        self.get(&format!("/masuk?next={next}")).await;
        let sent = self
            .post("/masuk", &[("contact", contact), ("next", next)])
            .await;
        self.get(to(&sent)).await;
        let code = one_time_code(self.world).await;
        let known = self
            .post("/masuk/kode", &[("code", &code), ("next", next)])
            .await;
        assert!(to(&known).starts_with("/masuk/data"), "{}", to(&known));
        self.get(to(&known)).await;
        let fields = [
            ("name", name),
            ("birth_date", "17-8-1984"),
            ("nik", ""),
            ("agree", "yes"),
            ("next", next),
        ];
        self.post("/masuk/data", &fields).await
    }

    /// Asks to come in as the door's page asks.
    async fn enter(&mut self, door: &str) -> Answer {
        let page = self.get(door).await;
        let request = between(&page.text, "name=\"id\" value=\"", "\"")
            .expect("a form")
            .to_owned();
        self.post(door, &[("id", &request)]).await
    }
}

fn to(answer: &Answer) -> &str {
    let to = answer
        .headers
        .get("location")
        .and_then(|to| to.to_str().ok());
    to.unwrap_or_else(|| panic!("{} leads nowhere: {}", answer.status, answer.text))
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(found, _)| found)
}

async fn one_time_code(world: &World) -> String {
    let outbox = OutboxCourier::default();
    deliver_waiting(&world.app, &outbox, &CatalogueRenderer)
        .await
        .expect("delivered");
    let kept = outbox.kept();
    let digits = kept[0].text.chars().filter(char::is_ascii_digit);
    digits.take(6).collect()
}

/// Three doses, so that the rules of 2022 give green.
async fn vaccinate(world: &World, person: PersonId) {
    let day = jiff::civil::date(2026, 1, 1);
    let dose = |number| Sourced {
        person,
        fact: Dose {
            date: day,
            product: "CoronaVac".into(),
            number,
            batch: None,
        },
        source: ("test".into(), format!("{}-{number}", person.0)),
    };
    let doses: Vec<_> = (1..=3).map(dose).collect();
    world
        .app
        .store
        .record_doses(&doses, Time(NOW))
        .await
        .expect("recorded");
    world.app.facts_changed(person);
}

/// The world's own visitor is the first, so this one is the second.
const REGISTERED: PersonId = PersonId(2);

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_registers_at_the_door_is_refused_gets_a_dose_and_comes_in() {
    let world = World::new().await;
    let mut phone = Phone::new(&world);
    let door = door();
    let page = phone.get(&door).await;
    assert!(
        page.text.contains("Polsek Klojen") && page.text.contains("Masih ada 40 tempat dari 40")
    );
    assert!(page.text.contains(&format!("href=\"/masuk?next={door}\"")));

    let back = phone.register("Rangga Adi", "0812 3456 7890", &door).await;
    assert_eq!((back.status, to(&back)), (StatusCode::SEE_OTHER, &*door));

    let refused = phone.enter(&door).await;
    let verdict = phone.get(to(&refused)).await;
    assert!(verdict.text.contains("data-verdict=\"refuse\""));
    assert!(verdict.text.contains("Dosis pertama belum tercatat."));

    vaccinate(&world, REGISTERED).await;
    let admitted = phone.enter(&door).await;
    let verdict = phone.get(to(&admitted)).await;
    assert!(verdict.text.contains("data-verdict=\"admit\"") && verdict.text.contains("R.\u{a0}A."));
    assert!(
        !verdict.text.contains("Rangga"),
        "the name stands on a door's screen"
    );

    let leave = format!("{}/leave", to(&admitted));
    let left = phone.post(&leave, &[]).await;
    assert_eq!(to(&left), to(&admitted));
    let over = phone.get(to(&left)).await;
    assert!(
        over.text.contains("Anda sudah tercatat keluar") && !over.text.contains("data-verdict")
    );
    let history = phone.get("/me/history").await;
    assert!(history.text.contains("Polsek Klojen") && history.text.contains("Belum terbukti"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_sent_twice_gets_the_first_answer() {
    let world = World::new().await;
    let mut phone = Phone::new(&world);
    phone.register("Budi", "budi@contoh.id", "/me").await;
    vaccinate(&world, REGISTERED).await;
    let page = phone.get(&door()).await;
    let request = between(&page.text, "name=\"id\" value=\"", "\"")
        .unwrap()
        .to_owned();
    let first = phone.post(&door(), &[("id", &request)]).await;
    let second = phone.post(&door(), &[("id", &request)]).await;
    assert_eq!(to(&first), to(&second));
    for made_up in ["", "x", "00000000-0000-7000-8000-000000000000"] {
        let answer = phone.post(&door(), &[("id", made_up)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{made_up}");
        assert!(answer.text.contains("Tekan sekali lagi"), "{made_up}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_learns_who_is_registered_nor_sees_what_is_anothers() {
    let world = World::new().await;
    let mut budi = Phone::new(&world);
    budi.register("Budi", "budi@contoh.id", "/me").await;
    vaccinate(&world, REGISTERED).await;
    let verdict = budi.enter(&door()).await;

    let mut stranger = Phone::new(&world);
    let mut answers = Vec::new();
    for contact in ["budi@contoh.id", "nobody@contoh.id"] {
        let sent = stranger
            .post("/masuk", &[("contact", contact), ("next", "/me")])
            .await;
        let page = stranger.get(to(&sent)).await;
        answers.push((
            sent.status,
            to(&sent).to_owned(),
            page.text.replace(contact, ""),
        ));
    }
    assert_eq!(answers[0], answers[1]);

    stranger.register("Siti", "siti@contoh.id", "/me").await;
    stranger.get("/me").await;
    let foreign = stranger.get(to(&verdict)).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    let leave = stranger.post(&format!("{}/leave", to(&verdict)), &[]).await;
    assert_eq!(leave.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_leads_nowhere_is_no_refusal() {
    let world = World::new().await;
    let mut phone = Phone::new(&world);
    for (typed, said) in [
        ("/d?code=7K3M-Q2X", "delapan huruf dan angka"),
        ("/d?code=7K3MQ2XU", "tanpa huruf U"),
        ("/d/00000000", "angka 0 dan huruf O"),
    ] {
        let page = phone.get(typed).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{typed}");
        assert!(page.text.contains(said), "{typed}: {}", page.text);
        assert!(
            page.text.contains("name=\"code\""),
            "{typed} can be typed again"
        );
    }
    let code = GateCode::from_random([7; 5]);
    let typed = format!("/d?code={}", code.grouped().to_lowercase());
    assert_eq!(to(&phone.get(&typed).await), door());

    let gate = world.app.gate_by_code(code).await.unwrap();
    let Some(gapura_app::door_plan::GateByCode::Active(plan)) = gate else {
        panic!("the gate is there");
    };
    let new = GateCode::from_random([9; 5]);
    let store = &world.app.store;
    store
        .reissue_gate_code(plan.plan.gate, new.as_str(), Time(NOW))
        .await
        .unwrap();
    assert_eq!(phone.get(&format!("/d/{new}")).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_is_kept_and_each_fault_says_how_to_mend_it() {
    let world = World::new().await;
    let mut phone = Phone::new(&world);
    phone.get("/daftar").await;
    let fields = [
        ("name", "<b>=cmd()|' /C calc'!A0</b>"),
        ("birth_date", "31-2-1990"),
        ("nik", "35730"),
        ("contact", "nobody"),
    ];
    let page = phone.post("/daftar", &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    for said in [
        "Ada 4 hal",
        "tahun empat angka",
        "16 angka",
        "nama@contoh.id",
        "Tanpa persetujuan",
    ] {
        assert!(page.text.contains(said), "{said}");
    }
    assert!(page.text.contains("&#60;b&#62;=cmd()") && !page.text.contains("<b>=cmd"));
    assert!(page.text.contains("value=\"31-2-1990\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_odd_region_in_an_id_number_is_looked_at_once_and_taken() {
    let world = World::new().await;
    let mut phone = Phone::new(&world);
    phone.register("Budi", "budi@contoh.id", "/me").await;
    phone.get("/me/companions").await;
    let odd = "9801014401160001";
    let fields = [("name", "Sari"), ("birth_date", "4-1-2016"), ("nik", odd)];
    let page = phone.post("/me/companions", &fields).await;
    assert!(page.text.contains("bukan kode daerah"), "{}", page.text);
    let again = [&fields[..], &[("nik_seen", odd)]].concat();
    assert_eq!(
        to(&phone.post("/me/companions", &again).await),
        "/me?done=added"
    );
    let me = phone.get("/me").await;
    assert!(me.text.contains("Sari") && !me.text.contains(odd));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_leads_to_no_other_server() {
    let world = World::new().await;
    for elsewhere in ["https://evil.example/", "//evil.example", "/\\evil.example"] {
        let mut phone = Phone::new(&world);
        let end = phone
            .register(
                "Budi",
                &format!("{}@contoh.id", HEXLOWER.encode(elsewhere.as_bytes())),
                elsewhere,
            )
            .await;
        assert_eq!(to(&end), "/me", "{elsewhere}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_pages_of_a_visitor_open_in_both_languages() {
    let world = World::new().await;
    let mut phone = Phone::new(&world);
    phone
        .register("Budi Santoso", "budi@contoh.id", "/me")
        .await;
    let door = door();
    for path in [
        "/",
        "/privacy",
        "/scan",
        "/places",
        "/places?where=Malang&category=police&room=yes&booth=yes",
        "/places?near=-7.97,112.62",
        "/d",
        &door,
        "/me",
        "/me/profile",
        "/me/companions",
        "/me/card",
        "/me/card/lost",
        "/me/history",
        "/me/notices",
        "/me/sessions",
    ] {
        for lang in ["id", "en"] {
            let joint = if path.contains('?') { '&' } else { '?' };
            let page = phone.get(&format!("{path}{joint}lang={lang}")).await;
            assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
            assert!(
                page.text.contains(&format!("<html lang=\"{lang}\">")),
                "{path}"
            );
            assert!(page.text.contains("<h1"), "{path} has no heading");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pass_is_shown_to_its_family_alone_and_passes_can_be_revoked() {
    let world = World::new().await;
    let mut phone = Phone::new(&world);
    phone.register("Budi", "budi@contoh.id", "/me").await;
    let page = phone.get("/me/card").await;
    let text = between(&page.text, "data-pass-text>", "<")
        .expect("a pass")
        .to_owned();
    let zone = gapura_domain::time::Zone::Wib;
    let shown = world
        .app
        .read_credential(&text, zone, Time(NOW))
        .await
        .unwrap();
    assert_eq!(shown, gapura_app::credential::Shown::Person(REGISTERED));
    phone.get("/me/card/lost").await;
    assert_eq!(
        to(&phone.post("/me/card/lost", &[]).await),
        "/me/sessions?done=passes"
    );
    let error = world
        .app
        .read_credential(&text, zone, Time(NOW))
        .await
        .unwrap_err();
    assert!(matches!(
        error,
        gapura_app::AppError::NotNow("pass_revoked")
    ));
    let source = between(&page.text, "data-pass=\"", "\"").unwrap();
    assert_eq!(phone.get(source).await.status, StatusCode::OK);
    let mut other = Phone::new(&world);
    other.register("Siti", "siti@contoh.id", "/me").await;
    assert_eq!(other.get(source).await.status, StatusCode::NOT_FOUND);
}
