//! Lists that staff hand in at a desk: kept sealed while they are looked at, checked row by row, then stored.
//!
//! A list is checked first, which stores nothing, and its report is looked at; storing it reads the same file
//! again. Both run beside the requests, one list at a time, in constant memory; they can be stopped between two
//! chunks, and their counts then say exactly what was stored. A list belongs to whoever handed it in and is
//! forgotten an hour after its last step.

mod journal;
mod receiving;
mod sealed_file;

use crate::App;
use crate::csv_table::{CellFault, Limits};
use crate::error::{AppError, Result};
use crate::import_people::{Counts, Imported, Watcher, import};
use crate::staff::{By, Principal};
use gapura_domain::ids::AccountId;
use gapura_domain::role::Role;
use gapura_domain::time::Time;
use gapura_store::StoreError;
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use zeroize::Zeroizing;

use journal::Journalist;
use sealed_file::SealedFile;

pub use journal::{Journal, JournalRow};
pub use receiving::{ReceiveError, Receiving};

/// For how long a list is kept after its last step.
const KEPT_S: i64 = 3_600;
/// Lists in hand at a time, of all desks together.
const LISTS_MAX: usize = 32;
/// Faults that are kept for the report's page; all of them stand in the journal.
const FIRST_MAX: usize = 200;

/// The number of a list that was handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListId(pub u64);

/// How far a list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Another list has its turn.
    Waiting,
    /// Rows are being read.
    Running,
    /// All rows were read.
    Done,
    /// Somebody stopped it; what the counts say was done.
    Stopped,
    /// The file or its header cannot be read; the faults say why.
    Unreadable,
    /// The store failed; what the counts say was done.
    Broken,
}

impl Stage {
    /// Whether nothing will change any more.
    #[must_use]
    pub fn is_over(self) -> bool {
        !matches!(self, Self::Waiting | Self::Running)
    }
}

/// What became of a list until now.
#[derive(Clone)]
pub struct ListState {
    /// What it holds.
    pub what: Imported,
    /// Whether it is checked, or stored.
    pub is_check: bool,
    /// How far.
    pub stage: Stage,
    /// What became of its rows.
    pub counts: Counts,
    /// The first faults (`true`) and notes (`false`).
    pub first: Vec<(bool, CellFault)>,
    /// How many faults and notes there are.
    pub told: u64,
    /// Positions, from 1, of columns whose header means nothing here.
    pub unknown_columns: Vec<usize>,
    /// Whether it can be stored now.
    pub can_be_stored: bool,
    journal: Option<Journal>,
}

impl ListState {
    fn begin(what: Imported, is_check: bool) -> Self {
        Self {
            what,
            is_check,
            stage: Stage::Waiting,
            counts: Counts::default(),
            first: Vec::new(),
            told: 0,
            unknown_columns: Vec::new(),
            can_be_stored: false,
            journal: None,
        }
    }
}

/// A list in hand.
struct List {
    id: ListId,
    of: AccountId,
    file: Mutex<Option<Arc<SealedFile>>>,
    state: Mutex<ListState>,
    touched: Mutex<Time>,
    is_stopped: AtomicBool,
    over: watch::Sender<bool>,
}

/// The lists in hand.
#[derive(Default)]
pub struct ImportDesk {
    lists: Mutex<(u64, Vec<Arc<List>>)>,
    turn: tokio::sync::Mutex<()>,
}

impl ImportDesk {
    /// Forgets lists whose last step was long ago.
    pub(crate) fn forget_old(&self, now: Time) {
        let is_old = |list: &Arc<List>| now.since_s(*list.touched.lock()) > KEPT_S;
        self.lists
            .lock()
            .1
            .retain(|list| !list.is_over() || !is_old(list));
    }

    fn find(&self, by: &Principal, id: ListId) -> Result<Arc<List>> {
        let lists = self.lists.lock();
        let found = lists.1.iter().find(|list| list.id == id);
        let own = found.filter(|list| list.of == by.account && by.has(Role::Authority));
        own.cloned().ok_or(AppError::NotFound)
    }
}

impl List {
    fn is_over(&self) -> bool {
        self.state.lock().stage.is_over()
    }
}

impl App {
    /// Begins to take a list.
    ///
    /// # Errors
    /// `NotAllowed`; the disk's.
    pub fn receive_list(&self, by: &Principal) -> Result<Receiving> {
        By::Staff(by).require_any(&[Role::Authority])?;
        let secret = Zeroizing::new(self.random());
        let bytes_max = self.config.import_bytes_max();
        Receiving::begin(&self.config.scratch_folder(), &secret, bytes_max).map_err(disk)
    }

    /// The list that somebody handed in last, if it is not forgotten.
    pub fn last_list(&self, by: &Principal) -> Option<ListId> {
        let lists = self.import_desk.lists.lock();
        let own = lists.1.iter().rev().find(|list| list.of == by.account);
        own.map(|list| list.id)
    }

    /// What became of a list until now; after at most `patience` if it is not over.
    ///
    /// # Errors
    /// `NotFound` for a list of somebody else, or one that was forgotten.
    pub async fn list_state(
        &self,
        by: &Principal,
        id: ListId,
        patience: Duration,
    ) -> Result<ListState> {
        let list = self.import_desk.find(by, id)?;
        let mut over = list.over.subscribe();
        // Whether it is over by then stands in the state.
        drop(tokio::time::timeout(patience, over.wait_for(|over| *over)).await);
        Ok(list.state.lock().clone())
    }

    /// All faults and notes of a list that is over.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn list_journal(&self, by: &Principal, id: ListId) -> Result<Journal> {
        let list = self.import_desk.find(by, id)?;
        let journal = list.state.lock().journal.clone();
        journal.ok_or(AppError::NotFound)
    }

    /// Stops a list between two chunks. What was stored by then stays.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn stop_list(&self, by: &Principal, id: ListId) -> Result<()> {
        let list = self.import_desk.find(by, id)?;
        list.is_stopped.store(true, Ordering::Relaxed);
        Ok(())
    }
}

fn disk(error: std::io::Error) -> AppError {
    AppError::Store(StoreError::other(error))
}

/// Takes a list that was received, and begins to check it.
///
/// # Errors
/// `NotNow("try_again")` where too many lists are in hand; the disk's.
pub fn check_list(
    app: &Arc<App>,
    by: &Principal,
    what: Imported,
    received: Receiving,
) -> Result<ListId> {
    By::Staff(by).require_any(&[Role::Authority])?;
    let file = received.finish().map_err(disk)?;
    app.import_desk.forget_old(app.now());
    let list = {
        let mut lists = app.import_desk.lists.lock();
        // Whoever hands in another list is done with the last.
        lists
            .1
            .retain(|list| list.of != by.account || !list.is_over());
        if lists.1.len() >= LISTS_MAX {
            return Err(AppError::NotNow("try_again"));
        }
        lists.0 += 1;
        let list = Arc::new(List {
            id: ListId(lists.0),
            of: by.account,
            file: Mutex::new(Some(Arc::new(file))),
            state: Mutex::new(ListState::begin(what, true)),
            touched: Mutex::new(app.now()),
            is_stopped: AtomicBool::new(false),
            over: watch::Sender::new(false),
        });
        lists.1.push(Arc::clone(&list));
        list
    };
    let id = list.id;
    start(app, by, list);
    Ok(id)
}

/// Begins to store a list that was checked.
///
/// # Errors
/// `NotFound`; `NotNow("changed_meanwhile")` for one that cannot be stored now.
pub fn store_list(app: &Arc<App>, by: &Principal, id: ListId) -> Result<()> {
    let list = app.import_desk.find(by, id)?;
    {
        let mut state = list.state.lock();
        if !state.can_be_stored {
            return Err(AppError::NotNow("changed_meanwhile"));
        }
        *state = ListState::begin(state.what, false);
        list.is_stopped.store(false, Ordering::Relaxed);
        list.over.send_replace(false);
    }
    start(app, by, list);
    Ok(())
}

fn start(app: &Arc<App>, by: &Principal, list: Arc<List>) {
    let (app, by) = (Arc::clone(app), by.clone());
    tokio::spawn(async move {
        let _turn = app.import_desk.turn.lock().await;
        let runtime = tokio::runtime::Handle::current();
        let (of_app, of_list) = (Arc::clone(&app), Arc::clone(&list));
        // Reading the disk and comparing rows keeps a thread busy that nobody else waits for.
        let running =
            tokio::task::spawn_blocking(move || runtime.block_on(run(&of_app, &by, &of_list)));
        if running.await.is_err() {
            list.state.lock().stage = Stage::Broken;
        }
        *list.touched.lock() = app.now();
        list.over.send_replace(true);
    });
}

async fn run(app: &App, by: &Principal, list: &Arc<List>) {
    let (what, is_check) = {
        let mut state = list.state.lock();
        state.stage = Stage::Running;
        (state.what, state.is_check)
    };
    let Some(file) = list.file.lock().clone() else {
        list.state.lock().stage = Stage::Broken;
        return;
    };
    let mut watching = Watching {
        list: Arc::clone(list),
        journal: Journalist::begin(&app.config.scratch_folder()).ok(),
    };
    let limits = Limits {
        bytes_max: app.config.import_bytes_max(),
        ..Limits::FILE
    };
    let by = By::Staff(by);
    let done = import(app, by, what, file.read(), limits, is_check, &mut watching).await;
    let stage = match done {
        Ok(_) => Stage::Done,
        Err(AppError::NotNow("import_stopped")) => Stage::Stopped,
        Err(AppError::NotNow("table_unreadable")) => Stage::Unreadable,
        Err(error) => {
            tracing::error!(%error, "an import did not reach its end");
            Stage::Broken
        }
    };
    let journal = watching.journal.and_then(|journal| journal.finish().ok());
    let mut state = list.state.lock();
    state.stage = stage;
    state.journal = journal;
    state.can_be_stored =
        is_check && stage == Stage::Done && state.counts.created + state.counts.changed > 0;
    if !state.can_be_stored {
        list.file.lock().take();
    }
}

struct Watching {
    list: Arc<List>,
    journal: Option<Journalist>,
}

impl Watching {
    fn tell(&mut self, is_rejected: bool, fault: CellFault) {
        if let Some(journal) = &mut self.journal
            && journal.write(is_rejected, &fault).is_err()
        {
            tracing::error!("the disk takes no more of an import's report");
            self.journal = None;
        }
        let mut state = self.list.state.lock();
        state.told += 1;
        if state.first.len() < FIRST_MAX {
            state.first.push((is_rejected, fault));
        }
    }
}

impl Watcher for Watching {
    fn fault(&mut self, fault: CellFault) {
        self.tell(true, fault);
    }

    fn note(&mut self, note: CellFault) {
        self.tell(false, note);
    }

    fn unknown_column(&mut self, position: usize) {
        self.list.state.lock().unknown_columns.push(position);
    }

    fn progress(&mut self, counts: Counts) {
        self.list.state.lock().counts = counts;
    }

    fn is_stopped(&self) -> bool {
        self.list.is_stopped.load(Ordering::Relaxed)
    }
}
