//! What stands on posters; the words around it come from the catalogue of languages.

use crate::door_plan::GatePlan;
use crate::error::Result;
use crate::staff::Principal;
use crate::{App, AppError};
use gapura_domain::ids::{GateId, VenueId};
use gapura_domain::role::Role;
use gapura_pass::PosterUrlError;
use gapura_poster::PosterContent;

/// Most venues whose posters are printed at once.
pub const VENUES_AT_ONCE_MAX: usize = 200;

impl App {
    /// The posters of all gates of these venues, in the order given.
    ///
    /// # Errors
    /// `NotFound`, `NotAllowed`; `NotNow("public_url")` if the configured address cannot stand on a
    /// poster; `NotNow("too_many_venues")`.
    pub async fn posters(&self, by: &Principal, venues: &[VenueId]) -> Result<Vec<PosterContent>> {
        if venues.len() > VENUES_AT_ONCE_MAX {
            return Err(AppError::NotNow("too_many_venues"));
        }
        let mut posters = Vec::new();
        for venue in venues {
            let gates = self.door_plans_of(*venue).await?;
            let organisation = gates.first().ok_or(AppError::NotFound)?.organisation;
            let roles = [Role::VenueManager, Role::Authority];
            self.require(by, &roles, organisation).await?;
            for gate in &gates {
                posters.push(self.poster_of(gate)?);
            }
        }
        Ok(posters)
    }

    /// The poster of one gate.
    ///
    /// # Errors
    /// As [`App::posters`].
    pub async fn poster(&self, by: &Principal, gate: GateId) -> Result<PosterContent> {
        let gate = self.door_plan(gate).await?.ok_or(AppError::NotFound)?;
        let roles = [Role::VenueManager, Role::Authority];
        self.require(by, &roles, gate.organisation).await?;
        self.poster_of(&gate)
    }

    fn poster_of(&self, gate: &GatePlan) -> Result<PosterContent> {
        let public_url = self.config.public_url.as_str();
        let url = gate.code.poster_url(public_url).map_err(|error| {
            let (PosterUrlError::NotAnAddress | PosterUrlError::TooLong { .. }) = error;
            tracing::error!(%error, "posters cannot be printed");
            AppError::NotNow("public_url")
        })?;
        let host = public_url
            .split_once("://")
            .map_or(public_url, |(_, host)| host);
        Ok(PosterContent {
            place: gate.venue_name.to_string(),
            door: door_name(gate),
            url,
            host: host.trim_end_matches('/').to_owned(),
            code: gate.code.grouped(),
            check_word: gate.check_word.to_owned(),
        })
    }
}

/// The gate's name with the room behind it, unless it says so itself.
fn door_name(gate: &GatePlan) -> String {
    let (room, door) = (gate.room_name.as_str(), gate.gate_name.as_str());
    if door.to_lowercase().contains(&room.to_lowercase()) {
        door.to_owned()
    } else {
        format!("{room} – {door}")
    }
}
