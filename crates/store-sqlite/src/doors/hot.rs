//! The writer's side of the doors: a batch of commands on the ledger, one row of the log.

use super::log::{self, Checkpoint};
use super::state::State;
use super::tail::Tail;
use crate::SqliteStore;
use crate::fault::{Outcome, closed};
use crate::writer::Message;
use gapura_domain::door::{Answer, Command};
use gapura_domain::time::{LocalDay, Time};
use gapura_store::{Result, StoreError};
use parking_lot::{RwLock, RwLockWriteGuard};
use rusqlite::Connection;
use std::sync::Arc;
use tokio::sync::oneshot;

/// Events in the log from which packing is asked for.
const PACK_EVENTS: usize = 65_536;

/// A command that waits for the writer, and whom to answer.
pub(crate) struct Ask {
    command: Option<Command>,
    now: Time,
    answer: Option<Answer>,
    to: oneshot::Sender<Result<Answer>>,
}

impl Ask {
    /// Tells whoever asked. `Err` says why nothing of the batch was written.
    pub(crate) fn answer(self, committed: std::result::Result<(), &str>) {
        let answer = match (self.answer, committed) {
            (Some(answer), Ok(())) => Ok(answer),
            (None, Ok(())) => Err(closed()),
            (_, Err(why)) => Err(StoreError::Unavailable(why.to_owned())),
        };
        // Whoever asked may have gone away meanwhile; what was decided stays decided.
        drop(self.to.send(answer));
    }
}

/// The doors in memory, absent until they are first needed after the schema is there.
#[derive(Clone, Default)]
pub(crate) struct Doors {
    state: Arc<RwLock<Option<State>>>,
}

impl Doors {
    /// Looks at the state if it is there. It may show a decision a moment before that is durable;
    /// answers never do.
    pub(super) fn look<T>(&self, look: impl FnOnce(&State) -> T) -> Option<T> {
        self.state.read().as_ref().map(look)
    }

    fn is_loaded(&self) -> bool {
        self.state.read().is_some()
    }

    /// Decides a batch in the writer's transaction.
    pub(crate) fn decide(&self, conn: &Connection, asks: &mut [Ask]) -> Outcome<()> {
        if asks.is_empty() {
            return Ok(());
        }
        self.load(conn)?;
        let mut guard = self.state.write();
        let Some(state) = guard.as_mut() else {
            return Err(closed().into());
        };
        let first = state.waiting();
        let mut events = Vec::with_capacity(asks.len());
        for ask in asks {
            if let Some(command) = ask.command.take() {
                ask.answer = Some(state.ledger.decide(command, ask.now, &mut events));
            }
        }
        if events.is_empty() {
            return Ok(());
        }
        state.log_end += 1;
        state.absorb(events);
        // Whoever only looks need not wait for the disk.
        let guard = RwLockWriteGuard::downgrade(guard);
        let Some(state) = guard.as_ref() else {
            return Err(closed().into());
        };
        let (id, at) = (state.log_end, state.ledger.clock());
        log::append(conn, id, at, state.events_from(first))
    }

    /// Reads checkpoint and log if that was not done since the start or the last failure.
    pub(crate) fn load(&self, conn: &Connection) -> Outcome<()> {
        if !self.is_loaded() {
            let state = State::load(conn)?;
            *self.state.write() = Some(state);
        }
        Ok(())
    }

    /// Reads what another process wrote meanwhile.
    fn refresh(&self, conn: &Connection) -> Outcome<()> {
        let checkpoint = log::checkpoint(conn)?;
        let mut guard = self.state.write();
        match guard.as_mut() {
            Some(state) if state.checkpoint == checkpoint => {
                let caught_up = state.catch_up(conn);
                if caught_up.is_err() {
                    *guard = None;
                }
                caught_up
            }
            Some(_) | None => {
                *guard = Some(State::load(conn)?);
                Ok(())
            }
        }
    }

    /// After a commit that failed, memory is ahead of the file: the next use reads the file again.
    pub(crate) fn forget(&self) {
        *self.state.write() = None;
    }

    /// Whether the log is long enough to be packed: also in proportion to the open visits, because
    /// each packing writes them all.
    pub(crate) fn wants_packing(&self) -> bool {
        let wants = self.look(|state| {
            state.waiting() >= PACK_EVENTS && state.waiting() >= 2 * state.ledger.open_count()
        });
        wants.unwrap_or(false)
    }

    pub(super) fn seal(&self) -> Option<Arc<Tail>> {
        self.state.write().as_mut().and_then(State::seal)
    }

    /// Lets go of what was packed, as soon as that is committed.
    pub(super) fn packed(&self, tail: &Arc<Tail>, to: Checkpoint) {
        let mut guard = self.state.write();
        let known = guard.as_mut().and_then(|state| state.packed(tail, to));
        if known.is_none() {
            *guard = None;
        }
    }

    pub(super) fn forget_days_before(&self, day: LocalDay) {
        if let Some(state) = self.state.write().as_mut() {
            state.ledger.forget_days_before(day);
        }
    }
}

impl SqliteStore {
    /// Looks at the doors in memory, read from the file if that was not done yet.
    pub(super) async fn look<T>(&self, look: impl Fn(&State) -> T + Send) -> Result<T> {
        loop {
            self.load().await?;
            // A commit that fails in between takes the state away again.
            if let Some(seen) = self.door_state().look(&look) {
                return Ok(seen);
            }
        }
    }

    /// Makes sure that the doors are in memory; in a store that only looks, as they are now.
    pub(super) async fn load(&self) -> Result<()> {
        let doors = self.door_state().clone();
        if !self.serves() {
            return self.read(move |conn| doors.refresh(conn)).await;
        }
        if doors.is_loaded() {
            return Ok(());
        }
        // On the writer, so that no decision falls between reading and keeping.
        self.alone(move |conn| doors.load(conn).map_err(StoreError::from))
            .await
    }

    /// Hands a command to the writer and waits until what it decided is durable.
    pub(super) async fn ask(&self, command: Command, now: Time) -> Result<Answer> {
        let (to, answer) = oneshot::channel();
        let ask = Ask {
            command: Some(command),
            now,
            answer: None,
            to,
        };
        self.queue()?.put(Message::Decide(ask))?;
        answer.await.map_err(|_| closed())?
    }
}
