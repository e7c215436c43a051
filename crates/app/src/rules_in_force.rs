//! The rule set that gives colours, and those before it, so that what a verdict meant stays known.

use crate::App;
use crate::error::Result;
use crate::start::{StartError, shipped_or_file};
use aws_lc_rs::digest::{SHA256, digest};
use certlogic::{HEALTH_COLOURS, NO_RULE, RuleSet};
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

/// The reason codes of a rule set in the order of its entries.
type Reasons = Arc<[Arc<str>]>;

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
    reasons: RwLock<FxHashMap<RulesId, Reasons>>,
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
        rules.reasons = known_reasons(rules.id, &rules.set);
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
        Ok(Self {
            id: RulesId(0),
            version: format!("{} {}", set.id(), set.version()),
            hash,
            reads_now,
            reasons: known_reasons(RulesId(0), &set),
            set,
        })
    }
}

fn known_reasons(id: RulesId, set: &RuleSet) -> RwLock<FxHashMap<RulesId, Reasons>> {
    RwLock::new(FxHashMap::from_iter([(id, reasons_of(set))]))
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

fn reasons_of(set: &RuleSet) -> Reasons {
    set.entries()
        .map(|(_, reason, _)| Arc::from(reason))
        .collect()
}

/// The code of the reason that an entry of a rule set gives, of this one or an earlier one: for
/// example `booster_missing`; `no_rule` where no condition held.
pub async fn rules_reason(app: &App, rules: RulesId, entry: Option<u8>) -> Result<Arc<str>> {
    let Some(entry) = entry else {
        return Ok(NO_RULE.into());
    };
    let known = app.rules.reasons.read().get(&rules).cloned();
    let reasons = match known {
        Some(reasons) => reasons,
        None => earlier_reasons(app, rules).await?,
    };
    let reason = reasons.get(usize::from(entry));
    Ok(reason.cloned().unwrap_or_else(|| NO_RULE.into()))
}

async fn earlier_reasons(app: &App, rules: RulesId) -> Result<Reasons> {
    let stored = app.store.rules(rules).await?;
    let set = stored.and_then(|stored| parse(&stored.version, &stored.document).ok());
    let reasons = set.as_ref().map(reasons_of).unwrap_or_default();
    app.rules
        .reasons
        .write()
        .insert(rules, Arc::clone(&reasons));
    Ok(reasons)
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
