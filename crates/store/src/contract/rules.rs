//! Stories of rule sets.

use super::samples::{NOW, hash};
use crate::Rules;
use gapura_domain::ids::RulesId;

pub async fn the_same_document_keeps_its_number(store: &impl Rules) {
    let put = store
        .put_rules("id-2021-08 1.0.0", hash(1), "{\"a\":1}", NOW)
        .await;
    let id = put.unwrap();
    let later = NOW.plus_s(60);
    let put = store
        .put_rules("id-2021-08 1.0.0", hash(1), "{\"a\":1}", later)
        .await;
    assert_eq!(put.unwrap(), id);
    let found = store.rules(id).await.unwrap().unwrap();
    assert_eq!((found.id, found.first_used), (id, NOW));
    assert_eq!((&*found.version, found.hash), ("id-2021-08 1.0.0", hash(1)));
    assert_eq!(found.document, "{\"a\":1}");
    assert_eq!(store.rules(RulesId(99)).await.unwrap(), None);
}

pub async fn rule_sets_are_listed_oldest_first(store: &impl Rules) {
    let mut ids = Vec::new();
    for (version, byte) in [("b", 2), ("a", 1), ("b", 3)] {
        let put = store.put_rules(version, hash(byte), "{}", NOW).await;
        ids.push(put.unwrap());
    }
    let listed = store.all_rules().await.unwrap();
    let listed: Vec<_> = listed.iter().map(|rules| rules.id).collect();
    assert_eq!(listed, ids);
}
