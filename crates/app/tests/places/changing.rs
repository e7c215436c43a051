//! Editing places, replacing codes, devices.

use crate::ground::{House, MALANG, MONDAY_TEN};
use gapura_app::AppError;
use gapura_app::config::Config;
use gapura_app::door_plan::GateByCode;
use gapura_app::edit_venue::form_of;
use gapura_domain::role::Role;
use gapura_domain::time::Time;
use gapura_domain::verdict::Verdict;
use gapura_pass::GateCode;
use std::net::{IpAddr, Ipv4Addr};

const TABLET: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7));

fn config(text: &str) -> Config {
    toml::from_str(text).unwrap()
}

#[tokio::test]
async fn a_plan_holds_the_share_of_the_level_and_the_colours_of_the_category() {
    let house = House::open(config(
        "level_table = \"id-2021-java\"\n[levels]\n\"35.73\" = 4\n[admission.police]\nyellow = \"admit\"",
    ))
    .await;
    house.approved(MALANG).await;
    let venue = house.venue_named("Polsek Klojen").await;
    let plan = house
        .app
        .door_plan(venue.gates[0].id)
        .await
        .unwrap()
        .unwrap();
    let percent = house
        .app
        .door_rules
        .percent(venue.spec.category, venue.spec.district);
    assert_eq!(
        plan.plan.room_bounds,
        venue.rooms[0].bounds.at_percent(percent)
    );
    assert_eq!(
        plan.plan.venue_bounds,
        venue.spec.bounds.at_percent(percent)
    );
    assert_eq!(plan.plan.admission.yellow, Verdict::Admit);
    assert_eq!(plan.plan.longest_stay_s, 7200);
    assert_eq!(plan.booth.as_ref().unwrap().place.as_str(), "Ruang 3");
    assert!(
        house
            .app
            .known_door_plan(venue.gates[0].id, house.app.now())
            .is_some()
    );
    assert!(
        house
            .app
            .known_door_plan(venue.gates[1].id, house.app.now())
            .is_none()
    );
}

#[tokio::test]
async fn an_edit_is_seen_by_the_next_scan() {
    let house = House::open(Config::default()).await;
    house.approved(MALANG).await;
    let (app, manager) = (&house.app, house.manager());
    let venue = house.venue_named("Polsek Klojen").await;
    let gate = venue.gates[0].id;
    let before = app.door_plan(gate).await.unwrap().unwrap();
    let mut form = form_of(&venue);
    form.rooms[0].capacity = "9".into();
    form.hours = "24 jam".into();
    form.demands_screen_code = "ya".into();
    let edited = app
        .edit_venue(&manager, venue.id, venue.version, &form)
        .await
        .unwrap();
    assert_eq!(
        edited.changed,
        ["hours", "demands_screen_code", "rooms[0].capacity"]
    );
    let after = app.door_plan(gate).await.unwrap().unwrap();
    assert!(!before.demands_screen_code && after.demands_screen_code);
    assert_eq!(after.plan.room_bounds.capacity, Some(9));
    assert_eq!(
        app.place_of(venue.id).await.unwrap().unwrap().free,
        Some(9 + 12)
    );

    let late = app
        .edit_venue(&manager, venue.id, venue.version, &form)
        .await
        .unwrap_err();
    assert!(matches!(late, AppError::NotNow("changed_meanwhile")));
    let version = app.store.venue(venue.id).await.unwrap().unwrap().version;
    form.district = "Sukun, Kota Malang".into();
    form.rooms[0].gates.push("Pintu baru".into());
    match app
        .edit_venue(&manager, venue.id, version, &form)
        .await
        .unwrap_err()
    {
        AppError::Faults(faults) => {
            let at: Vec<_> = faults
                .iter()
                .map(|it| (it.field.as_str(), it.code))
                .collect();
            assert_eq!(at, [("district", "fixed"), ("rooms[0].gates", "fixed")]);
        }
        other => panic!("{other}"),
    }
    let of_sukun = house.someone(
        Role::VenueManager,
        Some(house.organisation("Polsek Sukun").await),
    );
    let other = app.edit_venue(&of_sukun, venue.id, version, &form).await;
    assert!(matches!(other, Err(AppError::NotAllowed)));
}

#[tokio::test]
async fn an_old_code_says_that_it_was_replaced() {
    let house = House::open(Config::default()).await;
    house.approved(MALANG).await;
    let (app, manager) = (&house.app, house.manager());
    let gate = house.venue_named("Polsek Klojen").await.gates[0].clone();
    let old = GateCode::parse(&gate.code).unwrap();
    let before = match app.gate_by_code(old).await.unwrap() {
        Some(GateByCode::Active(plan)) => plan,
        other => panic!("{other:?}"),
    };
    assert_eq!(before.venue_name.as_str(), "Polsek Klojen");
    house.wait(60);
    let new = app.reissue_gate_code(&manager, gate.id).await.unwrap();
    match app.gate_by_code(old).await.unwrap() {
        Some(GateByCode::Revoked { gate, since }) => {
            assert_eq!((gate.code, since), (new, Time(MONDAY_TEN + 60)));
        }
        other => panic!("{other:?}"),
    }
    assert!(matches!(
        app.gate_by_code(new).await.unwrap(),
        Some(GateByCode::Active(_))
    ));
    assert_eq!(
        app.poster(&manager, gate.id).await.unwrap().code,
        new.grouped()
    );
    let unknown = GateCode::from_random([9; 5]);
    assert_eq!(app.gate_by_code(unknown).await.unwrap(), None);
    let officer = house.someone(Role::Gate, None);
    assert!(matches!(
        app.reissue_gate_code(&officer, gate.id).await,
        Err(AppError::NotAllowed)
    ));
}

#[tokio::test]
async fn an_address_that_does_not_fit_a_poster_is_told() {
    let long = format!("public_url = \"https://{}.example\"", "gapura".repeat(9));
    let house = House::open(config(&long)).await;
    let venues = house.approved(MALANG).await;
    let refused = house.app.posters(&house.manager(), &venues).await;
    assert!(matches!(refused, Err(AppError::NotNow("public_url"))));
}

#[tokio::test]
async fn a_device_is_enrolled_once_and_known_until_it_is_revoked() {
    let house = House::open(Config::default()).await;
    house.approved(MALANG).await;
    let (app, manager) = (&house.app, house.manager());
    let venue = house.venue_named("Polsek Klojen").await;
    let gate = venue.gates[0].id;
    let replaced = app
        .begin_enrolment(&manager, gate, "Tablet lama")
        .await
        .unwrap();
    let code = app
        .begin_enrolment(&manager, gate, "Tablet meja depan")
        .await
        .unwrap();
    let refused = app.enrol_device(&replaced.expose(), TABLET).await;
    assert!(matches!(refused, Err(AppError::NotNow("enrolment_code"))));
    let (device, token) = app
        .enrol_device(&code.expose().to_lowercase(), TABLET)
        .await
        .unwrap();
    assert_eq!(
        (device.gate, device.name.as_str()),
        (gate, "Tablet meja depan")
    );
    let again = app.enrol_device(&code.expose(), TABLET).await;
    assert!(matches!(again, Err(AppError::NotNow("enrolment_code"))));

    let token = token.expose();
    assert_eq!(app.known_device(&token, app.now()), None);
    assert_eq!(app.device_of_token(&token).await.unwrap().id, device.id);
    assert!(app.known_device(&token, app.now()).is_some());
    let forged = format!("gpd_{}", "A".repeat(43));
    assert!(matches!(
        app.device_of_token(&forged).await,
        Err(AppError::NotSignedIn)
    ));

    let other = house.venue_named("Polsek Sukun").await.id;
    assert!(matches!(
        app.revoke_device(&manager, other, device.id).await,
        Err(AppError::NotFound)
    ));
    app.revoke_device(&manager, venue.id, device.id)
        .await
        .unwrap();
    assert!(matches!(
        app.device_of_token(&token).await,
        Err(AppError::NotSignedIn)
    ));
    assert_eq!(app.known_device(&token, app.now()), None);
    let twice = app.revoke_device(&manager, venue.id, device.id).await;
    assert!(matches!(twice, Err(AppError::NotNow("device_revoked"))));
    let devices = app.devices(&manager, venue.id).await.unwrap();
    assert!(devices[0].revoked_at.is_some());
}

#[tokio::test]
async fn an_enrolment_code_is_over_after_a_quarter_of_an_hour() {
    let house = House::open(Config::default()).await;
    house.approved(MALANG).await;
    let gate = house.venue_named("Polsek Klojen").await.gates[0].id;
    let code = house
        .app
        .begin_enrolment(&house.manager(), gate, "Tablet")
        .await
        .unwrap();
    house.wait(900);
    let refused = house.app.enrol_device(&code.expose(), TABLET).await;
    assert!(matches!(refused, Err(AppError::NotNow("enrolment_code"))));
    assert!(!format!("{code:?}").contains(&code.expose()));
}

#[tokio::test]
async fn somebody_who_guesses_enrolment_codes_has_to_wait() {
    let house = House::open(Config::default()).await;
    for number in 0..20 {
        let guess = GateCode::from_random([number; 5]).grouped();
        let refused = house.app.enrol_device(&guess, TABLET).await;
        assert!(matches!(refused, Err(AppError::NotNow("enrolment_code"))));
    }
    let refused = house.app.enrol_device("7AVM-2QPX", TABLET).await;
    assert!(matches!(refused, Err(AppError::TooMany { .. })));
}
