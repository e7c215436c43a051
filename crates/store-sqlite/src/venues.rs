//! Organisations, applications, venues, gates and devices.

mod applications;
mod gates;
mod places;

use crate::db::SqliteStore;
use async_trait::async_trait;
use gapura_domain::door::Bounds;
use gapura_domain::ids::{
    AccountId, ApplicationId, DeviceId, GateId, OrganisationId, RoomId, VenueId,
};
use gapura_domain::time::Time;
use gapura_domain::venue::{Application, Label, Organisation, Venue, VenueSpec};
use gapura_store::venues::{ApplicationFilter, Device, GateCode, NewApplication, VenueFilter};
use gapura_store::{Cursor, Page, Result, Venues};

#[async_trait]
impl Venues for SqliteStore {
    async fn create_organisation(
        &self,
        parent: Option<OrganisationId>,
        name: &Label,
        at: Time,
    ) -> Result<OrganisationId> {
        let name = name.clone();
        self.write(move |conn| applications::create_organisation(conn, parent, &name, at))
            .await
    }

    async fn organisations(&self) -> Result<Vec<Organisation>> {
        self.read(applications::organisations).await
    }

    async fn submit_applications(
        &self,
        list: &[NewApplication],
        at: Time,
    ) -> Result<Vec<ApplicationId>> {
        let list = list.to_vec();
        self.write(move |conn| applications::submit(conn, &list, at))
            .await
    }

    async fn resubmit_application(
        &self,
        id: ApplicationId,
        spec: &VenueSpec,
        by: AccountId,
        at: Time,
    ) -> Result<bool> {
        let spec = spec.clone();
        self.write(move |conn| applications::resubmit(conn, id, &spec, by, at))
            .await
    }

    async fn application(&self, id: ApplicationId) -> Result<Option<Application>> {
        self.read(move |conn| applications::application(conn, id))
            .await
    }

    async fn applications(
        &self,
        filter: &ApplicationFilter,
        cursor: Cursor,
    ) -> Result<Page<Application>> {
        let filter = filter.clone();
        self.read(move |conn| applications::list(conn, &filter, cursor))
            .await
    }

    async fn approve_application(
        &self,
        id: ApplicationId,
        codes: &[String],
        by: AccountId,
        at: Time,
    ) -> Result<Option<VenueId>> {
        let codes = codes.to_vec();
        self.write(move |conn| applications::approve(conn, id, &codes, by, at))
            .await
    }

    async fn return_application(
        &self,
        id: ApplicationId,
        reasons: &str,
        by: AccountId,
        at: Time,
    ) -> Result<bool> {
        let reasons = reasons.to_owned();
        self.write(move |conn| applications::send_back(conn, id, &reasons, by, at))
            .await
    }

    async fn venue(&self, id: VenueId) -> Result<Option<Venue>> {
        self.read(move |conn| places::venue(conn, id)).await
    }

    async fn venues(&self, filter: &VenueFilter, cursor: Cursor) -> Result<Page<Venue>> {
        let filter = filter.clone();
        self.read(move |conn| places::list(conn, &filter, cursor))
            .await
    }

    async fn update_venue(
        &self,
        id: VenueId,
        version: u32,
        spec: &VenueSpec,
        rooms: &[(RoomId, Bounds)],
        at: Time,
    ) -> Result<bool> {
        let (spec, rooms) = (spec.clone(), rooms.to_vec());
        self.write(move |conn| places::update(conn, id, version, &spec, &rooms, at))
            .await
    }

    async fn venue_of_gate(&self, gate: GateId) -> Result<Option<Venue>> {
        self.read(move |conn| places::venue_of_gate(conn, gate))
            .await
    }

    async fn gate_by_code(&self, code: &str) -> Result<Option<GateCode>> {
        let code = code.to_owned();
        self.read(move |conn| gates::by_code(conn, &code)).await
    }

    async fn reissue_gate_code(&self, gate: GateId, code: &str, at: Time) -> Result<bool> {
        let code = code.to_owned();
        self.write(move |conn| gates::reissue(conn, gate, &code, at))
            .await
    }

    async fn put_enrolment(
        &self,
        code_hash: [u8; 32],
        gate: GateId,
        name: &Label,
        expires: Time,
    ) -> Result<()> {
        let name = name.clone();
        self.write(move |conn| gates::put_enrolment(conn, code_hash, gate, &name, expires))
            .await
    }

    async fn enrol_device(
        &self,
        code_hash: [u8; 32],
        token_hash: [u8; 32],
        at: Time,
    ) -> Result<Option<Device>> {
        self.write(move |conn| gates::enrol(conn, code_hash, token_hash, at))
            .await
    }

    async fn device_by_token(&self, token_hash: [u8; 32]) -> Result<Option<Device>> {
        self.read(move |conn| gates::device_by_token(conn, token_hash))
            .await
    }

    async fn devices(&self, venue: VenueId) -> Result<Vec<Device>> {
        self.read(move |conn| gates::devices(conn, venue)).await
    }

    async fn revoke_device(&self, device: DeviceId, at: Time) -> Result<bool> {
        self.write(move |conn| gates::revoke_device(conn, device, at))
            .await
    }
}
