//! A new colleague, or one who was reset, sets password and second factor at the invitation's address.

use crate::App;
use crate::error::{AppError, Fault, Result};
use crate::invite_staff::{SET_UP, fingerprint};
use crate::password;
use crate::totp::TotpSecret;
use crate::vault::Subject;
use gapura_domain::ids::AccountId;
use gapura_domain::time::Time;
use gapura_store::Actor;
use gapura_store::staff::Account;

const SECOND_FACTOR: &str = "staff second factor 1";

const FORM_LIFE_S: i64 = 3_600;

/// What the set-up page shows.
#[derive(Debug)]
pub struct SetUp {
    /// Login name.
    pub login: String,
    /// The name that colleagues see.
    pub display_name: String,
    /// The second factor to take over into an authenticator app.
    pub second_factor: TotpSecret,
    /// To be handed in with the form.
    pub ticket: String,
}

/// Opens the set-up page of an invitation.
///
/// # Errors
/// `NotFound` for one that was used, has expired, or is none.
pub async fn open_set_up(app: &App, token: &str) -> Result<SetUp> {
    let account = invited(app, token).await?;
    let second_factor = TotpSecret::new(app.random::<20>());
    let expires = app.now().plus_s(FORM_LIFE_S);
    let content = (account.id.0, expires.0, second_factor.bytes());
    let ticket = app.keys.seal_ticket(SECOND_FACTOR, &content, app.random());
    Ok(SetUp {
        login: account.login,
        display_name: account.display_name,
        second_factor,
        ticket,
    })
}

/// The set-up page's second factor again, after a fault in its form.
pub fn second_factor_of(app: &App, ticket: &str) -> Option<TotpSecret> {
    let opened: Option<(u64, i64, Vec<u8>)> = app.keys.open_ticket(SECOND_FACTOR, ticket);
    opened.map(|(_, _, bytes)| TotpSecret::new(bytes))
}

/// Sets password and second factor, and with it uses the invitation up.
///
/// # Errors
/// Faults at `password` and `code` (`code_wrong`); `NotFound` as for [`open_set_up`].
pub async fn finish_set_up(
    app: &App,
    token: &str,
    ticket: &str,
    password: &str,
    code: &str,
) -> Result<AccountId> {
    let account = invited(app, token).await?;
    let now = app.now();
    let opened: Option<(u64, i64, Vec<u8>)> = app.keys.open_ticket(SECOND_FACTOR, ticket);
    let opened = opened.filter(|(of, expires, _)| *of == account.id.0 && now < Time(*expires));
    let (_, _, bytes) = opened.ok_or(AppError::NotFound)?;
    let secret = TotpSecret::new(bytes);
    let step = secret.step_of(code, now);
    let mut faults = Vec::new();
    if let Some(weakness) = password::weakness(password, &account.login) {
        faults.push(Fault::new("password", weakness));
    }
    let Some(step) = step.filter(|_| faults.is_empty()) else {
        if step.is_none() {
            faults.push(Fault::new("code", "code_wrong"));
        }
        return Err(AppError::Faults(faults));
    };
    let hash = password::hash(app, password).await?;
    let subject = Subject::SecondFactor(&account.login);
    let sealed = app.keys.seal(subject, secret.bytes(), app.random());
    app.store.set_totp(account.id, &sealed).await?;
    app.store.use_totp_step(account.id, step).await?;
    app.store.set_password(account.id, &hash).await?;
    app.store.sign_in_succeeded(account.id).await?;
    let (actor, subject) = (Actor::Account(account.id), ("account", account.id.0));
    app.mark(actor, "account_set_up", subject, "").await?;
    Ok(account.id)
}

async fn invited(app: &App, token: &str) -> Result<Account> {
    let opened: Option<(u64, i64, [u8; 16])> = app.keys.open_ticket(SET_UP, token);
    let (id, _, mark) = opened
        .filter(|(_, expires, _)| app.now() < Time(*expires))
        .ok_or(AppError::NotFound)?;
    let account = app.store.account(AccountId(id)).await?;
    account
        .filter(|account| !account.is_closed && fingerprint(account) == mark)
        .ok_or(AppError::NotFound)
}

/// Changes one's own password, and ends all sessions.
///
/// # Errors
/// Faults at `password` for the new one, at `current` (`password_wrong`) for the old one.
pub async fn change_password(
    app: &App,
    account: AccountId,
    current: &str,
    password: &str,
) -> Result<()> {
    let account = app
        .store
        .account(account)
        .await?
        .ok_or(AppError::NotFound)?;
    password::check(password, &account.login)?;
    if !password::is_right(app, current, Some(&account.password)).await? {
        return Err(AppError::Faults(vec![Fault::new(
            "current",
            "password_wrong",
        )]));
    }
    let hash = password::hash(app, password).await?;
    app.store.set_password(account.id, &hash).await?;
    let (actor, subject) = (Actor::Account(account.id), ("account", account.id.0));
    app.mark(actor, "password_changed", subject, "").await
}
