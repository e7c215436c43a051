//! Other people's things, asked for by those whom the table lets through: another visitor, the manager of
//! another organisation, the device of another place. What they get must be what they would get for something
//! that does not exist, word for word.

use axum::body::Body;
use axum::http::{Method, Request, header};
use gapura_app::keys::HashOf;
use gapura_domain::ids::{AccountId, ApplicationId, DeviceId, GateId, PersonId, VenueId};
use gapura_domain::role::{Grant, Role};
use gapura_domain::time::Time;
use gapura_domain::venue::Label;
use gapura_store::staff::NewAccount;
use gapura_store::venues::NewApplication;
use gapura_web::access::Access;
use serde_json::{Value, json};

use crate::world::{As, NOW, World, newcomer, secret_of, token_of, venue_spec};

/// Addresses that anybody may open, of anybody's things.
const PUBLIC: [&str; 3] = ["/p/{venue}", "/d/{code}", "/api/v1/venues/{venue}"];

/// An id of the right form that nothing has.
const NOTHING: &str = "00000000000000000000000000";

/// A stranger: how the request says who asks, and what the table calls such a one.
struct Stranger {
    header: (&'static str, String),
    is: fn(Access) -> bool,
}

async fn strangers(world: &World) -> Vec<Stranger> {
    let (app, at, until) = (&world.app, Time(NOW), Time(NOW + 86_400));
    let store = &app.store;
    let name = Label::parse("Dinas Lain").unwrap();
    let organisation = store.create_organisation(None, &name, at).await.unwrap();
    let account = NewAccount {
        login: "stranger".to_owned(),
        display_name: "Stranger".to_owned(),
        password: String::new(),
        totp: None,
        grants: [Role::VenueManager, Role::Gate]
            .map(|role| Grant {
                role,
                branch: Some(organisation),
            })
            .to_vec(),
    };
    let account = store.create_account(&account, at).await.unwrap();
    let hash = app.keys.hash(HashOf::StaffToken, &secret_of("stranger"));
    let session = store.begin_staff_session(hash, account, at, until, "test");
    session.await.unwrap();
    let application = NewApplication {
        organisation,
        by: account,
        spec: venue_spec(),
    };
    let ids = store.submit_applications(&[application], at).await.unwrap();
    let code = gapura_pass::GateCode::from_random([9; 5]);
    let codes = [code.as_str().to_owned()];
    let approved = store.approve_application(ids[0], &codes, account, at).await;
    let venue = approved.unwrap().unwrap();
    let gate = store.venue(venue).await.unwrap().unwrap().gates[0].id;
    let code = app.keys.hash(HashOf::EnrolmentCode, b"other");
    let tablet = Label::parse("Tablet lain").unwrap();
    store
        .put_enrolment(code, gate, &tablet, until)
        .await
        .unwrap();
    let hash = app.keys.hash(HashOf::DeviceToken, &secret_of("tablet"));
    assert!(store.enrol_device(code, hash, at).await.unwrap().is_some());
    let other = newcomer(app, "Budi Santoso").await;
    let hash = app.keys.hash(HashOf::VisitorToken, &secret_of("visitor2"));
    store
        .begin_visitor_session(hash, other, at, until)
        .await
        .unwrap();
    let cookie = |jar: &str, name: &str| ("cookie", format!("{jar}={}", token_of("", name)));
    vec![
        Stranger {
            header: cookie("gapura_s", "stranger"),
            is: |access| access.admits_role(Role::VenueManager) || access.admits_role(Role::Gate),
        },
        Stranger {
            header: cookie("gapura_v", "visitor2"),
            is: Access::admits_visitors,
        },
        Stranger {
            header: (
                "authorization",
                format!("Bearer {}", token_of("gpd_", "tablet")),
            ),
            is: Access::admits_devices,
        },
    ]
}

/// Ids of what belongs to others, by the name of the address's changing part.
struct Theirs(Vec<(&'static str, String)>);

impl Theirs {
    /// Somebody is inside, so that there is a decision and a visit.
    async fn of(world: &World) -> Self {
        let ids = &world.state.ids;
        let gate = ids.show(GateId(1)).to_string();
        let body = json!({"id": request_id(1), "gate": gate});
        let inside = world.post(As::Visitor, "/api/v1/check-ins", &body).await;
        let decision = inside.json()["decision"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/decisions/{decision}/resolve");
        let body = json!({"id": request_id(3), "outcome": "admit", "reason": "known here"});
        let let_in = world.post(As::Staff(Role::Gate), &path, &body).await.json();
        let visit = let_in["visit"]
            .as_str()
            .unwrap_or_else(|| panic!("{let_in}"));
        Self(vec![
            ("decision", decision),
            ("visit", visit.to_owned()),
            ("gate", gate),
            ("venue", ids.show(VenueId(1)).to_string()),
            ("application", ids.show(ApplicationId(1)).to_string()),
            ("account", ids.show(AccountId(1)).to_string()),
            ("device", ids.show(DeviceId(1)).to_string()),
            ("person", ids.show(PersonId(1)).to_string()),
        ])
    }

    /// The address with their ids, and with ids of nothing; `None` if it has no part of which they have one.
    fn addresses(&self, path: &str) -> Option<(String, String)> {
        let (mut theirs, mut nothing) = (path.to_owned(), path.to_owned());
        for (name, id) in &self.0 {
            theirs = theirs.replace(&format!("{{{name}}}"), id);
            nothing = nothing.replace(&format!("{{{name}}}"), NOTHING);
        }
        (theirs != path && !theirs.contains('{')).then_some((theirs, nothing))
    }

    /// The text without any id, theirs or of nothing.
    fn without_ids(&self, text: &str) -> String {
        let text = text.replace(NOTHING, "ID");
        self.0
            .iter()
            .fold(text, |text, (_, id)| text.replace(id, "ID"))
    }
}

/// A `UUIDv7` of now.
fn request_id(number: u32) -> String {
    let ms = NOW * 1000;
    format!(
        "{:08x}-{:04x}-7000-8000-{number:012x}",
        ms >> 16,
        ms & 0xffff
    )
}

/// A body that a route of the API understands.
fn understood(path: &str) -> Value {
    let id = request_id(2);
    match path.rsplit('/').next() {
        Some("resolve") => {
            json!({"id": id, "outcome": "admit", "reason": "known", "officer": "stranger"})
        }
        Some("return") => json!({"reasons": ["address"], "note": "-"}),
        Some("check-out") => json!({"id": id}),
        _ => json!({}),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_belongs_to_others_is_as_if_it_were_not_there() {
    let world = World::new().await;
    let strangers = strangers(&world).await;
    let theirs = Theirs::of(&world).await;
    let mut knocked = 0;
    let mut wrong = Vec::new();
    for route in gapura_web::routes() {
        if PUBLIC.iter().any(|public| route.path.starts_with(public)) {
            continue;
        }
        let Some((address, nothing)) = theirs.addresses(route.path) else {
            continue;
        };
        for stranger in strangers
            .iter()
            .filter(|stranger| (stranger.is)(route.access))
        {
            let ask = |path: &str| {
                let is_api = route.path.starts_with("/api/");
                let (kind, body) = if is_api {
                    ("application/json", understood(route.path).to_string())
                } else {
                    (
                        "application/x-www-form-urlencoded",
                        "reason=known&note=-".to_owned(),
                    )
                };
                let body = if route.method == Method::GET {
                    String::new()
                } else {
                    body
                };
                let (name, value) = &stranger.header;
                Request::builder()
                    .method(&route.method)
                    .uri(path)
                    .header(*name, value)
                    .header("x-gapura", "1")
                    .header(header::CONTENT_TYPE, kind)
                    .header(
                        header::ACCEPT,
                        if is_api {
                            "application/json"
                        } else {
                            "text/html"
                        },
                    )
                    .body(Body::from(body))
                    .unwrap()
            };
            let (got, none) = (
                world.send(ask(&address)).await,
                world.send(ask(&nothing)).await,
            );
            knocked += 1;
            let (got_text, none_text) = (without_number(&got.text), without_number(&none.text));
            let same = theirs.without_ids(&got_text) == theirs.without_ids(&none_text);
            if got.status != none.status || !same || got.status.is_success() {
                let (path, method) = (route.path, &route.method);
                wrong.push(format!(
                    "{method} {path}: {} and {}",
                    got.status, none.status
                ));
            }
        }
    }
    assert!(knocked > 20, "only {knocked} addresses were tried");
    assert!(wrong.is_empty(), "{wrong:#?}");
    let inside = world.app.store.open_visit(PersonId(1)).await.unwrap();
    assert!(
        inside.is_some_and(|visit| visit.to.is_none()),
        "a stranger ended a visit"
    );
}

/// An answer but for the request's own number, which differs in every one.
fn without_number(text: &str) -> String {
    let Some((before, rest)) = text.split_once("urn:uuid:") else {
        return text.to_owned();
    };
    format!("{before}{}", rest.get(36..).unwrap_or_default())
}
