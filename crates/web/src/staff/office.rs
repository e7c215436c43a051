//! What every page of a desk begins with: who works here, which rooms they have, and the state of the page's address.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use gapura_app::AppError;
use gapura_app::staff::Principal;
use gapura_domain::ids::OrganisationId;
use gapura_domain::role::Role;
use gapura_domain::time::Time;
use gapura_store::Cursor;
use std::ops::Range;

use crate::caller::StaffUser;
use crate::format;
use crate::forms::Form;
use crate::guard::escaped;
use crate::ids::Named;
use crate::page::{Desk, DeskRoom, Frame, Pages};
use crate::people::{ROOM_CARDS, ROOM_IMPORT};
use crate::problem::Problem;
use crate::state::AppState;
use crate::words::Words;

/// So many waiting things are counted at most.
const WAITING_MAX: u32 = 99;

/// A member of staff at their desk. Extract it in the handler of every page of a desk.
pub(crate) struct Office {
    pub frame: Frame,
    pub w: Words,
    pub desk: Desk,
    pub staff: StaffUser,
    pub by: Principal,
    pub state: AppState,
}

impl FromRequestParts<AppState> for Office {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let staff =
            <StaffUser as FromRequestParts<AppState>>::from_request_parts(parts, state).await?;
        let frame = match Frame::from_request_parts(parts, state).await {
            Ok(frame) => frame,
            Err(never) => match never {},
        };
        let by = staff.principal.clone();
        let mut office = Self {
            w: frame.w,
            desk: Desk::default(),
            frame,
            staff,
            by,
            state: state.clone(),
        };
        office.desk = office.furnish(parts.uri.path()).await?;
        Ok(office)
    }
}

impl Office {
    /// Whether whoever sits here has one of the roles somewhere.
    pub(crate) fn has(&self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.by.has(*role))
    }

    /// Whether whoever sits here has a role for an organisation.
    pub(crate) async fn may(&self, role: Role, of: OrganisationId) -> Result<bool, Problem> {
        Ok(self.by.may(role, &self.state.app.lineage(of).await?))
    }

    /// The text of an id.
    pub(crate) fn id<T: Named>(&self, id: T) -> String {
        self.state.ids.show(id).to_string()
    }

    /// Ten letters by which people speak of a thing: the beginning of its id, in groups.
    pub(crate) fn reference<T: Named>(&self, id: T) -> String {
        let text = self.state.ids.show(id).to_uppercase();
        format!("{}-{}", &text[1..5], &text[5..9])
    }

    /// The time now.
    pub(crate) fn now(&self) -> Time {
        self.state.app.now()
    }

    async fn furnish(&self, path: &str) -> Result<Desk, Problem> {
        let w = self.w;
        let waiting = self.waiting().await?;
        let rooms = [
            (w.venue_room_places(), "/desk/places", ROOM_PLACES, 0),
            (
                w.venue_room_applications(),
                "/desk/applications",
                ROOM_PLACES,
                waiting,
            ),
            (w.people_room_import(), "/desk/people", ROOM_IMPORT, 0),
            (w.people_room_cards(), "/desk/cards", ROOM_CARDS, 0),
            (w.venue_room_rules(), "/desk/rules", ROOM_RULES, 0),
        ];
        let oversight = [
            (w.venue_room_accounts(), "/desk/accounts", ROOM_ACCOUNTS, 0),
            (w.venue_room_audit(), "/desk/audit", &[Role::Auditor], 0),
            (
                w.venue_room_machine(),
                "/desk/machine",
                &[Role::Operator],
                0,
            ),
        ];
        Ok(Desk {
            place: self.seat().await?,
            who: self.staff.display_name.clone(),
            rooms: self.open_to_me(rooms, path),
            oversight: self.open_to_me(oversight, path),
        })
    }

    fn open_to_me<const N: usize>(
        &self,
        rooms: [(&'static str, &'static str, &'static [Role], u64); N],
        path: &str,
    ) -> Vec<DeskRoom> {
        let mine = rooms.into_iter().filter(|(_, _, roles, _)| self.has(roles));
        mine.map(|(name, href, _, waiting)| DeskRoom {
            current: path == href || path.starts_with(&format!("{href}/")),
            waiting,
            ..DeskRoom::new(name, href)
        })
        .collect()
    }

    /// The organisation of the first role; the authority's own name for a role over everything.
    async fn seat(&self) -> Result<String, Problem> {
        let app = &self.state.app;
        let branch = self.by.grants.first().and_then(|grant| grant.branch);
        let Some(branch) = branch else {
            return Ok(app.config.authority_name.clone());
        };
        let tree = app.organisation_tree().await?;
        Ok(tree
            .get(branch)
            .map(|of| of.name.to_string())
            .unwrap_or_default())
    }

    /// What waits in the room of applications: submitted ones for the authority, returned ones for a manager.
    async fn waiting(&self) -> Result<u64, Problem> {
        let (role, state) = if self.by.has(Role::Authority) {
            (Role::Authority, "submitted")
        } else if self.by.has(Role::VenueManager) {
            (Role::VenueManager, "returned")
        } else {
            return Ok(0);
        };
        let cursor = Cursor {
            after: None,
            limit: WAITING_MAX,
        };
        let page = self
            .state
            .app
            .applications(&self.by, role, Some(state), cursor)
            .await?;
        Ok(page.rows.len() as u64)
    }
}

/// Who sees places and their figures.
pub(crate) const ROOM_PLACES: &[Role] = &[Role::VenueManager, Role::Authority];
/// Who reads the rules in force.
pub(crate) const ROOM_RULES: &[Role] = &[Role::Authority, Role::VenueManager, Role::Inspector];
/// Who gives accounts to colleagues of their branch.
pub(crate) const ROOM_ACCOUNTS: &[Role] = &[Role::VenueManager, Role::Authority, Role::Operator];

/// The parameters of an address, as a form: filters, sorting, the place in a list.
pub(crate) struct Address(pub Form);

impl FromRequestParts<AppState> for Address {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let query = Query::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        let Query(pairs) = query.map_err(|_| Problem::unreadable())?;
        let kept = pairs.into_iter().filter(|(name, _)| name != "lang");
        Ok(Self(Form::typed(kept.collect())))
    }
}

/// An address with these parameters; empty ones are left out.
pub(crate) fn address(path: &str, parameters: &[(&str, &str)]) -> String {
    let mut address = path.to_owned();
    let mut joint = '?';
    for (name, value) in parameters.iter().filter(|(_, value)| !value.is_empty()) {
        address.push(joint);
        address.push_str(name);
        address.push('=');
        address.push_str(&escaped(value));
        joint = '&';
    }
    address
}

/// Rows of a list on one page.
const PER_PAGE: usize = 50;

/// Which of so many rows the page `number` shows, counted from 1, and the ways to the pages around it. `kept` are the
/// parameters that make the list what it is.
pub(crate) fn numbered(
    w: Words,
    path: &str,
    kept: &[(&str, &str)],
    number: &str,
    count: usize,
) -> (Range<usize>, Pages) {
    let last = count.saturating_sub(1) / PER_PAGE;
    let number = number.parse().unwrap_or(1_usize).clamp(1, last + 1) - 1;
    let (from, to) = (number * PER_PAGE, count.min((number + 1) * PER_PAGE));
    let at = |number: usize| {
        let number = (number + 1).to_string();
        address(path, &[kept, &[("page", &number)]].concat())
    };
    let pages = Pages {
        earlier: (number > 0).then(|| at(number - 1)),
        later: (number < last).then(|| at(number + 1)),
        shown: w.venue_places_shown(from + 1, to, format::number(w.lang(), count as u64)),
    };
    (from..to, pages)
}

/// The head of a sortable column.
pub(crate) struct Head {
    pub name: &'static str,
    pub href: String,
    /// `ascending`, `descending` or nothing.
    pub sorted: &'static str,
    pub is_number: bool,
}

impl Head {
    /// The head of column `key`, in a list sorted by `sort` (`name`, `-name`), at an address with other parameters.
    pub(crate) fn new(
        (name, key, is_number): (&'static str, &str, bool),
        path: &str,
        sort: &str,
        others: &[(&str, &str)],
    ) -> Self {
        let sorted = match sort.strip_prefix('-') {
            None if sort == key => "ascending",
            Some(sort) if sort == key => "descending",
            _ => "",
        };
        let next = if sorted == "ascending" {
            format!("-{key}")
        } else {
            key.to_owned()
        };
        let mut parameters = others.to_vec();
        parameters.push(("sort", &next));
        let href = if key.is_empty() {
            String::new()
        } else {
            address(path, &parameters)
        };
        Self {
            name,
            href,
            sorted,
            is_number,
        }
    }
}

/// The faults of what was typed; other errors are problems.
pub(crate) fn faults_of(error: AppError) -> Result<Vec<gapura_app::error::Fault>, Problem> {
    match error {
        AppError::Faults(faults) => Ok(faults),
        other => Err(other.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Head, address, numbered};
    use crate::lang::Lang;

    #[test]
    fn an_address_holds_what_is_set_and_escapes_it() {
        let parameters = [("q", "Jl. A & B"), ("sort", ""), ("after", "x")];
        assert_eq!(
            address("/desk", &parameters),
            "/desk?q=Jl.%20A%20%26%20B&after=x"
        );
    }

    #[test]
    fn a_number_beyond_the_last_page_shows_the_last() {
        let page = |number| numbered(Lang::Id.words(), "/p", &[("q", "x")], number, 51);
        let (rows, pages) = page("9");
        assert_eq!((rows, pages.later), (50..51, None));
        assert_eq!(pages.earlier.as_deref(), Some("/p?q=x&page=1"));
        assert_eq!(page("0").1.later.as_deref(), Some("/p?q=x&page=2"));
        assert_eq!(numbered(Lang::Id.words(), "/p", &[], "", 0).0, 0..0);
    }

    #[test]
    fn a_second_press_on_a_column_turns_its_order_around() {
        let head = |sort| Head::new(("Name", "name", false), "/p", sort, &[("q", "x")]);
        assert_eq!(head("").href, "/p?q=x&sort=name");
        assert_eq!(
            (head("name").sorted, &*head("name").href),
            ("ascending", "/p?q=x&sort=-name")
        );
        assert_eq!(head("-name").sorted, "descending");
    }
}
