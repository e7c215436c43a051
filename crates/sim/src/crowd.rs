//! Many people at once, made known as an authority's import makes them known, with sessions and cards as
//! signing in and printing would have given them one by one.

use crate::history::History;
use crate::population::Invented;
use data_encoding::BASE64URL_NOPAD;
use futures_util::future::try_join_all;
use gapura_app::App;
use gapura_app::error::{AppError, Result};
use gapura_app::keys::HashOf;
use gapura_app::make_known::{Newcomer, make_known};
use gapura_app::person_form::ReadPerson;
use gapura_domain::ids::PersonId;
use gapura_domain::time::Zone;
use gapura_pass::Card;
use gapura_store::StoreError;
use gapura_store::people::Sourced;
use std::net::{IpAddr, Ipv4Addr};

/// Things of one kind that wait for the disk together.
const TOGETHER: usize = 512;
/// As signing in gives them.
const SESSION_LIFE_S: i64 = 90 * 86_400;
const CARD_LIFE_S: i64 = 5 * 365 * 86_400;

/// Makes people known whose IDs somebody has looked at, and puts on record what happened to them. Gives
/// their pseudonyms in the same order.
pub(crate) async fn settle(app: &App, people: &[(Invented, History)]) -> Result<Vec<PersonId>> {
    let newcomers = people.iter().map(|(invented, _)| Newcomer {
        person: ReadPerson {
            name: invented.name.clone(),
            birth_date: invented.birth_date,
            nik: Some(invented.nik.clone()),
        },
        contact: Some(invented.contact.clone()),
        is_verified: true,
    });
    let known = make_known(app, newcomers).await?;
    let histories = known.iter().zip(people);
    let histories: Vec<(PersonId, History)> = histories
        .map(|(person, (_, history))| (*person, *history))
        .collect();
    record(app, &histories).await?;
    Ok(known)
}

/// Puts on record what happened to people.
pub(crate) async fn record(app: &App, people: &[(PersonId, History)]) -> Result<()> {
    let now = app.now();
    let today = Zone::Wib.day_of(now).date();
    for people in people.chunks(TOGETHER) {
        let (mut doses, mut tests) = (Vec::new(), Vec::new());
        for (person, history) in people {
            let source = |number: usize| ("invented".to_owned(), format!("{}-{number}", person.0));
            let facts = history.facts(None, today);
            doses.extend(
                facts
                    .doses
                    .into_iter()
                    .enumerate()
                    .map(|(number, fact)| Sourced {
                        person: *person,
                        fact,
                        source: source(number),
                    }),
            );
            tests.extend(
                facts
                    .tests
                    .into_iter()
                    .enumerate()
                    .map(|(number, fact)| Sourced {
                        person: *person,
                        fact,
                        source: source(number),
                    }),
            );
            for day in facts.contacts {
                app.store.record_contact(*person, day, now).await?;
            }
        }
        app.store.record_doses(&doses, now).await?;
        app.store.record_tests(&tests, now).await?;
        for (person, _) in people {
            app.facts_changed(*person);
        }
    }
    Ok(())
}

/// An address of this machine for each device, since enrolments from one address are few.
pub(crate) fn client(number: usize) -> IpAddr {
    let number = u32::try_from(number % (1 << 24)).unwrap_or(0);
    IpAddr::from(Ipv4Addr::from_bits(Ipv4Addr::LOCALHOST.to_bits() + number))
}

/// Begins a session for each, and gives what their cookies hold.
pub(crate) async fn begin_sessions(app: &App, people: &[PersonId]) -> Result<Vec<String>> {
    let now = app.now();
    let until = now.plus_s(SESSION_LIFE_S);
    let mut secrets = Vec::with_capacity(people.len());
    for people in people.chunks(TOGETHER) {
        let begun = people.iter().map(|person| {
            let secret: [u8; 32] = app.random();
            secrets.push(BASE64URL_NOPAD.encode(&secret));
            let hash = app.keys.hash(HashOf::VisitorToken, &secret);
            app.store.begin_visitor_session(hash, *person, now, until)
        });
        try_join_all(begun.collect::<Vec<_>>()).await?;
    }
    Ok(secrets)
}

/// Gives a card to each, and what stands in its code.
pub(crate) async fn issue_cards(app: &App, people: &[PersonId]) -> Result<Vec<String>> {
    let now = app.now();
    let issuer = app.keys.ring().issuer();
    let mut texts = Vec::with_capacity(people.len());
    for people in people.chunks(TOGETHER) {
        let cards = people
            .iter()
            .map(|person| app.store.issue_card(*person, now));
        let cards = try_join_all(cards.collect::<Vec<_>>()).await?;
        for (person, card) in people.iter().zip(cards) {
            let text = issuer.issue_card(&Card {
                person: person.0,
                serial: card.0,
                issued_at: now.0,
                expires_at: now.plus_s(CARD_LIFE_S).0,
            });
            texts.push(text.map_err(|error| AppError::Store(StoreError::other(error)))?);
        }
    }
    Ok(texts)
}
