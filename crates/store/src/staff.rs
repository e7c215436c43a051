//! Accounts of staff, their roles, second factors and sessions.

use crate::Result;
use async_trait::async_trait;
use gapura_domain::ids::{AccountId, SessionId};
use gapura_domain::role::Grant;
use gapura_domain::time::Time;

/// An account to be made.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// Login name or address, lower case, unique.
    pub login: String,
    /// The name that colleagues see.
    pub display_name: String,
    /// Argon2id in PHC string format.
    pub password: String,
    /// Secret of the second factor, sealed by the vault's key; absent until it is set up.
    pub totp: Option<crate::people::Sealed>,
    /// Roles.
    pub grants: Vec<Grant>,
}

/// A staff account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its number.
    pub id: AccountId,
    /// Login name.
    pub login: String,
    /// The name that colleagues see.
    pub display_name: String,
    /// Argon2id in PHC string format.
    pub password: String,
    /// Secret of the second factor, sealed.
    pub totp: Option<crate::people::Sealed>,
    /// The last 30-second step whose one-time code was used, so that none is used twice.
    pub totp_step: i64,
    /// Roles.
    pub grants: Vec<Grant>,
    /// Wrong sign-ins since the last good one.
    pub failures: u32,
    /// No sign-in before this time.
    pub locked_until: Option<Time>,
    /// Closed accounts keep their marks and cannot sign in.
    pub is_closed: bool,
}

/// A session of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffSession {
    /// Its number.
    pub id: SessionId,
    /// Whose.
    pub account: AccountId,
    /// Since when.
    pub since: Time,
    /// Until when.
    pub expires: Time,
    /// Browser and system, as the browser tells, at most 120 characters.
    pub label: String,
}

/// Accounts and their sessions.
#[async_trait]
pub trait Staff: Send + Sync {
    /// Makes an account.
    ///
    /// # Errors
    /// `Conflict` if the login is taken.
    async fn create_account(&self, account: &NewAccount, at: Time) -> Result<AccountId>;
    /// The account with this login.
    async fn account_by_login(&self, login: &str) -> Result<Option<Account>>;
    /// One account.
    async fn account(&self, id: AccountId) -> Result<Option<Account>>;
    /// All accounts by login.
    async fn accounts(&self) -> Result<Vec<Account>>;
    /// Replaces the roles.
    async fn set_grants(&self, id: AccountId, grants: &[Grant]) -> Result<()>;
    /// Replaces the password and ends all sessions.
    async fn set_password(&self, id: AccountId, password: &str) -> Result<()>;
    /// Sets the second factor's secret.
    async fn set_totp(&self, id: AccountId, totp: &crate::people::Sealed) -> Result<()>;
    /// Uses up a step of the second factor. `false` if this or a later one was used.
    async fn use_totp_step(&self, id: AccountId, step: i64) -> Result<bool>;
    /// Counts a wrong sign-in and locks until the given time if one is given.
    async fn sign_in_failed(&self, id: AccountId, locked_until: Option<Time>) -> Result<()>;
    /// Sets the wrong sign-ins back to none.
    async fn sign_in_succeeded(&self, id: AccountId) -> Result<()>;
    /// Closes an account and ends its sessions.
    async fn close_account(&self, id: AccountId) -> Result<()>;
    /// Begins a session.
    async fn begin_staff_session(
        &self,
        token: [u8; 32],
        account: AccountId,
        since: Time,
        expires: Time,
        label: &str,
    ) -> Result<SessionId>;
    /// The session with this token, if it has not expired and the account is not closed.
    async fn staff_session(&self, token: [u8; 32], now: Time) -> Result<Option<StaffSession>>;
    /// Sessions of an account that have not expired.
    async fn staff_sessions(&self, account: AccountId, now: Time) -> Result<Vec<StaffSession>>;
    /// Ends a session of this account. `false` if there is none.
    async fn end_staff_session(&self, account: AccountId, id: SessionId) -> Result<bool>;
}
