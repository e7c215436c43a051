//! Accounts of staff, their roles, second factors and sessions.

use crate::db::SqliteStore;
use crate::fault::{Fault, Outcome, conflict_if_taken};
use crate::sql::{Cells, all, one, run, value};
use async_trait::async_trait;
use gapura_domain::ids::{AccountId, OrganisationId, SessionId};
use gapura_domain::role::{Grant, Role};
use gapura_domain::time::Time;
use gapura_store::people::Sealed;
use gapura_store::staff::{Account, NewAccount, StaffSession};
use gapura_store::{Result, Staff};
use rusqlite::{Connection, Params};

#[async_trait]
impl Staff for SqliteStore {
    async fn create_account(&self, account: &NewAccount, at: Time) -> Result<AccountId> {
        let account = account.clone();
        self.write(move |conn| create(conn, &account, at)).await
    }

    async fn account_by_login(&self, login: &str) -> Result<Option<Account>> {
        let login = login.to_owned();
        self.read(move |conn| Ok(accounts(conn, "WHERE login = ?1", [login])?.pop()))
            .await
    }

    async fn account(&self, id: AccountId) -> Result<Option<Account>> {
        self.read(move |conn| Ok(accounts(conn, "WHERE id = ?1", [id.to_sql()])?.pop()))
            .await
    }

    async fn accounts(&self) -> Result<Vec<Account>> {
        self.read(|conn| accounts(conn, "ORDER BY login", [])).await
    }

    async fn set_grants(&self, id: AccountId, grants: &[Grant]) -> Result<()> {
        let grants = grants.to_vec();
        self.write(move |conn| set_grants(conn, id, &grants)).await
    }

    async fn set_password(&self, id: AccountId, password: &str) -> Result<()> {
        let password = password.to_owned();
        self.write(move |conn| {
            let sql = "UPDATE accounts SET password = ?2 WHERE id = ?1";
            run(conn, sql, (id.to_sql(), password))?;
            end_sessions(conn, id)
        })
        .await
    }

    async fn set_totp(&self, id: AccountId, totp: &Sealed) -> Result<()> {
        let totp = totp.clone();
        let sql = "UPDATE accounts SET totp_key = ?2, totp_bytes = ?3 WHERE id = ?1";
        self.write(move |conn| run(conn, sql, (id.to_sql(), totp.key, totp.bytes)).map(|_| ()))
            .await
    }

    async fn use_totp_step(&self, id: AccountId, step: i64) -> Result<bool> {
        let sql = "UPDATE accounts SET totp_step = ?2 WHERE id = ?1 AND totp_step < ?2";
        self.write(move |conn| Ok(run(conn, sql, (id.to_sql(), step))? == 1))
            .await
    }

    async fn sign_in_failed(&self, id: AccountId, locked_until: Option<Time>) -> Result<()> {
        let sql = "UPDATE accounts SET failures = failures + 1,
                       locked_until = coalesce(?2, locked_until)
                   WHERE id = ?1";
        let until = locked_until.map(|time| time.0);
        self.write(move |conn| run(conn, sql, (id.to_sql(), until)).map(|_| ()))
            .await
    }

    async fn sign_in_succeeded(&self, id: AccountId) -> Result<()> {
        let sql = "UPDATE accounts SET failures = 0, locked_until = NULL WHERE id = ?1";
        self.write(move |conn| run(conn, sql, [id.to_sql()]).map(|_| ()))
            .await
    }

    async fn close_account(&self, id: AccountId) -> Result<()> {
        self.write(move |conn| {
            let sql = "UPDATE accounts SET is_closed = 1 WHERE id = ?1";
            run(conn, sql, [id.to_sql()])?;
            end_sessions(conn, id)
        })
        .await
    }

    async fn begin_staff_session(
        &self,
        token: [u8; 32],
        account: AccountId,
        since: Time,
        expires: Time,
        label: &str,
    ) -> Result<SessionId> {
        let label = label.to_owned();
        self.write(move |conn| {
            let sql = "INSERT INTO staff_sessions (token, account, since, expires, label)
                       VALUES (?1, ?2, ?3, ?4, ?5)";
            let params = (token, account.to_sql(), since.0, expires.0, label);
            run(conn, sql, params)
                .map_err(|fault| conflict_if_taken(fault, "the token is that of a session"))?;
            Ok(SessionId::from_sql(conn.last_insert_rowid()))
        })
        .await
    }

    async fn staff_session(&self, token: [u8; 32], now: Time) -> Result<Option<StaffSession>> {
        self.read(move |conn| {
            let sql = format!("{SESSION} WHERE s.token = ?1 AND s.expires > ?2");
            one(conn, &sql, (token, now.0), read_session)
        })
        .await
    }

    async fn staff_sessions(&self, account: AccountId, now: Time) -> Result<Vec<StaffSession>> {
        self.read(move |conn| {
            let sql = format!("{SESSION} WHERE s.account = ?1 AND s.expires > ?2 ORDER BY s.id");
            all(conn, &sql, (account.to_sql(), now.0), read_session)
        })
        .await
    }

    async fn end_staff_session(&self, account: AccountId, id: SessionId) -> Result<bool> {
        let sql = "DELETE FROM staff_sessions WHERE id = ?1 AND account = ?2";
        self.write(move |conn| Ok(run(conn, sql, (id.to_sql(), account.to_sql()))? == 1))
            .await
    }
}

fn create(conn: &Connection, account: &NewAccount, at: Time) -> Outcome<AccountId> {
    let sql = "INSERT INTO accounts (login, display_name, password, totp_key, totp_bytes, since)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING id";
    let totp = account.totp.as_ref();
    let params = (
        &account.login,
        &account.display_name,
        &account.password,
        totp.map(|totp| totp.key),
        totp.map(|totp| &totp.bytes),
        at.0,
    );
    let id = value(conn, sql, params)
        .map(AccountId::from_sql)
        .map_err(|fault| conflict_if_taken(fault, "the login is taken"))?;
    set_grants(conn, id, &account.grants)?;
    Ok(id)
}

fn set_grants(conn: &Connection, id: AccountId, grants: &[Grant]) -> Outcome<()> {
    let sql = "DELETE FROM account_grants WHERE account = ?1";
    run(conn, sql, [id.to_sql()])?;
    let sql = "INSERT INTO account_grants (account, role, branch) VALUES (?1, ?2, ?3)
               ON CONFLICT DO NOTHING";
    for grant in grants {
        let branch = grant.branch.map(OrganisationId::to_sql);
        run(conn, sql, (id.to_sql(), grant.role.name(), branch))?;
    }
    Ok(())
}

fn end_sessions(conn: &Connection, id: AccountId) -> Outcome<()> {
    let sql = "DELETE FROM staff_sessions WHERE account = ?1";
    run(conn, sql, [id.to_sql()]).map(|_| ())
}

fn accounts(conn: &Connection, which: &str, params: impl Params) -> Outcome<Vec<Account>> {
    let sql = format!(
        "SELECT id, login, display_name, password, totp_key, totp_bytes, totp_step, failures,
             locked_until, is_closed
         FROM accounts {which}"
    );
    all(conn, &sql, params, |cells| {
        let id = AccountId::from_sql(cells.take()?);
        Ok(Account {
            id,
            login: cells.take()?,
            display_name: cells.take()?,
            password: cells.take()?,
            totp: read_totp(cells)?,
            totp_step: cells.take()?,
            grants: grants(conn, id)?,
            failures: cells.take()?,
            locked_until: cells.time_if_any()?,
            is_closed: cells.take()?,
        })
    })
}

fn read_totp(cells: &mut Cells<'_>) -> Outcome<Option<Sealed>> {
    let (key, bytes): (Option<u32>, Option<Vec<u8>>) = (cells.take()?, cells.take()?);
    Ok(key.zip(bytes).map(|(key, bytes)| Sealed { key, bytes }))
}

fn grants(conn: &Connection, id: AccountId) -> Outcome<Vec<Grant>> {
    let sql = "SELECT role, branch FROM account_grants WHERE account = ?1
               ORDER BY role, coalesce(branch, 0)";
    all(conn, sql, [id.to_sql()], |cells| {
        let role = Role::from_name(&cells.take::<String>()?);
        Ok(Grant {
            role: role.ok_or(Fault::Column("role"))?,
            branch: cells.take::<Option<i64>>()?.map(OrganisationId::from_sql),
        })
    })
}

const SESSION: &str = "SELECT s.id, s.account, s.since, s.expires, s.label
    FROM staff_sessions s JOIN accounts a ON a.id = s.account AND a.is_closed = 0";

fn read_session(cells: &mut Cells<'_>) -> Outcome<StaffSession> {
    Ok(StaffSession {
        id: SessionId::from_sql(cells.take()?),
        account: AccountId::from_sql(cells.take()?),
        since: cells.time()?,
        expires: cells.time()?,
        label: cells.take()?,
    })
}
