//! Knocks at every route of the table as everybody. A handler that stands in no row can't be reached, so none is missed.

use std::fmt::Write as _;

use axum::body::Body;
use axum::http::{Method, StatusCode};
use gapura_domain::role::Role;
use gapura_web::access::Access;
use gapura_web::table::Route;

use crate::world::{As, World, request};

/// Rows that end the session they are called with.
const SIGN_OUTS: [&str; 2] = ["/keluar", "/staff/sign-out"];

/// Where strangers are sent who look at a page of staff.
const STAFF_SIGN_IN: &str = "/staff/sign-in?next=";

/// Where a device is led that is enrolled no longer.
const DEVICE_PAGE: &str = "/gate";

/// Whether the row's words let somebody in; written without the guard's own function on purpose.
fn is_admitted(access: Access, who: As) -> bool {
    match who {
        As::Nobody | As::Stale => access.admits_nobody(),
        As::Visitor => access.admits_visitors() || access.admits_nobody(),
        As::Device => access.admits_devices() || access.admits_nobody(),
        As::Staff(role) => access.admits_role(role) || access.admits_nobody(),
    }
}

/// The route's address with something in its changing parts.
fn address(path: &str) -> String {
    let part = |part: &str| {
        let is_changing = part.starts_with('{');
        if is_changing {
            "00000000000000000000000000".to_owned()
        } else {
            part.to_owned()
        }
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// Nobody's session opens this row: told by status alone, or by the way to where one signs in.
fn is_turned_away(status: StatusCode, location: Option<&str>) -> bool {
    let to_sign_in = location.is_some_and(|to| {
        to.starts_with("/masuk?next=") || to.starts_with(STAFF_SIGN_IN) || to == DEVICE_PAGE
    });
    matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) || to_sign_in
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_stands_in_the_table_and_opens_to_those_it_names_and_to_nobody_else() {
    let world = World::new().await;
    let mut wrong = String::new();
    let mut routes = gapura_web::routes();
    // Who signs out is nobody afterwards.
    routes.sort_by_key(|route| SIGN_OUTS.contains(&route.path));
    for route in routes {
        for who in As::all() {
            let path = address(route.path);
            // A script of our own; a form's token is another test's matter.
            let knock = request(who, &route.method, &path)
                .header("x-gapura", "1")
                .header("accept", "text/html")
                .header("content-type", "application/json");
            let answer = world.send(knock.body(Body::empty()).unwrap()).await;
            let location = answer
                .headers
                .get("location")
                .and_then(|to| to.to_str().ok());
            let is_in = !is_turned_away(answer.status, location);
            if is_in != is_admitted(route.access, who) {
                let _ = writeln!(
                    wrong,
                    "{} {} as {who:?}: {}",
                    route.method, route.path, answer.status
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_acts_under_a_cookie_is_refused_from_a_strange_page() {
    let world = World::new().await;
    for route in gapura_web::routes() {
        if route.method.is_safe() || route.access.admits_nobody() {
            continue;
        }
        let Some(who) = by_cookie(&route) else {
            continue;
        };
        for (name, value) in [
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://evil.example"),
        ] {
            let knock = request(who, &route.method, &address(route.path))
                .header(name, value)
                .header("x-gapura", "1")
                .header("content-type", "application/json");
            let answer = world.send(knock.body(Body::from("{}")).unwrap()).await;
            assert_eq!(
                answer.status,
                StatusCode::FORBIDDEN,
                "{} {}",
                route.path,
                answer.text
            );
        }
        let form = request(who, &route.method, &address(route.path))
            .header("content-type", "application/x-www-form-urlencoded");
        let answer = world
            .send(form.body(Body::from("a=b&csrf=made-up")).unwrap())
            .await;
        assert_eq!(
            answer.status,
            StatusCode::FORBIDDEN,
            "{} {}",
            route.path,
            answer.text
        );
    }
}

fn by_cookie(route: &Route) -> Option<As> {
    let staff = Role::ALL
        .into_iter()
        .find(|role| route.access.admits_role(*role));
    let visitor = route.access.admits_visitors().then_some(As::Visitor);
    visitor.or(staff.map(As::Staff))
}

#[test]
fn the_table_reads_as_agreed() {
    let mut lines = Vec::new();
    for route in gapura_web::routes() {
        let who: Vec<String> = As::all()
            .into_iter()
            .filter(|who| *who != As::Stale && is_admitted(route.access, *who))
            .map(|who| match who {
                As::Staff(role) => role.name().to_owned(),
                other => format!("{other:?}").to_lowercase(),
            })
            .collect();
        let who = if who.len() == As::all().len() - 1 {
            "anybody".to_owned()
        } else {
            who.join(", ")
        };
        lines.push(format!(
            "{:60} {:4} {who}",
            route.path,
            route.method.as_str()
        ));
    }
    lines.sort();
    // After a change: INSTA_UPDATE=always cargo test -p gapura-web --test it
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn no_address_is_given_twice() {
    let mut seen = std::collections::BTreeSet::new();
    for route in gapura_web::routes() {
        let row = (route.path, route.method.as_str().to_owned());
        assert!(
            seen.insert(row.clone()),
            "{row:?} stands twice in the table"
        );
    }
}

#[test]
fn every_route_of_the_api_is_described() {
    for route in gapura_web::routes() {
        assert_eq!(
            route.operation.is_some(),
            route.path.starts_with("/api/"),
            "{} {}",
            route.method,
            route.path
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_description_names_the_same_routes_as_the_table() {
    let world = World::new().await;
    let described = world.get(As::Nobody, "/api/v1/openapi.json").await.json();
    assert_eq!(described["openapi"], "3.1.0");
    let mut routes = Vec::new();
    for (path, methods) in described["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            assert!(operation["responses"]["200"].is_object(), "{path}");
            routes.push(format!("{} {path}", method.to_uppercase()));
        }
    }
    let in_api = |route: &Route| route.path.starts_with("/api/");
    let mut table: Vec<String> = gapura_web::routes()
        .into_iter()
        .filter(in_api)
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    routes.sort();
    table.sort();
    assert_eq!(routes, table);
    for reference in references(&described) {
        let name = reference.trim_start_matches("#/components/schemas/");
        assert!(
            described["components"]["schemas"][name].is_object(),
            "{name} is missing"
        );
    }
}

fn references(value: &serde_json::Value) -> Vec<String> {
    match value {
        serde_json::Value::Object(members) => members
            .iter()
            .flat_map(|(name, value)| match (name.as_str(), value.as_str()) {
                ("$ref", Some(to)) => vec![to.to_owned()],
                _ => references(value),
            })
            .collect(),
        serde_json::Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_exist_is_a_problem_in_the_readers_language_and_form() {
    let world = World::new().await;
    let answer = world.get(As::Nobody, "/nirgendwo").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    assert_eq!(answer.json()["code"], "not_found");
    let page =
        request(As::Nobody, &Method::GET, "/nirgendwo?lang=en").header("accept", "text/html");
    let answer = world.send(page.body(Body::empty()).unwrap()).await;
    assert!(answer.text.contains("<html lang=\"en\">"));
    let wrong = request(As::Nobody, &Method::DELETE, "/healthz")
        .body(Body::empty())
        .unwrap();
    let answer = world.send(wrong).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(answer.json()["code"], "method_not_allowed");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_refusal_has_a_number_of_its_own() {
    let world = World::new().await;
    let mut numbers = std::collections::BTreeSet::new();
    for path in ["/nirgendwo", "/desk", "/api/v1/venues?limit=0"] {
        let told = world.get(As::Nobody, path).await.json();
        let number = told["instance"].as_str().expect("a number");
        let number = number.strip_prefix("urn:uuid:").expect("a UUID");
        assert_eq!(number.as_bytes()[14], b'7', "{number}");
        assert!(numbers.insert(number.to_owned()), "{number} stands twice");
    }
    let booth = As::Staff(Role::Booth);
    let page = request(booth, &Method::GET, "/desk/people").header("accept", "text/html");
    let page = world.send(page.body(Body::empty()).unwrap()).await;
    let number = page.text.split("class=\"code\">").nth(1).expect("a number");
    assert_eq!(number.split('<').next().map(str::len), Some(36));
}
