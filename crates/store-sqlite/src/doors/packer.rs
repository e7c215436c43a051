//! The packer's thread: packs when the log has grown long or when it is asked.

use super::hot::Doors;
use super::{log, pack};
use crate::SqliteStore;
use crate::fault::{Outcome, closed};
use crate::writer::{Message, Queue};
use crossbeam_channel::{Receiver, Sender};
use gapura_store::{Result, StoreError};
use rusqlite::Connection;
use tokio::sync::oneshot;

/// Rows of the log that one transaction trims, so that no check-in waits long for it.
const TRIM_ROWS: u32 = 64;

/// Somebody who waits for a packing; nobody for one that the writer asked for.
pub(crate) type PackerAsk = Option<oneshot::Sender<Result<()>>>;

/// The packer.
pub(crate) struct Packer {
    pub(crate) conn: Connection,
    pub(crate) queue: Queue,
    pub(crate) doors: Doors,
    pub(crate) asked: Receiver<PackerAsk>,
}

impl Packer {
    /// Works until nobody can ask any more.
    pub(crate) fn run(self) {
        while let Ok(ask) = self.asked.recv() {
            let done = self.pack();
            match (ask, done) {
                (Some(to), done) => drop(to.send(done)),
                (None, Ok(())) => {}
                (None, Err(why)) => {
                    tracing::warn!(%why, "the log was not packed; it will be tried again")
                }
            }
        }
    }

    fn pack(&self) -> Result<()> {
        // One read transaction, so that checkpoint and log belong together.
        let transaction = self
            .conn
            .unchecked_transaction()
            .map_err(StoreError::other)?;
        let ready = pack::prepare(&transaction)?;
        drop(transaction);
        if let Some(ready) = ready {
            let doors = self.doors.clone();
            self.alone(move |conn| {
                let transaction = conn.transaction()?;
                ready.insert(&transaction)?;
                transaction.commit()?;
                doors.packed(&ready.state);
                Ok(())
            })?;
        }
        while self.alone(|conn| log::trim(conn, TRIM_ROWS))? > 0 {}
        Ok(())
    }

    fn alone<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Outcome<T> + Send + 'static,
    ) -> Result<T> {
        let (to, answer) = crossbeam_channel::bounded(1);
        self.queue.put(Message::Alone(Box::new(move |conn| {
            drop(to.send(work(conn)))
        })))?;
        Ok(answer.recv().map_err(|_| closed())??)
    }
}

impl SqliteStore {
    pub(super) async fn pack_now(&self) -> Result<()> {
        self.doors().await?;
        let (to, done) = oneshot::channel();
        let packer: Sender<PackerAsk> = self.packer()?;
        // Waits at most for the packing that is under way.
        let put = tokio::task::spawn_blocking(move || packer.send(Some(to)));
        put.await
            .map_err(StoreError::other)?
            .map_err(|_| closed())?;
        done.await.map_err(|_| closed())?
    }
}
