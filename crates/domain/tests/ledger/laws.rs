//! What holds for any history of commands.

use crate::model::{accounts, holds, keeps_its_word, same};
use crate::world::{Story, ask, device_remark, member, plan, remark, request};
use gapura_domain::door::{Answer, CheckIn, Command, Decision, Event, Intent, Member};
use gapura_domain::ids::{DecisionId, PersonId};
use gapura_domain::ledger::{Ledger, REMEMBER_S};
use gapura_domain::status::Colour;
use gapura_domain::time::Time;
use gapura_domain::verdict::{Exit, Verdict};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
    Enter {
        gate: u64,
        people: Vec<(u64, u8)>,
        intent: Intent,
        is_overridden: bool,
    },
    Again {
        which: usize,
    },
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
    Wait {
        seconds: i64,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let people = prop::collection::vec((1..12_u64, 0..5_u8), 1..4);
    let intent = prop_oneof![
        4 => Just(Intent::Enter),
        3 => Just(Intent::Auto),
        1 => Just(Intent::Leave),
    ];
    let enter = (1..4_u64, people, intent, prop::bool::weighted(0.03)).prop_map(
        |(gate, people, intent, is_overridden)| Step::Enter {
            gate,
            people,
            intent,
            is_overridden,
        },
    );
    let leave = (1..60_u64, -100..900_i64);
    let wait = prop_oneof![3 => 0..200_i64, 1 => 200..1000_i64, 1 => 3000..30_000_i64];
    prop_oneof![
        6 => enter,
        2 => (0..200_usize).prop_map(|which| Step::Again { which }),
        3 => leave.clone().prop_map(|(visit, back_s)| Step::Leave { visit, back_s }),
        3 => (1..60_u64, any::<bool>()).prop_map(|(decision, admit)| Step::Resolve { decision, admit }),
        1 => leave.prop_map(|(visit, back_s)| Step::Correct { visit, back_s }),
        3 => wait.prop_map(|seconds| Step::Wait { seconds }),
    ]
}

/// Those who are named twice come once.
fn party(people: &[(u64, u8)]) -> Vec<Member> {
    let mut party: Vec<Member> = Vec::new();
    for &(person, colour) in people {
        if party.iter().all(|other| other.person != PersonId(person)) {
            party.push(member(person, Colour::ALL[usize::from(colour)]));
        }
    }
    party
}

/// What was asked and answered, and when, to be asked again.
#[derive(Default)]
struct Asked(Vec<(Time, Command, Answer)>);

struct Run {
    story: Story,
    asked: Asked,
    /// Whether nobody let somebody in against a limit.
    limited: bool,
    /// How many events there were after each step: a snapshot is taken between commands.
    cuts: Vec<usize>,
}

impl Run {
    fn of(steps: Vec<Step>) -> Result<Self, TestCaseError> {
        let mut run = Self {
            story: Story::begin(),
            asked: Asked::default(),
            limited: true,
            cuts: vec![0],
        };
        for (number, step) in (1..).zip(steps) {
            run.step(number, step)?;
            run.cuts.push(run.story.events.len());
        }
        Ok(run)
    }

    fn tell(&mut self, command: Command) -> Result<Answer, TestCaseError> {
        let before = self.story.events.len();
        let answer = self.story.tell(command.clone());
        if matches!(command, Command::CheckIn(_) | Command::Resolve { .. }) {
            let asked = (self.story.ledger.clock(), command, answer.clone());
            self.asked.0.push(asked);
        }
        // An officer's word that stands already is answered without anything happening.
        if self.story.events.len() > before {
            keeps_its_word(&self.story, &answer)?;
        }
        Ok(answer)
    }

    fn again(&mut self, which: usize) -> Result<(), TestCaseError> {
        let Some((at, command, first)) = self.asked.0.get(which).cloned() else {
            return Ok(());
        };
        self.story.tell(Command::Sweep);
        let is_remembered = self.story.ledger.clock().since_s(at) <= REMEMBER_S;
        let was_recorded = matches!(first, Answer::Decided(_) | Answer::Left { .. })
            // An officer's word that changed nothing leaves no trace to be recognised by.
            && !matches!(command, Command::Resolve { .. });
        if is_remembered && was_recorded {
            let count = self.story.events.len();
            prop_assert_eq!(self.story.tell(command), first);
            prop_assert_eq!(self.story.events.len(), count, "a repeat changes nothing");
        }
        Ok(())
    }

    fn step(&mut self, number: u64, step: Step) -> Result<(), TestCaseError> {
        match step {
            Step::Enter {
                gate,
                people,
                intent,
                is_overridden,
            } => {
                self.limited &= !is_overridden;
                let check_in = CheckIn {
                    intent,
                    override_: is_overridden.then(remark),
                    ..ask(number, gate, party(&people))
                };
                self.tell(Command::CheckIn(check_in))?;
            }
            Step::Again { which } => self.again(which)?,
            Step::Leave { visit, back_s } => {
                let at = Some(self.story.now.plus_s(-back_s));
                let (visit, whole_party) = (DecisionId(visit), back_s % 2 == 0);
                let exit = Exit::Visitor;
                self.story.tell(Command::CheckOut {
                    visit,
                    at,
                    exit,
                    whole_party,
                });
            }
            Step::Resolve { decision, admit } => {
                let decision = DecisionId(decision);
                if let Some(first) = self.story.ledger.resolvable(decision) {
                    // Limits hold whatever devices say; an officer with a name may go beyond them.
                    let is_named = number.is_multiple_of(2);
                    self.limited &= first.verdict == Verdict::Check || !is_named;
                    let remark = if is_named { remark() } else { device_remark() };
                    let resolve = Command::Resolve {
                        request: request(number),
                        decision,
                        plan: plan(first.gate.0),
                        admit,
                        remark,
                    };
                    self.tell(resolve)?;
                }
            }
            Step::Correct { visit, back_s } => {
                let (visit, out) = (DecisionId(visit), self.story.now.plus_s(-back_s));
                let remark = remark();
                self.story.tell(Command::Correct { visit, out, remark });
            }
            Step::Wait { seconds } => {
                self.story.now = self.story.now.plus_s(seconds);
                self.story.tell(Command::Sweep);
            }
        }
        holds(&self.story, self.limited)
    }
}

/// A ledger made of a snapshot at some event, of the events before it and those behind it.
fn begun_again(events: &[Event], at: usize) -> Ledger {
    let mut before = Ledger::new().following();
    events[..at].iter().for_each(|event| before.apply(event));
    let mut ledger = Ledger::restore(before.snapshot());
    events[..at].iter().for_each(|event| ledger.recall(event));
    events[at..].iter().for_each(|event| ledger.apply(event));
    ledger
}

/// What is asked now is answered alike by all.
fn decides_alike(a: &mut Ledger, b: &mut Ledger, now: Time) -> Result<(), TestCaseError> {
    for (number, person) in (5_000..).zip(1..12) {
        let mut events = (Vec::new(), Vec::new());
        let check_in = ask(number, person % 3 + 1, party(&[(person, 0)]));
        let command = Command::CheckIn(check_in);
        let first = a.decide(command.clone(), now, &mut events.0);
        prop_assert_eq!(first, b.decide(command, now, &mut events.1));
        prop_assert_eq!(events.0, events.1);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]
    #[test]
    fn limits_hold_and_counts_equal_the_visits_that_exist(
        steps in prop::collection::vec(step(), 1..80),
        cut in any::<prop::sample::Index>(),
    ) {
        let Run { mut story, asked, cuts, .. } = Run::of(steps)?;
        accounts(&story.ledger, &story.ledger.clone().take_finished())?;
        let mut again = begun_again(&story.events, *cut.get(&cuts));
        // Only the passing of time without any event is not in the log.
        let mut events = Vec::new();
        again.decide(Command::Sweep, story.ledger.clock(), &mut events);
        prop_assert!(events.is_empty());
        same(&story.ledger, &again)?;
        for (_, command, _) in asked.0 {
            let first = story.ledger.decide(command.clone(), story.now, &mut events);
            prop_assert_eq!(first, again.decide(command, story.now, &mut Vec::new()));
        }
        decides_alike(&mut story.ledger, &mut again, story.now)?;
    }

    #[test]
    fn a_changed_decision_still_knows_what_was_answered_first(
        steps in prop::collection::vec(step(), 1..40),
    ) {
        let run = Run::of(steps)?;
        for event in &run.story.events {
            if let Event::Resolved { decision, .. } = event {
                let first = run.story.events.iter().find_map(|event| match event {
                    Event::Decided(first) if first.id == decision.id => Some(first),
                    _ => None,
                });
                prop_assert_eq!(&Decision::first_answered(decision), first.unwrap());
            }
        }
    }
}
