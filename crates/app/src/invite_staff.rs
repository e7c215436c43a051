//! Colleagues: invited by somebody who may give their roles, set up by themselves, reset by another.
//!
//! An invitation is an address that works once: it names the account and what stands in its password
//! field now, sealed, so that setting a password (or inviting anew) makes it worthless. The new
//! colleague sets password and second factor there, and nobody else ever knows them.

use crate::App;
use crate::delivery::{self, Language, MessageText};
use crate::error::{AppError, Fault, Result};
use crate::password;
use crate::staff::{Principal, require_giver};
use crate::totp::TotpSecret;
use crate::vault::Subject;
use aws_lc_rs::digest::{SHA256, digest};
use gapura_domain::ids::AccountId;
use gapura_domain::person::Contact;
use gapura_domain::role::Grant;
use gapura_domain::time::Time;
use gapura_domain::venue::Label;
use gapura_store::StoreError;
use gapura_store::staff::{Account, NewAccount};

pub(crate) const SET_UP: &str = "staff set-up 1";

/// For how long an invitation is good.
pub const INVITATION_LIFE_S: i64 = 7 * 86_400;

/// A colleague to be.
#[derive(Clone, Debug)]
pub struct NewColleague {
    /// Login name or address.
    pub login: String,
    /// The name that colleagues see.
    pub display_name: String,
    /// Roles, at least one.
    pub grants: Vec<Grant>,
}

/// An account waits for its holder.
#[derive(Debug)]
pub struct Invitation {
    /// The account.
    pub account: AccountId,
    /// For the address of the set-up page. Whoever has it becomes the holder.
    pub token: String,
    /// Whether it was sent to the login's address; otherwise it is handed over in person.
    pub is_sent: bool,
}

/// Where the set-up page of a token lies, and in which language to write to its holder.
pub struct Letter<'a> {
    /// The address for a token.
    pub address: &'a (dyn Fn(&str) -> String + Sync),
    /// The language.
    pub language: Language,
}

/// Who invites.
pub use crate::staff::By as Inviter;

/// Makes an account and invites its holder.
///
/// # Errors
/// Faults at `login` (`login`, `login_taken`), `display_name`, `grants` (`missing`); `NotAllowed` where
/// the inviter may not give one of the roles.
pub async fn invite(
    app: &App,
    by: Inviter<'_>,
    colleague: &NewColleague,
    letter: &Letter<'_>,
) -> Result<Invitation> {
    by.require_giver(app, &colleague.grants).await?;
    let kept = password::unusable(app.random());
    let account = create(app, by, colleague, kept, None).await?;
    send(app, account, letter).await
}

/// Makes an account that can sign in at once, for the demo.
///
/// # Errors
/// Faults as for [`invite`], and at `password`.
pub async fn create_ready(
    app: &App,
    colleague: &NewColleague,
    password: &str,
    second_factor: &TotpSecret,
) -> Result<AccountId> {
    password::check(password, &colleague.login)?;
    let hash = password::hash(app, password).await?;
    create(
        app,
        Inviter::CommandLine,
        colleague,
        hash,
        Some(second_factor),
    )
    .await
}

pub(crate) async fn create(
    app: &App,
    by: Inviter<'_>,
    colleague: &NewColleague,
    password: String,
    second_factor: Option<&TotpSecret>,
) -> Result<AccountId> {
    let login = read_login(&colleague.login);
    let display_name = Label::parse(&colleague.display_name);
    let mut faults = Vec::new();
    let code = |text: &str, wrong| {
        if text.trim().is_empty() {
            "missing"
        } else {
            wrong
        }
    };
    if display_name.is_err() {
        let code = code(&colleague.display_name, "label");
        faults.push(Fault::new("display_name", code));
    }
    if login.is_none() {
        faults.push(Fault::new("login", code(&colleague.login, "login")));
    }
    if colleague.grants.is_empty() {
        faults.push(Fault::new("grants", "missing"));
    }
    let (Some(login), Ok(display_name), true) = (login, display_name, faults.is_empty()) else {
        return Err(AppError::Faults(faults));
    };
    let totp = second_factor.map(|secret| {
        let subject = Subject::SecondFactor(&login);
        app.keys.seal(subject, secret.bytes(), app.random())
    });
    let new = NewAccount {
        login: login.clone(),
        display_name: display_name.into(),
        password,
        totp,
        grants: colleague.grants.clone(),
    };
    let account = match app.store.create_account(&new, app.now()).await {
        Err(StoreError::Conflict(_)) => {
            return Err(AppError::Faults(vec![Fault::new("login", "login_taken")]));
        }
        created => created?,
    };
    app.mark(by.actor(), "account_created", ("account", account.0), "")
        .await?;
    Ok(account)
}

/// An e-mail address, or 3 to 64 of small letters, digits, `.`, `-` and `_`.
pub(crate) fn read_login(text: &str) -> Option<String> {
    let login = text.trim().to_lowercase();
    if login.contains('@') {
        let Ok(Contact::Email(address)) = Contact::parse(&login) else {
            return None;
        };
        return Some(address);
    }
    let is_good = (3..=64).contains(&login.len())
        && login.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_".contains(&byte)
        });
    is_good.then_some(login)
}

async fn send(app: &App, account: AccountId, letter: &Letter<'_>) -> Result<Invitation> {
    let account = app
        .store
        .account(account)
        .await?
        .ok_or(AppError::NotFound)?;
    let expires = app.now().plus_s(INVITATION_LIFE_S);
    let content = (account.id.0, expires.0, fingerprint(&account));
    let token = app.keys.seal_ticket(SET_UP, &content, app.random());
    let to = Contact::parse(&account.login).ok();
    let to = to.filter(|to| matches!(to, Contact::Email(_)) && app.config.delivery.reaches(to));
    if let Some(to) = &to {
        let text = MessageText::StaffSetUp((letter.address)(&token));
        delivery::put(app, to, &text, letter.language, expires).await?;
    }
    Ok(Invitation {
        account: account.id,
        token,
        is_sent: to.is_some(),
    })
}

/// Changes whenever the password field does.
pub(crate) fn fingerprint(account: &Account) -> [u8; 16] {
    let hash = digest(&SHA256, account.password.as_bytes());
    std::array::from_fn(|at| hash.as_ref()[at])
}

/// Takes password and sessions from a colleague who lost the phone, and invites anew.
///
/// # Errors
/// `NotAllowed` where the roles are not the inviter's to give, or the account is the inviter's own.
pub async fn reset(
    app: &App,
    by: Inviter<'_>,
    account: AccountId,
    letter: &Letter<'_>,
) -> Result<Invitation> {
    let account = changeable(app, by, account).await?;
    let kept = password::unusable(app.random());
    app.store.set_password(account.id, &kept).await?;
    app.mark(by.actor(), "account_reset", ("account", account.id.0), "")
        .await?;
    send(app, account.id, letter).await
}

/// Ends every session of a colleague; password and second factor stay. Says how many there were.
///
/// # Errors
/// `NotAllowed` as for [`reset`].
pub async fn end_sessions(app: &App, by: Inviter<'_>, account: AccountId) -> Result<usize> {
    let account = changeable(app, by, account).await?;
    let mut ended = 0;
    for session in app.store.staff_sessions(account.id, app.now()).await? {
        if app.store.end_staff_session(account.id, session.id).await? {
            ended += 1;
        }
    }
    let subject = ("account", account.id.0);
    app.mark(by.actor(), "sessions_ended", subject, "").await?;
    Ok(ended)
}

/// Replaces a colleague's roles.
///
/// # Errors
/// `NotAllowed` where roles before or after are not the inviter's to give.
pub async fn change_grants(
    app: &App,
    by: Inviter<'_>,
    account: AccountId,
    grants: &[Grant],
) -> Result<()> {
    let account = changeable(app, by, account).await?;
    by.require_giver(app, grants).await?;
    app.store.set_grants(account.id, grants).await?;
    let subject = ("account", account.id.0);
    app.mark(by.actor(), "grants_changed", subject, "").await
}

/// Closes a colleague's account. Its marks stay.
///
/// # Errors
/// `NotAllowed` as for [`reset`].
pub async fn close(app: &App, by: Inviter<'_>, account: AccountId) -> Result<()> {
    let account = changeable(app, by, account).await?;
    app.store.close_account(account.id).await?;
    let subject = ("account", account.id.0);
    app.mark(by.actor(), "account_closed", subject, "").await
}

/// The account, if `by` may change it: all its roles are theirs to give, and it is not their own.
async fn changeable(app: &App, by: Inviter<'_>, account: AccountId) -> Result<Account> {
    let account = app.store.account(account).await?;
    let account = account
        .filter(|account| !account.is_closed)
        .ok_or(AppError::NotFound)?;
    if let Inviter::Staff(principal) = by
        && principal.account == account.id
    {
        return Err(AppError::NotAllowed);
    }
    by.require_giver(app, &account.grants).await?;
    Ok(account)
}

/// The accounts that somebody may change, by login; without hashes and secrets.
pub async fn colleagues(app: &App, by: &Principal) -> Result<Vec<Colleague>> {
    let mut colleagues = Vec::new();
    for account in app.store.accounts().await? {
        let is_changeable = require_giver(app, by, &account.grants).await.is_ok();
        if !account.is_closed && (is_changeable || account.id == by.account) {
            colleagues.push(Colleague {
                account: account.id,
                login: account.login,
                display_name: account.display_name,
                grants: account.grants,
                is_set_up: account.totp.is_some() && account.password.starts_with('$'),
                locked_until: account.locked_until.filter(|until| *until > app.now()),
                is_own: account.id == by.account,
            });
        }
    }
    Ok(colleagues)
}

/// An account as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Colleague {
    /// The account.
    pub account: AccountId,
    /// Login name.
    pub login: String,
    /// The name that colleagues see.
    pub display_name: String,
    /// Roles.
    pub grants: Vec<Grant>,
    /// Whether its holder has set password and second factor.
    pub is_set_up: bool,
    /// No sign-in before this time.
    pub locked_until: Option<Time>,
    /// Whether it is the one of who asks.
    pub is_own: bool,
}
