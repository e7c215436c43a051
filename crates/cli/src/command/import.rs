//! `gapura import`: places, people and vaccinations from CSV, with a report of every row that was not taken.

use std::fs::File;
use std::path::PathBuf;

use clap::Args;
use gapura_app::AppError;
use gapura_app::csv_table::{CellFault, Limits};
use gapura_app::import_people::{Counts, Imported, Watcher, import};
use gapura_app::staff::By;
use gapura_web::list_words::fault_of_people;
use serde_json::{Value, json};

use crate::command::import_venues::{self, Asked};
use crate::command::serve::ConfigArg;
use crate::report::{Outcome, Report, Stop};
use crate::server::{self, block_on};
use crate::storage::store_stop;

#[derive(Args, Debug)]
pub(crate) struct Import {
    #[command(flatten)]
    config: ConfigArg,
    /// What the file holds.
    #[arg(value_enum)]
    kind: Kind,
    /// The file, CSV with a header.
    file: PathBuf,
    /// Reports without writing.
    #[arg(long)]
    dry_run: bool,
    /// For places: the account in whose name they are applied for. Else the first that may do so for everybody.
    #[arg(long = "as", value_name = "LOGIN")]
    login: Option<String>,
    /// For places: approves them at once, if that account may.
    #[arg(long)]
    approve: bool,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Kind {
    Venues,
    People,
    Vaccinations,
}

pub(crate) fn run(args: &Import) -> Outcome {
    let config = args.config.load()?;
    let what = match args.kind {
        Kind::People => Imported::People,
        Kind::Vaccinations => Imported::Vaccinations,
        Kind::Venues => {
            let asked = Asked {
                file: &args.file,
                login: args.login.as_deref(),
                approves: args.approve,
                is_dry: args.dry_run,
            };
            return import_venues::run(config, &asked);
        }
    };
    let file = File::open(&args.file).map_err(|error| {
        Stop::usage(error, "Name a file that is there and that you may read.")
            .at(args.file.display())
    })?;
    let mut heard = Heard::default();
    let counts = block_on(async {
        let app = server::open_app(config).await?.app;
        let by = By::CommandLine;
        let done = import(&app, by, what, file, Limits::FILE, args.dry_run, &mut heard).await;
        app.store.close().await.map_err(store_stop)?;
        match done {
            // What is wrong with the header is told among the rows.
            Err(AppError::NotNow("table_unreadable")) => Ok(Counts::default()),
            done => done.map_err(store_stop),
        }
    })?;
    Ok(told(args, &heard, counts))
}

/// What was wrong with rows. Holds no cell's content.
#[derive(Default)]
struct Heard {
    rows: Vec<(&'static str, CellFault)>,
}

impl Watcher for Heard {
    fn fault(&mut self, fault: CellFault) {
        self.rows.push(("rejected", fault));
    }
    fn note(&mut self, note: CellFault) {
        self.rows.push(("noted", note));
    }
    fn unknown_column(&mut self, _position: usize) {}
    fn progress(&mut self, _counts: Counts) {}
}

fn told(args: &Import, heard: &Heard, counts: Counts) -> Report {
    let mut lines: Vec<String> = heard
        .rows
        .iter()
        .map(|(what, it)| {
            format!(
                "{}:{}: {what}, {}: {}",
                args.file.display(),
                it.row,
                it.column.unwrap_or("row"),
                fault_of_people(it)
            )
        })
        .collect();
    let verb = if args.dry_run { "Would be" } else { "Were" };
    lines.push(format!(
        "{} rows. {verb} created {}, changed {}, known before {}, rejected {}.",
        counts.rows, counts.created, counts.changed, counts.known, counts.rejected
    ));
    let rows: Vec<Value> = heard
        .rows
        .iter()
        .map(|(what, it)| json!({"row": it.row, "column": it.column, "code": it.code, "outcome": what, "text": fault_of_people(it)}))
        .collect();
    Report {
        text: lines.join("\n"),
        json: json!({"dry_run": args.dry_run, "counts": counts, "rows": rows}),
        is_finding: heard.rows.iter().any(|(what, _)| *what == "rejected"),
    }
}
