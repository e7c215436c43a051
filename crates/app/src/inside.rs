//! Who is in a room now, for the officer at its gate: initials, when they came, and the word of that minute.

use crate::door_plan::GatePlan;
use crate::error::Result;
use crate::{App, status};
use gapura_domain::ids::DecisionId;
use gapura_domain::time::Time;
use gapura_pass::minute_of;
use std::sync::Arc;

/// Somebody inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Insider {
    /// The visit.
    pub visit: DecisionId,
    /// Since when.
    pub since: Time,
    /// Initials only.
    pub initials: Arc<str>,
    /// The word of the minute in which they came.
    pub word: &'static str,
}

impl App {
    /// Everybody in the room behind a gate, the latest first.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn inside(&self, gate: &GatePlan) -> Result<Vec<Insider>> {
        let now = self.now();
        let mut visits = self.store.open_visits(gate.plan.venue).await?;
        visits.retain(|visit| visit.room == gate.plan.room);
        visits.sort_by_key(|visit| std::cmp::Reverse((visit.from, visit.id)));
        let mut insiders = Vec::with_capacity(visits.len());
        for visit in visits {
            let known = status::member(self, visit.person, gate.plan.zone, now).await?;
            let minute = minute_of(visit.from.0);
            insiders.push(Insider {
                visit: visit.id,
                since: visit.from,
                initials: known.map_or_else(|| Arc::from(""), |known| known.initials),
                word: self.keys.gate().minute_word(visit.gate.0, minute),
            });
        }
        Ok(insiders)
    }
}
