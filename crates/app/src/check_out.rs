//! The end of a visit: by the visitor, by an officer, or set afterwards by a manager.

use crate::check_in::remark_of;
use crate::error::{Fault, Result};
use crate::{App, AppError, status};
use gapura_domain::door::{Answer, Command, Officer, Visit};
use gapura_domain::ids::{AccountId, DecisionId, PersonId, VenueId};
use gapura_domain::time::{Time, Zone};
use gapura_domain::verdict::Exit;
use gapura_store::Actor;
use std::sync::Arc;

/// Who ends a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaver {
    /// The visitor, or the visitor whose companion it is.
    Visitor(PersonId),
    /// Somebody who stands at the doors of this venue.
    Officer(VenueId),
}

impl App {
    /// Ends a visit. One that has ended stays as it is, and is the answer.
    ///
    /// # Errors
    /// `NotFound` if there is no such visit, or it is none of the caller's.
    pub async fn check_out(
        &self,
        visit: DecisionId,
        at: Option<Time>,
        by: Leaver,
    ) -> Result<Visit> {
        let known = self.store.visit(visit).await?.ok_or(AppError::NotFound)?;
        let (exit, is_own) = match by {
            Leaver::Officer(venue) => (Exit::Officer, known.venue == venue),
            Leaver::Visitor(person) => {
                let is_own = known.person == person
                    || self.store.companions(person).await?.contains(&known.person);
                (Exit::Visitor, is_own)
            }
        };
        if !is_own {
            return Err(AppError::NotFound);
        }
        if known.to.is_none() {
            let whole_party = known.id == known.decision;
            let command = Command::CheckOut {
                visit,
                at,
                exit,
                whole_party,
            };
            let answer = self.store.decide(command, self.now()).await?;
            if let Answer::Left { at, exit, .. } = answer {
                let plan = self.door_plan(known.gate).await?;
                let zone = plan.map_or(Zone::Wib, |plan| plan.plan.zone);
                let initials = self.initials_of_leavers(visit, zone).await?;
                self.feed
                    .tell_left(known.gate, visit, self.now(), &initials);
                return Ok(Visit {
                    to: Some(at),
                    exit: Some(exit),
                    ..known
                });
            }
        }
        self.store.visit(visit).await?.ok_or(AppError::NotFound)
    }

    /// Initials of whoever leaves when a visit ends: whoever brought a party takes it out again.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn initials_of_leavers(
        &self,
        visit: DecisionId,
        zone: Zone,
    ) -> Result<Vec<Arc<str>>> {
        let Some(visit) = self.store.visit(visit).await? else {
            return Ok(Vec::new());
        };
        let came = if visit.id == visit.decision {
            self.store.decision(visit.decision).await?
        } else {
            None
        };
        let people = came.map_or_else(
            || vec![visit.person],
            |came| came.party.iter().map(|member| member.person).collect(),
        );
        let mut initials = Vec::with_capacity(people.len());
        for person in people {
            let known = status::member(self, person, zone, self.now()).await?;
            initials.extend(known.map(|known| known.initials));
        }
        Ok(initials)
    }

    /// Sets the exit of a visit, with a trace of who did and why.
    ///
    /// # Errors
    /// `NotFound` for a visit elsewhere; faults at `out` (before the visit began, or in the future)
    /// and `reason`.
    pub async fn correct_visit(
        &self,
        visit: DecisionId,
        venue: VenueId,
        out: Time,
        by: AccountId,
        reason: &str,
    ) -> Result<()> {
        let now = self.now();
        let known = self
            .store
            .visit(visit)
            .await?
            .filter(|known| known.venue == venue);
        let known = known.ok_or(AppError::NotFound)?;
        let remark = remark_of(reason, Officer::Account(by))?;
        if out < known.from || out > now {
            return Err(AppError::Faults(vec![Fault::new("out", "outside_visit")]));
        }
        self.store
            .decide(Command::Correct { visit, out, remark }, now)
            .await?;
        self.mark(
            Actor::Account(by),
            "visit_corrected",
            ("visit", visit.0),
            reason,
        )
        .await
    }
}
