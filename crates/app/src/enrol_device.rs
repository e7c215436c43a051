//! Devices at gates: enrolled by a code shown once, known by a token, revoked.

use crate::error::{Fault, Result};
use crate::keys::HashOf;
use crate::one_time_code::client_key;
use crate::places_memory::REMEMBER_S;
use crate::staff::Principal;
use crate::tries::Tried;
use crate::venue_form::read_label;
use crate::{App, AppError};
use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::BASE64URL_NOPAD;
use gapura_domain::ids::{DeviceId, GateId, VenueId};
use gapura_domain::role::Role;
use gapura_domain::time::Time;
use gapura_pass::GateCode;
use gapura_store::Actor;
use gapura_store::people::KeyedHash;
use gapura_store::venues::Device;
use std::net::IpAddr;
use std::sync::Arc;

/// For how long an enrolment code can be used, in seconds.
pub const ENROLMENT_S: i64 = 900;

/// What a device's token begins with, so that a leaked one is recognised.
const TOKEN_START: &str = "gpd_";

/// A code for one enrolment. Shown once, never kept.
#[derive(Clone, PartialEq, Eq)]
pub struct EnrolmentCode {
    code: GateCode,
    /// Until when it can be used.
    pub expires: Time,
}

impl EnrolmentCode {
    /// The code in two groups of four, to be typed on the device.
    pub fn expose(&self) -> String {
        self.code.grouped()
    }
}

impl std::fmt::Debug for EnrolmentCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "EnrolmentCode(…, expires {:?})", self.expires)
    }
}

/// What a device proves itself by: 256 random bits. Handed out once; only its hash is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceToken([u8; 32]);

impl DeviceToken {
    /// The token as text.
    pub fn expose(&self) -> String {
        format!("{TOKEN_START}{}", BASE64URL_NOPAD.encode(&self.0))
    }

    fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix(TOKEN_START)?;
        let mut bytes = [0; 33];
        let length = BASE64URL_NOPAD.decode_len(text.len()).ok()?;
        let bytes = bytes.get_mut(..length)?;
        BASE64URL_NOPAD.decode_mut(text.as_bytes(), bytes).ok()?;
        <[u8; 32]>::try_from(&*bytes).ok().map(Self)
    }

    /// What a token is remembered by in memory: cheaper than the keyed hash of the store, and
    /// looking it up tells nothing about tokens that are not it.
    fn digest(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest(&SHA256, &self.0).as_ref());
        bytes
    }
}

impl std::fmt::Debug for DeviceToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeviceToken(…)")
    }
}

impl App {
    /// Makes a code by which one device can be enrolled at a gate within a quarter of an hour. A code
    /// that was not used before is replaced.
    ///
    /// # Errors
    /// A fault at `name`, `NotFound`, `NotAllowed`.
    pub async fn begin_enrolment(
        &self,
        by: &Principal,
        gate: GateId,
        name: &str,
    ) -> Result<EnrolmentCode> {
        let plan = self.door_plan(gate).await?.ok_or(AppError::NotFound)?;
        self.require(by, &[Role::VenueManager], plan.organisation)
            .await?;
        let name = read_label(name).map_err(|fault| {
            AppError::Faults(vec![Fault {
                field: "name".into(),
                ..fault
            }])
        })?;
        let expires = self.now().plus_s(ENROLMENT_S);
        let code = self.new_gate_code();
        let hash = self
            .keys
            .hash(HashOf::EnrolmentCode, code.as_str().as_bytes());
        self.store.put_enrolment(hash, gate, &name, expires).await?;
        let actor = Actor::Account(by.account);
        self.mark(actor, "enrolment_begun", ("gate", gate.0), "")
            .await?;
        Ok(EnrolmentCode { code, expires })
    }

    /// Enrols a device by the code that was typed on it.
    ///
    /// # Errors
    /// `NotNow("enrolment_code")` for a code that is unknown, used or expired: which, nobody is told;
    /// `TooMany` for a client that goes on guessing.
    pub async fn enrol_device(&self, code: &str, client: IpAddr) -> Result<(Device, DeviceToken)> {
        let client = client_key(self, client);
        self.tries.take(Tried::EnrolFrom, client, self.now())?;
        let refused = || AppError::NotNow("enrolment_code");
        let code = GateCode::parse(code).map_err(|_| refused())?;
        let code_hash = self
            .keys
            .hash(HashOf::EnrolmentCode, code.as_str().as_bytes());
        let token = DeviceToken(self.random());
        let token_hash = self.token_hash(&token);
        let device = self
            .store
            .enrol_device(code_hash, token_hash, self.now())
            .await?;
        let device = device.ok_or_else(refused)?;
        let actor = Actor::Device(device.id);
        self.mark(actor, "device_enrolled", ("gate", device.gate.0), "")
            .await?;
        Ok((device, token))
    }

    /// The devices of a venue, revoked ones included.
    ///
    /// # Errors
    /// `NotFound`, `NotAllowed`.
    pub async fn devices(&self, by: &Principal, venue: VenueId) -> Result<Vec<Device>> {
        let found = self.store.venue(venue).await?.ok_or(AppError::NotFound)?;
        let roles = [Role::VenueManager, Role::Authority, Role::Inspector];
        self.require(by, &roles, found.organisation).await?;
        Ok(self.store.devices(venue).await?)
    }

    /// Revokes a device of a venue: its token opens nothing from now on.
    ///
    /// # Errors
    /// `NotFound`, `NotAllowed`, `NotNow("device_revoked")` if it was revoked before.
    pub async fn revoke_device(
        &self,
        by: &Principal,
        venue: VenueId,
        device: DeviceId,
    ) -> Result<()> {
        let found = self.store.venue(venue).await?.ok_or(AppError::NotFound)?;
        self.require(by, &[Role::VenueManager], found.organisation)
            .await?;
        let devices = self.store.devices(venue).await?;
        if !devices.iter().any(|known| known.id == device) {
            return Err(AppError::NotFound);
        }
        let is_done = self.store.revoke_device(device, self.now()).await?;
        self.places_memory.revoked_devices.write().insert(device);
        if !is_done {
            return Err(AppError::NotNow("device_revoked"));
        }
        let actor = Actor::Account(by.account);
        self.mark(actor, "device_revoked", ("device", device.0), "")
            .await
    }

    /// The device with this token, unless it is revoked.
    ///
    /// # Errors
    /// `NotSignedIn` for anything else than the token of a device.
    pub async fn device_of_token(&self, token: &str) -> Result<Arc<Device>> {
        let token = DeviceToken::parse(token).ok_or(AppError::NotSignedIn)?;
        let key = token.digest();
        let now = self.now();
        if let Some(device) = self.remembered_device(&key, now) {
            return device;
        }
        let ticket = self.places_memory.devices.begin(&key);
        let device = self.store.device_by_token(self.token_hash(&token)).await?;
        let device = Arc::new(device.ok_or(AppError::NotSignedIn)?);
        let until = now.plus_s(REMEMBER_S);
        self.places_memory
            .devices
            .keep(ticket, key, Arc::clone(&device), now, until);
        self.unless_revoked(device)
    }

    /// The device with this token if it is remembered: what the hot path asks first. `None` says
    /// nothing about the token.
    pub fn known_device(&self, token: &str, now: Time) -> Option<Arc<Device>> {
        let token = DeviceToken::parse(token)?;
        self.remembered_device(&token.digest(), now)?.ok()
    }

    /// A device that was revoked since it was remembered is an error.
    fn remembered_device(&self, key: &[u8; 32], now: Time) -> Option<Result<Arc<Device>>> {
        let device = self.places_memory.devices.get(key, now)?;
        Some(self.unless_revoked(device))
    }

    fn unless_revoked(&self, device: Arc<Device>) -> Result<Arc<Device>> {
        if self
            .places_memory
            .revoked_devices
            .read()
            .contains(&device.id)
        {
            return Err(AppError::NotSignedIn);
        }
        Ok(device)
    }

    fn token_hash(&self, token: &DeviceToken) -> KeyedHash {
        self.keys.hash(HashOf::DeviceToken, &token.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_as_it_was_handed_out() {
        let token = DeviceToken([7; 32]);
        assert_eq!(DeviceToken::parse(&token.expose()), Some(token.clone()));
        assert_eq!(format!("{token:?}"), "DeviceToken(…)");
        let good = token.expose();
        for bad in [
            "",
            "gpd_",
            "gpd_AAAA",
            &good[4..],
            &format!("{good}A"),
            &format!("{good}AA"),
            &"gpd_é".repeat(9),
        ] {
            assert_eq!(DeviceToken::parse(bad), None, "{bad}");
        }
    }
}
