//! The rule set that gives colours, and those before it, so that what a verdict meant stays known.

use crate::App;
use crate::error::Result;
use crate::start::{StartError, shipped_or_file};
use aws_lc_rs::digest::{SHA256, digest};
use certlogic::{HEALTH_COLOURS, NO_RULE, RuleSet};
use data_encoding::HEXLOWER;
use gapura_domain::ids::RulesId;
use gapura_domain::time::Time;
use gapura_store::Store;
use parking_lot::RwLock;
use rustc_hash::FxHashMap;
use serde_json::Value;
use std::sync::Arc;

/// The rule sets that ship.
const SHIPPED: [(&str, &str); 3] = [
    ("id-2021-08", include_str!("../../../rules/id-2021-08.json")),
    ("id-2021-09", include_str!("../../../rules/id-2021-09.json")),
    ("id-2022-07", include_str!("../../../rules/id-2022-07.json")),
];

/// What a rule set is called wherever a decision names it.
#[derive(Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct RulesName {
    /// "id-2022-07 1".
    pub version: String,
    /// SHA-256 of the document, hexadecimal.
    pub hash: String,
}

/// A rule set that decisions of this server name.
#[derive(Clone, Default)]
struct Known {
    name: Arc<RulesName>,
    /// The reason codes in the order of the entries.
    reasons: Arc<[Arc<str>]>,
}

/// The rule set in force, ready to give colours.
pub struct RulesInForce {
    /// Its number in this store.
    pub id: RulesId,
    /// "id-2022-07 1".
    pub version: String,
    /// SHA-256 of the document.
    pub hash: [u8; 32],
    /// The rules.
    pub set: RuleSet,
    /// Whether a condition reads the time of day, so that a status may change within a day.
    pub(crate) reads_now: bool,
    known: RwLock<FxHashMap<RulesId, Known>>,
}

impl RulesInForce {
    /// Reads the rule set that ships under this id, or the file of this path, and keeps it.
    pub(crate) async fn load(
        name: &str,
        store: &dyn Store,
        now: Time,
    ) -> std::result::Result<Self, StartError> {
        let text = shipped_or_file("rules", name, &SHIPPED)?;
        let mut rules = Self::from_text(name, &text)?;
        rules.id = store
            .put_rules(&rules.version, rules.hash, &text, now)
            .await?;
        rules.known = known(rules.id, &rules.version, rules.hash, &rules.set);
        Ok(rules)
    }

    /// The rule set of a document that no store knows yet.
    pub(crate) fn from_text(name: &str, text: &str) -> std::result::Result<Self, StartError> {
        let set = parse(name, text)?;
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, text.as_bytes()).as_ref());
        // A rule that reads the whole of `external`, or of everything, reads the time of day too.
        let reads_now = set.entries().any(|(_, _, when)| {
            let fields = when.affected_fields();
            ["", "external", "external.now"]
                .iter()
                .any(|field| fields.contains(*field))
        });
        let version = format!("{} {}", set.id(), set.version());
        Ok(Self {
            id: RulesId(0),
            known: known(RulesId(0), &version, hash, &set),
            version,
            hash,
            reads_now,
            set,
        })
    }
}

fn known(
    id: RulesId,
    version: &str,
    hash: [u8; 32],
    set: &RuleSet,
) -> RwLock<FxHashMap<RulesId, Known>> {
    RwLock::new(FxHashMap::from_iter([(id, Known::of(version, hash, set))]))
}

impl Known {
    fn of(version: &str, hash: [u8; 32], set: &RuleSet) -> Self {
        let hash = HEXLOWER.encode(&hash);
        let name = Arc::new(RulesName {
            version: version.to_owned(),
            hash,
        });
        let reasons = set
            .entries()
            .map(|(_, reason, _)| Arc::from(reason))
            .collect();
        Self { name, reasons }
    }
}

fn parse(name: &str, text: &str) -> std::result::Result<RuleSet, StartError> {
    let fault = |faults| StartError::Document {
        name: name.to_owned(),
        faults,
    };
    let document: Value =
        serde_json::from_str(text).map_err(|error| fault(vec![error.to_string()]))?;
    RuleSet::parse(&document, &HEALTH_COLOURS)
        .map_err(|issues| fault(issues.iter().map(ToString::to_string).collect()))
}

/// The code of the reason that an entry of a rule set gives, of this one or an earlier one: for
/// example `booster_missing`; `no_rule` where no condition held.
pub async fn rules_reason(app: &App, rules: RulesId, entry: Option<u8>) -> Result<Arc<str>> {
    let Some(entry) = entry else {
        return Ok(NO_RULE.into());
    };
    let reasons = known_rules(app, rules).await?.reasons;
    let reason = reasons.get(usize::from(entry));
    Ok(reason.cloned().unwrap_or_else(|| NO_RULE.into()))
}

/// What the rule set of a decision is called, this one or an earlier one.
pub async fn rules_name(app: &App, rules: RulesId) -> Result<Arc<RulesName>> {
    Ok(known_rules(app, rules).await?.name)
}

async fn known_rules(app: &App, rules: RulesId) -> Result<Known> {
    if let Some(known) = app.rules.known.read().get(&rules) {
        return Ok(known.clone());
    }
    let stored = app.store.rules(rules).await?;
    let known = stored.and_then(|stored| {
        let set = parse(&stored.version, &stored.document).ok()?;
        Some(Known::of(&stored.version, stored.hash, &set))
    });
    let known = known.unwrap_or_default();
    app.rules.known.write().insert(rules, known.clone());
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_set_that_ships_can_be_used() {
        for (id, text) in SHIPPED {
            let rules = RulesInForce::from_text(id, text).expect("a good rule set");
            assert_eq!(rules.set.id(), id);
            assert!(!rules.reads_now, "{id} asks for the day alone");
        }
    }

    #[test]
    fn rules_that_read_the_time_of_day_are_known_by_it() {
        let text = SHIPPED[0].1.replace("external.today", "external.now");
        let rules = RulesInForce::from_text("x", &text).expect("a good rule set");
        assert!(rules.reads_now);
    }

    #[test]
    fn a_name_that_means_nothing_says_what_would() {
        let error = shipped_or_file("rules", "id-2022", &SHIPPED).expect_err("no such rules");
        assert!(error.to_string().contains("id-2022-07"), "{error}");
    }
}
