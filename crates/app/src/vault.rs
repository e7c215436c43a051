//! The vault: what belongs to a named human being, sealed, and why it was opened.
//!
//! A record is sealed by AES-256-GCM with the person's pseudonym and the key's number as associated
//! data, so that no record can be put in another's place. Its length is rounded up to 32 bytes.
//!
//! Whoever opens one says for what [`Purpose`]. There is no function that opens the name of somebody
//! absent. Openings in which an officer reads a name ([`Purpose::is_marked`]) leave a mark of their own
//! in the audit log before the name is handed out. Those that happen by the thousand and show a name
//! to nobody, or to its owner alone, are counted, and [`write_opening_counts`] writes one mark a
//! purpose with the number of people: a mark per check-in would be a second list of visits that
//! outlives the first.

use crate::error::Result;
use crate::keys::{HashOf, Keys};
use crate::{App, AppError};
use aws_lc_rs::aead::{Aad, LessSafeKey, NONCE_LEN, Nonce};
use data_encoding::BASE64URL_NOPAD;
use gapura_domain::ids::PersonId;
use gapura_domain::person::{Contact, Nik, PersonName};
use gapura_store::people::{KeyedHash, Sealed};
use gapura_store::{Actor, AuditMark, StoreError};
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicU64, Ordering};
use zeroize::Zeroizing;

/// A name with what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonalRecord {
    /// The name.
    pub name: PersonName,
    /// The ID number, if told.
    pub nik: Option<Nik>,
    /// Where a one-time code can be sent.
    pub contact: Option<Contact>,
}

/// What a record is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// The person's own pages, companions included.
    OwnPage,
    /// Initials for a door's screen.
    InitialsAtDoor,
    /// A one-time code or notice on its way.
    SendMessage,
    /// The authority's import compares a row with what is known.
    MatchImport,
    /// A desk with the person present.
    DeskWithPersonPresent,
    /// A card is printed for the person.
    PrintCard,
}

impl Purpose {
    const ALL: [Self; 6] = [
        Self::OwnPage,
        Self::InitialsAtDoor,
        Self::SendMessage,
        Self::MatchImport,
        Self::DeskWithPersonPresent,
        Self::PrintCard,
    ];

    /// The stable code in audit marks.
    pub fn code(self) -> &'static str {
        match self {
            Self::OwnPage => "own_page",
            Self::InitialsAtDoor => "initials_at_door",
            Self::SendMessage => "send_message",
            Self::MatchImport => "match_import",
            Self::DeskWithPersonPresent => "desk_with_person_present",
            Self::PrintCard => "print_card",
        }
    }

    /// Whether every opening leaves a mark of its own.
    pub fn is_marked(self) -> bool {
        match self {
            Self::DeskWithPersonPresent | Self::PrintCard => true,
            Self::OwnPage | Self::InitialsAtDoor | Self::SendMessage | Self::MatchImport => false,
        }
    }
}

/// How often records were opened since the counts were last written, by purpose.
#[derive(Default)]
pub(crate) struct Openings([AtomicU64; Purpose::ALL.len()]);

impl Openings {
    pub(crate) fn count(&self, purpose: Purpose, people: u64) {
        self.0[purpose as usize].fetch_add(people, Ordering::Relaxed);
    }
}

/// What is sealed, so that nothing sealed can stand for something else.
#[derive(Clone, Copy)]
pub(crate) enum Subject<'a> {
    /// The record of a person.
    Person(PersonId),
    /// A message that waits to be sent.
    Message,
    /// The second factor of the account with this login.
    SecondFactor(&'a str),
}

impl Subject<'_> {
    fn associated(self, key: u32) -> Vec<u8> {
        let mut bytes = match self {
            Self::Person(person) => [&b"gapura person 1"[..], &person.0.to_be_bytes()].concat(),
            Self::Message => b"gapura message 1".to_vec(),
            Self::SecondFactor(login) => [&b"gapura totp 1"[..], login.as_bytes()].concat(),
        };
        bytes.extend(key.to_be_bytes());
        bytes
    }
}

/// Something sealed does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The key that sealed it is not in the keys file.
    #[error("vault key {0} is missing from the keys; restore the keys file that holds it")]
    KeyMissing(u32),
    /// It was changed, or sealed by another key of this number, or for something else.
    #[error("a sealed record was changed, or belongs to other keys")]
    Changed,
}

impl From<VaultError> for AppError {
    fn from(error: VaultError) -> Self {
        Self::Store(StoreError::other(error))
    }
}

const PADDING_BYTES: usize = 32;

/// Version, name, ID number, contact: a tuple, because no type that holds a name can be written.
type RecordText<'a> = (u8, &'a str, Option<&'a str>, Option<&'a str>);

impl Keys {
    /// Seals with the newest vault key.
    pub(crate) fn seal(&self, subject: Subject<'_>, plain: &[u8], nonce: [u8; 12]) -> Sealed {
        let number = self.vault_number();
        let Some(key) = self.vault_key(number) else {
            unreachable!("keys without a vault key are not read");
        };
        Sealed {
            key: number,
            bytes: encrypt(key, &subject.associated(number), plain, nonce),
        }
    }

    /// Opens what was sealed for the same subject.
    pub(crate) fn open(
        &self,
        subject: Subject<'_>,
        sealed: &Sealed,
    ) -> std::result::Result<Zeroizing<Vec<u8>>, VaultError> {
        let key = self
            .vault_key(sealed.key)
            .ok_or(VaultError::KeyMissing(sealed.key))?;
        decrypt(key, &subject.associated(sealed.key), &sealed.bytes).ok_or(VaultError::Changed)
    }

    /// Seals the record of a person.
    pub(crate) fn seal_record(
        &self,
        person: PersonId,
        record: &PersonalRecord,
        nonce: [u8; 12],
    ) -> Sealed {
        let text: RecordText<'_> = (
            1,
            record.name.expose(),
            record.nik.as_ref().map(Nik::expose),
            record.contact.as_ref().map(Contact::expose),
        );
        // Three short texts always fit into memory, the only thing that writing to it can lack.
        let mut plain = Zeroizing::new(postcard::to_stdvec(&text).unwrap_or_default());
        let padded = plain.len().next_multiple_of(PADDING_BYTES);
        plain.resize(padded, 0);
        self.seal(Subject::Person(person), &plain, nonce)
    }

    /// The hashes by which a person is found: of the ID number and of the contact.
    pub(crate) fn hashes_of(
        &self,
        record: &PersonalRecord,
    ) -> (Option<KeyedHash>, Option<KeyedHash>) {
        let hash = |of, text: &str| self.hash(of, text.as_bytes());
        (
            record
                .nik
                .as_ref()
                .map(|nik| hash(HashOf::Nik, nik.expose())),
            record
                .contact
                .as_ref()
                .map(|contact| hash(HashOf::Contact, contact.expose())),
        )
    }

    /// Opens the record of a person. Callers outside this file go through [`App::open_record`].
    pub(crate) fn read_record(
        &self,
        person: PersonId,
        sealed: &Sealed,
    ) -> std::result::Result<PersonalRecord, VaultError> {
        let plain = self.open(Subject::Person(person), sealed)?;
        let ((version, name, nik, contact), _): (RecordText<'_>, _) =
            postcard::take_from_bytes(&plain).map_err(|_| VaultError::Changed)?;
        let nik = nik.map(Nik::parse).transpose();
        let contact = contact.map(Contact::parse).transpose();
        match (version, PersonName::parse(name), nik, contact) {
            (1, Ok(name), Ok(nik), Ok(contact)) => Ok(PersonalRecord { name, nik, contact }),
            _ => Err(VaultError::Changed),
        }
    }

    /// A text that this server alone can read, for a form to carry: what was typed before, kept
    /// nowhere else. `kind` keeps a ticket for one thing from being handed in for another.
    pub(crate) fn seal_ticket<T: Serialize>(
        &self,
        kind: &'static str,
        content: &T,
        nonce: [u8; 12],
    ) -> String {
        let plain = Zeroizing::new(postcard::to_stdvec(content).unwrap_or_default());
        BASE64URL_NOPAD.encode(&encrypt(self.ticket_key(), kind.as_bytes(), &plain, nonce))
    }

    /// What a ticket of this kind holds; `None` if it is not one of this server's.
    pub(crate) fn open_ticket<T: for<'a> Deserialize<'a>>(
        &self,
        kind: &'static str,
        ticket: &str,
    ) -> Option<T> {
        let bytes = BASE64URL_NOPAD.decode(ticket.trim().as_bytes()).ok()?;
        let plain = decrypt(self.ticket_key(), kind.as_bytes(), &bytes)?;
        postcard::from_bytes(&plain).ok()
    }
}

fn encrypt(key: &LessSafeKey, associated: &[u8], plain: &[u8], nonce: [u8; NONCE_LEN]) -> Vec<u8> {
    let mut sealed = plain.to_vec();
    let nonce_ = Nonce::assume_unique_for_key(nonce);
    let done = key.seal_in_place_append_tag(nonce_, Aad::from(associated), &mut sealed);
    assert!(done.is_ok(), "AES-GCM seals up to 64 GiB, and this is less");
    [&nonce[..], &sealed].concat()
}

fn decrypt(key: &LessSafeKey, associated: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, text) = sealed.split_at_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut plain = Zeroizing::new(text.to_vec());
    let length = key
        .open_in_place(nonce, Aad::from(associated), &mut plain)
        .ok()?
        .len();
    plain.truncate(length);
    Some(plain)
}

impl App {
    /// Seals the record of somebody with the newest vault key.
    pub fn seal_record(&self, person: PersonId, record: &PersonalRecord) -> Sealed {
        self.keys.seal_record(person, record, self.random())
    }

    /// Opens the record of somebody for a purpose; `None` if there is no such person.
    pub async fn open_record(
        &self,
        person: PersonId,
        purpose: Purpose,
        actor: Actor,
    ) -> Result<Option<PersonalRecord>> {
        let Some(sealed) = self.store.sealed(person).await? else {
            return Ok(None);
        };
        let record = self.keys.read_record(person, &sealed)?;
        if purpose.is_marked() {
            let subject = ("person", person.0);
            self.mark(actor, "name_opened", subject, purpose.code())
                .await?;
        } else {
            self.openings.count(purpose, 1);
        }
        Ok(Some(record))
    }

    /// Seals a changed record with the newest key and keeps it with its hashes.
    pub(crate) async fn reseal(&self, person: PersonId, record: &PersonalRecord) -> Result<()> {
        let sealed = self.keys.seal_record(person, record, self.random());
        let (nik, contact) = self.keys.hashes_of(record);
        self.store.reseal(person, &sealed, nik, contact).await?;
        Ok(())
    }

    /// Leaves a mark in the audit log.
    pub async fn mark(
        &self,
        actor: Actor,
        action: &str,
        subject: (&str, u64),
        purpose: &str,
    ) -> Result<()> {
        let mark = AuditMark {
            number: 0,
            at: self.now(),
            actor,
            action: action.to_owned(),
            subject: (subject.0.to_owned(), subject.1),
            purpose: purpose.to_owned(),
            hash: [0; 32],
        };
        self.store.append_mark(mark).await?;
        Ok(())
    }
}

/// Writes how many records were opened for each counted purpose since the last time, as marks
/// `names_opened` on `("people", how many)`. Called every few minutes and at a graceful stop.
pub async fn write_opening_counts(app: &App) -> Result<()> {
    for purpose in Purpose::ALL {
        let count = &app.openings.0[purpose as usize];
        let people = count.swap(0, Ordering::Relaxed);
        if people == 0 {
            continue;
        }
        let written = app
            .mark(
                Actor::System,
                "names_opened",
                ("people", people),
                purpose.code(),
            )
            .await;
        if let Err(error) = written {
            count.fetch_add(people, Ordering::Relaxed);
            return Err(error);
        }
    }
    Ok(())
}

/// Seals at most `limit` records of older keys with the newest one; says how many there were. Zero
/// means that the older keys can be taken out of the keys file.
pub async fn rotate_vault(app: &App, limit: u32) -> Result<u64> {
    let number = app.keys.vault_number();
    let old = app.store.sealed_before(number, limit).await?;
    for (person, _) in &old {
        // Read again, so that a name mended a moment ago is not put back.
        if let Some(sealed) = app.store.sealed(*person).await? {
            let record = app.keys.read_record(*person, &sealed)?;
            app.reseal(*person, &record).await?;
        }
    }
    if old.is_empty() {
        return rotate_second_factors(app, number).await;
    }
    Ok(old.len() as u64)
}

async fn rotate_second_factors(app: &App, number: u32) -> Result<u64> {
    let mut resealed = 0;
    for account in app.store.accounts().await? {
        let Some(old) = account.totp.filter(|sealed| sealed.key < number) else {
            continue;
        };
        let subject = Subject::SecondFactor(&account.login);
        let secret = app.keys.open(subject, &old)?;
        let sealed = app.keys.seal(subject, &secret, app.random());
        app.store.set_totp(account.id, &sealed).await?;
        resealed += 1;
    }
    Ok(resealed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::tests::keys;
    use proptest::prelude::*;

    fn record() -> PersonalRecord {
        PersonalRecord {
            name: PersonName::parse("Siti Nur Wulandari").expect("a name"),
            nik: Nik::parse("9901015708900001").ok(),
            contact: Contact::parse("0812-3456-7890").ok(),
        }
    }

    #[test]
    fn a_record_opens_for_its_own_person_alone() {
        let keys = keys();
        let sealed = keys.seal_record(PersonId(7), &record(), [1; 12]);
        assert_eq!(keys.read_record(PersonId(7), &sealed), Ok(record()));
        assert_eq!(
            keys.read_record(PersonId(8), &sealed),
            Err(VaultError::Changed)
        );
        let other_key = Sealed { key: 9, ..sealed };
        assert_eq!(
            keys.read_record(PersonId(7), &other_key),
            Err(VaultError::KeyMissing(9))
        );
    }

    #[test]
    fn a_changed_bit_anywhere_is_noticed() {
        let keys = keys();
        let sealed = keys.seal_record(PersonId(7), &record(), [1; 12]);
        for bit in 0..sealed.bytes.len() * 8 {
            let mut changed = sealed.clone();
            changed.bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(keys.read_record(PersonId(7), &changed).is_err());
        }
    }

    #[test]
    fn the_length_of_a_record_tells_little_of_the_name() {
        let keys = keys();
        let length = |name: &str| {
            let record = PersonalRecord {
                name: PersonName::parse(name).expect("a name"),
                ..record()
            };
            keys.seal_record(PersonId(7), &record, [1; 12]).bytes.len()
        };
        assert_eq!(length("Ani"), length("Siti Nur Wulandari"));
    }

    #[test]
    fn nothing_sealed_stands_for_something_else() {
        let keys = keys();
        let sealed = keys.seal(Subject::SecondFactor("a"), b"secret", [1; 12]);
        assert!(keys.open(Subject::SecondFactor("a"), &sealed).is_ok());
        assert!(keys.open(Subject::SecondFactor("b"), &sealed).is_err());
        assert!(keys.open(Subject::Message, &sealed).is_err());
        let ticket = keys.seal_ticket("sign_in", &"x".to_owned(), [1; 12]);
        assert_eq!(
            keys.open_ticket::<String>("sign_in", &ticket).as_deref(),
            Some("x")
        );
        assert_eq!(keys.open_ticket::<String>("sign_up", &ticket), None);
    }

    #[test]
    fn every_purpose_has_a_count_and_a_code_of_its_own() {
        let codes: std::collections::HashSet<_> = Purpose::ALL.map(Purpose::code).into();
        assert_eq!(codes.len(), Purpose::ALL.len());
        for (index, purpose) in Purpose::ALL.into_iter().enumerate() {
            assert_eq!(purpose as usize, index);
        }
    }

    proptest! {
        #[test]
        fn no_ticket_makes_it_fall_over(ticket in "[A-Za-z0-9_-]{0,80}") {
            prop_assert_eq!(keys().open_ticket::<(String, u64)>("sign_in", &ticket), None);
        }
    }
}
