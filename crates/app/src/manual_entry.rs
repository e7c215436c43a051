//! Somebody with neither phone nor card: name and birth date as told, and the officer's reason.

use crate::check_in::{Scan, check_request, remark_of};
use crate::error::{Fault, Result};
use crate::vault::PersonalRecord;
use crate::{App, AppError, status};
use gapura_domain::door::{
    Answer, CheckIn, Command, Decision, Intent, Member, Officer, Party, Remark,
};
use gapura_domain::ids::{GateId, PersonId, RequestId};
use gapura_domain::person::{BirthDate, PersonName};
use gapura_domain::status::{Colour, Status};
use gapura_domain::verdict::Way;
use gapura_store::people::NewPerson;
use std::sync::Arc;

/// What the officer writes down.
#[derive(Clone, Debug)]
pub struct ManualEntry {
    /// The client's id.
    pub request: RequestId,
    /// Where.
    pub gate: GateId,
    /// The name as told.
    pub name: String,
    /// The birth date as told, as people write it.
    pub birth_date: String,
    /// Why there is no credential, in 3 to 300 characters.
    pub reason: String,
    /// Who writes.
    pub by: Officer,
    /// Whether the officer, by name, lets the visitor in whatever the rules say.
    pub overrides: bool,
}

impl App {
    /// Enters somebody by hand. A new pseudonym is made; nothing known is looked up by what was told, so the
    /// rules have nothing to judge and the status is *none*.
    ///
    /// # Errors
    /// Faults at `name`, `birth_date`, `reason`; else as [`App::check_in`].
    pub async fn enter_by_hand(&self, entry: ManualEntry) -> Result<Scan> {
        let now = self.now();
        check_request(entry.request, now)?;
        let gate = self
            .door_plan(entry.gate)
            .await?
            .ok_or(AppError::NotFound)?;
        if entry.overrides && !matches!(entry.by, Officer::Account(_)) {
            return Err(AppError::NotAllowed);
        }
        let (name, birth_date, remark) = told(&entry, gate.plan.zone.day_of(now).date())?;
        if let Some(first) = self.answered(&entry).await? {
            return self.scan_answer(Answer::Decided(first), gate).await;
        }
        let person = self.make_known(name, birth_date).await?;
        let known = status::member(self, person, gate.plan.zone, now).await?;
        let member = of_whom_nothing_is_known(known.ok_or(AppError::NotFound)?.member);
        let check_in = CheckIn {
            request: entry.request,
            plan: Arc::clone(&gate.plan),
            way: Way::Manual,
            intent: Intent::Enter,
            party: Party::try_from(vec![member]).map_err(|_| AppError::NotFound)?,
            override_: entry.overrides.then(|| remark.clone()),
            remark: Some(remark),
        };
        let mut answer = self.store.decide(Command::CheckIn(check_in), now).await?;
        // Two deliveries at once each made a pseudonym; the one that was decided is the answer.
        if answer == Answer::IdReused
            && let Some(first) = self.answered(&entry).await?
        {
            answer = Answer::Decided(first);
        }
        self.scan_answer(answer, gate).await
    }

    async fn answered(&self, entry: &ManualEntry) -> Result<Option<Arc<Decision>>> {
        let Some(gate) = self.door_plan(entry.gate).await? else {
            return Ok(None);
        };
        let first = self.store.answered(gate.plan.venue, entry.request).await?;
        Ok(first.filter(|first| first.way == Way::Manual && first.gate == entry.gate))
    }

    async fn make_known(&self, name: PersonName, birth_date: BirthDate) -> Result<PersonId> {
        let person = self.store.next_person().await?;
        let record = PersonalRecord {
            name,
            nik: None,
            contact: None,
        };
        let new = NewPerson {
            birth_date: Some(birth_date),
            sealed: self.seal_record(person, &record),
            nik: None,
            contact: None,
            guardian: None,
            is_verified: false,
        };
        self.store.create_person(person, &new, self.now()).await?;
        Ok(person)
    }
}

/// Rules read the want of a dose from what is on record, and of this person there is no record: the status is *none*,
/// so that an officer looks at what the visitor has brought.
fn of_whom_nothing_is_known(member: Member) -> Member {
    let status = Status {
        colour: Colour::None,
        entry: None,
        ..member.status
    };
    Member { status, ..member }
}

/// What was told, or everything that is wrong with it at once.
fn told(entry: &ManualEntry, today: jiff::civil::Date) -> Result<(PersonName, BirthDate, Remark)> {
    let name = PersonName::parse(&entry.name).map_err(|_| Fault::new("name", "name"));
    let date = crate::typed::date(&entry.birth_date)
        .ok_or_else(|| Fault::new("birth_date", "date"))
        .and_then(|date| {
            BirthDate::new(date, today).map_err(|_| Fault::new("birth_date", "birth_date"))
        });
    let (remark, reason) = match remark_of(&entry.reason, entry.by) {
        Ok(remark) => (Some(remark), Vec::new()),
        Err(AppError::Faults(faults)) => (None, faults),
        Err(error) => return Err(error),
    };
    match (name, date, remark) {
        (Ok(name), Ok(date), Some(remark)) => Ok((name, date, remark)),
        (name, date, _) => {
            let told = name.err().into_iter().chain(date.err());
            Err(AppError::Faults(told.chain(reason).collect()))
        }
    }
}
