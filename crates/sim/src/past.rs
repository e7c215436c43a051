//! Days that were never lived: people come and go through the doors of a store as on any weekday.
//!
//! Every visit is decided by the store's own ledger at the time at which it is said to have happened,
//! so what is there afterwards is what real days would have left.

use crate::dice::Dice;
use futures_util::future::join_all;
use gapura_domain::door::{Answer, CheckIn, Command, DoorPlan, Intent, Member, Party};
use gapura_domain::hours::OpenState;
use gapura_domain::ids::{DecisionId, RequestId};
use gapura_domain::time::Time;
use gapura_domain::verdict::{Exit, Way};
use gapura_store::{Doors, Result};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

/// Commands that wait for one answer of the disk.
const BATCH: usize = 1_024;

/// How many come in each hour of a day, by weight: service counters from eight to three, malls until
/// nine in the evening.
const HOURS: [u32; 24] = [
    0, 0, 0, 0, 0, 0, 1, 4, 10, 13, 13, 10, 7, 9, 10, 8, 7, 7, 8, 6, 3, 1, 0, 0,
];

/// Of ten visits so many begin with a device, with the code of a gate's screen, with a poster.
const WAYS: [(Way, u32); 3] = [(Way::Device, 6), (Way::Screen, 2), (Way::Poster, 2)];

/// Of ten visitors so many check out; the door's hours end the other visits.
const CHECK_OUT_OF_10: u32 = 7;

/// Shortest and longest stay of those who check out, in minutes.
const STAY_MINUTES: (u32, u32) = (4, 90);

/// So many doors somebody thinks of before staying at home because all of them are closed.
const DOORS_TRIED: u32 = 8;

/// Where people go and who goes there.
#[derive(Clone, Copy)]
pub struct Crowd<'a> {
    /// Doors, each as likely as the other.
    pub doors: &'a [Arc<DoorPlan>],
    /// People, each with the status that the door sees.
    pub people: &'a [Member],
}

/// What a stretch of time left behind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lived {
    /// Visits that began.
    pub visits: u64,
    /// Check-ins that were refused, or that an officer should have looked at.
    pub turned_away: u64,
    /// Visits that their visitors ended.
    pub check_outs: u64,
}

/// Somebody who wants to go out, and when.
type Leaving = BinaryHeap<Reverse<(Time, DecisionId)>>;

/// Lets `check_ins` people come between local midnight of the first door and `until`, so many in each
/// hour as the day's shape says. Nobody is left who wanted to check out before `until`.
///
/// # Errors
/// Those of the store.
pub async fn live_a_day<S: Doors + ?Sized>(
    store: &S,
    crowd: Crowd<'_>,
    until: Time,
    check_ins: u32,
    dice: &mut Dice,
) -> Result<Lived> {
    let mut lived = Lived::default();
    let mut leaving = Leaving::new();
    let mut batch = Vec::with_capacity(BATCH);
    for at in arrivals(crowd, until, check_ins, dice) {
        while let Some(leave) = next_before(&mut leaving, at) {
            batch.push(leave);
        }
        if let Some(check_in) = check_in(crowd, at, dice) {
            batch.push((check_in, at));
        }
        if batch.len() >= BATCH {
            flush(store, &mut batch, &mut leaving, &mut lived, dice).await?;
        }
    }
    flush(store, &mut batch, &mut leaving, &mut lived, dice).await?;
    while let Some(leave) = next_before(&mut leaving, until) {
        batch.push(leave);
        if batch.len() >= BATCH {
            flush(store, &mut batch, &mut leaving, &mut lived, dice).await?;
        }
    }
    flush(store, &mut batch, &mut leaving, &mut lived, dice).await?;
    store.decide(Command::Sweep, until).await?;
    Ok(lived)
}

/// The times at which people come, in order.
fn arrivals(crowd: Crowd<'_>, until: Time, check_ins: u32, dice: &mut Dice) -> Vec<Time> {
    let Some(door) = crowd.doors.first().filter(|_| !crowd.people.is_empty()) else {
        return Vec::new();
    };
    // The last second that belongs to the day.
    let midnight = door.zone.time_at(door.zone.day_of(until.plus_s(-1)), 0);
    let seconds = until.since_s(midnight);
    let mut hours = HOURS;
    for (hour, weight) in (0_i64..).zip(&mut hours) {
        // An hour that has begun gets the part of its people that belongs to its part.
        let part = (seconds - hour * 3600).clamp(0, 3600);
        *weight *= u32::try_from(part).unwrap_or(0);
    }
    let mut times: Vec<Time> = (0..check_ins)
        .map(|_| {
            let hour = i64::try_from(dice.weighted(&hours)).unwrap_or(0);
            let part = (seconds - hour * 3600).clamp(0, 3600);
            let second = dice.below(u32::try_from(part).unwrap_or(0));
            midnight.plus_s(hour * 3600 + i64::from(second))
        })
        .collect();
    times.sort_unstable();
    times
}

/// Somebody comes to a door that is open; nobody does where none was found.
fn check_in(crowd: Crowd<'_>, at: Time, dice: &mut Dice) -> Option<Command> {
    let mut doors = (0..DOORS_TRIED).map(|_| dice.pick(crowd.doors));
    let plan = doors.find(|plan| matches!(plan.hours.at(at, plan.zone), OpenState::Open { .. }))?;
    let member = *dice.pick(crowd.people);
    let way = WAYS[dice.weighted(&WAYS.map(|(_, weight)| weight))].0;
    let unix_ms = u64::try_from(at.0).unwrap_or(0) * 1000 + u64::from(dice.below(1000));
    Some(Command::CheckIn(CheckIn {
        request: RequestId(dice.uuid_v7(unix_ms)),
        plan: Arc::clone(plan),
        way,
        intent: Intent::Enter,
        party: Party::try_from(vec![member]).expect("one person is a party"),
        override_: None,
        remark: None,
    }))
}

fn next_before(leaving: &mut Leaving, before: Time) -> Option<(Command, Time)> {
    let Reverse((at, _)) = leaving.peek()?;
    if *at > before {
        return None;
    }
    let Reverse((at, visit)) = leaving.pop()?;
    let leave = Command::CheckOut {
        visit,
        at: Some(at),
        exit: Exit::Visitor,
        whole_party: false,
    };
    Some((leave, at))
}

async fn flush<S: Doors + ?Sized>(
    store: &S,
    batch: &mut Vec<(Command, Time)>,
    leaving: &mut Leaving,
    lived: &mut Lived,
    dice: &mut Dice,
) -> Result<()> {
    let decided = batch
        .drain(..)
        .map(|(command, at)| store.decide(command, at));
    for answer in join_all(decided).await {
        match answer? {
            Answer::Decided(decision) => match decision.visit() {
                Some(visit) => {
                    lived.visits += u64::from(decision.already.is_none());
                    if dice.below(10) < CHECK_OUT_OF_10 {
                        let (shortest, longest) = STAY_MINUTES;
                        let minutes = shortest + dice.below(longest - shortest);
                        leaving.push(Reverse((
                            decision.at.plus_s(i64::from(minutes) * 60),
                            visit,
                        )));
                    }
                }
                None => lived.turned_away += 1,
            },
            Answer::Left { .. } => lived.check_outs += 1,
            // Somebody who went elsewhere before is gone already.
            Answer::NotOpen
            | Answer::IdReused
            | Answer::NotResolvable
            | Answer::Corrected
            | Answer::Swept(_) => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
