//! What can happen to the file: copies, damage, a second hand in it, and what must not stay in it.

use gapura_domain::ids::PersonId;
use gapura_domain::time::Time;
use gapura_store::people::{NewPerson, Sealed};
use gapura_store::{Actor, Audit, AuditMark, Finding, People, StoreError, Upkeep};
use gapura_store_sqlite::{Access, Options, SqliteStore};
use rusqlite::Connection;
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const NOW: Time = Time(1_795_000_000);

async fn open(file: &Path) -> SqliteStore {
    let store = SqliteStore::open(file, Options::default()).unwrap();
    store.migrate().await.unwrap();
    store
}

async fn fresh() -> (SqliteStore, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("gapura.db")).await;
    (store, folder)
}

fn mark(subject: u64) -> AuditMark {
    AuditMark {
        number: 0,
        at: NOW,
        actor: Actor::System,
        action: "name_opened".to_owned(),
        subject: ("person".to_owned(), subject),
        purpose: "desk".to_owned(),
        hash: [0; 32],
    }
}

/// What the examination finds after somebody ran this on the file with the server stopped.
async fn examine_after(meddling: &str) -> Vec<Finding> {
    let (store, _folder) = fresh().await;
    for subject in 1..=5 {
        store.append_mark(mark(subject)).await.unwrap();
    }
    store.close().await.unwrap();
    let conn = Connection::open(store.path()).unwrap();
    conn.execute_batch(
        "DROP TRIGGER audit_marks_are_not_changed; DROP TRIGGER audit_marks_are_not_removed;",
    )
    .unwrap();
    conn.execute_batch(meddling).unwrap();
    conn.close().unwrap();
    open(store.path()).await.examine().await.unwrap()
}

#[tokio::test]
async fn a_mark_that_was_altered_or_removed_is_found_out() {
    let rewritten = "UPDATE audit_marks SET hash = zeroblob(32) WHERE number = 5;
                     UPDATE audit_head SET hash = randomblob(32);";
    for (meddling, found) in [
        (
            "UPDATE audit_marks SET purpose = 'none' WHERE number = 2",
            "mark 2",
        ),
        (
            "UPDATE audit_marks SET subject = 9 WHERE number = 5",
            "mark 5",
        ),
        ("DELETE FROM audit_marks WHERE number = 3", "mark 3"),
        ("DELETE FROM audit_marks WHERE number > 3", "ends at mark 3"),
        ("DELETE FROM audit_marks", "ends at mark 0"),
        (rewritten, "mark 5"),
    ] {
        let findings = examine_after(meddling).await;
        let serious: Vec<_> = findings.iter().filter(|one| one.is_serious).collect();
        assert_eq!(serious.len(), 1, "{meddling}: {findings:?}");
        assert!(serious[0].what.contains(found), "{meddling}: {findings:?}");
    }
    let untouched = examine_after("").await;
    assert!(untouched.iter().all(|finding| !finding.is_serious));
}

#[tokio::test]
async fn a_mark_is_neither_changed_nor_removed_by_mistake() {
    let (store, _folder) = fresh().await;
    store.append_mark(mark(1)).await.unwrap();
    let conn = Connection::open(store.path()).unwrap();
    for mistake in [
        "UPDATE audit_marks SET purpose = ''",
        "DELETE FROM audit_marks",
    ] {
        assert!(conn.execute(mistake, []).is_err());
    }
}

#[tokio::test]
async fn rows_that_point_nowhere_are_found() {
    let findings = examine_after(
        "PRAGMA foreign_keys = OFF; INSERT INTO cards (person, issued_at) VALUES (77, 0)",
    )
    .await;
    let dangling = "1 rows of cards point to rows of people that are gone.";
    assert!(findings.iter().any(|finding| finding.what == dangling));
}

#[tokio::test]
async fn a_damaged_file_is_found() {
    let (store, _folder) = fresh().await;
    store.set_setting("large", &vec![7; 50_000]).await.unwrap();
    store.close().await.unwrap();
    let mut bytes = fs::read(store.path()).unwrap();
    let last_pages = bytes.len() - 8 * 4096;
    bytes[last_pages..].fill(0xA5);
    fs::write(store.path(), bytes).unwrap();
    let look = Options {
        access: Access::Look,
        ..Options::default()
    };
    let damaged = SqliteStore::open(store.path(), look).unwrap();
    let findings = damaged.examine().await.unwrap();
    let is_told = |finding: &Finding| finding.what.starts_with("The file is damaged");
    assert!(findings.iter().any(is_told), "{findings:?}");
}

#[tokio::test]
async fn a_schema_that_lags_behind_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("gapura.db");
    let store = SqliteStore::open(&file, Options::default()).unwrap();
    let findings = store.examine().await.unwrap();
    let lags = findings.iter().find(|finding| finding.is_serious).unwrap();
    assert!(
        lags.what.contains("V1__places_people_and_staff"),
        "{lags:?}"
    );
    assert_eq!(lags.mend, "Run: gapura migrate");
    let applied = store.migrate().await.unwrap();
    assert!(applied[0].starts_with("V1__"), "{applied:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_others_can_read_is_found() {
    use std::os::unix::fs::PermissionsExt;
    let (store, _folder) = fresh().await;
    fs::set_permissions(store.path(), fs::Permissions::from_mode(0o640)).unwrap();
    let findings = store.examine().await.unwrap();
    let told = findings.iter().find(|finding| finding.is_serious).unwrap();
    assert!(told.mend.starts_with("Run: chmod 600 "), "{told:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_is_whole_while_the_store_is_written() {
    let (store, folder) = fresh().await;
    let writing = tokio::spawn({
        let store = store.clone();
        async move {
            for subject in 1..=300 {
                store.append_mark(mark(subject)).await.unwrap();
            }
        }
    });
    let mut copies: Vec<PathBuf> = Vec::new();
    while !writing.is_finished() || copies.is_empty() {
        let copy = folder.path().join(format!("copy-{}.db", copies.len()));
        store.backup(&copy).await.unwrap();
        copies.push(copy);
    }
    writing.await.unwrap();
    for copy in copies {
        let restored = SqliteStore::open(&copy, Options::default()).unwrap();
        let findings = restored.examine().await.unwrap();
        assert!(
            findings.iter().all(|finding| !finding.is_serious),
            "{findings:?}"
        );
        restored.append_mark(mark(1)).await.unwrap();
    }
}

#[tokio::test]
async fn a_copy_writes_over_nothing_and_leaves_nothing_behind() {
    let (store, folder) = fresh().await;
    let taken = folder.path().join("taken");
    fs::write(&taken, "something else").unwrap();
    let refused = store.backup(&taken).await;
    assert!(matches!(refused, Err(StoreError::Conflict(_))));
    assert_eq!(fs::read_to_string(&taken).unwrap(), "something else");
    let nowhere = folder.path().join("nowhere").join("copy.db");
    let refused = store.backup(&nowhere).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))));

    let look = Options {
        access: Access::Look,
        ..Options::default()
    };
    let beside = SqliteStore::open(store.path(), look).unwrap();
    beside.backup(&folder.path().join("copy.db")).await.unwrap();
    let names = fs::read_dir(folder.path()).unwrap();
    let names: HashSet<_> = names.map(|entry| entry.unwrap().file_name()).collect();
    assert!(names.contains(std::ffi::OsStr::new("copy.db")));
    assert!(
        names
            .iter()
            .all(|name| !name.to_string_lossy().ends_with(".partial"))
    );
}

#[tokio::test]
async fn what_was_removed_leaves_no_trace_in_the_file_or_its_log() {
    let (store, folder) = fresh().await;
    let secret = b"a text that nobody must find again";
    let sealed = Sealed {
        key: 1,
        bytes: secret.repeat(300),
    };
    let stands_somewhere = || {
        let files = fs::read_dir(folder.path()).unwrap();
        files
            .map(|entry| fs::read(entry.unwrap().path()).unwrap())
            .any(|bytes| bytes.windows(secret.len()).any(|window| window == secret))
    };
    let id = store.put_message("sms", &sealed, NOW).await.unwrap();
    assert!(stands_somewhere());
    store.message_delivered(id).await.unwrap();
    store.close().await.unwrap();
    assert!(!stands_somewhere());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once_get_pseudonyms_and_marks_of_their_own() {
    let (store, _folder) = fresh().await;
    let tasks = (0..50).map(|_| {
        let store = store.clone();
        tokio::spawn(async move {
            let id = store.next_person().await.unwrap();
            let person = NewPerson {
                birth_date: None,
                sealed: Sealed {
                    key: 1,
                    bytes: vec![7; 40],
                },
                nik: None,
                contact: Some([9; 32]),
                guardian: None,
                is_verified: false,
            };
            let mark = store.append_mark(mark(id.0)).await.unwrap();
            (
                id,
                mark,
                store.create_person(id, &person, NOW).await.is_ok(),
            )
        })
    });
    let (mut ids, mut marks, mut known) = (HashSet::<PersonId>::new(), HashSet::new(), 0);
    for task in tasks.collect::<Vec<_>>() {
        let (id, mark, is_known) = task.await.unwrap();
        ids.insert(id);
        marks.insert(mark);
        known += usize::from(is_known);
    }
    // The contact belongs to one of them.
    assert_eq!((ids.len(), marks.len(), known), (50, 50, 1));
    let findings = store.examine().await.unwrap();
    assert!(
        findings.iter().all(|finding| !finding.is_serious),
        "{findings:?}"
    );
}
