//! Who is known: pseudonyms, the vault, and printed cards.

use crate::fault::{Outcome, conflict_if_taken};
use crate::sql::{Cells, all, day, one, only, page, run, value, window};
use gapura_domain::ids::{CardId, PersonId};
use gapura_domain::time::Time;
use gapura_store::people::{Card, KeyedHash, NewPerson, Person, Sealed};
use gapura_store::{Cursor, Page};
use rusqlite::Connection;

pub(super) fn next(conn: &Connection, count: u32) -> Outcome<PersonId> {
    let sql = "UPDATE counters SET value = value + ?1 WHERE name = 'person'
               RETURNING value - ?1 + 1";
    value(conn, sql, [count.max(1)]).map(PersonId::from_sql)
}

pub(super) fn create(conn: &Connection, people: &[(PersonId, NewPerson)], at: Time) -> Outcome<()> {
    for (id, person) in people {
        create_one(conn, *id, person, at)?;
    }
    // For people that come from another store with their pseudonyms: none is given out again.
    let highest = people.iter().map(|(id, _)| id.to_sql()).max().unwrap_or(0);
    let sql = "UPDATE counters SET value = ?1 WHERE name = 'person' AND value < ?1";
    run(conn, sql, [highest])?;
    Ok(())
}

fn create_one(conn: &Connection, id: PersonId, person: &NewPerson, at: Time) -> Outcome<()> {
    let sql = "INSERT INTO people (id, guardian, birth_day, is_verified, since)
               VALUES (?1, ?2, ?3, ?4, ?5)";
    let params = (
        id.to_sql(),
        person.guardian.map(PersonId::to_sql),
        person.birth_date.map(|date| day(date.expose())),
        person.is_verified,
        at.0,
    );
    run(conn, sql, params).map_err(|fault| conflict_if_taken(fault, "the pseudonym is in use"))?;
    let sql = "INSERT INTO vault (person, key, sealed, nik, contact) VALUES (?1, ?2, ?3, ?4, ?5)";
    let sealed = &person.sealed;
    let params = (
        id.to_sql(),
        sealed.key,
        &sealed.bytes,
        person.nik,
        person.contact,
    );
    run(conn, sql, params).map_err(|fault| conflict_if_taken(fault, CONTACT_TAKEN))?;
    Ok(())
}

const CONTACT_TAKEN: &str = "the contact belongs to somebody else";

const PERSON: &str = "SELECT id, guardian, is_verified, pass_epoch, since FROM people";

fn read(cells: &mut Cells<'_>) -> Outcome<Person> {
    Ok(Person {
        id: PersonId::from_sql(cells.take()?),
        guardian: cells.take::<Option<i64>>()?.map(PersonId::from_sql),
        is_verified: cells.take()?,
        pass_epoch: cells.take()?,
        since: cells.time()?,
    })
}

fn read_sealed(cells: &mut Cells<'_>) -> Outcome<Sealed> {
    cells.sealed()
}

fn read_id(cells: &mut Cells<'_>) -> Outcome<PersonId> {
    cells.take().map(PersonId::from_sql)
}

pub(super) fn person(conn: &Connection, id: PersonId) -> Outcome<Option<Person>> {
    let sql = format!("{PERSON} WHERE id = ?1");
    one(conn, &sql, [id.to_sql()], read)
}

pub(super) fn all_people(conn: &Connection, cursor: Cursor) -> Outcome<Page<Person>> {
    let sql = format!("{PERSON} WHERE id > ?1 ORDER BY id LIMIT ?2");
    let rows = all(conn, &sql, window(cursor), read)?;
    Ok(page(rows, cursor, |person| person.id.0))
}

pub(super) fn companions(conn: &Connection, guardian: PersonId) -> Outcome<Vec<PersonId>> {
    let sql = "SELECT id FROM people WHERE guardian = ?1 ORDER BY since, id";
    all(conn, sql, [guardian.to_sql()], read_id)
}

pub(super) fn set_guardian(
    conn: &Connection,
    id: PersonId,
    guardian: Option<PersonId>,
) -> Outcome<()> {
    let sql = "UPDATE people SET guardian = ?2 WHERE id = ?1";
    run(conn, sql, (id.to_sql(), guardian.map(PersonId::to_sql))).map(|_| ())
}

pub(super) fn by_contact(conn: &Connection, contact: KeyedHash) -> Outcome<Option<PersonId>> {
    let sql = "SELECT person FROM vault WHERE contact = ?1";
    one(conn, sql, [contact], read_id)
}

pub(super) fn by_nik(conn: &Connection, nik: KeyedHash) -> Outcome<Vec<PersonId>> {
    let sql = "SELECT person FROM vault WHERE nik = ?1 ORDER BY person";
    all(conn, sql, [nik], read_id)
}

pub(super) fn set_verified(conn: &Connection, id: PersonId) -> Outcome<()> {
    let sql = "UPDATE people SET is_verified = 1 WHERE id = ?1";
    run(conn, sql, [id.to_sql()]).map(|_| ())
}

pub(super) fn revoke_passes(conn: &Connection, id: PersonId) -> Outcome<()> {
    let sql = "UPDATE people SET pass_epoch = pass_epoch + 1 WHERE id = ?1";
    run(conn, sql, [id.to_sql()]).map(|_| ())
}

pub(super) fn sealed(conn: &Connection, id: PersonId) -> Outcome<Option<Sealed>> {
    let sql = "SELECT key, sealed FROM vault WHERE person = ?1";
    one(conn, sql, [id.to_sql()], read_sealed)
}

pub(super) fn reseal(
    conn: &Connection,
    id: PersonId,
    sealed: &Sealed,
    nik: Option<KeyedHash>,
    contact: Option<KeyedHash>,
) -> Outcome<()> {
    let sql = "UPDATE vault SET key = ?2, sealed = ?3, nik = ?4, contact = ?5 WHERE person = ?1";
    let params = (id.to_sql(), sealed.key, &sealed.bytes, nik, contact);
    run(conn, sql, params)
        .map(|_| ())
        .map_err(|fault| conflict_if_taken(fault, CONTACT_TAKEN))
}

pub(super) fn sealed_before(
    conn: &Connection,
    key: u32,
    limit: u32,
) -> Outcome<Vec<(PersonId, Sealed)>> {
    let sql = "SELECT person, key, sealed FROM vault WHERE key < ?1 ORDER BY key, person LIMIT ?2";
    all(conn, sql, (key, limit), |cells| {
        Ok((read_id(cells)?, cells.sealed()?))
    })
}

pub(super) fn issue_card(conn: &Connection, person: PersonId, at: Time) -> Outcome<CardId> {
    let sql = "INSERT INTO cards (person, issued_at) VALUES (?1, ?2) RETURNING id";
    value(conn, sql, (person.to_sql(), at.0)).map(CardId::from_sql)
}

const CARD: &str = "SELECT id, person, issued_at, revoked_at FROM cards";

fn read_card(cells: &mut Cells<'_>) -> Outcome<Card> {
    Ok(Card {
        id: CardId::from_sql(cells.take()?),
        person: read_id(cells)?,
        issued_at: cells.time()?,
        revoked_at: cells.time_if_any()?,
    })
}

pub(super) fn card(conn: &Connection, id: CardId) -> Outcome<Option<Card>> {
    let sql = format!("{CARD} WHERE id = ?1");
    one(conn, &sql, [id.to_sql()], read_card)
}

pub(super) fn cards(conn: &Connection, person: PersonId) -> Outcome<Vec<Card>> {
    let sql = format!("{CARD} WHERE person = ?1 ORDER BY id DESC");
    all(conn, &sql, [person.to_sql()], read_card)
}

pub(super) fn revoke_card(conn: &Connection, id: CardId, at: Time) -> Outcome<bool> {
    let sql = "UPDATE cards SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL";
    Ok(run(conn, sql, (id.to_sql(), at.0))? == 1)
}

/// So many people in a transaction.
const PORTION: i64 = 1000;

/// Erases a portion of those whom nobody can reach; 0 when nobody is left.
pub(super) fn erase_unreachable(conn: &Connection, before: Time) -> Outcome<u64> {
    let sql = "SELECT person FROM vault JOIN people ON people.id = person
               WHERE nik IS NULL AND contact IS NULL AND since < ?1
                 AND guardian IS NULL AND NOT is_verified AND NOT is_exempt
                 AND NOT EXISTS (SELECT 1 FROM people AS other WHERE other.guardian = person)
                 AND NOT EXISTS (SELECT 1 FROM doses WHERE doses.person = vault.person)
                 AND NOT EXISTS (SELECT 1 FROM tests WHERE tests.person = vault.person)
                 AND NOT EXISTS (SELECT 1 FROM close_contacts AS day WHERE day.person = vault.person)
                 AND NOT EXISTS (SELECT 1 FROM cards WHERE cards.person = vault.person)
                 AND NOT EXISTS (SELECT 1 FROM visitor_sessions AS it WHERE it.person = vault.person)
               LIMIT ?2";
    let found: Vec<i64> = all(conn, sql, (before.0, PORTION), only)?;
    for person in &found {
        run(conn, "DELETE FROM vault WHERE person = ?1", [person])?;
        run(conn, "DELETE FROM people WHERE id = ?1", [person])?;
    }
    Ok(found.len() as u64)
}
