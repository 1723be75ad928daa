//! Endpoints on disk.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::stored::is_due;
use super::{stored, text_column};
use crate::model::endpoint::Endpoint;
use crate::model::ids::EndpointId;
use crate::model::timestamp::Timestamp;

const COLUMNS: &str =
    "seq, id, url, description, rate_limit_rps, burst, headers, retry_schedule, max_attempts,
    paused, created_at, updated_at, tenant, event_types, filter, on_failure";
const LIVE_SEQ: &str = "SELECT seq FROM hookbridge_endpoints WHERE id = ?1 AND deleted_at IS NULL";
const IS_PAUSED: &str = "SELECT paused FROM hookbridge_endpoints WHERE seq = ?1";
const INSERT: &str = "INSERT INTO hookbridge_endpoints (id, url, description, rate_limit_rps, burst, headers,
    retry_schedule, max_attempts, paused, created_at, updated_at, tenant, event_types, filter, on_failure)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";
const UPDATE: &str =
    "UPDATE hookbridge_endpoints SET url = ?2, description = ?3, rate_limit_rps = ?4, burst = ?5,
    headers = ?6, retry_schedule = ?7, max_attempts = ?8, paused = ?9, updated_at = ?10,
    tenant = ?11, event_types = ?12, filter = ?13, on_failure = ?14 WHERE seq = ?1";
const INSERT_RELAYED: &str =
    "INSERT INTO hookbridge_endpoints (id, url, created_at, updated_at) VALUES (?1, '', ?2, ?2)
    ON CONFLICT (id) DO UPDATE SET deleted_at = NULL RETURNING seq";
/// A deleted endpoint is not paused: its messages are still delivered, and nobody could resume it.
const DELETE: &str =
    "UPDATE hookbridge_endpoints SET deleted_at = ?2, updated_at = ?2, paused = 0 WHERE seq = ?1";
const PAUSE: &str =
    "UPDATE hookbridge_endpoints SET paused = 1, updated_at = ?2 WHERE seq = ?1 AND deleted_at IS NULL";
const COUNT_DUE: &str = concat!(
    "SELECT count(*) FROM hookbridge_messages
    WHERE endpoint_seq = ?1 AND due_at IS NOT NULL AND ",
    is_due!("due_at", "?2")
);
const HALTS: &str = "SELECT on_failure = 1 FROM hookbridge_endpoints WHERE seq = ?1";

/// Makes a row for an endpoint that only a relay's server knows.
pub(crate) fn insert_relayed(
    connection: &Connection,
    id: &EndpointId,
    now: Timestamp,
) -> rusqlite::Result<i64> {
    connection
        .prepare_cached(INSERT_RELAYED)?
        .query_row(params![id.as_bytes(), now.as_millis()], |row| row.get(0))
}

/// An endpoint, and the number of its row.
pub(crate) struct StoredEndpoint {
    pub seq: i64,
    pub endpoint: Endpoint,
}

fn stored_endpoint(row: &Row<'_>) -> rusqlite::Result<StoredEndpoint> {
    Ok(StoredEndpoint {
        seq: row.get(0)?,
        endpoint: Endpoint {
            id: EndpointId::from_bytes(row.get(1)?),
            url: row.get(2)?,
            description: row.get(3)?,
            rate_limit_rps: row.get(4)?,
            burst: row.get(5)?,
            headers: text_column::read(row, 6)?,
            retry_schedule: text_column::read(row, 7)?,
            max_attempts: row.get(8)?,
            paused: row.get(9)?,
            created_at: Timestamp::from_millis(row.get(10)?),
            updated_at: Timestamp::from_millis(row.get(11)?),
            tenant: row.get(12)?,
            event_types: text_column::read(row, 13)?,
            filter: text_column::read(row, 14)?,
            on_failure: stored::on_failure(row.get(15)?),
        },
    })
}

/// The row of an endpoint that was not deleted.
pub(crate) fn live_seq(connection: &Connection, id: &EndpointId) -> rusqlite::Result<Option<i64>> {
    connection.prepare_cached(LIVE_SEQ)?.query_row([id.as_bytes()], |row| row.get(0)).optional()
}

/// An endpoint that was not deleted.
pub(crate) fn find(connection: &Connection, id: &EndpointId) -> rusqlite::Result<Option<StoredEndpoint>> {
    let sql = format!("SELECT {COLUMNS} FROM hookbridge_endpoints WHERE id = ?1 AND deleted_at IS NULL");
    connection.prepare_cached(&sql)?.query_row([id.as_bytes()], stored_endpoint).optional()
}

/// An endpoint by its row, also a deleted one: messages that were accepted before the delete are still delivered.
pub(crate) fn of_lane(connection: &Connection, seq: i64) -> rusqlite::Result<Option<StoredEndpoint>> {
    let sql = format!("SELECT {COLUMNS} FROM hookbridge_endpoints WHERE seq = ?1");
    connection.prepare_cached(&sql)?.query_row([seq], stored_endpoint).optional()
}

/// An endpoint by its row that was not deleted.
pub(crate) fn live_of_lane(connection: &Connection, seq: i64) -> rusqlite::Result<Option<StoredEndpoint>> {
    let sql = format!("SELECT {COLUMNS} FROM hookbridge_endpoints WHERE seq = ?1 AND deleted_at IS NULL");
    connection.prepare_cached(&sql)?.query_row([seq], stored_endpoint).optional()
}

/// Calls `each` for every endpoint that was not deleted.
pub(crate) fn each_live(
    connection: &Connection,
    each: &mut dyn FnMut(StoredEndpoint),
) -> rusqlite::Result<()> {
    let sql = format!("SELECT {COLUMNS} FROM hookbridge_endpoints WHERE deleted_at IS NULL");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        each(stored_endpoint(row)?);
    }
    Ok(())
}

/// Whether an ordering key of the endpoint waits for a person once one of its messages was given up.
pub(crate) fn halts(connection: &Connection, seq: i64) -> rusqlite::Result<bool> {
    Ok(connection.prepare_cached(HALTS)?.query_row([seq], |row| row.get(0)).optional()?.unwrap_or(false))
}

pub(crate) fn is_paused(connection: &Connection, seq: i64) -> rusqlite::Result<bool> {
    Ok(connection.prepare_cached(IS_PAUSED)?.query_row([seq], |row| row.get(0)).optional()?.unwrap_or(false))
}

/// The endpoints before row `before`, newest first.
pub(crate) fn list(
    connection: &Connection,
    before: i64,
    tenant: Option<&str>,
    limit: usize,
) -> rusqlite::Result<Vec<StoredEndpoint>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM hookbridge_endpoints WHERE deleted_at IS NULL AND seq < ?1
         AND (?3 IS NULL OR tenant = ?3) ORDER BY seq DESC LIMIT ?2"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query_map(params![before, limit as i64, tenant], stored_endpoint)?.collect()
}

pub(crate) fn insert(connection: &Connection, endpoint: &Endpoint) -> rusqlite::Result<i64> {
    connection.prepare_cached(INSERT)?.execute(params![
        endpoint.id.as_bytes(),
        endpoint.url,
        endpoint.description,
        endpoint.rate_limit_rps,
        endpoint.burst,
        text_column::write(endpoint.headers.as_ref())?,
        text_column::write(endpoint.retry_schedule.as_ref())?,
        endpoint.max_attempts,
        endpoint.paused,
        endpoint.created_at.as_millis(),
        endpoint.updated_at.as_millis(),
        endpoint.tenant,
        text_column::write(endpoint.event_types.as_ref())?,
        text_column::write(endpoint.filter.as_ref())?,
        stored::on_failure_number(endpoint.on_failure),
    ])?;
    Ok(connection.last_insert_rowid())
}

pub(crate) fn update(connection: &Connection, stored: &StoredEndpoint) -> rusqlite::Result<()> {
    let endpoint = &stored.endpoint;
    connection.prepare_cached(UPDATE)?.execute(params![
        stored.seq,
        endpoint.url,
        endpoint.description,
        endpoint.rate_limit_rps,
        endpoint.burst,
        text_column::write(endpoint.headers.as_ref())?,
        text_column::write(endpoint.retry_schedule.as_ref())?,
        endpoint.max_attempts,
        endpoint.paused,
        endpoint.updated_at.as_millis(),
        endpoint.tenant,
        text_column::write(endpoint.event_types.as_ref())?,
        text_column::write(endpoint.filter.as_ref())?,
        stored::on_failure_number(endpoint.on_failure),
    ])?;
    Ok(())
}

pub(crate) fn delete(connection: &Connection, seq: i64, now: Timestamp) -> rusqlite::Result<()> {
    connection.prepare_cached(DELETE)?.execute(params![seq, now.as_millis()]).map(drop)
}

/// Pauses an endpoint, unless it was deleted: nobody could resume it.
pub(crate) fn pause(connection: &Connection, seq: i64, now: Timestamp) -> rusqlite::Result<()> {
    connection.prepare_cached(PAUSE)?.execute(params![seq, now.as_millis()]).map(drop)
}

/// How many messages of a lane are due.
pub(crate) fn count_due(connection: &Connection, seq: i64, now: Timestamp) -> rusqlite::Result<u64> {
    connection.prepare_cached(COUNT_DUE)?.query_row(params![seq, now.as_millis()], |row| row.get(0))
}
