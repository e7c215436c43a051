//! What the pages of one place have on top, and whether whoever asks may see it.

use gapura_app::AppError;
use gapura_domain::ids::VenueId;
use gapura_domain::region::full_name;
use gapura_domain::role::Role;
use gapura_domain::time::{LocalDay, Time, Zone};
use gapura_domain::venue::Venue;
use jiff::civil::Date;

use crate::format;
use crate::forms::Form;
use crate::place_words;
use crate::problem::Problem;
use crate::staff::office::{Office, ROOM_PLACES, address};
use crate::words::Words;

/// A page of a place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Now,
    Visits,
    Gates,
    Data,
}

/// The top of a place's pages.
pub(crate) struct PlaceHead {
    pub name: String,
    pub about: String,
    pub base: String,
    pub stream: String,
    pub sections: Vec<(String, &'static str, bool)>,
}

impl PlaceHead {
    /// The top of a page.
    pub(crate) async fn of(office: &Office, venue: &Venue, on: Section) -> Result<Self, Problem> {
        let w = office.w;
        let base = base_of(office, venue.id);
        let manages = office.may(Role::VenueManager, venue.organisation).await?;
        let mut sections = vec![
            (base.clone(), w.venue_place_now(), on == Section::Now),
            (
                format!("{base}/visits"),
                w.venue_place_visits(),
                on == Section::Visits,
            ),
            (
                format!("{base}/gates"),
                w.venue_place_doors(),
                on == Section::Gates,
            ),
        ];
        if manages {
            sections.push((
                format!("{base}/edit"),
                w.venue_place_data(),
                on == Section::Data,
            ));
        }
        let spec = &venue.spec;
        Ok(Self {
            name: spec.name.to_string(),
            about: w.venue_place_about(
                &spec.address,
                place_words::category(w, spec.category),
                full_name(spec.district),
            ),
            stream: format!("{base}/stream"),
            base,
            sections,
        })
    }
}

/// The address of a place's pages.
pub(crate) fn base_of(office: &Office, venue: VenueId) -> String {
    format!("/desk/places/{}", office.state.ids.show(venue))
}

/// A place, for its managers and the authority above it. Others are told that there is none.
pub(crate) async fn venue(office: &Office, id: VenueId) -> Result<Venue, Problem> {
    let found = office
        .state
        .app
        .store
        .venue(id)
        .await
        .map_err(AppError::from)?;
    let venue = found.ok_or_else(Problem::not_found)?;
    let lineage = office.state.app.lineage(venue.organisation).await?;
    let may = ROOM_PLACES
        .iter()
        .any(|role| office.by.may(*role, &lineage));
    if may {
        Ok(venue)
    } else {
        Err(Problem::not_found())
    }
}

/// The same, for its managers alone.
pub(crate) async fn managed(office: &Office, id: VenueId) -> Result<Venue, Problem> {
    let venue = venue(office, id).await?;
    if office.may(Role::VenueManager, venue.organisation).await? {
        Ok(venue)
    } else {
        Err(Problem::forbidden())
    }
}

/// The day that a page shows, and the ways to others.
pub(crate) struct DayChoice {
    pub day: LocalDay,
    pub earlier: String,
    pub later: Option<String>,
    pub today: String,
    is_today: bool,
}

impl DayChoice {
    /// The day that the address names, today if it names none. What was typed wrongly is told at the field.
    pub(crate) fn of(w: Words, path: &str, form: &mut Form, now: Time, zone: Zone) -> Self {
        let today = zone.day_of(now);
        let typed = form.text("day");
        let asked = if typed.is_empty() {
            None
        } else {
            gapura_app::typed::date(typed)
        };
        if asked.is_none() && !typed.is_empty() {
            form.complain("day", w.venue_place_day_wrong());
        }
        let day = asked.map_or(today, LocalDay::from).min(today);
        let at = |day: LocalDay| address(path, &[("day", &day.date().to_string())]);
        if form.is_right() {
            *form = std::mem::take(form).put("day", day_typed(day.date()));
        }
        Self {
            day,
            earlier: at(day.plus_days(-1)),
            later: (day < today).then(|| at(day.plus_days(1))),
            today: path.to_owned(),
            is_today: day == today,
        }
    }

    pub(crate) fn is_today(&self) -> bool {
        self.is_today
    }

    /// The day as a parameter of an address; nothing for today.
    pub(crate) fn parameter(&self) -> String {
        if self.is_today {
            String::new()
        } else {
            self.day.date().to_string()
        }
    }
}

fn day_typed(date: Date) -> String {
    date.strftime("%d-%m-%Y").to_string()
}

/// An hour on the clock of the place.
pub(crate) fn hour(time: Time, zone: Zone) -> String {
    format::hour(format::local(time, zone).time())
}

/// An hour, with its day if that is another than the one shown.
pub(crate) fn hour_of_day(w: Words, time: Time, zone: Zone, shown: LocalDay) -> String {
    let moment = format::local(time, zone);
    if zone.day_of(time) == shown {
        format::hour(moment.time())
    } else {
        format!(
            "{}, {}",
            format::day(w, moment.date()),
            format::hour(moment.time())
        )
    }
}
