//! For any history, with packings, restarts, crashes and failures of the disk at any moment, the
//! store answers and remembers what the bare ledger does.

use super::model::Model;
use super::trouble::{copy_as_after_a_crash, fail_commits, fresh, open};
use crate::SqliteStore;
use gapura_domain::door::{Answer, Bounds, CheckIn, Command, DoorPlan, Intent, Member, Party};
use gapura_domain::ids::{DecisionId, GateId, PersonId, RequestId, RoomId, VenueId};
use gapura_domain::status::Colour;
use gapura_domain::time::{Time, Zone};
use gapura_domain::verdict::{Exit, Verdict};
use gapura_store::contract::scene::{NINE, member, plan, remark, request};
use gapura_store::{Cursor, Doors, StoreError};
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use tempfile::TempDir;

#[derive(Clone, Debug)]
enum Step {
    Enter {
        gate: u64,
        people: Vec<(u64, u8)>,
        intent: Intent,
        is_overridden: bool,
        age_s: i64,
    },
    Again(usize),
    Leave {
        visit: u64,
        back_s: i64,
    },
    Resolve {
        decision: u64,
        admit: bool,
    },
    Correct {
        visit: u64,
        back_s: i64,
    },
    Wait(i64),
    Pack,
    Restart,
    Crash,
    /// So many commits go well, then all fail.
    DiskFails(u32),
    DiskIsMended,
    LookBack,
}

fn step() -> impl Strategy<Value = Step> {
    let people = vec((1..9_u64, 0..5_u8), 1..4);
    let intent = prop_oneof![
        4 => Just(Intent::Enter),
        3 => Just(Intent::Auto),
        1 => Just(Intent::Leave),
    ];
    let age_s = prop_oneof![6 => 0..2_i64, 1 => -120..120_i64, 1 => 100..90_000_i64];
    let enter = (1..4_u64, people, intent, prop::bool::weighted(0.1), age_s).prop_map(
        |(gate, people, intent, is_overridden, age_s)| Step::Enter {
            gate,
            people,
            intent,
            is_overridden,
            age_s,
        },
    );
    let told = (1..60_u64, -100..900_i64);
    let wait = prop_oneof![3 => 0..200_i64, 1 => 200..1000_i64, 1 => 3000..60_000_i64];
    prop_oneof![
        20 => enter,
        6 => (0..200_usize).prop_map(Step::Again),
        6 => told.clone().prop_map(|(visit, back_s)| Step::Leave { visit, back_s }),
        6 => (1..60_u64, any::<bool>()).prop_map(|(decision, admit)| Step::Resolve { decision, admit }),
        3 => told.prop_map(|(visit, back_s)| Step::Correct { visit, back_s }),
        6 => wait.prop_map(Step::Wait),
        4 => Just(Step::Pack),
        2 => Just(Step::Restart),
        2 => Just(Step::Crash),
        3 => (0..6_u32).prop_map(Step::DiskFails),
        4 => Just(Step::DiskIsMended),
        2 => Just(Step::LookBack),
    ]
}

/// Rooms for three and seven a day, in venues for four and nine; the second venue is an hour ahead.
fn gate(number: u64) -> DoorPlan {
    let bounds = |capacity, quota| Bounds {
        capacity: Some(capacity),
        quota: Some(quota),
    };
    DoorPlan {
        room_bounds: bounds(3, 7),
        venue_bounds: bounds(4, 9),
        zone: if number < 3 { Zone::Wib } else { Zone::Wita },
        ..plan(number)
    }
}

struct Run {
    store: SqliteStore,
    folders: Vec<TempDir>,
    model: Model,
    now: Time,
    asked: Vec<CheckIn>,
    disk_fails: bool,
}

impl Run {
    async fn begin() -> Self {
        let (store, folder) = fresh().await;
        Self {
            store,
            folders: vec![folder],
            model: Model::new(),
            now: NINE,
            asked: Vec::new(),
            disk_fails: false,
        }
    }

    async fn tell(&mut self, command: Command) -> Result<(), TestCaseError> {
        let mut next = self.model.clone();
        let expected = next.tell(command.clone(), self.now);
        match self.store.decide(command.clone(), self.now).await {
            // The ledger forgets an officer's word sooner than the store.
            Ok(Answer::Decided(stands)) if expected == Answer::NotResolvable => {
                prop_assert_eq!(Some(&stands), self.model.decision(stands.id));
            }
            Ok(answer) => {
                prop_assert_eq!(answer, expected, "to {:?}", command);
                self.model = next;
            }
            Err(StoreError::Unavailable(_)) if self.disk_fails => {}
            Err(error) => prop_assert!(false, "{error:?}"),
        }
        self.counts().await
    }

    async fn counts(&self) -> Result<(), TestCaseError> {
        for number in 1..=3 {
            let room = self.store.room_count(RoomId(number)).await.unwrap();
            prop_assert_eq!(room, self.model.ledger.room(RoomId(number)));
            let venue = self.store.venue_count(VenueId(number)).await.unwrap();
            prop_assert_eq!(venue, self.model.ledger.venue(VenueId(number)));
        }
        Ok(())
    }

    async fn enter(&mut self, number: u64, step: Step) -> Result<(), TestCaseError> {
        let Step::Enter {
            gate: at,
            people,
            intent,
            is_overridden,
            age_s,
        } = step
        else {
            return Ok(());
        };
        let mut party: Vec<Member> = Vec::new();
        for (person, colour) in people {
            if party.iter().all(|other| other.person != PersonId(person)) {
                party.push(member(person, Colour::ALL[usize::from(colour)]));
            }
        }
        let ask = CheckIn {
            request: request(number, self.now.plus_s(-age_s)),
            plan: Arc::new(gate(at)),
            way: gapura_domain::verdict::Way::Device,
            intent,
            party: Party::try_from(party).unwrap(),
            override_: is_overridden.then(|| remark("darurat")),
            remark: None,
        };
        self.asked.push(ask.clone());
        self.tell(Command::CheckIn(ask)).await
    }

    async fn step(&mut self, number: u64, step: Step) -> Result<(), TestCaseError> {
        match step {
            Step::Enter { .. } => self.enter(number, step).await,
            Step::Again(which) => match self.asked.get(which).cloned() {
                Some(ask) => self.tell(Command::CheckIn(ask)).await,
                None => Ok(()),
            },
            Step::Leave { visit, back_s } => {
                self.tell(Command::CheckOut {
                    visit: DecisionId(visit),
                    at: Some(self.now.plus_s(-back_s)),
                    exit: Exit::Visitor,
                    whole_party: back_s % 2 == 0,
                })
                .await
            }
            Step::Resolve { decision, admit } => {
                let known = self.model.decision(DecisionId(decision));
                let Some(at) = known.map(|decision| decision.gate.0) else {
                    return Ok(());
                };
                self.tell(Command::Resolve {
                    request: request(number, self.now),
                    decision: DecisionId(decision),
                    plan: Arc::new(gate(at)),
                    admit,
                    remark: remark(&format!("{number}")),
                })
                .await
            }
            Step::Correct { visit, back_s } => {
                self.tell(Command::Correct {
                    visit: DecisionId(visit),
                    out: self.now.plus_s(-back_s),
                    remark: remark("lupa keluar"),
                })
                .await
            }
            Step::Wait(seconds) => {
                self.now = self.now.plus_s(seconds);
                self.tell(Command::Sweep).await
            }
            Step::Pack => self.pack().await,
            Step::Restart => {
                // Whoever drops the store without closing it gives up the file at once.
                let file = self.store.path().to_owned();
                let spare = copy_as_after_a_crash(&self.store).await;
                drop(std::mem::replace(&mut self.store, spare.0));
                self.store = open(&file);
                self.disk_fails = false;
                self.counts().await
            }
            Step::Crash => {
                let (store, folder) = copy_as_after_a_crash(&self.store).await;
                self.store = store;
                self.folders.push(folder);
                self.disk_fails = false;
                self.counts().await
            }
            Step::DiskFails(after) => {
                fail_commits(&self.store, Some(after)).await;
                self.disk_fails = true;
                Ok(())
            }
            Step::DiskIsMended => {
                fail_commits(&self.store, None).await;
                self.disk_fails = false;
                Ok(())
            }
            Step::LookBack => self.look_back().await,
        }
    }

    async fn pack(&mut self) -> Result<(), TestCaseError> {
        match self.store.pack().await {
            Ok(()) => {}
            Err(_) if self.disk_fails => {}
            Err(error) => prop_assert!(false, "{error:?}"),
        }
        self.counts().await
    }

    async fn look_back(&self) -> Result<(), TestCaseError> {
        for number in 1..=self.model.ledger.next().0 {
            let id = DecisionId(number);
            let decision = self.store.decision(id).await.unwrap();
            prop_assert_eq!(decision.as_ref(), self.model.decision(id));
            prop_assert_eq!(self.store.visit(id).await.unwrap(), self.model.visit(id));
        }
        for person in (1..9).map(PersonId) {
            let (from, to) = (NINE.plus_s(500), self.now);
            let visits = self.store.visits_of(person, from, to).await.unwrap();
            prop_assert_eq!(visits, self.model.visits_of(person, from, to));
        }
        for venue in (1..=2).map(VenueId) {
            let inside = self.store.open_visits(venue).await.unwrap();
            prop_assert_eq!(inside, self.model.inside(venue));
            for days in 0..4 {
                let day = Zone::Wib.day_of(NINE).plus_days(days);
                prop_assert_eq!(
                    self.listed(venue, day).await,
                    self.model.visits_at(venue, day)
                );
            }
        }
        let gates = [GateId(1), GateId(2), GateId(3)];
        let mut tallies: BTreeMap<(GateId, Verdict), u64> = BTreeMap::new();
        for tally in self.store.tallies(&gates, 0, i64::MAX).await.unwrap() {
            *tallies.entry((tally.gate, tally.verdict)).or_default() += tally.people;
        }
        prop_assert_eq!(&tallies, self.model.tallies());
        Ok(())
    }

    async fn listed(
        &self,
        venue: VenueId,
        day: gapura_domain::time::LocalDay,
    ) -> Vec<gapura_domain::door::Visit> {
        let mut visits = Vec::new();
        let mut cursor = Cursor {
            after: None,
            limit: 3,
        };
        loop {
            let page = self.store.visits_at(venue, day, cursor).await.unwrap();
            visits.extend(page.rows);
            cursor.after = page.next;
            if page.next.is_none() {
                return visits;
            }
        }
    }

    async fn answered(&self) -> Result<(), TestCaseError> {
        for (venue, request, first) in self.model.answered() {
            let answered = self.store.answered(venue, request).await.unwrap();
            let answered = answered.filter(|decision| !decision.is_leave());
            prop_assert_eq!(answered, first);
        }
        let other = self.store.answered(VenueId(1), RequestId([7; 16])).await;
        prop_assert_eq!(other.unwrap(), None);
        Ok(())
    }
}

fn told(steps: Vec<Step>) -> Result<(), TestCaseError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut run = Run::begin().await;
        for (number, step) in (1..).zip(steps) {
            run.step(number, step).await?;
        }
        fail_commits(&run.store, None).await;
        run.disk_fails = false;
        for _ in 0..2 {
            run.look_back().await?;
            run.answered().await?;
            run.pack().await?;
        }
        run.step(0, Step::Crash).await?;
        run.look_back().await?;
        run.answered().await
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 40,
        failure_persistence: None,
        max_shrink_iters: 400,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_history_is_answered_and_kept_as_the_bare_ledger_would(steps in vec(step(), 1..60)) {
        told(steps)?;
    }
}
