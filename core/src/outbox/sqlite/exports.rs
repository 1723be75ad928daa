//! Exports on disk: their rows, and reading the messages for a file.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::listing::{clock_slack, first_row_from};
use super::stored::{self, export_completed, export_failed, export_kept, export_pending, export_processing};
use crate::model::export::{Export, ExportFilter, ExportStatus};
use crate::model::ids::{EndpointId, ExportId, MessageId};
use crate::model::timestamp::Timestamp;
use crate::outbox::exports::{ExportedMessage, Written};

/// SQL: the exports that are not written yet.
macro_rules! unfinished {
    () => {
        concat!("status IN (", export_pending!(), ", ", export_processing!(), ")")
    };
}

const INSERT: &str = concat!(
    "INSERT OR IGNORE INTO hookbridge_exports (id, status, filter_start, filter_end, filter_status,
    filter_endpoint, created_at) VALUES (?1, ",
    export_pending!(),
    ", ?2, ?3, ?4, ?5, ?6)"
);
/// The columns in the order in which [`export`] reads them.
const COLUMNS: &str =
    "id, status, filter_start, filter_end, filter_status, filter_endpoint, created_at, started_at,
    completed_at, expires_at, row_count, file_size_bytes, error_message";
const KEPT: &str = concat!("SELECT count(*) FROM hookbridge_exports WHERE id <> ?1 AND ", export_kept!("?2"));
const DELETE: &str = "DELETE FROM hookbridge_exports WHERE id = ?1";
const UNFINISHED: &str = concat!("SELECT id FROM hookbridge_exports WHERE ", unfinished!(), " ORDER BY seq");
const BEGIN: &str = concat!(
    "UPDATE hookbridge_exports SET status = ",
    export_processing!(),
    ", started_at = ?2 WHERE id = ?1 AND ",
    unfinished!()
);
const COMPLETE: &str = concat!(
    "UPDATE hookbridge_exports SET status = ",
    export_completed!(),
    ", completed_at = ?2, expires_at = ?3, row_count = ?4, file_size_bytes = ?5 WHERE id = ?1 AND status = ",
    export_processing!()
);
const FAIL: &str = concat!(
    "UPDATE hookbridge_exports SET status = ",
    export_failed!(),
    ", completed_at = ?2, expires_at = ?3, error_message = ?4 WHERE id = ?1 AND status = ",
    export_processing!()
);
const FORGET: &str = "DELETE FROM hookbridge_exports WHERE expires_at < ?1";
/// Its columns are in the order in which [`messages`] reads them.
const MESSAGES: &str = "SELECT m.seq, m.created_at, m.status, e.id, m.id, e.url, m.attempt_count, m.delivered_at,
    m.response_status, m.response_latency_ms, m.last_error, m.idempotency_key, m.payload_sha256, m.size_bytes
    FROM hookbridge_messages m JOIN hookbridge_endpoints e ON e.seq = m.endpoint_seq WHERE m.seq > ?1 ORDER BY m.seq LIMIT ?2";
const SECRET: &str = "SELECT value FROM hookbridge_secrets WHERE name = 'exports'";
const KEEP_SECRET: &str = "INSERT OR IGNORE INTO hookbridge_secrets VALUES ('exports', ?1)";

pub(crate) fn insert(
    connection: &Connection,
    id: &ExportId,
    filter: &ExportFilter,
    now: Timestamp,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(INSERT)?
        .execute(params![
            id.as_bytes(),
            filter.start.as_millis(),
            filter.end.as_millis(),
            filter.status.map(stored::status_number),
            filter.endpoint_id.as_ref().map(EndpointId::as_bytes),
            now.as_millis(),
        ])
        .map(drop)
}

fn export(row: &Row<'_>, now: Timestamp) -> rusqlite::Result<Export> {
    let time = |column: usize| -> rusqlite::Result<Option<Timestamp>> {
        Ok(row.get::<_, Option<i64>>(column)?.map(Timestamp::from_millis))
    };
    let expires_at = time(9)?;
    let status = match row.get(1)? {
        stored::EXPORT_PENDING => ExportStatus::Pending,
        stored::EXPORT_PROCESSING => ExportStatus::Processing,
        stored::EXPORT_COMPLETED if expires_at.is_some_and(|at| at <= now) => ExportStatus::Expired,
        stored::EXPORT_COMPLETED => ExportStatus::Completed,
        _ => ExportStatus::Failed,
    };
    Ok(Export {
        id: ExportId::from_bytes(row.get(0)?),
        status,
        filter: ExportFilter {
            start: Timestamp::from_millis(row.get(2)?),
            end: Timestamp::from_millis(row.get(3)?),
            status: row.get::<_, Option<i64>>(4)?.map(stored::status),
            endpoint_id: row.get::<_, Option<[u8; 16]>>(5)?.map(EndpointId::from_bytes),
        },
        created_at: Timestamp::from_millis(row.get(6)?),
        started_at: time(7)?,
        completed_at: time(8)?,
        expires_at,
        row_count: row.get(10)?,
        file_size_bytes: row.get(11)?,
        error_message: row.get(12)?,
    })
}

pub(crate) fn find(
    connection: &Connection,
    id: &ExportId,
    now: Timestamp,
) -> rusqlite::Result<Option<Export>> {
    let sql = format!("SELECT {COLUMNS} FROM hookbridge_exports WHERE id = ?1");
    connection.prepare_cached(&sql)?.query_row([id.as_bytes()], |row| export(row, now)).optional()
}

/// Every export, newest first.
pub(crate) fn list(connection: &Connection, now: Timestamp) -> rusqlite::Result<Vec<Export>> {
    let sql = format!("SELECT {COLUMNS} FROM hookbridge_exports ORDER BY seq DESC");
    connection.prepare_cached(&sql)?.query_map([], |row| export(row, now))?.collect()
}

/// How many exports other than `id` have a file or will have one.
pub(crate) fn kept(connection: &Connection, id: &ExportId, now: Timestamp) -> rusqlite::Result<u64> {
    connection.prepare_cached(KEPT)?.query_row(params![id.as_bytes(), now.as_millis()], |row| row.get(0))
}

pub(crate) fn delete(connection: &Connection, id: &ExportId) -> rusqlite::Result<bool> {
    Ok(connection.prepare_cached(DELETE)?.execute([id.as_bytes()])? > 0)
}

/// The exports that are not written yet, oldest first.
pub(crate) fn unfinished(connection: &Connection) -> rusqlite::Result<Vec<ExportId>> {
    connection
        .prepare_cached(UNFINISHED)?
        .query_map([], |row| row.get(0).map(ExportId::from_bytes))?
        .collect()
}

/// Marks an export as being written. False where it was deleted or is finished.
pub(crate) fn begin(connection: &Connection, id: &ExportId, now: Timestamp) -> rusqlite::Result<bool> {
    Ok(connection.prepare_cached(BEGIN)?.execute(params![id.as_bytes(), now.as_millis()])? > 0)
}

pub(crate) fn finish(
    connection: &Connection,
    id: &ExportId,
    written: &Written,
    now: Timestamp,
    expires_at: Timestamp,
) -> rusqlite::Result<bool> {
    let (now, until) = (now.as_millis(), expires_at.as_millis());
    let changed = match written {
        Written::Whole { rows, bytes } => connection.prepare_cached(COMPLETE)?.execute(params![
            id.as_bytes(),
            now,
            until,
            *rows as i64,
            *bytes as i64
        ])?,
        Written::Failed(why) => {
            connection.prepare_cached(FAIL)?.execute(params![id.as_bytes(), now, until, why])?
        }
    };
    Ok(changed > 0)
}

/// Drops the rows of the exports that expired before `before`.
pub(crate) fn forget(connection: &Connection, before: Timestamp) -> rusqlite::Result<usize> {
    connection.prepare_cached(FORGET)?.execute([before.as_millis()])
}

/// The row behind which a filter's messages begin.
pub(crate) fn first_row(connection: &Connection, filter: &ExportFilter) -> rusqlite::Result<i64> {
    let from = filter.start.as_millis().saturating_sub(clock_slack(connection)?);
    let first = first_row_from(connection, from)?;
    Ok(first.map_or(0, |seq| seq - 1))
}

/// Reads the next `looked_at` rows behind `after`: returns the messages that the filter takes, and the last row that was
/// read. `None` for the row where no message of the filter can follow.
pub(crate) fn messages(
    connection: &Connection,
    filter: &ExportFilter,
    after: i64,
    looked_at: usize,
) -> rusqlite::Result<(Vec<ExportedMessage>, Option<i64>)> {
    let slack = clock_slack(connection)?;
    let mut statement = connection.prepare_cached(MESSAGES)?;
    let mut rows = statement.query(params![after, looked_at as i64])?;
    let (mut found, mut last) = (Vec::new(), None);
    while let Some(row) = rows.next()? {
        let created_at = Timestamp::from_millis(row.get(1)?);
        if created_at.as_millis() > filter.end.as_millis().saturating_add(slack) {
            return Ok((found, None));
        }
        last = Some(row.get(0)?);
        let status = stored::status(row.get(2)?);
        let endpoint_id = EndpointId::from_bytes(row.get(3)?);
        let taken = created_at >= filter.start
            && created_at < filter.end
            && filter.status.is_none_or(|wanted| wanted == status)
            && filter.endpoint_id.is_none_or(|wanted| wanted == endpoint_id);
        if taken {
            found.push(ExportedMessage {
                created_at,
                status,
                endpoint_id,
                message_id: MessageId::from_bytes(row.get(4)?),
                endpoint_url: row.get(5)?,
                attempt_count: row.get(6)?,
                delivered_at: row.get::<_, Option<i64>>(7)?.map(Timestamp::from_millis),
                response_status: row.get(8)?,
                response_latency_ms: row.get(9)?,
                last_error: row.get(10)?,
                idempotency_key: row.get(11)?,
                payload_sha256: row.get(12)?,
                size_bytes: row.get::<_, i64>(13)?.unsigned_abs(),
            });
        }
    }
    Ok((found, last))
}

/// The secret that signs the links to files; `None` where it was not made yet.
pub(crate) fn secret(connection: &Connection) -> rusqlite::Result<Option<[u8; 32]>> {
    connection.prepare_cached(SECRET)?.query_row([], |row| row.get(0)).optional()
}

/// Stores `made` as the secret, unless there is one already.
pub(crate) fn keep_secret(connection: &Connection, made: &[u8; 32]) -> rusqlite::Result<()> {
    connection.prepare_cached(KEEP_SECRET)?.execute([made]).map(drop)
}
