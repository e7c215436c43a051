//! What happens by itself while the server runs.

use std::sync::Arc;
use std::time::Duration;

use data_encoding::HEXLOWER;
use gapura_app::App;
use gapura_app::delivery::{Courier, deliver_until};
use gapura_app::error::Result;
use gapura_app::vault::{rotate_vault, write_opening_counts};
use gapura_web::messages::CatalogueRenderer;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

/// Records of the vault that are sealed anew before others have their turn.
const RESEALED_AT_ONCE: u32 = 200;

/// Starts all jobs; they end when `stop` says so.
pub(super) fn start(
    app: &Arc<App>,
    courier: &Arc<dyn Courier>,
    stop: &watch::Receiver<bool>,
) -> JoinSet<()> {
    let mut jobs = JoinSet::new();
    let mut stopped = stop.clone();
    let words = Arc::new(CatalogueRenderer);
    jobs.spawn(deliver_until(
        Arc::clone(app),
        Arc::clone(courier),
        words,
        async move {
            drop(stopped.wait_for(|stop| *stop).await);
        },
    ));
    every(&mut jobs, stop, Duration::from_secs(1), "sweep", {
        let app = Arc::clone(app);
        move || sweep(Arc::clone(&app))
    });
    every(&mut jobs, stop, Duration::from_hours(1), "keep house", {
        let app = Arc::clone(app);
        move || keep_house(Arc::clone(&app))
    });
    jobs.spawn(count_openings(Arc::clone(app), stop.clone()));
    jobs
}

fn every<F, Fut>(
    jobs: &mut JoinSet<()>,
    stop: &watch::Receiver<bool>,
    period: Duration,
    name: &'static str,
    job: F,
) where
    F: Fn() -> Fut + Send + 'static,
    Fut: Future<Output = Result<()>> + Send,
{
    let mut stop = stop.clone();
    jobs.spawn(async move {
        let mut ticks = interval(period);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => return,
                _ = ticks.tick() => {}
            }
            if let Err(error) = job().await {
                tracing::error!(%error, job = name, "a job failed; it is tried again in time");
            }
        }
    });
}

async fn sweep(app: Arc<App>) -> Result<()> {
    app.sweep().await
}

/// Packs what is over, and erases what is too old: hourly, so that no day waits for the next night.
async fn keep_house(app: Arc<App>) -> Result<()> {
    app.pack().await?;
    let erased = app
        .erase_before(app.first_kept_day(app.now()), false)
        .await?;
    if erased.days > 0 {
        let (days, visits) = (erased.days, erased.visits);
        tracing::info!(days, visits, "what was too old was erased");
    }
    write_down_audit_head(&app).await?;
    finish_rotation(&app).await
}

/// Puts the end of the audit chain into the operator's log: whoever rewrites the chain later would have to
/// rewrite what has left the machine with the log.
async fn write_down_audit_head(app: &App) -> Result<()> {
    let head = app.store.audit_head().await?;
    let hash = HEXLOWER.encode(&head.hash);
    tracing::info!(number = head.number, hash, "the audit log ends here");
    Ok(())
}

/// Seals anew what a replaced vault key has sealed, in batches between which others have their turn.
async fn finish_rotation(app: &App) -> Result<()> {
    let mut resealed = 0;
    loop {
        let batch = rotate_vault(app, RESEALED_AT_ONCE).await?;
        resealed += batch;
        if batch == 0 {
            break;
        }
    }
    if resealed > 0 {
        tracing::info!(
            resealed,
            "the vault is sealed by its newest key; older ones can be removed"
        );
    }
    Ok(())
}

/// Writes how many names were opened, every ten minutes and when the server stops.
async fn count_openings(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let mut ticks = interval(Duration::from_mins(10));
    loop {
        let is_over = tokio::select! {
            _ = stop.wait_for(|stop| *stop) => true,
            _ = ticks.tick() => false,
        };
        if let Err(error) = write_opening_counts(&app).await {
            tracing::error!(%error, "openings of the vault could not be counted");
        }
        if is_over {
            return;
        }
    }
}
