//! The API as programs use it.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use gapura_domain::role::Role;
use gapura_web::access::Access;
use serde_json::{Value, json};

use crate::world::{As, World, request};

const MANAGER: As = As::Staff(Role::VenueManager);
const AUTHORITY: As = As::Staff(Role::Authority);

fn place(name: &str) -> Value {
    json!({
        "name": name, "category": "police", "address": "Jalan Veteran 1", "district": "35.73.05",
        "latitude": -7.9531, "longitude": 112.6143, "contact": "0341 000001",
        "hours": "Sen-Min 08.00-15.00",
        "rooms": [{"name": "Ruang SPKT", "floor_area_m2": 30, "capacity": 10, "gates": ["Pintu utama"]}],
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_becomes_a_place_that_is_found() {
    let world = World::new().await;
    let known = world
        .get(AUTHORITY, "/api/v1/venues/applications")
        .await
        .json();
    let organisation = &known["applications"][0]["organisation"];
    let places = json!({"organisation": organisation, "venues": [place("Polsek Lowokwaru"), place("Polsek Sukun")]});
    let applied = world
        .post(MANAGER, "/api/v1/venues/applications", &places)
        .await;
    assert_eq!(applied.status, StatusCode::OK, "{}", applied.text);
    let ids = applied.json()["applications"].clone();
    let (first, second) = (ids[0].as_str().unwrap(), ids[1].as_str().unwrap());

    let path = format!("/api/v1/venues/applications/{first}/approve");
    let approved = world.post(AUTHORITY, &path, &json!({})).await.json();
    let again = world.post(AUTHORITY, &path, &json!({})).await;
    assert_eq!(
        (again.status, &again.json()["code"]),
        (StatusCode::CONFLICT, &json!("application_not_submitted"))
    );
    let path = format!("/api/v1/venues/applications/{second}/return");
    let returned = world
        .post(
            AUTHORITY,
            &path,
            &json!({"reasons": "Alamatnya belum lengkap."}),
        )
        .await;
    assert_eq!(returned.status, StatusCode::OK, "{}", returned.text);
    let list = world
        .get(MANAGER, "/api/v1/venues/applications?state=returned")
        .await
        .json();
    assert_eq!(
        list["applications"][0]["reasons"],
        "Alamatnya belum lengkap."
    );

    let near = world
        .get(As::Nobody, "/api/v1/venues?near=-7.9531,112.6143&limit=1")
        .await
        .json();
    assert_eq!(near["venues"][0]["venue"], approved["venue"]);
    assert_eq!(near["venues"][0]["free"], 10);
    let next = format!(
        "/api/v1/venues?near=-7.9531,112.6143&limit=1&cursor={}",
        near["next"].as_str().unwrap()
    );
    let next = world.get(As::Nobody, &next).await.json();
    assert_eq!(
        (&next["venues"][0]["name"], &next["next"]),
        (&json!("Polsek Klojen"), &Value::Null)
    );

    let path = format!(
        "/api/v1/venues/{}/occupancy",
        approved["venue"].as_str().unwrap()
    );
    let now = world.get(As::Nobody, &path).await.json();
    assert_eq!(
        (&now["inside"], &now["free"], &now["rooms"][0]["capacity"]),
        (&json!(0), &json!(10), &json!(10))
    );
    let event = world
        .first_event(As::Nobody, &format!("{path}/stream"))
        .await;
    let told: Value = serde_json::from_str(event.trim().strip_prefix("data: ").unwrap()).unwrap();
    assert_eq!(told, now);
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_of_an_application_are_told_at_their_fields() {
    let world = World::new().await;
    let known = world
        .get(AUTHORITY, "/api/v1/venues/applications")
        .await
        .json();
    let mut wrong = place("Polsek Blimbing");
    wrong["rooms"][0]["capacity"] = json!("viele");
    let body = json!({"organisation": known["applications"][0]["organisation"], "venues": [wrong]});
    let answer = world
        .post(MANAGER, "/api/v1/venues/applications", &body)
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer.json()["errors"][0]["field"], "[0].rooms[0].capacity");
    assert!(!answer.text.contains("viele"));
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_that_mean_nothing_are_named() {
    let world = World::new().await;
    for path in [
        "near=here",
        "category=zoo",
        "limit=0",
        "cursor=abc",
        "open_now=perhaps",
        "region=xx",
    ] {
        let answer = world
            .get(As::Nobody, &format!("/api/v1/venues?{path}"))
            .await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        let name = path.split('=').next().unwrap();
        assert_eq!(answer.json()["parameter"], name);
    }
}

/// Somebody whom a row lets in.
fn caller(access: Access) -> As {
    let mut all = As::all().into_iter().filter(|who| match who {
        As::Nobody | As::Stale => false,
        As::Visitor => access.admits_visitors(),
        As::Device => access.admits_devices(),
        As::Staff(role) => access.admits_role(*role),
    });
    all.next().unwrap_or(As::Nobody)
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_sent_to_the_api_the_answer_is_a_clear_problem() {
    let world = World::new().await;
    let deep = "[".repeat(100_000);
    let large = format!("{{\"id\": \"{}\"}}", "x".repeat(10 * 1024 * 1024));
    let odd = "{\"id\": \"\u{202e}\u{0}\u{fffd}\"}".replace('\u{0}', "\\u0000");
    for route in gapura_web::routes() {
        if !route.path.starts_with("/api/") || route.method != Method::POST {
            continue;
        }
        let path = route
            .path
            .split('/')
            .map(|part| if part.starts_with('{') { "x" } else { part });
        let path = path.collect::<Vec<_>>().join("/");
        for body in [
            "",
            "{",
            "[]",
            "null",
            "{\"id\": 1}",
            "\u{feff}{}",
            &odd,
            &deep,
            &large,
        ] {
            let knock = request(caller(route.access), &Method::POST, &path)
                .header("content-type", "application/json")
                .body(Body::from(body.to_owned()));
            let answer = world.send(knock.unwrap()).await;
            let told = &answer.text[..answer.text.len().min(200)];
            assert!(
                answer.status.is_client_error(),
                "{path} {}: {told}",
                answer.status
            );
            assert_eq!(
                answer.headers["content-type"], "application/problem+json",
                "{path}"
            );
            assert!(
                answer.json()["code"].is_string() && answer.text.len() < 2000,
                "{path}: {told}"
            );
        }
        let knock = request(caller(route.access), &Method::POST, &path)
            .header("content-type", "text/plain");
        let answer = world
            .send(
                knock
                    .header("x-gapura", "1")
                    .body(Body::from("{}"))
                    .unwrap(),
            )
            .await;
        assert!(answer.status.is_client_error(), "{path} {}", answer.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_told_as_openmetrics() {
    let world = World::new().await;
    world.get(As::Nobody, "/healthz").await;
    let answer = world.get(As::Nobody, "/metrics").await;
    assert!(
        answer.headers["content-type"]
            .to_str()
            .unwrap()
            .starts_with("application/openmetrics-text")
    );
    assert!(answer.text.contains("route=\"/healthz\",status=\"2xx\"} 1"));
    assert!(answer.text.ends_with("# EOF\n"));
    assert_eq!(
        world.get(As::Nobody, "/readyz").await.status,
        StatusCode::OK
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rule_set_in_force_can_be_read_by_anybody() {
    let world = World::new().await;
    let answer = world.get(As::Nobody, "/api/v1/rule-sets").await.json();
    assert_eq!(answer["rule_sets"][0]["in_force"], true);
    assert!(answer["rule_sets"][0]["document"]["colours"].is_array());
}
