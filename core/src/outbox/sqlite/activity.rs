//! What callers changed, on disk.

use rusqlite::{Connection, params};

use crate::model::activity::Activity;
use crate::model::ids::{ApiKeyId, EndpointId, MessageId};
use crate::model::timestamp::Timestamp;
use crate::outbox::activity::ACTIVITIES_KEPT;

/// AUTOINCREMENT: a number is never given twice, also where rows were dropped.
const INSERT: &str = "INSERT INTO hookbridge_activity
    (occurred_at, operation, api_key_id, api_key_label, api_key_prefix, endpoint_id, message_id, affected, detail)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
const DROP_OLD: &str = "DELETE FROM hookbridge_activity WHERE seq <= ?1";
const LIST: &str =
    "SELECT seq, occurred_at, operation, api_key_id, api_key_label, api_key_prefix, endpoint_id, message_id,
    affected, detail FROM hookbridge_activity WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2";
const IS_THERE: &str =
    "SELECT EXISTS (SELECT 1 FROM hookbridge_activity WHERE seq = ?1 AND occurred_at = ?2)";

/// Adds one and returns its number.
pub(crate) fn insert(connection: &Connection, activity: &Activity) -> rusqlite::Result<i64> {
    connection.prepare_cached(INSERT)?.execute(params![
        activity.occurred_at.as_millis(),
        activity.operation,
        activity.api_key_id.as_bytes(),
        activity.api_key_label,
        activity.api_key_prefix,
        activity.endpoint_id.as_ref().map(EndpointId::as_bytes),
        activity.message_id.as_ref().map(MessageId::as_bytes),
        activity.affected as i64,
        activity.detail,
    ])?;
    let seq = connection.last_insert_rowid();
    connection.prepare_cached(DROP_OLD)?.execute([seq - ACTIVITIES_KEPT as i64])?;
    Ok(seq)
}

pub(crate) fn is_there(connection: &Connection, seq: i64, at: Timestamp) -> rusqlite::Result<bool> {
    connection.prepare_cached(IS_THERE)?.query_row(params![seq, at.as_millis()], |row| row.get(0))
}

/// At most `limit` before the row `before`, newest first.
pub(crate) fn list(connection: &Connection, before: i64, limit: usize) -> rusqlite::Result<Vec<Activity>> {
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Activity {
            activity_id: row.get::<_, i64>(0)? as u64,
            occurred_at: Timestamp::from_millis(row.get(1)?),
            operation: row.get(2)?,
            api_key_id: ApiKeyId::from_bytes(row.get(3)?),
            api_key_label: row.get(4)?,
            api_key_prefix: row.get(5)?,
            endpoint_id: row.get::<_, Option<_>>(6)?.map(EndpointId::from_bytes),
            message_id: row.get::<_, Option<_>>(7)?.map(MessageId::from_bytes),
            affected: row.get::<_, i64>(8)? as u64,
            detail: row.get(9)?,
        })
    };
    connection.prepare_cached(LIST)?.query_map(params![before, limit as i64], read)?.collect()
}
