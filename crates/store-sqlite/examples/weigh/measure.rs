//! Clocks, and the bytes of each table.

use crate::{Done, per};
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::time::Instant;

/// Measures real time.
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(
        clippy::disallowed_methods,
        reason = "measuring time is what this is for"
    )]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn seconds(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }

    pub(crate) fn micros(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}

/// Seconds of CPU that this process has used, in hundredths.
pub(crate) fn cpu_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let behind_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = behind_name.split_whitespace().skip(11).take(2);
    ticks
        .filter_map(|ticks| ticks.parse::<f64>().ok())
        .sum::<f64>()
        / 100.0
}

/// Bytes of the file and its log.
pub(crate) fn bytes(file: &Path) -> u64 {
    let of = |ending: &str| std::fs::metadata(format!("{}{ending}", file.display()));
    ["", "-wal"]
        .into_iter()
        .filter_map(|ending| of(ending).ok())
        .map(|it| it.len())
        .sum()
}

/// Pages of each table and index, free ones included.
pub(crate) fn print_tables(file: &Path, visits: u64) -> Done {
    let conn = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let page: i64 = conn.query_row("PRAGMA page_size", [], |row| row.get(0))?;
    let free: i64 = conn.query_row("PRAGMA freelist_count", [], |row| row.get(0))?;
    println!("{:>12} bytes free", free * page);
    let sql =
        "SELECT name, sum(pgsize), sum(payload) FROM dbstat GROUP BY name HAVING sum(pgsize) > 8192
               ORDER BY 2 DESC";
    let mut tables = conn.prepare(sql)?;
    let mut tables = tables.query([])?;
    while let Some(row) = tables.next()? {
        let (name, bytes, payload): (String, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        println!(
            "{bytes:>12} {name}, {:.1} a visit, {payload} of it used",
            per(bytes.cast_unsigned(), visits)
        );
    }
    let sql = "SELECT kind, count(*), sum(length(data)) FROM visit_index GROUP BY kind";
    let mut kinds = conn.prepare(sql)?;
    let mut kinds = kinds.query([])?;
    while let Some(row) = kinds.next()? {
        let (kind, chunks, bytes): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        println!(
            "{bytes:>12} index of kind {kind} in {chunks} chunks, {:.1} a visit",
            per(bytes.cast_unsigned(), visits)
        );
    }
    Ok(())
}
