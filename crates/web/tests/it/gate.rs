//! A gate's device: what its screen is told, what it can't read, and where it is led when its enrolment was ended.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use gapura_domain::ids::{GateId, PersonId};
use gapura_domain::role::Role;
use gapura_pass::Pass;
use serde_json::{Value, json};

use crate::world::{As, NOW, World, request};

/// A UUID of version 7 of this moment. RFC 9562, section 5.7.
fn id(number: u16) -> String {
    let ms = format!("{:012x}", NOW * 1000);
    format!("{}-{}-7000-8000-{number:012x}", &ms[..8], &ms[8..])
}

/// What the screen shows now.
async fn screen(world: &World) -> Value {
    let event = world.first_event(As::Device, "/gate/stream").await;
    let figures = event.strip_prefix("data: ").expect("figures");
    serde_json::from_str(figures.trim()).expect("JSON")
}

async fn check_in(world: &World, who: As, number: u16, body: Value) -> Value {
    let mut body = body;
    body["id"] = json!(id(number));
    body["gate"] = json!(world.state.ids.show(GateId(1)));
    world.post(who, "/api/v1/check-ins", &body).await.json()
}

/// A form as a browser of the device's kind sends it.
async fn typed(world: &World, who: As, form: &str) -> crate::world::Answer {
    let knock = request(who, &Method::POST, "/gate/periksa")
        .header("accept", "text/html")
        .header("content-type", "application/x-www-form-urlencoded");
    let body = Body::from(form.to_owned());
    world.send(knock.body(body).expect("a request")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_by_a_scan_is_told_to_the_gates_screen_by_initials() {
    let world = World::new().await;
    assert_eq!(screen(&world).await["inside"], "0");
    let came = check_in(&world, As::Visitor, 1, json!({})).await;
    let decision = came["decision"].as_str().expect("a decision");
    let path = format!("/api/v1/decisions/{decision}/resolve");
    let yes = json!({"id": id(2), "outcome": "admit", "reason": "Kartu asli"});
    world.post(As::Staff(Role::Gate), &path, &yes).await;
    assert_eq!(screen(&world).await["inside"], "1");

    let leave = json!({"intent": "leave"});
    let left = check_in(&world, As::Visitor, 3, leave.clone()).await;
    assert_eq!(left["reasons"][0]["code"], "checked_out", "{left}");
    assert_eq!(left["initials"], json!(["S. R."]));
    let told = screen(&world).await;
    assert_eq!(told["inside"], "0");
    assert_eq!(told["recent"][0]["verdict"], "left");
    assert_eq!(told["recent"][0]["initials"], "S. R.");
    let again = check_in(&world, As::Visitor, 3, leave.clone()).await;
    assert_eq!(again["left_at"], left["left_at"]);
    assert_eq!(screen(&world).await["recent"], told["recent"], "once");
    let nowhere = check_in(&world, As::Visitor, 4, leave).await;
    assert_eq!(nowhere["code"], "not_inside");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pass_whose_time_is_over_is_explained_and_counts_for_nothing() {
    let world = World::new().await;
    let pass = Pass {
        person: PersonId(1).0,
        version: 0,
        issued_at: NOW - 600,
        expires_at: NOW - 480,
    };
    let issuer = world.app.keys.ring().issuer();
    let text = issuer.issue_pass(&pass).expect("a pass");
    let answer = typed(&world, As::Device, &format!("credential={text}")).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        answer.text.contains("Pas ini sudah kedaluwarsa"),
        "{}",
        answer.text
    );
    let told = screen(&world).await;
    assert_eq!(
        (&told["inside"], &told["today"]),
        (&json!("0"), &json!("0"))
    );
    assert_eq!(told["recent"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_whose_enrolment_was_ended_is_led_to_the_page_that_says_so() {
    let world = World::new().await;
    for page in ["/gate/terdaftar", "/gate/tanpa-kode", "/gate/di-dalam"] {
        let knock = request(As::Stale, &Method::GET, page).header("accept", "text/html");
        let answer = world.send(knock.body(Body::empty()).expect("a request"));
        let answer = answer.await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{page}");
        assert_eq!(answer.headers["location"], "/gate");
    }
    let sent = typed(&world, As::Stale, "credential=abc").await;
    assert_eq!(
        (sent.status, &sent.headers["location"]),
        (StatusCode::SEE_OTHER, &"/gate".parse().expect("a value"))
    );
    let told = world.get(As::Stale, "/gate").await;
    assert!(told.text.contains("tidak terdaftar lagi"));
    // Its stream and programs are told by status.
    let stream = world.get(As::Stale, "/gate/stream").await;
    assert_eq!(stream.status, StatusCode::UNAUTHORIZED);
}
