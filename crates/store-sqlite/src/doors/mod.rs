//! The doors: decided in memory by the writer, durable in the log, packed into blocks.
//!
//! The writer takes all check-ins that wait, lets the [ledger](gapura_domain::ledger) decide them
//! one after another, appends their events to the log as one row, commits, and answers. Nothing
//! else is written on the hot path. `pack` moves what has finished into blocks; `find` reads them.

mod block;
mod erase;
mod find;
mod hot;
mod log;
mod pack;
mod packer;
mod state;
#[cfg(test)]
mod tests;

pub(crate) use hot::{Ask, Doors};
pub(crate) use packer::{Packer, PackerAsk};

use crate::SqliteStore;
use crate::fault::Outcome;
use async_trait::async_trait;
use block::Row;
use gapura_domain::door::{Answer, Command, Decision, PARTY_MAX, Party, Visit};
use gapura_domain::ids::{DecisionId, GateId, PersonId, RequestId, RoomId, VenueId};
use gapura_domain::ledger::{Count, Finished};
use gapura_domain::time::{LocalDay, Time};
use gapura_domain::verdict::Verdict;
use gapura_store::doors::{Erasure, Tally};
use gapura_store::{Cursor, Page, Result, StoreError};
use rusqlite::{Connection, OptionalExtension, params};
use state::State;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A client's id older than this may have been answered before what the ledger remembers.
const LATE_MS: i64 = 300_000;

/// A packed row as a visit, if it was one.
fn visit_of(row: &Row) -> Option<Visit> {
    Some(Visit {
        id: row.number(),
        ..row.finished.visit()?
    })
}

fn found_decision(state: &State, id: DecisionId) -> Option<Arc<Decision>> {
    let numbers = (0..PARTY_MAX as u64).map(|member| DecisionId(id.0 + member));
    let of_parties = numbers.filter_map(|number| {
        let open = state.ledger.open(number).map(|open| &open.decision);
        open.or_else(|| {
            state
                .finished
                .get(&number)
                .map(|finished| &finished.decision)
        })
    });
    let found = of_parties.into_iter().find(|decision| decision.id == id);
    found
        .or_else(|| state.ledger.resolvable(id))
        .map(Arc::clone)
}

fn packed_decision(conn: &Connection, id: DecisionId) -> Outcome<Option<Decision>> {
    let Some(first) = find::by_number(conn, id)?.filter(|row| row.member == 0) else {
        return Ok(None);
    };
    let mut decision = first.finished.decision.as_ref().clone();
    let mut members = decision.party.to_vec();
    for member in 1..u64::from(first.party) {
        let row = find::by_number(conn, DecisionId(id.0 + member))?;
        members.extend(row.map(|row| row.who()));
    }
    if let Ok(party) = Party::try_from(members) {
        decision.party = party;
    }
    Ok(Some(decision))
}

/// Visits by number; what was seen last of a number holds.
#[derive(Default)]
struct Visits(BTreeMap<DecisionId, Visit>);

impl Visits {
    fn add_packed(&mut self, rows: impl IntoIterator<Item = Row>) {
        for visit in rows.into_iter().filter_map(|row| visit_of(&row)) {
            self.0.entry(visit.id).or_insert(visit);
        }
    }

    fn add_finished<'a>(&mut self, rows: impl IntoIterator<Item = &'a Finished>) {
        for visit in rows.into_iter().filter_map(Finished::visit) {
            self.0.insert(visit.id, visit);
        }
    }

    fn correct(&mut self, mut out: impl FnMut(DecisionId) -> Outcome<Option<Time>>) -> Outcome<()> {
        for visit in self.0.values_mut().filter(|visit| visit.to.is_some()) {
            if let Some(out) = out(visit.id)? {
                visit.to = Some(out.max(visit.from));
                visit.exit = Some(gapura_domain::verdict::Exit::Corrected);
            }
        }
        Ok(())
    }
}

impl SqliteStore {
    /// Reads memory and file as of the same checkpoint, so that nothing is missed or seen twice.
    async fn both<A, B>(
        &self,
        memory: impl Fn(&State) -> A,
        file: impl Fn(&Connection) -> Outcome<B> + Clone + Send + 'static,
    ) -> Result<(A, B)>
    where
        B: Send + 'static,
    {
        loop {
            let (checkpoint, seen) = self
                .doors()
                .await?
                .look(|state| (state.checkpoint, memory(state)));
            let file = file.clone();
            let (at, read) = self
                .read(move |conn| {
                    let sql = "SELECT log_id FROM door_checkpoint";
                    let at: Option<i64> = conn
                        .prepare_cached(sql)?
                        .query_row([], |row| row.get(0))
                        .optional()?;
                    Ok((at.unwrap_or(0), file(conn)?))
                })
                .await?;
            if at == checkpoint {
                return Ok((seen, read));
            }
        }
    }

    async fn visits(
        &self,
        test: impl Fn(&Visit) -> bool,
        file: impl Fn(&Connection) -> Outcome<Vec<Row>> + Clone + Send + 'static,
    ) -> Result<Vec<Visit>> {
        let memory = |state: &State| {
            let open = state.ledger.all_open().filter(|open| !open.held);
            let open: Vec<Visit> = open.map(|open| open.visit()).filter(&test).collect();
            let mut over = Visits::default();
            over.add_finished(state.finished.values());
            over.0.retain(|_, visit| test(visit));
            (open, over, state.corrections.clone())
        };
        let file = move |conn: &Connection| {
            let mut packed = Visits::default();
            packed.add_packed(file(conn)?);
            packed.correct(|visit| find::correction(conn, visit))?;
            Ok(packed)
        };
        let ((open, over, corrections), mut visits) = self.both(memory, file).await?;
        visits.0.retain(|_, visit| test(visit));
        visits.0.extend(over.0);
        visits
            .correct(|visit| Ok(corrections.get(&visit).copied()))
            .map_err(StoreError::from)?;
        visits
            .0
            .extend(open.into_iter().map(|visit| (visit.id, visit)));
        Ok(visits.0.into_values().collect())
    }

    /// The answer that a late repeat got first.
    async fn answered_before(
        &self,
        venue: VenueId,
        request: RequestId,
        who: Option<(GateId, PersonId)>,
    ) -> Result<Option<Answer>> {
        let memory = |state: &State| {
            let remembered = state.ledger.remembered(venue, request).map(Arc::clone);
            let tail = || state.finished.values().map(|finished| &finished.decision);
            let open = || state.ledger.all_open().map(|open| &open.decision);
            let is_it =
                |decision: &&Arc<Decision>| decision.request == request && decision.venue == venue;
            remembered.or_else(|| tail().chain(open()).find(is_it).map(Arc::clone))
        };
        let file = move |conn: &Connection| {
            let rows = find::by_request(conn, request)?;
            let row = rows
                .into_iter()
                .find(|row| row.finished.decision.venue == venue);
            row.map_or(Ok(None), |row| {
                packed_decision(conn, row.finished.decision.id)
            })
        };
        let (remembered, packed) = self.both(memory, file).await?;
        let Some(first) = remembered.or(packed.map(Arc::new)) else {
            return Ok(None);
        };
        let is_same = who.is_none_or(|who| who == (first.gate, first.party[0].person));
        Ok(Some(if is_same {
            Answer::Decided(first)
        } else {
            Answer::IdReused
        }))
    }
}

#[async_trait]
impl gapura_store::Doors for SqliteStore {
    async fn decide(&self, command: Command, now: Time) -> Result<Answer> {
        let repeat = match &command {
            Command::CheckIn(ask) => Some((
                ask.plan.venue,
                ask.request,
                Some((ask.plan.gate, ask.party[0].person)),
            )),
            Command::Resolve { request, plan, .. } => Some((plan.venue, *request, None)),
            Command::CheckOut { .. } | Command::Correct { .. } | Command::Sweep => None,
        };
        if let Some((venue, request, who)) = repeat
            && request.unix_ms() < now.0 * 1000 - LATE_MS
            && let Some(answer) = self.answered_before(venue, request, who).await?
        {
            return Ok(answer);
        }
        self.ask(command, now).await
    }

    async fn answered(&self, venue: VenueId, request: RequestId) -> Result<Option<Arc<Decision>>> {
        match self.answered_before(venue, request, None).await? {
            Some(Answer::Decided(first)) => Ok(Some(first)),
            Some(_) | None => Ok(None),
        }
    }

    async fn room_count(&self, room: RoomId) -> Result<Count> {
        Ok(self.doors().await?.look(|state| state.ledger.room(room)))
    }

    async fn venue_count(&self, venue: VenueId) -> Result<Count> {
        Ok(self.doors().await?.look(|state| state.ledger.venue(venue)))
    }

    async fn open_visit(&self, person: PersonId) -> Result<Option<Visit>> {
        let open = self.doors().await?.look(|state| {
            let open = state.ledger.open_of(person).filter(|open| !open.held);
            open.map(gapura_domain::ledger::Open::visit)
        });
        Ok(open)
    }

    async fn open_visits(&self, venue: VenueId) -> Result<Vec<Visit>> {
        let mut visits: Vec<Visit> = self.doors().await?.look(|state| {
            let open = state.ledger.all_open();
            let here = open.filter(|open| !open.held && open.decision.venue == venue);
            here.map(gapura_domain::ledger::Open::visit).collect()
        });
        visits.sort_unstable_by_key(|visit| visit.id);
        Ok(visits)
    }

    async fn decision(&self, id: DecisionId) -> Result<Option<Arc<Decision>>> {
        let file = move |conn: &Connection| packed_decision(conn, id);
        let (memory, packed) = self.both(|state| found_decision(state, id), file).await?;
        Ok(memory.or(packed.map(Arc::new)))
    }

    async fn visit(&self, id: DecisionId) -> Result<Option<Visit>> {
        let file = move |conn: &Connection| Ok(find::by_number(conn, id)?.into_iter().collect());
        let visits = self.visits(move |visit| visit.id == id, file).await?;
        Ok(visits.into_iter().next())
    }

    async fn visits_of(&self, person: PersonId, from: Time, to: Time) -> Result<Vec<Visit>> {
        let file = move |conn: &Connection| find::by_person(conn, person);
        let test =
            move |visit: &Visit| visit.person == person && visit.from >= from && visit.from < to;
        let mut visits = self.visits(test, file).await?;
        visits.sort_by_key(|visit| (visit.from, visit.id));
        Ok(visits)
    }

    async fn visits_at(
        &self,
        venue: VenueId,
        day: LocalDay,
        cursor: Cursor,
    ) -> Result<Page<Visit>> {
        let after = DecisionId(cursor.after.unwrap_or(0));
        let file = move |conn: &Connection| {
            let mut rows = Vec::new();
            find::by_day(conn, day.0, |row| {
                if row.finished.decision.venue == venue && row.number() > after {
                    rows.push(row);
                }
            })?;
            // The newest block holds where a number stands twice.
            rows.reverse();
            Ok(rows)
        };
        let test =
            move |visit: &Visit| visit.venue == venue && visit.day == day && visit.id > after;
        let mut rows = self.visits(test, file).await?;
        let limit = cursor.limit.clamp(1, 1000) as usize;
        let next = (rows.len() > limit).then(|| rows[limit - 1].id.0);
        rows.truncate(limit);
        Ok(Page { rows, next })
    }

    async fn tallies(&self, gates: &[GateId], from: i64, to: i64) -> Result<Vec<Tally>> {
        let gates = gates.to_vec();
        let wanted = gates.clone();
        let memory = move |state: &State| {
            let mut sums: BTreeMap<(GateId, i64, Verdict, String), u64> = BTreeMap::new();
            for ((gate, hour, verdict, reason), people) in &state.tallies {
                if wanted.contains(gate) && (from..to).contains(hour) {
                    *sums
                        .entry((*gate, *hour, *verdict, (*reason).to_owned()))
                        .or_default() += people;
                }
            }
            sums
        };
        let file = move |conn: &Connection| {
            let mut sums = Vec::new();
            let mut select = conn.prepare_cached(
                "SELECT unix_hour, verdict, reason, people FROM door_tally
                 WHERE gate = ?1 AND unix_hour >= ?2 AND unix_hour < ?3",
            )?;
            for gate in &gates {
                let mut rows = select.query(params![gate.to_sql(), from, to])?;
                while let Some(row) = rows.next()? {
                    let verdict = find::verdict_of(row.get(1)?)?;
                    let people = row.get::<_, i64>(3)?.cast_unsigned();
                    sums.push(((*gate, row.get(0)?, verdict, row.get(2)?), people));
                }
            }
            Ok(sums)
        };
        let (mut sums, packed) = self.both(memory, file).await?;
        for (key, people) in packed {
            *sums.entry(key).or_default() += people;
        }
        let tallies = sums
            .into_iter()
            .map(|((gate, unix_hour, verdict, reason), people)| Tally {
                gate,
                unix_hour,
                verdict,
                reason,
                people,
            });
        Ok(tallies.collect())
    }

    async fn erase_visits(&self, before: LocalDay, dry_run: bool) -> Result<Erasure> {
        self.pack_now().await?;
        erase::erase(self, before, dry_run).await
    }

    async fn pack(&self) -> Result<()> {
        self.pack_now().await
    }
}
