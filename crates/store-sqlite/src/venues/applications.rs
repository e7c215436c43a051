//! Owners and what they apply for, up to the venue that an approval makes.

use super::{gates, places};
use crate::fault::{Fault, Outcome, conflict};
use crate::sql::{Cells, all, one, page, run, value, window};
use gapura_domain::ids::{AccountId, ApplicationId, OrganisationId, VenueId};
use gapura_domain::time::Time;
use gapura_domain::venue::{Application, ApplicationState, Label, Organisation, VenueSpec};
use gapura_store::venues::{ApplicationFilter, NewApplication};
use gapura_store::{Cursor, Page};
use rusqlite::{Connection, ToSql};

pub(super) fn create_organisation(
    conn: &Connection,
    parent: Option<OrganisationId>,
    name: &Label,
    at: Time,
) -> Outcome<OrganisationId> {
    let sql = "INSERT INTO organisations (parent, name, since) VALUES (?1, ?2, ?3) RETURNING id";
    let parent = parent.map(OrganisationId::to_sql);
    value(conn, sql, (parent, name.as_str(), at.0)).map(OrganisationId::from_sql)
}

pub(super) fn organisations(conn: &Connection) -> Outcome<Vec<Organisation>> {
    let sql = "SELECT id, parent, name FROM organisations ORDER BY id";
    all(conn, sql, [], |cells| {
        Ok(Organisation {
            id: OrganisationId::from_sql(cells.take()?),
            parent: cells.take::<Option<i64>>()?.map(OrganisationId::from_sql),
            name: cells.label()?,
        })
    })
}

pub(super) fn submit(
    conn: &Connection,
    list: &[NewApplication],
    at: Time,
) -> Outcome<Vec<ApplicationId>> {
    let sql = "INSERT INTO applications (organisation, submitted_by, submitted_at, spec, state)
               VALUES (?1, ?2, ?3, ?4, 'submitted') RETURNING id";
    list.iter()
        .map(|new| {
            let spec = serde_json::to_string(&new.spec)?;
            let params = (new.organisation.to_sql(), new.by.to_sql(), at.0, spec);
            value(conn, sql, params).map(ApplicationId::from_sql)
        })
        .collect()
}

pub(super) fn resubmit(
    conn: &Connection,
    id: ApplicationId,
    spec: &VenueSpec,
    by: AccountId,
    at: Time,
) -> Outcome<bool> {
    let sql = "UPDATE applications SET state = 'submitted', spec = ?2, submitted_by = ?3,
                   submitted_at = ?4, decided_by = NULL, decided_at = NULL, reasons = NULL
               WHERE id = ?1 AND state = 'returned'";
    let spec = serde_json::to_string(spec)?;
    let changed = run(conn, sql, (id.to_sql(), spec, by.to_sql(), at.0))?;
    Ok(changed == 1)
}

pub(super) fn send_back(
    conn: &Connection,
    id: ApplicationId,
    reasons: &str,
    by: AccountId,
    at: Time,
) -> Outcome<bool> {
    let sql = "UPDATE applications
               SET state = 'returned', reasons = ?2, decided_by = ?3, decided_at = ?4
               WHERE id = ?1 AND state = 'submitted'";
    let changed = run(conn, sql, (id.to_sql(), reasons, by.to_sql(), at.0))?;
    Ok(changed == 1)
}

pub(super) fn approve(
    conn: &Connection,
    id: ApplicationId,
    codes: &[String],
    by: AccountId,
    at: Time,
) -> Outcome<Option<VenueId>> {
    let submitted = application(conn, id)?;
    let Some(submitted) = submitted.filter(|found| found.state == ApplicationState::Submitted)
    else {
        return Ok(None);
    };
    let spec = &submitted.spec;
    let gates_in_spec: usize = spec.rooms.iter().map(|room| room.gates.len()).sum();
    if codes.len() != gates_in_spec {
        return Err(conflict("there must be one code for each gate"));
    }
    let venue = places::insert(conn, &submitted, at)?;
    let mut codes = codes.iter();
    for room in &spec.rooms {
        let id = places::insert_room(conn, venue, room)?;
        for (gate, code) in room.gates.iter().zip(&mut codes) {
            gates::insert(conn, venue, id, &gate.name, code)?;
        }
    }
    let sql = "UPDATE applications
               SET state = 'approved', venue = ?2, decided_by = ?3, decided_at = ?4
               WHERE id = ?1";
    run(conn, sql, (id.to_sql(), venue.to_sql(), by.to_sql(), at.0))?;
    Ok(Some(venue))
}

const APPLICATION: &str = "SELECT id, organisation, submitted_by, submitted_at, spec, state,
    reasons, venue, decided_by, decided_at FROM applications";

fn read(cells: &mut Cells<'_>) -> Outcome<Application> {
    Ok(Application {
        id: ApplicationId::from_sql(cells.take()?),
        organisation: OrganisationId::from_sql(cells.take()?),
        by: AccountId::from_sql(cells.take()?),
        submitted_at: cells.time()?,
        spec: cells.json()?,
        state: read_state(cells)?,
    })
}

fn read_state(cells: &mut Cells<'_>) -> Outcome<ApplicationState> {
    let state: String = cells.take()?;
    let reasons: Option<String> = cells.take()?;
    let venue = cells.take::<Option<i64>>()?.map(VenueId::from_sql);
    let by = cells.take::<Option<i64>>()?.map(AccountId::from_sql);
    let at = cells.time_if_any()?;
    match (state.as_str(), reasons, venue, by, at) {
        ("submitted", ..) => Ok(ApplicationState::Submitted),
        ("returned", Some(reasons), None, Some(by), Some(at)) => {
            Ok(ApplicationState::Returned { reasons, by, at })
        }
        ("approved", None, Some(venue), Some(by), Some(at)) => {
            Ok(ApplicationState::Approved { venue, by, at })
        }
        _ => Err(Fault::Column("state")),
    }
}

pub(super) fn application(conn: &Connection, id: ApplicationId) -> Outcome<Option<Application>> {
    let sql = format!("{APPLICATION} WHERE id = ?1");
    one(conn, &sql, [id.to_sql()], read)
}

pub(super) fn list(
    conn: &Connection,
    filter: &ApplicationFilter,
    cursor: Cursor,
) -> Outcome<Page<Application>> {
    let (after, limit) = window(cursor);
    let organisations = filter.organisations.as_deref().map(id_list);
    let mut sql = format!("{APPLICATION} WHERE id > :after");
    let mut params: Vec<(&str, &dyn ToSql)> = vec![(":after", &after), (":limit", &limit)];
    if let Some(organisations) = &organisations {
        sql.push_str(" AND organisation IN (SELECT value FROM json_each(:organisations))");
        params.push((":organisations", organisations));
    }
    if let Some(state) = &filter.state {
        sql.push_str(" AND state = :state");
        params.push((":state", state));
    }
    sql.push_str(" ORDER BY id LIMIT :limit");
    let rows = all(conn, &sql, params.as_slice(), read)?;
    Ok(page(rows, cursor, |row| row.id.0))
}

/// Ids as a JSON list, which one parameter can carry.
pub(super) fn id_list(ids: &[OrganisationId]) -> String {
    let ids: Vec<String> = ids.iter().map(|id| id.to_sql().to_string()).collect();
    format!("[{}]", ids.join(","))
}
