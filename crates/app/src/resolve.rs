//! An officer ends a check with yes or no, or overrides a refusal by name.

use crate::check_in::{DoorAnswer, Scan, check_request, remark_of};
use crate::error::Result;
use crate::{App, AppError};
use gapura_domain::door::{Answer, Command, Decision, Officer};
use gapura_domain::ids::{AccountId, DecisionId, RequestId, VenueId};
use gapura_domain::role::Role;
use gapura_domain::verdict::{Reason, Verdict};
use gapura_store::Actor;

/// What an officer says of a decision.
#[derive(Clone, Debug)]
pub struct Resolution {
    /// The client's id.
    pub request: RequestId,
    /// The decision.
    pub decision: DecisionId,
    /// Where the officer stands; a decision of another venue is not found.
    pub venue: VenueId,
    /// Yes or no.
    pub admit: bool,
    /// Who says so.
    pub by: Officer,
    /// Why, in 3 to 300 characters.
    pub reason: String,
}

impl App {
    /// Ends a check, or lets somebody in whom the rules refused.
    ///
    /// # Errors
    /// `NotFound` for a decision elsewhere; `NotNow("decision_over")` after a quarter of an hour or
    /// once somebody was admitted; `NotAllowed` for an override without a name; a fault at `reason`.
    pub async fn resolve(&self, ask: Resolution) -> Result<DoorAnswer> {
        let now = self.now();
        check_request(ask.request, now)?;
        let remark = remark_of(&ask.reason, ask.by)?;
        let first = self
            .store
            .decision(ask.decision)
            .await?
            .ok_or(AppError::NotFound)?;
        if first.venue != ask.venue {
            return Err(AppError::NotFound);
        }
        let gate = self
            .door_plan(first.gate)
            .await?
            .ok_or(AppError::NotFound)?;
        let command = Command::Resolve {
            request: ask.request,
            decision: ask.decision,
            plan: gate.plan.clone(),
            admit: ask.admit,
            remark,
        };
        let answer = self.store.decide(command, now).await?;
        match &answer {
            Answer::NotResolvable
                if ask.admit
                    && first.verdict == Verdict::Refuse
                    && matches!(ask.by, Officer::Device(_)) =>
            {
                return Err(AppError::NotAllowed);
            }
            Answer::Decided(decision) => self.mark_override(decision).await?,
            _ => {}
        }
        match self.scan_answer(answer, gate).await? {
            Scan::Decided(answer) => Ok(*answer),
            Scan::Left { .. } => Err(AppError::NotFound),
        }
    }

    /// Leaves a mark of an override, once: also where the server died between the decision and its mark, and
    /// the officer's word came again. The words themselves stay with the decision, which is erased; marks
    /// are not.
    async fn mark_override(&self, decision: &Decision) -> Result<()> {
        let officer = decision.remark.as_ref().map(|remark| remark.by);
        let Some(Officer::Account(account)) = officer else {
            return Ok(());
        };
        if !decision.reasons.contains(&Reason::Overridden) {
            return Ok(());
        }
        let (action, subject) = ("refusal_overridden", ("decision", decision.id.0));
        let marks = self.store.marks_on(subject.0, subject.1).await?;
        if marks.iter().any(|mark| mark.action == action) {
            return Ok(());
        }
        self.mark(Actor::Account(account), action, subject, "")
            .await
    }

    /// The officer with this login, if he or she may stand at the doors of this venue.
    ///
    /// An override at a device is by name: the device is trusted, and the name is written down.
    pub async fn named_officer(&self, login: &str, venue: VenueId) -> Result<AccountId> {
        let login = login.trim().to_lowercase();
        let account = self
            .store
            .account_by_login(&login)
            .await?
            .filter(|it| !it.is_closed);
        let venue = self.store.venue(venue).await?.ok_or(AppError::NotFound)?;
        let lineage = self.lineage(venue.organisation).await?;
        let may = |role| move |grant: &gapura_domain::role::Grant| (role, *grant);
        let account = account.filter(|account| {
            let grants = account.grants.iter();
            grants
                .map(may(Role::Gate))
                .chain(account.grants.iter().map(may(Role::VenueManager)))
                .any(|(role, grant)| grant.covers(role, &lineage))
        });
        account
            .map(|account| account.id)
            .ok_or(AppError::NotAllowed)
    }
}
