//! `gapura doctor`: looks for what is wrong, and says how to mend it.

use gapura_app::config::{Config, Delivery};
use gapura_app::door_rules::DoorRules;
use gapura_app::keys::{ENVIRONMENT_VARIABLE, Keys, is_open_to_others};
use gapura_store::Finding;
use gapura_store_sqlite::Access;
use serde_json::json;

use crate::command::serve::{ConfigArg, RETENTION_DAYS};
use crate::report::{Outcome, Report};
use crate::server::block_on;
use crate::storage;

pub(crate) fn run(config: &ConfigArg) -> Outcome {
    let config = config.load()?;
    let mut findings = settings(&config);
    findings.extend(keys_file(&config));
    findings.extend(block_on(store(&config))?);
    Ok(told(&findings))
}

fn serious(what: impl Into<String>, mend: impl Into<String>) -> Finding {
    Finding {
        is_serious: true,
        what: what.into(),
        mend: mend.into(),
    }
}

fn slight(what: impl Into<String>, mend: impl Into<String>) -> Finding {
    Finding {
        is_serious: false,
        ..serious(what, mend)
    }
}

fn settings(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    let url = &config.public_url;
    let is_local = url.contains("//127.0.0.1") || url.contains("//localhost");
    if !url.starts_with("https://") && !is_local {
        findings.push(serious(
            format!(
                "`public_url` is {url}: phones give neither camera nor safe cookies to plain HTTP"
            ),
            "Let TLS end here (`[tls]`) or at a proxy, and set the https address.",
        ));
    }
    if url.ends_with('/') {
        findings.push(serious("`public_url` ends with a slash", "Leave it out."));
    }
    if matches!(config.delivery, Delivery::Outbox) && !is_local {
        findings.push(serious(
            "one-time codes go to the demo's outbox, where everybody can read them",
            "Set `[delivery]` to smtp or hook.",
        ));
    }
    if !RETENTION_DAYS.contains(&config.retention_days) {
        findings.push(serious("`retention_days` is not 9 to 366", "28 is usual."));
    }
    if let Err(error) = DoorRules::from_config(config) {
        findings.push(serious(error.to_string(), "Mend the setting there."));
    }
    if let Some(tls) = &config.tls {
        for file in [&tls.certificate, &tls.key] {
            if let Err(error) = std::fs::File::open(file) {
                let what = format!("{}: {error}", file.display());
                findings.push(serious(what, "Give the server's user access to it."));
            }
        }
    }
    findings
}

fn keys_file(config: &Config) -> Option<Finding> {
    let place = config.keys_file.display();
    if std::env::var_os(ENVIRONMENT_VARIABLE).is_some() {
        return None;
    }
    match is_open_to_others(&config.keys_file) {
        Ok(false) => None,
        Ok(true) => Some(serious(
            format!("the keys file {place} can be read by others"),
            format!("Run: chmod 600 {place}"),
        )),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Some(slight(
            format!("there is no keys file {place} yet"),
            "`gapura keys init` makes it, or the first `gapura serve`.",
        )),
        Err(error) => Some(serious(
            format!("the keys file {place}: {error}"),
            "Give the server's user access to it.",
        )),
    }
}

async fn store(config: &Config) -> Outcome<Vec<Finding>> {
    if !storage::sqlite_path(&config.database)?.exists() {
        let what = format!("there is no database {} yet", config.database);
        return Ok(vec![slight(what, "The first `gapura serve` makes it.")]);
    }
    let store = match storage::open(config, Access::Look) {
        Ok(opened) => opened.store,
        Err(stop) => return Ok(vec![serious(stop.to_string(), "")]),
    };
    let mut findings = match store.examine().await {
        Ok(findings) => findings,
        Err(error) => vec![serious(error.to_string(), "Restore the latest backup.")],
    };
    findings.extend(keys_of_store(config, &*store).await);
    Ok(findings)
}

async fn keys_of_store(config: &Config, store: &dyn gapura_store::Store) -> Option<Finding> {
    match storage::given_keys(config) {
        Ok(Some(keys)) if storage::fits(&keys, store).await == Some(false) => Some(serious(
            "the keys are not those that the database was made with",
            "Put the right keys file back.",
        )),
        Ok(Some(keys)) if keys.has_older_vault_keys() => older_keys(&keys, store).await,
        Ok(Some(_)) => None,
        Ok(None) => storage::has_keys(store).await.then(|| {
            serious(
                "the keys are missing, and the database was made with them",
                "Put the keys file back from its safe place; without it no name can be read.",
            )
        }),
        Err(stop) => Some(serious(stop.to_string(), "")),
    }
}

/// Whether older vault keys still seal something.
async fn older_keys(keys: &Keys, store: &dyn gapura_store::Store) -> Option<Finding> {
    let left = store.sealed_before(keys.vault_number(), 1).await.ok()?;
    let is_needed = !left.is_empty() || second_factors_left(keys, store).await?;
    Some(if is_needed {
        slight(
            "some records are still sealed by an older vault key",
            "Keep it in the keys file; the running server seals them anew within the hour.",
        )
    } else {
        slight(
            "nothing is sealed by the older vault keys any more",
            "Take them out of the keys file, and keep them with backups that are older than this.",
        )
    })
}

async fn second_factors_left(keys: &Keys, store: &dyn gapura_store::Store) -> Option<bool> {
    let accounts = store.accounts().await.ok()?;
    let mut sealed = accounts.into_iter().filter_map(|account| account.totp);
    Some(sealed.any(|sealed| sealed.key < keys.vault_number()))
}

fn told(findings: &[Finding]) -> Report {
    let lines: Vec<String> = findings
        .iter()
        .map(|finding| {
            let mark = if finding.is_serious { "!" } else { "-" };
            format!("{mark} {}\n  {}", finding.what, finding.mend)
        })
        .collect();
    let text = if lines.is_empty() {
        "Nothing is wrong.".to_owned()
    } else {
        lines.join("\n")
    };
    let list: Vec<_> = findings
        .iter()
        .map(|it| json!({"is_serious": it.is_serious, "what": it.what, "mend": it.mend}))
        .collect();
    Report {
        text,
        json: json!({"findings": list}),
        is_finding: findings.iter().any(|finding| finding.is_serious),
    }
}
