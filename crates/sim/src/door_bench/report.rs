//! What was measured, as a document and as a table.

use super::goals::{self, Goal};
use super::{Machine, Options};
use crate::load::Report;
use serde::Serialize;
use std::fmt::Write as _;
use std::time::Duration;

/// Everything that one run of the bench found.
#[derive(Clone, Debug, Serialize)]
pub struct DoorReport {
    /// Where.
    pub machine: Machine,
    /// Visitors who were signed in.
    pub people: u32,
    /// Venues.
    pub venues: u32,
    /// Connections of the driver.
    pub connections: usize,
    /// How long each load lasted.
    pub seconds: u32,
    /// One signature check on this machine, in microseconds.
    pub signature_us: f64,
    /// Loads, the no-op handler first.
    pub rows: Vec<Row>,
    /// What the number of visits costs.
    pub sizes: Vec<Size>,
    /// What was to be reached.
    pub goals: Vec<Goal>,
}

/// What is asked of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Load {
    /// A handler that does nothing.
    NoOp,
    /// The first check-in of every visitor since the server began: sessions and statuses are read.
    First,
    /// Check-ins of signed-in visitors, spread over the venues.
    Spread,
    /// The same, all at one venue.
    OneVenue,
    /// Devices scan passes that they see for the first time.
    NewPass,
    /// Devices scan passes that were verified before.
    KnownPass,
}

impl Load {
    /// As people read it.
    pub fn words(self) -> &'static str {
        match self {
            Self::NoOp => "no-op handler",
            Self::First => "first check-in of each visitor",
            Self::Spread => "check-ins over all venues",
            Self::OneVenue => "check-ins at one venue",
            Self::NewPass => "device, pass seen first",
            Self::KnownPass => "device, pass verified before",
        }
    }
}

/// A load and what it took.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// What was asked.
    pub load: Load,
    /// Requests a second with every connection busy.
    pub per_second: f64,
    /// Processor time of the server for one request, in microseconds, the kernel's for it included.
    pub cpu_us: f64,
    /// Latency with every connection busy.
    pub full: Latency,
    /// Latency at half that rate, people coming at random.
    pub half: Option<Latency>,
    /// How many requests the figures rest on.
    pub requests: u64,
}

/// How long answers took, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Latency {
    /// Half of all took no longer.
    pub p50_ms: f64,
    /// 99 of a hundred took no longer.
    pub p99_ms: f64,
    /// The longest.
    pub max_ms: f64,
}

impl Latency {
    pub(super) fn of(report: &Report) -> Self {
        let ms = |duration: Duration| duration.as_secs_f64() * 1e3;
        Self {
            p50_ms: ms(report.latency.quantile(500)),
            p99_ms: ms(report.latency.quantile(990)),
            max_ms: ms(report.latency.longest()),
        }
    }
}

/// What a number of visits costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Size {
    /// Visits of past days in the store.
    pub visits: u64,
    /// What the store's files grew by for each.
    pub bytes_per_visit: f64,
    /// How long the store took to live through them, in seconds.
    pub filled_in_s: f64,
    /// Processor time of the server for a check-in spread over venues, in microseconds.
    pub spread_cpu_us: f64,
    /// The most memory the server held.
    pub peak_memory_bytes: u64,
    /// People inside when the server was killed.
    pub open: u64,
    /// How long it took after SIGKILL until a check-in was answered again, in seconds.
    pub ready_after_s: f64,
}

impl DoorReport {
    pub(super) fn new(
        options: &Options,
        rows: Vec<Row>,
        sizes: Vec<Size>,
        signature_us: f64,
    ) -> Self {
        Self {
            machine: Machine::of_folder(&options.folder),
            people: options.people,
            venues: options.venues,
            connections: options.connections,
            seconds: options.seconds,
            signature_us,
            goals: goals::judge(&rows, &sizes, signature_us),
            rows,
            sizes,
        }
    }

    /// The report as people read it: tables in Markdown.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing into memory does not fail.
        let _ = self.write(&mut text);
        text
    }

    fn write(&self, text: &mut String) -> std::fmt::Result {
        let Self {
            people,
            venues,
            connections,
            seconds,
            ..
        } = self;
        writeln!(text, "{}", self.machine)?;
        writeln!(
            text,
            "{people} visitors, {venues} venues, {connections} connections, {seconds} s each load, \
             driver and server on the same machine\n"
        )?;
        text.push_str(&table(
            &LOADS,
            &self
                .rows
                .iter()
                .map(|row| self.load(row))
                .collect::<Vec<_>>(),
        ));
        text.push('\n');
        text.push_str(&table(
            &SIZES,
            &self.sizes.iter().map(size).collect::<Vec<_>>(),
        ));
        text.push('\n');
        text.push_str(&table(
            &GOALS,
            &self.goals.iter().map(goal).collect::<Vec<_>>(),
        ));
        writeln!(
            text,
            "\nOne signature check takes {:.1} µs here.",
            self.signature_us
        )
    }

    fn load(&self, row: &Row) -> Vec<String> {
        let base = self.rows.first().unwrap_or(row);
        let half = |of: fn(&Latency) -> f64| {
            let half = row.half.as_ref();
            half.map_or_else(|| "–".to_owned(), |half| format!("{:.2}", of(half)))
        };
        vec![
            row.load.words().to_owned(),
            format!("{:.0}", row.per_second),
            format!("{:.2}", row.per_second / base.per_second),
            format!("{:.1}", row.cpu_us),
            format!("{:.2}", row.cpu_us / base.cpu_us),
            format!("{:.2}", row.full.p50_ms),
            format!("{:.2}", row.full.p99_ms),
            half(|half| half.p50_ms),
            half(|half| half.p99_ms),
        ]
    }
}

const LOADS: [&str; 9] = [
    "load",
    "requests/s",
    "of no-op",
    "CPU µs",
    "of no-op",
    "p50 ms",
    "p99 ms",
    "p50 at half",
    "p99 at half",
];

const SIZES: [&str; 7] = [
    "visits in the store",
    "bytes a visit",
    "CPU µs a check-in",
    "peak memory MiB",
    "inside at SIGKILL",
    "ready again after s",
    "filled in s",
];

const GOALS: [&str; 4] = ["goal", "wanted", "measured", ""];

fn size(size: &Size) -> Vec<String> {
    vec![
        size.visits.to_string(),
        format!("{:.1}", size.bytes_per_visit),
        format!("{:.1}", size.spread_cpu_us),
        (size.peak_memory_bytes >> 20).to_string(),
        size.open.to_string(),
        format!("{:.2}", size.ready_after_s),
        format!("{:.0}", size.filled_in_s),
    ]
}

fn goal(goal: &Goal) -> Vec<String> {
    let measured = goal
        .measured
        .map_or_else(|| "–".to_owned(), |measured| format!("{measured:.2}"));
    vec![
        goal.what.to_owned(),
        goal.wanted(),
        measured,
        goal.outcome.words().to_owned(),
    ]
}

/// A Markdown table whose columns line up; every column but the first is set to the right.
fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        let widest = cells.map(|cell| cell.chars().count()).max();
        widest.unwrap_or(0).max(head[column].chars().count()).max(3)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let line = |cells: &[String]| -> String {
        let mut line = String::from("|");
        for (column, (cell, width)) in cells.iter().zip(&widths).enumerate() {
            let _ = match column {
                0 => write!(line, " {cell:<width$} |"),
                _ => write!(line, " {cell:>width$} |"),
            };
        }
        line + "\n"
    };
    let rule: Vec<String> = widths
        .iter()
        .enumerate()
        .map(|(column, width)| match column {
            0 => "-".repeat(*width),
            _ => "-".repeat(width - 1) + ":",
        })
        .collect();
    let head: Vec<String> = head.iter().map(|&cell| cell.to_owned()).collect();
    let rows = rows.iter().map(|row| line(row));
    [line(&head), line(&rule)].into_iter().chain(rows).collect()
}

#[cfg(test)]
mod tests;
