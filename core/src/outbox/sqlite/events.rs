//! Events on disk. The payload of an event is in the table of payloads under the negative of its number, once, whatever the
//! number of its messages.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::listing::{MOST_READ, clock_slack};
use super::{endpoints, stored};
use crate::model::endpoint::Endpoint;
use crate::model::event_record::{EventMessage, EventRecord};
use crate::model::event_type::EventType;
use crate::model::hex;
use crate::model::ids::{EndpointId, EventId, MessageId};
use crate::model::receipt::SentMessage;
use crate::model::timestamp::Timestamp;
use crate::outbox::events::{EventKey, Missed, NewEvent, SoughtEvents};
use crate::outbox::page::Cursor;
use crate::outbox::subscriptions::{ReadLater, wants};

macro_rules! columns {
    () => {
        "v.seq, v.id, v.type, v.tenant, v.idempotency_key, v.ordering_key, v.size_bytes, v.payload_sha256, v.created_at,
        v.deliver_at, v.expires_at, v.matched, EXISTS (SELECT 1 FROM hookbridge_payloads p WHERE p.seq = -v.seq)"
    };
}

const FIND: &str = concat!("SELECT ", columns!(), " FROM hookbridge_events v WHERE v.id = ?1");
const LIST: &str =
    concat!("SELECT ", columns!(), " FROM hookbridge_events v WHERE v.seq < ?1 ORDER BY v.seq DESC");
const KNOWN: &str = "SELECT seq, id, type, payload_sha256, matched FROM hookbridge_events
    WHERE coalesce(tenant, '') = ?1 AND idempotency_key = ?2 AND idempotency_key IS NOT NULL";
const MESSAGES: &str = "SELECT m.endpoint_seq, m.id, e.id, m.status FROM hookbridge_messages m
    JOIN hookbridge_endpoints e ON e.seq = m.endpoint_seq
    WHERE m.event_seq = ?1 AND m.event_seq IS NOT NULL AND m.endpoint_seq > ?2 ORDER BY m.endpoint_seq LIMIT ?3";
const SEQ_OF: &str = "SELECT seq FROM hookbridge_events WHERE id = ?1";
const INSERT: &str =
    "INSERT INTO hookbridge_events (id, type, tenant, idempotency_key, ordering_key, size_bytes, payload_sha256,
    created_at, deliver_at, expires_at, retention_hours, matched, needed_by, unwanted_until, message_seq)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, (SELECT coalesce(max(seq), 0) FROM hookbridge_messages))";
const INSERT_PAYLOAD: &str = "INSERT INTO hookbridge_payloads (seq, headers, body) VALUES (?1, ?2, ?3)";
const SINCE: &str = "SELECT v.seq, v.id, v.type, v.tenant, v.created_at, p.body IS NOT NULL AND (v.expires_at IS NULL OR v.expires_at > ?3),
    EXISTS (SELECT 1 FROM hookbridge_messages m WHERE m.event_seq = v.seq AND m.event_seq IS NOT NULL AND m.endpoint_seq = ?2)
    FROM hookbridge_events v LEFT JOIN hookbridge_payloads p ON p.seq = -v.seq WHERE v.seq > ?1 ORDER BY v.seq";
const BODY: &str = "SELECT body FROM hookbridge_payloads WHERE seq = -?1";
const BOUNDS: &str =
    "SELECT (SELECT min(seq) FROM hookbridge_events), (SELECT max(seq) FROM hookbridge_events)";
const CREATED_AT: &str = "SELECT seq, created_at FROM hookbridge_events WHERE seq >= ?1 ORDER BY seq LIMIT 1";

fn record(row: &Row<'_>) -> rusqlite::Result<EventRecord> {
    let time = |column: usize| -> rusqlite::Result<Option<Timestamp>> {
        Ok(row.get::<_, Option<i64>>(column)?.map(Timestamp::from_millis))
    };
    Ok(EventRecord {
        event_id: EventId::from_bytes(row.get(1)?),
        r#type: EventType::stored(row.get(2)?),
        tenant: row.get(3)?,
        idempotency_key: row.get(4)?,
        ordering_key: row.get(5)?,
        size_bytes: row.get(6)?,
        payload_sha256: hex::encode(&row.get::<_, [u8; 32]>(7)?),
        created_at: Timestamp::from_millis(row.get(8)?),
        deliver_at: time(9)?,
        expires_at: time(10)?,
        matched: row.get(11)?,
        has_payload: row.get(12)?,
    })
}

pub(crate) fn find(connection: &Connection, id: &EventId) -> rusqlite::Result<Option<EventRecord>> {
    connection.prepare_cached(FIND)?.query_row([id.as_bytes()], record).optional()
}

/// The row of an event.
pub(crate) fn seq_of(connection: &Connection, id: &EventId) -> rusqlite::Result<Option<i64>> {
    connection.prepare_cached(SEQ_OF)?.query_row([id.as_bytes()], |row| row.get(0)).optional()
}

/// An event that an idempotency key names.
pub(crate) struct Known {
    pub seq: i64,
    pub id: EventId,
    pub event_type: String,
    pub payload_sha256: [u8; 32],
    pub matched: u64,
}

pub(crate) fn known(
    connection: &Connection,
    tenant: Option<&str>,
    idempotency_key: &str,
) -> rusqlite::Result<Option<Known>> {
    connection
        .prepare_cached(KNOWN)?
        .query_row(params![tenant.unwrap_or_default(), idempotency_key], |row| {
            Ok(Known {
                seq: row.get(0)?,
                id: EventId::from_bytes(row.get(1)?),
                event_type: row.get(2)?,
                payload_sha256: row.get(3)?,
                matched: row.get(4)?,
            })
        })
        .optional()
}

/// Writes an event with so many messages, and its payload. Returns its row. A relay does not know how many endpoints want it.
pub(crate) fn insert(connection: &Connection, event: &NewEvent, messages: usize) -> rusqlite::Result<i64> {
    connection.prepare_cached(INSERT)?.execute(params![
        event.id.as_bytes(),
        event.event_type.as_str(),
        event.tenant,
        event.idempotency_key,
        event.ordering_key,
        event.payload.len() as i64,
        event.payload_sha256,
        event.created_at.as_millis(),
        event.timing.deliver_at.map(Timestamp::as_millis),
        event.timing.expires_at.map(Timestamp::as_millis),
        event.retention_hours,
        if event.for_server { 0 } else { messages as i64 },
        messages as i64,
        if messages == 0 { event.own_payload_expiry() } else { None },
    ])?;
    let seq = connection.last_insert_rowid();
    connection.prepare_cached(INSERT_PAYLOAD)?.execute(params![
        -seq,
        event.headers,
        event.payload.as_ref()
    ])?;
    Ok(seq)
}

/// At most `limit` messages of an event behind the endpoint's row `after`, each with that row.
fn messages_behind(
    connection: &Connection,
    seq: i64,
    after: i64,
    limit: i64,
) -> rusqlite::Result<Vec<(i64, EventMessage)>> {
    let read = |row: &Row<'_>| {
        Ok((
            row.get(0)?,
            EventMessage {
                message_id: MessageId::from_bytes(row.get(1)?),
                endpoint_id: EndpointId::from_bytes(row.get(2)?),
                status: stored::status(row.get(3)?),
            },
        ))
    };
    connection.prepare_cached(MESSAGES)?.query_map(params![seq, after, limit], read)?.collect()
}

/// All messages of an event, for the answer of a repeated send.
pub(crate) fn sent(connection: &Connection, seq: i64) -> rusqlite::Result<Vec<SentMessage>> {
    let all = messages_behind(connection, seq, 0, -1)?;
    let sent = |(_, message): (i64, EventMessage)| SentMessage {
        message_id: message.message_id,
        endpoint_id: message.endpoint_id,
    };
    Ok(all.into_iter().map(sent).collect())
}

/// At most `limit` messages of an event behind `after`, and where to go on.
pub(crate) fn messages(
    connection: &Connection,
    id: &EventId,
    after: Option<Cursor>,
    limit: usize,
) -> rusqlite::Result<(Vec<EventMessage>, Option<Cursor>)> {
    let Some(seq) = seq_of(connection, id)? else { return Ok((Vec::new(), None)) };
    let after = after.map_or(0, |Cursor(row)| row);
    let mut found = messages_behind(connection, seq, after, limit as i64 + 1)?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|(row, _)| Cursor(*row));
    Ok((found.into_iter().map(|(_, message)| message).collect(), next))
}

/// The first event that was accepted at `millis` or later, by binary search.
fn first_from(connection: &Connection, millis: i64) -> rusqlite::Result<Option<i64>> {
    let bounds: (Option<i64>, Option<i64>) =
        connection.prepare_cached(BOUNDS)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let (Some(mut low), Some(newest)) = bounds else { return Ok(None) };
    let mut high = newest + 1;
    let mut created_at = connection.prepare_cached(CREATED_AT)?;
    while low < high {
        let middle = low + (high - low) / 2;
        let (seq, created): (i64, i64) =
            created_at.query_row([middle], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if created >= millis {
            high = middle;
        } else {
            low = seq + 1;
        }
    }
    Ok(Some(low))
}

/// At most `limit` events behind `after`, newest first, and where to go on. Reads a bounded number.
pub(crate) fn list(
    connection: &Connection,
    sought: &SoughtEvents,
    after: Option<Cursor>,
    limit: usize,
) -> rusqlite::Result<(Vec<EventRecord>, Option<Cursor>)> {
    let slack = clock_slack(connection)?;
    let begin = match (after, sought.created_before) {
        (Some(Cursor(row)), _) => row,
        (None, Some(before)) => {
            first_from(connection, before.as_millis().saturating_add(slack))?.unwrap_or(i64::MAX)
        }
        (None, None) => i64::MAX,
    };
    let mut statement = connection.prepare_cached(LIST)?;
    let mut rows = statement.query([begin])?;
    let (mut found, mut last) = (Vec::new(), begin);
    for _ in 0..MOST_READ {
        let Some(row) = rows.next()? else { return Ok((found, None)) };
        let created_at = Timestamp::from_millis(row.get(8)?);
        let is_past = sought
            .created_from
            .is_some_and(|from| created_at.as_millis() < from.as_millis().saturating_sub(slack));
        if is_past {
            return Ok((found, None));
        }
        let (event_type, tenant): (String, Option<String>) = (row.get(2)?, row.get(3)?);
        if sought.takes(&event_type, tenant.as_deref(), created_at) {
            if found.len() == limit {
                return Ok((found, Some(Cursor(last))));
            }
            found.push(record(row)?);
        }
        last = row.get(0)?;
    }
    Ok((found, Some(Cursor(last))))
}

/// Events that an endpoint wants and has no message for, and that have not expired, oldest first. Reads a bounded number.
pub(crate) fn missed(
    connection: &Connection,
    (endpoint_seq, endpoint): (i64, &Endpoint),
    sought: &SoughtEvents,
    after: Option<Cursor>,
    (limit, now): (usize, Timestamp),
) -> rusqlite::Result<Missed> {
    let begin = match (after, sought.created_from) {
        (Some(Cursor(row)), _) => row,
        (None, Some(from)) => {
            let slack = clock_slack(connection)?;
            first_from(connection, from.as_millis().saturating_sub(slack))?.map_or(0, |seq| seq - 1)
        }
        (None, None) => 0,
    };
    let mut missed = Missed { events: Vec::new(), looked_at: 0, next: None };
    let mut statement = connection.prepare_cached(SINCE)?;
    let mut rows = statement.query([begin, endpoint_seq, now.as_millis()])?;
    let mut last = begin;
    for _ in 0..MOST_READ {
        let Some(row) = rows.next()? else { return Ok(missed) };
        let seq: i64 = row.get(0)?;
        let (event_type, tenant): (String, Option<String>) = (row.get(2)?, row.get(3)?);
        let created_at = Timestamp::from_millis(row.get(4)?);
        let (has_payload, has_message): (bool, bool) = (row.get(5)?, row.get(6)?);
        let may = has_payload && !has_message && sought.takes(&event_type, tenant.as_deref(), created_at);
        if may && wants_it(connection, endpoint, tenant.as_deref(), event_type, seq)? {
            if missed.events.len() == limit {
                missed.next = Some(Cursor(last));
                return Ok(missed);
            }
            missed.events.push((EventKey(seq), EventId::from_bytes(row.get(1)?)));
        }
        missed.looked_at += 1;
        last = seq;
    }
    missed.next = Some(Cursor(last));
    Ok(missed)
}

fn wants_it(
    connection: &Connection,
    endpoint: &Endpoint,
    tenant: Option<&str>,
    event_type: String,
    seq: i64,
) -> rusqlite::Result<bool> {
    // Only a filter asks for the payload.
    let body: Vec<u8> = match &endpoint.filter {
        Some(_) => connection.prepare_cached(BODY)?.query_row([seq], |row| row.get(0))?,
        None => Vec::new(),
    };
    Ok(wants(endpoint, tenant, &EventType::stored(event_type), &mut ReadLater::new(&body)))
}

/// The endpoint of an id with its row; none where it is unknown or deleted.
pub(crate) fn endpoint(
    connection: &Connection,
    id: &EndpointId,
) -> rusqlite::Result<Option<(i64, Endpoint)>> {
    Ok(endpoints::find(connection, id)?.map(|stored| (stored.seq, stored.endpoint)))
}
