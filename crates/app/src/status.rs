//! What a door asks about a person: the colour now, and what goes with it.
//!
//! A status holds for the local day at the door, so it is remembered until that day's midnight; where
//! a rule reads the time of day, for a minute. Whatever changes the facts of a person calls
//! [`App::facts_changed`] once the change is durable, and the next scan sees it (see `fresh`). With
//! several server processes on one database each remembers for itself; facts then carry their version.

use crate::App;
use crate::error::Result;
use crate::rules_in_force::RulesInForce;
use crate::vault::Purpose;
use certlogic::Limits;
use gapura_domain::door::Member;
use gapura_domain::ids::PersonId;
use gapura_domain::person::BirthDate;
use gapura_domain::status::{Colour, Facts, Status, TestKind};
use gapura_domain::time::{Time, Zone};
use gapura_store::Actor;
use jiff::civil::Date;
use serde_json::{Value, json};
use std::sync::Arc;

const ADULT_YEARS: u8 = 18;
const CHILD_BELOW_YEARS: u8 = 12;

/// For how long a status is remembered whose rules read the time of day.
const TIME_OF_DAY_S: i64 = 60;

/// A known person, as a door needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownMember {
    /// Pseudonym and status.
    pub member: Member,
    /// "S. W.".
    pub initials: Arc<str>,
    /// The account that a companion belongs to.
    pub guardian: Option<PersonId>,
    /// Whether somebody looked at the ID.
    pub is_verified: bool,
    /// Passes with a lower number are not valid any more.
    pub pass_epoch: u32,
}

/// What a door in this zone needs to know about a person now; `None` for nobody known here.
pub async fn member(
    app: &App,
    person: PersonId,
    zone: Zone,
    now: Time,
) -> Result<Option<KnownMember>> {
    if let Some(known) = app.members.get(&(person, zone), now) {
        return Ok(Some(known));
    }
    read_member(app, person, zone, now).await
}

async fn read_member(
    app: &App,
    person: PersonId,
    zone: Zone,
    now: Time,
) -> Result<Option<KnownMember>> {
    let ticket = app.members.begin(&(person, zone));
    let (Some(facts), Some(known)) = (
        app.store.facts(person).await?,
        app.store.person(person).await?,
    ) else {
        return Ok(None);
    };
    let record = app
        .open_record(person, Purpose::InitialsAtDoor, Actor::System)
        .await?;
    let initials = record.map_or_else(|| Arc::from(""), |record| record.name.initials().into());
    let day = zone.day_of(now);
    let status = status(&app.rules, &facts, day.date(), now, zone);
    let known = KnownMember {
        member: member_of(person, status, &facts, day.date()),
        initials,
        guardian: known.guardian,
        is_verified: known.is_verified,
        pass_epoch: known.pass_epoch,
    };
    let midnight = zone.time_at(day.plus_days(1), 0);
    let until = if app.rules.reads_now {
        midnight.min(now.plus_s(TIME_OF_DAY_S))
    } else {
        midnight
    };
    let key = (person, zone);
    app.members.keep(ticket, key, known.clone(), now, until);
    Ok(Some(known))
}

impl App {
    /// Forgets what doors know of a person. To be called when a change of facts, name, guardian or
    /// passes is durable.
    pub fn facts_changed(&self, person: PersonId) {
        for zone in [Zone::Wib, Zone::Wita, Zone::Wit] {
            self.members.forget(&(person, zone));
        }
    }
}

fn member_of(person: PersonId, status: Status, facts: &Facts, today: Date) -> Member {
    let age = facts.birth_date.map(|birth| birth.age_years(today));
    Member {
        person,
        status,
        is_adult: age.is_some_and(|years| years >= ADULT_YEARS),
        follows_adult: age.is_some_and(|years| years < CHILD_BELOW_YEARS)
            && facts.doses.iter().all(|dose| dose.date > today)
            && status.colour != Colour::Black,
    }
}

/// The colour that the rules give to these facts on a local day. An error gives *none*.
pub fn status(rules: &RulesInForce, facts: &Facts, today: Date, now: Time, zone: Zone) -> Status {
    let document = facts_document(facts, today, now, zone);
    let outcome = rules.set.status(&document, Limits::default());
    if let Some(error) = &outcome.error {
        // The error names the place in the rules and kinds of values, no values.
        tracing::warn!(rules = rules.version, %error, "a status rule could not be evaluated");
    }
    Status {
        colour: Colour::from_name(outcome.colour).unwrap_or(Colour::None),
        entry: outcome.entry.and_then(|entry| u8::try_from(entry).ok()),
        rules: rules.id,
        facts_version: facts.version,
    }
}

/// The facts as conditions read them (see `rules/README.md`): nothing later than `today`, oldest
/// first. Somebody of whom only the second dose is on record has had two, so `dose_count` is the
/// greater of how many doses there are and the highest number among them.
pub fn facts_document(facts: &Facts, today: Date, now: Time, zone: Zone) -> Value {
    let doses: Vec<_> = facts
        .doses
        .iter()
        .filter(|dose| dose.date <= today)
        .collect();
    let highest = doses.iter().map(|dose| usize::from(dose.number)).max();
    let tests = facts.tests.iter().filter(|test| test.date <= today);
    let contacts = facts.contacts.iter().filter(|day| **day <= today);
    let local = now
        .to_jiff()
        .to_zoned(jiff::tz::Offset::constant(zone.offset_hours()).to_time_zone());
    json!({
        "payload": {
            "birth_date": facts.birth_date.map(|birth| BirthDate::expose(birth).to_string()),
            "doses": doses.iter().map(|dose| json!({
                "date": dose.date.to_string(),
                "product": dose.product,
                "number": dose.number,
            })).collect::<Vec<_>>(),
            "dose_count": doses.len().max(highest.unwrap_or(0)),
            "last_dose_product": doses.last().map(|dose| &dose.product),
            "tests": tests.map(|test| json!({
                "kind": match test.kind {
                    TestKind::Pcr => "pcr",
                    TestKind::Antigen => "antigen",
                },
                "result": if test.positive { "positive" } else { "negative" },
                "date": test.date.to_string(),
            })).collect::<Vec<_>>(),
            "contacts": contacts.map(|day| json!({"date": day.to_string()})).collect::<Vec<_>>(),
            "exempt": facts.exempt,
        },
        "external": {
            "today": today.to_string(),
            "now": local.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use gapura_domain::status::{Dose, TestResult};
    use jiff::civil::date;

    fn rules() -> RulesInForce {
        let text = include_str!("../../../rules/id-2022-07.json");
        RulesInForce::from_text("id-2022-07", text).expect("a good rule set")
    }

    fn dose(day: Date, number: u8) -> Dose {
        Dose {
            date: day,
            product: "CoronaVac".into(),
            number,
            batch: None,
        }
    }

    fn facts(birth: Option<Date>, doses: Vec<Dose>) -> Facts {
        Facts {
            birth_date: birth.map(BirthDate::from_store),
            doses,
            tests: Vec::new(),
            contacts: Vec::new(),
            exempt: false,
            version: 3,
        }
    }

    const NOW: Time = Time(1_658_278_800);
    const TODAY: Date = date(2022, 7, 20);

    fn colour(facts: &Facts) -> Colour {
        status(&rules(), facts, TODAY, NOW, Zone::Wib).colour
    }

    #[test]
    fn the_document_is_the_one_that_rules_are_written_for() {
        let mut facts = facts(
            Some(date(1990, 5, 17)),
            vec![dose(date(2021, 3, 1), 1), dose(date(2022, 7, 21), 2)],
        );
        facts.tests.push(TestResult {
            date: date(2021, 8, 2),
            kind: TestKind::Pcr,
            positive: false,
        });
        facts.contacts.push(date(2021, 7, 30));
        assert_eq!(
            facts_document(&facts, TODAY, NOW, Zone::Wit),
            json!({
                "payload": {
                    "birth_date": "1990-05-17",
                    "doses": [{"date": "2021-03-01", "product": "CoronaVac", "number": 1}],
                    "dose_count": 1,
                    "last_dose_product": "CoronaVac",
                    "tests": [{"kind": "pcr", "result": "negative", "date": "2021-08-02"}],
                    "contacts": [{"date": "2021-07-30"}],
                    "exempt": false,
                },
                "external": {"today": "2022-07-20", "now": "2022-07-20T10:00:00+09:00"},
            })
        );
    }

    #[test]
    fn a_booster_known_by_its_number_alone_counts_as_three_doses() {
        let born = Some(date(1990, 5, 17));
        let third_only = facts(born, vec![dose(date(2022, 1, 1), 3)]);
        assert_eq!(colour(&third_only), Colour::Green);
        assert_eq!(colour(&facts(born, vec![])), Colour::Red);
        assert_eq!(colour(&facts(None, vec![])), Colour::None);
    }

    #[test]
    fn facts_that_no_rule_can_read_give_no_colour() {
        let mut text = include_str!("../../../rules/id-2022-07.json").to_owned();
        text = text.replace("payload.dose_count", "payload.last_dose_product");
        let broken = RulesInForce::from_text("broken", &text).expect("well formed");
        let facts = facts(Some(date(1990, 5, 17)), vec![dose(date(2022, 1, 1), 3)]);
        let status = status(&broken, &facts, TODAY, NOW, Zone::Wib);
        assert_eq!((status.colour, status.entry), (Colour::None, None));
    }

    #[test]
    fn a_child_follows_an_adult_until_it_is_twelve_or_has_a_dose_or_is_black() {
        let member = |facts: &Facts| {
            let status = status(&rules(), facts, TODAY, NOW, Zone::Wib);
            let member = member_of(PersonId(1), status, facts, TODAY);
            (member.is_adult, member.follows_adult)
        };
        let child = facts(Some(date(2010, 7, 21)), vec![]);
        assert_eq!(member(&child), (false, true));
        assert_eq!(
            member(&facts(Some(date(2010, 7, 20)), vec![])),
            (false, false)
        );
        assert_eq!(
            member(&facts(Some(date(2004, 7, 20)), vec![])),
            (true, false)
        );
        assert_eq!(
            member(&facts(Some(date(2004, 7, 21)), vec![])),
            (false, false)
        );
        assert_eq!(member(&facts(None, vec![])), (false, false));
        let dosed = facts(
            child.birth_date.map(BirthDate::expose),
            vec![dose(TODAY, 1)],
        );
        assert_eq!(member(&dosed), (false, false));
        let mut ill = child;
        ill.contacts.push(TODAY);
        assert_eq!(member(&ill), (false, false));
    }
}
