//! Changing an approved place: name, hours, limits, contact, booth, longest stay, screen demand.
//!
//! What it is and where it lies, its rooms and gates, are applied for anew. The form is the one by
//! which it was applied for, so there is one set of rules.

use crate::error::{Fault, Result};
use crate::staff::Principal;
use crate::venue_form::VenueForm;
use crate::{App, AppError};
use gapura_domain::door::Bounds;
use gapura_domain::ids::{RoomId, VenueId};
use gapura_domain::role::Role;
use gapura_domain::venue::{GateSpec, RoomSpec, Venue, VenueSpec};
use gapura_store::Actor;

/// What an edit led to.
#[derive(Clone, Debug, PartialEq)]
pub struct Edited {
    /// Paths of the fields that have changed.
    pub changed: Vec<String>,
    /// What is unusual, at its field.
    pub warnings: Vec<Fault>,
}

/// The place with the rooms and limits in force, as the form that is edited.
pub fn form_of(venue: &Venue) -> VenueForm {
    VenueForm::of(&spec_in_force(venue))
}

/// What the venue would be applied for today.
pub fn spec_in_force(venue: &Venue) -> VenueSpec {
    let gates_of = |room: RoomId| {
        let gates = venue.gates.iter().filter(move |gate| gate.room == room);
        gates.map(|gate| GateSpec {
            name: gate.name.clone(),
        })
    };
    let rooms = venue.rooms.iter().map(|room| RoomSpec {
        name: room.name.clone(),
        floor_area_m2: room.floor_area_m2,
        bounds: room.bounds,
        gates: gates_of(room.id).collect(),
    });
    VenueSpec {
        rooms: rooms.collect(),
        ..venue.spec.clone()
    }
}

impl App {
    /// The place for somebody who may edit it.
    ///
    /// # Errors
    /// `NotFound`, `NotAllowed`.
    async fn venue_to_edit(&self, by: &Principal, id: VenueId) -> Result<Venue> {
        let venue = self.store.venue(id).await?.ok_or(AppError::NotFound)?;
        self.require(by, &[Role::VenueManager], venue.organisation)
            .await?;
        Ok(venue)
    }

    /// Changes a place whose version was `version` when the form was shown.
    ///
    /// # Errors
    /// `NotFound`, `NotAllowed`; `Faults`, with `fixed` at what cannot be changed; and
    /// `NotNow("changed_meanwhile")` if somebody else edited it.
    pub async fn edit_venue(
        &self,
        by: &Principal,
        id: VenueId,
        version: u32,
        form: &VenueForm,
    ) -> Result<Edited> {
        let venue = self.venue_to_edit(by, id).await?;
        let before = spec_in_force(&venue);
        let checked = form.read().map_err(AppError::Faults)?;
        let fixed = fixed_faults(&before, &checked.spec);
        if !fixed.is_empty() {
            return Err(AppError::Faults(fixed));
        }
        let rooms: Vec<(RoomId, Bounds)> = venue
            .rooms
            .iter()
            .zip(&checked.spec.rooms)
            .map(|(room, new)| (room.id, new.bounds))
            .collect();
        let now = self.now();
        let is_done = self
            .store
            .update_venue(id, version, &checked.spec, &rooms, now)
            .await?;
        if !is_done {
            return Err(AppError::NotNow("changed_meanwhile"));
        }
        self.refresh_venue(id).await?;
        let changed = changes(&before, &checked.spec);
        let actor = Actor::Account(by.account);
        self.mark(actor, "venue_edited", ("venue", id.0), &changed.join(" "))
            .await?;
        Ok(Edited {
            changed,
            warnings: checked.warnings,
        })
    }

    /// Lets doors and searches see a venue as it is now.
    pub(crate) async fn refresh_venue(&self, id: VenueId) -> Result<()> {
        if let Some(venue) = self.store.venue(id).await? {
            self.venue_changed(&venue);
            self.list_venue(&venue);
        }
        Ok(())
    }
}

fn fixed_faults(before: &VenueSpec, after: &VenueSpec) -> Vec<Fault> {
    let mut fields = Vec::new();
    let mut fix = |field: String, is_same: bool| {
        if !is_same {
            fields.push(Fault::new(field, "fixed"));
        }
    };
    fix("category".into(), before.category == after.category);
    fix("address".into(), before.address == after.address);
    fix("district".into(), before.district == after.district);
    fix("latitude".into(), before.position == after.position);
    fix("rooms".into(), before.rooms.len() == after.rooms.len());
    for (index, (old, new)) in before.rooms.iter().zip(&after.rooms).enumerate() {
        fix(format!("rooms[{index}].name"), old.name == new.name);
        let is_same = old.floor_area_m2.total_cmp(&new.floor_area_m2).is_eq();
        fix(format!("rooms[{index}].floor_area_m2"), is_same);
        fix(format!("rooms[{index}].gates"), old.gates == new.gates);
    }
    fields
}

fn changes(before: &VenueSpec, after: &VenueSpec) -> Vec<String> {
    let mut changed = Vec::new();
    let mut note = |field: String, is_same: bool| {
        if !is_same {
            changed.push(field);
        }
    };
    note("name".into(), before.name == after.name);
    note("contact".into(), before.contact == after.contact);
    note("hours".into(), before.hours.week() == after.hours.week());
    note(
        "closures".into(),
        before.hours.closures() == after.hours.closures(),
    );
    note(
        "capacity".into(),
        before.bounds.capacity == after.bounds.capacity,
    );
    note("quota".into(), before.bounds.quota == after.bounds.quota);
    note("booth".into(), before.booth == after.booth);
    note(
        "demands_screen_code".into(),
        before.demands_screen_code == after.demands_screen_code,
    );
    note(
        "longest_stay_minutes".into(),
        before.longest_stay_minutes == after.longest_stay_minutes,
    );
    for (index, (old, new)) in before.rooms.iter().zip(&after.rooms).enumerate() {
        note(
            format!("rooms[{index}].capacity"),
            old.bounds.capacity == new.bounds.capacity,
        );
        note(
            format!("rooms[{index}].quota"),
            old.bounds.quota == new.bounds.quota,
        );
    }
    changed
}
