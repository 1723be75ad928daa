//! The catalogue of event types on disk.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::text_column;
use crate::model::event_type::EventType;
use crate::model::event_type_entry::EventTypeEntry;
use crate::model::timestamp::Timestamp;

const COLUMNS: &str = "name, description, schema, example, deprecated, created_at, updated_at";
const COUNT: &str = "SELECT count(*) FROM hookbridge_event_types";
const INSERT: &str =
    "INSERT INTO hookbridge_event_types (name, description, schema, example, deprecated, created_at, updated_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
const UPDATE: &str =
    "UPDATE hookbridge_event_types SET description = ?2, schema = ?3, example = ?4, deprecated = ?5,
    updated_at = ?6 WHERE name = ?1";
const DELETE: &str = "DELETE FROM hookbridge_event_types WHERE name = ?1";

fn entry(row: &Row<'_>) -> rusqlite::Result<EventTypeEntry> {
    Ok(EventTypeEntry {
        name: EventType::stored(row.get(0)?),
        description: row.get(1)?,
        schema: text_column::read(row, 2)?,
        example: text_column::read(row, 3)?,
        deprecated: row.get(4)?,
        created_at: Timestamp::from_millis(row.get(5)?),
        updated_at: Timestamp::from_millis(row.get(6)?),
    })
}

pub(crate) fn find(connection: &Connection, name: &EventType) -> rusqlite::Result<Option<EventTypeEntry>> {
    let sql = format!("SELECT {COLUMNS} FROM hookbridge_event_types WHERE name = ?1");
    connection.prepare_cached(&sql)?.query_row([name.as_str()], entry).optional()
}

/// At most `limit` entries behind a name.
pub(crate) fn list(
    connection: &Connection,
    after: &str,
    limit: usize,
) -> rusqlite::Result<Vec<EventTypeEntry>> {
    let sql = format!("SELECT {COLUMNS} FROM hookbridge_event_types WHERE name > ?1 ORDER BY name LIMIT ?2");
    connection.prepare_cached(&sql)?.query_map(params![after, limit as i64], entry)?.collect()
}

pub(crate) fn count(connection: &Connection) -> rusqlite::Result<usize> {
    connection.prepare_cached(COUNT)?.query_row([], |row| row.get(0))
}

pub(crate) fn insert(connection: &Connection, entry: &EventTypeEntry) -> rusqlite::Result<()> {
    connection.prepare_cached(INSERT)?.execute(params![
        entry.name.as_str(),
        entry.description,
        text_column::write(entry.schema.as_ref())?,
        text_column::write(entry.example.as_ref())?,
        entry.deprecated,
        entry.created_at.as_millis(),
        entry.updated_at.as_millis(),
    ])?;
    Ok(())
}

pub(crate) fn update(connection: &Connection, entry: &EventTypeEntry) -> rusqlite::Result<()> {
    connection.prepare_cached(UPDATE)?.execute(params![
        entry.name.as_str(),
        entry.description,
        text_column::write(entry.schema.as_ref())?,
        text_column::write(entry.example.as_ref())?,
        entry.deprecated,
        entry.updated_at.as_millis(),
    ])?;
    Ok(())
}

/// False where there was none.
pub(crate) fn delete(connection: &Connection, name: &EventType) -> rusqlite::Result<bool> {
    Ok(connection.prepare_cached(DELETE)?.execute([name.as_str()])? > 0)
}
