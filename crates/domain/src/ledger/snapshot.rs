//! A ledger as a value that can be written down, so that a start need not replay years of log.

use super::{Count, Ledger, Open};
use crate::door::{Decision, Position};
use crate::ids::{DecisionId, RoomId, VenueId};
use crate::time::Time;
use crate::verdict::Exit;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Debug, Serialize, Deserialize)]
struct OpenEntry {
    decision: u32,
    member: u8,
    held: bool,
    since: Time,
    ends: (Time, Exit),
    moved: bool,
}

/// Who is inside and how full each place is, each decision once. The latest answers are not in it:
/// whoever restores it [recalls](Ledger::recall) them from the log.
#[derive(Debug, Serialize, Deserialize)]
pub struct Snapshot {
    next: u64,
    clock: Time,
    decisions: Vec<Arc<Decision>>,
    open: Vec<OpenEntry>,
    rooms: Vec<(RoomId, Count)>,
    venues: Vec<(VenueId, Count)>,
    positions: Vec<(VenueId, Position)>,
}

#[derive(Default)]
struct Decisions {
    list: Vec<Arc<Decision>>,
    index: FxHashMap<usize, u32>,
}

impl Decisions {
    fn number(&mut self, decision: &Arc<Decision>) -> u32 {
        let list = &mut self.list;
        *self
            .index
            .entry(Arc::as_ptr(decision).addr())
            .or_insert_with(|| {
                list.push(Arc::clone(decision));
                u32::try_from(list.len() - 1).unwrap_or(u32::MAX)
            })
    }
}

impl Ledger {
    /// What is needed to begin again from here, together with the log of the last
    /// [`RECALL_S`](super::RECALL_S) seconds.
    pub fn snapshot(&self) -> Snapshot {
        let mut decisions = Decisions::default();
        let open = self
            .open
            .values()
            .map(|open| OpenEntry {
                decision: decisions.number(&open.decision),
                member: open.member,
                held: open.held,
                since: open.since,
                ends: open.ends,
                moved: open.moved,
            })
            .collect();
        Snapshot {
            next: self.next,
            clock: self.clock,
            open,
            rooms: self
                .rooms
                .iter()
                .map(|(room, count)| (*room, *count))
                .collect(),
            venues: self
                .venues
                .iter()
                .map(|(venue, count)| (*venue, *count))
                .collect(),
            positions: self
                .positions
                .iter()
                .map(|(venue, position)| (*venue, *position))
                .collect(),
            decisions: decisions.list,
        }
    }

    /// The ledger that a snapshot was taken of. Entries that name no decision are left out.
    pub fn restore(snapshot: Snapshot) -> Self {
        let mut ledger = Self {
            next: snapshot.next,
            clock: snapshot.clock,
            ..Self::default()
        };
        ledger.rooms = snapshot.rooms.into_iter().collect();
        ledger.venues = snapshot.venues.into_iter().collect();
        ledger.positions = snapshot.positions.into_iter().collect();
        let decision = |number: u32| snapshot.decisions.get(number as usize).map(Arc::clone);
        for entry in snapshot.open {
            let Some(decision) = decision(entry.decision) else {
                continue;
            };
            let OpenEntry {
                member,
                held,
                since,
                ends,
                moved,
                ..
            } = entry;
            let visit: DecisionId = decision.visit_of(usize::from(member));
            let open = Open {
                decision,
                member,
                held,
                since,
                ends,
                moved,
            };
            ledger.by_person.insert(open.person(), visit);
            ledger.by_venue.insert((open.decision.venue, visit));
            let key = (open.decision.venue, open.decision.request);
            ledger.by_request.insert(key, visit);
            ledger.expiries.insert((ends.0, visit));
            ledger.open.insert(visit, open);
        }
        ledger
    }

    /// A ledger that is only fed events, to take the next snapshot of.
    #[must_use]
    pub fn following(self) -> Self {
        Self {
            follows: true,
            ..self
        }
    }
}
