//! Looks for what is wrong with the file, and says how to mend it.

use crate::fault::Outcome;
use crate::{audit, migrations};
use gapura_store::Finding;
use rusqlite::Connection;
use std::path::Path;

pub(crate) fn examine(conn: &Connection, path: &Path) -> Outcome<Vec<Finding>> {
    let mut findings = damage(conn);
    if findings.is_empty() {
        findings.extend(content(conn)?);
    }
    findings.extend(readable_by_others(path));
    findings.extend(free_space(path));
    Ok(findings)
}

/// What is wrong in a file that can be read.
fn content(conn: &Connection) -> Outcome<Vec<Finding>> {
    let mut findings = dangling(conn)?;
    let pending = migrations::pending(conn)?;
    if pending.is_empty() {
        findings.extend(broken_chain(conn)?);
    } else {
        findings.push(serious(
            format!("The schema lacks: {}.", pending.join(", ")),
            "Run: gapura migrate".to_owned(),
        ));
    }
    Ok(findings)
}

fn serious(what: String, mend: String) -> Finding {
    Finding {
        is_serious: true,
        what,
        mend,
    }
}

/// Pages and indexes that do not fit together. A file can be so damaged that the check itself fails.
fn damage(conn: &Connection) -> Vec<Finding> {
    let mut lines = quick_check(conn).unwrap_or_else(|error| vec![error.to_string()]);
    lines.retain(|line| line != "ok");
    let mend = "Stop the server, keep a copy of the file, and restore the latest backup";
    let finding = |line| serious(format!("The file is damaged: {line}."), mend.to_owned());
    lines.into_iter().map(finding).collect()
}

fn quick_check(conn: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut check = conn.prepare("PRAGMA quick_check(10)")?;
    check.query_map([], |row| row.get(0))?.collect()
}

/// Rows that point to rows that are gone.
fn dangling(conn: &Connection) -> Outcome<Vec<Finding>> {
    let sql = r#"SELECT "table", parent, count(*) FROM pragma_foreign_key_check GROUP BY 1, 2"#;
    let mut check = conn.prepare(sql)?;
    let rows = check.query_map([], |row| {
        let (table, parent): (String, String) = (row.get(0)?, row.get(1)?);
        let rows: i64 = row.get(2)?;
        Ok(serious(
            format!("{rows} rows of {table} point to rows of {parent} that are gone."),
            "Somebody changed the file by hand: restore the latest backup".to_owned(),
        ))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Marks that were altered or removed.
fn broken_chain(conn: &Connection) -> Outcome<Option<Finding>> {
    let broken = audit::verify_chain(conn)?.err();
    Ok(broken.map(|broken| {
        serious(
            format!("The audit log was tampered with: {broken}."),
            "Keep the file as evidence, compare it with the backups, and tell the data-protection \
             officer"
                .to_owned(),
        )
    }))
}

/// The file holds sealed names and keyed hashes: nobody else on the machine needs to read it.
#[cfg(unix)]
fn readable_by_others(path: &Path) -> Option<Finding> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).ok()?.permissions().mode();
    let file = path.display();
    (mode & 0o077 != 0).then(|| {
        serious(
            format!("Other users of this machine can open {file}."),
            format!("Run: chmod 600 {file}"),
        )
    })
}

#[cfg(not(unix))]
fn readable_by_others(_: &Path) -> Option<Finding> {
    None
}

/// Space for the log, the growth of a few days, and a copy beside the file.
fn free_space(path: &Path) -> Option<Finding> {
    const SCARCE: u64 = 256 << 20;
    const COMFORTABLE: u64 = 2 << 30;
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let disk = rustix::fs::statvfs(folder).ok()?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    (free < COMFORTABLE).then(|| Finding {
        is_serious: free < SCARCE,
        what: format!(
            "{} MiB are free on the disk of {}.",
            free >> 20,
            path.display()
        ),
        mend: "Make room, or move the file to a larger disk".to_owned(),
    })
}
