//! What the writer counts about itself, for the metrics page.

use std::sync::atomic::{AtomicU64, Ordering};

/// Figures of the writer since the store was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Messages that wait for the writer now.
    pub queue_depth: u64,
    /// Transactions committed.
    pub batches: u64,
    /// Writes in them.
    pub writes: u64,
    /// Writes in the last one.
    pub last_batch: u64,
    /// Microseconds spent in commits, the wait for the disk included.
    pub commit_micros: u64,
    /// Pages in the write-ahead log at the last commit.
    pub wal_pages: u64,
    /// Checkpoints done.
    pub checkpoints: u64,
}

/// The same while they are being counted.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) batches: AtomicU64,
    pub(crate) writes: AtomicU64,
    pub(crate) last_batch: AtomicU64,
    pub(crate) commit_micros: AtomicU64,
    pub(crate) wal_pages: AtomicU64,
    pub(crate) checkpoints: AtomicU64,
}

impl Counters {
    pub(crate) fn figures(&self, queue_depth: usize) -> Figures {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Figures {
            queue_depth: queue_depth as u64,
            batches: of(&self.batches),
            writes: of(&self.writes),
            last_batch: of(&self.last_batch),
            commit_micros: of(&self.commit_micros),
            wal_pages: of(&self.wal_pages),
            checkpoints: of(&self.checkpoints),
        }
    }
}

/// Adds to a counter.
pub(crate) fn add(counter: &AtomicU64, more: u64) {
    counter.fetch_add(more, Ordering::Relaxed);
}
