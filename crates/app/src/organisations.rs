//! The tree of organisations: who is above whom.

use crate::error::Result;
use crate::venue_form::same_name;
use crate::{App, AppError};
use gapura_domain::ids::OrganisationId;
use gapura_domain::venue::{Label, Organisation};
use std::collections::BTreeMap;
use std::sync::Arc;

/// All organisations, by number and by their place in the tree.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OrganisationTree {
    by_id: BTreeMap<OrganisationId, Organisation>,
    children: BTreeMap<Option<OrganisationId>, Vec<OrganisationId>>,
}

impl OrganisationTree {
    /// The tree of these organisations.
    pub fn new(list: Vec<Organisation>) -> Self {
        let mut tree = Self::default();
        for organisation in list {
            let siblings = tree.children.entry(organisation.parent).or_default();
            siblings.push(organisation.id);
            tree.by_id.insert(organisation.id, organisation);
        }
        tree
    }

    /// One organisation.
    pub fn get(&self, id: OrganisationId) -> Option<&Organisation> {
        self.by_id.get(&id)
    }

    /// All organisations, each after the one above it.
    pub fn all(&self) -> impl Iterator<Item = &Organisation> {
        self.by_id.values()
    }

    /// Those right below an organisation, or the topmost ones.
    pub fn children(&self, parent: Option<OrganisationId>) -> impl Iterator<Item = &Organisation> {
        let ids = self.children.get(&parent).map_or(&[][..], Vec::as_slice);
        ids.iter().filter_map(|id| self.by_id.get(id))
    }

    /// An organisation and those above it, itself first; empty if it is not known.
    pub fn lineage(&self, id: OrganisationId) -> Vec<OrganisationId> {
        let above = |of: &Organisation| of.parent.and_then(|parent| self.get(parent));
        // Nothing is deeper than the whole tree, whatever a damaged store says.
        std::iter::successors(self.get(id), |of| above(of))
            .take(self.by_id.len())
            .map(|organisation| organisation.id)
            .collect()
    }

    /// An organisation and all below it.
    pub fn branch(&self, root: OrganisationId) -> Vec<OrganisationId> {
        let mut found = vec![root];
        let mut next = 0;
        while let Some(id) = found.get(next).copied() {
            next += 1;
            let below = self.children(Some(id)).map(|below| below.id);
            found.extend(below);
            if found.len() > self.by_id.len() {
                break;
            }
        }
        found
    }

    /// The organisation of this name right below another one, whatever the case.
    pub fn named(&self, parent: Option<OrganisationId>, name: &Label) -> Option<OrganisationId> {
        let name = same_name(name.as_str());
        let mut siblings = self.children(parent);
        let found = siblings.find(|sibling| same_name(sibling.name.as_str()) == name);
        found.map(|found| found.id)
    }

    /// All organisations of this name.
    pub fn all_named<'t>(&'t self, name: &Label) -> impl Iterator<Item = &'t Organisation> {
        let name = same_name(name.as_str());
        let all = self.by_id.values();
        all.filter(move |organisation| same_name(organisation.name.as_str()) == name)
    }

    /// Names from an organisation upwards: `["Polsek Klojen", "Polresta Malang Kota"]`.
    pub fn path(&self, id: OrganisationId) -> Vec<&Label> {
        let lineage = self.lineage(id).into_iter();
        lineage
            .filter_map(|id| self.get(id))
            .map(|of| &of.name)
            .collect()
    }
}

impl App {
    /// The tree as it is now.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn organisation_tree(&self) -> Result<Arc<OrganisationTree>> {
        let tree = Arc::new(OrganisationTree::new(self.store.organisations().await?));
        let mut known = self.places_memory.tree.write();
        // Another reader may have seen a younger tree meanwhile; trees only grow.
        if tree.by_id.len() >= known.by_id.len() {
            *known = Arc::clone(&tree);
        }
        Ok(tree)
    }

    /// An organisation and those above it, itself first. Asks the store only for unknown ones.
    ///
    /// # Errors
    /// `NotFound` for an organisation that does not exist.
    pub async fn lineage(&self, id: OrganisationId) -> Result<Vec<OrganisationId>> {
        let known = self.places_memory.tree.read().lineage(id);
        if !known.is_empty() {
            return Ok(known);
        }
        let lineage = self.organisation_tree().await?.lineage(id);
        if lineage.is_empty() {
            return Err(AppError::NotFound);
        }
        Ok(lineage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> OrganisationTree {
        let rows = [
            (1, None, "Polda"),
            (2, Some(1), "Polresta"),
            (3, Some(2), "Polsek"),
            (4, None, "Dinkes"),
        ];
        let of = |(id, parent, name): (u64, Option<u64>, &str)| Organisation {
            id: OrganisationId(id),
            parent: parent.map(OrganisationId),
            name: Label::parse(name).unwrap(),
        };
        OrganisationTree::new(rows.map(of).into())
    }

    #[test]
    fn a_lineage_leads_to_the_top_and_a_branch_to_the_leaves() {
        let ids = |ids: &[u64]| ids.iter().copied().map(OrganisationId).collect::<Vec<_>>();
        assert_eq!(tree().lineage(OrganisationId(3)), ids(&[3, 2, 1]));
        assert_eq!(tree().lineage(OrganisationId(9)), ids(&[]));
        assert_eq!(tree().branch(OrganisationId(1)), ids(&[1, 2, 3]));
        let path = tree();
        let path = path.path(OrganisationId(3));
        assert_eq!(
            path.iter().map(|name| name.as_str()).collect::<Vec<_>>(),
            ["Polsek", "Polresta", "Polda"]
        );
    }

    #[test]
    fn a_name_is_matched_among_its_siblings_whatever_the_case() {
        let name = Label::parse("POLRESTA").unwrap();
        assert_eq!(
            tree().named(Some(OrganisationId(1)), &name),
            Some(OrganisationId(2))
        );
        assert_eq!(tree().named(None, &name), None);
        assert_eq!(tree().all_named(&name).count(), 1);
    }
}
