//! Load: many connections to a server on this machine, driven by one thread at a few microseconds a
//! request, so that what is measured is the server.
//!
//! A [`Traffic`] says what is asked and judges the answers; a [`Driver`] keeps the connections. At a
//! [`Pace::Closed`] every connection asks again as soon as it was answered, which finds the greatest
//! rate. At a [`Pace::Open`] requests are due at times of their own, as people come to doors, and
//! latency counts from the time at which a request was due, whether or not a connection was free: a
//! server that stalls cannot hide it by keeping the driver from asking.

mod answer;
mod connection;
mod histogram;

use crate::dice::Dice;
use connection::Connection;
use rustix::event::{PollFd, PollFlags, Timespec, epoll, poll};
use rustix::fd::OwnedFd;
use std::collections::VecDeque;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

pub use histogram::Histogram;

/// After the last request so long is waited for answers.
const GRACE: Duration = Duration::from_secs(5);
/// The longest wait for an event.
const WAIT_MAX: Duration = Duration::from_millis(50);
/// Events taken at once.
const EVENTS: usize = 256;

/// Time since some moment, never going back; the composition root gives it.
pub type Stopwatch<'a> = &'a dyn Fn() -> Duration;

/// What is asked, and what it should be answered.
pub trait Traffic {
    /// Writes the next request of a connection into `out`, which is empty; `false` when there is none
    /// any more.
    fn write(&mut self, connection: usize, out: &mut Vec<u8>) -> bool;
    /// Judges the answer to the last request written for a connection.
    fn is_right(&mut self, connection: usize, answer: Answer<'_>) -> bool;
}

/// An answer of the server.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: &'a [u8],
}

impl Answer<'_> {
    /// Whether the body holds a text.
    pub fn holds(&self, text: &str) -> bool {
        answer::find(self.body, text.as_bytes()).is_some()
    }
}

/// When requests are sent.
#[derive(Clone, Debug)]
pub enum Pace {
    /// Each connection asks again as soon as it has its answer.
    Closed,
    /// Requests are due at random, so many a second on average (a Poisson process).
    Open {
        /// The rate.
        per_second: f64,
        /// The chance in it.
        dice: Dice,
    },
}

/// When a run ends: with whichever comes first.
#[derive(Clone, Copy, Debug)]
pub struct Until {
    /// No request is sent after so long.
    pub lasted: Duration,
    /// No more requests than so many.
    pub requests: u64,
}

/// What came of a run.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Requests that were answered.
    pub answered: u64,
    /// Those of them whose answer was not right.
    pub wrong: u64,
    /// Requests that were due and never answered: the connection broke, or the time was over.
    pub lost: u64,
    /// From the beginning to the last answer.
    pub lasted: Duration,
    /// How long answers took.
    pub latency: Histogram,
    /// Status and beginning of the first wrong answer.
    pub first_wrong: Option<String>,
}

impl Report {
    /// Answers a second.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a run has far fewer than 2⁵² requests"
    )]
    pub fn per_second(&self) -> f64 {
        self.answered as f64 / self.lasted.as_secs_f64().max(1e-9)
    }
}

/// Connections to a server on this machine.
pub struct Driver {
    epoll: OwnedFd,
    connections: Vec<Connection>,
}

/// A run under way.
struct Run {
    report: Report,
    /// Connections without a request, the one that waits longest first.
    idle: VecDeque<usize>,
    /// Times at which requests were due that no connection was free for.
    overdue: VecDeque<Duration>,
    /// When the next request is due, at an open pace.
    next_due: Duration,
    sent: u64,
    under_way: usize,
    out: Vec<u8>,
    is_over: bool,
}

impl Driver {
    /// Opens so many connections to a port of this machine.
    ///
    /// # Errors
    /// Nobody listens there, or the system gives no more connections.
    pub fn connect(port: u16, connections: usize) -> io::Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let connections = (0..connections as u64)
            .map(|number| {
                let connection = Connection::open(address)?;
                let data = epoll::EventData::new_u64(number);
                epoll::add(&epoll, connection.stream(), data, epoll::EventFlags::IN)?;
                Ok(connection)
            })
            .collect::<io::Result<_>>()?;
        Ok(Self { epoll, connections })
    }

    /// Sends requests and takes answers until the end, or until every connection is broken.
    ///
    /// # Errors
    /// The system's `epoll` fails. A server that breaks a connection is no error but a `lost` request.
    pub fn run(
        &mut self,
        traffic: &mut dyn Traffic,
        mut pace: Pace,
        until: Until,
        stopwatch: Stopwatch<'_>,
    ) -> io::Result<Report> {
        let start = stopwatch();
        let end = start + until.lasted;
        let mut run = Run::begin(&self.connections, start);
        let mut events = Vec::with_capacity(EVENTS);
        loop {
            let now = stopwatch();
            if now >= end || run.sent >= until.requests {
                run.is_over = true;
            }
            if run.sent >= until.requests {
                run.overdue.clear();
            }
            run.fall_due(&mut pace, now.min(end));
            while let Some(due) = run.next(&pace, until, stopwatch) {
                self.send(&mut run, traffic, due);
            }
            let is_done = run.is_over && run.under_way == 0 && run.overdue.is_empty();
            if is_done || run.no_connection_is_left() || now >= end + GRACE {
                break;
            }
            let wait = run.wait(&pace, now);
            self.take_events(&mut events, wait)?;
            for event in events.drain(..) {
                let number = usize::try_from(event.data.u64()).unwrap_or(usize::MAX);
                self.receive(&mut run, traffic, number, start, stopwatch);
            }
        }
        for connection in &mut self.connections {
            // An answer that comes after the end must not be taken for that of a later run.
            run.report.lost += u64::from(connection.give_up());
        }
        run.report.lost += run.overdue.len() as u64;
        Ok(run.report)
    }

    /// How many connections still stand.
    pub fn alive(&self) -> usize {
        let alive = self.connections.iter().filter(|each| each.is_alive());
        alive.count()
    }

    fn send(&mut self, run: &mut Run, traffic: &mut dyn Traffic, due: Duration) {
        let Some(number) = run.idle.pop_front() else {
            return;
        };
        run.out.clear();
        if !traffic.write(number, &mut run.out) {
            run.idle.push_front(number);
            run.overdue.clear();
            run.is_over = true;
            return;
        }
        run.sent += 1;
        if self.connections[number].ask(&run.out, due).is_ok() {
            run.under_way += 1;
        } else {
            run.report.lost += 1;
        }
    }

    /// Waits for answers with the precision of the system's timers, which `epoll` itself has only in
    /// newer kernels.
    fn take_events(&self, events: &mut Vec<epoll::Event>, wait: Duration) -> io::Result<()> {
        let timeout = Timespec::try_from(wait).map_err(io::Error::other)?;
        let mut ready = [PollFd::new(&self.epoll, PollFlags::IN)];
        match poll(&mut ready, Some(&timeout)) {
            Ok(0) | Err(rustix::io::Errno::INTR) => return Ok(()),
            Ok(_) => {}
            Err(error) => return Err(error.into()),
        }
        let at_once = Timespec::default();
        let spare = rustix::buffer::spare_capacity(events);
        epoll::wait(&self.epoll, spare, Some(&at_once))?;
        Ok(())
    }

    fn receive(
        &mut self,
        run: &mut Run,
        traffic: &mut dyn Traffic,
        number: usize,
        start: Duration,
        stopwatch: Stopwatch<'_>,
    ) {
        let Some(connection) = self.connections.get_mut(number) else {
            return;
        };
        let was_asked = connection.is_asked();
        match connection.receive() {
            Ok(None) => {}
            Ok(Some(due)) => {
                let now = stopwatch();
                let answer = connection.answer();
                run.report.count(
                    traffic.is_right(number, answer),
                    answer,
                    now.saturating_sub(due),
                );
                run.report.lasted = now.saturating_sub(start);
                connection.forget_answer();
                run.under_way -= 1;
                run.idle.push_back(number);
            }
            Err(_) => {
                // The kernel takes a closed socket out of the set by itself.
                run.report.lost += u64::from(was_asked);
                run.under_way -= usize::from(was_asked);
                run.idle.retain(|idle| *idle != number);
            }
        }
    }
}

impl Run {
    fn begin(connections: &[Connection], start: Duration) -> Self {
        let alive = |number: &usize| connections[*number].is_alive();
        Self {
            report: Report::default(),
            idle: (0..connections.len()).filter(alive).collect(),
            overdue: VecDeque::new(),
            next_due: start,
            sent: 0,
            under_way: 0,
            out: Vec::with_capacity(1024),
            is_over: false,
        }
    }

    /// Puts what is due by now into the queue.
    fn fall_due(&mut self, pace: &mut Pace, now: Duration) {
        let Pace::Open { per_second, dice } = pace else {
            return;
        };
        while self.next_due <= now && !self.is_over {
            self.overdue.push_back(self.next_due);
            let gap_s = -(1.0 - dice.fraction()).ln() / per_second.max(1e-3);
            self.next_due += Duration::from_secs_f64(gap_s);
        }
    }

    /// The time at which the next request is due, if it can be sent now.
    fn next(&mut self, pace: &Pace, until: Until, stopwatch: Stopwatch<'_>) -> Option<Duration> {
        if self.idle.is_empty() || self.sent >= until.requests {
            return None;
        }
        match pace {
            Pace::Closed => (!self.is_over).then(stopwatch),
            Pace::Open { .. } => self.overdue.pop_front(),
        }
    }

    fn wait(&self, pace: &Pace, now: Duration) -> Duration {
        match pace {
            Pace::Open { .. } if !self.is_over => self.next_due.saturating_sub(now).min(WAIT_MAX),
            Pace::Open { .. } | Pace::Closed => WAIT_MAX,
        }
    }

    fn no_connection_is_left(&self) -> bool {
        self.idle.is_empty() && self.under_way == 0
    }
}

impl Report {
    fn count(&mut self, is_right: bool, answer: Answer<'_>, took: Duration) {
        self.answered += 1;
        self.latency.add(took);
        if !is_right {
            self.wrong += 1;
            self.first_wrong.get_or_insert_with(|| {
                let beginning = &answer.body[..answer.body.len().min(300)];
                format!("{} {}", answer.status, String::from_utf8_lossy(beginning))
            });
        }
    }
}

#[cfg(test)]
mod tests;
