//! Approved venues with their rooms and gates.

use super::applications::id_list;
use super::gates;
use crate::fault::{Fault, Outcome, conflict};
use crate::sql::{Cells, all, one, page, run, value, window};
use gapura_domain::door::{Bounds, Position};
use gapura_domain::ids::{GateId, OrganisationId, RoomId, VenueId};
use gapura_domain::region::RegionCode;
use gapura_domain::time::Time;
use gapura_domain::venue::{Application, Category, Room, RoomSpec, Venue, VenueSpec};
use gapura_store::venues::VenueFilter;
use gapura_store::{Cursor, Page};
use rusqlite::{Connection, ToSql, params};

pub(super) fn insert(conn: &Connection, approved: &Application, at: Time) -> Outcome<VenueId> {
    let sql = "INSERT INTO venues (organisation, application, name, category, address, district,
                   latitude, longitude, contact, hours, capacity, quota, booth,
                   demands_screen_code, longest_stay_minutes, changed_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
               RETURNING id";
    let spec = &approved.spec;
    let params = params![
        approved.organisation.to_sql(),
        approved.id.to_sql(),
        spec.name.as_str(),
        spec.category.name(),
        spec.address.as_str(),
        spec.district.to_string(),
        spec.position.latitude,
        spec.position.longitude,
        spec.contact.as_str(),
        serde_json::to_string(&spec.hours)?,
        spec.bounds.capacity,
        spec.bounds.quota,
        booth_text(spec)?,
        spec.demands_screen_code,
        spec.longest_stay_minutes,
        at.0,
    ];
    value(conn, sql, params).map(VenueId::from_sql)
}

fn booth_text(spec: &VenueSpec) -> Outcome<Option<String>> {
    let booth = spec.booth.as_ref();
    Ok(booth.map(serde_json::to_string).transpose()?)
}

pub(super) fn insert_room(conn: &Connection, venue: VenueId, room: &RoomSpec) -> Outcome<RoomId> {
    let sql = "INSERT INTO rooms (venue, name, floor_area_m2, capacity, quota)
               VALUES (?1, ?2, ?3, ?4, ?5) RETURNING id";
    let params = (
        venue.to_sql(),
        room.name.as_str(),
        room.floor_area_m2,
        room.bounds.capacity,
        room.bounds.quota,
    );
    value(conn, sql, params).map(RoomId::from_sql)
}

pub(super) fn update(
    conn: &Connection,
    id: VenueId,
    version: u32,
    spec: &VenueSpec,
    rooms: &[(RoomId, Bounds)],
    at: Time,
) -> Outcome<bool> {
    let sql = "UPDATE venues SET name = ?3, contact = ?4, hours = ?5, capacity = ?6, quota = ?7,
                   booth = ?8, demands_screen_code = ?9, longest_stay_minutes = ?10,
                   version = version + 1, changed_at = ?11
               WHERE id = ?1 AND version = ?2";
    let params = params![
        id.to_sql(),
        version,
        spec.name.as_str(),
        spec.contact.as_str(),
        serde_json::to_string(&spec.hours)?,
        spec.bounds.capacity,
        spec.bounds.quota,
        booth_text(spec)?,
        spec.demands_screen_code,
        spec.longest_stay_minutes,
        at.0,
    ];
    if run(conn, sql, params)? == 0 {
        return Ok(false);
    }
    let sql = "UPDATE rooms SET capacity = ?3, quota = ?4 WHERE id = ?1 AND venue = ?2";
    for (room, bounds) in rooms {
        let params = (room.to_sql(), id.to_sql(), bounds.capacity, bounds.quota);
        if run(conn, sql, params)? == 0 {
            return Err(conflict("the room is not one of this venue"));
        }
    }
    Ok(true)
}

/// The rooms as applied for come from the application, where they stay as they were.
const VENUE: &str = "SELECT v.id, v.organisation, v.name, v.category, v.address, v.district,
        v.latitude, v.longitude, v.contact, v.hours, v.capacity, v.quota, a.spec -> 'rooms',
        v.booth, v.demands_screen_code, v.longest_stay_minutes, v.version
    FROM venues v JOIN applications a ON a.id = v.application";

fn read(cells: &mut Cells<'_>) -> Outcome<Venue> {
    Ok(Venue {
        id: VenueId::from_sql(cells.take()?),
        organisation: OrganisationId::from_sql(cells.take()?),
        spec: VenueSpec {
            name: cells.label()?,
            category: category(&cells.take::<String>()?)?,
            address: cells.label()?,
            district: district(&cells.take::<String>()?)?,
            position: Position {
                latitude: cells.take()?,
                longitude: cells.take()?,
            },
            contact: cells.label()?,
            hours: cells.json()?,
            bounds: bounds(cells)?,
            rooms: cells.json()?,
            booth: cells
                .take::<Option<String>>()?
                .map(|booth| serde_json::from_str(&booth))
                .transpose()?,
            demands_screen_code: cells.take()?,
            longest_stay_minutes: cells.take()?,
        },
        rooms: Vec::new(),
        gates: Vec::new(),
        version: cells.take()?,
    })
}

fn bounds(cells: &mut Cells<'_>) -> Outcome<Bounds> {
    Ok(Bounds {
        capacity: cells.take()?,
        quota: cells.take()?,
    })
}

fn category(name: &str) -> Outcome<Category> {
    Category::from_name(name).ok_or(Fault::Column("category"))
}

fn district(code: &str) -> Outcome<RegionCode> {
    RegionCode::parse(code).map_err(|_| Fault::Column("district"))
}

/// Adds what hangs below a venue.
fn furnished(conn: &Connection, mut venue: Venue) -> Outcome<Venue> {
    let sql = "SELECT id, name, floor_area_m2, capacity, quota FROM rooms
               WHERE venue = ?1 ORDER BY id";
    venue.rooms = all(conn, sql, [venue.id.to_sql()], |cells| {
        Ok(Room {
            id: RoomId::from_sql(cells.take()?),
            name: cells.label()?,
            floor_area_m2: cells.take()?,
            bounds: bounds(cells)?,
        })
    })?;
    venue.gates = gates::of_venue(conn, venue.id)?;
    Ok(venue)
}

pub(super) fn venue(conn: &Connection, id: VenueId) -> Outcome<Option<Venue>> {
    let sql = format!("{VENUE} WHERE v.id = ?1");
    let found = one(conn, &sql, [id.to_sql()], read)?;
    found.map(|venue| furnished(conn, venue)).transpose()
}

pub(super) fn venue_of_gate(conn: &Connection, gate: GateId) -> Outcome<Option<Venue>> {
    let sql = format!("{VENUE} WHERE v.id = (SELECT venue FROM gates WHERE id = ?1)");
    let found = one(conn, &sql, [gate.to_sql()], read)?;
    found.map(|venue| furnished(conn, venue)).transpose()
}

pub(super) fn list(
    conn: &Connection,
    filter: &VenueFilter,
    cursor: Cursor,
) -> Outcome<Page<Venue>> {
    let (after, limit) = window(cursor);
    let organisations = filter.organisations.as_deref().map(id_list);
    let category = filter.category.map(Category::name);
    let mut sql = format!("{VENUE} WHERE v.id > :after");
    let mut params: Vec<(&str, &dyn ToSql)> = vec![(":after", &after), (":limit", &limit)];
    if let Some(organisations) = &organisations {
        sql.push_str(" AND v.organisation IN (SELECT value FROM json_each(:organisations))");
        params.push((":organisations", organisations));
    }
    if let Some(category) = &category {
        sql.push_str(" AND v.category = :category");
        params.push((":category", category));
    }
    if let Some((south_west, north_east)) = &filter.within {
        sql.push_str(
            " AND v.latitude BETWEEN :south AND :north AND v.longitude BETWEEN :west AND :east",
        );
        params.extend([
            (":south", &south_west.latitude as &dyn ToSql),
            (":north", &north_east.latitude),
            (":west", &south_west.longitude),
            (":east", &north_east.longitude),
        ]);
    }
    sql.push_str(" ORDER BY v.id LIMIT :limit");
    let rows = all(conn, &sql, params.as_slice(), read)?;
    let page = page(rows, cursor, |venue| venue.id.0);
    let rows = page.rows.into_iter();
    Ok(Page {
        rows: rows
            .map(|venue| furnished(conn, venue))
            .collect::<Outcome<_>>()?,
        next: page.next,
    })
}
