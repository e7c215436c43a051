//! The doors: decided in memory by the writer, durable in the log, packed into blocks.
//!
//! The writer takes all check-ins that wait, lets the [ledger](gapura_domain::ledger) decide them
//! one after another, appends their events to the log as one row, commits, and answers. Nothing
//! else is written on the hot path. `packer` moves what has finished into blocks; `find` reads them.
//!
//! What is asked afterwards is looked for in memory first and then in the file: what leaves memory
//! is in the file before, so nothing is missed, and what is seen in both counts as seen in memory.

mod answered;
mod block;
mod erase;
mod find;
mod hot;
mod log;
mod pack;
mod packer;
mod state;
mod tail;
#[cfg(test)]
mod tests;

pub(crate) use hot::{Ask, Doors};
pub(crate) use packer::{Packer, PackerAsk};

use crate::SqliteStore;
use crate::fault::Outcome;
use crate::sql;
use async_trait::async_trait;
use block::Row;
use gapura_domain::door::{Answer, Command, Decision, Party, Visit};
use gapura_domain::ids::{DecisionId, GateId, PersonId, RequestId, RoomId, VenueId};
use gapura_domain::ledger::{Count, Open};
use gapura_domain::time::{LocalDay, Time, Zone};
use gapura_domain::verdict::Verdict;
use gapura_store::doors::{Erasure, Tally};
use gapura_store::{Cursor, Page, Result};
use rusqlite::{Connection, params};
use state::{State, Visits};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A packed row as a visit, if it was one.
fn visit_of(row: &Row) -> Option<Visit> {
    Some(Visit {
        id: row.number(),
        ..row.finished.visit()?
    })
}

fn packed_decision(conn: &Connection, id: DecisionId) -> Outcome<Option<Decision>> {
    let Some(first) = find::by_number(conn, id)?.filter(|row| row.member == 0) else {
        return Ok(None);
    };
    let mut decision = first.finished.decision.as_ref().clone();
    let mut members = vec![first.who()];
    for member in 1..usize::from(first.party) {
        let row = find::by_number(conn, decision.visit_of(member))?;
        members.extend(row.map(|row| row.who()));
    }
    decision.party =
        Party::try_from(members).map_err(|_| crate::fault::Fault::Column("visit_block.data"))?;
    Ok(Some(decision))
}

type TallySums = BTreeMap<(GateId, i64, Verdict, String), u64>;

impl SqliteStore {
    /// Visits of memory and of the file, with the exits that managers set, by number.
    async fn visits(
        &self,
        memory: impl Fn(&State) -> Visits + Send,
        file: impl FnOnce(&Connection) -> Outcome<Vec<Row>> + Send + 'static,
    ) -> Result<Visits> {
        let memory = move |state: &State| (memory(state), state.corrections());
        let (mut visits, corrections) = self.look(memory).await?;
        let packed = self
            .read(move |conn| {
                let mut packed = Visits::default();
                packed.add(file(conn)?.iter().filter_map(visit_of));
                packed.correct(conn)?;
                Ok(packed)
            })
            .await?;
        visits.add(packed.0.into_values());
        visits.correct_by(&corrections);
        Ok(visits)
    }

    /// Tallies of memory and of the file as of the same checkpoint, so that none counts twice.
    async fn sums(&self, gates: &[GateId], from: i64, to: i64) -> Result<TallySums> {
        loop {
            let memory = |state: &State| {
                let mut sums = TallySums::new();
                for (&(gate, hour, verdict, reason), people) in state.tallies() {
                    if gates.contains(&gate) && (from..to).contains(&hour) {
                        let key = (gate, hour, verdict, reason.to_owned());
                        *sums.entry(key).or_default() += people;
                    }
                }
                (state.checkpoint, sums)
            };
            let (checkpoint, mut sums) = self.look(memory).await?;
            let gates = gates.to_vec();
            let packed = self
                .read(move |conn| {
                    let at = log::checkpoint(conn)?;
                    Ok((at, packed_sums(conn, &gates, from, to, at.tally)?))
                })
                .await?;
            if packed.0 == checkpoint {
                for (key, people) in packed.1 {
                    *sums.entry(key).or_default() += people;
                }
                return Ok(sums);
            }
        }
    }
}

fn packed_sums(
    conn: &Connection,
    gates: &[GateId],
    from: i64,
    to: i64,
    valid: i64,
) -> Outcome<TallySums> {
    let mut sums = TallySums::new();
    let sql = "SELECT unix_hour, verdict, reason, people FROM door_tally
               WHERE gate = ?1 AND unix_hour >= ?2 AND unix_hour < ?3";
    for &gate in gates {
        let lines = sql::all(conn, sql, params![gate.to_sql(), from, to], |cells| {
            let (hour, verdict) = (cells.take()?, find::verdict_of(cells.take()?)?);
            let key = (gate, hour, verdict, cells.take()?);
            Ok((key, cells.take::<i64>()?.cast_unsigned()))
        })?;
        sums.extend(lines);
    }
    let sql = "SELECT folded, data FROM door_tally_packed WHERE id <= ?1";
    let under_way = sql::all(conn, sql, [valid], |cells| {
        let folded: u32 = cells.take()?;
        Ok((
            folded as usize,
            packer::packed_tallies(&cells.take::<Vec<u8>>()?)?,
        ))
    })?;
    for (folded, lines) in under_way {
        for packer::TallyLine(gate, hour, verdict, reason, people) in lines.into_iter().skip(folded)
        {
            let gate = GateId(gate);
            if gates.contains(&gate) && (from..to).contains(&hour) {
                let key = (gate, hour, find::verdict_of(verdict)?, reason);
                *sums.entry(key).or_default() += people;
            }
        }
    }
    Ok(sums)
}

#[async_trait]
impl gapura_store::Doors for SqliteStore {
    async fn decide(&self, command: Command, now: Time) -> Result<Answer> {
        match &command {
            Command::CheckIn(ask) => {
                if let Some(answer) = self.told_before(ask, now).await? {
                    return Ok(answer);
                }
                self.ask(command, now).await
            }
            Command::Resolve {
                decision,
                admit,
                remark,
                ..
            } => {
                let (decision, admit, remark) = (*decision, *admit, remark.clone());
                match self.ask(command, now).await? {
                    Answer::NotResolvable => self.stands_already(decision, admit, &remark).await,
                    answer => Ok(answer),
                }
            }
            Command::Correct { visit, .. } => {
                // The ledger knows only who is inside; what is over is known here.
                if self.visit(*visit).await?.is_none() {
                    return Ok(Answer::NotOpen);
                }
                self.ask(command, now).await
            }
            Command::CheckOut { .. } | Command::Sweep => self.ask(command, now).await,
        }
    }

    async fn answered(&self, venue: VenueId, request: RequestId) -> Result<Option<Arc<Decision>>> {
        self.first_answer(venue, request).await
    }

    async fn room_count(&self, room: RoomId) -> Result<Count> {
        self.look(|state| state.ledger.room(room)).await
    }

    async fn venue_count(&self, venue: VenueId) -> Result<Count> {
        self.look(|state| state.ledger.venue(venue)).await
    }

    async fn open_visit(&self, person: PersonId) -> Result<Option<Visit>> {
        self.look(|state| {
            let open = state.ledger.open_of(person).filter(|open| !open.held);
            open.map(Open::visit)
        })
        .await
    }

    async fn open_visits(&self, venue: VenueId) -> Result<Vec<Visit>> {
        self.look(|state| {
            let open = state.ledger.open_at(venue).filter(|open| !open.held);
            open.map(Open::visit).collect()
        })
        .await
    }

    async fn decision(&self, id: DecisionId) -> Result<Option<Arc<Decision>>> {
        let memory = self
            .look(|state| state.decision(id).map(Arc::clone))
            .await?;
        if memory.is_some() {
            return Ok(memory);
        }
        let packed = self.read(move |conn| packed_decision(conn, id)).await?;
        Ok(packed.map(Arc::new))
    }

    async fn visit(&self, id: DecisionId) -> Result<Option<Visit>> {
        let memory = |state: &State| (state.knows(id), state.visit(id));
        if let (true, visit) = self.look(memory).await? {
            return Ok(visit);
        }
        let memory = |_: &State| Visits::default();
        let file = move |conn: &Connection| Ok(find::by_number(conn, id)?.into_iter().collect());
        Ok(self.visits(memory, file).await?.0.remove(&id))
    }

    async fn visits_of(&self, person: PersonId, from: Time, to: Time) -> Result<Vec<Visit>> {
        // A visit counts on a local day in any zone, or on the day before an officer let it in.
        let days = Zone::Wib.day_of(from).plus_days(-1)..=Zone::Wit.day_of(to).plus_days(1);
        let memory = |state: &State| state.visits_of(person);
        let file = move |conn: &Connection| find::by_person(conn, person, days);
        let visits = self.visits(memory, file).await?.0.into_values();
        let mut visits: Vec<Visit> = visits
            .filter(|visit| visit.from >= from && visit.from < to)
            .collect();
        visits.sort_by_key(|visit| (visit.from, visit.id));
        Ok(visits)
    }

    async fn visits_at(
        &self,
        venue: VenueId,
        day: LocalDay,
        cursor: Cursor,
    ) -> Result<Page<Visit>> {
        let memory = |state: &State| state.visits_at(venue);
        let file = move |conn: &Connection| find::by_venue(conn, venue, day);
        let visits = self.visits(memory, file).await?.0.into_values();
        let after = cursor.after.map(DecisionId);
        let rows = visits
            .filter(|visit| visit.day == day && after.is_none_or(|after| visit.id > after))
            .collect();
        Ok(sql::page(rows, cursor, |visit: &Visit| visit.id.0))
    }

    async fn tallies(&self, gates: &[GateId], from: i64, to: i64) -> Result<Vec<Tally>> {
        let sums = self.sums(gates, from, to).await?.into_iter();
        let tallies = sums.map(|((gate, unix_hour, verdict, reason), people)| Tally {
            gate,
            unix_hour,
            verdict,
            reason,
            people,
        });
        Ok(tallies.collect())
    }

    async fn erase_visits(&self, before: LocalDay, dry_run: bool) -> Result<Erasure> {
        if self.serves() {
            self.pack_now().await?;
        }
        erase::erase(self, before, dry_run).await
    }

    async fn pack(&self) -> Result<()> {
        self.pack_now().await
    }
}
