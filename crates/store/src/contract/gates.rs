//! Stories of gates, their codes, and the devices beside them.

use super::samples::{NOW, assert_conflict, hash, label, spec, venue};
use crate::venues::GateCode;
use crate::{Staff, Venues};
use gapura_domain::ids::{DeviceId, GateId, VenueId};

/// A venue and its gates.
async fn gates<S: Venues + Staff>(store: &S) -> (VenueId, Vec<GateId>) {
    let id = venue(store, spec("Polsek Klojen"), "A").await;
    let gates = store.venue(id).await.unwrap().unwrap().gates;
    (id, gates.iter().map(|gate| gate.id).collect())
}

pub async fn a_code_leads_to_its_gate_and_says_so_when_it_was_revoked<S: Venues + Staff>(
    store: &S,
) {
    let (venue, gates) = gates(store).await;
    let look = async |code: &str| store.gate_by_code(code).await.unwrap();
    assert_eq!(look("A2").await, Some(GateCode::Active(gates[1], venue)));
    assert_eq!(look("Z2").await, None);
    let at = NOW.plus_s(60);
    assert!(store.reissue_gate_code(gates[1], "N1", at).await.unwrap());
    let later = at.plus_s(60);
    assert!(
        store
            .reissue_gate_code(gates[1], "N2", later)
            .await
            .unwrap()
    );
    let revoked = |at| Some(GateCode::Revoked(gates[1], venue, at));
    assert_eq!(look("A2").await, revoked(at));
    assert_eq!(look("N1").await, revoked(later));
    assert_eq!(look("N2").await, Some(GateCode::Active(gates[1], venue)));
    let venue = store.venue(venue).await.unwrap().unwrap();
    assert_eq!(venue.gates[1].code, "N2");
    assert!(!store.reissue_gate_code(GateId(99), "N3", at).await.unwrap());
    assert_eq!(look("N3").await, None);
}

pub async fn a_code_is_never_given_to_a_second_gate<S: Venues + Staff>(store: &S) {
    let (venue, gates) = gates(store).await;
    assert!(store.reissue_gate_code(gates[0], "N1", NOW).await.unwrap());
    let (of_another, revoked, own, own_before) = ("A3", "A1", "N1", "A1");
    for (gate, code) in [
        (gates[1], of_another),
        (gates[1], revoked),
        (gates[0], own),
        (gates[0], own_before),
    ] {
        assert_conflict(store.reissue_gate_code(gate, code, NOW).await);
    }
    let codes = store.venue(venue).await.unwrap().unwrap().gates;
    let codes: Vec<_> = codes.iter().map(|gate| &*gate.code).collect();
    assert_eq!(codes, ["N1", "A2", "A3"]);
    let active = store.gate_by_code("A2").await.unwrap();
    assert_eq!(active, Some(GateCode::Active(gates[1], venue)));
}

pub async fn an_enrolment_code_makes_one_device<S: Venues + Staff>(store: &S) {
    let (venue, gates) = gates(store).await;
    let expires = NOW.plus_s(600);
    let name = label("Tablet loket 1");
    store
        .put_enrolment(hash(1), gates[0], &name, expires)
        .await
        .unwrap();
    let enrol = async |code, token| store.enrol_device(code, token, NOW).await.unwrap();
    assert_eq!(enrol(hash(9), hash(2)).await, None);
    let device = enrol(hash(1), hash(2)).await.unwrap();
    assert_eq!((device.gate, device.venue), (gates[0], venue));
    assert_eq!((&device.name, device.enrolled_at), (&name, NOW));
    assert_eq!(device.revoked_at, None);
    assert_eq!(enrol(hash(1), hash(3)).await, None);
    let known = store.device_by_token(hash(2)).await.unwrap();
    assert_eq!(known, Some(device.clone()));
    assert_eq!(store.device_by_token(hash(3)).await.unwrap(), None);
    assert_eq!(store.devices(venue).await.unwrap(), [device]);
}

pub async fn an_enrolment_code_that_has_expired_makes_none<S: Venues + Staff>(store: &S) {
    let (venue, gates) = gates(store).await;
    let name = label("Tablet");
    store
        .put_enrolment(hash(1), gates[0], &name, NOW)
        .await
        .unwrap();
    let enrolled = store.enrol_device(hash(1), hash(2), NOW).await.unwrap();
    assert_eq!(enrolled, None);
    assert!(store.devices(venue).await.unwrap().is_empty());
    let just_before = NOW.plus_s(-1);
    let enrolled = store.enrol_device(hash(1), hash(2), just_before).await;
    assert!(enrolled.unwrap().is_some());
}

pub async fn a_second_enrolment_code_replaces_the_first<S: Venues + Staff>(store: &S) {
    let (venue, gates) = gates(store).await;
    let expires = NOW.plus_s(600);
    for (code, gate, name) in [
        (1, gates[0], "Tablet"),
        (2, gates[0], "Ponsel"),
        (3, gates[1], "Kios"),
    ] {
        let name = label(name);
        store
            .put_enrolment(hash(code), gate, &name, expires)
            .await
            .unwrap();
    }
    let enrol = async |code, token| store.enrol_device(code, token, NOW).await.unwrap();
    assert_eq!(enrol(hash(1), hash(11)).await, None);
    let second = enrol(hash(2), hash(12)).await.unwrap();
    assert_eq!((second.gate, second.name), (gates[0], label("Ponsel")));
    assert!(enrol(hash(3), hash(13)).await.is_some());
    let name = label("Tablet");
    store
        .put_enrolment(hash(4), gates[0], &name, expires)
        .await
        .unwrap();
    let elsewhere = store.put_enrolment(hash(4), gates[1], &name, expires).await;
    assert_conflict(elsewhere);
    assert_eq!(store.devices(venue).await.unwrap().len(), 2);
}

pub async fn a_token_in_use_leaves_the_enrolment_code_unused<S: Venues + Staff>(store: &S) {
    let (_, gates) = gates(store).await;
    let (name, expires) = (label("Tablet"), NOW.plus_s(600));
    for (code, gate) in [(1, gates[0]), (2, gates[1])] {
        store
            .put_enrolment(hash(code), gate, &name, expires)
            .await
            .unwrap();
    }
    let enrol = async |code, token| store.enrol_device(code, token, NOW).await;
    assert!(enrol(hash(1), hash(11)).await.unwrap().is_some());
    assert_conflict(enrol(hash(2), hash(11)).await);
    assert!(enrol(hash(2), hash(12)).await.unwrap().is_some());
}

pub async fn a_revoked_device_is_listed_and_not_known<S: Venues + Staff>(store: &S) {
    let (venue, gates) = gates(store).await;
    let (name, expires) = (label("Tablet"), NOW.plus_s(600));
    store
        .put_enrolment(hash(1), gates[0], &name, expires)
        .await
        .unwrap();
    let device = store.enrol_device(hash(1), hash(2), NOW).await;
    let device = device.unwrap().unwrap();
    let at = NOW.plus_s(60);
    assert!(store.revoke_device(device.id, at).await.unwrap());
    assert!(!store.revoke_device(device.id, at.plus_s(60)).await.unwrap());
    assert!(!store.revoke_device(DeviceId(99), at).await.unwrap());
    assert_eq!(store.device_by_token(hash(2)).await.unwrap(), None);
    let listed = store.devices(venue).await.unwrap();
    assert_eq!((listed[0].id, listed[0].revoked_at), (device.id, Some(at)));
    assert!(store.devices(VenueId(99)).await.unwrap().is_empty());
}
