//! Which organisations a list's places belong to: known ones by name, others to be founded.

use crate::error::Fault;
use crate::organisations::OrganisationTree;
use crate::venue_form::same_name;
use crate::venue_list::{ListFault, ListedPlace};
use gapura_domain::ids::OrganisationId;
use gapura_domain::venue::Label;
use std::collections::HashMap;

/// More organisations above one another than this are a circle.
const DEPTH_MAX: usize = 12;

/// Who a place belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// An organisation that exists.
    Known(OrganisationId),
    /// One that is to be founded: its index in [`OwnerPlan::new`].
    New(usize),
}

/// An organisation to be founded.
#[derive(Clone, Debug, PartialEq)]
pub struct NewOrganisation {
    /// The organisation above; one that is new stands earlier in the list.
    pub parent: Option<Owner>,
    /// Its name.
    pub name: Label,
}

/// Who owns what in a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OwnerPlan {
    /// Organisations to be founded, each after the one above it.
    pub new: Vec<NewOrganisation>,
    /// The owner of each place, in the order of the list; `None` where there is a fault.
    pub of_places: Vec<Option<Owner>>,
}

impl OwnerPlan {
    /// The owners that exist, each once.
    pub fn known(&self) -> impl Iterator<Item = OrganisationId> {
        let known = self
            .of_places
            .iter()
            .flatten()
            .filter_map(|owner| match owner {
                Owner::Known(id) => Some(*id),
                Owner::New(_) => None,
            });
        known.collect::<std::collections::BTreeSet<_>>().into_iter()
    }
}

/// Finds the owner of each place.
///
/// Faults: `no_owner` where nobody is named and the list is not handed in for one organisation,
/// `organisation_ambiguous` (with `choices`) where several bear the name, `organisation_circle`.
pub(super) fn plan(
    tree: &OrganisationTree,
    under: Option<OrganisationId>,
    places: &[ListedPlace],
) -> (OwnerPlan, Vec<ListFault>) {
    let mut planner = Planner {
        tree,
        under,
        branch: under.map(|under| tree.branch(under)),
        parents: parents_of(places),
        plan: OwnerPlan::default(),
        new_by_name: HashMap::new(),
    };
    let mut faults = Vec::new();
    for place in places {
        let owner = match &place.organisation {
            Some(name) => planner.owner(name, place.parent.as_ref(), 0),
            None => under
                .map(Owner::Known)
                .ok_or_else(|| Fault::new("", "no_owner")),
        };
        let owner = owner
            .map_err(|fault| faults.push(ListFault::at(place.row, "organisation", fault)))
            .ok();
        planner.plan.of_places.push(owner);
    }
    (planner.plan, faults)
}

/// For each organisation that the list names with one above it: that one's name.
fn parents_of(places: &[ListedPlace]) -> HashMap<String, Label> {
    let named = places.iter().filter_map(|place| {
        let name = place.organisation.as_ref()?;
        Some((same_name(name.as_str()), place.parent.clone()?))
    });
    named.collect()
}

struct Planner<'t> {
    tree: &'t OrganisationTree,
    under: Option<OrganisationId>,
    /// All organisations that the list may speak of; all there are if `None`.
    branch: Option<Vec<OrganisationId>>,
    parents: HashMap<String, Label>,
    plan: OwnerPlan,
    new_by_name: HashMap<(Option<Owner>, String), usize>,
}

impl Planner<'_> {
    fn owner(
        &mut self,
        name: &Label,
        parent: Option<&Label>,
        depth: usize,
    ) -> Result<Owner, Fault> {
        if depth > DEPTH_MAX {
            return Err(Fault::new("", "organisation_circle"));
        }
        let parent = match parent {
            Some(parent) => Some(parent.clone()),
            None => self.parents.get(&same_name(name.as_str())).cloned(),
        };
        // Whoever hands a list in for an organisation may name it and what is above it.
        if let Some(under) = self.under.filter(|under| self.bears(*under, name)) {
            return Ok(Owner::Known(under));
        }
        let Some(parent) = parent else {
            return self.without_parent(name);
        };
        let above = self.owner(&parent, None, depth + 1)?;
        if let Owner::Known(above) = above
            && let Some(known) = self.tree.named(Some(above), name)
        {
            return Ok(Owner::Known(known));
        }
        Ok(self.new_one(Some(above), name))
    }

    fn without_parent(&mut self, name: &Label) -> Result<Owner, Fault> {
        let known: Vec<OrganisationId> = self
            .tree
            .all_named(name)
            .map(|organisation| organisation.id)
            .filter(|id| {
                self.branch
                    .as_ref()
                    .is_none_or(|branch| branch.contains(id))
            })
            .collect();
        match known[..] {
            [one] => Ok(Owner::Known(one)),
            [] => Ok(self.new_one(self.under.map(Owner::Known), name)),
            _ => {
                let paths = known.iter().map(|id| self.path(*id)).collect::<Vec<_>>();
                Err(Fault::new("", "organisation_ambiguous").with("choices", paths.join("; ")))
            }
        }
    }

    fn new_one(&mut self, parent: Option<Owner>, name: &Label) -> Owner {
        let key = (parent, same_name(name.as_str()));
        let new = &mut self.plan.new;
        Owner::New(*self.new_by_name.entry(key).or_insert_with(|| {
            new.push(NewOrganisation {
                parent,
                name: name.clone(),
            });
            new.len() - 1
        }))
    }

    fn bears(&self, id: OrganisationId, name: &Label) -> bool {
        let known = self.tree.get(id);
        known.is_some_and(|known| same_name(known.name.as_str()) == same_name(name.as_str()))
    }

    fn path(&self, id: OrganisationId) -> String {
        let path: Vec<&str> = self.tree.path(id).into_iter().map(Label::as_str).collect();
        path.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::venue_list::read_venue_list;
    use gapura_domain::venue::Organisation;

    fn tree(rows: &[(u64, u64, &str)]) -> OrganisationTree {
        let of = |&(id, parent, name): &(u64, u64, &str)| Organisation {
            id: OrganisationId(id),
            parent: (parent > 0).then_some(OrganisationId(parent)),
            name: Label::parse(name).unwrap(),
        };
        OrganisationTree::new(rows.iter().map(of).collect())
    }

    fn malang() -> Vec<ListedPlace> {
        read_venue_list(include_bytes!("../../../../examples/malang.csv")).places
    }

    fn places(owners: &[(&str, &str)]) -> Vec<ListedPlace> {
        let label = |text: &str| Label::parse(text).ok();
        let mut place = malang().swap_remove(0);
        let places = owners.iter().map(|(name, parent)| {
            place.organisation = label(name);
            place.parent = label(parent);
            place.clone()
        });
        places.collect()
    }

    fn founded(plan: &OwnerPlan) -> Vec<(&str, Option<Owner>)> {
        let new = plan.new.iter();
        new.map(|new| (new.name.as_str(), new.parent)).collect()
    }

    #[test]
    fn an_empty_tree_grows_from_the_list() {
        let (plan, faults) = plan(&OrganisationTree::default(), None, &malang());
        assert_eq!(faults, []);
        let founded = founded(&plan);
        assert_eq!(founded.len(), 7);
        assert_eq!(founded[0], ("Polda Jawa Timur", None));
        assert_eq!(founded[1], ("Polresta Malang Kota", Some(Owner::New(0))));
        assert_eq!(founded[2], ("Polsek Lowokwaru", Some(Owner::New(1))));
        assert_eq!(plan.of_places[10], Some(Owner::New(1)));
    }

    #[test]
    fn known_organisations_are_taken_whatever_the_case() {
        let tree = tree(&[
            (1, 0, "POLDA JAWA TIMUR"),
            (2, 1, "Polresta Malang kota"),
            (3, 2, "Polsek Klojen"),
        ]);
        let (plan, faults) = plan(&tree, None, &malang());
        assert_eq!(faults, []);
        assert_eq!(founded(&plan).len(), 4);
        assert_eq!(plan.of_places[2], Some(Owner::Known(OrganisationId(3))));
        assert_eq!(plan.known().count(), 2);
    }

    #[test]
    fn a_manager_s_list_stays_in_the_manager_s_branch() {
        let tree = tree(&[
            (1, 0, "Polda Jawa Timur"),
            (2, 1, "Polresta Malang Kota"),
            (3, 0, "Polsek Klojen"),
        ]);
        let (of_malang, faults) = plan(&tree, Some(OrganisationId(2)), &malang());
        assert_eq!(faults, []);
        assert_eq!(founded(&of_malang).len(), 5);
        assert!(
            of_malang
                .new
                .iter()
                .all(|new| new.parent == Some(Owner::Known(OrganisationId(2))))
        );
        let (others, _) = plan(
            &tree,
            Some(OrganisationId(2)),
            &places(&[("Polsek Klojen", ""), ("", "")]),
        );
        assert_eq!(
            founded(&others),
            [("Polsek Klojen", Some(Owner::Known(OrganisationId(2))))]
        );
        assert_eq!(others.of_places[1], Some(Owner::Known(OrganisationId(2))));
    }

    #[test]
    fn what_cannot_be_told_is_a_fault() {
        let tree = tree(&[
            (1, 0, "A"),
            (2, 0, "B"),
            (3, 1, "Satlantas"),
            (4, 2, "Satlantas"),
        ]);
        let rows = places(&[
            ("Satlantas", ""),
            ("", ""),
            ("X", "Y"),
            ("Y", "X"),
            ("Satlantas", "B"),
        ]);
        let (plan, faults) = plan(&tree, None, &rows);
        let codes: Vec<_> = faults.iter().map(|fault| fault.code).collect();
        assert_eq!(
            codes,
            ["no_owner", "organisation_circle", "organisation_circle"]
        );
        // Another row says which of the two is meant.
        assert_eq!(plan.of_places[0], Some(Owner::Known(OrganisationId(4))));
        assert_eq!(plan.of_places[4], Some(Owner::Known(OrganisationId(4))));
        let (_, faults) = super::plan(&tree, None, &places(&[("Satlantas", "")]));
        assert_eq!(faults[0].code, "organisation_ambiguous");
        assert_eq!(faults[0].params["choices"], "Satlantas, A; Satlantas, B");
    }
}
