//! What people do with Gapura: one file a verb, each a function of the [`App`] and its arguments.
//!
//! Use cases check who may, decide by the rules of `domain`, and keep the result in the store. They
//! know neither HTTP nor SQL. Time and chance come from the [`App`]'s clock and source, which the
//! composition root gives.

mod allowed;
pub mod ambient;
pub mod applications;
pub mod apply;
pub mod approve;
pub mod card_desk;
pub mod category_words;
pub mod check_in;
pub mod check_out;
pub mod companions;
pub mod config;
pub mod credential;
pub mod csv_table;
pub mod delivery;
pub mod desk;
pub mod door_plan;
pub mod door_rules;
pub mod edit_venue;
pub mod enrol_device;
pub mod error;
pub mod export;
pub mod feed;
pub mod find_area;
pub mod find_district;
pub mod found_organisation;
mod fresh;
pub mod hours_text;
pub mod housekeeping;
pub mod import_desk;
pub mod import_people;
pub mod inside;
pub mod invite_staff;
pub mod keys;
pub mod make_known;
pub mod manual_entry;
mod matching;
pub mod next_step;
pub mod one_time_code;
pub mod organisations;
pub mod own_decision;
pub mod own_history;
pub mod own_pass;
pub mod own_status;
pub mod own_visits;
mod password;
pub mod person_form;
pub mod places;
mod places_memory;
pub mod poster;
pub mod print_card;
pub mod profile;
pub mod record_facts;
pub mod register;
pub mod reissue_gate_code;
pub mod resolve;
pub mod resubmit;
pub mod return_application;
pub mod rules_in_force;
pub mod set_up_staff;
pub mod sign_in;
pub mod sign_up;
pub mod staff;
pub mod staff_sign_in;
pub mod start;
pub mod status;
pub mod totp;
mod tries;
pub mod typed;
pub mod vault;
pub mod venue_form;
pub mod venue_list;
pub mod visitor_session;
pub mod watch;

use ambient::{Chance, Clock};
use config::Config;
use door_rules::DoorRules;
use feed::Feed;
use fresh::Fresh;
use gapura_domain::ids::PersonId;
use gapura_domain::time::{Time, Zone};
use gapura_pass::{VerifiedCache, Verifier};
use gapura_store::Store;
use gapura_store::people::{KeyedHash, VisitorSession};
use import_desk::ImportDesk;
use keys::Keys;
use places_memory::PlacesMemory;
use rules_in_force::RulesInForce;
use status::KnownMember;
use std::sync::Arc;
use tries::Tries;
use vault::Openings;

pub use error::AppError;

/// Everything that use cases need.
pub struct App {
    /// What is kept.
    pub store: Arc<dyn Store>,
    /// What the operator decided.
    pub config: Config,
    /// The secret keys.
    pub keys: Keys,
    /// The rule set that gives colours.
    pub rules: RulesInForce,
    /// What colours and levels mean at a place.
    pub door_rules: DoorRules,
    members: Fresh<(PersonId, Zone), KnownMember>,
    /// What gates' screens show.
    pub feed: Feed,
    verified: VerifiedCache,
    verifier: Verifier,
    visitor_sessions: Fresh<KeyedHash, VisitorSession>,
    openings: Openings,
    places_memory: PlacesMemory,
    import_desk: ImportDesk,
    mail: tokio::sync::Notify,
    tries: Tries,
    hashing: tokio::sync::Semaphore,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
}

impl App {
    /// The time now.
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// Random bytes that nobody can guess.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.chance.fill(&mut bytes);
        bytes
    }
}
