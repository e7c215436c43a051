//! Staff sign in with login, password and second factor, all on one form.
//!
//! Whatever is wrong, the answer is the same and the same work is done: a hash is computed, codes are
//! compared, one row is written. After ten wrong sign-ins an account is locked for fifteen minutes,
//! then for twice as long with each further one, up to eight hours. A second factor's step counts once.

use crate::App;
use crate::error::{AppError, Fault, Result};
use crate::keys::HashOf;
use crate::one_time_code::client_key;
use crate::password;
use crate::staff::Principal;
use crate::totp::TotpSecret;
use crate::tries::Tried;
use crate::vault::Subject;
use crate::visitor_session::{SessionToken, token_hash};
use gapura_domain::ids::{AccountId, SessionId};
use gapura_domain::time::Time;
use gapura_store::Actor;
use gapura_store::staff::{Account, StaffSession};
use std::net::IpAddr;

/// A session lives for a working day.
pub const SESSION_LIFE_S: i64 = 12 * 3_600;

const FREE_FAILURES: u32 = 10;
const LOCK_S: i64 = 900;
const LOCK_S_MAX: i64 = 8 * 3_600;
const LABEL_CHARACTERS_MAX: usize = 120;

/// What is typed into the form. Has no `Debug`, because it holds a password.
pub struct StaffSignIn<'a> {
    /// Login name or address.
    pub login: &'a str,
    /// The password.
    pub password: &'a str,
    /// The second factor's six digits.
    pub code: &'a str,
    /// Browser and system, as the browser tells.
    pub label: &'a str,
    /// The client's address.
    pub client: IpAddr,
}

/// Somebody of the staff, signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedInStaff {
    /// Account and roles.
    pub principal: Principal,
    /// The session.
    pub session: SessionId,
    /// The name that colleagues see.
    pub display_name: String,
    /// Login name.
    pub login: String,
}

/// Signs in.
///
/// # Errors
/// A fault `sign_in_wrong` at `login`, whatever was wrong; too many tries.
pub async fn sign_in(app: &App, typed: &StaffSignIn<'_>) -> Result<SessionToken> {
    let now = app.now();
    let client = client_key(app, typed.client);
    app.tries.take(Tried::StaffFrom, client, now)?;
    let login = typed.login.trim().to_lowercase();
    let account = app.store.account_by_login(&login).await?;
    let kept = account.as_ref().map(|account| &*account.password);
    let is_password_right = password::is_right(app, typed.password, kept).await?;
    let step = second_factor(app, account.as_ref())?.step_of(typed.code, now);
    let Some(account) = account else {
        // The row that a wrong password of a known login would have written.
        let unknown = app.random::<8>();
        app.store.set_setting("unknown_sign_in", &unknown).await?;
        return Err(wrong());
    };
    let is_open = !account.is_closed
        && account.locked_until.is_none_or(|until| until <= now)
        && account.totp.is_some();
    let is_right = match step {
        Some(step) if is_password_right && is_open => {
            app.store.use_totp_step(account.id, step).await?
        }
        _ => false,
    };
    if !is_right {
        count_failure(app, &account, now).await?;
        return Err(wrong());
    }
    app.store.sign_in_succeeded(account.id).await?;
    begin(app, account.id, typed.label).await
}

fn wrong() -> AppError {
    AppError::Faults(vec![Fault::new("login", "sign_in_wrong")])
}

/// The account's secret, or one that nobody has.
fn second_factor(app: &App, account: Option<&Account>) -> Result<TotpSecret> {
    let Some((account, sealed)) =
        account.and_then(|account| Some((account, account.totp.as_ref()?)))
    else {
        return Ok(TotpSecret::new(app.random::<20>()));
    };
    let secret = app
        .keys
        .open(Subject::SecondFactor(&account.login), sealed)?;
    Ok(TotpSecret::new(secret.to_vec()))
}

/// A wrong sign-in while locked counts too, and does not lengthen the lock.
async fn count_failure(app: &App, account: &Account, now: Time) -> Result<()> {
    let is_locked = account.locked_until.is_some_and(|until| until > now);
    let beyond = (account.failures + 1).checked_sub(FREE_FAILURES);
    let locked_until = match beyond {
        Some(_) if is_locked => account.locked_until,
        Some(beyond) => {
            let lock_s = LOCK_S.checked_shl(beyond.min(6)).unwrap_or(LOCK_S_MAX);
            Some(now.plus_s(lock_s.min(LOCK_S_MAX)))
        }
        None => None,
    };
    app.store.sign_in_failed(account.id, locked_until).await?;
    if locked_until.is_some() && !is_locked {
        let subject = ("account", account.id.0);
        app.mark(Actor::System, "account_locked", subject, "")
            .await?;
    }
    Ok(())
}

/// Begins a session of an account whose holder has just been recognised.
pub(crate) async fn begin(app: &App, account: AccountId, label: &str) -> Result<SessionToken> {
    let token = SessionToken::new(app.random());
    let hash = token_hash(app, HashOf::StaffToken, token.expose()).ok_or(AppError::NotFound)?;
    let now = app.now();
    let expires = now.plus_s(SESSION_LIFE_S);
    let label: String = label
        .chars()
        .filter(|letter| gapura_domain::person::is_plain(*letter))
        .take(LABEL_CHARACTERS_MAX)
        .collect();
    app.store
        .begin_staff_session(hash, account, now, expires, &label)
        .await?;
    let actor = Actor::Account(account);
    app.mark(actor, "signed_in", ("account", account.0), "")
        .await?;
    Ok(token)
}

/// Who is signed in with this secret, with the roles of now; `None` if it is none or over.
pub async fn staff(app: &App, token: &str) -> Result<Option<SignedInStaff>> {
    let Some(hash) = token_hash(app, HashOf::StaffToken, token) else {
        return Ok(None);
    };
    let Some(session) = app.store.staff_session(hash, app.now()).await? else {
        return Ok(None);
    };
    let account = app.store.account(session.account).await?;
    Ok(account
        .filter(|account| !account.is_closed)
        .map(|account| SignedInStaff {
            principal: Principal {
                account: account.id,
                grants: account.grants,
            },
            session: session.id,
            display_name: account.display_name,
            login: account.login,
        }))
}

/// Sessions of an account.
pub async fn staff_sessions(app: &App, account: AccountId) -> Result<Vec<StaffSession>> {
    Ok(app.store.staff_sessions(account, app.now()).await?)
}

/// Ends a session of an account: signing out, here or elsewhere.
///
/// # Errors
/// `NotFound` if this account has no such session.
pub async fn end_staff_session(app: &App, account: AccountId, session: SessionId) -> Result<()> {
    if app.store.end_staff_session(account, session).await? {
        Ok(())
    } else {
        Err(AppError::NotFound)
    }
}
