//! Places and people for the stories.

use crate::people::{KeyedHash, NewPerson, Sealed};
use crate::staff::NewAccount;
use crate::venues::NewApplication;
use crate::{Cursor, People, Staff, StoreError, Venues};
use gapura_domain::door::{Bounds, Position};
use gapura_domain::hours::{Closure, OpeningHours, Span};
use gapura_domain::ids::{AccountId, ApplicationId, OrganisationId, PersonId, VenueId};
use gapura_domain::region::RegionCode;
use gapura_domain::time::{LocalDay, Time};
use gapura_domain::venue::{Booth, Category, GateSpec, Label, RoomSpec, VenueSpec};

/// When the stories happen.
pub(super) const NOW: Time = Time(1_795_000_000);

pub(super) fn label(text: &str) -> Label {
    Label::parse(text).unwrap()
}

pub(super) fn bounds(capacity: u32, quota: u32) -> Bounds {
    Bounds {
        capacity: Some(capacity),
        quota: Some(quota),
    }
}

/// A station with two rooms, three gates, office hours and a booth.
pub(super) fn spec(name: &str) -> VenueSpec {
    let gate = |name| GateSpec { name: label(name) };
    let room = |name, floor_area_m2, bounds, gates| RoomSpec {
        name: label(name),
        floor_area_m2,
        bounds,
        gates,
    };
    let day = vec![Span { from: 480, to: 900 }];
    let closure = Closure {
        from: LocalDay(20_800),
        to: LocalDay(20_801),
    };
    let hours = OpeningHours::new(std::array::from_fn(|_| day.clone()), vec![closure]).unwrap();
    VenueSpec {
        name: label(name),
        category: Category::Police,
        address: label("Jalan Jaksa Agung Suprapto 19"),
        district: RegionCode::parse("35.73.02").unwrap(),
        position: Position {
            latitude: -7.9666,
            longitude: 112.6326,
        },
        contact: label("piket@example.id"),
        hours: hours.clone(),
        bounds: bounds(60, 200),
        rooms: vec![
            room(
                "Ruang SKCK",
                36.5,
                bounds(20, 80),
                vec![gate("Pintu utama"), gate("Pintu samping")],
            ),
            room("Ruang SIM", 80.0, Bounds::default(), vec![gate("Pintu")]),
        ],
        booth: Some(Booth {
            place: label("Ruang 3"),
            hours,
        }),
        demands_screen_code: true,
        longest_stay_minutes: 240,
    }
}

/// Codes that begin so, one for each gate of [`spec`].
pub(super) fn codes(beginning: &str) -> Vec<String> {
    (1..=3).map(|gate| format!("{beginning}{gate}")).collect()
}

pub(super) async fn organisation(store: &impl Venues, name: &str) -> OrganisationId {
    store
        .create_organisation(None, &label(name), NOW)
        .await
        .unwrap()
}

pub(super) fn new_account(login: &str) -> NewAccount {
    NewAccount {
        login: login.to_owned(),
        display_name: "Ibu Ratna".to_owned(),
        password: "$argon2id$…".to_owned(),
        totp: None,
        grants: Vec::new(),
    }
}

pub(super) async fn account(store: &impl Staff, login: &str) -> AccountId {
    store
        .create_account(&new_account(login), NOW)
        .await
        .unwrap()
}

/// One submitted application of a new owner, and who submitted it.
pub(super) async fn submitted<S: Venues + Staff>(
    store: &S,
    spec: VenueSpec,
) -> (ApplicationId, AccountId) {
    let organisation = organisation(store, "Polresta Malang Kota").await;
    let by = account(store, &format!("pengelola-{}", organisation.0)).await;
    let list = [NewApplication {
        organisation,
        by,
        spec,
    }];
    let ids = store.submit_applications(&list, NOW).await.unwrap();
    (ids[0], by)
}

/// An approved venue whose codes begin so.
pub(super) async fn venue<S: Venues + Staff>(store: &S, spec: VenueSpec, code: &str) -> VenueId {
    let (application, by) = submitted(store, spec).await;
    let approved = store
        .approve_application(application, &codes(code), by, NOW)
        .await;
    approved.unwrap().unwrap()
}

pub(super) fn hash(byte: u8) -> KeyedHash {
    [byte; 32]
}

pub(super) fn sealed(key: u32, byte: u8) -> Sealed {
    Sealed {
        key,
        bytes: vec![byte; 40],
    }
}

pub(super) fn new_person() -> NewPerson {
    NewPerson {
        birth_date: None,
        sealed: sealed(1, 7),
        nik: None,
        contact: None,
        guardian: None,
        is_verified: false,
    }
}

/// Makes somebody known.
pub(super) async fn person(store: &impl People, person: &NewPerson) -> PersonId {
    let id = store.next_person().await.unwrap();
    store.create_person(id, person, NOW).await.unwrap();
    id
}

pub(super) fn first(limit: u32) -> Cursor {
    Cursor { after: None, limit }
}

pub(super) fn assert_conflict<T: std::fmt::Debug>(answer: Result<T, StoreError>) {
    let error = answer.unwrap_err();
    assert!(matches!(error, StoreError::Conflict(_)), "{error:?}");
}
