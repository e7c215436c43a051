//! The demo's people: a visitor of each colour with family, or a whole synthetic population, and others
//! who fill the day.

use super::{DemoCompanion, DemoVisitor, Options, Outside, PASSERS_BY};
use crate::crowd;
use crate::dice::Dice;
use crate::history::History;
use crate::population::{Invented, Wanted, invent};
use gapura_app::companions::add_companion;
use gapura_app::error::{AppError, Result};
use gapura_app::person_form::PersonForm;
use gapura_app::{App, status};
use gapura_domain::ids::PersonId;
use gapura_domain::status::Colour;
use gapura_domain::time::Zone;
use jiff::civil::Date;

/// Ages of people who have a phone of their own.
const WITH_PHONE: (u32, u32) = (15, 80);

/// A visitor of the handful: colour and ages, and the ages of those who come along.
struct Part {
    colour: Colour,
    ages: (u32, u32),
    companions: &'static [(u32, u32)],
}

const fn part(colour: Colour, ages: (u32, u32), companions: &'static [(u32, u32)]) -> Part {
    Part {
        colour,
        ages,
        companions,
    }
}

/// The handful. Children without a dose come with a green parent and with a red one.
const CAST: [Part; 7] = [
    part(Colour::Green, (31, 40), &[(7, 10), (66, 74)]),
    part(Colour::Green, (20, 29), &[]),
    part(Colour::Yellow, (25, 45), &[]),
    part(Colour::Yellow, (61, 70), &[]),
    part(Colour::Red, (35, 50), &[(8, 11)]),
    part(Colour::Black, (22, 40), &[]),
    part(Colour::Black, (41, 60), &[]),
];

/// Somebody to be settled, with the ages of those who come along.
type Settler = ((Invented, History), &'static [(u32, u32)]);

/// Makes everybody known. Gives the visitors, and the pseudonyms of those who only pass by.
pub(super) async fn settle(
    app: &App,
    options: Options,
    outside: &Outside<'_>,
    dice: &mut Dice,
) -> Result<(Vec<DemoVisitor>, Vec<PersonId>)> {
    let today = Zone::Wib.day_of(app.now()).date();
    let mut number = 0;
    let settlers = match options.people {
        None => cast(app, today, &mut number, dice),
        Some(count) => population(count, today, &mut number, dice),
    };
    let (people, families): (Vec<_>, Vec<_>) = settlers.into_iter().unzip();
    let known = crowd::settle(app, &people).await?;
    let sessions = crowd::begin_sessions(app, &known).await?;
    let cards = crowd::issue_cards(app, &known).await?;
    let mut visitors = Vec::with_capacity(known.len());
    let signed_in = known.iter().zip(sessions).zip(cards);
    for (((invented, _), ages), ((person, session), credential)) in
        people.iter().zip(families).zip(signed_in)
    {
        let companions = family(app, *person, ages, (today, &mut number), outside, dice).await?;
        visitors.push(DemoVisitor {
            name: invented.name.expose().to_owned(),
            status: colour(app, *person).await?,
            login: invented.contact.expose().to_owned(),
            outbox: outside.outbox.to_owned(),
            session: format!("{}={session}", outside.visitor_cookie),
            credential,
            companions,
        });
    }
    let passers_by = population(PASSERS_BY, today, &mut number, dice);
    let passers_by: Vec<_> = passers_by.into_iter().map(|(person, _)| person).collect();
    Ok((visitors, crowd::settle(app, &passers_by).await?))
}

async fn colour(app: &App, person: PersonId) -> Result<String> {
    let known = status::member(app, person, Zone::Wib, app.now()).await?;
    let member = known.ok_or(AppError::NotFound)?.member;
    Ok(member.status.colour.name().to_owned())
}

fn next(number: &mut u32, wanted: Wanted, today: Date, dice: &mut Dice) -> Invented {
    let invented = invent(*number, wanted, today, dice);
    *number += 1;
    invented
}

/// The handful, each with the history that gives the colour under the rules in force. A colour that they
/// do not use is left out, and the second of a colour gets the second history that gives it.
fn cast(app: &App, today: Date, number: &mut u32, dice: &mut Dice) -> Vec<Settler> {
    let mut before: Vec<Colour> = Vec::new();
    let mut people = Vec::new();
    for part in &CAST {
        let wanted = Wanted {
            ages: Some(part.ages),
            ..Wanted::default()
        };
        let invented = next(number, wanted, today, dice);
        let histories = History::of_colour(part.colour, invented.birth_date, &app.rules, app.now());
        let again = before
            .iter()
            .filter(|colour| **colour == part.colour)
            .count();
        before.push(part.colour);
        let history = histories.get(again).or(histories.first());
        people.extend(history.map(|history| ((invented, *history), part.companions)));
    }
    people
}

fn population(count: u32, today: Date, number: &mut u32, dice: &mut Dice) -> Vec<Settler> {
    let wanted = Wanted {
        ages: None,
        ..Wanted::default()
    };
    let mut people = Vec::new();
    while people.len() < count as usize {
        let invented = next(number, wanted, today, dice);
        let age = u32::from(invented.birth_date.age_years(today));
        if (WITH_PHONE.0..=WITH_PHONE.1).contains(&age) {
            let history = History::ALL[dice.weighted(&History::ALL.map(|(_, weight)| weight))].0;
            people.push(((invented, history), [].as_slice()));
        }
    }
    people
}

/// Adds those who come along to a visitor's account. Children have no dose, elders all of them.
async fn family(
    app: &App,
    of: PersonId,
    ages: &[(u32, u32)],
    (today, number): (Date, &mut u32),
    outside: &Outside<'_>,
    dice: &mut Dice,
) -> Result<Vec<DemoCompanion>> {
    let mut family = Vec::new();
    for ages in ages {
        let wanted = Wanted {
            ages: Some(*ages),
            ..Wanted::default()
        };
        let invented = next(number, wanted, today, dice);
        let form = PersonForm {
            name: invented.name.expose().to_owned(),
            birth_date: invented.birth_date.expose().to_string(),
            nik: invented.nik.expose().to_owned(),
        };
        let added = add_companion(app, of, &form).await?;
        if ages.0 >= 18 {
            crowd::record(app, &[(added.person, History::ALL[0].0)]).await?;
        }
        family.push(DemoCompanion {
            person: (outside.person)(added.person),
            name: invented.name.expose().to_owned(),
            status: colour(app, added.person).await?,
        });
    }
    Ok(family)
}
