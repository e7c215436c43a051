//! Sample content. One of two texts is picked by language: it is no part of the catalogue.

use gapura_web::forms::Form;
use gapura_web::gate_screen::{Direction, Figures, GateScreen, Recent, ScreenCode};
use gapura_web::lang::Lang;
use gapura_web::page::{Desk, DeskRoom};
use gapura_web::qr;
use gapura_web::verdict::{NextStep, Outcome, VerdictScreen};
use gapura_web::words::Words;

/// One of two texts; sample content is no part of the catalogue.
pub(crate) fn pick<'a>(w: Words, id: &'a str, en: &'a str) -> &'a str {
    match w.lang() {
        Lang::Id => id,
        Lang::En => en,
    }
}

pub(crate) fn sample_verdict(w: Words, outcome: Outcome) -> VerdictScreen {
    let (reason, what, details) = match outcome {
        Outcome::Admit => (
            pick(
                w,
                "Dua dosis tercatat. Tempat tersedia.",
                "Two doses on record. There is room.",
            ),
            pick(
                w,
                "Ruang Pelayanan SIM, lantai 1",
                "Driving licence room, ground floor",
            ),
            pick(
                w,
                "Buka sampai 14.00 WIB. 12 dari 40 di dalam.",
                "Open until 14.00 WIB. 12 of 40 inside.",
            ),
        ),
        Outcome::Refuse => (
            pick(
                w,
                "Dosis pertama belum tercatat.",
                "No first dose on record yet.",
            ),
            pick(w, "Gerai vaksin di Ruang 3", "Vaccination booth in room 3"),
            pick(
                w,
                "Buka sampai 14.00 WIB, gratis. Sesudah itu kembali lewat pintu ini.",
                "Open until 14.00 WIB, free of charge. Then come back through this door.",
            ),
        ),
        Outcome::Check => (
            pick(
                w,
                "Baru satu dosis: petugas memutuskan.",
                "One dose so far: the officer decides.",
            ),
            pick(
                w,
                "Tunjukkan kartu identitas kepada petugas",
                "Show your identity card to the officer",
            ),
            pick(
                w,
                "Tempat Anda ditahan selama dua menit.",
                "Your place is kept for two minutes.",
            ),
        ),
    };
    VerdictScreen {
        w,
        outcome,
        place: "Polsek Klojen".to_owned(),
        door: pick(w, "Pintu depan", "Front door").to_owned(),
        reason: reason.to_owned(),
        next: Some(NextStep {
            what: what.to_owned(),
            details: details.to_owned(),
            href: None,
        }),
        initials: "B. S.".to_owned(),
        word: "melati".to_owned(),
        clock: "09.41.12".to_owned(),
        offset_minutes: 420,
        officer: None,
        template: false,
    }
}

pub(crate) fn sample_desk(w: Words, current: usize) -> Desk {
    let names = [
        ("Tempat", "Places", 0),
        ("Kunjungan", "Visits", 0),
        ("Kasus", "Cases", 0),
        ("Klaster", "Clusters", 2),
        ("Gerai", "Booth", 0),
        ("Aturan", "Rules", 0),
        ("Cakupan", "Coverage", 0),
    ];
    let rooms = names
        .into_iter()
        .enumerate()
        .map(|(index, (id, en, waiting))| DeskRoom {
            current: index == current,
            waiting,
            ..DeskRoom::new(pick(w, id, en), "/desk")
        });
    let oversight = [
        ("Jejak akses", "Access log"),
        ("Kepatuhan", "Compliance"),
        ("Akun", "Accounts"),
    ];
    Desk {
        place: "Satgas Kota Malang".into(),
        who: "Dewi Lestari".into(),
        rooms: rooms.collect(),
        oversight: oversight
            .into_iter()
            .map(|(id, en)| DeskRoom::new(pick(w, id, en), "/desk"))
            .collect(),
    }
}

/// A gate that has been busy.
pub(crate) fn sample_gate(w: Words) -> GateScreen {
    let recent = |initials: &str, outcome, word: &str, time: &str| Recent {
        initials: initials.into(),
        outcome,
        word: word.into(),
        time: time.into(),
        href: (outcome == Some(Outcome::Check)).then(|| "/verdict/check".into()),
    };
    let address = "https://gapura.malangkota.go.id/d/7K3MQ2XA/9DT04MZB";
    GateScreen {
        w,
        gate: "g1".into(),
        place: "Polsek Klojen".into(),
        door: pick(w, "Pintu depan", "Front door").into(),
        device: pick(w, "Tablet lobi", "Lobby tablet").into(),
        clock: "09.41.12".into(),
        offset_minutes: 420,
        now: 1_795_316_400,
        direction: Direction::Enter,
        form: Form::blank(),
        request: String::new(),
        code: qr::picture(address).map(|picture| ScreenCode {
            picture,
            typed: "9DT0-4MZB".into(),
        }),
        word: "melati".into(),
        figures: Figures {
            inside: "12".into(),
            capacity: "40".into(),
            today: "118".into(),
            quota: "200".into(),
        },
        recent: vec![
            recent("B. S.", Some(Outcome::Admit), "melati", "09.41"),
            recent("R. A. W.", Some(Outcome::Admit), "melati", "09.41"),
            recent("T. H.", Some(Outcome::Refuse), "rotan", "09.38"),
            recent("S. M.", Some(Outcome::Check), "pandan", "09.37"),
            recent("D. L.", None, "", "09.35"),
            recent("N. F.", Some(Outcome::Admit), "kenari", "09.33"),
        ],
    }
}
