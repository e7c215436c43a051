//! Remembers what the child said, and holds the file against it.

use crate::child::{CAPACITY, GATES, TASKS, ask, now};
use gapura_domain::door::{Answer, Command, Visit};
use gapura_domain::ids::{DecisionId, RoomId, VenueId};
use gapura_domain::verdict::{Exit, Verdict};
use gapura_store::contract::scene::today;
use gapura_store::{Cursor, Doors, Upkeep};
use gapura_store_sqlite::{Options, SqliteStore};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

#[derive(Clone, Copy, Debug)]
struct Told {
    round: u32,
    decision: DecisionId,
    is_in: bool,
}

#[derive(Default)]
pub(crate) struct Witness {
    told: BTreeMap<u64, Told>,
    left: BTreeSet<DecisionId>,
}

impl Witness {
    /// Takes down a line; says whether it was an answer.
    pub(crate) fn hear(&mut self, line: &str) -> bool {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["told", round, number, decision, verdict] => {
                let told = Told {
                    round: round.parse().unwrap(),
                    decision: DecisionId(decision.parse().unwrap()),
                    is_in: *verdict == "in",
                };
                let known = self.told.insert(number.parse().unwrap(), told);
                assert!(known.is_none(), "{line} is said twice");
                true
            }
            ["left", visit] => self.left.insert(DecisionId(visit.parse().unwrap())),
            _ => false,
        }
    }

    /// Opens what the child left behind.
    pub(crate) fn holds_against(&self, folder: &Path, round: u32) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let file = folder.join("gapura.db");
            let store = SqliteStore::open(&file, Options::default()).unwrap();
            store.migrate().await.unwrap();
            self.answers_stand(&store, round).await;
            let seen = self.counts_are_visits(&store).await;
            store.close().await.unwrap();
            // Once more after everything was packed and read anew.
            let store = SqliteStore::open(&file, Options::default()).unwrap();
            store.pack().await.unwrap();
            assert_eq!(self.counts_are_visits(&store).await, seen);
            self.answers_stand(&store, round).await;
            let serious = store.examine().await.unwrap();
            let serious: Vec<_> = serious.iter().filter(|one| one.is_serious).collect();
            assert!(
                serious.iter().all(|one| one.what.contains("MiB")),
                "{serious:?}"
            );
            store.close().await.unwrap();
        });
    }

    /// Every answer of this round is there once, and whoever asks again gets it again.
    async fn answers_stand(&self, store: &SqliteStore, round: u32) {
        let of_round = self.told.iter().filter(|(_, told)| told.round == round);
        for (&number, told) in of_round {
            let again = Command::CheckIn(ask(number, round));
            let Answer::Decided(decision) = store.decide(again, now(round)).await.unwrap() else {
                panic!("{number} was {told:?}")
            };
            assert_eq!(decision.id, told.decision, "{number} was {told:?}");
            assert_eq!(decision.verdict == Verdict::Admit, told.is_in, "{told:?}");
            let known = store.decision(told.decision).await.unwrap();
            assert_eq!(known, Some(decision), "{number} was {told:?}");
            let visit = store.visit(told.decision).await.unwrap();
            assert_eq!(visit.is_some(), told.is_in, "{number} was {told:?}");
        }
        for visit in &self.left {
            let visit = store.visit(*visit).await.unwrap().unwrap();
            assert_eq!(visit.exit, Some(Exit::Visitor), "{visit:?}");
        }
    }

    /// What is counted are the visits that exist, and those are what was said, but for what was
    /// under way when the child died.
    async fn counts_are_visits(&self, store: &SqliteStore) -> Vec<(u32, u32)> {
        let mut seen = Vec::new();
        let mut visits: BTreeMap<DecisionId, Visit> = BTreeMap::new();
        for venue in (1..=GATES / 2).map(VenueId) {
            let here = visits_at(store, venue).await;
            let count = store.venue_count(venue).await.unwrap();
            let inside = here.iter().filter(|visit| visit.to.is_none()).count();
            assert_eq!(
                (count.inside as usize, count.today as usize),
                (inside, here.len())
            );
            let open = store.open_visits(venue).await.unwrap();
            assert_eq!(open.len(), inside);
            seen.push((count.inside, count.today));
            visits.extend(here.into_iter().map(|visit| (visit.id, visit)));
        }
        for room in (1..=GATES).map(RoomId) {
            let count = store.room_count(room).await.unwrap();
            let inside = visits
                .values()
                .filter(|visit| visit.room == room && visit.to.is_none());
            assert_eq!(count.inside as usize, inside.count());
            assert!(
                !room.0.is_multiple_of(10) || count.inside <= CAPACITY,
                "{room:?}"
            );
        }
        let people: BTreeSet<_> = visits.values().map(|visit| visit.person).collect();
        assert_eq!(people.len(), visits.len(), "nobody comes twice");
        let decided: BTreeSet<_> = visits.values().map(|visit| visit.decision).collect();
        let said = self.told.values().filter(|told| told.is_in);
        let said: BTreeSet<_> = said.map(|told| told.decision).collect();
        assert!(said.is_subset(&decided));
        let rounds: BTreeSet<_> = self.told.values().map(|told| told.round).collect();
        // A child may have died before it said anything.
        let under_way = (rounds.len() as u64 + 21) * TASKS;
        assert!((decided.len() - said.len()) as u64 <= under_way);
        seen
    }
}

async fn visits_at(store: &SqliteStore, venue: VenueId) -> Vec<Visit> {
    let mut visits = Vec::new();
    let mut cursor = Cursor {
        after: None,
        limit: 1000,
    };
    loop {
        let page = store.visits_at(venue, today(), cursor).await.unwrap();
        visits.extend(page.rows);
        cursor.after = page.next;
        if page.next.is_none() {
            return visits;
        }
    }
}
