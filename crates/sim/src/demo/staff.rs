//! The demo's staff: somebody for each role, all with the same password and a second factor of their own.

use super::{DemoAccount, places};
use gapura_app::App;
use gapura_app::error::{AppError, Result};
use gapura_app::invite_staff::{NewColleague, create_ready};
use gapura_app::staff::Principal;
use gapura_app::totp::TotpSecret;
use gapura_domain::ids::OrganisationId;
use gapura_domain::role::{Grant, Role};

/// The password of all of them; it is printed, so it need not be secret.
pub const PASSWORD: &str = "bata merah pintu terbuka";

/// Somebody who manages places.
pub(super) struct Manager {
    pub(super) principal: Principal,
    pub(super) organisation: OrganisationId,
}

/// Those through whom the demo's places come into being, and everybody's sign-in.
pub(super) struct Staff {
    pub(super) authority: Principal,
    pub(super) managers: Vec<Manager>,
    pub(super) accounts: Vec<DemoAccount>,
}

/// Roles besides authority and managers: whose login and which name. Gate and booth belong to the first
/// list's organisation.
const OTHERS: [(Role, &str, &str); 6] = [
    (Role::Gate, "petugas@demo.example", "Petugas Pintu"),
    (Role::Booth, "gerai@demo.example", "Petugas Gerai"),
    (Role::Tracer, "pelacak@demo.example", "Pelacak Kontak"),
    (
        Role::Inspector,
        "pengawas@demo.example",
        "Pengawas Lapangan",
    ),
    (Role::Auditor, "auditor@demo.example", "Pelindung Data"),
    (Role::Operator, "operator@demo.example", "Operator"),
];

/// Founds the organisations at the top of the lists and makes all accounts.
pub(super) async fn found(app: &App) -> Result<Staff> {
    let mut accounts = Vec::new();
    let login = "satgas@demo.example";
    let authority = account(app, &mut accounts, (Role::Authority, None), login, "Satgas").await?;
    let mut managers = Vec::new();
    for list in &places::LISTS {
        let organisation = app.found_organisation(&authority, None, list.owner).await?;
        let role = (Role::VenueManager, Some(organisation));
        let principal = account(app, &mut accounts, role, list.login, list.manager).await?;
        managers.push(Manager {
            principal,
            organisation,
        });
    }
    let first = managers.first().map(|manager| manager.organisation);
    for (role, login, name) in OTHERS {
        let branch = match role {
            Role::Gate | Role::Booth => first,
            _ => None,
        };
        account(app, &mut accounts, (role, branch), login, name).await?;
    }
    Ok(Staff {
        authority,
        managers,
        accounts,
    })
}

async fn account(
    app: &App,
    accounts: &mut Vec<DemoAccount>,
    (role, branch): (Role, Option<OrganisationId>),
    login: &str,
    name: &str,
) -> Result<Principal> {
    let grants = vec![Grant { role, branch }];
    let totp_secret = data_encoding::BASE32_NOPAD.encode(&app.random::<20>());
    let factor = TotpSecret::parse(&totp_secret).ok_or(AppError::NotFound)?;
    let colleague = NewColleague {
        login: login.to_owned(),
        display_name: name.to_owned(),
        grants: grants.clone(),
    };
    let account = create_ready(app, &colleague, PASSWORD, &factor).await?;
    accounts.push(DemoAccount {
        role: role.name().to_owned(),
        login: login.to_owned(),
        password: PASSWORD.to_owned(),
        totp_secret,
    });
    Ok(Principal { account, grants })
}
