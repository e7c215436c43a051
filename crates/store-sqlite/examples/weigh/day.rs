//! A made-up day: a thousand venues, a hundred thousand people, from six in the morning on.

use crate::measure::Stopwatch;
use gapura_domain::door::{Answer, CheckIn, Command, DoorPlan};
use gapura_domain::ids::{DecisionId, RoomId, VenueId};
use gapura_domain::status::Colour;
use gapura_domain::time::{LocalDay, Time, Zone};
use gapura_domain::verdict::{Exit, Way};
use gapura_store::contract::scene::{plan, request, scan};
use gapura_store::{Doors, StoreError};
use gapura_store_sqlite::SqliteStore;
use std::sync::Arc;

const VENUES: u64 = 1000;
const PEOPLE: u64 = 100_000;
const TASKS: usize = 64;

/// Commands with their times.
pub(crate) type Asked = Vec<(Command, Time)>;

/// The day.
pub(crate) struct Day {
    visits: u64,
    plans: Vec<Arc<DoorPlan>>,
}

fn mix(number: u64) -> u64 {
    let mixed = (number ^ (number >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 20
}

fn doors() -> Vec<Arc<DoorPlan>> {
    let door = |venue: u64| {
        let plan = DoorPlan {
            venue: VenueId(venue),
            room: RoomId(3 * venue),
            ..plan(venue)
        };
        Arc::new(plan)
    };
    (1..=VENUES).map(door).collect()
}

impl Day {
    /// 22 November 2026.
    pub(crate) const DAY: LocalDay = LocalDay(20_779);

    /// Minutes at whose doors people come.
    pub(crate) const MINUTES: u64 = 960;

    /// Inside in the evening.
    pub(crate) const INSIDE: u64 = 50_000;

    pub(crate) fn of(visits: u64) -> Self {
        let plans = doors();
        Self { visits, plans }
    }

    pub(crate) fn visits(&self) -> u64 {
        self.visits
    }

    fn begin() -> Time {
        Zone::Wib.time_at(Self::DAY, 6 * 60)
    }

    pub(crate) fn end() -> Time {
        Zone::Wib.time_at(Self::DAY, 23 * 60)
    }

    fn a_minute(&self) -> u64 {
        self.visits.div_ceil(Self::MINUTES)
    }

    fn time_of(&self, number: u64) -> Time {
        let second = number * 60 / self.a_minute();
        Self::begin().plus_s(i64::try_from(second).unwrap_or(0))
    }

    /// The check-in with this number. Most people come through a few doors near home.
    pub(crate) fn check_in(&self, number: u64) -> CheckIn {
        let at = self.time_of(number);
        // Nobody comes again within a tenth of the day's visits.
        let person = number.wrapping_mul(7919) % PEOPLE + 1;
        let venue = (person + mix(number) % 7) % VENUES;
        let plan = &self.plans[usize::try_from(venue).unwrap_or(0)];
        let mut ask = scan(number, plan, &[person], Colour::Green, at);
        let random = mix(number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        ask.request = request(number, at);
        // As the client's clock has it, a little before.
        let ms = (ask.request.unix_ms() - i64::try_from(random % 900).unwrap_or(0)).to_be_bytes();
        ask.request.0[..6].copy_from_slice(&ms[2..]);
        ask.request.0[7] = random.to_be_bytes()[1];
        ask.way = if number.is_multiple_of(3) {
            Way::Screen
        } else {
            Way::Device
        };
        ask.plan = Arc::clone(plan);
        ask
    }

    /// The numbers of a minute's check-ins.
    pub(crate) fn numbers(&self, minute: u64) -> std::ops::Range<u64> {
        let first = minute * self.a_minute();
        first.min(self.visits)..(first + self.a_minute()).min(self.visits)
    }

    /// Check-ins of a minute.
    pub(crate) fn check_ins(&self, minute: u64) -> Asked {
        let asked = self.numbers(minute).map(|number| {
            let ask = self.check_in(number);
            (Command::CheckIn(ask), self.time_of(number))
        });
        asked.collect()
    }

    /// Check-outs of those who came forty minutes before. Two thirds remember it; the others are
    /// ended by time or elsewhere.
    pub(crate) fn check_outs(&self, minute: u64, visits: &[DecisionId]) -> Asked {
        let now = Self::begin().plus_s(i64::try_from(minute * 60).unwrap_or(0));
        let before = minute.checked_sub(40).map(|minute| self.numbers(minute));
        let leaving = before.into_iter().flatten();
        let leaving = leaving.filter(|number| !number.is_multiple_of(3));
        let asked = leaving.map(|number| {
            let at = now.plus_s(i64::try_from(mix(number) % 60).unwrap_or(0));
            let command = Command::CheckOut {
                visit: visits[usize::try_from(number).unwrap_or(0)],
                at: Some(at),
                exit: Exit::Visitor,
                whole_party: false,
            };
            (command, at)
        });
        asked.collect()
    }

    /// People who come in the evening and stay, and then some who come and go.
    pub(crate) fn evening() -> Asked {
        let plans = doors();
        let late = Zone::Wib.time_at(Self::DAY, 23 * 60 + 30);
        let ask = |number: u64| {
            let plan = &plans[usize::try_from(number % VENUES).unwrap_or(0)];
            let person = 1_000_000 + number % (Self::INSIDE + 5000);
            let ask = scan(10_000_000 + number, plan, &[person], Colour::Green, late);
            (
                Command::CheckIn(CheckIn {
                    plan: Arc::clone(plan),
                    ..ask
                }),
                late,
            )
        };
        (0..2 * Self::INSIDE).map(ask).collect()
    }
}

/// Decides all of them, many at once: the answers in their order, and how many microseconds each
/// waited.
pub(crate) async fn decide_all(
    store: &SqliteStore,
    asked: Asked,
) -> Result<Vec<(Answer, u64)>, StoreError> {
    let mut shares: Vec<Vec<(usize, Command, Time)>> = (0..TASKS).map(|_| Vec::new()).collect();
    let mut answers: Vec<Option<(Answer, u64)>> = asked.iter().map(|_| None).collect();
    for (place, (command, at)) in asked.into_iter().enumerate() {
        shares[place % TASKS].push((place, command, at));
    }
    let mut tasks = tokio::task::JoinSet::new();
    for share in shares {
        let store = store.clone();
        tasks.spawn(async move {
            let mut answers = Vec::with_capacity(share.len());
            for (place, command, at) in share {
                let watch = Stopwatch::start();
                let answer = store.decide(command, at).await?;
                answers.push((place, (answer, watch.micros())));
            }
            Ok::<_, StoreError>(answers)
        });
    }
    for share in tasks.join_all().await {
        for (place, answer) in share? {
            answers[place] = Some(answer);
        }
    }
    Ok(answers.into_iter().flatten().collect())
}
