//! What comes out of the printer: nothing off the page, nothing over something else, a code that
//! every phone reads, fonts inside the file.
//!
//! The documents are left in the build folder's `tmp` for people to look at.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use gapura_poster::{
    Area, Bilingual, CARDS_PER_PAGE, CardContent, CardWords, Element, Fonts, Page, Part,
    PosterContent, PosterError, PosterWords, QUIET_MODULES, SMALL_PER_PAGE, card_pages, card_sheet,
    poster_a4, poster_page, poster_sheet, poster_sheet_pages, posters_a4,
};
use proptest::prelude::*;

const LANGUAGES: Bilingual<'static> = Bilingual {
    first: "id",
    second: "en",
};

const WORDS: PosterWords<'static> = PosterWords {
    languages: LANGUAGES,
    brand: "Gapura",
    instruction: Bilingual {
        first: "Arahkan kamera ponsel ke kode ini",
        second: "Point your phone’s camera at this code",
    },
    free: Bilingual {
        first: "tanpa aplikasi, gratis",
        second: "no app, free of charge",
    },
    typed_code: Bilingual {
        first: "Tanpa kamera: ketik kode ini di alamat di bawahnya",
        second: "No camera: type this code at the address below it",
    },
    check_word: Bilingual {
        first: "Kata periksa petugas",
        second: "Staff check word",
    },
    hanging: Bilingual {
        first: "Gantung 90–120 cm dari lantai ke tanda ini",
        second: "Hang 90–120 cm from the floor to this mark",
    },
};

const CARD_WORDS: CardWords<'static> = CardWords {
    languages: LANGUAGES,
    title: Bilingual {
        first: "Kartu pengunjung",
        second: "Visitor card",
    },
    number: "Nomor kartu",
    note: Bilingual {
        first: "Tunjukkan bersama kartu identitas berfoto",
        second: "Show with a photo ID",
    },
};

fn content(place: &str, door: &str, url: &str) -> PosterContent {
    PosterContent {
        place: place.to_owned(),
        door: door.to_owned(),
        url: url.to_owned(),
        host: "gapura.malangkota.example".to_owned(),
        code: "7AVM-2QPX".to_owned(),
        check_word: "melati".to_owned(),
    }
}

const URL_SHORT: &str = "https://gapura.id/d/7AVM2QPX";
const URL_60: &str = "https://gapura.kepolisian-jawatimur.example/malang/d/7AVM2QPX";

fn contents() -> Vec<PosterContent> {
    vec![
        content("Polsek Lowokwaru", "Pintu utama", URL_SHORT),
        content(
            "Samsat Malang Kota",
            "Loket pendaftaran, sisi timur",
            URL_SHORT,
        ),
        content(
            "Satuan Penyelenggara Administrasi Surat Izin Mengemudi Polresta Malang Kota",
            "Pintu masuk ruang ujian teori dan praktik, lantai dua, sebelah utara",
            &URL_60[..60],
        ),
        content("RS", "A", URL_SHORT),
    ]
}

fn card(name: &str, number: &str) -> CardContent {
    CardContent {
        name: name.to_owned(),
        number: number.to_owned(),
        code: format!("GK1:{}", "MAAFCJDI454AA4SNPGAD5D7MHZRHTAO6PAZ37".repeat(4)),
        valid_until: "Berlaku sampai 22 November 2031".to_owned(),
    }
}

fn cards() -> Vec<CardContent> {
    let mut cards = vec![
        card("Siti Rahayu", "000 001 204"),
        card(
            "Raden Mas Bambang Soeprapto Hadiwidjojo Kusumanegara",
            "000 001 205",
        ),
        card("Li", "000 001 206"),
    ];
    cards.extend((0..7).map(|_| card("Agus Setiawan Wibowo", "000 001 207")));
    cards
}

fn fonts() -> Fonts {
    static FONTS: OnceLock<Fonts> = OnceLock::new();
    FONTS.get_or_init(read_fonts).clone()
}

fn read_fonts() -> Fonts {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/dist/fonts");
    let font = |name: &str| {
        fs::read(folder.join(name)).unwrap_or_else(|error| {
            panic!("{name}: {error}. `cargo xtask ui` puts the typeface into ui/dist/fonts.")
        })
    };
    Fonts::new(font("NotoSans-Regular.ttf"), font("NotoSans-Bold.ttf"))
        .expect("Noto Sans is a font")
}

/// Leaves a document in the build folder and gives its bytes as Latin text, to look for words in it.
fn kept(name: &str, pdf: Result<Vec<u8>, PosterError>) -> String {
    let pdf = pdf.expect("the document is written");
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(path, &pdf).expect("the build folder can be written");
    pdf.iter().map(|&byte| char::from(byte)).collect()
}

fn pages() -> Vec<Page> {
    let fonts = fonts();
    let mut pages: Vec<Page> = contents()
        .iter()
        .map(|content| poster_page(&fonts, &WORDS, content).expect("a poster"))
        .collect();
    pages.extend(poster_sheet_pages(&fonts, &WORDS, &many()).expect("sheets"));
    pages.extend(card_pages(&fonts, &CARD_WORDS, &cards()).expect("cards"));
    pages
}

fn many() -> Vec<PosterContent> {
    contents().into_iter().cycle().take(10).collect()
}

fn only(page: &Page, part: Part) -> &Element {
    let mut found = page.elements.iter().filter(|element| element.part == part);
    let element = found.next().expect("the part is there");
    assert!(found.next().is_none(), "{part:?} is there twice");
    element
}

fn assert_in_order(page: &Page) {
    // What many printers can print on. The quiet border of a code is white paper anyway.
    let printable = Area::A4.grown(-4.2);
    for (place, element) in page.elements.iter().enumerate() {
        let inked = element.code().map_or(element.area, |(inner, _)| inner);
        let paper = if element.part == Part::Cut {
            Area::A4
        } else {
            printable
        };
        assert!(
            paper.contains(&inked),
            "{:?} leaves the page: {inked:?}",
            element.part
        );
        for other in &page.elements[place + 1..] {
            let both_are_cut_lines = element.part == Part::Cut && other.part == Part::Cut;
            assert!(
                both_are_cut_lines || !element.area.overlaps(&other.area),
                "{:?} lies over {:?}: {:?} and {:?}",
                element.part,
                other.part,
                element.area,
                other.area
            );
        }
    }
}

#[test]
fn nothing_leaves_the_page_or_lies_over_something_else() {
    for page in pages() {
        assert_in_order(&page);
    }
}

#[test]
fn a_posters_code_is_large_and_keeps_its_quiet_border() {
    for content in contents() {
        let page = poster_page(&fonts(), &WORDS, &content).expect("a poster");
        let element = only(&page, Part::Code);
        let (inner, modules) = element.code().expect("a code is a code");
        assert!(inner.width >= 80.0, "only {} mm", inner.width);
        assert!(modules <= 37, "{modules} modules");
        let quiet = inner.width / f32::from(modules) * f32::from(QUIET_MODULES);
        assert!(element.area.contains(&inner.grown(quiet)));
    }
}

#[test]
fn every_code_keeps_its_quiet_border_and_modules_that_a_phone_can_tell_apart() {
    for page in pages() {
        for element in &page.elements {
            if let Some((inner, modules)) = element.code() {
                let module = inner.width / f32::from(modules);
                assert!(module >= 0.8, "modules of {module} mm");
                let quiet = module * f32::from(QUIET_MODULES);
                assert!(element.area.contains(&inner.grown(quiet)));
            }
        }
    }
}

#[test]
fn place_and_door_are_the_largest_type() {
    for content in contents() {
        let page = poster_page(&fonts(), &WORDS, &content).expect("a poster");
        let size = |part| only(&page, part).size_pt().expect("text has a size");
        let names = size(Part::Place).min(size(Part::Door));
        for part in [Part::Brand, Part::Instruction, Part::InstructionSecond] {
            assert!(names > size(part), "{part:?} is larger");
        }
        assert!(names >= 20.0, "only {names} points");
    }
}

#[test]
fn long_names_wrap_and_shrink_but_stay_whole() {
    for content in contents() {
        let page = poster_page(&fonts(), &WORDS, &content).expect("a poster");
        assert_eq!(only(&page, Part::Place).lines().join(" "), content.place);
        assert_eq!(only(&page, Part::Door).lines().join(" "), content.door);
    }
    let page = poster_page(&fonts(), &WORDS, &contents()[2]).expect("a poster");
    assert!(only(&page, Part::Place).lines().len() > 1);
}

#[test]
fn names_that_no_paper_holds_end_in_an_ellipsis() {
    for name in ["Kantor ".repeat(80), "A".repeat(500)] {
        let page =
            poster_page(&fonts(), &WORDS, &content(&name, "Pintu", URL_SHORT)).expect("a poster");
        assert_in_order(&page);
        let place = only(&page, Part::Place).lines().join(" ");
        assert!(place.ends_with('…'), "{place}");
        assert_eq!(only(&page, Part::Door).lines(), ["Pintu"]);
    }
}

#[test]
fn what_the_typeface_lacks_is_left_out_and_nothing_turns_the_text_around() {
    let odd = content(
        "Kafé 🙂 \u{202e}Đà\u{7}\tLạt\u{200b} 門",
        "\u{feff} ",
        URL_SHORT,
    );
    let page = poster_page(&fonts(), &WORDS, &odd).expect("a poster");
    assert_eq!(only(&page, Part::Place).lines(), ["Kafé Đà Lạt"]);
    assert!(only(&page, Part::Door).lines().is_empty());
    kept("odd.pdf", poster_a4(&fonts(), &WORDS, &odd));
}

#[test]
fn documents_embed_their_fonts_and_say_what_they_are() {
    let fonts = fonts();
    for (name, pdf) in [
        ("posters.pdf", posters_a4(&fonts, &WORDS, &contents())),
        ("sheet.pdf", poster_sheet(&fonts, &WORDS, &many())),
        ("cards.pdf", card_sheet(&fonts, &CARD_WORDS, &cards())),
    ] {
        let pdf = kept(name, pdf);
        let count = |word: &str| pdf.matches(word).count();
        assert!(pdf.starts_with("%PDF-"), "{name}");
        assert_eq!(count("/Type/FontDescriptor"), 2, "{name}: regular and bold");
        assert_eq!(count("/FontFile2 "), 2, "{name}: both are embedded");
        assert_eq!(count("/ToUnicode "), 2, "{name}: the text can be selected");
        assert_eq!(
            count("/Subtype/Type1"),
            0,
            "{name}: no font of the reader's"
        );
        assert_eq!(
            count("<pdfuaid:part>1"),
            1,
            "{name}: accessible after PDF/UA-1"
        );
        assert!(
            count("/Lang(id)") > 1,
            "{name}: it says which language it speaks"
        );
        assert!(pdf.len() < 200_000, "{name} has {} bytes", pdf.len());
    }
}

#[test]
fn a_poster_is_named_after_its_door() {
    let pdf = kept("poster.pdf", poster_a4(&fonts(), &WORDS, &contents()[0]));
    assert!(pdf.contains("Polsek Lowokwaru"));
}

#[test]
fn sheets_take_as_many_pages_as_they_need() {
    let fonts = fonts();
    let codes = |page: &Page| page.elements.iter().filter_map(Element::code).count();
    let sheet = poster_sheet_pages(&fonts, &WORDS, &many()).expect("sheets");
    let counts: Vec<_> = sheet.iter().map(codes).collect();
    assert_eq!(counts, [SMALL_PER_PAGE, 2]);
    let cards = card_pages(&fonts, &CARD_WORDS, &cards()).expect("cards");
    let counts: Vec<_> = cards.iter().map(codes).collect();
    assert_eq!(counts, [CARDS_PER_PAGE, 2]);
}

#[test]
fn what_cannot_be_printed_is_said() {
    let fonts = fonts();
    let too_long = content("A", "B", &format!("{}x", &URL_60[..60]));
    assert_eq!(
        poster_a4(&fonts, &WORDS, &too_long),
        Err(PosterError::AddressTooLong)
    );
    assert_eq!(poster_sheet(&fonts, &WORDS, &[]), Err(PosterError::Nothing));
    assert_eq!(
        card_sheet(&fonts, &CARD_WORDS, &[]),
        Err(PosterError::Nothing)
    );
    assert_eq!(
        Fonts::new(b"no font".to_vec(), Vec::new()).err(),
        Some(PosterError::Font)
    );
}

#[test]
fn a_name_on_a_card_is_not_written_into_logs() {
    let written = format!("{:?}", cards()[0]);
    assert!(
        !written.contains("Siti") && !written.contains("GK1"),
        "{written}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_a_place_is_called_its_papers_are_in_order(place in ".{0,120}", door in "(\\PC{1,12} ?){0,12}", word in "[a-z]{4,7}") {
        let fonts = fonts();
        let mut content = content(&place, &door, URL_SHORT);
        content.check_word = word;
        assert_in_order(&poster_page(&fonts, &WORDS, &content).expect("a poster"));
        let sheet = poster_sheet_pages(&fonts, &WORDS, &[content.clone(), content]).expect("a sheet");
        assert_in_order(&sheet[0]);
        let cards = card_pages(&fonts, &CARD_WORDS, &[card(&place, "1"), card(&door, "2")]).expect("cards");
        assert_in_order(&cards[0]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5))]

    #[test]
    fn whatever_a_place_is_called_its_poster_is_written(place: String, door in "[À-ʯ̀-ͯऀ-ॿа-я ]{0,40}") {
        let written = poster_a4(&fonts(), &WORDS, &content(&place, &door, URL_SHORT));
        prop_assert!(written.is_ok_and(|pdf| pdf.starts_with(b"%PDF-")));
    }
}
