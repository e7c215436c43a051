//! Applying for one place: a whole form, whose buttons add rooms and gates without any script.

use askama::Template;
use axum::response::{IntoResponse, Response};
use gapura_app::AppError;
use gapura_app::venue_form::VenueForm;
use gapura_domain::ids::{ApplicationId, OrganisationId};
use gapura_domain::role::Role;
use gapura_domain::venue::ApplicationState;

use crate::forms::Form;
use crate::ids::PathId;
use crate::page::{Desk, Frame, html};
use crate::problem::Problem;
use crate::staff::office::{Office, faults_of};
use crate::staff::outcome::Done;
use crate::venue::fields::{self, DayField, RoomFields, Warning};
use crate::venue::places::categories;
use crate::venue::region_steps::RegionSteps;
use crate::words::Words;

#[derive(Template)]
#[template(path = "venue/apply.html")]
struct Apply {
    frame: Frame,
    w: Words,
    desk: Desk,
    form: Form,
    action: String,
    authority: String,
    /// What the authority wants mended, when the form is filled in a second time.
    returned: Option<String>,
    organisations: Vec<(String, String)>,
    categories: Vec<(&'static str, &'static str)>,
    region: RegionSteps,
    days: Vec<DayField>,
    rooms: Vec<RoomFields>,
    warnings: Vec<Warning>,
    warnings_seen: String,
}

impl Apply {
    fn title(&self) -> &'static str {
        match self.returned {
            Some(_) => self.w.venue_apply_title_mend(),
            None => self.w.venue_apply_title(),
        }
    }

    fn send(&self) -> &'static str {
        match self.returned {
            Some(_) => self.w.venue_apply_send_again(),
            None => self.w.venue_apply_send(),
        }
    }

    /// The page that shows what was typed.
    async fn of(office: &Office, typed: Typed, returned: Option<String>) -> Result<Self, Problem> {
        let w = office.w;
        Ok(Self {
            frame: office.frame.clone(),
            w,
            desk: office.desk.clone(),
            action: office.frame.here.clone(),
            authority: office.state.app.config.authority_name.clone(),
            organisations: organisations(office).await?,
            categories: categories(w, w.venue_apply_category_choose()),
            region: RegionSteps::of(w, &typed.form, &typed.choices),
            days: fields::day_fields(w),
            rooms: fields::room_fields(&typed.venue.rooms),
            warnings_seen: seen(&typed.warnings),
            warnings: typed.warnings,
            form: typed.form,
            returned,
        })
    }

    fn shown(&self) -> Response {
        (self.form.status(), html(self)).into_response()
    }
}

/// What was typed, and what there is to say about it.
struct Typed {
    form: Form,
    venue: VenueForm,
    choices: String,
    warnings: Vec<Warning>,
}

impl Typed {
    fn shown(form: Form, venue: VenueForm) -> Self {
        Self {
            form,
            venue,
            choices: String::new(),
            warnings: Vec::new(),
        }
    }

    /// Reads a form, and does what a button inside of it asks for; `true` if that was all.
    fn of(sent: &Form) -> (Self, bool) {
        let mut venue = fields::read(sent);
        let button = sent.value("do");
        let picked = RegionSteps::picked(sent);
        if let Some(district) = picked {
            venue.district = fields::district_text(district);
        }
        let is_rebuilt = button == "region" || fields::rebuild(&mut venue, button);
        let mut form = fields::filled(&venue)
            .fill("organisation", sent.value("organisation"))
            .fill("organisation_new", sent.text("organisation_new"));
        if is_rebuilt && picked.is_none() {
            form = form
                .fill("province", sent.value("province"))
                .fill("regency", sent.value("regency"));
        }
        (Self::shown(form, venue), is_rebuilt)
    }

    fn complain(&mut self, w: Words, faults: &[gapura_app::error::Fault]) {
        let district = faults.iter().find(|fault| fault.field == "district");
        if let Some(choices) = district.and_then(|fault| fault.params.get("choices")) {
            self.choices.clone_from(choices);
        }
        fields::complain(w, &mut self.form, faults);
    }
}

pub(super) async fn blank(office: Office) -> Result<Response, Problem> {
    let venue = fields::blank(office.w);
    let typed = Typed::shown(fields::filled(&venue), venue);
    Ok(Apply::of(&office, typed, None).await?.shown())
}

pub(super) async fn send(office: Office, sent: Form) -> Result<Response, Problem> {
    let (mut typed, is_rebuilt) = Typed::of(&sent);
    if is_rebuilt || must_look_again(&office, &mut typed, &sent) {
        return Ok(Apply::of(&office, typed, None).await?.shown());
    }
    let app = &office.state.app;
    let done = match owner(&office, &sent).await {
        Ok(organisation) => app.apply(&office.by, organisation, &typed.venue).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(applied) => Ok(sent_page(&office, applied.id, &typed.venue.name)),
        Err(error) => {
            typed.complain(office.w, &faults_of(error)?);
            Ok(Apply::of(&office, typed, None).await?.shown())
        }
    }
}

pub(super) async fn mend(
    office: Office,
    PathId(id): PathId<ApplicationId>,
) -> Result<Response, Problem> {
    let (reasons, spec) = returned(&office, id).await?;
    let typed = Typed::shown(fields::filled(&spec), spec);
    Ok(Apply::of(&office, typed, Some(reasons)).await?.shown())
}

pub(super) async fn send_again(
    office: Office,
    PathId(id): PathId<ApplicationId>,
    sent: Form,
) -> Result<Response, Problem> {
    let (reasons, _) = returned(&office, id).await?;
    let (mut typed, is_rebuilt) = Typed::of(&sent);
    if is_rebuilt || must_look_again(&office, &mut typed, &sent) {
        return Ok(Apply::of(&office, typed, Some(reasons)).await?.shown());
    }
    match office
        .state
        .app
        .resubmit(&office.by, id, &typed.venue)
        .await
    {
        Ok(applied) => Ok(sent_page(&office, applied.id, &typed.venue.name)),
        Err(error) => {
            typed.complain(office.w, &faults_of(error)?);
            Ok(Apply::of(&office, typed, Some(reasons)).await?.shown())
        }
    }
}

/// A returned application's reasons and content.
async fn returned(office: &Office, id: ApplicationId) -> Result<(String, VenueForm), Problem> {
    let row = office.state.app.application(&office.by, id).await?;
    match row.application.state {
        ApplicationState::Returned { reasons, .. } => {
            Ok((reasons, fields::of_spec(&row.application.spec)))
        }
        ApplicationState::Submitted | ApplicationState::Approved { .. } => {
            Err(AppError::NotNow("application_not_returned").into())
        }
    }
}

/// Shows what is unusual once; whoever sends the same again means it.
fn must_look_again(office: &Office, typed: &mut Typed, sent: &Form) -> bool {
    match typed.venue.read() {
        Ok(checked) => {
            typed.warnings = fields::warnings(office.w, &checked.warnings);
            !typed.warnings.is_empty() && sent.value("seen") != seen(&typed.warnings)
        }
        Err(_) => false,
    }
}

fn seen(warnings: &[Warning]) -> String {
    let fields: Vec<&str> = warnings.iter().map(|warning| &*warning.field).collect();
    fields.join(" ")
}

/// The organisation that was chosen, or the one to be founded below it.
async fn owner(office: &Office, sent: &Form) -> Result<OrganisationId, AppError> {
    let chosen = office.state.ids.read(sent.value("organisation"));
    let chosen = chosen.ok_or_else(|| {
        let fault = gapura_app::error::Fault::new("organisation", "missing");
        AppError::Faults(vec![fault])
    })?;
    match sent.text("organisation_new") {
        "" => Ok(chosen),
        name => {
            let founded = office
                .state
                .app
                .found_organisation(&office.by, Some(chosen), name)
                .await;
            founded.map_err(|error| match error {
                AppError::Faults(faults) => AppError::Faults(
                    faults
                        .into_iter()
                        .map(|fault| gapura_app::error::Fault {
                            field: "organisation_new".to_owned(),
                            ..fault
                        })
                        .collect(),
                ),
                other => other,
            })
        }
    }
}

fn sent_page(office: &Office, id: ApplicationId, name: &str) -> Response {
    let w = office.w;
    let application = office.id(id);
    Done::at(office, w.venue_apply_sent_title(name), office.reference(id))
        .saying(w.venue_apply_sent_text(&office.state.app.config.authority_name))
        .then(
            format!("/desk/applications?id={application}#panel"),
            w.venue_apply_sent_next(),
        )
        .then("/desk/places/new", w.venue_apply_sent_more())
        .shown()
}

/// The organisations for which somebody may apply, each with those above it.
pub(super) async fn organisations(office: &Office) -> Result<Vec<(String, String)>, Problem> {
    let app = &office.state.app;
    let branches = app
        .branches_of(&office.by, &[Role::VenueManager, Role::Authority])
        .await?;
    let tree = app.organisation_tree().await?;
    let mine = tree
        .all()
        .filter(|of| branches.as_ref().is_none_or(|ids| ids.contains(&of.id)));
    let named = mine.map(|of| {
        let path: Vec<&str> = tree
            .path(of.id)
            .into_iter()
            .map(|name| name.as_str())
            .collect();
        (office.id(of.id), path.join(" – "))
    });
    let mut options: Vec<(String, String)> = named.collect();
    options.sort_by(|(_, a), (_, b)| a.cmp(b));
    Ok(options)
}
