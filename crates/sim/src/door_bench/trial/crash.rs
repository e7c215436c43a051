//! The server is killed under load, again and again, and what it answered is held against what is there.

use super::{Said, broken, start, write_check_in};
use crate::dice::Dice;
use crate::door_bench::ground::{self, Ground};
use crate::door_bench::server::Server;
use crate::door_bench::traffic::{post, push_uuid};
use crate::door_bench::{BenchError, Options, Result, Stage};
use crate::load::{Answer, Driver, Pace, Traffic, Until};
use gapura_app::App;
use serde::Serialize;
use std::path::Path;
use std::time::Duration;

const LONGEST: Duration = Duration::from_mins(5);
/// A server is killed after at most so many requests.
const REQUESTS_MAX: u32 = 4_000;

/// What came of it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Crash {
    /// How often the server was killed under load.
    pub kills: u32,
    /// Requests that it had answered by then.
    pub answered: u64,
    /// Requests whose answer was lost, each of which was sent again.
    pub lost: u64,
    /// The longest time in seconds from a start until the server was ready.
    pub slowest_start_s: f64,
}

/// Kills a server under load, over and over, and looks for what it had acknowledged.
///
/// # Errors
/// [`BenchError::Promise`] says what did not hold.
pub async fn crash(options: &Options, stage: &dyn Stage, kills: u32) -> Result<Crash> {
    let folder = options.folder.join("crash");
    let ground = ground::lay(options, stage, &folder).await?;
    let mut movers = Movers::new(&ground, (options.seed, stage.unix_ms()));
    let mut crash = Crash::default();
    for round in 0..kills {
        let server = start(stage, &folder)?;
        let ready_s = server.ready_after.as_secs_f64();
        crash.slowest_start_s = crash.slowest_start_s.max(ready_s);
        movers.ask_again(options, stage, &server, round)?;
        let (answered, lost) = movers.run_until_killed(options, stage, server)?;
        crash.answered += answered;
        crash.lost += lost;
        crash.kills += 1;
        compare(&movers, stage, &folder, round).await?;
    }
    if crash.answered < u64::from(kills) {
        return Err(broken(
            "the servers were killed before they answered anything",
        ));
    }
    Ok(crash)
}

/// Holds what was answered against the store, and the store's counts against its visits.
async fn compare(movers: &Movers<'_>, stage: &dyn Stage, folder: &Path, round: u32) -> Result<()> {
    let opened = stage.open(folder).await.map_err(BenchError::Open)?;
    let open = everybody(movers, &opened.app, round).await?;
    let mut counted = 0;
    for (venue, _) in ground::all_gates(&opened.app).await? {
        let inside = opened.app.store.venue_count(venue).await?.inside as usize;
        let visits = opened.app.store.open_visits(venue).await?.len();
        if inside != visits {
            let text = format!("round {round}: a count says {inside}, {visits} visits are open");
            return Err(broken(text));
        }
        counted += inside;
    }
    opened.app.store.close().await?;
    if counted == open {
        Ok(())
    } else {
        let text = format!("round {round}: {open} people are inside, {counted} are counted");
        Err(broken(text))
    }
}

/// Looks where everybody is, and says how many are inside.
async fn everybody(movers: &Movers<'_>, app: &App, round: u32) -> Result<usize> {
    let mut open = 0;
    for (person, mover) in movers.people.iter().enumerate() {
        let visit = app.store.open_visit(movers.ground.people[person]).await?;
        let gate = visit.map(|visit| visit.gate);
        open += usize::from(gate.is_some());
        let at = |place: Option<usize>| place.map(|gate| movers.ground.gate_ids[gate]);
        let is_known = gate == at(mover.place());
        // A request whose answer was lost may have been carried out or not.
        let is_possible = mover
            .lost
            .as_ref()
            .is_some_and(|ask| gate == at(ask.leads_to()));
        if !is_known && !is_possible {
            return Err(broken(format!(
                "round {round}: person {person} should be at {:?} or, if {:?} was carried out, there, \
                 and is at {gate:?}",
                at(mover.place()),
                mover.lost,
            )));
        }
    }
    Ok(open)
}

/// A request that may have to be sent again.
#[derive(Clone, Debug)]
enum Ask {
    In { request: [u8; 16], gate: usize },
    Out { request: [u8; 16], visit: String },
}

impl Ask {
    /// Where somebody is once it is carried out.
    fn leads_to(&self) -> Option<usize> {
        match self {
            Self::In { gate, .. } => Some(*gate),
            Self::Out { .. } => None,
        }
    }
}

/// Somebody who goes in and out.
#[derive(Clone, Debug, Default)]
struct Mover {
    /// The last check-in that was answered, and the answer.
    came: Option<([u8; 16], usize, Said)>,
    has_left: bool,
    /// The request under way.
    asked: Option<Ask>,
    /// The request whose answer was lost with the server.
    lost: Option<Ask>,
}

impl Mover {
    fn place(&self) -> Option<usize> {
        let (_, gate, _) = self.came.as_ref().filter(|_| !self.has_left)?;
        Some(*gate)
    }

    fn answered(&mut self, ask: Ask, answer: Answer<'_>) -> bool {
        match ask {
            Ask::In { request, gate } => {
                let Some(said) = Said::read(answer).filter(|said| said.verdict == "admit") else {
                    return false;
                };
                let before = self.came.replace((request, gate, said));
                self.has_left = false;
                let came = self.came.as_ref();
                // The same request gets the same answer.
                before.is_none_or(|(before, _, said)| {
                    before != request || came.is_some_and(|(.., again)| *again == said)
                })
            }
            Ask::Out { .. } => {
                self.has_left = true;
                answer.status == 200
            }
        }
    }
}

/// Everybody, on the way.
struct Movers<'a> {
    ground: &'a Ground,
    people: Vec<Mover>,
    dice: Dice,
    now_ms: u64,
    port: u16,
    /// The person whose turn it is.
    next: usize,
    /// Who asked last on each connection.
    asked: Vec<usize>,
    /// Requests that are sent again before anything else, by person.
    again: Vec<(usize, Ask)>,
    is_repeating: bool,
    /// The server, and after how many requests it dies.
    victim: Option<(Server, u32)>,
}

impl<'a> Movers<'a> {
    fn new(ground: &'a Ground, (seed, now_ms): (u64, u64)) -> Self {
        Self {
            ground,
            people: vec![Mover::default(); ground.people.len()],
            dice: Dice::new(seed ^ now_ms),
            now_ms,
            port: 0,
            next: 0,
            asked: Vec::new(),
            again: Vec::new(),
            is_repeating: false,
            victim: None,
        }
    }

    /// Sends what got no answer again, in another order, and what got one too.
    fn ask_again(
        &mut self,
        options: &Options,
        stage: &dyn Stage,
        server: &Server,
        round: u32,
    ) -> Result<()> {
        self.port = server.port;
        self.is_repeating = true;
        for (person, mover) in self.people.iter_mut().enumerate().rev() {
            let came = mover.came.as_ref().filter(|_| !mover.has_left);
            let answered = came.map(|(request, gate, _)| Ask::In {
                request: *request,
                gate: *gate,
            });
            self.again
                .extend(mover.lost.take().or(answered).map(|ask| (person, ask)));
        }
        let report = self.run(options, stage)?;
        self.is_repeating = false;
        match report.first_wrong {
            None if report.lost == 0 => Ok(()),
            None => Err(broken(format!(
                "round {round}: {} answers did not come",
                report.lost
            ))),
            Some(wrong) => Err(broken(format!(
                "round {round}: a request sent again got {wrong}"
            ))),
        }
    }

    /// How many requests were answered and how many were not before the server died.
    fn run_until_killed(
        &mut self,
        options: &Options,
        stage: &dyn Stage,
        server: Server,
    ) -> Result<(u64, u64)> {
        let moment = self.dice.below(REQUESTS_MAX);
        self.victim = Some((server, moment));
        let report = self.run(options, stage)?;
        if let Some(wrong) = report.first_wrong {
            return Err(broken(format!("an answer was {wrong}")));
        }
        for mover in &mut self.people {
            mover.lost = mover.asked.take();
        }
        Ok((report.answered, report.lost))
    }

    fn run(&mut self, options: &Options, stage: &dyn Stage) -> Result<crate::load::Report> {
        let mut driver = Driver::connect(self.port, options.connections)?;
        let until = Until {
            lasted: LONGEST,
            requests: u64::MAX,
        };
        let elapsed = || stage.elapsed();
        Ok(driver.run(self, Pace::Closed, until, &elapsed)?)
    }

    /// What somebody does next: leaves now and then, else goes to another place.
    fn choose(&mut self, person: usize) -> Ask {
        let request = self.dice.uuid_v7(self.now_ms);
        let mover = &self.people[person];
        let here = mover.place();
        let visit = mover
            .came
            .as_ref()
            .and_then(|(.., said)| said.visit.clone());
        match (here, visit) {
            (Some(_), Some(visit)) if self.dice.once_in(3) => Ask::Out { request, visit },
            _ => {
                let gates = u32::try_from(self.ground.gates.len()).unwrap_or(u32::MAX);
                let step = 1 + self.dice.below(gates - 1) as usize;
                let gate = (here.unwrap_or(0) + step) % self.ground.gates.len();
                Ask::In { request, gate }
            }
        }
    }

    /// The next request, and whose it is; `None` when the server is dead or nothing is left to repeat.
    fn next(&mut self) -> Option<(usize, Ask)> {
        if self.is_repeating {
            return self.again.pop();
        }
        let (server, left) = self.victim.take()?;
        let Some(left) = left.checked_sub(1) else {
            // Whatever is under way on the other connections is under way for good.
            drop(server);
            return None;
        };
        self.victim = Some((server, left));
        let mut turns = (0..self.people.len()).map(|turn| (self.next + turn) % self.people.len());
        let person = turns.find(|person| self.people[*person].asked.is_none())?;
        self.next = person + 1;
        Some((person, self.choose(person)))
    }
}

impl Traffic for Movers<'_> {
    fn write(&mut self, connection: usize, out: &mut Vec<u8>) -> bool {
        let Some((person, ask)) = self.next() else {
            return false;
        };
        self.asked.resize(self.asked.len().max(connection + 1), 0);
        self.asked[connection] = person;
        let ground = self.ground;
        let is_written = match &ask {
            Ask::In { request, gate } => {
                let at = (*request, ground.gates[*gate].as_str());
                write_check_in(out, ground, self.port, person, at)
            }
            Ask::Out { request, visit } => {
                let mut body = "{\"id\":\"".to_owned();
                push_uuid(&mut body, *request);
                body.push_str("\"}");
                let from = [ground.cookie.as_str(), ground.sessions[person].as_str()];
                let path = format!("/api/v1/visits/{visit}/check-out");
                post(out, self.port, &path, ("cookie", from), &body)
            }
        };
        self.people[person].asked = Some(ask);
        is_written
    }

    fn is_right(&mut self, connection: usize, answer: Answer<'_>) -> bool {
        let mover = &mut self.people[self.asked[connection]];
        let ask = mover.asked.take();
        ask.is_some_and(|ask| mover.answered(ask, answer))
    }
}
