//! A ledger as a value that can be written down, so that a start need not replay years of log.

use super::{Count, Ledger, Open};
use crate::door::Decision;
use crate::ids::{DecisionId, RequestId, RoomId, VenueId};
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

/// All that a ledger knows, each decision once.
#[derive(Debug, Serialize, Deserialize)]
pub struct Snapshot {
    next: u64,
    clock: Time,
    decisions: Vec<Arc<Decision>>,
    open: Vec<OpenEntry>,
    rooms: Vec<(RoomId, Count)>,
    venues: Vec<(VenueId, Count)>,
    resolvable: Vec<u32>,
    remembered: Vec<(RequestId, Time, u32)>,
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
    /// Everything needed to begin again from here.
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
        let resolvable = self
            .resolvable
            .values()
            .map(|it| decisions.number(it))
            .collect();
        let remembered = self
            .forget
            .iter()
            .filter_map(|(at, venue, request)| {
                let decision = self.remembered.get(&(*venue, *request))?;
                Some((*request, *at, decisions.number(decision)))
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
            resolvable,
            remembered,
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
            ledger.expiries.insert((ends.0, visit));
            ledger.open.insert(visit, open);
        }
        for decision in snapshot.resolvable.into_iter().filter_map(decision) {
            ledger.resolvable.insert(decision.id, decision);
        }
        for (request, at, number) in snapshot.remembered {
            let Some(decision) = decision(number) else {
                continue;
            };
            ledger.forget.insert((at, decision.venue, request));
            ledger
                .remembered
                .insert((decision.venue, request), decision);
        }
        ledger
    }
}
