//! An app over a fresh store, with a clock that is moved by hand.

use gapura_app::App;
use gapura_app::ambient::{Chance, Clock};
use gapura_app::config::Config;
use gapura_app::keys::{Keys, new_keys};
use gapura_app::staff::Principal;
use gapura_domain::ids::{AccountId, OrganisationId, VenueId};
use gapura_domain::role::{Grant, Role};
use gapura_domain::time::Time;
use gapura_domain::venue::Venue;
use gapura_store::Store;
use gapura_store::staff::NewAccount;
use gapura_store_sqlite::{Options, SqliteStore};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// A clock that stands still until somebody moves it.
pub(crate) struct Hand(AtomicI64);

impl Clock for Hand {
    fn now(&self) -> Time {
        Time(self.0.load(Ordering::SeqCst))
    }
}

/// Bytes that differ, unless the same are asked for again.
pub(crate) struct Dice {
    next: AtomicU64,
    repeats: AtomicU64,
}

impl Dice {
    /// Lets the next `times` throws fall as the one before.
    pub(crate) fn repeat(&self, times: u64) {
        self.repeats.store(times, Ordering::SeqCst);
    }
}

impl Chance for Dice {
    fn fill(&self, bytes: &mut [u8]) {
        let left = self.repeats.load(Ordering::SeqCst);
        let number = if left > 0 {
            self.repeats.store(left - 1, Ordering::SeqCst);
            self.next.load(Ordering::SeqCst)
        } else {
            self.next.fetch_add(1, Ordering::SeqCst) + 1
        };
        for (index, chunk) in (1_u64..).zip(bytes.chunks_mut(8)) {
            let mixed = (number ^ (index << 40)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            chunk.copy_from_slice(&mixed.rotate_left(23).to_le_bytes()[..chunk.len()]);
        }
    }
}

/// Monday, 23 November 2026, 10.00 WIB.
pub(crate) const MONDAY_TEN: i64 = 1_795_316_400 + 86_400;

pub(crate) const MALANG: &[u8] = include_bytes!("../../../../examples/malang.csv");
pub(crate) const SUMSEL: &[u8] = include_bytes!("../../../../examples/sumsel.csv");

pub(crate) struct House {
    pub(crate) app: Arc<App>,
    pub(crate) clock: Arc<Hand>,
    pub(crate) dice: Arc<Dice>,
    account: AccountId,
    _folder: tempfile::TempDir,
}

impl House {
    pub(crate) async fn open(config: Config) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store =
            SqliteStore::open(&folder.path().join("gapura.db"), Options::default()).unwrap();
        let store: Arc<dyn Store> = Arc::new(store);
        store.migrate().await.unwrap();
        let clock = Arc::new(Hand(AtomicI64::new(MONDAY_TEN)));
        let dice = Arc::new(Dice {
            next: AtomicU64::new(0),
            repeats: AtomicU64::new(0),
        });
        let keys = Keys::parse(&new_keys(&*dice)).unwrap();
        let account = NewAccount {
            login: "petugas".into(),
            display_name: "Petugas".into(),
            password: "-".into(),
            totp: None,
            grants: Vec::new(),
        };
        let account = store.create_account(&account, clock.now()).await.unwrap();
        // Boxed, because an app is large and tests hold many futures.
        let start = Box::pin(App::start(store, config, keys, clock.clone(), dice.clone()));
        let app = Arc::new(start.await.unwrap());
        Self {
            app,
            clock,
            dice,
            account,
            _folder: folder,
        }
    }

    pub(crate) fn wait(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds, Ordering::SeqCst);
    }

    pub(crate) fn someone(&self, role: Role, branch: Option<OrganisationId>) -> Principal {
        Principal {
            account: self.account,
            grants: vec![Grant { role, branch }],
        }
    }

    pub(crate) fn authority(&self) -> Principal {
        self.someone(Role::Authority, None)
    }

    pub(crate) fn manager(&self) -> Principal {
        self.someone(Role::VenueManager, None)
    }

    pub(crate) async fn organisation(&self, name: &str) -> OrganisationId {
        let tree = self.app.organisation_tree().await.unwrap();
        let name = gapura_domain::venue::Label::parse(name).unwrap();
        let found: Vec<_> = tree.all_named(&name).collect();
        assert_eq!(found.len(), 1, "{name}");
        found[0].id
    }

    /// The places of a list, applied for and approved.
    pub(crate) async fn approved(&self, list: &[u8]) -> Vec<VenueId> {
        let ids = self
            .app
            .apply_list(&self.manager(), None, list)
            .await
            .unwrap();
        let outcomes = self.app.approve_many(&self.authority(), &ids).await;
        outcomes
            .into_iter()
            .map(|(_, venue)| venue.unwrap())
            .collect()
    }

    pub(crate) async fn venue_named(&self, name: &str) -> Venue {
        let cursor = gapura_store::Cursor {
            after: None,
            limit: 1000,
        };
        let filter = gapura_store::venues::VenueFilter::default();
        let page = self.app.store.venues(&filter, cursor).await.unwrap();
        let mut rows = page.rows.into_iter();
        rows.find(|venue| venue.spec.name.as_str() == name).unwrap()
    }
}
