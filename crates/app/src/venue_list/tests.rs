//! Lists as clerks fill them in, well and badly.

use super::*;
use crate::venue_form::arbitrary::{any_label, any_spec};
use proptest::prelude::*;

const HEAD: &str = "instansi;instansi_induk;tempat;kategori;alamat;kecamatan;lintang;bujur;kontak;\
    jam_buka;gerai;ruang;luas_m2;kapasitas;kuota;pintu\n";

fn read(rows: &str) -> VenueList {
    read_venue_list(format!("{HEAD}{rows}").as_bytes())
}

fn cells(list: &VenueList) -> Vec<(u64, &'static str, &'static str)> {
    let faults = list.faults.iter();
    faults
        .map(|fault| (fault.row, fault.column.unwrap_or(""), fault.code))
        .collect()
}

const KLOJEN: &str = "Polsek Klojen;Polresta Malang Kota;Polsek Klojen;Kepolisian;Jl. Surabaya 1;\
    Klojen;-7,9744;112,6263;0341-000000;Sen-Jum 08.00-15.00;\"Ruang 3; Sen-Jum 08.00-14.00\";\
    Ruang SPKT;60;20;150;Pintu utama\n";

#[test]
fn a_place_may_have_many_rows_and_say_each_thing_once() {
    let list = read(&format!(
        "{KLOJEN};;;;;;;;;;;;;;;Pintu samping\n;;Polsek Klojen;;;;;;;;;Ruang SKCK;40;12;-;Pintu barat\n"
    ));
    assert_eq!(list.faults, []);
    assert!(list.is_ready());
    assert_eq!(list.rows.len(), 3);
    let [place] = &list.places[..] else {
        panic!("{:?}", list.places)
    };
    assert_eq!(
        place.organisation.as_ref().map(Label::as_str),
        Some("Polsek Klojen")
    );
    assert_eq!(
        place.parent.as_ref().map(Label::as_str),
        Some("Polresta Malang Kota")
    );
    let gates: Vec<usize> = place
        .spec
        .rooms
        .iter()
        .map(|room| room.gates.len())
        .collect();
    assert_eq!(gates, [2, 1]);
    assert_eq!(place.spec.rooms[1].bounds.quota, None);
    assert_eq!(
        place.spec.booth.as_ref().map(|booth| booth.place.as_str()),
        Some("Ruang 3")
    );
}

#[test]
fn rows_of_a_place_may_lie_apart_and_owners_are_taken_from_above() {
    let list = read(&format!(
        "{KLOJEN};;Pos Kota;kantor;Jl. A 1;35.73.02;-7.97;112.63;0341;24 jam;;Ruang A;30;10;;Pintu A\n\
         ;;polsek klojen;;;;;;;;;ruang spkt;;;;Pintu samping\n"
    ));
    assert_eq!(list.faults, []);
    let names: Vec<_> = list
        .places
        .iter()
        .map(|place| place.spec.name.as_str())
        .collect();
    assert_eq!(names, ["Polsek Klojen", "Pos Kota"]);
    assert_eq!(list.places[0].spec.rooms[0].gates.len(), 2);
    assert_eq!(list.places[1].organisation, list.places[0].organisation);
}

#[test]
fn each_fault_stands_at_its_cell() {
    let list = read(&format!(
        "{KLOJEN};Polda;;;Jl. Lain 2;;;;;;;Ruang SPKT;70;;;Pintu utama\n\
         X;;Y;mal kecil;;Tebing Tinggi;112.6;-7.9;k;buka;Ruang 1;R;0;1.000;;\n"
    ));
    assert_eq!(
        cells(&list),
        [
            (3, "address", "contradicts"),
            (3, "floor_area_m2", "contradicts"),
            (3, "gate", "twice"),
            (3, "parent", "contradicts"),
            (4, "address", "missing"),
            (4, "booth", "booth_form"),
            (4, "capacity", "whole_number"),
            (4, "category", "category"),
            (4, "district", "district_ambiguous"),
            (4, "floor_area_m2", "range"),
            (4, "gate", "missing"),
            (4, "hours", "hours"),
            (4, "latitude", "swapped"),
        ]
    );
    assert_eq!(list.faults[0].params["row"], "2");
    assert!(!list.is_ready());
    assert_eq!(list.places, []);
}

#[test]
fn a_fault_of_one_place_keeps_the_whole_list_from_being_handed_in() {
    let list = read(&format!("{KLOJEN}X;;Y;;;;;;;;;;;;;\n"));
    assert_eq!(list.places.len(), 1);
    assert!(!list.is_ready());
}

#[test]
fn a_list_without_rows_or_columns_says_so() {
    assert_eq!(cells(&read("")), [(0, "", "no_rows")]);
    let list = read_venue_list(b"tempat,warna\nA,biru\n");
    let codes: Vec<_> = list.faults.iter().map(|fault| fault.code).collect();
    assert!(
        codes.iter().all(|code| *code == "column_missing"),
        "{codes:?}"
    );
    let list = read_venue_list(format!("warna;{HEAD};{KLOJEN}").as_bytes());
    assert_eq!(list.warnings[0].code, "column_unknown");
    assert_eq!(list.warnings[0].params["position"], "1");
    assert!(list.is_ready());
}

#[test]
fn english_headers_mean_the_same() {
    let english = "organisation,parent organisation,place,category,address,district code,lat,lon,\
        phone,opening hours,room,floor area,room capacity,daily quota,door\n\
        Klojen Police,,Klojen Police,police,Jl. Surabaya 1,35.73.02,-7.97,112.62,0341,\
        Mon-Fri 8:00-15:00,Hall,60,20,,Main door\n";
    let list = read_venue_list(english.as_bytes());
    assert_eq!(list.faults, []);
    assert_eq!(list.places.len(), 1);
}

#[test]
fn names_that_look_like_formulas_are_text_and_leave_neutralised() {
    let list = read(&KLOJEN.replace("Pintu utama", "=cmd()"));
    assert_eq!(list.faults, []);
    let spec = &list.places[0].spec;
    assert_eq!(spec.rooms[0].gates[0].name.as_str(), "=cmd()");
    let written = String::from_utf8(write_venue_list([("A", "", spec)])).unwrap();
    assert!(written.contains(",'=cmd()\r\n"), "{written}");
}

#[test]
fn the_shipped_examples_have_no_faults() {
    for (name, places, bytes) in [
        (
            "malang.csv",
            11,
            include_bytes!("../../../../examples/malang.csv").as_slice(),
        ),
        (
            "sumsel.csv",
            35,
            include_bytes!("../../../../examples/sumsel.csv").as_slice(),
        ),
    ] {
        let list = read_venue_list(bytes);
        assert_eq!((&list.faults, &list.warnings), (&vec![], &vec![]), "{name}");
        assert_eq!(list.places.len(), places, "{name}");
    }
}

#[test]
fn every_file_of_the_corpus_is_read_or_politely_not_read() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/venue_list");
    let files: Vec<_> = std::fs::read_dir(folder).into_iter().flatten().collect();
    assert!(files.len() > 3, "the corpus lies in {folder}");
    for file in files {
        let list = read_venue_list(&std::fs::read(file.unwrap().path()).unwrap());
        assert!(list.is_ready() || !list.faults.is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_list_reads_back_as_it_is_written(
        places in proptest::collection::vec((any_label(), proptest::option::of(any_label()), any_spec()), 1..4),
    ) {
        // An apostrophe before a sign is what neutralises a formula, and a booth's place ends at `;`.
        let specs = places.iter().map(|(_, _, spec)| spec);
        prop_assume!(specs.clone().all(|spec| spec.booth.as_ref().is_none_or(|booth| !booth.place.as_str().contains(';'))));
        let texts = format!("{places:?}");
        prop_assume!(!texts.contains("\"'"));
        let listed: Vec<ListedPlace> = places
            .iter()
            .enumerate()
            .map(|(index, (organisation, parent, spec))| {
                let mut spec = spec.clone();
                spec.name = Label::parse(&format!("{} {index}", spec.name)).unwrap();
                let organisation = Label::parse(&format!("{organisation} {index}")).unwrap();
                ListedPlace { row: 0, organisation: Some(organisation), parent: parent.clone(), spec }
            })
            .collect();
        let name = |label: &'_ Option<Label>| label.as_ref().map_or_else(String::new, Label::to_string);
        let names: Vec<(String, String)> = listed
            .iter()
            .map(|place| (name(&place.organisation), name(&place.parent)))
            .collect();
        let rows = names.iter().zip(&listed);
        let bytes = write_venue_list(rows.map(|((organisation, parent), place)| {
            (organisation.as_str(), parent.as_str(), &place.spec)
        }));
        let mut list = read_venue_list(&bytes);
        prop_assert_eq!(&list.faults, &vec![]);
        for place in &mut list.places {
            place.row = 0;
        }
        prop_assert_eq!(list.places, listed);
    }

    #[test]
    fn no_cells_make_the_reader_fall_over(rows in proptest::collection::vec("[\\PC;]{0,60}", 0..6)) {
        let list = read(&rows.join("\n"));
        prop_assert!(list.is_ready() || !list.faults.is_empty());
    }
}
