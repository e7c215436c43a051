//! Applying for codes: one place, or a whole list of them.
//!
//! A list names owners; those that exist in the applicant's branch are taken, the others are founded
//! when the list is handed in. What the store knows adds to the preview's faults: a place that was
//! applied for before, an owner that cannot be told from another. A list with a fault is not handed in.

mod owners;

pub use owners::{Owner, OwnerPlan};

use crate::error::{Fault, Result};
use crate::staff::Principal;
use crate::venue_form::{VenueForm, same_name};
use crate::venue_list::{ListFault, VenueList, read_venue_list};
use crate::{App, AppError};
use gapura_domain::ids::{ApplicationId, OrganisationId};
use gapura_domain::role::Role;
use gapura_domain::venue::VenueSpec;
use gapura_store::venues::{ApplicationFilter, NewApplication};
use gapura_store::{Actor, Cursor};
use std::collections::{BTreeMap, BTreeSet};

/// Who may apply, each for the organisations of a branch.
const MAY_APPLY: [Role; 2] = [Role::VenueManager, Role::Authority];

/// What was submitted, and what somebody should look at again.
#[derive(Clone, Debug, PartialEq)]
pub struct Applied {
    /// The application.
    pub id: ApplicationId,
    /// What is unusual, at its field.
    pub warnings: Vec<Fault>,
}

/// A list as it would be handed in.
#[derive(Clone, Debug)]
pub struct ListPreview {
    /// Rows, faults, warnings and places.
    pub list: VenueList,
    /// Owners, and which of them would be founded.
    pub owners: OwnerPlan,
}

impl App {
    /// Submits an application for one place.
    ///
    /// # Errors
    /// `NotAllowed`; `Faults` at fields of the form, `already_applied` at `name` among them.
    pub async fn apply(
        &self,
        by: &Principal,
        organisation: OrganisationId,
        form: &VenueForm,
    ) -> Result<Applied> {
        self.require(by, &MAY_APPLY, organisation).await?;
        let checked = form.read().map_err(AppError::Faults)?;
        let _applying = self.places_memory.applying.lock().await;
        self.refuse_twice(organisation, &checked.spec, None).await?;
        let ids = self.submit(by, vec![(organisation, checked.spec)]).await?;
        let id = ids.first().copied().ok_or(AppError::NotFound)?;
        Ok(Applied {
            id,
            warnings: checked.warnings,
        })
    }

    /// Submits several applications of one organisation, all or none.
    ///
    /// # Errors
    /// As [`App::apply`]; faults stand at `[2].rooms[0].capacity`.
    pub async fn apply_many(
        &self,
        by: &Principal,
        organisation: OrganisationId,
        forms: &[VenueForm],
    ) -> Result<Vec<ApplicationId>> {
        self.require(by, &MAY_APPLY, organisation).await?;
        let _applying = self.places_memory.applying.lock().await;
        let known = self.known_names(&[organisation]).await?;
        let mut names: BTreeSet<String> = BTreeSet::new();
        let mut faults = Vec::new();
        let mut specs = Vec::new();
        for (index, form) in forms.iter().enumerate() {
            match form.read() {
                Ok(checked) => {
                    let name = same_name(checked.spec.name.as_str());
                    if let Some(state) = known.get(&(organisation, name.clone())) {
                        let fault = Fault::new("name", "already_applied").with("state", state);
                        faults.push(at_index(index, fault));
                    } else if !names.insert(name) {
                        faults.push(at_index(index, Fault::new("name", "twice")));
                    }
                    specs.push((organisation, checked.spec));
                }
                Err(found) => faults.extend(found.into_iter().map(|fault| at_index(index, fault))),
            }
        }
        if !faults.is_empty() {
            return Err(AppError::Faults(faults));
        }
        self.submit(by, specs).await
    }

    /// Reads a list for handing in below `under`, or anywhere for whoever may apply for everybody.
    /// Changes nothing.
    ///
    /// # Errors
    /// `NotAllowed`. Faults of the list are part of the preview.
    pub async fn preview_list(
        &self,
        by: &Principal,
        under: Option<OrganisationId>,
        bytes: &[u8],
    ) -> Result<ListPreview> {
        match under {
            Some(under) => self.require(by, &MAY_APPLY, under).await?,
            None if MAY_APPLY.iter().any(|role| by.may(*role, &[])) => {}
            None => return Err(AppError::NotAllowed),
        }
        let mut list = read_venue_list(bytes);
        let tree = self.organisation_tree().await?;
        let (owners, mut faults) = owners::plan(&tree, under, &list.places);
        let known_owners: Vec<OrganisationId> = owners.known().collect();
        let known = self.known_names(&known_owners).await?;
        let mut seen = BTreeSet::new();
        for (place, owner) in list.places.iter().zip(&owners.of_places) {
            let name = same_name(place.spec.name.as_str());
            let fault = match owner {
                Some(Owner::Known(id)) => known
                    .get(&(*id, name.clone()))
                    .map(|state| Fault::new("", "already_applied").with("state", state)),
                Some(Owner::New(_)) | None => None,
            };
            let is_twice = owner.is_some() && !seen.insert((*owner, name));
            let fault = fault.or_else(|| is_twice.then(|| Fault::new("", "twice")));
            faults.extend(fault.map(|fault| ListFault::at(place.row, "venue", fault)));
        }
        list.add_faults(faults);
        Ok(ListPreview { list, owners })
    }

    /// Hands in a list: founds the owners that are missing, then submits all places or none.
    ///
    /// # Errors
    /// `NotAllowed`; `Faults` at `rows[3].capacity` for a list that is not ready.
    pub async fn apply_list(
        &self,
        by: &Principal,
        under: Option<OrganisationId>,
        bytes: &[u8],
    ) -> Result<Vec<ApplicationId>> {
        let _applying = self.places_memory.applying.lock().await;
        let preview = self.preview_list(by, under, bytes).await?;
        if !preview.list.is_ready() {
            let faults = preview.list.faults.into_iter();
            return Err(AppError::Faults(faults.map(Fault::from).collect()));
        }
        let founded = self.found_owners(by, &preview.owners).await?;
        let owned = preview
            .list
            .places
            .into_iter()
            .zip(preview.owners.of_places);
        let specs = owned
            .map(|(place, owner)| match owner {
                Some(Owner::Known(id)) => Ok((id, place.spec)),
                Some(Owner::New(index)) => {
                    let id = founded.get(index).copied().ok_or(AppError::NotFound)?;
                    Ok((id, place.spec))
                }
                None => Err(AppError::NotFound),
            })
            .collect::<Result<Vec<_>>>()?;
        self.submit(by, specs).await
    }

    async fn found_owners(&self, by: &Principal, plan: &OwnerPlan) -> Result<Vec<OrganisationId>> {
        let mut founded: Vec<OrganisationId> = Vec::with_capacity(plan.new.len());
        for new in &plan.new {
            let parent = match new.parent {
                Some(Owner::Known(id)) => Some(id),
                Some(Owner::New(index)) => founded.get(index).copied(),
                None => None,
            };
            founded.push(self.match_or_found(by, parent, &new.name).await?);
        }
        Ok(founded)
    }

    async fn submit(
        &self,
        by: &Principal,
        specs: Vec<(OrganisationId, VenueSpec)>,
    ) -> Result<Vec<ApplicationId>> {
        let list: Vec<NewApplication> = specs
            .into_iter()
            .map(|(organisation, spec)| NewApplication {
                organisation,
                by: by.account,
                spec,
            })
            .collect();
        let ids = self.store.submit_applications(&list, self.now()).await?;
        if let Some(first) = ids.first() {
            let subject = ("application", first.0);
            let count = ids.len().to_string();
            self.mark(
                Actor::Account(by.account),
                "applications_submitted",
                subject,
                &count,
            )
            .await?;
        }
        Ok(ids)
    }

    /// Refuses a place of a name that the organisation applied for before, unless by this application.
    pub(crate) async fn refuse_twice(
        &self,
        organisation: OrganisationId,
        spec: &VenueSpec,
        but: Option<ApplicationId>,
    ) -> Result<()> {
        let name = same_name(spec.name.as_str());
        let known = self.applications_of(&[organisation]).await?;
        let known = known
            .iter()
            .find(|(id, _, known, _)| Some(*id) != but && *known == name);
        match known {
            Some((_, _, _, state)) => {
                let fault = Fault::new("name", "already_applied").with("state", state);
                Err(AppError::Faults(vec![fault]))
            }
            None => Ok(()),
        }
    }

    async fn known_names(
        &self,
        organisations: &[OrganisationId],
    ) -> Result<BTreeMap<(OrganisationId, String), &'static str>> {
        let known = self.applications_of(organisations).await?;
        let by_name = known.into_iter();
        Ok(by_name
            .map(|(_, of, name, state)| ((of, name), state))
            .collect())
    }

    async fn applications_of(
        &self,
        organisations: &[OrganisationId],
    ) -> Result<Vec<(ApplicationId, OrganisationId, String, &'static str)>> {
        let mut known = Vec::new();
        let mut after = None;
        let filter = ApplicationFilter {
            organisations: Some(organisations.to_vec()),
            state: None,
        };
        while !organisations.is_empty() {
            let cursor = Cursor { after, limit: 1000 };
            let page = self.store.applications(&filter, cursor).await?;
            known.extend(page.rows.into_iter().map(|row| {
                let name = same_name(row.spec.name.as_str());
                (row.id, row.organisation, name, row.state.name())
            }));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        Ok(known)
    }
}

fn at_index(index: usize, mut fault: Fault) -> Fault {
    fault.field = format!("[{index}].{}", fault.field);
    fault
}

impl From<ListFault> for Fault {
    fn from(fault: ListFault) -> Self {
        let field = match fault.column {
            Some(column) => format!("rows[{}].{column}", fault.row),
            None => format!("rows[{}]", fault.row),
        };
        Self {
            field,
            code: fault.code,
            params: fault.params,
        }
    }
}
