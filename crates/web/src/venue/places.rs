//! All places of somebody's branch with how full they are, and for a manager the way from the application to the door.

use askama::Template;
use axum::response::Response;
use gapura_app::applications::NextTask;
use gapura_app::places::Place;
use gapura_domain::hours::OpenState;
use gapura_domain::ids::OrganisationId;
use gapura_domain::region::{RegionCode, region};
use gapura_domain::role::Role;
use gapura_domain::venue::Category;
use gapura_store::Cursor;
use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::format;
use crate::forms::Form;
use crate::page::{Desk, Frame, Pages, html};
use crate::place_words::{self, Fact};
use crate::problem::Problem;
use crate::staff::office::{Address, Head, Office, ROOM_PLACES, address, numbered};
use crate::words::Words;

const PATH: &str = "/desk/places";

#[derive(Template)]
#[template(path = "venue/places.html")]
struct Places {
    frame: Frame,
    w: Words,
    desk: Desk,
    form: Form,
    can_apply: bool,
    empty: &'static str,
    is_filtered: bool,
    total: u64,
    inside: String,
    tasks: Vec<Task>,
    categories: Vec<(&'static str, &'static str)>,
    regions: Vec<(String, &'static str)>,
    heads: Vec<Head>,
    rows: Vec<Row>,
    pages: Pages,
    by_region: Vec<RegionRow>,
    by_region_finding: String,
}

struct Task {
    state: &'static str,
    name: &'static str,
    href: String,
    hint: String,
}

struct Row {
    href: String,
    name: String,
    owner: String,
    category: &'static str,
    region: &'static str,
    inside: String,
    capacity: Option<String>,
    today: String,
    quota: Option<String>,
    state: &'static str,
    open: String,
}

struct RegionRow {
    href: String,
    name: &'static str,
    inside: u64,
    today: u64,
    places: u64,
}

pub(super) async fn list(office: Office, Address(form): Address) -> Result<Response, Problem> {
    let w = office.w;
    let app = &office.state.app;
    let branches = app.branches_of(&office.by, ROOM_PLACES).await?;
    let all = app.places_of(branches.as_deref()).await?;
    let is_manager = office.has(&[Role::VenueManager]);
    let tree = app.organisation_tree().await?;
    let owner = |of: OrganisationId| {
        tree.get(of)
            .map(|of| of.name.to_string())
            .unwrap_or_default()
    };
    let regions = regions_of(w, &all);
    let by_region = if form.text("region").is_empty() {
        by_region(&all)
    } else {
        Vec::new()
    };
    let is_filtered = ["q", "category", "region"]
        .iter()
        .any(|name| !form.text(name).is_empty());
    let tasks = if is_manager {
        tasks(&office, all.is_empty()).await?
    } else {
        Vec::new()
    };
    let mut found = matching(all, &form);
    sort(&mut found, form.text("sort"));
    let kept = ["q", "category", "region", "sort"].map(|name| (name, form.text(name)));
    let (shown, pages) = numbered(w, PATH, &kept, form.text("page"), found.len());
    let page = Places {
        can_apply: office.has(&[Role::VenueManager, Role::Authority]),
        empty: if is_manager {
            w.venue_places_empty_text()
        } else {
            w.venue_places_empty_authority()
        },
        is_filtered,
        total: found.len() as u64,
        inside: format::number(w.lang(), inside(&found)),
        tasks,
        categories: categories(w, w.venue_places_category_all()),
        regions,
        heads: heads(w, &form),
        rows: found[shown]
            .iter()
            .map(|place| row(&office, place, owner(place.listing.organisation)))
            .collect(),
        pages,
        by_region_finding: finding(w, &by_region),
        by_region,
        frame: office.frame.clone(),
        w,
        desk: office.desk.clone(),
        form,
    };
    Ok(html(&page))
}

fn inside(places: &[Place]) -> u64 {
    places
        .iter()
        .map(|place| u64::from(place.occupancy.inside))
        .sum()
}

fn matching(places: Vec<Place>, form: &Form) -> Vec<Place> {
    let words: Vec<String> = form
        .text("q")
        .split_whitespace()
        .map(str::to_lowercase)
        .collect();
    let category = Category::from_name(form.text("category"));
    let within = RegionCode::parse(form.text("region")).ok();
    let is_match = |place: &Place| {
        let listing = &place.listing;
        let text = format!("{} {}", listing.name, listing.address).to_lowercase();
        category.is_none_or(|category| listing.category == category)
            && within.is_none_or(|region| listing.district.is_in(region))
            && words.iter().all(|word| text.contains(word.as_str()))
    };
    places.into_iter().filter(is_match).collect()
}

fn sort(places: &mut [Place], by: &str) {
    let key = by.strip_prefix('-').unwrap_or(by);
    match key {
        "inside" => places.sort_by_key(|place| Reverse(place.occupancy.inside)),
        "today" => places.sort_by_key(|place| Reverse(place.occupancy.today)),
        "category" => places.sort_by_key(|place| place.listing.category),
        "region" => places.sort_by_key(|place| place.listing.district),
        _ => places.sort_by(|a, b| a.listing.name.cmp(&b.listing.name)),
    }
    if by.starts_with('-') {
        places.reverse();
    }
}

fn heads(w: Words, form: &Form) -> Vec<Head> {
    let others = ["q", "category", "region"].map(|name| (name, form.text(name)));
    let head = |column| Head::new(column, PATH, form.text("sort"), &others);
    vec![
        head((w.venue_places_name(), "name", false)),
        head((w.venue_places_category(), "category", false)),
        head((w.venue_places_region(), "region", false)),
        head((w.venue_places_inside(), "inside", true)),
        head((w.venue_places_today(), "today", true)),
        head((w.venue_places_open(), "", false)),
    ]
}

fn row(office: &Office, place: &Place, owner: String) -> Row {
    let w = office.w;
    let listing = &place.listing;
    let number = |figure: u32| format::number(w.lang(), u64::from(figure));
    let Fact { mark, text } = open(office, place);
    Row {
        href: format!("{PATH}/{}", office.id(listing.venue)),
        name: listing.name.to_string(),
        owner,
        category: place_words::category(w, listing.category),
        region: region(listing.district.regency()).map_or("", |region| region.name),
        inside: number(place.occupancy.inside),
        capacity: place.occupancy.bounds.capacity.map(number),
        today: number(place.occupancy.today),
        quota: place.occupancy.bounds.quota.map(number),
        state: mark,
        open: text,
    }
}

/// Whether it is open; a place that is open and full says that first.
fn open(office: &Office, place: &Place) -> Fact {
    let is_open = matches!(place.open, OpenState::Open { .. });
    if is_open && place.free == Some(0) {
        place_words::free(office.w, place.free, place.occupancy.bounds.capacity)
    } else {
        let told = place_words::open(office.w, place.open, place.listing.zone(), office.now());
        // Being closed at night is nothing that anybody has to mend.
        let mark = if is_open { told.mark } else { "none" };
        Fact { mark, ..told }
    }
}

/// The kinds of places to choose from; `first` stands for none of them.
pub(super) fn categories(w: Words, first: &'static str) -> Vec<(&'static str, &'static str)> {
    let all = Category::ALL
        .into_iter()
        .map(|category| (category.name(), place_words::category(w, category)));
    std::iter::once(("", first)).chain(all).collect()
}

fn regions_of(w: Words, places: &[Place]) -> Vec<(String, &'static str)> {
    let mut codes: Vec<RegionCode> = places
        .iter()
        .map(|place| place.listing.district.regency())
        .collect();
    codes.sort_unstable();
    codes.dedup();
    let named = codes
        .into_iter()
        .filter_map(region)
        .map(|of| (of.code.to_string(), of.name));
    std::iter::once((String::new(), w.venue_places_region_all()))
        .chain(named)
        .collect()
}

fn by_region(places: &[Place]) -> Vec<RegionRow> {
    let mut sums: BTreeMap<RegionCode, (u64, u64, u64)> = BTreeMap::new();
    for place in places {
        let sum = sums.entry(place.listing.district.regency()).or_default();
        sum.0 += u64::from(place.occupancy.inside);
        sum.1 += u64::from(place.occupancy.today);
        sum.2 += 1;
    }
    let mut rows: Vec<RegionRow> = sums
        .into_iter()
        .map(|(code, (inside, today, places))| RegionRow {
            href: address(PATH, &[("region", &code.to_string())]),
            name: region(code).map_or("", |region| region.name),
            inside,
            today,
            places,
        })
        .collect();
    rows.sort_by_key(|row| Reverse(row.inside));
    rows
}

fn finding(w: Words, rows: &[RegionRow]) -> String {
    match rows.first().filter(|row| row.inside > 0) {
        Some(first) => w.venue_places_by_region_finding(first.inside, first.name),
        None => w.venue_places_by_region_quiet().to_owned(),
    }
}

/// The step between applying and hanging up posters: the authority decides, or something is to mend.
fn decision_task(w: Words, returned: usize, waiting: usize, authority: &str) -> Task {
    let (state, name, href, hint) = match (returned, waiting) {
        (1.., _) => (
            "now",
            w.venue_tasks_mend(),
            "/desk/applications?state=returned",
            w.venue_tasks_returned_hint(returned),
        ),
        (0, 1..) => (
            "now",
            w.venue_tasks_approved(),
            "/desk/applications?state=submitted",
            w.venue_tasks_approved_hint(authority),
        ),
        (0, 0) => (
            "later",
            w.venue_tasks_approved(),
            "",
            w.venue_tasks_approved_hint(authority),
        ),
    };
    Task {
        state,
        name,
        href: href.to_owned(),
        hint,
    }
}

/// The way of somebody who begins, or whose applications wait to be mended. Nothing once all is well.
async fn tasks(office: &Office, has_no_place: bool) -> Result<Vec<Task>, Problem> {
    let cursor = Cursor {
        after: None,
        limit: 200,
    };
    let app = &office.state.app;
    let page = app
        .applications(&office.by, Role::VenueManager, None, cursor)
        .await?;
    let count = |is: fn(&NextTask) -> bool| page.rows.iter().filter(|row| is(&row.next)).count();
    let returned = count(|next| matches!(next, NextTask::Mend { .. }));
    let waiting = count(|next| matches!(next, NextTask::Wait));
    if !has_no_place && returned == 0 && waiting == 0 {
        return Ok(Vec::new());
    }
    let w = office.w;
    let applied = returned + waiting > 0 || !has_no_place;
    let authority = &app.config.authority_name;
    let task = |state, name, href: &str, hint: String| Task {
        state,
        name,
        href: href.to_owned(),
        hint,
    };
    Ok(vec![
        task(
            "done",
            w.venue_tasks_organisation(),
            "",
            office.desk.place.clone(),
        ),
        task(
            if applied { "done" } else { "now" },
            w.venue_tasks_apply(),
            if applied { "" } else { "/desk/places/new" },
            w.venue_tasks_apply_hint().to_owned(),
        ),
        decision_task(w, returned, waiting, authority),
        task(
            "later",
            w.venue_tasks_poster(),
            "",
            w.venue_tasks_poster_hint().to_owned(),
        ),
        task(
            "later",
            w.venue_tasks_device(),
            "",
            w.venue_tasks_device_hint().to_owned(),
        ),
    ])
}
