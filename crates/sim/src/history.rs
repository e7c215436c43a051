//! What may have happened to people: doses, infections, contacts, from which rules make a colour.

use gapura_app::rules_in_force::RulesInForce;
use gapura_app::status::status;
use gapura_domain::person::BirthDate;
use gapura_domain::status::{Colour, Dose, Facts, TestKind, TestResult};
use gapura_domain::time::{Time, Zone};
use jiff::ToSpan;
use jiff::civil::Date;

/// Product of the first doses, and of the third.
const PRODUCTS: [&str; 3] = ["CoronaVac", "CoronaVac", "AstraZeneca"];

/// Days ago of a person's doses by how many there are: four weeks apart, the third half a year later.
const DOSES_DAYS_AGO: [&[i64]; 4] = [&[], &[60], &[250, 222], &[430, 402, 200]];

/// What happened to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct History {
    /// Doses, at most three.
    pub doses: usize,
    /// Days since a positive PCR test.
    pub positive_days_ago: Option<i64>,
    /// Days since a close contact.
    pub contact_days_ago: Option<i64>,
}

impl History {
    const fn doses(doses: usize) -> Self {
        Self {
            doses,
            positive_days_ago: None,
            contact_days_ago: None,
        }
    }

    /// Histories with how many of a hundred people have them, about as in Indonesia in mid 2022.
    pub const ALL: [(Self, u32); 6] = [
        (Self::doses(3), 58),
        (Self::doses(2), 24),
        (Self::doses(1), 6),
        (Self::doses(0), 8),
        (
            Self {
                doses: 2,
                positive_days_ago: Some(3),
                contact_days_ago: None,
            },
            1,
        ),
        (
            Self {
                doses: 3,
                positive_days_ago: None,
                contact_days_ago: Some(5),
            },
            3,
        ),
    ];

    /// The facts that are on record of somebody with this history.
    pub fn facts(self, birth_date: Option<BirthDate>, today: Date) -> Facts {
        let ago = |days: i64| today.saturating_sub(days.days());
        let doses = DOSES_DAYS_AGO[self.doses.min(3)]
            .iter()
            .zip(PRODUCTS)
            .zip(1..);
        Facts {
            birth_date,
            doses: doses
                .map(|((days, product), number)| Dose {
                    date: ago(*days),
                    product: product.to_owned(),
                    number,
                    batch: None,
                })
                .collect(),
            tests: Vec::from_iter(self.positive_days_ago.map(|days| TestResult {
                date: ago(days),
                kind: TestKind::Pcr,
                positive: true,
            })),
            contacts: Vec::from_iter(self.contact_days_ago.map(ago)),
            exempt: false,
            version: 1,
        }
    }

    /// The histories that give somebody of this age a colour under the rules in force, the likeliest
    /// first; none if the rules do not use it.
    pub fn of_colour(
        colour: Colour,
        birth_date: BirthDate,
        rules: &RulesInForce,
        now: Time,
    ) -> Vec<Self> {
        let zone = Zone::Wib;
        let today = zone.day_of(now).date();
        let mut all = Self::ALL;
        all.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
        all.into_iter()
            .map(|(history, _)| history)
            .filter(|history| {
                let facts = history.facts(Some(birth_date), today);
                status(rules, &facts, today, now, zone).colour == colour
            })
            .collect()
    }
}
