//! What nobody should send: odd letters, other types, bodies without end, forged ids. The answer is a clear page or
//! problem, never a failure of the server, and what was sent is not written out as markup.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use gapura_domain::role::Role;
use gapura_web::access::Access;

use crate::world::{As, World, request};

/// What may stand in a changing part of an address, percent-encoded.
const ODD_PARTS: [&str; 7] = [
    "%00",
    "..%2F..%2Fetc%2Fpasswd",
    "%F0%9F%92%89",
    "%E2%80%AE%CC%B4",
    "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "'%20OR%201%3D1--",
    "7ZZZZZZZZZZZZZZZZZZZZZZZZZ",
];

/// Names of fields that many forms have.
const FIELDS: [&str; 12] = [
    "name",
    "birth_date",
    "contact",
    "code",
    "id",
    "nik",
    "reason",
    "login",
    "password",
    "next",
    "lang",
    "venue",
];

fn knocker(access: Access) -> As {
    let staff = Role::ALL.into_iter().find(|role| access.admits_role(*role));
    if access.admits_visitors() {
        As::Visitor
    } else if access.admits_devices() {
        As::Device
    } else {
        staff.map_or(As::Nobody, As::Staff)
    }
}

fn addressed(path: &str, part: &str) -> String {
    let parts = path.split('/');
    let parts = parts.map(|each| if each.starts_with('{') { part } else { each });
    parts.collect::<Vec<_>>().join("/")
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_addresses_lead_nowhere_and_break_nothing() {
    let world = World::new().await;
    let mut wrong = Vec::new();
    let long = "9".repeat(8_000);
    for route in gapura_web::routes() {
        for part in ODD_PARTS.into_iter().chain([long.as_str()]) {
            let path = addressed(route.path, part);
            let asked = format!(
                "{path}?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E&after=%00&lat=NaN&lon=1e999&next=//evil.example&day=99999-99-99"
            );
            let knock = request(knocker(route.access), &route.method, &asked)
                .header("x-gapura", "1")
                .header("accept", "text/html");
            let answer = world.send(knock.body(Body::empty()).unwrap()).await;
            let leads_out = answer.headers.get("location").is_some_and(|to| {
                !to.to_str().unwrap().starts_with('/') || to.as_bytes().starts_with(b"//")
            });
            if answer.status.is_server_error() || answer.text.contains("<script>alert") || leads_out
            {
                let method = &route.method;
                wrong.push(format!("{method} {asked:.80}: {}", answer.status));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_take_no_harm_from_whatever_is_typed_into_them() {
    let world = World::new().await;
    let megabytes = "x".repeat(10 * 1024 * 1024);
    let typed = [
        "=cmd()|' /C calc'!A0",
        "%E2%80%AE%00%EF%BF%BD",
        "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "%C3%28%A0%A1",
        "-1",
        "99999999999999999999999999",
        &megabytes,
    ];
    let mut wrong = Vec::new();
    for route in gapura_web::routes() {
        if route.method != Method::POST || route.path.starts_with("/api/") {
            continue;
        }
        for value in typed {
            let fields = FIELDS.map(|field| format!("{field}={value}"));
            let body = if value.len() > 100 {
                fields[0].clone()
            } else {
                fields.join("&")
            };
            let path = addressed(route.path, "00000000000000000000000000");
            let knock = request(knocker(route.access), &Method::POST, &path)
                .header("x-gapura", "1")
                .header("accept", "text/html")
                .header("content-type", "application/x-www-form-urlencoded");
            let answer = world.send(knock.body(Body::from(body)).unwrap()).await;
            let is_taken = value.len() > 100 && answer.status == StatusCode::OK;
            if answer.status.is_server_error() || is_taken || answer.text.contains("<script>alert")
            {
                wrong.push(format!("{} {value:.20}: {}", route.path, answer.status));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
