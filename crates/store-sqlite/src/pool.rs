//! The readers: a few threads, each with a connection that cannot write.
//!
//! A read is a transaction, so that all its statements see the same moment. It never waits for the
//! writer, and sees everything that the writer has answered before the read was asked.

use crate::fault::{Outcome, closed};
use crate::writer::unwound;
use crossbeam_channel::{Receiver, Sender};
use gapura_store::{Result, StoreError};
use rusqlite::Connection;
use std::convert::Infallible;
use tokio::sync::{Mutex, mpsc, oneshot};

enum Message {
    Read(Box<dyn FnOnce(&Connection) + Send>),
    Stop,
}

/// The near end of the readers' queue.
pub(crate) struct Pool {
    to: Sender<Message>,
    readers: usize,
    /// Ends when every reader has closed its connection.
    threads: Mutex<mpsc::Receiver<Infallible>>,
}

impl Pool {
    /// Starts one thread for each connection.
    pub(crate) fn start(connections: Vec<Connection>) -> Result<Self> {
        let (to, from) = crossbeam_channel::unbounded();
        let (alive, threads) = mpsc::channel(1);
        let readers = connections.len();
        for conn in connections {
            let (from, alive) = (from.clone(), alive.clone());
            std::thread::Builder::new()
                .name("store-reader".to_owned())
                .spawn(move || {
                    run(&conn, &from);
                    drop(conn);
                    drop(alive);
                })
                .map_err(StoreError::other)?;
        }
        let threads = Mutex::new(threads);
        Ok(Self {
            to,
            readers,
            threads,
        })
    }

    /// Runs a closure on one of the connections.
    pub(crate) async fn read<T, F>(&self, work: F) -> Result<T>
    where
        F: FnOnce(&Connection) -> Outcome<T> + Send + 'static,
        T: Send + 'static,
    {
        let (to, answer) = oneshot::channel();
        let read = Message::Read(Box::new(move |conn| {
            let result = unwound(|| snapshot(conn, work)).map_err(StoreError::from);
            // Whoever asked may have gone away meanwhile.
            drop(to.send(result));
        }));
        self.to.send(read).map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }

    /// Answers what waits, then ends the threads.
    pub(crate) async fn stop(&self) {
        for _ in 0..self.readers {
            // An error means that they have stopped before.
            drop(self.to.send(Message::Stop));
        }
        while self.threads.lock().await.recv().await.is_some() {}
    }
}

fn run(conn: &Connection, queue: &Receiver<Message>) {
    while let Ok(Message::Read(read)) = queue.recv() {
        read(conn);
        if !conn.is_autocommit() {
            // The closure panicked within its transaction.
            drop(conn.execute_batch("ROLLBACK"));
        }
    }
}

fn snapshot<T>(conn: &Connection, work: impl FnOnce(&Connection) -> Outcome<T>) -> Outcome<T> {
    let run = |sql| conn.prepare_cached(sql)?.execute([]).map(|_| ());
    run("BEGIN")?;
    let result = work(conn);
    run("COMMIT")?;
    result
}
