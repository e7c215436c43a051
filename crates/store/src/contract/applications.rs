//! Stories of owners and of what they apply for.

use super::samples::{
    NOW, account, assert_conflict, codes, first, label, organisation, spec, submitted, venue,
};
use crate::venues::{ApplicationFilter, NewApplication, VenueFilter};
use crate::{Cursor, Staff, Venues};
use gapura_domain::ids::{ApplicationId, OrganisationId};
use gapura_domain::venue::ApplicationState;

pub async fn organisations_form_a_tree_whose_parents_come_first(store: &impl Venues) {
    let polda = organisation(store, "Polda Jawa Timur").await;
    let name = label("Polresta Malang Kota");
    let polresta = store.create_organisation(Some(polda), &name, NOW).await;
    let polresta = polresta.unwrap();
    let other = organisation(store, "Polda Sumatera Selatan").await;
    let all = store.organisations().await.unwrap();
    let tree: Vec<_> = all.iter().map(|one| (one.id, one.parent)).collect();
    assert_eq!(
        tree,
        [(polda, None), (polresta, Some(polda)), (other, None)]
    );
    assert_eq!(all[1].name, name);
    let orphan = store
        .create_organisation(Some(OrganisationId(99)), &name, NOW)
        .await;
    assert!(orphan.is_err());
}

pub async fn an_approved_application_becomes_a_venue_with_rooms_and_gates<S: Venues + Staff>(
    store: &S,
) {
    let wanted = spec("Polsek Klojen");
    let (id, by) = submitted(store, wanted.clone()).await;
    let waiting = store.application(id).await.unwrap().unwrap();
    assert_eq!((waiting.by, waiting.submitted_at), (by, NOW));
    assert_eq!(waiting.state, ApplicationState::Submitted);
    assert_eq!(waiting.spec, wanted);

    let at = NOW.plus_s(60);
    let approved = store.approve_application(id, &codes("A"), by, at).await;
    let venue = approved.unwrap().unwrap();
    let state = store.application(id).await.unwrap().unwrap().state;
    assert_eq!(state, ApplicationState::Approved { venue, by, at });

    let venue = store.venue(venue).await.unwrap().unwrap();
    assert_eq!(venue.spec, wanted);
    assert_eq!(venue.organisation, waiting.organisation);
    assert_eq!(venue.version, 1);
    for (room, wanted) in venue.rooms.iter().zip(&wanted.rooms) {
        assert_eq!(room.name, wanted.name);
        assert_eq!(room.bounds, wanted.bounds);
        assert!((room.floor_area_m2 - wanted.floor_area_m2).abs() < f64::EPSILON);
    }
    let gates: Vec<_> = venue
        .gates
        .iter()
        .map(|gate| (gate.room, &*gate.code))
        .collect();
    let (skck, sim) = (venue.rooms[0].id, venue.rooms[1].id);
    assert_eq!(gates, [(skck, "A1"), (skck, "A2"), (sim, "A3")]);
    assert_eq!(venue.gates[1].name, label("Pintu samping"));
    assert!(
        store
            .application(ApplicationId(99))
            .await
            .unwrap()
            .is_none()
    );
}

pub async fn an_application_is_approved_once<S: Venues + Staff>(store: &S) {
    let (id, by) = submitted(store, spec("Polsek Klojen")).await;
    let first_time = store.approve_application(id, &codes("A"), by, NOW).await;
    assert!(first_time.unwrap().is_some());
    let second_time = store.approve_application(id, &codes("B"), by, NOW).await;
    assert_eq!(second_time.unwrap(), None);
    assert!(!store.return_application(id, "…", by, NOW).await.unwrap());
    let unknown = ApplicationId(99);
    let unknown = store
        .approve_application(unknown, &codes("C"), by, NOW)
        .await;
    assert_eq!(unknown.unwrap(), None);
    let venues = store
        .venues(&VenueFilter::default(), first(10))
        .await
        .unwrap();
    assert_eq!(venues.rows.len(), 1);
}

pub async fn an_approval_needs_one_code_for_each_gate<S: Venues + Staff>(store: &S) {
    let (id, by) = submitted(store, spec("Polsek Klojen")).await;
    let mut many = codes("A");
    many.push("A4".to_owned());
    for wrong in [&many[..2], &many[..]] {
        assert_conflict(store.approve_application(id, wrong, by, NOW).await);
    }
    still_submitted(store, id).await;
}

pub async fn a_code_that_is_taken_refuses_the_whole_approval<S: Venues + Staff>(store: &S) {
    let taken = venue(store, spec("Polsek Blimbing"), "A").await;
    let gate = store.venue(taken).await.unwrap().unwrap().gates[0].id;
    assert!(store.reissue_gate_code(gate, "A9", NOW).await.unwrap());
    let (id, by) = submitted(store, spec("Polsek Klojen")).await;
    let in_use = ["B1", "B2", "A2"];
    let revoked = ["B1", "B2", "A1"];
    let twice = ["B1", "B2", "B1"];
    for wrong in [in_use, revoked, twice] {
        let wrong = wrong.map(str::to_owned);
        assert_conflict(store.approve_application(id, &wrong, by, NOW).await);
        still_submitted(store, id).await;
    }
    assert_eq!(store.gate_by_code("B1").await.unwrap(), None);
    let good = store.approve_application(id, &codes("B"), by, NOW).await;
    assert!(good.unwrap().is_some());
}

async fn still_submitted(store: &impl Venues, id: ApplicationId) {
    let state = store.application(id).await.unwrap().unwrap().state;
    assert_eq!(state, ApplicationState::Submitted);
}

pub async fn a_returned_application_is_mended_and_submitted_again<S: Venues + Staff>(store: &S) {
    let (id, by) = submitted(store, spec("Polsek Klojen")).await;
    let officer = account(store, "satgas").await;
    let mended = spec("Polsek Klojen Kota");
    let early = store.resubmit_application(id, &mended, by, NOW).await;
    assert!(!early.unwrap());

    let (at, reasons) = (NOW.plus_s(60), "Luas ruang belum diisi");
    let returned = store.return_application(id, reasons, officer, at).await;
    assert!(returned.unwrap());
    let state = store.application(id).await.unwrap().unwrap().state;
    let expected = ApplicationState::Returned {
        reasons: reasons.to_owned(),
        by: officer,
        at,
    };
    assert_eq!(state, expected);
    assert!(
        !store
            .return_application(id, reasons, officer, at)
            .await
            .unwrap()
    );
    let approved = store
        .approve_application(id, &codes("A"), officer, at)
        .await;
    assert_eq!(approved.unwrap(), None);

    let (later, helper) = (NOW.plus_s(120), account(store, "wakil").await);
    let again = store.resubmit_application(id, &mended, helper, later).await;
    assert!(again.unwrap());
    let found = store.application(id).await.unwrap().unwrap();
    assert_eq!((found.by, found.submitted_at), (helper, later));
    assert_eq!(found.state, ApplicationState::Submitted);
    assert_eq!(found.spec, mended);
}

pub async fn a_list_is_submitted_whole_or_not_at_all<S: Venues + Staff>(store: &S) {
    let (owner, by) = (
        organisation(store, "Samsat").await,
        account(store, "a").await,
    );
    let application = |organisation| NewApplication {
        organisation,
        by,
        spec: spec("Samsat Palembang I"),
    };
    let nobody = OrganisationId(99);
    let broken = [application(owner), application(nobody)];
    assert!(store.submit_applications(&broken, NOW).await.is_err());
    let all = ApplicationFilter::default();
    let page = store.applications(&all, first(10)).await.unwrap();
    assert!(page.rows.is_empty());
    let good = [application(owner), application(owner)];
    let ids = store.submit_applications(&good, NOW).await.unwrap();
    let page = store.applications(&all, first(10)).await.unwrap();
    let listed: Vec<_> = page.rows.iter().map(|row| row.id).collect();
    assert_eq!(listed, ids);
}

pub async fn applications_are_listed_by_owner_and_state_and_paged<S: Venues + Staff>(store: &S) {
    let mut all = Vec::new();
    for name in ["Polsek Klojen", "Polsek Sukun", "Polsek Blimbing"] {
        all.push(submitted(store, spec(name)).await);
    }
    let (second, by) = all[1];
    assert!(
        store
            .return_application(second, "…", by, NOW)
            .await
            .unwrap()
    );
    let owner = store
        .application(second)
        .await
        .unwrap()
        .unwrap()
        .organisation;

    let of = |organisations, state| ApplicationFilter {
        organisations,
        state,
    };
    let list = async |filter, cursor| {
        let page = store.applications(&filter, cursor).await.unwrap();
        let ids: Vec<_> = page.rows.iter().map(|row| row.id).collect();
        (ids, page.next)
    };
    let [a, b, c] = [all[0].0, all[1].0, all[2].0];
    let (ids, next) = list(of(None, None), first(2)).await;
    assert_eq!((ids, next), (vec![a, b], Some(b.0)));
    let rest = Cursor {
        after: next,
        limit: 2,
    };
    assert_eq!(list(of(None, None), rest).await, (vec![c], None));
    let waiting = list(of(None, Some("submitted")), first(2)).await;
    assert_eq!(waiting, (vec![a, c], None));
    let own = list(of(Some(vec![owner]), None), first(2)).await;
    assert_eq!(own, (vec![b], None));
    let own = list(of(Some(vec![owner]), Some("submitted")), first(2)).await;
    assert_eq!(own, (vec![], None));
    let none = list(of(Some(vec![]), None), first(2)).await;
    assert_eq!(none, (vec![], None));
}
