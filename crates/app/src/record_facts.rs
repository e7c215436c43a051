//! Doses, test results, contacts and exemptions are recorded, and every door knows at once.
//!
//! Who records has a role for it; where does not matter, since people belong to no branch. Nobody gets
//! two doses on one day, so a second one of the same day is the same dose told twice.

use crate::App;
use crate::error::{AppError, Fault, Result};
use crate::staff::By;
use gapura_domain::ids::{PersonId, RequestId};
use gapura_domain::person::is_plain;
use gapura_domain::role::Role;
use gapura_domain::status::{Dose, Facts, TestResult};
use gapura_domain::time::{Time, Zone};
use gapura_store::people::Sourced;
use jiff::civil::Date;

const TEXT_CHARACTERS_MAX: usize = 64;
const DOSE_NUMBER_MAX: u8 = 9;

const RECORDERS: [Role; 2] = [Role::Booth, Role::Authority];

/// Whether a record was new, or known from before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// It is on record now.
    New,
    /// It was before; nothing has changed.
    Known,
}

impl Recorded {
    fn from_new(is_new: bool) -> Self {
        if is_new { Self::New } else { Self::Known }
    }
}

/// Records a dose. The client chooses the id, by which a repeat is recognised.
///
/// # Errors
/// Faults at `date`, `product`, `number`, `batch`; `NotAllowed`; `NotFound`; `NotNow("id_reused")` where the id
/// was another dose's.
pub async fn record_dose(
    app: &App,
    by: By<'_>,
    person: PersonId,
    id: RequestId,
    dose: Dose,
) -> Result<Recorded> {
    by.require_any(&RECORDERS)?;
    let facts = facts(app, person).await?;
    let faults = dose_faults(&dose, &facts, app.now());
    if !faults.is_empty() {
        return Err(AppError::Faults(faults));
    }
    if facts.doses.iter().any(|known| known.date == dose.date) {
        return Ok(Recorded::Known);
    }
    let day = dose.date;
    let sourced = [Sourced {
        person,
        fact: dose,
        source: source(by, id),
    }];
    let recorded = app.store.record_doses(&sourced, app.now()).await?;
    if recorded.iter().all(Option::is_none) {
        // The id is on record: this request came twice at once, or the id was another dose's.
        let known = self::facts(app, person).await?;
        let is_repeat = known.doses.iter().any(|known| known.date == day);
        return if is_repeat {
            Ok(Recorded::Known)
        } else {
            Err(AppError::NotNow("id_reused"))
        };
    }
    app.facts_changed(person);
    app.mark(by.actor(), "dose_recorded", ("person", person.0), "")
        .await?;
    Ok(Recorded::New)
}

/// Records a test result. The client chooses the id.
///
/// # Errors
/// A fault at `date`; `NotAllowed`; `NotFound`.
pub async fn record_test(
    app: &App,
    by: By<'_>,
    person: PersonId,
    id: RequestId,
    test: TestResult,
) -> Result<Recorded> {
    by.require_any(&RECORDERS)?;
    let facts = facts(app, person).await?;
    check_date(test.date, &facts, app.now())?;
    let sourced = [Sourced {
        person,
        fact: test,
        source: source(by, id),
    }];
    let recorded = app.store.record_tests(&sourced, app.now()).await?;
    app.facts_changed(person);
    app.mark(by.actor(), "test_recorded", ("person", person.0), "")
        .await?;
    Ok(Recorded::from_new(
        recorded.first().is_some_and(Option::is_some),
    ))
}

/// Records a day of close contact with a case.
///
/// # Errors
/// A fault at `date`; `NotAllowed`; `NotFound`.
pub async fn record_contact(
    app: &App,
    by: By<'_>,
    person: PersonId,
    day: Date,
) -> Result<Recorded> {
    by.require_any(&[Role::Authority, Role::Tracer])?;
    let facts = facts(app, person).await?;
    check_date(day, &facts, app.now())?;
    let is_new = app.store.record_contact(person, day, app.now()).await?;
    app.facts_changed(person);
    app.mark(by.actor(), "contact_recorded", ("person", person.0), "")
        .await?;
    Ok(Recorded::from_new(is_new))
}

/// Puts a medical exemption from vaccination on record, or takes it off.
///
/// # Errors
/// `NotAllowed`; `NotFound`.
pub async fn set_exempt(app: &App, by: By<'_>, person: PersonId, exempt: bool) -> Result<()> {
    by.require_any(&[Role::Authority])?;
    facts(app, person).await?;
    app.store.set_exempt(person, exempt).await?;
    app.facts_changed(person);
    let action = if exempt {
        "exempted"
    } else {
        "exemption_ended"
    };
    app.mark(by.actor(), action, ("person", person.0), "").await
}

async fn facts(app: &App, person: PersonId) -> Result<Facts> {
    app.store.facts(person).await?.ok_or(AppError::NotFound)
}

fn source(by: By<'_>, id: RequestId) -> (String, String) {
    let kind = match by {
        By::Staff(principal) if principal.has(Role::Booth) => "booth",
        By::Staff(_) => "authority",
        By::CommandLine => "system",
    };
    (kind.to_owned(), data_encoding::HEXLOWER.encode(&id.0))
}

/// The last day that has begun anywhere in the country.
pub(crate) fn today(now: Time) -> Date {
    Zone::Wit.day_of(now).date()
}

/// Why a day cannot be one on which something happened to this person.
pub(crate) fn date_fault(day: Date, facts: &Facts, now: Time) -> Option<&'static str> {
    let is_before_birth = facts.birth_date.is_some_and(|birth| day < birth.expose());
    if day > today(now) {
        Some("in_future")
    } else if is_before_birth {
        Some("before_birth")
    } else {
        None
    }
}

fn check_date(day: Date, facts: &Facts, now: Time) -> Result<()> {
    match date_fault(day, facts, now) {
        Some(code) => Err(AppError::Faults(vec![Fault::new("date", code)])),
        None => Ok(()),
    }
}

/// What is wrong with a dose for this person.
pub(crate) fn dose_faults(dose: &Dose, facts: &Facts, now: Time) -> Vec<Fault> {
    let mut faults = Vec::new();
    if let Some(code) = date_fault(dose.date, facts, now) {
        faults.push(Fault::new("date", code));
    }
    if dose.product.is_empty() {
        faults.push(Fault::new("product", "missing"));
    } else if !is_short_plain(&dose.product) {
        faults.push(Fault::new("product", "label"));
    }
    if !(1..=DOSE_NUMBER_MAX).contains(&dose.number) {
        faults.push(Fault::new("number", "dose_number").with("max", DOSE_NUMBER_MAX));
    }
    if dose
        .batch
        .as_deref()
        .is_some_and(|batch| !is_short_plain(batch))
    {
        faults.push(Fault::new("batch", "label"));
    }
    faults
}

fn is_short_plain(text: &str) -> bool {
    text.chars().count() <= TEXT_CHARACTERS_MAX && text.chars().all(is_plain)
}
