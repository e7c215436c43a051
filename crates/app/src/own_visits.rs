//! A visitor's own visits, and those of the companions.

use crate::App;
use crate::error::Result;
use gapura_domain::door::Visit;
use gapura_domain::ids::PersonId;
use gapura_domain::time::Time;

impl App {
    /// Visits of a person and of the companions within the retention time, newest first.
    pub async fn own_visits(&self, person: PersonId) -> Result<Vec<Visit>> {
        let now = self.now();
        let from = now.plus_s(-i64::from(self.config.retention_days) * 86_400);
        let mut visits = Vec::new();
        let companions = self.store.companions(person).await?;
        for person in std::iter::once(person).chain(companions) {
            visits.extend(self.store.visits_of(person, from, now.plus_s(1)).await?);
        }
        visits.sort_by_key(|visit| std::cmp::Reverse((visit.from, visit.id)));
        Ok(visits)
    }

    /// The visit that a person is in now.
    pub async fn current_visit(&self, person: PersonId) -> Result<Option<(Visit, Time)>> {
        let visit = self.store.open_visit(person).await?;
        Ok(visit.map(|visit| (visit, self.now())))
    }
}
