//! A small app over the embedded store, with a clock moved by hand and an outbox to look into.

use gapura_app::ambient::{Chance, Clock};
use gapura_app::config::Config;
use gapura_app::delivery::{
    Kept, Language, MessageText, OutboxCourier, Rendered, Renderer, Round, deliver_waiting,
};
use gapura_app::keys::{create_keys_file, rotate_keys_file};
use gapura_app::person_form::PersonForm;
use gapura_app::register::register;
use gapura_app::sign_in::{Confirmed, confirm_code};
use gapura_app::{App, AppError};
use gapura_domain::ids::PersonId;
use gapura_domain::time::Time;
use gapura_store::Upkeep;
use gapura_store_sqlite::{Options, SqliteStore};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// 22 November 2026, 10.00 in the west.
pub(crate) const TEN: Time = Time(1_795_316_400);

pub(crate) const CLIENT: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7));

struct Hand(AtomicI64);

impl Clock for Hand {
    fn now(&self) -> Time {
        Time(self.0.load(Ordering::SeqCst))
    }
}

struct Count(AtomicU64);

impl Chance for Count {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let count = self.0.fetch_add(1, Ordering::SeqCst);
            let mixed = (count ^ (count << 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            chunk.copy_from_slice(&(mixed ^ (mixed >> 29)).to_le_bytes()[..chunk.len()]);
        }
    }
}

/// Messages as their kind and parameter.
pub(crate) struct Bare;

impl Renderer for Bare {
    fn render(&self, text: &MessageText, language: Language) -> Rendered {
        let (subject, text) = match text {
            MessageText::VisitorCode(code) => ("visitor", code),
            MessageText::SignUpCode(code) => ("sign-up", code),
            MessageText::StaffSetUp(link) => ("set-up", link),
        };
        Rendered {
            subject: format!("{subject} {language:?}"),
            text: text.clone(),
        }
    }
}

pub(crate) struct House {
    pub(crate) app: Arc<App>,
    pub(crate) outbox: OutboxCourier,
    clock: Arc<Hand>,
    chance: Arc<Count>,
    folder: tempfile::TempDir,
}

impl House {
    pub(crate) async fn open() -> Self {
        Self::with(Config::default()).await
    }

    pub(crate) async fn with(config: Config) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store =
            SqliteStore::open(&folder.path().join("gapura.db"), Options::default()).unwrap();
        store.migrate().await.unwrap();
        let clock = Arc::new(Hand(AtomicI64::new(TEN.0)));
        let chance = Arc::new(Count(AtomicU64::new(1)));
        let keys = create_keys_file(&folder.path().join("gapura.keys"), &*chance).unwrap();
        let started =
            App::start(Arc::new(store), config, keys, clock.clone(), chance.clone()).await;
        Self {
            chance,
            app: Arc::new(started.unwrap()),
            outbox: OutboxCourier::default(),
            clock,
            folder,
        }
    }

    /// The same house after its vault key was replaced and the server started again.
    pub(crate) async fn with_new_keys(self) -> Self {
        let path = self.folder.path().join("gapura.keys");
        let keys = rotate_keys_file(&path, None, &*self.chance).unwrap();
        let (store, config) = (self.app.store.clone(), self.app.config.clone());
        let (clock, chance) = (self.clock.clone(), self.chance.clone());
        let started = App::start(store, config, keys, clock, chance).await;
        Self {
            app: Arc::new(started.unwrap()),
            ..self
        }
    }

    pub(crate) fn pass_s(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds, Ordering::SeqCst);
    }

    pub(crate) async fn deliver(&self) -> Round {
        deliver_waiting(&self.app, &self.outbox, &Bare)
            .await
            .unwrap()
    }

    /// The newest message to this recipient.
    pub(crate) async fn letter(&self, to: &str) -> Kept {
        self.deliver().await;
        let kept = self.outbox.kept();
        kept.into_iter().find(|kept| kept.to == to).unwrap()
    }

    /// Registers somebody who did not exist; gives pseudonym and session secret.
    pub(crate) async fn visitor(&self, form: &PersonForm, contact: &str) -> (PersonId, String) {
        let sent = register(&self.app, form, contact, CLIENT, Language::Indonesian)
            .await
            .unwrap();
        let to = gapura_app::sign_in::code_sent_to(&self.app, &sent.ticket).unwrap();
        let code = self.letter(to.expose()).await.text;
        match confirm_code(&self.app, &sent.ticket, &code, CLIENT)
            .await
            .unwrap()
        {
            Confirmed::SignedIn {
                token,
                person,
                is_new,
            } => {
                assert!(is_new);
                (person, token.expose().to_owned())
            }
            other @ Confirmed::NotRegistered { .. } => panic!("{other:?}"),
        }
    }
}

pub(crate) fn form(name: &str, birth_date: &str, nik: &str) -> PersonForm {
    PersonForm {
        name: name.into(),
        birth_date: birth_date.into(),
        nik: nik.into(),
    }
}

pub(crate) fn siti() -> PersonForm {
    form("Siti Wulandari", "17-08-1990", "9901015708900001")
}

/// The faults of a refusal, each with its field.
pub(crate) fn fault_codes<T: std::fmt::Debug>(answer: Result<T, AppError>) -> Vec<String> {
    match answer {
        Err(AppError::Faults(faults)) => faults
            .iter()
            .map(|fault| format!("{}: {}", fault.field, fault.code))
            .collect(),
        other => panic!("{other:?}"),
    }
}
