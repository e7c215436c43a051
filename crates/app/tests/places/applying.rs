//! Applying, approving, returning.

use crate::ground::{House, MALANG, SUMSEL};
use gapura_app::AppError;
use gapura_app::applications::NextTask;
use gapura_app::config::Config;
use gapura_app::venue_form::VenueForm;
use gapura_domain::ids::OrganisationId;
use gapura_domain::role::Role;
use gapura_domain::venue::ApplicationState;
use gapura_store::Cursor;
use std::collections::BTreeSet;

const ALL: Cursor = Cursor {
    after: None,
    limit: 1000,
};

fn faults(error: AppError) -> Vec<(String, &'static str)> {
    match error {
        AppError::Faults(faults) => faults.into_iter().map(|it| (it.field, it.code)).collect(),
        other => panic!("{other}"),
    }
}

fn form() -> VenueForm {
    let list = gapura_app::venue_list::read_venue_list(MALANG);
    VenueForm::of(&list.places[2].spec)
}

#[tokio::test]
async fn the_eleven_points_of_malang_go_from_a_list_to_their_posters() {
    let house = House::open(Config::default()).await;
    let (app, manager, authority) = (&house.app, house.manager(), house.authority());
    let preview = app.preview_list(&manager, None, MALANG).await.unwrap();
    assert!(preview.list.is_ready());
    assert_eq!(preview.owners.new.len(), 7);
    assert!(
        app.organisation_tree()
            .await
            .unwrap()
            .children(None)
            .next()
            .is_none()
    );

    let ids = app.apply_list(&manager, None, MALANG).await.unwrap();
    assert_eq!(ids.len(), 11);
    let queue = app
        .applications(&authority, Role::Authority, Some("submitted"), ALL)
        .await
        .unwrap();
    assert_eq!(queue.rows.len(), 11);
    assert_eq!(queue.rows[0].owner.len(), 3);
    assert!(
        queue
            .rows
            .iter()
            .all(|row| row.next == NextTask::Wait && row.warnings.is_empty())
    );

    let mut venues = Vec::new();
    for (_, venue) in app.approve_many(&authority, &ids).await {
        venues.push(venue.unwrap());
    }
    let tasks = app
        .applications(&manager, Role::VenueManager, None, ALL)
        .await
        .unwrap();
    let to_print = tasks.rows.iter().zip(&venues);
    assert!(
        to_print
            .into_iter()
            .all(|(row, venue)| row.next == NextTask::Print { venue: *venue })
    );

    let posters = app.posters(&manager, &venues).await.unwrap();
    assert_eq!(posters.len(), 22);
    let codes: BTreeSet<_> = posters.iter().map(|poster| &poster.code).collect();
    assert_eq!(codes.len(), 22);
    for poster in &posters {
        let code = poster.code.replace('-', "");
        assert_eq!(poster.url, format!("http://127.0.0.1:8700/d/{code}"));
        assert_eq!(poster.host, "127.0.0.1:8700");
    }
    assert_eq!(posters[0].place, "Polsek Lowokwaru");
    assert_eq!(posters[0].door, "Ruang SPKT – Pintu utama");
}

#[tokio::test]
async fn a_list_that_is_handed_in_twice_doubles_nothing() {
    let house = House::open(Config::default()).await;
    let (app, manager) = (&house.app, house.manager());
    let (one, other) = tokio::join!(
        app.apply_list(&manager, None, SUMSEL),
        app.apply_list(&manager, None, SUMSEL),
    );
    assert_eq!(one.unwrap().len(), 35);
    let faults = faults(other.unwrap_err());
    assert_eq!(faults.len(), 35);
    assert_eq!(faults[0], ("rows[2].venue".into(), "already_applied"));
    let tree = app.organisation_tree().await.unwrap();
    let polda = house.organisation("Polda Sumatera Selatan").await;
    assert_eq!(tree.branch(polda).len(), 19);
}

#[tokio::test]
async fn a_list_with_a_fault_changes_nothing() {
    let house = House::open(Config::default()).await;
    let (app, manager) = (&house.app, house.manager());
    let text = String::from_utf8(MALANG.to_vec()).unwrap();
    let bad = text.replacen("Kepolisian", "kebun binatang", 1);
    let refused = faults(
        app.apply_list(&manager, None, bad.as_bytes())
            .await
            .unwrap_err(),
    );
    assert_eq!(refused, [("rows[2].category".into(), "category")]);
    assert_eq!(app.store.organisations().await.unwrap(), []);
    let preview = app
        .preview_list(&manager, None, bad.as_bytes())
        .await
        .unwrap();
    assert_eq!(preview.list.faults.len(), 1);
    assert_eq!(preview.list.rows.len(), 22);
}

#[tokio::test]
async fn a_returned_application_is_mended_and_handed_in_again() {
    let house = House::open(Config::default()).await;
    let (app, manager, authority) = (&house.app, house.manager(), house.authority());
    let polres = app
        .found_organisation(&manager, None, "Polresta Malang Kota")
        .await
        .unwrap();
    let mut form = form();
    let applied = app.apply(&manager, polres, &form).await.unwrap();
    let twice = app.apply(&manager, polres, &form).await.unwrap_err();
    assert_eq!(faults(twice), [("name".into(), "already_applied")]);

    let blank = app
        .return_application(&authority, applied.id, " ")
        .await
        .unwrap_err();
    assert_eq!(faults(blank), [("reasons".into(), "missing")]);
    let outcomes = app
        .return_many(&authority, &[applied.id], "Luas ruang belum benar.")
        .await;
    assert!(outcomes.unwrap()[0].1.is_ok());
    let row = app.application(&manager, applied.id).await.unwrap();
    let reasons = "Luas ruang belum benar.".to_owned();
    assert_eq!(row.next, NextTask::Mend { reasons });
    let late = app.approve(&authority, applied.id).await.unwrap_err();
    assert!(matches!(
        late,
        AppError::NotNow("application_not_submitted")
    ));

    form.rooms[0].floor_area_m2 = "64".into();
    app.resubmit(&manager, applied.id, &form).await.unwrap();
    let again = app.resubmit(&manager, applied.id, &form).await.unwrap_err();
    assert!(matches!(
        again,
        AppError::NotNow("application_not_returned")
    ));
    let venue = app.approve(&authority, applied.id).await.unwrap();
    let venue = app.store.venue(venue).await.unwrap().unwrap();
    assert!((venue.rooms[0].floor_area_m2 - 64.0).abs() < f64::EPSILON);
    let marks = app
        .store
        .marks_on("application", applied.id.0)
        .await
        .unwrap();
    let actions: Vec<_> = marks
        .iter()
        .rev()
        .map(|mark| mark.action.as_str())
        .collect();
    assert_eq!(
        actions,
        [
            "applications_submitted",
            "application_returned",
            "application_resubmitted",
            "application_approved"
        ]
    );
}

#[tokio::test]
async fn several_forms_are_submitted_together_or_not_at_all() {
    let house = House::open(Config::default()).await;
    let (app, manager) = (&house.app, house.manager());
    let polres = app
        .found_organisation(&manager, None, "Polresta Malang Kota")
        .await
        .unwrap();
    let one = form();
    let mut other = one.clone();
    let refused = app
        .apply_many(&manager, polres, &[one.clone(), other.clone()])
        .await
        .unwrap_err();
    assert_eq!(faults(refused), [("[1].name".into(), "twice")]);
    other.name = "Polsek Sukun".into();
    other.rooms[0].capacity = "banyak".into();
    let refused = app
        .apply_many(&manager, polres, &[one.clone(), other.clone()])
        .await
        .unwrap_err();
    assert_eq!(
        faults(refused),
        [("[1].rooms[0].capacity".into(), "whole_number")]
    );
    other.rooms[0].capacity = "15".into();
    assert_eq!(
        app.apply_many(&manager, polres, &[one, other])
            .await
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test]
async fn nobody_reaches_into_another_s_branch() {
    let house = House::open(Config::default()).await;
    let app = &house.app;
    let ids = app
        .apply_list(&house.manager(), None, MALANG)
        .await
        .unwrap();
    let klojen = house.organisation("Polsek Klojen").await;
    let sukun = house.organisation("Polsek Sukun").await;
    let form = form();
    for (role, branch, may_apply, may_approve) in [
        (Role::VenueManager, Some(sukun), false, false),
        (Role::VenueManager, Some(klojen), true, false),
        (Role::Authority, Some(sukun), false, false),
        (Role::Gate, None, false, false),
        (Role::Operator, None, false, false),
    ] {
        let by = house.someone(role, branch);
        let applied = app
            .apply(
                &by,
                klojen,
                &VenueForm {
                    name: "Pos Ijen".into(),
                    ..form.clone()
                },
            )
            .await;
        assert_eq!(applied.is_ok(), may_apply, "{role:?} {branch:?}");
        let approved = app.approve(&by, ids[2]).await;
        assert_eq!(approved.is_ok(), may_approve, "{role:?} {branch:?}");
        let returned = app
            .return_application(&by, ids[2], "Mohon diperbaiki")
            .await;
        assert!(
            matches!(returned, Err(AppError::NotAllowed)),
            "{role:?} {branch:?}"
        );
        let list = app.preview_list(&by, None, MALANG).await;
        assert!(
            matches!(list, Err(AppError::NotAllowed)),
            "{role:?} {branch:?}"
        );
    }
    let of_klojen = house.someone(Role::VenueManager, Some(klojen));
    let tasks = app
        .applications(&of_klojen, Role::VenueManager, None, ALL)
        .await
        .unwrap();
    assert_eq!(tasks.rows.len(), 2);
    assert!(matches!(
        app.application(&of_klojen, ids[4]).await,
        Err(AppError::NotFound)
    ));
    assert!(matches!(
        app.applications(&of_klojen, Role::Authority, None, ALL)
            .await,
        Err(AppError::NotAllowed)
    ));
    let of_polres = house.someone(
        Role::Authority,
        Some(house.organisation("Polresta Malang Kota").await),
    );
    assert!(app.approve(&of_polres, ids[2]).await.is_ok());
}

#[tokio::test]
async fn an_organisation_is_signed_up_once_and_matched_by_its_managers() {
    let house = House::open(Config::default()).await;
    let app = &house.app;
    let mall = app.sign_up_organisation(" Mal  Ijen ").await.unwrap();
    let again = app.sign_up_organisation("MAL IJEN").await.unwrap_err();
    assert_eq!(faults(again), [("name".into(), "organisation_known")]);
    let manager = house.someone(Role::VenueManager, Some(mall));
    let tower = app
        .found_organisation(&manager, Some(mall), "Menara")
        .await
        .unwrap();
    assert_eq!(
        app.found_organisation(&manager, Some(mall), "MENARA")
            .await
            .unwrap(),
        tower
    );
    assert_eq!(app.lineage(tower).await.unwrap(), [tower, mall]);
    let outside = app.found_organisation(&manager, None, "Lain").await;
    assert!(matches!(outside, Err(AppError::NotAllowed)));
    assert!(matches!(
        app.lineage(OrganisationId(99)).await,
        Err(AppError::NotFound)
    ));
}

#[tokio::test]
async fn a_code_that_is_taken_is_drawn_again() {
    let house = House::open(Config::default()).await;
    let (app, manager, authority) = (&house.app, house.manager(), house.authority());
    let polres = app
        .found_organisation(&manager, None, "Polresta Malang Kota")
        .await
        .unwrap();
    let mut form = form();
    form.rooms.truncate(1);
    form.rooms[0].gates.truncate(1);
    let one = app.apply(&manager, polres, &form).await.unwrap();
    form.name = "Pos Ijen".into();
    let other = app.apply(&manager, polres, &form).await.unwrap();
    app.approve(&authority, one.id).await.unwrap();
    house.dice.repeat(3);
    app.approve(&authority, other.id).await.unwrap();
    let row = app.application(&authority, other.id).await.unwrap();
    assert!(matches!(
        row.application.state,
        ApplicationState::Approved { .. }
    ));
}
