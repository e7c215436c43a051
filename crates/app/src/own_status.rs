//! A visitor's own colour: why, since when, and what comes by itself if nothing new is recorded.
//!
//! Rules are data, so neither is known of them: the same facts are asked about the days before and after.

use crate::App;
use crate::error::Result;
use crate::rules_in_force::rules_reason;
use crate::status;
use gapura_domain::ids::PersonId;
use gapura_domain::status::{Colour, Facts, Status};
use gapura_domain::time::{Time, Zone};
use jiff::civil::Date;
use std::sync::Arc;

/// Farther back nobody needs to know since when.
const DAYS_BACK: u16 = 366;
/// Farther ahead something new will have been recorded.
const DAYS_AHEAD: u16 = 60;

/// The status of somebody who looks at their own page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnStatus {
    /// The colour.
    pub colour: Colour,
    /// The code of the reason that the rules give: `booster_missing`, `complete`.
    pub reason: Arc<str>,
    /// The first day of this colour for this reason, if it began within a year.
    pub since: Option<Date>,
    /// The next colour and its first day, if one comes by itself within sixty days.
    pub turns: Option<(Colour, Date)>,
}

/// The status of these facts today, in the zone where the reader is.
///
/// # Errors
/// Those of the store.
pub async fn own_status(app: &App, facts: &Facts, zone: Zone) -> Result<OwnStatus> {
    let now = app.now();
    let today = zone.day_of(now).date();
    let status_on = |day| status::status(&app.rules, facts, day, now, zone);
    let status = status_on(today);
    let of_today = |other: &Status| (other.colour, other.entry) == (status.colour, status.entry);
    let first_other = days(today, -1, DAYS_BACK).find(|day| !of_today(&status_on(*day)));
    let turns = days(today, 1, DAYS_AHEAD)
        .map(|day| (status_on(day).colour, day))
        .find(|(colour, _)| *colour != status.colour);
    Ok(OwnStatus {
        colour: status.colour,
        reason: rules_reason(app, status.rules, status.entry).await?,
        since: first_other.and_then(|day| day.tomorrow().ok()),
        turns,
    })
}

/// The colour of somebody who comes along; `None` for nobody known here.
///
/// # Errors
/// Those of the store.
pub async fn colour_of(
    app: &App,
    person: PersonId,
    zone: Zone,
    now: Time,
) -> Result<Option<Colour>> {
    let known = status::member(app, person, zone, now).await?;
    Ok(known.map(|known| known.member.status.colour))
}

/// So many days before or after a day, the nearest first.
fn days(from: Date, step: i32, most: u16) -> impl Iterator<Item = Date> {
    let first = gapura_domain::time::LocalDay::from(from);
    (1..=i32::from(most)).map(move |number| first.plus_days(number * step).date())
}
