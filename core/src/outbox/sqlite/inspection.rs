//! Inspecting a file, on a read-only connection of its own.

use std::path::Path;

use rusqlite::{Connection, params};

use super::clock::behind;
use super::stored::{before_all, dead_letter, export_kept, is_due};
use super::{connection, purpose, schema, storage_error};
use crate::error::Result;
use crate::host::fork;
use crate::model::deliverer::Deliverer;
use crate::model::ids::EndpointId;
use crate::model::inspection::{InspectedEndpoint, Inspection};
use crate::model::timestamp::Timestamp;

/// The most lines of damage that are listed.
const DAMAGE_LISTED: usize = 20;
const ENDPOINTS_LISTED: i64 = 1000;

const WAITING: &str =
    "SELECT count(*) FROM hookbridge_messages WHERE due_at IS NOT NULL OR held_due_at IS NOT NULL";
const DUE: &str = concat!(
    "SELECT count(*), min(max(CASE WHEN m.due_at < 0 THEN m.due_at + ",
    before_all!(),
    " ELSE m.due_at END - ",
    behind!(),
    ", m.created_at)) FROM hookbridge_messages m JOIN hookbridge_endpoints e ON e.seq = m.endpoint_seq
    WHERE m.due_at IS NOT NULL AND ",
    is_due!("m.due_at", "?1"),
    " AND e.paused = 0"
);
const DEAD: &str = concat!("SELECT count(*) FROM hookbridge_messages WHERE ", dead_letter!());
const EXPORTS: &str = concat!("SELECT count(*) FROM hookbridge_exports WHERE ", export_kept!("?1"));
const NEWEST: &str = "SELECT created_at FROM hookbridge_messages ORDER BY seq DESC LIMIT 1";
const ENDPOINTS: &str =
    "SELECT id, url, paused FROM hookbridge_endpoints WHERE deleted_at IS NULL ORDER BY seq LIMIT ?1";

/// Reads everything that an inspection shows.
pub(crate) fn look(database: &Path, deliverer: Option<Deliverer>, export_bytes: u64) -> Result<Inspection> {
    let _inside = fork::enter();
    let connection = connection::open_reader(database)?;
    let damage = damage(&connection).map_err(storage_error)?;
    let mut found = Inspection {
        schema_version: schema::version_of(&connection)?,
        newest_schema_version: schema::NEWEST as u64,
        damage,
        is_relay: false,
        waiting: 0,
        due: 0,
        oldest_due_at: None,
        exports: 0,
        export_bytes,
        dead: 0,
        newest_message_at: None,
        endpoints: Vec::new(),
        deliverer,
    };
    // Tables of another version may have other columns.
    if found.damage.is_empty() && found.schema_version == found.newest_schema_version {
        found.is_relay = purpose::is_relay(&connection)?;
        count(&connection, &mut found).map_err(storage_error)?;
    }
    Ok(found)
}

fn damage(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare("PRAGMA integrity_check")?;
    let lines = statement.query_map([], |row| row.get::<_, String>(0))?;
    let lines = lines.take(DAMAGE_LISTED).collect::<rusqlite::Result<Vec<_>>>();
    match lines {
        Ok(lines) => Ok(lines.into_iter().filter(|line| line != "ok").collect()),
        // A file that is too damaged for the check is damaged.
        Err(cause) if cause.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseCorrupt) => {
            Ok(vec![cause.to_string()])
        }
        Err(cause) => Err(cause),
    }
}

fn count(connection: &Connection, found: &mut Inspection) -> rusqlite::Result<()> {
    let now = Timestamp::now().as_millis();
    found.waiting = connection.query_row(WAITING, [], |row| row.get(0))?;
    (found.due, found.oldest_due_at) = connection.query_row(DUE, params![now], |row| {
        Ok((row.get(0)?, row.get::<_, Option<i64>>(1)?.map(Timestamp::from_millis)))
    })?;
    found.exports = connection.query_row(EXPORTS, params![now], |row| row.get(0))?;
    found.dead = connection.query_row(DEAD, [], |row| row.get(0))?;
    let mut newest = connection.prepare(NEWEST)?;
    found.newest_message_at =
        newest.query_map([], |row| row.get(0))?.next().transpose()?.map(Timestamp::from_millis);
    found.endpoints = connection
        .prepare(ENDPOINTS)?
        .query_map([ENDPOINTS_LISTED], |row| {
            Ok(InspectedEndpoint {
                id: EndpointId::from_bytes(row.get(0)?).to_string(),
                url: row.get(1)?,
                paused: row.get(2)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(())
}
