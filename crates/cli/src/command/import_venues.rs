//! `gapura import venues`: a list of places, read as the page reads it and handed in whole or not at all.

use std::path::Path;

use gapura_app::App;
use gapura_app::apply::ListPreview;
use gapura_app::config::Config;
use gapura_app::csv_table::Limits;
use gapura_app::staff::Principal;
use gapura_app::venue_list::ListFault;
use gapura_domain::ids::OrganisationId;
use gapura_domain::role::Role;
use gapura_web::list_words::fault_of_places;
use serde_json::{Value, json};

use crate::report::{Outcome, Report, Stop};
use crate::server::{self, block_on};
use crate::storage::store_stop;

/// Who may apply for places.
const MAY_APPLY: [Role; 2] = [Role::VenueManager, Role::Authority];

/// What was asked for.
pub(super) struct Asked<'a> {
    pub(super) file: &'a Path,
    pub(super) login: Option<&'a str>,
    pub(super) approves: bool,
    pub(super) is_dry: bool,
}

pub(super) fn run(config: Config, asked: &Asked<'_>) -> Outcome {
    let bytes = read(asked.file)?;
    block_on(async {
        let app = server::open_app(config).await?.app;
        let done = hand_in(&app, asked, &bytes).await;
        app.store.close().await.map_err(store_stop)?;
        done
    })
}

fn read(file: &Path) -> Outcome<Vec<u8>> {
    let unreadable = |error: std::io::Error| {
        Stop::usage(error, "Name a file that is there and that you may read.").at(file.display())
    };
    let length = std::fs::metadata(file).map_err(unreadable)?.len();
    if length > Limits::PAGE.bytes_max {
        let most = Limits::PAGE.bytes_max;
        let what = format!("the file has {length} bytes; at most {most} are read");
        return Err(Stop::usage(what, "Split it into several lists.").at(file.display()));
    }
    std::fs::read(file).map_err(unreadable)
}

async fn hand_in(app: &App, asked: &Asked<'_>, bytes: &[u8]) -> Outcome {
    let by = applicant(app, asked.login).await?;
    let under = branch(&by);
    let preview = app.preview_list(&by, under, bytes).await;
    let preview = preview.map_err(store_stop)?;
    if asked.is_dry || !preview.list.is_ready() {
        return Ok(told(asked, &preview, &[]));
    }
    let ids = app.apply_list(&by, under, bytes).await;
    let ids = ids.map_err(store_stop)?;
    if asked.approves {
        for (_, approved) in app.approve_many(&by, &ids).await {
            approved.map_err(|error| {
                let mend = "The list was handed in; approve the rest on the page of applications.";
                Stop::broken(error, mend).at(asked.file.display())
            })?;
        }
    }
    Ok(told(asked, &preview, &ids))
}

/// The account in whose name the places are applied for: the one that was named, or the first that may apply for
/// everybody.
async fn applicant(app: &App, login: Option<&str>) -> Outcome<Principal> {
    let accounts = app.store.accounts().await.map_err(store_stop)?;
    let mut open = accounts.into_iter().filter(|account| !account.is_closed);
    let found = match login {
        Some(login) => open.find(|account| account.login == login),
        None => open.find(|account| {
            let grants = account.grants.iter();
            let mut all = grants.filter(|grant| grant.branch.is_none());
            all.any(|grant| MAY_APPLY.contains(&grant.role))
        }),
    };
    let account = found.ok_or_else(|| {
        let what = "there is no account in whose name places could be applied for";
        let mend = "Name a manager or somebody of the authority with --as LOGIN; `gapura staff invite` makes one.";
        Stop::usage(what, mend)
    })?;
    Ok(Principal {
        account: account.id,
        grants: account.grants,
    })
}

/// Where the account may apply; `None` for everywhere.
fn branch(by: &Principal) -> Option<OrganisationId> {
    if MAY_APPLY.iter().any(|role| by.may(*role, &[])) {
        return None;
    }
    let mut grants = by.grants.iter();
    grants.find(|grant| MAY_APPLY.contains(&grant.role))?.branch
}

fn told(
    asked: &Asked<'_>,
    preview: &ListPreview,
    ids: &[gapura_domain::ids::ApplicationId],
) -> Report {
    let list = &preview.list;
    let line = |what: &str, fault: &ListFault| {
        let (file, row) = (asked.file.display(), fault.row);
        let column = fault.column.unwrap_or("row");
        format!("{file}:{row}: {what}, {column}: {}", fault_of_places(fault))
    };
    let mut lines: Vec<String> = list
        .faults
        .iter()
        .map(|fault| line("fault", fault))
        .collect();
    lines.extend(list.warnings.iter().map(|fault| line("look again", fault)));
    let gates: usize = list
        .places
        .iter()
        .flat_map(|place| &place.spec.rooms)
        .map(|room| room.gates.len())
        .sum();
    let places = list.places.len();
    lines.push(if !list.is_ready() {
        "Nothing was applied for. Mend the list and import it again.".to_owned()
    } else if asked.is_dry {
        format!("{places} places with {gates} gates would be applied for.")
    } else if asked.approves {
        format!("{places} places with {gates} gates were applied for and approved.")
    } else {
        format!("{places} places with {gates} gates were applied for; the authority decides.")
    });
    let rows = |faults: &[ListFault]| -> Vec<Value> {
        let row = |fault: &ListFault| {
            json!({"row": fault.row, "column": fault.column, "code": fault.code,
                "params": fault.params, "text": fault_of_places(fault)})
        };
        faults.iter().map(row).collect()
    };
    Report {
        text: lines.join("\n"),
        json: json!({
            "dry_run": asked.is_dry, "places": places, "gates": gates, "applied": ids.len(),
            "approved": asked.approves && !ids.is_empty(),
            "faults": rows(&list.faults), "warnings": rows(&list.warnings),
        }),
        is_finding: !list.is_ready(),
    }
}
