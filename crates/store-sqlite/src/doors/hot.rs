//! The writer's side of the doors: a batch of commands on the ledger, one row of the log.

use super::log;
use super::state::State;
use crate::SqliteStore;
use crate::fault::{Outcome, closed};
use crate::writer::Message;
use gapura_domain::door::{Answer, Command};
use gapura_domain::time::Time;
use gapura_store::{Result, StoreError};
use parking_lot::RwLock;
use rusqlite::Connection;
use std::sync::Arc;
use tokio::sync::oneshot;

/// Events in the log from which packing is asked for.
const PACK_EVENTS: u64 = 65_536;

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
    /// Looks at the state. It may show a decision a moment before that is durable; answers never do.
    pub(super) fn look<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        match self.state.read().as_ref() {
            Some(state) => look(state),
            None => look(&State::default()),
        }
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
        state.absorb(&events);
        let log_end = state.log_end;
        drop(guard);
        log::append(conn, log_end, &events)
    }

    /// Reads checkpoint and log if that was not done since the start or the last failure.
    pub(crate) fn load(&self, conn: &Connection) -> Outcome<()> {
        if !self.is_loaded() {
            let state = State::load(conn)?;
            *self.state.write() = Some(state);
        }
        Ok(())
    }

    /// After a commit that failed, memory is ahead of the file: the next use reads the file again.
    pub(crate) fn forget(&self) {
        *self.state.write() = None;
    }

    /// Whether the log is long enough to be packed.
    pub(crate) fn wants_packing(&self) -> bool {
        self.look(|state| state.waiting >= PACK_EVENTS)
    }

    pub(super) fn packed(&self, packed: &State) {
        if let Some(state) = self.state.write().as_mut() {
            state.packed(packed);
        }
    }
}

impl SqliteStore {
    /// The doors in memory, read from the file if that was not done yet.
    pub(super) async fn doors(&self) -> Result<&Doors> {
        let doors = self.door_state();
        if !doors.is_loaded() {
            let loading = doors.clone();
            if self.serves() {
                // On the writer, so that no decision falls between reading and keeping.
                self.alone(move |conn| loading.load(conn).map_err(StoreError::from))
                    .await?;
            } else {
                self.read(move |conn| loading.load(conn)).await?;
            }
        }
        Ok(doors)
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
