//! Gates, the codes on their posters, and the devices beside them.

use crate::fault::{Fault, Outcome, conflict_if_taken};
use crate::sql::{Cells, all, one, run};
use gapura_domain::ids::{DeviceId, GateId, RoomId, VenueId};
use gapura_domain::time::Time;
use gapura_domain::venue::{Gate, Label};
use gapura_store::venues::{Device, GateCode};
use rusqlite::Connection;

pub(super) fn insert(
    conn: &Connection,
    venue: VenueId,
    room: RoomId,
    name: &Label,
    code: &str,
) -> Outcome<()> {
    let sql = "INSERT INTO gates (room, venue, name, code) VALUES (?1, ?2, ?3, ?4)";
    let params = (room.to_sql(), venue.to_sql(), name.as_str(), code);
    run(conn, sql, params).map(|_| ()).map_err(code_taken)
}

fn code_taken(fault: Fault) -> Fault {
    conflict_if_taken(fault, "the code is or was that of a gate")
}

pub(super) fn of_venue(conn: &Connection, venue: VenueId) -> Outcome<Vec<Gate>> {
    let sql = "SELECT id, room, name, code FROM gates WHERE venue = ?1 ORDER BY id";
    all(conn, sql, [venue.to_sql()], |cells| {
        Ok(Gate {
            id: GateId::from_sql(cells.take()?),
            room: RoomId::from_sql(cells.take()?),
            name: cells.label()?,
            code: cells.take()?,
        })
    })
}

pub(super) fn by_code(conn: &Connection, code: &str) -> Outcome<Option<GateCode>> {
    let place = |cells: &mut Cells<'_>| {
        let gate = GateId::from_sql(cells.take()?);
        Ok((gate, VenueId::from_sql(cells.take()?)))
    };
    let active = one(
        conn,
        "SELECT id, venue FROM gates WHERE code = ?1",
        [code],
        |cells| place(cells).map(|(gate, venue)| GateCode::Active(gate, venue)),
    )?;
    if active.is_some() {
        return Ok(active);
    }
    let sql = "SELECT g.id, g.venue, r.revoked_at
               FROM revoked_gate_codes r JOIN gates g ON g.id = r.gate WHERE r.code = ?1";
    one(conn, sql, [code], |cells| {
        let (gate, venue) = place(cells)?;
        Ok(GateCode::Revoked(gate, venue, cells.time()?))
    })
}

pub(super) fn reissue(conn: &Connection, gate: GateId, code: &str, at: Time) -> Outcome<bool> {
    let sql = "INSERT INTO revoked_gate_codes (code, gate, revoked_at)
               SELECT code, id, ?2 FROM gates WHERE id = ?1";
    if run(conn, sql, (gate.to_sql(), at.0))? == 0 {
        return Ok(false);
    }
    let sql = "UPDATE gates SET code = ?2 WHERE id = ?1";
    run(conn, sql, (gate.to_sql(), code)).map_err(code_taken)?;
    Ok(true)
}

pub(super) fn put_enrolment(
    conn: &Connection,
    code_hash: [u8; 32],
    gate: GateId,
    name: &Label,
    expires: Time,
) -> Outcome<()> {
    let sql = "INSERT INTO enrolments (gate, code_hash, name, expires) VALUES (?1, ?2, ?3, ?4)
               ON CONFLICT (gate) DO UPDATE SET code_hash = excluded.code_hash,
                   name = excluded.name, expires = excluded.expires";
    let params = (gate.to_sql(), code_hash, name.as_str(), expires.0);
    run(conn, sql, params)
        .map(|_| ())
        .map_err(|fault| conflict_if_taken(fault, "the code enrols at another gate"))
}

pub(super) fn enrol(
    conn: &Connection,
    code_hash: [u8; 32],
    token_hash: [u8; 32],
    at: Time,
) -> Outcome<Option<Device>> {
    let sql = "DELETE FROM enrolments WHERE code_hash = ?1 AND expires > ?2 RETURNING gate, name";
    let used = one(conn, sql, (code_hash, at.0), |cells| {
        Ok((cells.take::<i64>()?, cells.take::<String>()?))
    })?;
    let Some((gate, name)) = used else {
        return Ok(None);
    };
    let sql = "INSERT INTO devices (token_hash, gate, name, enrolled_at) VALUES (?1, ?2, ?3, ?4)";
    run(conn, sql, (token_hash, gate, name, at.0))
        .map_err(|fault| conflict_if_taken(fault, "the token is that of a device"))?;
    device_by_token(conn, token_hash)
}

const DEVICE: &str = "SELECT d.id, d.gate, g.venue, d.name, d.enrolled_at, d.revoked_at
    FROM devices d JOIN gates g ON g.id = d.gate";

fn read(cells: &mut Cells<'_>) -> Outcome<Device> {
    Ok(Device {
        id: DeviceId::from_sql(cells.take()?),
        gate: GateId::from_sql(cells.take()?),
        venue: VenueId::from_sql(cells.take()?),
        name: cells.label()?,
        enrolled_at: cells.time()?,
        revoked_at: cells.time_if_any()?,
    })
}

pub(super) fn device_by_token(conn: &Connection, token_hash: [u8; 32]) -> Outcome<Option<Device>> {
    let sql = format!("{DEVICE} WHERE d.token_hash = ?1 AND d.revoked_at IS NULL");
    one(conn, &sql, [token_hash], read)
}

pub(super) fn devices(conn: &Connection, venue: VenueId) -> Outcome<Vec<Device>> {
    let sql = format!("{DEVICE} WHERE g.venue = ?1 ORDER BY d.id");
    all(conn, &sql, [venue.to_sql()], read)
}

pub(super) fn revoke_device(conn: &Connection, device: DeviceId, at: Time) -> Outcome<bool> {
    let sql = "UPDATE devices SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL";
    Ok(run(conn, sql, (device.to_sql(), at.0))? == 1)
}
