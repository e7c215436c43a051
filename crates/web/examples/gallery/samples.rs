//! Sample content. One of two texts is picked by language: it is no part of the catalogue.

use std::fmt::Write as _;

use gapura_web::gate_screen::{GateScreen, Recent, ScreenCode};
use gapura_web::lang::Lang;
use gapura_web::page::{Desk, DeskRoom};
use gapura_web::verdict::{NextStep, Outcome, Reason, VerdictScreen};
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
        reasons: Vec::new(),
        template: false,
    }
}

/// Something that looks like a code and is none.
pub(crate) fn sample_code() -> ScreenCode {
    let mut path = String::new();
    for (x, y) in [(4, 4), (22, 4), (4, 22)] {
        let _ = write!(
            path,
            "M{x} {y}h7v7h-7zM{} {}v5h5v-5zM{} {}h3v3h-3z",
            x + 1,
            y + 1,
            x + 2,
            y + 2
        );
    }
    for index in 0..625_u32 {
        let (x, y) = (index % 25, index / 25);
        let corner = (y < 8 && !(8..=16).contains(&x)) || (x < 8 && y > 16);
        if !corner && index.wrapping_mul(2_654_435_761) >> 31 == 1 {
            let _ = write!(path, "M{} {}h1v1h-1z", x + 4, y + 4);
        }
    }
    ScreenCode { modules: 33, path }
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
    };
    GateScreen {
        w,
        place: "Polsek Klojen".into(),
        door: pick(w, "Pintu depan", "Front door").into(),
        clock: "09.41.12".into(),
        offset_minutes: 420,
        stream: "/gate/stream".into(),
        typed_action: "/gate".into(),
        manual_href: "/gate".into(),
        code: Some(sample_code()),
        word: "melati".into(),
        inside: "12".into(),
        capacity: "40".into(),
        today: "118".into(),
        quota: "200".into(),
        recent: vec![
            recent("B. S.", Outcome::Admit, "melati", "09.41"),
            recent("R. A. W.", Outcome::Admit, "melati", "09.41"),
            recent("T. H.", Outcome::Refuse, "rotan", "09.38"),
            recent("S. M.", Outcome::Check, "pandan", "09.37"),
            recent("N. F.", Outcome::Admit, "kenari", "09.33"),
        ],
        reasons: vec![
            Reason {
                code: "document_seen",
                text: pick(
                    w,
                    "Surat atau kartu asli diperlihatkan",
                    "Saw the original letter or card",
                )
                .into(),
            },
            Reason {
                code: "emergency",
                text: pick(w, "Keadaan darurat", "An emergency").into(),
            },
        ],
    }
}
