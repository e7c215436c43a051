//! A store with so many visits of days that are over, and what they take on disk.

use super::ground::{gates_of, people_of};
use super::report::Size;
use super::{BenchError, Options, Result, Stage};
use crate::dice::Dice;
use crate::past::{Crowd, live_a_day};
use gapura_app::{App, AppError, status};
use gapura_domain::door::{DoorPlan, Member};
use gapura_domain::time::Zone;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// Over so many days the visits are spread: fewer than are kept by default, so that nothing is erased
/// while it is measured.
const DAYS: u32 = 25;

/// Copies the laid ground from `base` to `folder` and lives through days until there are `visits`.
pub(super) async fn fill(
    options: &Options,
    stage: &dyn Stage,
    (base, folder): (&Path, &Path),
    visits: u64,
) -> Result<Size> {
    copy(base, folder)?;
    let before = bytes_in(folder)?;
    let opened = stage.open(folder).await.map_err(BenchError::Open)?;
    let app = opened.app;
    let begun = stage.elapsed();
    let lived = live(&app, options, visits).await?;
    app.store.pack().await?;
    let took = stage.elapsed().saturating_sub(begun);
    app.store.close().await?;
    drop(app);
    let grown = bytes_in(folder)?.saturating_sub(before);
    Ok(Size {
        visits: lived,
        bytes_per_visit: precise(grown) / precise(lived.max(1)),
        filled_in_s: took.as_secs_f64(),
        ..Size::default()
    })
}

/// Lives through the days before today and says how many visits there were.
async fn live(app: &App, options: &Options, visits: u64) -> Result<u64> {
    let plans = plans(app).await?;
    let people = members(app).await?;
    let crowd = Crowd {
        doors: &plans,
        people: &people,
    };
    let mut dice = Dice::new(options.seed ^ visits);
    let today = Zone::Wib.day_of(app.now());
    let days = i32::try_from(DAYS).unwrap_or(0);
    let mut lived = 0;
    for day in 1..=days {
        let end = Zone::Wib.time_at(today.plus_days(day - days), 0);
        let left = visits.saturating_sub(lived);
        // Some check-ins lead to no visit, so what is missing is spread over the days that are left.
        let share = left.div_ceil(u64::try_from(days - day + 1).unwrap_or(1));
        let share = u32::try_from(share).unwrap_or(u32::MAX);
        let of_day = live_a_day(&*app.store, crowd, end, share, &mut dice).await?;
        lived += of_day.visits;
        // As the server does by the hour: the log never holds more than is left of a day.
        app.store.pack().await?;
    }
    Ok(lived)
}

/// One door of every venue.
async fn plans(app: &App) -> Result<Vec<Arc<DoorPlan>>> {
    let mut plans = Vec::new();
    for gate in gates_of(app).await? {
        let plan = app.door_plan(gate).await?.ok_or(AppError::NotFound)?;
        plans.push(Arc::clone(&plan.plan));
    }
    Ok(plans)
}

/// Everybody, with the status of the first of them: all were vaccinated alike.
async fn members(app: &App) -> Result<Vec<Member>> {
    let people = people_of(app).await?;
    let Some(first) = people.first() else {
        return Ok(Vec::new());
    };
    let known = status::member(app, *first, Zone::Wib, app.now()).await?;
    let like = known.ok_or(AppError::NotFound)?.member;
    let members = people.into_iter().map(|person| Member { person, ..like });
    Ok(members.collect())
}

/// Makes a folder anew with the files of another.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    fs::create_dir_all(to)?;
    for file in fs::read_dir(from)? {
        let file = file?;
        if file.file_type()?.is_file() {
            fs::copy(file.path(), to.join(file.file_name()))?;
        }
    }
    Ok(())
}

fn bytes_in(folder: &Path) -> io::Result<u64> {
    fs::read_dir(folder)?
        .map(|file| Ok(file?.metadata()?.len()))
        .sum()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "no store here has 2⁵² bytes or visits"
)]
fn precise(count: u64) -> f64 {
    count as f64
}
