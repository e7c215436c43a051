//! Short words for what every statement needs: run it, read its rows, page them.
//!
//! Statements are prepared once a connection and kept. Columns are read in the order of the
//! `SELECT`, each as the type that the domain knows; what cannot be such a value is an error, since
//! only this program writes them.

use crate::fault::{Fault, Outcome};
use gapura_domain::time::{LocalDay, Time};
use gapura_domain::venue::Label;
use gapura_store::people::Sealed;
use gapura_store::{Cursor, Page};
use jiff::civil::Date;
use rusqlite::types::FromSql;
use rusqlite::{Connection, Params, Row};
use serde::de::DeserializeOwned;

/// A row whose columns are taken one after another.
pub(crate) struct Cells<'a> {
    row: &'a Row<'a>,
    next: usize,
}

impl Cells<'_> {
    /// The next column.
    pub(crate) fn take<T: FromSql>(&mut self) -> Outcome<T> {
        let value = self.row.get(self.next)?;
        self.next += 1;
        Ok(value)
    }

    pub(crate) fn time(&mut self) -> Outcome<Time> {
        Ok(Time(self.take()?))
    }

    pub(crate) fn time_if_any(&mut self) -> Outcome<Option<Time>> {
        Ok(self.take::<Option<i64>>()?.map(Time))
    }

    pub(crate) fn date(&mut self) -> Outcome<Date> {
        Ok(LocalDay(self.take()?).date())
    }

    pub(crate) fn label(&mut self) -> Outcome<Label> {
        Label::parse(&self.take::<String>()?).map_err(|_| Fault::Column("name"))
    }

    /// The key in this column and the bytes in the next.
    pub(crate) fn sealed(&mut self) -> Outcome<Sealed> {
        Ok(Sealed {
            key: self.take()?,
            bytes: self.take()?,
        })
    }

    pub(crate) fn json<T: DeserializeOwned>(&mut self) -> Outcome<T> {
        Ok(serde_json::from_str(&self.take::<String>()?)?)
    }
}

/// The only column of a row.
pub(crate) fn only<T: FromSql>(cells: &mut Cells<'_>) -> Outcome<T> {
    cells.take()
}

/// A date as the column knows it.
pub(crate) fn day(date: Date) -> i32 {
    LocalDay::from(date).0
}

/// Runs a statement; how many rows it changed.
pub(crate) fn run(conn: &Connection, sql: &str, params: impl Params) -> Outcome<usize> {
    Ok(conn.prepare_cached(sql)?.execute(params)?)
}

/// All rows of a statement.
pub(crate) fn all<T>(
    conn: &Connection,
    sql: &str,
    params: impl Params,
    read: impl Fn(&mut Cells<'_>) -> Outcome<T>,
) -> Outcome<Vec<T>> {
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(read(&mut Cells { row, next: 0 })?);
    }
    Ok(all)
}

/// The first row of a statement.
pub(crate) fn one<T>(
    conn: &Connection,
    sql: &str,
    params: impl Params,
    read: impl Fn(&mut Cells<'_>) -> Outcome<T>,
) -> Outcome<Option<T>> {
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    let row = rows.next()?;
    row.map(|row| read(&mut Cells { row, next: 0 })).transpose()
}

/// A value of a statement that always gives a row.
pub(crate) fn value<T: FromSql>(conn: &Connection, sql: &str, params: impl Params) -> Outcome<T> {
    Ok(conn
        .prepare_cached(sql)?
        .query_row(params, |row| row.get(0))?)
}

/// Where a page begins and how many rows to ask for: one more than it shows, to know of the next.
pub(crate) fn window(cursor: Cursor) -> (i64, i64) {
    let after = cursor.after.unwrap_or(0);
    (
        i64::try_from(after).unwrap_or(i64::MAX),
        i64::from(shown(cursor)) + 1,
    )
}

fn shown(cursor: Cursor) -> u32 {
    cursor.limit.clamp(1, 1000)
}

/// Makes a page of the rows that a statement gave for [`window`].
pub(crate) fn page<T>(mut rows: Vec<T>, cursor: Cursor, id: impl Fn(&T) -> u64) -> Page<T> {
    let shown = shown(cursor) as usize;
    let has_more = rows.len() > shown;
    rows.truncate(shown);
    let next = rows.last().filter(|_| has_more).map(id);
    Page { rows, next }
}
