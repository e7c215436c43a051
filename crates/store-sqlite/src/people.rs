//! People as pseudonyms, their facts, the vault, and how they sign in.

mod facts;
mod messages;
mod records;
mod sign_in;

use crate::db::SqliteStore;
use async_trait::async_trait;
use gapura_domain::ids::{CardId, DoseId, MessageId, PersonId, SessionId, TestId};
use gapura_domain::status::{Dose, Facts, TestResult};
use gapura_domain::time::Time;
use gapura_store::people::{
    Card, KeyedHash, Message, NewPerson, OneTimeCode, Person, Sealed, Sourced, VisitorSession,
};
use gapura_store::{Cursor, Page, People, Result};
use jiff::civil::Date;

#[async_trait]
impl People for SqliteStore {
    async fn next_people(&self, count: u32) -> Result<PersonId> {
        self.write(move |conn| records::next(conn, count)).await
    }

    async fn create_person(&self, id: PersonId, person: &NewPerson, at: Time) -> Result<()> {
        let people = [(id, person.clone())];
        self.create_people(&people, at).await
    }

    async fn create_people(&self, people: &[(PersonId, NewPerson)], at: Time) -> Result<()> {
        let people = people.to_vec();
        self.write(move |conn| records::create(conn, &people, at))
            .await
    }

    async fn person(&self, id: PersonId) -> Result<Option<Person>> {
        self.read(move |conn| records::person(conn, id)).await
    }

    async fn all_people(&self, cursor: Cursor) -> Result<Page<Person>> {
        self.read(move |conn| records::all_people(conn, cursor))
            .await
    }

    async fn companions(&self, guardian: PersonId) -> Result<Vec<PersonId>> {
        self.read(move |conn| records::companions(conn, guardian))
            .await
    }

    async fn set_guardian(&self, id: PersonId, guardian: Option<PersonId>) -> Result<()> {
        self.write(move |conn| records::set_guardian(conn, id, guardian))
            .await
    }

    async fn person_by_contact(&self, contact: KeyedHash) -> Result<Option<PersonId>> {
        self.read(move |conn| records::by_contact(conn, contact))
            .await
    }

    async fn people_by_nik(&self, nik: KeyedHash) -> Result<Vec<PersonId>> {
        self.read(move |conn| records::by_nik(conn, nik)).await
    }

    async fn set_verified(&self, id: PersonId) -> Result<()> {
        self.write(move |conn| records::set_verified(conn, id))
            .await
    }

    async fn sealed(&self, id: PersonId) -> Result<Option<Sealed>> {
        self.read(move |conn| records::sealed(conn, id)).await
    }

    async fn reseal(
        &self,
        id: PersonId,
        sealed: &Sealed,
        nik: Option<KeyedHash>,
        contact: Option<KeyedHash>,
    ) -> Result<()> {
        let sealed = sealed.clone();
        self.write(move |conn| records::reseal(conn, id, &sealed, nik, contact))
            .await
    }

    async fn sealed_before(&self, key: u32, limit: u32) -> Result<Vec<(PersonId, Sealed)>> {
        self.read(move |conn| records::sealed_before(conn, key, limit))
            .await
    }

    async fn revoke_passes(&self, id: PersonId) -> Result<()> {
        self.write(move |conn| records::revoke_passes(conn, id))
            .await
    }

    async fn facts(&self, id: PersonId) -> Result<Option<Facts>> {
        self.read(move |conn| facts::facts(conn, id)).await
    }

    async fn record_doses(&self, doses: &[Sourced<Dose>], at: Time) -> Result<Vec<Option<DoseId>>> {
        let doses = doses.to_vec();
        self.write(move |conn| facts::record_doses(conn, &doses, at))
            .await
    }

    async fn record_tests(
        &self,
        tests: &[Sourced<TestResult>],
        at: Time,
    ) -> Result<Vec<Option<TestId>>> {
        let tests = tests.to_vec();
        self.write(move |conn| facts::record_tests(conn, &tests, at))
            .await
    }

    async fn record_contact(&self, id: PersonId, day: Date, at: Time) -> Result<bool> {
        self.write(move |conn| facts::record_contact(conn, id, day, at))
            .await
    }

    async fn set_exempt(&self, id: PersonId, exempt: bool) -> Result<()> {
        self.write(move |conn| facts::set_exempt(conn, id, exempt))
            .await
    }

    async fn issue_card(&self, person: PersonId, at: Time) -> Result<CardId> {
        self.write(move |conn| records::issue_card(conn, person, at))
            .await
    }

    async fn card(&self, id: CardId) -> Result<Option<Card>> {
        self.read(move |conn| records::card(conn, id)).await
    }

    async fn cards(&self, person: PersonId) -> Result<Vec<Card>> {
        self.read(move |conn| records::cards(conn, person)).await
    }

    async fn revoke_card(&self, id: CardId, at: Time) -> Result<bool> {
        self.write(move |conn| records::revoke_card(conn, id, at))
            .await
    }

    async fn put_one_time_code(&self, contact: KeyedHash, code: &OneTimeCode) -> Result<()> {
        let code = code.clone();
        self.write(move |conn| sign_in::put_code(conn, contact, &code))
            .await
    }

    async fn try_one_time_code(
        &self,
        contact: KeyedHash,
        code: KeyedHash,
        failures_max: u32,
        now: Time,
    ) -> Result<bool> {
        self.write(move |conn| sign_in::try_code(conn, contact, code, failures_max, now))
            .await
    }

    async fn begin_visitor_session(
        &self,
        token: KeyedHash,
        person: PersonId,
        since: Time,
        expires: Time,
    ) -> Result<SessionId> {
        self.write(move |conn| sign_in::begin(conn, token, person, since, expires))
            .await
    }

    async fn visitor_session(&self, token: KeyedHash, now: Time) -> Result<Option<VisitorSession>> {
        self.read(move |conn| sign_in::session(conn, token, now))
            .await
    }

    async fn visitor_sessions(&self, person: PersonId, now: Time) -> Result<Vec<VisitorSession>> {
        self.read(move |conn| sign_in::sessions(conn, person, now))
            .await
    }

    async fn extend_visitor_session(&self, token: KeyedHash, expires: Time) -> Result<()> {
        self.write(move |conn| sign_in::extend(conn, token, expires))
            .await
    }

    async fn end_visitor_session(&self, person: PersonId, id: SessionId) -> Result<bool> {
        self.write(move |conn| sign_in::end(conn, person, id)).await
    }

    async fn put_message(&self, channel: &str, sealed: &Sealed, at: Time) -> Result<MessageId> {
        let (channel, sealed) = (channel.to_owned(), sealed.clone());
        self.write(move |conn| messages::put(conn, &channel, &sealed, at))
            .await
    }

    async fn waiting_messages(&self, attempts_max: u32, limit: u32) -> Result<Vec<Message>> {
        self.read(move |conn| messages::waiting(conn, attempts_max, limit))
            .await
    }

    async fn message_delivered(&self, id: MessageId) -> Result<()> {
        self.write(move |conn| messages::delivered(conn, id)).await
    }

    async fn message_failed(&self, id: MessageId) -> Result<()> {
        self.write(move |conn| messages::failed(conn, id)).await
    }

    async fn erase_unreachable(&self, before: Time) -> Result<u64> {
        let mut erased = 0;
        loop {
            let portion = self
                .write(move |conn| records::erase_unreachable(conn, before))
                .await?;
            erased += portion;
            if portion == 0 {
                return Ok(erased);
            }
        }
    }

    async fn erase_stale_sign_ins(&self, before: Time, now: Time) -> Result<u64> {
        let mut erased = 0;
        // In portions, so that check-ins are not kept waiting behind a large one.
        loop {
            let portion = self
                .write(move |conn| sign_in::erase_stale(conn, before, now))
                .await?;
            erased += portion;
            if portion == 0 {
                return Ok(erased);
            }
        }
    }
}
