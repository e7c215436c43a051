//! A whole server over a store in a folder of its own, with somebody of every kind signed in, knocked at without a
//! network.

use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use data_encoding::BASE64URL_NOPAD;
use gapura_app::App;
use gapura_app::ambient::{Chance, Clock};
use gapura_app::config::Config;
use gapura_app::keys::{HashOf, Keys, new_keys};
use gapura_app::make_known::{Newcomer, make_known};
use gapura_app::person_form::ReadPerson;
use gapura_domain::ids::{AccountId, GateId, PersonId};
use gapura_domain::person::{BirthDate, PersonName};
use gapura_domain::role::{Grant, Role};
use gapura_domain::time::Time;
use gapura_domain::venue::{Label, VenueSpec};
use gapura_store::Store;
use gapura_store::staff::NewAccount;
use gapura_store::venues::NewApplication;
use gapura_store_sqlite::{Options, SqliteStore};
use gapura_web::log::AccessLog;
use gapura_web::state::{AppState, Ground};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

/// 22 November 2026, 10.00 WIB, a Sunday.
pub(crate) const NOW: i64 = 1_795_316_400;

/// A clock that stands.
struct Standing;

impl Clock for Standing {
    fn now(&self) -> Time {
        Time(NOW)
    }
}

/// Bytes that differ from call to call and are the same in every run.
#[derive(Default)]
pub(crate) struct Counting(AtomicU64);

impl Chance for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        let count = self.0.fetch_add(1, Ordering::Relaxed);
        for (index, byte) in bytes.iter_mut().enumerate() {
            let mixed = (count * 8191 + index as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            *byte = mixed.to_be_bytes()[0];
        }
    }
}

/// Somebody who knocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum As {
    Nobody,
    /// With the cookies of sessions that have ended.
    Stale,
    Visitor,
    Device,
    Staff(Role),
}

impl As {
    pub(crate) fn all() -> Vec<Self> {
        [Self::Nobody, Self::Stale, Self::Visitor, Self::Device]
            .into_iter()
            .chain(Role::ALL.map(Self::Staff))
            .collect()
    }
}

/// A server with people.
pub(crate) struct World {
    /// The use cases behind the server.
    pub(crate) app: Arc<App>,
    /// What the server shares.
    pub(crate) state: AppState,
    router: Router,
    _folder: tempfile::TempDir,
}

/// An answer, read.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }
}

impl World {
    pub(crate) fn new() -> Pin<Box<dyn Future<Output = Self> + Send>> {
        Box::pin(Self::begin(Config::default()))
    }

    /// Where lists of so many megabytes can be imported.
    pub(crate) async fn importing_at_most(megabytes: u32) -> Self {
        let config = Config {
            import_megabytes_max: megabytes,
            ..Config::default()
        };
        Box::pin(Self::begin(config)).await
    }

    async fn begin(config: Config) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = open(&folder.path().join("gapura.db")).await;
        let chance = Arc::new(Counting::default());
        let keys = Keys::parse(&new_keys(&*chance)).expect("new keys");
        let ids_secret = *keys.ids();
        let config = Config {
            database: format!("sqlite:{}", folder.path().join("gapura.db").display()),
            ..config
        };
        let app = App::start(store, config, keys, Arc::new(Standing), chance);
        let app = Arc::new(Box::pin(app).await.expect("the app starts"));
        sign_in_staff(&app).await;
        let gate = found_venue(&*app.store).await;
        let visitor = PersonId(1);
        sign_in_visitor_and_device(&app, gate, visitor).await;
        let state = AppState::new(Ground {
            app: Arc::clone(&app),
            ids_secret,
            elapsed: Box::new(|| Duration::ZERO),
            figures: Box::new(Vec::new),
            access_log: AccessLog::Off,
        });
        Self {
            app,
            router: gapura_web::server(state.clone()),
            state,
            _folder: folder,
        }
    }

    /// Sends a request.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self
            .router
            .clone()
            .oneshot(request)
            .await
            .expect("an answer");
        let (parts, body) = response.into_parts();
        // A stream has no end to wait for.
        let is_stream = parts
            .headers
            .get("content-type")
            .is_some_and(|kind| kind == "text/event-stream");
        let body = if is_stream { Body::empty() } else { body };
        let bytes = to_bytes(body, 1 << 24).await.expect("a whole answer");
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    pub(crate) async fn get(&self, who: As, path: &str) -> Answer {
        self.send(
            request(who, &Method::GET, path)
                .body(Body::empty())
                .expect("a request"),
        )
        .await
    }

    pub(crate) async fn post(&self, who: As, path: &str, body: &Value) -> Answer {
        let request = request(who, &Method::POST, path)
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()));
        self.send(request.expect("a request")).await
    }

    /// The beginning of a stream that does not end.
    pub(crate) async fn first_event(&self, who: As, path: &str) -> String {
        let request = request(who, &Method::GET, path).body(Body::empty());
        let response = self.router.clone().oneshot(request.expect("a request"));
        let mut body = response.await.expect("an answer").into_body();
        let frame = body.frame().await.expect("a piece").expect("whole");
        String::from_utf8_lossy(frame.data_ref().expect("data")).into_owned()
    }
}

/// The 32 bytes of somebody's secret.
fn secret(who: As) -> [u8; 32] {
    let name = match who {
        As::Staff(role) => role.name().to_owned(),
        other => format!("{other:?}"),
    };
    secret_of(&name)
}

/// The secret of somebody by name.
pub(crate) fn secret_of(name: &str) -> [u8; 32] {
    let mut bytes = [b'.'; 32];
    bytes[..name.len()].copy_from_slice(name.as_bytes());
    bytes
}

/// The secret as a cookie or header carries it.
pub(crate) fn token(who: As) -> String {
    let start = if who == As::Device { "gpd_" } else { "" };
    format!("{start}{}", BASE64URL_NOPAD.encode(&secret(who)))
}

/// The secret of somebody by name, as a cookie or header carries it.
pub(crate) fn token_of(start: &str, name: &str) -> String {
    format!("{start}{}", BASE64URL_NOPAD.encode(&secret_of(name)))
}

/// A request with what somebody's browser or device would add.
pub(crate) fn request(who: As, method: &Method, path: &str) -> axum::http::request::Builder {
    let request = Request::builder().method(method).uri(path);
    let token = token(who);
    match who {
        As::Nobody => request,
        As::Stale => request.header(
            "cookie",
            format!("gapura_v={token}; gapura_s={token}; gapura_d={token}"),
        ),
        As::Visitor => request.header("cookie", format!("gapura_v={token}")),
        As::Staff(_) => request.header("cookie", format!("gapura_s={token}")),
        As::Device => request.header("authorization", format!("Bearer {token}")),
    }
}

async fn open(path: &Path) -> Arc<dyn Store> {
    let store = SqliteStore::open(path, Options::default()).expect("a store");
    gapura_store::Upkeep::migrate(&store)
        .await
        .expect("migrated");
    Arc::new(store)
}

pub(crate) fn venue_spec() -> VenueSpec {
    let hours = json!({"week": vec![json!([{"from": 0, "to": 1440}]); 7], "closures": []});
    serde_json::from_value(json!({
        "name": "Polsek Klojen", "category": "police", "address": "Jalan Kelud 5", "district": "357302",
        "position": {"latitude": -7.97, "longitude": 112.62}, "contact": "0341 000000", "hours": hours,
        "bounds": {"capacity": 60, "quota": 400},
        "rooms": [{
            "name": "Ruang SIM", "floor_area_m2": 80.0, "bounds": {"capacity": 40, "quota": 200},
            "gates": [{"name": "Pintu utama"}],
        }],
        "booth": null, "demands_screen_code": false, "longest_stay_minutes": 240,
    }))
    .expect("a venue")
}

async fn found_venue(store: &dyn Store) -> GateId {
    let (by, at) = (AccountId(1), Time(NOW));
    let name = Label::parse("Polresta Malang Kota").expect("a name");
    let organisation = store
        .create_organisation(None, &name, at)
        .await
        .expect("founded");
    let application = NewApplication {
        organisation,
        by,
        spec: venue_spec(),
    };
    let ids = store
        .submit_applications(&[application], at)
        .await
        .expect("submitted");
    let codes = [gapura_pass::GateCode::from_random([7; 5])
        .as_str()
        .to_owned()];
    let approved = store.approve_application(ids[0], &codes, by, at).await;
    let venue = approved.expect("approved").expect("submitted before");
    let gates = store
        .venue(venue)
        .await
        .expect("a venue")
        .expect("there")
        .gates;
    gates[0].id
}

async fn sign_in_staff(app: &App) {
    let (at, expires) = (Time(NOW), Time(NOW + 86_400));
    for role in Role::ALL {
        let account = NewAccount {
            login: role.name().to_owned(),
            display_name: format!("Officer {}", role.name()),
            password: String::new(),
            totp: None,
            grants: vec![Grant { role, branch: None }],
        };
        let account = app
            .store
            .create_account(&account, at)
            .await
            .expect("an account");
        let hash = app.keys.hash(HashOf::StaffToken, &secret(As::Staff(role)));
        let session = app
            .store
            .begin_staff_session(hash, account, at, expires, "test");
        session.await.expect("a session");
    }
}

async fn sign_in_visitor_and_device(app: &App, gate: GateId, visitor: PersonId) {
    let (at, expires) = (Time(NOW), Time(NOW + 86_400));
    assert_eq!(newcomer(app, "Siti Rahayu").await, visitor);
    let hash = app.keys.hash(HashOf::VisitorToken, &secret(As::Visitor));
    let session = app.store.begin_visitor_session(hash, visitor, at, expires);
    session.await.expect("a session");
    let code = app.keys.hash(HashOf::EnrolmentCode, b"code");
    let name = Label::parse("Tablet").expect("a name");
    app.store
        .put_enrolment(code, gate, &name, expires)
        .await
        .expect("a code");
    let hash = app.keys.hash(HashOf::DeviceToken, &secret(As::Device));
    let device = app
        .store
        .enrol_device(code, hash, at)
        .await
        .expect("enrolled");
    assert!(device.is_some());
}

/// Somebody becomes known as an authority's import makes people known.
pub(crate) async fn newcomer(app: &App, name: &str) -> PersonId {
    let newcomer = Newcomer {
        person: ReadPerson {
            name: PersonName::parse(name).expect("a name"),
            birth_date: BirthDate::from_store(jiff::civil::date(1984, 8, 17)),
            nik: None,
        },
        contact: None,
        is_verified: false,
    };
    make_known(app, [newcomer]).await.expect("known")[0]
}
