//! Messages on disk: reading one, and the changes that operations make.

use std::time::Duration;

use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::model::hex;
use crate::model::ids::{ApiKeyId, EndpointId, EventId, MessageId};
use crate::model::message::{CONTENT_TYPE, Message, MessageStatus, PROJECT_ID};
use crate::model::timestamp::Timestamp;
use crate::outbox::due_at;
use crate::outbox::messages::{Found, StoredPayload, payload_expiry};
use crate::outbox::rows::{LaneKey, MessageKey};
use crate::outbox::sqlite::clock::{behind, set_since};
use crate::outbox::sqlite::stored::before_all;
use crate::outbox::sqlite::{ordering, stored};

/// SQL: the row of a message's payload. The messages of an event share the event's, under the negative of its number.
macro_rules! payload_of {
    () => {
        "coalesce(-m.event_seq, m.seq)"
    };
}
pub(super) use payload_of;

/// The columns in the order in which [`found`] reads them.
macro_rules! columns {
    () => {
        concat!(
            "m.seq, m.endpoint_seq, e.id, m.status, coalesce(m.due_at, m.held_due_at), m.attempt_count, m.replay_count, m.retry_type, m.size_bytes, m.payload_sha256, m.idempotency_key,
            m.created_at, m.updated_at,
            CASE WHEN m.payload_expires_at IS NOT NULL
                THEN coalesce(coalesce(m.deliver_at, v.created_at, m.created_at) + m.retention_hours * 3600000,
                m.payload_expires_at) END,
            m.first_attempt_at, m.delivered_at, m.failed_at, m.last_error, m.response_status, m.response_latency_ms,
            m.deleted_at, m.payload_gone IS NULL AND EXISTS (SELECT 1 FROM hookbridge_payloads p WHERE p.seq = ",
            payload_of!(),
            "), m.deleted_by_api_key, ",
            set_since!(),
            ", m.epoch, ",
            behind!(),
            ", m.held_due_at IS NOT NULL, v.id, v.type, m.ordering_key, m.deliver_at, m.expires_at, v.created_at"
        )
    };
}

const FIND: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM hookbridge_messages m JOIN hookbridge_endpoints e ON e.seq = m.endpoint_seq
    LEFT JOIN hookbridge_events v ON v.seq = m.event_seq WHERE m.id = ?1"
);
const SHA256: &str = "SELECT payload_sha256 FROM hookbridge_messages WHERE id = ?1";
const EXISTS: &str = "SELECT 1 FROM hookbridge_messages WHERE id = ?1";
const CREATED_AT: &str = "SELECT created_at FROM hookbridge_messages WHERE seq = ?1";
const PAYLOAD: &str = concat!(
    "SELECT p.headers, p.body FROM hookbridge_messages m JOIN hookbridge_payloads p ON p.seq = ",
    payload_of!(),
    " WHERE m.seq = ?1 AND m.payload_gone IS NULL"
);
const DUE_AT: &str = "SELECT due_at FROM hookbridge_messages WHERE seq = ?1";
/// The waiting index alone, up to a bound. Retries whose time has come go before fresh messages, and those after each other.
const AHEAD: &str = concat!(
    "SELECT count(*) FROM (
        SELECT 1 FROM hookbridge_messages INDEXED BY hookbridge_messages_waiting
            WHERE endpoint_seq = ?1 AND due_at > 0 AND due_at <= ?2 + ",
    behind!(),
    " AND (?3 <= 0 OR due_at < ?3)
        UNION ALL
        SELECT 1 FROM hookbridge_messages INDEXED BY hookbridge_messages_waiting
            WHERE endpoint_seq = ?1 AND due_at < 0 AND due_at <= ?2 - ",
    before_all!(),
    " + ",
    behind!(),
    " AND (?3 = 0 OR (?3 < 0 AND (due_at < ?3 OR (due_at = ?3 AND seq < ?4))))
        UNION ALL
        SELECT 1 FROM hookbridge_messages INDEXED BY hookbridge_messages_waiting
            WHERE endpoint_seq = ?1 AND due_at = 0 AND ?3 = 0 AND seq < ?4
        LIMIT ?5)"
);
const REQUEUE: &str = "UPDATE hookbridge_messages SET status = ?2, due_at = 0, replay_count = replay_count + ?3,
    schedule_start = attempt_count, epoch = epoch + 1, retry_type = NULL, failed_at = NULL, delivered_at = NULL,
    updated_at = ?4 WHERE seq = ?1";
const MAKE_DUE: &str = concat!(
    "UPDATE hookbridge_messages SET due_at = ?2 + ",
    behind!(),
    ", epoch = epoch + 1, updated_at = ?2 WHERE seq = ?1"
);
/// The moment goes to where the message has its due time: it may wait behind another.
const SCHEDULE: &str = concat!(
    "UPDATE hookbridge_messages SET due_at = CASE WHEN held_due_at IS NULL THEN coalesce(?2 - ",
    before_all!(),
    " + ",
    behind!(),
    ", 0) END, held_due_at = CASE WHEN held_due_at IS NOT NULL THEN coalesce(?2 - ",
    before_all!(),
    " + ",
    behind!(),
    ", 0) END, deliver_at = ?2, epoch = epoch + 1, updated_at = ?3,
    payload_expires_at = CASE WHEN payload_expires_at IS NOT NULL
        THEN coalesce(?2, created_at) + retention_hours * 3600000 END WHERE seq = ?1"
);
const CANCEL: &str = "UPDATE hookbridge_messages SET status = ?2, due_at = NULL, retry_type = NULL,
    epoch = epoch + 1, failed_at = ?3, updated_at = ?3 WHERE seq = ?1";
const DELETE: &str = "UPDATE hookbridge_messages SET due_at = NULL, epoch = epoch + 1, deleted_at = ?2,
    payload_expires_at = NULL, updated_at = ?2, deleted_by_api_key = ?3 WHERE seq = ?1";
const DROP_PAYLOAD: &str = "DELETE FROM hookbridge_payloads WHERE seq = ?1";
const EVENT_OF: &str = "SELECT event_seq FROM hookbridge_messages WHERE seq = ?1";
const PAYLOAD_IS_GONE: &str =
    "UPDATE hookbridge_messages SET payload_gone = 1 WHERE seq = ?1 AND payload_gone IS NULL";
const NEEDED_LESS: &str =
    "UPDATE hookbridge_events SET needed_by = needed_by - 1 WHERE seq = ?1 RETURNING needed_by";

/// A message by its id, deleted ones too. `retention` is how long a payload without a date of its own is kept.
pub(crate) fn find(
    connection: &Connection,
    id: &MessageId,
    retention: Duration,
) -> rusqlite::Result<Option<Found>> {
    connection.prepare_cached(FIND)?.query_row([id.as_bytes()], |row| found(row, id, retention)).optional()
}

/// Reads a row of [`columns`].
fn found(row: &Row<'_>, id: &MessageId, retention: Duration) -> rusqlite::Result<Found> {
    let status = stored::status(row.get(3)?);
    let time = |column: usize| -> rusqlite::Result<Option<Timestamp>> {
        Ok(row.get::<_, Option<i64>>(column)?.map(Timestamp::from_millis))
    };
    let (due_at, behind): (Option<i64>, i64) = (row.get(4)?, row.get(25)?);
    let next_attempt_at =
        due_at.filter(|due_at| status == MessageStatus::PendingRetry || *due_at < due_at::AT_ONCE);
    let next_attempt_at = next_attempt_at
        .and_then(due_at::moment)
        .map(|at| Timestamp::from_millis(at.as_millis().saturating_sub(behind)));
    let created_at = Timestamp::from_millis(row.get(11)?);
    let (first_attempt_at, delivered_at) = (time(14)?, time(15)?);
    let has_payload: bool = row.get(21)?;
    let elapsed = |end: Option<Timestamp>| {
        end.map(|end| u64::try_from(end.since(created_at).as_millis()).unwrap_or(u64::MAX))
    };
    Ok(Found {
        key: MessageKey(row.get(0)?),
        lane: LaneKey(row.get(1)?),
        retry_type: row.get::<_, Option<i64>>(7)?.map(stored::retry_type),
        epoch: row.get(24)?,
        held: row.get(26)?,
        message: Message {
            id: *id,
            project_id: PROJECT_ID.to_owned(),
            endpoint_id: EndpointId::from_bytes(row.get(2)?),
            status,
            attempt_count: row.get(5)?,
            replay_count: row.get(6)?,
            content_type: CONTENT_TYPE.to_owned(),
            size_bytes: row.get(8)?,
            payload_sha256: hex::encode(&row.get::<_, [u8; 32]>(9)?),
            created_at,
            updated_at: Timestamp::from_millis(row.get(12)?),
            idempotency_key: row.get(10)?,
            next_attempt_at,
            last_error: row.get(17)?,
            response_status: row.get(18)?,
            response_latency_ms: row.get(19)?,
            first_attempt_at,
            delivered_at,
            failed_at: time(16)?,
            queue_wait_ms: elapsed(first_attempt_at),
            total_delivery_ms: elapsed(delivered_at),
            payload_expires_at: if has_payload {
                // The messages of an event share a payload, which is as old as the event.
                let since = time(30)?.or(time(32)?).unwrap_or(created_at);
                Some(payload_expiry(since, row.get(13)?, retention, row.get(23)?))
            } else {
                None
            },
            deleted_at: time(20)?,
            deleted_by_api_key_id: row.get::<_, Option<_>>(22)?.map(ApiKeyId::from_bytes),
            event_id: row.get::<_, Option<_>>(27)?.map(EventId::from_bytes),
            event_type: row.get(28)?,
            ordering_key: row.get(29)?,
            deliver_at: time(30)?,
            expires_at: time(31)?,
        },
    })
}

/// Whether there is a message with this id.
pub(crate) fn exists(connection: &Connection, id: &MessageId) -> rusqlite::Result<bool> {
    connection.prepare_cached(EXISTS)?.exists([id.as_bytes()])
}

/// The hash of the payload of the message with this id.
pub(crate) fn payload_sha256(connection: &Connection, id: &MessageId) -> rusqlite::Result<Option<[u8; 32]>> {
    connection.prepare_cached(SHA256)?.query_row([id.as_bytes()], |row| row.get(0)).optional()
}

/// When the message of a row was accepted.
pub(crate) fn created_at(connection: &Connection, row: i64) -> rusqlite::Result<Option<Timestamp>> {
    let found = connection.prepare_cached(CREATED_AT)?.query_row([row], |row| row.get(0)).optional()?;
    Ok(found.map(Timestamp::from_millis))
}

/// The payload of a message, if it is still there.
pub(crate) fn payload(connection: &Connection, seq: i64) -> rusqlite::Result<Option<StoredPayload>> {
    connection
        .prepare_cached(PAYLOAD)?
        .query_row([seq], |row| {
            Ok(StoredPayload { headers: row.get(0)?, body: Bytes::from(row.get::<_, Vec<u8>>(1)?) })
        })
        .optional()
}

/// How many messages of its lane are due before this one: up to `most`.
pub(crate) fn ahead(
    connection: &Connection,
    found: &Found,
    now: Timestamp,
    most: u64,
) -> rusqlite::Result<u64> {
    let (MessageKey(seq), LaneKey(lane)) = (found.key, found.lane);
    let due_at: Option<i64> =
        connection.prepare_cached(DUE_AT)?.query_row([seq], |row| row.get(0)).optional()?.flatten();
    let Some(due_at) = due_at else { return Ok(0) };
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    connection
        .prepare_cached(AHEAD)?
        .query_row(params![lane, now.as_millis(), due_at, seq, most], |row| row.get(0))
}

/// Queues a message again. Its retry schedule starts afresh.
pub(crate) fn requeue(
    connection: &Connection,
    seq: i64,
    counted: bool,
    now: Timestamp,
) -> rusqlite::Result<()> {
    connection.prepare_cached(REQUEUE)?.execute(params![
        seq,
        stored::QUEUED,
        i64::from(counted),
        now.as_millis()
    ])?;
    ordering::enter_again(connection, seq)
}

/// Delivers a scheduled message at `at`, by the wall clock; at once where there is none.
pub(crate) fn schedule(
    connection: &Connection,
    seq: i64,
    at: Option<Timestamp>,
    now: Timestamp,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(SCHEDULE)?
        .execute(params![seq, at.map(Timestamp::as_millis), now.as_millis()])
        .map(drop)
}

/// Makes a waiting retry due.
pub(crate) fn make_due(connection: &Connection, seq: i64, now: Timestamp) -> rusqlite::Result<()> {
    connection.prepare_cached(MAKE_DUE)?.execute(params![seq, now.as_millis()]).map(drop)
}

/// Gives a message up that waits. True where that lets another of its ordering key go.
pub(crate) fn cancel(connection: &Connection, seq: i64, now: Timestamp) -> rusqlite::Result<bool> {
    connection.prepare_cached(CANCEL)?.execute(params![seq, stored::FAILED_PERMANENT, now.as_millis()])?;
    ordering::leave(connection, seq)
}

/// Deletes a message. Its payload is removed at once, unless others of its event need it; its row stays until the row's
/// retention has passed. True where that lets another message of its ordering key go.
pub(crate) fn delete(
    connection: &Connection,
    seq: i64,
    now: Timestamp,
    by: Option<ApiKeyId>,
) -> rusqlite::Result<bool> {
    let by = by.map(|key| *key.as_bytes());
    connection.prepare_cached(DELETE)?.execute(params![seq, now.as_millis(), by])?;
    drop_payload(connection, seq)?;
    ordering::leave(connection, seq)
}

/// Drops a message's payload; that of an event with the last of its messages that needs it.
pub(crate) fn drop_payload(connection: &Connection, seq: i64) -> rusqlite::Result<()> {
    let event: Option<i64> =
        connection.prepare_cached(EVENT_OF)?.query_row([seq], |row| row.get(0)).optional()?.flatten();
    let Some(event) = event else {
        return connection.prepare_cached(DROP_PAYLOAD)?.execute([seq]).map(drop);
    };
    if connection.prepare_cached(PAYLOAD_IS_GONE)?.execute([seq])? == 0 {
        return Ok(());
    }
    let needed_by: Option<i64> =
        connection.prepare_cached(NEEDED_LESS)?.query_row([event], |row| row.get(0)).optional()?;
    if needed_by.is_none_or(|needed_by| needed_by <= 0) {
        connection.prepare_cached(DROP_PAYLOAD)?.execute([-event])?;
    }
    Ok(())
}
