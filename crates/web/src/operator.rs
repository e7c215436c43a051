//! Pages of those who keep watch: accounts of colleagues, the audit log, the machine.

mod account;
mod accounts;
mod audit;
mod codes;
mod machine;
mod outbox;

use gapura_domain::role::Role;

use crate::access::Access;
use crate::staff::office::ROOM_ACCOUNTS;
use crate::table::{Route, get, post};

const GIVERS: Access = Access::staff(ROOM_ACCOUNTS);
const AUDITOR: Access = Access::staff(&[Role::Auditor]);

/// The rows of this folder.
pub(crate) fn routes() -> Vec<Route> {
    let desks = vec![
        get("/desk/accounts", GIVERS, accounts::list),
        get("/desk/accounts/new", GIVERS, accounts::form),
        post("/desk/accounts/new", GIVERS, accounts::send),
        get("/desk/accounts/{account}", GIVERS, account::page),
        post("/desk/accounts/{account}", GIVERS, account::save),
        get("/desk/accounts/{account}/reset", GIVERS, account::ask_reset),
        post(
            "/desk/accounts/{account}/reset",
            GIVERS,
            account::invite_again,
        ),
        get(
            "/desk/accounts/{account}/sign-out",
            GIVERS,
            account::ask_sign_out,
        ),
        post(
            "/desk/accounts/{account}/sign-out",
            GIVERS,
            account::sign_out,
        ),
        get("/desk/accounts/{account}/close", GIVERS, account::ask_close),
        post("/desk/accounts/{account}/close", GIVERS, account::end),
        get("/desk/audit", AUDITOR, audit::page),
        get("/desk/audit/check", AUDITOR, audit::check),
        get(
            "/desk/machine",
            Access::staff(&[Role::Operator]),
            machine::page,
        ),
    ];
    desks.into_iter().chain(outbox::routes()).collect()
}
