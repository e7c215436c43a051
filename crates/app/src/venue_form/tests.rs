//! The form as people fill it in, well and badly.

use super::*;
use proptest::prelude::*;

pub(crate) fn klojen() -> VenueForm {
    VenueForm {
        name: "Polsek Klojen".into(),
        category: "kepolisian".into(),
        address: "Jl. Basuki Rahmat 1".into(),
        district: "Klojen".into(),
        latitude: "-7.9771".into(),
        longitude: "112,6340".into(),
        contact: "0341-000000".into(),
        hours: "Sen-Jum 08.00-15.00".into(),
        booth: Some(BoothForm {
            place: "Ruang 3".into(),
            hours: "Sen-Jum 08.00-14.00".into(),
        }),
        rooms: vec![RoomForm {
            name: "Ruang SPKT".into(),
            floor_area_m2: "60,5".into(),
            capacity: "20".into(),
            quota: "150".into(),
            gates: vec!["Pintu utama".into()],
        }],
        ..VenueForm::default()
    }
}

fn faults(form: &VenueForm) -> Vec<(String, &'static str)> {
    let faults = form.read().expect_err("the form has faults");
    faults
        .into_iter()
        .map(|fault| (fault.field, fault.code))
        .collect()
}

#[test]
fn a_form_filled_in_as_people_do_is_read() {
    let checked = klojen().read().unwrap();
    assert_eq!(checked.warnings, []);
    let spec = checked.spec;
    assert_eq!(spec.district.to_string(), "35.73.02");
    assert!((spec.position.longitude - 112.634).abs() < 1e-9);
    assert_eq!(spec.rooms[0].bounds.capacity, Some(20));
    assert_eq!(spec.longest_stay_minutes, LONGEST_STAY_DEFAULT);
    assert!(!spec.demands_screen_code);
}

#[test]
fn every_empty_field_is_told_at_once() {
    let form = VenueForm {
        rooms: vec![RoomForm::default()],
        ..VenueForm::default()
    };
    let missing = [
        "name",
        "category",
        "address",
        "district",
        "latitude",
        "longitude",
        "contact",
        "hours",
        "rooms[0].name",
        "rooms[0].floor_area_m2",
        "rooms[0].capacity",
        "rooms[0].gates",
    ];
    let expected: Vec<_> = missing.map(|field| (field.to_owned(), "missing")).into();
    assert_eq!(faults(&form), expected);
    assert!(faults(&VenueForm::default()).contains(&("rooms".into(), "missing")));
}

#[test]
fn faults_name_the_path_of_their_field() {
    let mut form = klojen();
    form.category = "kebun binatang".into();
    form.capacity = "1.000".into();
    form.demands_screen_code = "mungkin".into();
    form.longest_stay_minutes = "5".into();
    form.rooms[0].capacity = "0".into();
    form.rooms[0].floor_area_m2 = "luas".into();
    form.rooms[0].gates = vec![
        "Pintu".into(),
        "PINTU ".into(),
        "a".repeat(121),
        "x\u{202E}".into(),
    ];
    form.booth = Some(BoothForm::default());
    assert_eq!(
        faults(&form),
        [
            ("category", "category"),
            ("capacity", "whole_number"),
            ("booth.place", "missing"),
            ("booth.hours", "missing"),
            ("demands_screen_code", "yes_or_no"),
            ("longest_stay_minutes", "range"),
            ("rooms[0].floor_area_m2", "number"),
            ("rooms[0].capacity", "range"),
            ("rooms[0].gates[1]", "twice"),
            ("rooms[0].gates[2]", "too_long"),
            ("rooms[0].gates[3]", "characters"),
        ]
        .map(|(field, code)| (field.to_owned(), code))
    );
}

#[test]
fn a_position_copied_from_a_map_may_stand_in_one_field() {
    let mut form = klojen();
    form.latitude = "-7.9771, 112.6340".into();
    form.longitude = Typed::default();
    assert!((form.read().unwrap().spec.position.longitude - 112.634).abs() < 1e-9);
}

#[test]
fn a_position_elsewhere_is_a_fault_and_a_far_one_a_warning() {
    let at = |latitude: &str, longitude: &str| VenueForm {
        latitude: latitude.into(),
        longitude: longitude.into(),
        ..klojen()
    };
    assert_eq!(
        faults(&at("112.63", "-7.97")),
        [("latitude".into(), "swapped")]
    );
    assert_eq!(
        faults(&at("52.5", "13.4")),
        [("latitude".into(), "outside_indonesia")]
    );
    assert_eq!(faults(&at("NaN", "1e2")).len(), 2);
    let palembang = at("-2.97", "104.74").read().unwrap();
    assert_eq!(palembang.warnings[0].code, "far_from_district");
    assert_eq!(palembang.warnings[0].params["km"], "1035");
}

#[test]
fn what_is_unusual_warns_and_stops_nothing() {
    let mut form = klojen();
    form.rooms[0].capacity = "100".into();
    form.rooms[0].quota = "50".into();
    form.booth = Some(BoothForm {
        place: "Ruang 3".into(),
        hours: "Sab 08.00-14.00".into(),
    });
    let warnings = form.read().unwrap().warnings;
    let codes: Vec<_> = warnings.iter().map(|warning| warning.code).collect();
    assert_eq!(
        codes,
        ["booth_outside_hours", "crowded", "quota_below_capacity"]
    );
}

#[test]
fn hours_may_be_typed_day_by_day() {
    let mut form = klojen();
    form.booth = None;
    form.hours = String::new();
    form.days[0] = "08.00-12.00".into();
    form.days[6] = "tutup".into();
    let spec = form.read().unwrap().spec;
    assert_eq!(spec.hours.week()[0].len(), 1);
    form.days[2] = "pagi".into();
    assert_eq!(faults(&form), [("days[2]".into(), "hours")]);
}

#[test]
fn a_json_document_may_write_numbers_as_numbers() {
    let json = r#"{"name": "A", "latitude": -7.9771, "longitude": 112.634, "capacity": 40,
        "quota": null, "demands_screen_code": true,
        "rooms": [{"name": "R", "floor_area_m2": 60, "capacity": "20", "gates": ["P"]}]}"#;
    let form: VenueForm = serde_json::from_str(json).unwrap();
    assert_eq!(form.latitude.0, "-7.9771");
    assert_eq!(form.capacity.0, "40");
    assert!(form.quota.is_empty());
    assert_eq!(form.rooms[0].floor_area_m2.0, "60");
    assert!(serde_json::from_str::<VenueForm>(r#"{"nama": "A"}"#).is_err());
    assert!(serde_json::from_str::<VenueForm>(r#"{"capacity": [1]}"#).is_err());
}

proptest! {
    #[test]
    fn the_form_of_a_place_reads_as_that_place(spec in crate::venue_form::arbitrary::any_spec()) {
        let checked = VenueForm::of(&spec).read();
        prop_assert_eq!(checked.map(|checked| checked.spec), Ok(spec));
    }
}
