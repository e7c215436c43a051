//! How full a place is, and what its doors answered today: figures, no people.

use crate::error::Result;
use crate::{App, AppError};
use gapura_domain::ids::{GateId, RoomId, VenueId};
use gapura_domain::time::{LocalDay, Zone};
use gapura_domain::venue::{Occupancy, Venue};
use gapura_domain::verdict::Verdict;
use gapura_store::doors::Tally;
use std::collections::BTreeMap;

/// How full a venue and its rooms are now.
#[derive(Clone, Debug, PartialEq)]
pub struct VenueOccupancy {
    /// All rooms together, with the bounds that venue and rooms leave.
    pub venue: Occupancy,
    /// Places left now by all limits together. `None` without limits.
    pub free: Option<u32>,
    /// Each room.
    pub rooms: Vec<(RoomId, Occupancy)>,
}

/// People by answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// Let in.
    pub admitted: u64,
    /// Held for a look.
    pub checked: u64,
    /// Refused.
    pub refused: u64,
}

impl Answers {
    fn add(&mut self, tally: &Tally) {
        match tally.verdict {
            Verdict::Admit => self.admitted += tally.people,
            Verdict::Check => self.checked += tally.people,
            Verdict::Refuse => self.refused += tally.people,
        }
    }
}

/// A day at the doors of a venue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DoorDay {
    /// All answers.
    pub total: Answers,
    /// By hour of the local day, 0 to 23.
    pub by_hour: Vec<Answers>,
    /// By gate.
    pub by_gate: BTreeMap<GateId, Answers>,
    /// Checks and refusals by the code of their reason, most frequent first.
    pub by_reason: Vec<(Verdict, String, u64)>,
}

impl App {
    /// How full a venue and its rooms are now, with the limits in force.
    pub async fn occupancy(&self, id: VenueId) -> Result<VenueOccupancy> {
        let place = self.place_of(id).await?.ok_or(AppError::NotFound)?;
        let day = place.listing.zone().day_of(self.now());
        let mut rooms = Vec::with_capacity(place.listing.rooms.len());
        for (room, bounds) in &place.listing.rooms {
            let count = self.store.room_count(*room).await?;
            let today = if count.day == day { count.today } else { 0 };
            let occupancy = Occupancy {
                inside: count.inside,
                today,
                bounds: *bounds,
            };
            rooms.push((*room, occupancy));
        }
        Ok(VenueOccupancy {
            venue: place.occupancy,
            free: place.free,
            rooms,
        })
    }

    /// What the doors of a venue answered on a local day.
    pub async fn door_day(&self, venue: &Venue, day: LocalDay) -> Result<DoorDay> {
        let gates: Vec<GateId> = venue.gates.iter().map(|gate| gate.id).collect();
        let zone = venue.spec.district.zone();
        let (from, to) = (first_hour(zone, day), first_hour(zone, day.plus_days(1)));
        let tallies = self.store.tallies(&gates, from, to).await?;
        Ok(sum_up(&tallies, from))
    }
}

fn first_hour(zone: Zone, day: LocalDay) -> i64 {
    zone.time_at(day, 0).unix_hour()
}

fn sum_up(tallies: &[Tally], from_hour: i64) -> DoorDay {
    let mut day = DoorDay {
        by_hour: vec![Answers::default(); 24],
        ..DoorDay::default()
    };
    let mut reasons: BTreeMap<(Verdict, &str), u64> = BTreeMap::new();
    for tally in tallies {
        day.total.add(tally);
        day.by_gate.entry(tally.gate).or_default().add(tally);
        let hour = usize::try_from(tally.unix_hour - from_hour).unwrap_or(usize::MAX);
        if let Some(answers) = day.by_hour.get_mut(hour) {
            answers.add(tally);
        }
        if tally.verdict != Verdict::Admit || !tally.reason.is_empty() {
            *reasons.entry((tally.verdict, &tally.reason)).or_default() += tally.people;
        }
    }
    day.by_reason = reasons
        .into_iter()
        .map(|((verdict, reason), people)| (verdict, reason.to_owned(), people))
        .collect();
    day.by_reason
        .sort_by_key(|(verdict, _, people)| (std::cmp::Reverse(*people), *verdict));
    day
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_sums_up_by_hour_door_and_reason() {
        let tally = |gate, hour, verdict, reason: &str, people| Tally {
            gate: GateId(gate),
            unix_hour: hour,
            verdict,
            reason: reason.into(),
            people,
        };
        let day = sum_up(
            &[
                tally(1, 102, Verdict::Admit, "", 5),
                tally(1, 103, Verdict::Refuse, "full", 2),
                tally(2, 103, Verdict::Refuse, "closed", 3),
            ],
            100,
        );
        assert_eq!(
            day.total,
            Answers {
                admitted: 5,
                checked: 0,
                refused: 5
            }
        );
        assert_eq!(day.by_hour[3].refused, 5);
        assert_eq!(
            day.by_gate[&GateId(1)],
            Answers {
                admitted: 5,
                checked: 0,
                refused: 2
            }
        );
        assert_eq!(day.by_reason[0], (Verdict::Refuse, "closed".into(), 3));
    }
}
