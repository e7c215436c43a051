//! Many people at a venue with room for a few, through all its doors at once.

use super::{Said, broken, start, write_check_in};
use crate::dice::Dice;
use crate::door_bench::ground::{self, Ground};
use crate::door_bench::{BenchError, Options, Result, Stage};
use crate::load::{Answer, Driver, Pace, Traffic, Until};
use gapura_app::App;
use serde::Serialize;
use std::time::Duration;

const LONGEST: Duration = Duration::from_mins(5);

/// What came of it.
#[derive(Clone, Debug, Serialize)]
pub struct Crowd {
    /// People who asked, each twice with the same request.
    pub people: u32,
    /// For how many there was room.
    pub capacity: u32,
    /// How many were let in.
    pub admitted: usize,
    /// How many were told that it is full.
    pub refused: usize,
}

/// Pushes `options.people` at a venue for `capacity`, and holds the answers against the store.
///
/// # Errors
/// [`BenchError::Promise`] says what did not hold.
pub async fn crowd(options: &Options, stage: &dyn Stage, capacity: u32) -> Result<Crowd> {
    let options = Options {
        hall_capacity: Some(capacity),
        venues: 1,
        ..options.clone()
    };
    let folder = options.folder.join("crowd");
    let ground = ground::lay(&options, stage, &folder).await?;
    let server = start(stage, &folder)?;
    let mut push = Push::new(&ground, server.port, (options.seed, stage.unix_ms()));
    ask(&options, stage, &mut push)?;
    let first = push.begin_again();
    ask(&options, stage, &mut push)?;
    if first != push.said {
        return Err(broken(
            "the same requests got other answers the second time",
        ));
    }
    server.kill()?;
    let said = |verdict: &str, reason: Option<&str>| {
        let all = first.iter().flatten();
        let like = all.filter(|said| {
            let mut reasons = said.reasons.iter();
            said.verdict == verdict
                && reason.is_none_or(|code| reasons.any(|reason| reason.code == code))
        });
        like.count()
    };
    let crowd = Crowd {
        people: options.people,
        capacity,
        admitted: said("admit", None),
        refused: said("refuse", Some("full")),
    };
    let room = usize::try_from(capacity.min(options.people)).unwrap_or(usize::MAX);
    if crowd.admitted != room || crowd.admitted + crowd.refused != ground.people.len() {
        return Err(broken(format!(
            "of {} people at a venue for {capacity}, {} were let in and {} were told that it is full; \
             an answer was {:?}",
            crowd.people,
            crowd.admitted,
            crowd.refused,
            first.iter().flatten().next()
        )));
    }
    let opened = stage.open(&folder).await.map_err(BenchError::Open)?;
    let inside = inside(&opened.app).await?;
    opened.app.store.close().await?;
    if inside != (crowd.admitted, crowd.admitted) {
        return Err(broken(format!(
            "{} were let in, the count says {} and {} visits are open",
            crowd.admitted, inside.0, inside.1
        )));
    }
    Ok(crowd)
}

fn ask(options: &Options, stage: &dyn Stage, push: &mut Push<'_>) -> Result<()> {
    let mut driver = Driver::connect(push.port, options.connections)?;
    let until = Until {
        lasted: LONGEST,
        requests: u64::MAX,
    };
    let elapsed = || stage.elapsed();
    let report = driver.run(push, Pace::Closed, until, &elapsed)?;
    match report.first_wrong {
        Some(first) => Err(broken(format!("an answer was {first}"))),
        None if report.lost > 0 => Err(broken(format!("{} answers did not come", report.lost))),
        None => Ok(()),
    }
}

/// The count of the venue with many rooms, and its open visits.
async fn inside(app: &App) -> Result<(usize, usize)> {
    let mut both = (0, 0);
    for (venue, gates) in ground::all_gates(app).await? {
        if gates.len() > 1 {
            both.0 += app.store.venue_count(venue).await?.inside as usize;
            both.1 += app.store.open_visits(venue).await?.len();
        }
    }
    Ok(both)
}

/// Everybody once, each at one of the doors.
struct Push<'a> {
    ground: &'a Ground,
    port: u16,
    ids: Vec<[u8; 16]>,
    next: usize,
    /// Who was asked for last on each connection.
    asked: Vec<usize>,
    said: Vec<Option<Said>>,
}

impl<'a> Push<'a> {
    fn new(ground: &'a Ground, port: u16, (seed, now_ms): (u64, u64)) -> Self {
        let mut dice = Dice::new(seed ^ now_ms);
        Self {
            ground,
            port,
            ids: ground.people.iter().map(|_| dice.uuid_v7(now_ms)).collect(),
            next: 0,
            asked: Vec::new(),
            said: vec![None; ground.people.len()],
        }
    }

    /// Forgets the answers and gives them.
    fn begin_again(&mut self) -> Vec<Option<Said>> {
        self.next = 0;
        std::mem::replace(&mut self.said, vec![None; self.ids.len()])
    }
}

impl Traffic for Push<'_> {
    fn write(&mut self, connection: usize, out: &mut Vec<u8>) -> bool {
        let person = self.next;
        let Some(id) = self.ids.get(person) else {
            return false;
        };
        self.next += 1;
        self.asked.resize(self.asked.len().max(connection + 1), 0);
        self.asked[connection] = person;
        let gate = &self.ground.hall[person % self.ground.hall.len()];
        write_check_in(out, self.ground, self.port, person, (*id, gate))
    }

    fn is_right(&mut self, connection: usize, answer: Answer<'_>) -> bool {
        let said = Said::read(answer);
        let is_right = said.is_some();
        self.said[self.asked[connection]] = said;
        is_right
    }
}
