//! Enrolling a device: a code that is shown once, large, to be typed on the device within a quarter of an hour.

use askama::Template;
use axum::response::{IntoResponse, Response};
use gapura_domain::ids::{GateId, VenueId};
use gapura_domain::venue::{Gate, Venue};

use crate::format;
use crate::forms::Form;
use crate::ids::PathIds;
use crate::page::{Desk, Frame, html};
use crate::problem::Problem;
use crate::qr::{self, Picture};
use crate::staff::office::{Office, faults_of};
use crate::venue::fault::sentence;
use crate::venue::gates::gate_of;
use crate::venue::head::{PlaceHead, Section};
use crate::words::Words;

/// Where a device types its code.
const DEVICE_PATH: &str = "/gate";

#[derive(Template)]
#[template(path = "venue/enrol.html")]
struct Enrol {
    frame: Frame,
    w: Words,
    desk: Desk,
    form: Form,
    place: PlaceHead,
    title: String,
}

#[derive(Template)]
#[template(path = "venue/enrolment.html")]
struct Enrolment {
    frame: Frame,
    w: Words,
    desk: Desk,
    place: PlaceHead,
    title: String,
    text: String,
    address: String,
    code: String,
    /// Address and code in one, for the device's camera; the code stands behind the `#`, which no server ever sees.
    picture: Option<Picture>,
}

pub(super) async fn form(
    office: Office,
    PathIds(venue, gate): PathIds<VenueId, GateId>,
) -> Result<Response, Problem> {
    let (venue, gate) = gate_of(&office, venue, gate).await?;
    page(&office, &venue, &gate, Form::blank()).await
}

async fn page(
    office: &Office,
    venue: &Venue,
    gate: &Gate,
    form: Form,
) -> Result<Response, Problem> {
    let page = Enrol {
        frame: office.frame.clone(),
        w: office.w,
        desk: office.desk.clone(),
        place: PlaceHead::of(office, venue, Section::Gates).await?,
        title: office.w.venue_devices_enrol_at(&gate.name),
        form,
    };
    Ok((page.form.status(), html(&page)).into_response())
}

pub(super) async fn send(
    office: Office,
    PathIds(venue, gate): PathIds<VenueId, GateId>,
    mut form: Form,
) -> Result<Response, Problem> {
    let (venue, gate) = gate_of(&office, venue, gate).await?;
    let w = office.w;
    let app = &office.state.app;
    match app
        .begin_enrolment(&office.by, gate.id, form.text("name"))
        .await
    {
        Ok(code) => {
            let until = format::local(code.expires, venue.spec.district.zone());
            let address = format!("{}{DEVICE_PATH}", app.config.public_url);
            let page = Enrolment {
                place: PlaceHead::of(&office, &venue, Section::Gates).await?,
                title: w.venue_devices_code_title(&gate.name),
                text: w.venue_devices_code_text(format::time(&until)),
                picture: qr::picture(&format!("{address}#{}", code.expose())),
                address,
                code: code.expose(),
                frame: office.frame,
                w,
                desk: office.desk,
            };
            Ok(html(&page))
        }
        Err(error) => {
            for fault in faults_of(error)? {
                form.complain("name", sentence(w, &fault, w.venue_devices_name()));
            }
            page(&office, &venue, &gate, form).await
        }
    }
}
