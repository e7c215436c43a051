//! The rules in force, to be read: which colour is given when, what it means where, and what the levels leave.

use askama::Template;
use axum::response::Response;
use gapura_domain::region::full_name;
use gapura_domain::status::Colour;
use gapura_domain::venue::Category;
use gapura_domain::verdict::Verdict;

use crate::lang::Lang;
use crate::page::{Desk, Frame, html};
use crate::problem::Problem;
use crate::staff::office::Office;
use crate::words::Words;
use crate::{place_words, reasons};

#[derive(Template)]
#[template(path = "authority/rules.html")]
struct Rules {
    frame: Frame,
    w: Words,
    desk: Desk,
    title: String,
    description: String,
    version: String,
    hash: String,
    entries: Vec<Entry>,
    colours: Vec<&'static str>,
    admissions: Vec<Admission>,
    table: String,
    shares: Vec<Share>,
    levels: Vec<(String, u8)>,
}

/// A colour and what it is given for.
struct Entry {
    mark: &'static str,
    colour: &'static str,
    reason: String,
    when: String,
}

/// What the colours mean at kinds of places that are alike.
struct Admission {
    categories: String,
    verdicts: Vec<(&'static str, &'static str)>,
}

struct Share {
    level: u8,
    category: &'static str,
    percent: u8,
}

pub(super) async fn page(office: Office) -> Result<Response, Problem> {
    let w = office.w;
    let app = &office.state.app;
    let set = &app.rules.set;
    let said = |id: &str, en: &str| match w.lang() {
        Lang::Id => id.to_owned(),
        Lang::En => en.to_owned(),
    };
    let (title, description) = (set.title(), set.description());
    let page = Rules {
        title: said(&title.id, &title.en),
        description: said(&description.id, &description.en),
        version: app.rules.version.clone(),
        hash: app
            .rules
            .hash
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect(),
        entries: set
            .entries()
            .map(|(colour, reason, when)| entry(w, colour, reason, when.to_json().to_string()))
            .collect(),
        colours: Colour::ALL
            .into_iter()
            .map(|colour| place_words::colour(w, colour))
            .collect(),
        admissions: admissions(&office),
        table: app.door_rules.level_table().name.clone(),
        shares: shares(&office),
        levels: app
            .door_rules
            .levels()
            .map(|(region, level)| (full_name(region), level))
            .collect(),
        frame: office.frame,
        w,
        desk: office.desk,
    };
    Ok(html(&page))
}

fn entry(w: Words, colour: &str, reason: &str, when: String) -> Entry {
    let known = Colour::from_name(colour).unwrap_or(Colour::None);
    Entry {
        mark: place_words::colour_mark(known),
        colour: place_words::colour(w, known),
        reason: reasons::status(w, reason),
        when,
    }
}

/// Kinds of places whose colours mean the same stand on one line.
fn admissions(office: &Office) -> Vec<Admission> {
    let w = office.w;
    let rules = &office.state.app.door_rules;
    let mut groups: Vec<(Vec<Verdict>, Vec<&'static str>)> = Vec::new();
    for category in Category::ALL {
        let admission = rules.admission(category);
        let verdicts: Vec<Verdict> = Colour::ALL
            .into_iter()
            .map(|colour| admission.of(colour))
            .collect();
        let name = place_words::category(w, category);
        match groups.iter_mut().find(|(known, _)| *known == verdicts) {
            Some((_, names)) => names.push(name),
            None => groups.push((verdicts, vec![name])),
        }
    }
    let all_alike = groups.len() == 1;
    let admission = |(verdicts, names): (Vec<Verdict>, Vec<&str>)| Admission {
        categories: if all_alike {
            w.venue_places_category_all().to_owned()
        } else {
            names.join(", ")
        },
        verdicts: verdicts
            .into_iter()
            .map(|verdict| told(w, verdict))
            .collect(),
    };
    groups.into_iter().map(admission).collect()
}

fn told(w: Words, verdict: Verdict) -> (&'static str, &'static str) {
    match verdict {
        Verdict::Admit => ("admit", w.authority_verdict_admit()),
        Verdict::Check => ("check", w.authority_verdict_check()),
        Verdict::Refuse => ("refuse", w.authority_verdict_refuse()),
    }
}

fn shares(office: &Office) -> Vec<Share> {
    let w = office.w;
    let rows = &office.state.app.door_rules.level_table().shares;
    let share = |row: &gapura_domain::venue::LevelShare| Share {
        level: row.level,
        category: row.category.map_or(w.authority_rules_others(), |category| {
            place_words::category(w, category)
        }),
        percent: row.percent,
    };
    rows.iter().map(share).collect()
}
