//! People as pseudonyms, their health facts, the vault, and how they sign in.

use crate::{Cursor, Page, Result};
use async_trait::async_trait;
use gapura_domain::ids::{CardId, DoseId, MessageId, PersonId, SessionId, TestId};
use gapura_domain::person::BirthDate;
use gapura_domain::status::{Dose, Facts, TestResult};
use gapura_domain::time::Time;
use jiff::civil::Date;

/// A keyed hash of an ID number, phone number or address: finds, and gives nothing away.
pub type KeyedHash = [u8; 32];

/// Names and numbers of a person, sealed by the vault's key. Opaque to the store.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Which key sealed it.
    pub key: u32,
    /// Nonce and ciphertext.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sealed(key {}, …)", self.key)
    }
}

/// Somebody to be known from now on.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// Birth date, if told.
    pub birth_date: Option<BirthDate>,
    /// Name, number and contact, sealed for the id that [`People::next_person`] gave.
    pub sealed: Sealed,
    /// Keyed hash of the ID number, if told. Several people may claim the same number.
    pub nik: Option<KeyedHash>,
    /// Keyed hash of the phone number or address by which the person signs in.
    pub contact: Option<KeyedHash>,
    /// The account that a companion belongs to.
    pub guardian: Option<PersonId>,
    /// Whether somebody looked at the ID (import, booth) rather than the person telling it.
    pub is_verified: bool,
}

/// A known person, without any name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The pseudonym.
    pub id: PersonId,
    /// The account that a companion belongs to.
    pub guardian: Option<PersonId>,
    /// Whether somebody looked at the ID.
    pub is_verified: bool,
    /// Passes with a lower number are not valid any more.
    pub pass_epoch: u32,
    /// When the person became known.
    pub since: Time,
}

/// A printed card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Card {
    /// Its number.
    pub id: CardId,
    /// Whose.
    pub person: PersonId,
    /// When it was printed.
    pub issued_at: Time,
    /// When it was revoked.
    pub revoked_at: Option<Time>,
}

/// A one-time code that waits to be typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneTimeCode {
    /// Keyed hash of the code.
    pub code: KeyedHash,
    /// Until when it counts.
    pub expires: Time,
    /// How often a wrong one was typed.
    pub failures: u32,
}

/// A visitor's session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisitorSession {
    /// Its number.
    pub id: SessionId,
    /// Who is signed in.
    pub person: PersonId,
    /// Since when.
    pub since: Time,
    /// Until when.
    pub expires: Time,
}

/// A message on its way to a person: recipient and text are sealed by the vault's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its number.
    pub id: MessageId,
    /// `sms` or `email`.
    pub channel: String,
    /// Recipient, subject and text, sealed.
    pub sealed: Sealed,
    /// When it was put here.
    pub at: Time,
    /// How often delivery failed.
    pub attempts: u32,
}

/// A dose or a test to record, with where it comes from, so that a second import changes nothing.
#[derive(Clone, Debug)]
pub struct Sourced<T> {
    /// Whose.
    pub person: PersonId,
    /// What.
    pub fact: T,
    /// Source and its own id of the record, unique together: `("booth", "…")`, `("csv", "…")`.
    pub source: (String, String),
}

/// People, their facts, cards and sessions.
#[async_trait]
pub trait People: Send + Sync {
    /// Takes the next free pseudonym, so that the vault can seal for it.
    async fn next_person(&self) -> Result<PersonId> {
        self.next_people(1).await
    }
    /// Takes `count` pseudonyms that follow each other, for an import; gives the first of them.
    async fn next_people(&self, count: u32) -> Result<PersonId>;
    /// Makes a person known under a pseudonym taken before.
    ///
    /// # Errors
    /// `Conflict` if the pseudonym is in use, or the contact belongs to somebody else.
    async fn create_person(&self, id: PersonId, person: &NewPerson, at: Time) -> Result<()>;
    /// Makes many people known in one transaction; the same conflicts.
    async fn create_people(&self, people: &[(PersonId, NewPerson)], at: Time) -> Result<()>;
    /// A known person.
    async fn person(&self, id: PersonId) -> Result<Option<Person>>;
    /// All people in the order of their pseudonyms.
    async fn all_people(&self, cursor: Cursor) -> Result<Page<Person>>;
    /// Companions of an account, oldest account entry first.
    async fn companions(&self, guardian: PersonId) -> Result<Vec<PersonId>>;
    /// Gives a companion to an account, or to nobody.
    async fn set_guardian(&self, id: PersonId, guardian: Option<PersonId>) -> Result<()>;
    /// Who signs in with this contact.
    async fn person_by_contact(&self, contact: KeyedHash) -> Result<Option<PersonId>>;
    /// Who claims this ID number.
    async fn people_by_nik(&self, nik: KeyedHash) -> Result<Vec<PersonId>>;
    /// Marks that somebody looked at the ID.
    async fn set_verified(&self, id: PersonId) -> Result<()>;
    /// The sealed record of a person.
    async fn sealed(&self, id: PersonId) -> Result<Option<Sealed>>;
    /// Replaces a sealed record (another key, a corrected name) with its hashes.
    async fn reseal(
        &self,
        id: PersonId,
        sealed: &Sealed,
        nik: Option<KeyedHash>,
        contact: Option<KeyedHash>,
    ) -> Result<()>;
    /// Sealed records of keys older than `key`, at most `limit`: those that a rotation has left.
    async fn sealed_before(&self, key: u32, limit: u32) -> Result<Vec<(PersonId, Sealed)>>;
    /// Raises the pass epoch: passes shown until now are not valid any more.
    async fn revoke_passes(&self, id: PersonId) -> Result<()>;

    /// Everything that a status depends on. `None` for an unknown person.
    async fn facts(&self, id: PersonId) -> Result<Option<Facts>>;
    /// Records doses in one transaction; `None` where the source recorded it before.
    async fn record_doses(&self, doses: &[Sourced<Dose>], at: Time) -> Result<Vec<Option<DoseId>>>;
    /// Records test results likewise.
    async fn record_tests(
        &self,
        tests: &[Sourced<TestResult>],
        at: Time,
    ) -> Result<Vec<Option<TestId>>>;
    /// Records a day of close contact. `false` if it was known.
    async fn record_contact(&self, id: PersonId, day: Date, at: Time) -> Result<bool>;
    /// Sets or ends a medical exemption.
    async fn set_exempt(&self, id: PersonId, exempt: bool) -> Result<()>;

    /// Gives out a new card.
    async fn issue_card(&self, person: PersonId, at: Time) -> Result<CardId>;
    /// A card by its number.
    async fn card(&self, id: CardId) -> Result<Option<Card>>;
    /// Cards of a person, newest first.
    async fn cards(&self, person: PersonId) -> Result<Vec<Card>>;
    /// Revokes a card. `false` if it was revoked before or does not exist.
    async fn revoke_card(&self, id: CardId, at: Time) -> Result<bool>;

    /// Puts a one-time code for a contact, replacing an earlier one.
    async fn put_one_time_code(&self, contact: KeyedHash, code: &OneTimeCode) -> Result<()>;
    /// Tries a code: `true` uses it up; a wrong one counts a failure; after `failures_max` failures,
    /// or when it has expired, every code is wrong.
    async fn try_one_time_code(
        &self,
        contact: KeyedHash,
        code: KeyedHash,
        failures_max: u32,
        now: Time,
    ) -> Result<bool>;
    /// Begins a session.
    async fn begin_visitor_session(
        &self,
        token: KeyedHash,
        person: PersonId,
        since: Time,
        expires: Time,
    ) -> Result<SessionId>;
    /// The session with this token, if it has not expired.
    async fn visitor_session(&self, token: KeyedHash, now: Time) -> Result<Option<VisitorSession>>;
    /// Sessions of a person that have not expired.
    async fn visitor_sessions(&self, person: PersonId, now: Time) -> Result<Vec<VisitorSession>>;
    /// Lets the session with this token live until another time; no session is begun by it.
    async fn extend_visitor_session(&self, token: KeyedHash, expires: Time) -> Result<()>;
    /// Ends a session of this person. `false` if there is none.
    async fn end_visitor_session(&self, person: PersonId, id: SessionId) -> Result<bool>;

    /// Puts a message to be sent.
    async fn put_message(&self, channel: &str, sealed: &Sealed, at: Time) -> Result<MessageId>;
    /// Messages that wait, oldest first, with fewer than `attempts_max` failures.
    async fn waiting_messages(&self, attempts_max: u32, limit: u32) -> Result<Vec<Message>>;
    /// Removes a message that was delivered.
    async fn message_delivered(&self, id: MessageId) -> Result<()>;
    /// Counts a failed delivery.
    async fn message_failed(&self, id: MessageId) -> Result<()>;
    /// Removes what expired by `now` (sessions of visitors and staff, one-time and enrolment codes)
    /// and messages put before `before`; says how many rows. May take several transactions.
    async fn erase_stale_sign_ins(&self, before: Time, now: Time) -> Result<u64>;
    /// Erases people made before `before` whom nobody can reach any more, with their names: no contact, no ID
    /// number, nobody's companion and nobody's guardian, not verified, and with neither facts, card nor
    /// session. So are those who were entered by hand once their visit is erased. Says how many; may take
    /// several transactions.
    async fn erase_unreachable(&self, before: Time) -> Result<u64>;
}
