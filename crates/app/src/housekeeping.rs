//! What happens by itself: ending what is over, packing, erasing what is too old.

use crate::App;
use crate::error::Result;
use gapura_domain::door::Command;
use gapura_domain::time::{LocalDay, Time, Zone};
use gapura_store::Actor;
use gapura_store::doors::Erasure;

impl App {
    /// Ends visits and holds whose time is over, and forgets lists that nobody stores. Called every second.
    pub async fn sweep(&self) -> Result<()> {
        self.import_desk.forget_old(self.now());
        self.store.decide(Command::Sweep, self.now()).await?;
        Ok(())
    }

    /// Moves what is over out of the log. Called every hour.
    pub async fn pack(&self) -> Result<()> {
        Ok(self.store.pack().await?)
    }

    /// The first local day that is kept: the retention time ago, by the easternmost clock's day.
    pub fn first_kept_day(&self, now: Time) -> LocalDay {
        Zone::Wit
            .day_of(now)
            .plus_days(-i32::from(self.config.retention_days))
    }

    /// Erases visits and decisions before a local day, and sign-ins that are over. Called daily.
    pub async fn erase_before(&self, day: LocalDay, dry_run: bool) -> Result<Erasure> {
        if !dry_run {
            // Before the visits, whose erasure empties the write-ahead log too.
            let begun = Zone::Wit.time_at(day, 0);
            let people = self.store.erase_unreachable(begun).await?;
            if people > 0 {
                let subject = ("people", people);
                let date = day.date().to_string();
                self.mark(Actor::System, "people_erased", subject, &date)
                    .await?;
            }
        }
        let erasure = self.store.erase_visits(day, dry_run).await?;
        if !dry_run {
            let now = self.now();
            self.store
                .erase_stale_sign_ins(now.plus_s(-86_400), now)
                .await?;
            if erasure != Erasure::default() {
                let subject = ("visits", erasure.visits);
                self.mark(
                    Actor::System,
                    "visits_erased",
                    subject,
                    &day.date().to_string(),
                )
                .await?;
            }
        }
        Ok(erasure)
    }
}
