//! The audit log: marks that are chained, and the head that says where the chain ends.

use crate::db::SqliteStore;
use crate::fault::{Fault, Outcome};
use crate::sql::{Cells, all, one, page, run, window};
use async_trait::async_trait;
use gapura_domain::time::Time;
use gapura_store::audit_chain::{self, Broken, Head};
use gapura_store::{Audit, AuditMark, Cursor, Page, Result};
use rusqlite::Connection;

#[async_trait]
impl Audit for SqliteStore {
    async fn append_mark(&self, mark: AuditMark) -> Result<u64> {
        self.write(move |conn| append(conn, mark)).await
    }

    async fn marks(&self, cursor: Cursor) -> Result<Page<AuditMark>> {
        self.read(move |conn| {
            let sql = format!("{MARK} WHERE number > ?1 ORDER BY number LIMIT ?2");
            let rows = all(conn, &sql, window(cursor), read)?;
            Ok(page(rows, cursor, |mark| mark.number))
        })
        .await
    }

    async fn marks_on(&self, kind: &str, id: u64) -> Result<Vec<AuditMark>> {
        let kind = kind.to_owned();
        self.read(move |conn| {
            let sql = format!(
                "{MARK} WHERE subject_kind = ?1 AND subject = ?2 ORDER BY number DESC LIMIT 200"
            );
            all(conn, &sql, (kind, id.cast_signed()), read)
        })
        .await
    }

    async fn audit_head(&self) -> Result<Head> {
        self.read(head).await
    }
}

fn append(conn: &Connection, mut mark: AuditMark) -> Outcome<u64> {
    let head = head(conn)?;
    mark.number = head.number + 1;
    let hash = audit_chain::hash(&head.hash, &mark);
    let (actor_kind, actor) = audit_chain::actor_number(mark.actor);
    let (subject_kind, subject) = &mark.subject;
    let sql = "INSERT INTO audit_marks (number, at, actor_kind, actor, action, subject_kind,
                   subject, purpose, hash)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    let params = (
        mark.number.cast_signed(),
        mark.at.0,
        actor_kind,
        actor.cast_signed(),
        &mark.action,
        subject_kind,
        subject.cast_signed(),
        &mark.purpose,
        hash,
    );
    run(conn, sql, params)?;
    let sql = "UPDATE audit_head SET number = ?1, hash = ?2";
    run(conn, sql, (mark.number.cast_signed(), hash))?;
    Ok(mark.number)
}

/// Where the log ends, as written with its last mark.
fn head(conn: &Connection) -> Outcome<Head> {
    let found = one(conn, "SELECT number, hash FROM audit_head", [], |cells| {
        Ok(Head {
            number: cells.take::<i64>()?.cast_unsigned(),
            hash: cells.take()?,
        })
    })?;
    found.ok_or(Fault::Column("audit_head"))
}

const MARK: &str = "SELECT number, at, actor_kind, actor, action, subject_kind, subject, purpose,
    hash FROM audit_marks";

fn read(cells: &mut Cells<'_>) -> Outcome<AuditMark> {
    let (number, at): (i64, i64) = (cells.take()?, cells.take()?);
    let (kind, actor): (u8, i64) = (cells.take()?, cells.take()?);
    let actor = audit_chain::actor_from(kind, actor.cast_unsigned());
    Ok(AuditMark {
        number: number.cast_unsigned(),
        at: Time(at),
        actor: actor.ok_or(Fault::Column("actor_kind"))?,
        action: cells.take()?,
        subject: (cells.take()?, cells.take::<i64>()?.cast_unsigned()),
        purpose: cells.take()?,
        hash: cells.take()?,
    })
}

/// Follows the whole log from its first mark to the head.
pub(crate) fn verify_chain(conn: &Connection) -> Outcome<std::result::Result<(), Broken>> {
    let sql = format!("{MARK} WHERE number > ?1 ORDER BY number LIMIT 1000");
    let mut found = Head::default();
    loop {
        let marks = all(conn, &sql, [found.number.cast_signed()], read)?;
        if marks.is_empty() {
            return Ok(audit_chain::end(found, head(conn)?));
        }
        found = match audit_chain::follow(found, &marks) {
            Ok(head) => head,
            Err(broken) => return Ok(Err(broken)),
        };
    }
}
