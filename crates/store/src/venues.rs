//! Organisations, applications, venues, gates and their devices.

use crate::{Cursor, Page, Result};
use async_trait::async_trait;
use gapura_domain::door::Position;
use gapura_domain::ids::{
    AccountId, ApplicationId, DeviceId, GateId, OrganisationId, RoomId, VenueId,
};
use gapura_domain::time::Time;
use gapura_domain::venue::{Application, Category, Label, Organisation, Venue, VenueSpec};

/// One venue to apply for, in a list that is submitted as a whole.
#[derive(Clone, Debug)]
pub struct NewApplication {
    /// The owner.
    pub organisation: OrganisationId,
    /// Who submits it.
    pub by: AccountId,
    /// What is applied for.
    pub spec: VenueSpec,
}

/// Which applications a list shows.
#[derive(Clone, Debug, Default)]
pub struct ApplicationFilter {
    /// Only those of these organisations; all if `None`.
    pub organisations: Option<Vec<OrganisationId>>,
    /// Only those in this state (`submitted`, `returned`, `approved`); all if `None`.
    pub state: Option<&'static str>,
}

/// Which venues a list shows.
#[derive(Clone, Debug, Default)]
pub struct VenueFilter {
    /// Only those of these organisations; all if `None`.
    pub organisations: Option<Vec<OrganisationId>>,
    /// Only of this category.
    pub category: Option<Category>,
    /// Only in the box of these corners (south-west, north-east).
    pub within: Option<(Position, Position)>,
}

/// What a poster's code leads to.
#[derive(Clone, Debug, PartialEq)]
pub enum GateCode {
    /// The gate that has this code now.
    Active(GateId, VenueId),
    /// The code was revoked then; the gate may have another.
    Revoked(GateId, VenueId, Time),
}

/// An enrolled device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Its number.
    pub id: DeviceId,
    /// Its gate.
    pub gate: GateId,
    /// Its venue.
    pub venue: VenueId,
    /// What staff call it.
    pub name: Label,
    /// When it was enrolled.
    pub enrolled_at: Time,
    /// When it was revoked.
    pub revoked_at: Option<Time>,
}

/// Places and what hangs at their doors.
#[async_trait]
pub trait Venues: Send + Sync {
    /// Founds an organisation.
    async fn create_organisation(
        &self,
        parent: Option<OrganisationId>,
        name: &Label,
        at: Time,
    ) -> Result<OrganisationId>;
    /// All organisations in the order of their ids; a parent comes before its children.
    async fn organisations(&self) -> Result<Vec<Organisation>>;
    /// Submits a list of applications; all of them or, on an error, none.
    async fn submit_applications(
        &self,
        list: &[NewApplication],
        at: Time,
    ) -> Result<Vec<ApplicationId>>;
    /// Submits a returned application again. `false` if it is not in the state *returned*.
    async fn resubmit_application(
        &self,
        id: ApplicationId,
        spec: &VenueSpec,
        by: AccountId,
        at: Time,
    ) -> Result<bool>;
    /// One application.
    async fn application(&self, id: ApplicationId) -> Result<Option<Application>>;
    /// Applications, oldest first.
    async fn applications(
        &self,
        filter: &ApplicationFilter,
        cursor: Cursor,
    ) -> Result<Page<Application>>;
    /// Approves a submitted application and makes its venue, rooms and gates, in the order of the
    /// spec, with these poster codes, one a gate. `None` if it is not in the state *submitted*.
    ///
    /// # Errors
    /// `Conflict` if a code is taken, or if their number differs from that of the gates.
    async fn approve_application(
        &self,
        id: ApplicationId,
        codes: &[String],
        by: AccountId,
        at: Time,
    ) -> Result<Option<VenueId>>;
    /// Returns a submitted application. `false` if it is not in the state *submitted*.
    async fn return_application(
        &self,
        id: ApplicationId,
        reasons: &str,
        by: AccountId,
        at: Time,
    ) -> Result<bool>;
    /// One venue with its rooms and gates.
    async fn venue(&self, id: VenueId) -> Result<Option<Venue>>;
    /// Venues in the order of their ids.
    async fn venues(&self, filter: &VenueFilter, cursor: Cursor) -> Result<Page<Venue>>;
    /// Changes name, hours, bounds, contact, booth, longest stay and screen demand of a venue, and
    /// the bounds of its rooms. `false` if the venue's version is not `version` any more.
    async fn update_venue(
        &self,
        id: VenueId,
        version: u32,
        spec: &VenueSpec,
        rooms: &[(RoomId, gapura_domain::door::Bounds)],
        at: Time,
    ) -> Result<bool>;
    /// The venue of a gate.
    async fn venue_of_gate(&self, gate: GateId) -> Result<Option<Venue>>;
    /// What a poster's code leads to.
    async fn gate_by_code(&self, code: &str) -> Result<Option<GateCode>>;
    /// Gives a gate a new code; the old one is kept as revoked. `false` if there is no such gate.
    ///
    /// # Errors
    /// `Conflict` if the code is taken.
    async fn reissue_gate_code(&self, gate: GateId, code: &str, at: Time) -> Result<bool>;
    /// Puts a code for one enrolment at a gate, replacing one that was not used.
    async fn put_enrolment(
        &self,
        code_hash: [u8; 32],
        gate: GateId,
        name: &Label,
        expires: Time,
    ) -> Result<()>;
    /// Uses an enrolment code once: makes the device with this token. `None` if the code is unknown,
    /// used or expired.
    async fn enrol_device(
        &self,
        code_hash: [u8; 32],
        token_hash: [u8; 32],
        at: Time,
    ) -> Result<Option<Device>>;
    /// The device with this token, unless it is revoked.
    async fn device_by_token(&self, token_hash: [u8; 32]) -> Result<Option<Device>>;
    /// All devices of a venue, revoked ones included.
    async fn devices(&self, venue: VenueId) -> Result<Vec<Device>>;
    /// Revokes a device. `false` if it was revoked before or does not exist.
    async fn revoke_device(&self, device: DeviceId, at: Time) -> Result<bool>;
}
