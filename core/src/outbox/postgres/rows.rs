//! The rows of messages: reading them, inserting them, and writing what has become of them. What waits, what is in an order and
//! what was given up follows from the message, and is written with it.

use std::sync::Arc;
use std::time::Duration;

use tokio_postgres::{Client, Row};
use uuid::Uuid;

use super::node::Node;
use super::statement::{Columns, Sql, args, millis, uuid};
use super::transaction::Tx;
use crate::model::event_record::OfEvent;
use crate::model::event_type::EventType;
use crate::model::ids::{ApiKeyId, EndpointId, EventId, MessageId};
use crate::model::message::MessageStatus;
use crate::model::timestamp::Timestamp;
use crate::outbox::events::EventKey;
use crate::outbox::messages::Found;
use crate::outbox::numbers;
use crate::outbox::rows::{LaneKey, MessageKey};
use crate::outbox::stored_message::{Place, StoredMessage};
use crate::outbox::{NewMessage, Timing};

/// The columns in the order in which [`MessageRow::read`] reads them, and the tables that they are of.
macro_rules! columns {
    () => {
        "m.seq, m.id, m.endpoint, m.status, m.due_at, m.attempt_count, m.schedule_start, m.epoch, m.replay_count,
        m.retry_type, m.size_bytes, m.payload_sha256, m.idempotency_key, m.created_at, m.updated_at,
        m.retention_hours, m.payload_expires_at, m.first_attempt_at, m.delivered_at, m.failed_at, m.last_error,
        m.response_status, m.response_latency_ms, m.deleted_at, m.deleted_by,
        NOT m.payload_gone AND EXISTS (SELECT 1 FROM hookbridge.payloads p WHERE p.id = coalesce(v.id, m.id)),
        m.event, v.id, v.type, v.tenant, m.ordering_key, o.in_front, o.held_due_at, m.deliver_at, m.expires_at,
        e.id, e.url, v.created_at, e.on_failure"
    };
}
macro_rules! tables {
    () => {
        "FROM hookbridge.messages m JOIN hookbridge.endpoints e ON e.seq = m.endpoint
        LEFT JOIN hookbridge.events v ON v.seq = m.event
        LEFT JOIN hookbridge.ordered o ON o.endpoint = m.endpoint AND o.key = m.ordering_key AND o.seq = m.seq"
    };
}
pub(super) use {columns, tables};

const FIND: &str = concat!("SELECT ", columns!(), " ", tables!(), " WHERE m.id = ANY($1)");
/// In the order of their ids, so that no two transactions wait for each other.
const LOCK: &str =
    concat!("SELECT ", columns!(), " ", tables!(), " WHERE m.id = ANY($1) ORDER BY m.id FOR UPDATE OF m");
const NUMBERS: &str = "SELECT nextval('hookbridge.message_seq') FROM generate_series(1, $1)";
const INSERT: &str = "WITH t AS (
        SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bytea[],
            $8::text[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::text[], $14::bool[], $15::bigint[],
            $16::bigint[], $17::uuid[])
        AS t (id, seq, endpoint, status, due_at, size_bytes, payload_sha256, idempotency_key, created_at, retention_hours,
            payload_expires_at, event, ordering_key, in_front, held_due_at, deliver_at, payload)
    ), x AS (SELECT * FROM unnest($1::uuid[], $18::bigint[]) AS x (id, expires_at)
    ), m AS (
        INSERT INTO hookbridge.messages (id, seq, endpoint, status, due_at, xid, size_bytes, payload_sha256, idempotency_key,
            created_at, updated_at, retention_hours, payload_expires_at, event, ordering_key, deliver_at, expires_at)
        SELECT id, seq, endpoint, status, due_at, pg_current_xact_id(), size_bytes, payload_sha256, idempotency_key, created_at, created_at, retention_hours, payload_expires_at,
            event, ordering_key, deliver_at, expires_at
        FROM t JOIN x USING (id)
    ), o AS (
        INSERT INTO hookbridge.ordered (endpoint, key, seq, id, in_front, held_due_at, expires_at)
        SELECT endpoint, ordering_key, seq, id, in_front, held_due_at, expires_at FROM t JOIN x USING (id)
        WHERE ordering_key IS NOT NULL
    )
    INSERT INTO hookbridge.waiting (endpoint, due_at, xid, seq, id, payload, attempt_count, schedule_start, epoch, created_at,
        retention_hours, event, ordering_key, deliver_at, expires_at)
    SELECT endpoint, due_at, pg_current_xact_id(), seq, id, payload, 0, 0, 0,
        created_at, retention_hours, event, ordering_key, deliver_at, expires_at
    FROM t JOIN x USING (id) WHERE due_at IS NOT NULL";
const INSERT_PAYLOADS: &str = "INSERT INTO hookbridge.payloads (id, headers, body)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::bytea[])";
/// Where each stands in `waiting` is read from its row as it was before.
const WAITS_NO_MORE: &str = "DELETE FROM hookbridge.waiting w USING hookbridge.messages m
    WHERE m.id = ANY($1) AND w.endpoint = m.endpoint AND w.due_at = m.due_at AND w.xid = m.xid AND w.seq = m.seq";
/// A dump that was restored brings numbers of transactions that are still to come here (restored.rs).
const UPDATE: &str = "UPDATE hookbridge.messages m SET status = t.status, due_at = t.due_at, xid = least(m.xid, pg_current_xact_id()), attempt_count = t.attempt_count, schedule_start = t.schedule_start, epoch = t.epoch, replay_count = t.replay_count,
        retry_type = t.retry_type, updated_at = t.updated_at, payload_expires_at = t.payload_expires_at,
        first_attempt_at = t.first_attempt_at, delivered_at = t.delivered_at, failed_at = t.failed_at,
        last_error = t.last_error, response_status = t.response_status, response_latency_ms = t.response_latency_ms,
        deleted_at = t.deleted_at, deleted_by = t.deleted_by, deliver_at = t.deliver_at
    FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],
            $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::text[], $15::bigint[],
            $16::bigint[], $17::bigint[], $18::uuid[], $19::bigint[])
        AS t (id, status, due_at, attempt_count, schedule_start, epoch, replay_count, retry_type, updated_at,
            payload_expires_at, first_attempt_at, delivered_at, failed_at, last_error, response_status,
            response_latency_ms, deleted_at, deleted_by, deliver_at)
    WHERE m.id = t.id AND m.id = ANY($1)";
/// For retention, which drops whole partitions: what of them has changed since is known by this.
const LATE: &str =
    "INSERT INTO hookbridge.late_changes AS l (id, changed_at) SELECT * FROM unnest($1::uuid[], $2::bigint[])
    ON CONFLICT (id) DO UPDATE SET changed_at = greatest(l.changed_at, excluded.changed_at)";
/// From which age on a change of a message is late. `maintain` counts on it (migrations/0004.sql).
const LATE_AFTER: Duration = Duration::from_secs(2 * 86_400);
/// From the message as it is now.
const WAITS_AGAIN: &str = "INSERT INTO hookbridge.waiting (endpoint, due_at, xid, seq, id, payload, attempt_count, schedule_start,
        epoch, created_at, retention_hours, event, ordering_key, deliver_at, expires_at)
    SELECT m.endpoint, m.due_at, m.xid, m.seq, m.id, coalesce(v.id, m.id), m.attempt_count, m.schedule_start, m.epoch,
        m.created_at, m.retention_hours, m.event, m.ordering_key, m.deliver_at, m.expires_at
    FROM hookbridge.messages m LEFT JOIN hookbridge.events v ON v.seq = m.event
    WHERE m.id = ANY($1) AND m.due_at IS NOT NULL";
const NOT_DEAD: &str = "DELETE FROM hookbridge.dead_letters WHERE seq = ANY($1)";
const DEAD: &str = "INSERT INTO hookbridge.dead_letters (seq, endpoint, id)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::uuid[]) ON CONFLICT (seq) DO NOTHING";
const OUT_OF_ORDER: &str = "DELETE FROM hookbridge.ordered o
    USING unnest($1::bigint[], $2::text[], $3::bigint[]) AS t (endpoint, key, seq)
    WHERE o.endpoint = t.endpoint AND o.key = t.key AND o.seq = t.seq";
const IN_ORDER: &str = "INSERT INTO hookbridge.ordered (endpoint, key, seq, id, in_front, held_due_at, expires_at)
    SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::uuid[], $5::bool[], $6::bigint[], $7::bigint[])
    ON CONFLICT (endpoint, key, seq) DO UPDATE SET in_front = excluded.in_front, held_due_at = excluded.held_due_at";

/// A message with its row, and what its endpoint and its event say.
pub(super) struct MessageRow {
    pub key: MessageKey,
    pub message: StoredMessage<()>,
    pub endpoint_id: EndpointId,
    pub url: String,
    pub event_created_at: Option<Timestamp>,
    /// Whether an ordering key of the endpoint waits for a person once one of its messages was given up.
    pub halts: bool,
}

impl MessageRow {
    /// Reads a row of [`columns`].
    pub(super) fn read(row: &Row) -> Sql<Self> {
        let of_event = match row.maybe_id(27)? {
            Some(id) => Some(Arc::new(OfEvent {
                id: EventId::from_bytes(id),
                event_type: EventType::stored(row.text(28)?),
                tenant: row.maybe_text(29)?,
            })),
            None => None,
        };
        let place = row.try_get::<_, Option<bool>>(31)?;
        let response_status = row.maybe_int(21)?.and_then(|status| u16::try_from(status).ok());
        Ok(Self {
            key: MessageKey(row.int(0)?),
            message: StoredMessage {
                id: MessageId::from_bytes(row.id(1)?),
                lane: LaneKey(row.int(2)?),
                status: numbers::status(row.int(3)?),
                due_at: row.maybe_int(4)?,
                attempt_count: row.small(5)?,
                schedule_start: row.small(6)?,
                epoch: row.int(7)?,
                replay_count: row.small(8)?,
                retry_type: row.maybe_int(9)?.map(numbers::retry_type),
                size_bytes: row.count(10)?,
                payload_sha256: row.sha256(11)?,
                idempotency_key: row.maybe_text(12)?,
                created_at: row.time(13)?,
                updated_at: row.time(14)?,
                retention_hours: row.maybe_small(15)?,
                payload_expires_at: row.maybe_time(16)?,
                first_attempt_at: row.maybe_time(17)?,
                delivered_at: row.maybe_time(18)?,
                failed_at: row.maybe_time(19)?,
                last_error: row.maybe_text(20)?,
                response_status,
                response_latency_ms: row.maybe_small(22)?,
                deleted_at: row.maybe_time(23)?,
                deleted_by: row.maybe_id(24)?.map(ApiKeyId::from_bytes),
                payload: row.boolean(25)?.then_some(()),
                event: row.maybe_int(26)?.map(EventKey),
                of_event,
                ordering_key: row.maybe_text(30)?,
                place: place.map(|in_front| if in_front { Place::Front } else { Place::Behind }),
                held_due_at: row.maybe_int(32)?,
                timing: Timing { deliver_at: row.maybe_time(33)?, expires_at: row.maybe_time(34)? },
            },
            endpoint_id: EndpointId::from_bytes(row.id(35)?),
            url: row.text(36)?,
            event_created_at: row.maybe_time(37)?,
            halts: row.int(38)? == numbers::HALT,
        })
    }

    /// The message as operations know it.
    pub(super) fn found(&self, node: &Node) -> Found {
        let clocks = (node.behind(), node.settings.payload_retention, 0);
        self.message.found(self.key, self.endpoint_id, self.event_created_at, clocks)
    }

    /// The row of its payload.
    pub(super) fn payload(&self) -> Uuid {
        let event = self.message.of_event.as_ref().map(|event| uuid(event.id.as_bytes()));
        event.unwrap_or_else(|| uuid(self.message.id.as_bytes()))
    }
}

/// Messages by their ids, in no order.
pub(super) async fn find(client: &Client, ids: Vec<Uuid>) -> Sql<Vec<MessageRow>> {
    client.query_typed(FIND, args![ids]).await?.iter().map(MessageRow::read).collect()
}

/// Messages by their ids, kept from changes of others until the transaction ends.
pub(super) async fn lock(client: &Client, ids: Vec<Uuid>) -> Sql<Vec<MessageRow>> {
    client.query_typed(LOCK, args![ids]).await?.iter().map(MessageRow::read).collect()
}

/// So many numbers for new messages.
pub(super) async fn numbers_for(client: &Client, count: usize) -> Sql<Vec<MessageKey>> {
    let rows = client.query_typed(NUMBERS, args![count as i64]).await?;
    rows.iter().map(|row| row.int(0).map(MessageKey)).collect()
}

/// A message that is to be inserted.
pub(super) struct NewRow<'a> {
    pub id: MessageId,
    pub key: MessageKey,
    pub lane: LaneKey,
    pub size_bytes: usize,
    pub payload_sha256: [u8; 32],
    pub idempotency_key: Option<&'a str>,
    pub created_at: Timestamp,
    pub retention_hours: Option<u32>,
    pub payload_expires_at: Option<Timestamp>,
    pub event: Option<EventKey>,
    pub payload: Uuid,
    pub ordering_key: Option<&'a str>,
    pub place: Option<Place>,
    pub due_at: i64,
    pub timing: Timing,
}

impl<'a> NewRow<'a> {
    /// The row of a message that was sent to one endpoint.
    pub(super) fn of(
        message: &'a NewMessage,
        key: MessageKey,
        lane: LaneKey,
        due_at: i64,
        place: Option<Place>,
    ) -> Self {
        Self {
            id: message.id,
            key,
            lane,
            size_bytes: message.payload.len(),
            payload_sha256: message.payload_sha256,
            idempotency_key: message.idempotency_key.as_deref(),
            created_at: message.created_at,
            retention_hours: message.retention_hours,
            payload_expires_at: message.payload_expires_at(),
            event: None,
            payload: uuid(message.id.as_bytes()),
            ordering_key: message.ordering_key.as_deref(),
            place,
            due_at,
            timing: message.timing,
        }
    }

    fn is_held(&self) -> bool {
        self.place == Some(Place::Behind)
    }
}

/// Inserts messages, which wait from now on.
pub(super) async fn insert(tx: &mut Tx<'_>, rows: &[NewRow<'_>]) -> Sql<()> {
    if rows.is_empty() {
        return Ok(());
    }
    fn each<'a, T>(rows: &'a [NewRow<'_>], of: impl Fn(&'a NewRow<'_>) -> T) -> Vec<T> {
        rows.iter().map(of).collect()
    }
    let queued = numbers::status_number(MessageStatus::Queued);
    let values = args![
        each(rows, |row| uuid(row.id.as_bytes())),
        each(rows, |row| row.key.0),
        each(rows, |row| row.lane.0),
        each(rows, |_| queued),
        each(rows, |row| (!row.is_held()).then_some(row.due_at)),
        each(rows, |row| row.size_bytes as i64),
        each(rows, |row| &row.payload_sha256[..]),
        each(rows, |row| row.idempotency_key),
        each(rows, |row| row.created_at.as_millis()),
        each(rows, |row| row.retention_hours.map(i64::from)),
        each(rows, |row| millis(row.payload_expires_at)),
        each(rows, |row| row.event.map(|EventKey(seq)| seq)),
        each(rows, |row| row.ordering_key),
        each(rows, |row| row.place.map(|place| place == Place::Front)),
        each(rows, |row| row.is_held().then_some(row.due_at)),
        each(rows, |row| millis(row.timing.deliver_at)),
        each(rows, |row| row.payload),
        each(rows, |row| millis(row.timing.expires_at)),
    ];
    tx.client.query_typed(INSERT, values).await?;
    rows.iter().for_each(|row| tx.count_accepted(row.lane, row.created_at));
    Ok(())
}

/// Inserts payloads: each with its id, its headers and its body.
pub(super) async fn insert_payloads(client: &Client, payloads: &[(Uuid, Option<&str>, &[u8])]) -> Sql<()> {
    let ids: Vec<Uuid> = payloads.iter().map(|(id, ..)| *id).collect();
    let headers: Vec<Option<&str>> = payloads.iter().map(|(_, headers, _)| *headers).collect();
    let bodies: Vec<&[u8]> = payloads.iter().map(|(.., body)| *body).collect();
    client.query_typed(INSERT_PAYLOADS, args![ids, headers, bodies]).await.map(drop)
}

/// Writes what has become of messages, which this transaction has locked.
pub(super) async fn write(client: &Client, rows: &[&MessageRow]) -> Sql<()> {
    if rows.is_empty() {
        return Ok(());
    }
    fn each<'a, T>(rows: &[&'a MessageRow], of: impl Fn(&'a StoredMessage<()>) -> T) -> Vec<T> {
        rows.iter().map(|row| of(&row.message)).collect()
    }
    let ids = each(rows, |message| uuid(message.id.as_bytes()));
    client.query_typed(WAITS_NO_MORE, args![ids]).await?;
    let values = args![
        ids,
        each(rows, |message| numbers::status_number(message.status)),
        each(rows, |message| message.due_at),
        each(rows, |message| i64::from(message.attempt_count)),
        each(rows, |message| i64::from(message.schedule_start)),
        each(rows, |message| message.epoch),
        each(rows, |message| i64::from(message.replay_count)),
        each(rows, |message| message.retry_type.map(numbers::retry_type_number)),
        each(rows, |message| message.updated_at.as_millis()),
        each(rows, |message| millis(message.payload_expires_at)),
        each(rows, |message| millis(message.first_attempt_at)),
        each(rows, |message| millis(message.delivered_at)),
        each(rows, |message| millis(message.failed_at)),
        each(rows, |message| message.last_error.as_deref()),
        each(rows, |message| message.response_status.map(i64::from)),
        each(rows, |message| message.response_latency_ms.map(i64::from)),
        each(rows, |message| millis(message.deleted_at)),
        each(rows, |message| message.deleted_by.map(|id| uuid(id.as_bytes()))),
        each(rows, |message| millis(message.timing.deliver_at)),
    ];
    client.query_typed(UPDATE, values).await?;
    note_late_changes(client, rows).await?;
    if rows.iter().any(|row| row.message.due_at.is_some()) {
        client.query_typed(WAITS_AGAIN, args![ids]).await?;
    }
    let is_dead = |message: &StoredMessage<()>| {
        message.status == MessageStatus::FailedPermanent && message.deleted_at.is_none()
    };
    let (dead, alive): (Vec<&MessageRow>, Vec<&MessageRow>) =
        rows.iter().copied().partition(|row| is_dead(&row.message));
    if !alive.is_empty() {
        let seqs: Vec<i64> = alive.iter().map(|row| row.key.0).collect();
        client.query_typed(NOT_DEAD, args![seqs]).await?;
    }
    if !dead.is_empty() {
        let seqs: Vec<i64> = dead.iter().map(|row| row.key.0).collect();
        let lanes = each(&dead, |message| message.lane.0);
        let ids = each(&dead, |message| uuid(message.id.as_bytes()));
        client.query_typed(DEAD, args![seqs, lanes, ids]).await?;
    }
    write_places(client, rows).await
}

/// Notes those that change long after their acceptance, by the time in their ids.
async fn note_late_changes(client: &Client, rows: &[&MessageRow]) -> Sql<()> {
    let is_late =
        |row: &&MessageRow| row.message.updated_at.since(accepted_at(&row.message.id)) >= LATE_AFTER;
    let late: Vec<&StoredMessage<()>> =
        rows.iter().copied().filter(is_late).map(|row| &row.message).collect();
    if late.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = late.iter().map(|message| uuid(message.id.as_bytes())).collect();
    let changed_at: Vec<i64> = late.iter().map(|message| message.updated_at.as_millis()).collect();
    client.query_typed(LATE, args![ids, changed_at]).await.map(drop)
}

/// The time in an id: its first 48 bits.
fn accepted_at(id: &MessageId) -> Timestamp {
    let [a, b, c, d, e, f, ..] = *id.as_bytes();
    Timestamp::from_millis(i64::from_be_bytes([0, 0, a, b, c, d, e, f]))
}

/// Writes the places of those that have an ordering key.
async fn write_places(client: &Client, rows: &[&MessageRow]) -> Sql<()> {
    let with_key = rows.iter().copied().filter(|row| row.message.ordering_key.is_some());
    let (placed, gone): (Vec<&MessageRow>, Vec<&MessageRow>) =
        with_key.partition(|row| row.message.place.is_some());
    let columns = |rows: &[&MessageRow]| {
        let lanes: Vec<i64> = rows.iter().map(|row| row.message.lane.0).collect();
        let keys: Vec<Option<String>> = rows.iter().map(|row| row.message.ordering_key.clone()).collect();
        let seqs: Vec<i64> = rows.iter().map(|row| row.key.0).collect();
        (lanes, keys, seqs)
    };
    if !gone.is_empty() {
        let (lanes, keys, seqs) = columns(&gone);
        client.query_typed(OUT_OF_ORDER, args![lanes, keys, seqs]).await?;
    }
    if !placed.is_empty() {
        let (lanes, keys, seqs) = columns(&placed);
        let ids: Vec<Uuid> = placed.iter().map(|row| uuid(row.message.id.as_bytes())).collect();
        let fronts: Vec<bool> = placed.iter().map(|row| row.message.place == Some(Place::Front)).collect();
        let held: Vec<Option<i64>> = placed.iter().map(|row| row.message.held_due_at).collect();
        let expires: Vec<Option<i64>> =
            placed.iter().map(|row| millis(row.message.timing.expires_at)).collect();
        client.query_typed(IN_ORDER, args![lanes, keys, seqs, ids, fronts, held, expires]).await?;
    }
    Ok(())
}
