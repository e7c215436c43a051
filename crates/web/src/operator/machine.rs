//! The machine: what the store's own examination finds, what waits, and what this server is set to.

use askama::Template;
use axum::response::Response;
use gapura_app::AppError;
use gapura_domain::time::Zone;

use crate::format;
use crate::page::{Desk, Frame, html};
use crate::problem::Problem;
use crate::staff::office::Office;
use crate::words::Words;

const MESSAGES_MAX: u32 = 1000;

#[derive(Template)]
#[template(path = "operator/machine.html")]
struct Machine {
    frame: Frame,
    w: Words,
    desk: Desk,
    title: String,
    findings: Vec<Found>,
    facts: Vec<(&'static str, String)>,
}

struct Found {
    kind: &'static str,
    weight: &'static str,
    what: String,
    mend: String,
}

pub(super) async fn page(office: Office) -> Result<Response, Problem> {
    let w = office.w;
    let findings = office
        .state
        .app
        .store
        .examine()
        .await
        .map_err(AppError::from)?;
    let page = Machine {
        title: if findings.is_empty() {
            w.operator_machine_healthy().to_owned()
        } else {
            w.operator_machine_findings(findings.len())
        },
        findings: findings
            .into_iter()
            .map(|finding| Found {
                kind: if finding.is_serious {
                    "refuse"
                } else {
                    "check"
                },
                weight: if finding.is_serious {
                    w.operator_machine_serious()
                } else {
                    w.operator_machine_minor()
                },
                what: finding.what,
                mend: finding.mend,
            })
            .collect(),
        facts: facts(&office).await?,
        frame: office.frame,
        w,
        desk: office.desk,
    };
    Ok(html(&page))
}

async fn facts(office: &Office) -> Result<Vec<(&'static str, String)>, Problem> {
    let w = office.w;
    let app = &office.state.app;
    let config = &app.config;
    let first_kept = app.first_kept_day(office.now()).date();
    // The path of the store is no secret; a password in an address is.
    let store = config.database.split("://").next().unwrap_or_default();
    Ok(vec![
        (
            w.operator_machine_version(),
            env!("CARGO_PKG_VERSION").to_owned(),
        ),
        (w.operator_machine_address(), config.public_url.clone()),
        (w.operator_machine_database(), store.to_owned()),
        (
            w.operator_machine_authority(),
            config.authority_name.clone(),
        ),
        (w.operator_machine_rules(), app.rules.version.clone()),
        (
            w.operator_machine_retention(),
            w.operator_machine_retention_days(config.retention_days),
        ),
        (w.operator_machine_first_kept(), format::date(w, first_kept)),
        (w.operator_machine_messages(), messages(office).await?),
        (
            w.operator_machine_figures(),
            format!("{}/metrics", config.public_url),
        ),
    ])
}

async fn messages(office: &Office) -> Result<String, Problem> {
    let w = office.w;
    let waiting = office
        .state
        .app
        .store
        .waiting_messages(u32::MAX, MESSAGES_MAX)
        .await;
    let waiting = waiting.map_err(AppError::from)?;
    Ok(match waiting.first() {
        None => w.operator_machine_messages_none().to_owned(),
        Some(oldest) => {
            let since = format::moment(w, &format::local(oldest.at, Zone::Wib));
            w.operator_machine_messages_some(waiting.len(), since)
        }
    })
}
