//! Looking for a place before the journey: by distance from the phone or from an area, with free places, hours and booth.

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use gapura_app::error::Fault;
use gapura_app::find_area::find_area;
use gapura_app::places::{Place, PlaceQuery, PlacesPage};
use gapura_domain::door::Position;
use gapura_domain::region::{full_name, region};
use gapura_domain::time::Time;
use gapura_domain::venue::Category;

use super::plate;
use crate::format;
use crate::forms::Form;
use crate::guard::escaped;
use crate::page::{Frame, Pages, html};
use crate::place_words::{self, Fact};
use crate::problem::Problem;
use crate::security::Needs;
use crate::state::AppState;
use crate::words::Words;

const PER_PAGE: usize = 20;

#[derive(Template)]
#[template(path = "visitor/places.html")]
struct PlacesTemplate {
    frame: Frame,
    w: Words,
    form: Form,
    categories: Vec<(&'static str, &'static str)>,
    order: String,
    places: Vec<Row>,
    pages: Pages,
}

struct Row {
    href: String,
    name: String,
    kind: &'static str,
    has_booth: bool,
    facts: Vec<Fact>,
    distance: String,
}

/// What the list is ordered by.
enum Order {
    Here,
    Area(String),
    Name,
}

/// `GET /places`
pub(super) async fn page(
    frame: Frame,
    State(state): State<AppState>,
    Query(typed): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let w = frame.w;
    let mut form = Form::typed(typed);
    let (query, order) = asked(&state, &form);
    let mut found = state.app.places(&query, PER_PAGE).await?;
    // What is no area may be the name of a place; only what is neither is not known.
    if let Err(fault) = &order
        && found.places.is_empty()
    {
        form.complain("where", unknown(w, fault));
        found = state
            .app
            .places(
                &PlaceQuery {
                    words: String::new(),
                    ..query
                },
                PER_PAGE,
            )
            .await?;
    }
    let now = state.app.now();
    let page = PlacesTemplate {
        order: match order {
            Ok(Order::Here) => w.visitor_places_near_here().to_owned(),
            Ok(Order::Area(name)) => w.visitor_places_near_region(name),
            Ok(Order::Name) | Err(_) => w.visitor_places_in_order().to_owned(),
        },
        pages: pages(&state, w, &form, &found),
        places: found
            .places
            .iter()
            .map(|place| row(&state, w, place, now))
            .collect(),
        categories: categories(w),
        w,
        frame,
        form,
    };
    let answer = (page.form.status(), html(&page));
    Ok((Extension(Needs::location()), answer).into_response())
}

fn asked(state: &AppState, form: &Form) -> (PlaceQuery, Result<Order, Fault>) {
    let mut query = PlaceQuery {
        category: Category::from_name(form.text("category")),
        open_now: form.has("room", "yes"),
        with_room: form.has("room", "yes"),
        with_booth: form.has("booth", "yes"),
        after: state.ids.read(form.text("after")),
        ..PlaceQuery::default()
    };
    let order = if let Some(near) = position(form.text("near")) {
        query.near = Some(near);
        Ok(Order::Here)
    } else if form.text("where").is_empty() {
        Ok(Order::Name)
    } else {
        area(form.text("where"), &mut query)
    };
    (query, order)
}

fn area(text: &str, query: &mut PlaceQuery) -> Result<Order, Fault> {
    match find_area(text) {
        Ok(code) => {
            let centre = region(code).and_then(|region| region.centre);
            query.near = centre.map(|(latitude, longitude)| Position {
                latitude,
                longitude,
            });
            // Where no centre is known, the area itself narrows the list.
            query.region = if centre.is_none() { Some(code) } else { None };
            Ok(Order::Area(full_name(code)))
        }
        Err(fault) => {
            text.clone_into(&mut query.words);
            Err(fault)
        }
    }
}

/// `-7.978,112.634`, as the script writes it.
fn position(text: &str) -> Option<Position> {
    let (latitude, longitude) = text.split_once(',')?;
    let degrees = |text: &str, most: f64| {
        let degrees: f64 = text.trim().parse().ok()?;
        (degrees.abs() <= most).then_some(degrees)
    };
    Some(Position {
        latitude: degrees(latitude, 90.0)?,
        longitude: degrees(longitude, 180.0)?,
    })
}

fn unknown(w: Words, fault: &Fault) -> String {
    let choices = fault.params.get("choices").map_or("", String::as_str);
    // Each choice begins with its code, which nobody looks for.
    let names: Vec<&str> = choices
        .split("; ")
        .filter_map(|choice| choice.split_once(' '))
        .map(|(_, name)| name)
        .collect();
    match (fault.code, names.join("; ")) {
        (_, names) if names.is_empty() => w.visitor_places_unknown().to_owned(),
        ("district_ambiguous", names) => w.visitor_places_ambiguous(names),
        (_, names) => w.visitor_places_unknown_choices(names),
    }
}

fn categories(w: Words) -> Vec<(&'static str, &'static str)> {
    let named = |category: Category| (category.name(), place_words::category(w, category));
    let any = [("", w.visitor_places_category_any())];
    any.into_iter().chain(Category::ALL.map(named)).collect()
}

fn row(state: &AppState, w: Words, place: &Place, now: Time) -> Row {
    let listing = &place.listing;
    Row {
        href: format!("/p/{}", state.ids.show(listing.venue)),
        name: listing.name.to_string(),
        kind: place_words::category(w, listing.category),
        has_booth: listing.booth.is_some(),
        facts: plate::facts(w, place.open, (listing.zone(), now), (place.free, None)),
        distance: place
            .distance_km
            .map_or_else(String::new, |km| format::distance(w.lang(), km * 1000.0)),
    }
}

fn pages(state: &AppState, w: Words, form: &Form, found: &PlacesPage) -> Pages {
    let address = |after: Option<&str>| {
        let kept = ["where", "near", "category", "room", "booth"];
        let pairs = kept.iter().filter(|name| !form.text(name).is_empty());
        let mut pairs: Vec<String> = pairs
            .map(|name| format!("{name}={}", escaped(form.text(name))))
            .collect();
        pairs.extend(after.map(|after| format!("after={after}")));
        format!("/places?{}#found", pairs.join("&"))
    };
    Pages {
        earlier: (!form.text("after").is_empty()).then(|| address(None)),
        later: found.next.map(|next| address(Some(&state.ids.show(next)))),
        shown: w.visitor_places_found(found.places.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::position;

    #[test]
    fn a_position_is_two_numbers_on_the_globe() {
        let malang = position("-7.978,112.634").unwrap();
        assert!(
            (malang.latitude + 7.978).abs() < 1e-9 && (malang.longitude - 112.634).abs() < 1e-9
        );
        for wrong in ["", "1", "1;2", "91,0", "0,181", "NaN,0", "inf,0", "a,b"] {
            assert!(position(wrong).is_none(), "{wrong}");
        }
    }
}
