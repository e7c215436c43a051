//! Many people become known at once, without signing in: from a list, or invented ones for a demo.

use crate::App;
use crate::error::Result;
use crate::person_form::ReadPerson;
use crate::vault::PersonalRecord;
use futures_util::future::try_join_all;
use gapura_domain::ids::PersonId;
use gapura_domain::person::Contact;
use gapura_store::people::NewPerson;

/// People whose records wait for the disk together.
const TOGETHER: usize = 512;

/// Somebody who is to be known.
#[derive(Clone, Debug)]
pub struct Newcomer {
    /// Name, birth date, ID number.
    pub person: ReadPerson,
    /// Where a one-time code can be sent.
    pub contact: Option<Contact>,
    /// Whether somebody looked at the ID.
    pub is_verified: bool,
}

/// Makes people known and gives their pseudonyms in the same order.
///
/// # Errors
/// `Store(Conflict)` where a contact belongs to somebody else. Those before it in the list may be known
/// by then; each of them as a whole.
pub async fn make_known(
    app: &App,
    newcomers: impl IntoIterator<Item = Newcomer>,
) -> Result<Vec<PersonId>> {
    let mut newcomers = newcomers.into_iter();
    let mut known = Vec::new();
    loop {
        let some: Vec<Newcomer> = newcomers.by_ref().take(TOGETHER).collect();
        if some.is_empty() {
            return Ok(known);
        }
        let ids = try_join_all(some.iter().map(|_| app.store.next_person())).await?;
        let people: Vec<(PersonId, NewPerson)> = ids
            .iter()
            .zip(some)
            .map(|(id, newcomer)| (*id, sealed(app, *id, newcomer)))
            .collect();
        app.store.create_people(&people, app.now()).await?;
        known.extend(ids);
    }
}

fn sealed(app: &App, id: PersonId, newcomer: Newcomer) -> NewPerson {
    let record = PersonalRecord {
        name: newcomer.person.name,
        nik: newcomer.person.nik,
        contact: newcomer.contact,
    };
    let (nik, contact) = app.keys.hashes_of(&record);
    NewPerson {
        birth_date: Some(newcomer.person.birth_date),
        sealed: app.keys.seal_record(id, &record, app.random()),
        nik,
        contact,
        guardian: None,
        is_verified: newcomer.is_verified,
    }
}
