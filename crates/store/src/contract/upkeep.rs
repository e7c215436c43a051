//! Stories of what keeps the store going.

use super::samples::{NOW, account, new_account};
use crate::{Staff, StoreError, Upkeep};

pub async fn a_fresh_store_has_nothing_to_mend_and_nothing_to_apply(store: &impl Upkeep) {
    let findings = store.examine().await.unwrap();
    let serious = findings.iter().filter(|finding| finding.is_serious);
    assert_eq!(serious.count(), 0, "{findings:?}");
    assert!(store.migrate().await.unwrap().is_empty());
}

pub async fn a_setting_is_kept_and_replaced(store: &impl Upkeep) {
    assert_eq!(store.setting("key").await.unwrap(), None);
    for value in [&b"one"[..], b"", b"two\0"] {
        store.set_setting("key", value).await.unwrap();
        assert_eq!(store.setting("key").await.unwrap().as_deref(), Some(value));
    }
    assert_eq!(store.setting("other").await.unwrap(), None);
}

pub async fn a_closed_store_answers_unavailable<S: Upkeep + Staff>(store: &S) {
    account(store, "a").await;
    store.close().await.unwrap();
    let reading = store.accounts().await.map(|_| ());
    let writing = store.create_account(&new_account("b"), NOW).await;
    for answer in [reading, writing.map(|_| ())] {
        assert!(
            matches!(answer, Err(StoreError::Unavailable(_))),
            "{answer:?}"
        );
    }
    store.close().await.unwrap();
}
