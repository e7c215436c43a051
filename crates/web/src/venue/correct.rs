//! Setting the exit of a visit that somebody forgot to end, with a trace of who did and why.

use askama::Template;
use axum::response::{IntoResponse, Response};
use gapura_app::AppError;
use gapura_domain::door::Visit;
use gapura_domain::ids::{DecisionId, VenueId};
use gapura_domain::time::{LocalDay, Time, Zone};
use gapura_domain::venue::Venue;
use gapura_store::Actor;

use crate::format;
use crate::forms::Form;
use crate::ids::PathIds;
use crate::page::{Desk, Frame, html};
use crate::problem::Problem;
use crate::staff::office::{Office, address, faults_of};
use crate::staff::outcome::Done;
use crate::venue::fault::sentence;
use crate::venue::head::{self, PlaceHead, Section, hour};
use crate::venue::visits::{exit_name, gate_name, room_name};
use crate::words::Words;

#[derive(Template)]
#[template(path = "venue/correct.html")]
struct Correct {
    frame: Frame,
    w: Words,
    desk: Desk,
    form: Form,
    place: PlaceHead,
    about: String,
    now: String,
    trace: Vec<Mark>,
    back: String,
}

struct Mark {
    reason: String,
    by: String,
}

pub(super) async fn form(
    office: Office,
    PathIds(venue, visit): PathIds<VenueId, DecisionId>,
) -> Result<Response, Problem> {
    let (venue, visit) = found(&office, venue, visit).await?;
    let zone = venue.spec.district.zone();
    let suggested = visit.to.unwrap_or_else(|| office.now());
    let form = Form::blank().fill("out", typed(suggested, zone));
    page(&office, &venue, &visit, form).await
}

pub(super) async fn send(
    office: Office,
    PathIds(venue, visit): PathIds<VenueId, DecisionId>,
    mut form: Form,
) -> Result<Response, Problem> {
    let (venue, visit) = found(&office, venue, visit).await?;
    let (w, zone) = (office.w, venue.spec.district.zone());
    let Some(out) = read(form.text("out"), zone) else {
        form.complain("out", w.venue_correct_wrong_time());
        return page(&office, &venue, &visit, form).await;
    };
    let app = &office.state.app;
    let reason = form.text("reason").to_owned();
    match app
        .correct_visit(visit.id, venue.id, out, office.by.account, &reason)
        .await
    {
        Ok(()) => {
            let back = back(&office, &venue, &visit);
            let at = format::moment(w, &format::local(out, zone));
            Ok(Done::at(
                &office,
                w.venue_correct_done_title(),
                office.reference(visit.id),
            )
            .saying(w.venue_correct_done_text(at))
            .then(back, w.venue_correct_back())
            .shown())
        }
        Err(error) => {
            for fault in faults_of(error)? {
                form.complain(&fault.field, sentence(w, &fault, w.venue_correct_reason()));
            }
            page(&office, &venue, &visit, form).await
        }
    }
}

async fn found(
    office: &Office,
    venue: VenueId,
    visit: DecisionId,
) -> Result<(Venue, Visit), Problem> {
    let venue = head::managed(office, venue).await?;
    let visit = office
        .state
        .app
        .store
        .visit(visit)
        .await
        .map_err(AppError::from)?;
    let visit = visit.filter(|visit| visit.venue == venue.id);
    Ok((venue, visit.ok_or_else(Problem::not_found)?))
}

fn back(office: &Office, venue: &Venue, visit: &Visit) -> String {
    let path = format!("{}/visits", head::base_of(office, venue.id));
    let day = if visit.day == venue.spec.district.zone().day_of(office.now()) {
        String::new()
    } else {
        visit.day.date().to_string()
    };
    address(&path, &[("day", &day)])
}

async fn page(
    office: &Office,
    venue: &Venue,
    visit: &Visit,
    form: Form,
) -> Result<Response, Problem> {
    let (w, zone) = (office.w, venue.spec.district.zone());
    let page = Correct {
        frame: office.frame.clone(),
        w,
        desk: office.desk.clone(),
        place: PlaceHead::of(office, venue, Section::Visits).await?,
        about: w.venue_correct_text(
            format::moment(w, &format::local(visit.from, zone)),
            gate_name(venue, visit),
            room_name(venue, visit),
        ),
        now: match (visit.to, visit.exit) {
            (Some(to), Some(exit)) => w.venue_correct_now(hour(to, zone), exit_name(w, exit)),
            _ => w.venue_correct_still().to_owned(),
        },
        trace: trace(office, visit, zone).await?,
        back: back(office, venue, visit),
        form,
    };
    Ok((page.form.status(), html(&page)).into_response())
}

/// What was corrected before, newest first.
async fn trace(office: &Office, visit: &Visit, zone: Zone) -> Result<Vec<Mark>, Problem> {
    let w = office.w;
    let store = &office.state.app.store;
    let marks = store
        .marks_on("visit", visit.id.0)
        .await
        .map_err(AppError::from)?;
    let mut trace = Vec::with_capacity(marks.len());
    for mark in marks {
        let who = match mark.actor {
            Actor::Account(account) => {
                let account = store.account(account).await.map_err(AppError::from)?;
                account
                    .map(|account| account.display_name)
                    .unwrap_or_default()
            }
            Actor::Device(_) | Actor::Person(_) | Actor::System => String::new(),
        };
        let at = format::moment(w, &format::local(mark.at, zone));
        trace.push(Mark {
            reason: mark.purpose,
            by: w.venue_correct_trace_by(at, who),
        });
    }
    Ok(trace)
}

fn typed(time: Time, zone: Zone) -> String {
    format::local(time, zone)
        .strftime("%d-%m-%Y %H.%M")
        .to_string()
}

/// `22-11-2026 14.30`: a date in any of the usual ways, then hours and minutes.
fn read(text: &str, zone: Zone) -> Option<Time> {
    let (date, clock) = text.trim().rsplit_once([' ', ','])?;
    let (hour, minute) = clock.split_once(['.', ':'])?;
    let number = |text: &str, below: u16| -> Option<u16> {
        let is_number = text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse()
            .ok()
            .filter(|number| is_number && *number < below)
    };
    let minute_of_day = number(hour, 24)? * 60 + number(minute, 60)?;
    let day = LocalDay::from(gapura_app::typed::date(date.trim_end_matches(','))?);
    Some(zone.time_at(day, minute_of_day))
}

#[cfg(test)]
mod tests {
    use gapura_domain::time::{Time, Zone};

    use super::{read, typed};

    #[test]
    fn a_moment_reads_back_as_it_is_suggested() {
        let time = Time(1_700_000_040);
        assert_eq!(read(&typed(time, Zone::Wita), Zone::Wita), Some(time));
        assert_eq!(
            read("22 November 2026, 14:30", Zone::Wib),
            read("22-11-2026 14.30", Zone::Wib)
        );
    }

    #[test]
    fn what_is_no_moment_is_not_guessed() {
        for text in [
            "",
            "14.30",
            "22-11-2026",
            "22-11-2026 24.00",
            "22-11-2026 1.60",
            "22-11-2026 +1.30",
        ] {
            assert_eq!(read(text, Zone::Wib), None, "{text}");
        }
    }
}
