//! Changing a place: name, contact, hours, limits, booth. What is applied for anew stands there and stays.

use askama::Template;
use axum::response::{IntoResponse, Response};
use gapura_app::AppError;
use gapura_app::edit_venue::form_of;
use gapura_app::venue_form::VenueForm;
use gapura_domain::ids::VenueId;
use gapura_domain::venue::Venue;

use crate::forms::Form;
use crate::ids::PathId;
use crate::page::{Desk, Frame, html};
use crate::problem::Problem;
use crate::staff::office::{Office, faults_of};
use crate::staff::outcome::Done;
use crate::venue::fields::{self, DayField, RoomFields};
use crate::venue::head::{self, PlaceHead, Section};
use crate::words::Words;

#[derive(Template)]
#[template(path = "venue/edit.html")]
struct Edit {
    frame: Frame,
    w: Words,
    desk: Desk,
    form: Form,
    place: PlaceHead,
    action: String,
    version: u32,
    is_stale: bool,
    days: Vec<DayField>,
    rooms: Vec<RoomBounds>,
}

struct RoomBounds {
    title: String,
    fields: RoomFields,
}

pub(super) async fn form(office: Office, PathId(id): PathId<VenueId>) -> Result<Response, Problem> {
    let venue = head::managed(&office, id).await?;
    let shown = fields::filled(&in_force(&venue));
    page(&office, &venue, shown, venue.version).await
}

/// The place as the form shows it.
fn in_force(venue: &Venue) -> VenueForm {
    fields::by_day(form_of(venue), &venue.spec)
}

pub(super) async fn send(
    office: Office,
    PathId(id): PathId<VenueId>,
    sent: Form,
) -> Result<Response, Problem> {
    let app = &office.state.app;
    let venue = head::managed(&office, id).await?;
    let version = sent.text("version").parse().unwrap_or(0);
    let mut typed = with_fixed(fields::read(&sent), &in_force(&venue));
    let is_rebuilt = sent.value("do") == "hours" && fields::rebuild(&mut typed, "hours");
    let mut shown = fields::filled(&typed);
    if is_rebuilt {
        return page(&office, &venue, shown, version).await;
    }
    match app.edit_venue(&office.by, id, version, &typed).await {
        Ok(_) => Ok(done(&office, &venue, version)),
        Err(AppError::NotNow("changed_meanwhile")) => page(&office, &venue, shown, 0).await,
        Err(error) => {
            fields::complain(office.w, &mut shown, &faults_of(error)?);
            page(&office, &venue, shown, version).await
        }
    }
}

/// What was typed, with all that cannot be changed as it is.
fn with_fixed(typed: VenueForm, now: &VenueForm) -> VenueForm {
    let rooms = now.rooms.iter().enumerate().map(|(index, room)| {
        let mut room = room.clone();
        if let Some(typed) = typed.rooms.get(index) {
            room.capacity = typed.capacity.clone();
            room.quota = typed.quota.clone();
        }
        room
    });
    VenueForm {
        rooms: rooms.collect(),
        category: now.category.clone(),
        address: now.address.clone(),
        district: now.district.clone(),
        latitude: now.latitude.clone(),
        longitude: now.longitude.clone(),
        ..typed
    }
}

fn done(office: &Office, venue: &Venue, version: u32) -> Response {
    let w = office.w;
    let reference = format!("{}-{}", office.reference(venue.id), version + 1);
    Done::at(office, w.venue_edit_done_title(), reference)
        .saying(w.venue_edit_done_text(venue.gates.len()))
        .then(head::base_of(office, venue.id), w.venue_edit_back())
        .shown()
}

async fn page(
    office: &Office,
    venue: &Venue,
    form: Form,
    version: u32,
) -> Result<Response, Problem> {
    let now = in_force(venue);
    let rooms = fields::room_fields(&now.rooms).into_iter().zip(&now.rooms);
    let page = Edit {
        frame: office.frame.clone(),
        w: office.w,
        desk: office.desk.clone(),
        place: PlaceHead::of(office, venue, Section::Data).await?,
        action: format!("{}/edit", head::base_of(office, venue.id)),
        is_stale: version != venue.version,
        version: venue.version,
        days: fields::day_fields(office.w),
        rooms: rooms
            .map(|(fields, room)| RoomBounds {
                title: room.name.clone(),
                fields,
            })
            .collect(),
        form,
    };
    Ok((page.form.status(), html(&page)).into_response())
}
