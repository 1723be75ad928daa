//! Accepting events: an event and its messages in one transaction.

use std::sync::Arc;

use bytes::Bytes;
use rusqlite::types::Value;
use rusqlite::{OptionalExtension, params};

use super::{AfterCommit, Job, WriteContext, any};
use crate::error::{Error, ErrorCode, Result, endpoint_not_found};
use crate::host::completion::Slot;
use crate::model::event_record::OfEvent;
use crate::model::event_type::EventType;
use crate::model::ids::{EndpointId, EventId, MessageId};
use crate::model::receipt::{EventReceipt, SentMessage};
use crate::model::timestamp::Timestamp;
use crate::outbox::due_at;
use crate::outbox::events::{EVENTS_OF_RELAY, EventKey, EventsReply, NewEvent};
use crate::outbox::rows::{LaneKey, MessageKey};
use crate::outbox::sqlite::{endpoints, events, messages, ordering, stored};
use crate::outbox::{DueMessage, Timing};

const INSERT_MESSAGE: &str =
    "INSERT INTO hookbridge_messages (id, endpoint_seq, status, size_bytes, payload_sha256,
    created_at, updated_at, retention_hours, payload_expires_at, due_at, ordering_key, in_order, held_due_at,
    deliver_at, expires_at, event_seq)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";
/// One row of [`several`]: the numbers of the parameters that are its own.
macro_rules! row {
    ($id:literal, $lane:literal) => {
        concat!("(?", $id, ", ?", $lane, ", ?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")
    };
}
/// Inserts several messages of one event by one statement, which opens the table and its indexes once. Where a row fails, those
/// before it stand until the whole transaction is rolled back: so SQLite keeps no journal of the statement beside it.
macro_rules! several {
    ($first:expr $(, $row:expr)*) => {
        concat!(
            "INSERT OR FAIL INTO hookbridge_messages (id, endpoint_seq, status, size_bytes, payload_sha256, created_at,
            updated_at, retention_hours, payload_expires_at, due_at, deliver_at, expires_at, event_seq) VALUES ",
            $first $(, ", ", $row)*
        )
    };
}
const INSERT_TWO: &str = several!(row!(11, 12), row!(13, 14));
const INSERT_EIGHT: &str = several!(
    row!(11, 12),
    row!(13, 14),
    row!(15, 16),
    row!(17, 18),
    row!(19, 20),
    row!(21, 22),
    row!(23, 24),
    row!(25, 26)
);
/// The statements of several rows, the longest first.
const INSERT_SEVERAL: [(usize, &str); 2] = [(8, INSERT_EIGHT), (2, INSERT_TWO)];
const READ: &str =
    "SELECT v.id, v.type, v.tenant, v.ordering_key, v.size_bytes, v.payload_sha256, v.deliver_at,
    v.expires_at, v.retention_hours, p.headers, p.body, v.created_at
    FROM hookbridge_events v JOIN hookbridge_payloads p ON p.seq = -v.seq WHERE v.seq = ?1";
const HAS_MESSAGE: &str = "SELECT 1 FROM hookbridge_messages
    WHERE event_seq = ?1 AND event_seq IS NOT NULL AND endpoint_seq = ?2";
const NEEDED_MORE: &str = "UPDATE hookbridge_events SET needed_by = needed_by + 1 WHERE seq = ?1";

/// What all messages of one event have in common.
struct Shared<'a> {
    seq: i64,
    of_event: Arc<OfEvent>,
    size: i64,
    payload: &'a Bytes,
    payload_sha256: &'a [u8; 32],
    headers: &'a Option<String>,
    ordering_key: Option<Arc<str>>,
    timing: Timing,
    retention_hours: Option<u32>,
    created_at: Timestamp,
    /// From when on the payload's retention counts.
    kept_from: Timestamp,
    for_server: bool,
}

/// The first parameter of [`INSERT_SEVERAL`] that a row does not share.
const OWN_FROM: usize = 11;

impl Shared<'_> {
    /// What the rows of the event's messages share, in the order of the parameters of [`INSERT_SEVERAL`].
    fn row(&self, due_at: i64) -> [Value; OWN_FROM - 1] {
        let moment = |at: Option<Timestamp>| Value::from(at.map(Timestamp::as_millis));
        [
            stored::QUEUED.into(),
            self.size.into(),
            self.payload_sha256.to_vec().into(),
            self.created_at.as_millis().into(),
            self.retention_hours.map(i64::from).into(),
            self.payload_expires_at().into(),
            due_at.into(),
            moment(self.timing.deliver_at),
            moment(self.timing.expires_at),
            self.seq.into(),
        ]
    }

    /// A message that was written as `row`, as the delivery loop takes it.
    fn message(&self, row: i64, id: MessageId, lane: LaneKey, due_at: i64) -> DueMessage {
        DueMessage {
            key: MessageKey(row),
            id,
            lane,
            due_at,
            attempt_count: 0,
            schedule_start: 0,
            epoch: 0,
            created_at: self.created_at,
            retention_hours: self.retention_hours,
            headers: self.headers.clone(),
            payload: self.payload.clone(),
            event: Some(self.of_event.clone()),
            ordering_key: self.ordering_key.clone(),
            timing: self.timing,
        }
    }

    fn payload_expires_at(&self) -> Option<i64> {
        let hours = self.retention_hours.filter(|hours| *hours > 0)?;
        let since = self.timing.deliver_at.unwrap_or(self.kept_from);
        Some(since.as_millis().saturating_add(i64::from(hours) * 3_600_000))
    }
}

/// A message of an event that was written. It is due then, unless it waits behind another.
struct Written {
    message: DueMessage,
    due_at: Option<i64>,
    endpoint_id: EndpointId,
}

/// Writes the message of an event for one endpoint.
fn insert_message(
    context: &mut WriteContext<'_>,
    shared: &Shared<'_>,
    id: MessageId,
    (lane, endpoint_id): (LaneKey, EndpointId),
) -> rusqlite::Result<Written> {
    // A relay hands an event on at once; its server keeps to the times.
    let due_at = if shared.for_server { due_at::AT_ONCE } else { context.due_at(shared.timing)? };
    let key = shared.ordering_key.as_deref();
    let (in_order, held) = ordering::place_of_new(context.connection, lane.0, key)?;
    context.statement(INSERT_MESSAGE)?.execute(params![
        id.as_bytes(),
        lane.0,
        stored::QUEUED,
        shared.size,
        shared.payload_sha256,
        shared.created_at.as_millis(),
        shared.retention_hours,
        shared.payload_expires_at(),
        (!held).then_some(due_at),
        key,
        in_order,
        held.then_some(due_at),
        shared.timing.deliver_at.map(Timestamp::as_millis),
        shared.timing.expires_at.map(Timestamp::as_millis),
        shared.seq,
    ])?;
    let row = context.connection.last_insert_rowid();
    let message = shared.message(row, id, lane, due_at);
    Ok(Written { message, due_at: (!held).then_some(due_at), endpoint_id })
}

/// Writes the messages of an event without an ordering key.
fn insert_messages(
    context: &mut WriteContext<'_>,
    shared: &Shared<'_>,
    messages: &[(LaneKey, EndpointId, MessageId)],
    written: &mut Vec<Written>,
) -> rusqlite::Result<()> {
    let due_at = if shared.for_server { due_at::AT_ONCE } else { context.due_at(shared.timing)? };
    let mut left = messages;
    for (many, sql) in INSERT_SEVERAL {
        while let Some((chunk, rest)) = left.split_at_checked(many) {
            left = rest;
            let statement = context.statement(sql)?;
            for (number, value) in shared.row(due_at).into_iter().enumerate() {
                statement.raw_bind_parameter(number + 1, value)?;
            }
            for (number, (lane, _, id)) in chunk.iter().enumerate() {
                statement.raw_bind_parameter(OWN_FROM + 2 * number, id.as_bytes())?;
                statement.raw_bind_parameter(OWN_FROM + 2 * number + 1, lane.0)?;
            }
            statement.raw_execute()?;
            // Rows of one statement have numbers in a row.
            let first = context.connection.last_insert_rowid() - many as i64 + 1;
            for (row, (lane, endpoint_id, id)) in (first..).zip(chunk) {
                let message = shared.message(row, *id, *lane, due_at);
                written.push(Written { message, due_at: Some(due_at), endpoint_id: *endpoint_id });
            }
        }
    }
    for (lane, endpoint_id, id) in left {
        written.push(insert_message(context, shared, *id, (*lane, *endpoint_id))?);
    }
    Ok(())
}

enum Accepted {
    New(Vec<Written>),
    /// Its idempotency key names this event.
    Known(EventReceipt),
}

fn random_ids(count: usize) -> Result<Vec<MessageId>> {
    if count == 0 { Ok(Vec::new()) } else { MessageId::generate_many(count) }
}

fn insert(context: &mut WriteContext<'_>, event: &NewEvent) -> rusqlite::Result<Result<Accepted>> {
    let connection = context.connection;
    if let Some(key) = &event.idempotency_key
        && let Some(known) = events::known(connection, event.tenant.as_deref(), key)?
    {
        if let Err(refused) = event.check_known(&known.event_type, &known.payload_sha256) {
            return Ok(Err(refused));
        }
        let messages = events::sent(connection, known.seq)?;
        let matched = (!event.for_server).then_some(known.matched);
        let messages = if event.for_server { Vec::new() } else { messages };
        return Ok(Ok(Accepted::Known(EventReceipt { event_id: known.id, matched, messages })));
    }
    let lanes = if event.for_server {
        let server = EndpointId::from_bytes(EVENTS_OF_RELAY);
        let lane = match context.endpoint_seq(&server)? {
            Some(seq) => seq,
            None => endpoints::insert_relayed(connection, &server, event.created_at)?,
        };
        vec![(LaneKey(lane), server)]
    } else {
        context.matching(event)?
    };
    let ids = match random_ids(lanes.len()) {
        Ok(ids) => ids,
        Err(failed) => return Ok(Err(failed)),
    };
    let seq = events::insert(connection, event, lanes.len())?;
    let shared = Shared {
        seq,
        of_event: Arc::new(OfEvent {
            id: event.id,
            event_type: event.event_type.clone(),
            tenant: event.tenant.clone(),
        }),
        size: event.payload.len() as i64,
        payload: &event.payload,
        payload_sha256: &event.payload_sha256,
        headers: &event.headers,
        ordering_key: event.ordering_key.as_deref().map(Arc::from),
        timing: event.timing,
        retention_hours: event.retention_hours,
        created_at: event.created_at,
        kept_from: event.created_at,
        for_server: event.for_server,
    };
    let mut written = Vec::with_capacity(lanes.len());
    if shared.ordering_key.is_none() {
        let messages: Vec<_> =
            lanes.into_iter().zip(ids).map(|((lane, endpoint), id)| (lane, endpoint, id)).collect();
        insert_messages(context, &shared, &messages, &mut written)?;
    } else {
        for (endpoint, id) in lanes.into_iter().zip(ids) {
            written.push(insert_message(context, &shared, id, endpoint)?);
        }
    }
    Ok(Ok(Accepted::New(written)))
}

struct Entry {
    event: NewEvent,
    outcome: Option<Result<Accepted>>,
}

impl Entry {
    fn finish(self, after: &mut AfterCommit<'_>) -> Result<EventReceipt> {
        match self.outcome {
            Some(Ok(Accepted::Known(receipt))) => Ok(receipt),
            Some(Ok(Accepted::New(written))) => {
                let for_server = self.event.for_server;
                let mut receipt = EventReceipt {
                    event_id: self.event.id,
                    matched: (!for_server).then_some(written.len() as u64),
                    messages: Vec::with_capacity(written.len()),
                };
                for Written { message, due_at, endpoint_id } in written {
                    if !for_server {
                        receipt.messages.push(SentMessage { message_id: message.id, endpoint_id });
                    }
                    if let Some(due_at) = due_at {
                        after.accepted(due_at, message.lane, |_| message);
                    }
                }
                Ok(receipt)
            }
            Some(Err(error)) => Err(error),
            None => Err(Error::new(ErrorCode::Internal, "an event was not written")),
        }
    }
}

/// The job of one event or many. Events that were refused before keep their place and their error.
pub(crate) struct SendEvents {
    entries: Vec<Result<Entry>>,
    reply: EventsReply,
}

impl SendEvents {
    pub(crate) fn new(events: Vec<Result<NewEvent>>, reply: EventsReply) -> Box<Self> {
        let entries =
            events.into_iter().map(|event| event.map(|event| Entry { event, outcome: None })).collect();
        Box::new(Self { entries, reply })
    }
}

impl Job for SendEvents {
    fn apply(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<()> {
        for entry in self.entries.iter_mut().flatten() {
            entry.outcome = Some(insert(context, &entry.event)?);
        }
        Ok(())
    }

    fn is_written(&self, context: &WriteContext<'_>) -> rusqlite::Result<bool> {
        any(self.entries.iter().flatten(), |entry| match entry.outcome {
            Some(Ok(Accepted::New(_))) => Ok(events::seq_of(context.connection, &entry.event.id)?.is_some()),
            _ => Ok(false),
        })
    }

    fn finish(self: Box<Self>, committed: std::result::Result<(), &Error>, after: &mut AfterCommit<'_>) {
        let outcome = match committed {
            Ok(()) => Ok(self.entries.into_iter().map(|entry| entry?.finish(after)).collect()),
            Err(error) => Err(error.clone()),
        };
        self.reply.fill(outcome);
    }

    fn weight(&self) -> usize {
        self.entries.iter().flatten().map(|entry| entry.event.weight()).sum()
    }
}

/// The job that makes messages of events that an endpoint has missed.
pub(crate) struct MakeUp {
    endpoint: EndpointId,
    events: Vec<EventKey>,
    gap_ms: u64,
    made: Result<Vec<Written>>,
    reply: Arc<Slot<Result<Vec<MessageId>>>>,
}

impl MakeUp {
    pub(crate) fn new(
        endpoint: EndpointId,
        events: Vec<EventKey>,
        gap_ms: u64,
        reply: Arc<Slot<Result<Vec<MessageId>>>>,
    ) -> Box<Self> {
        Box::new(Self { endpoint, events, gap_ms, made: Ok(Vec::new()), reply })
    }

    /// Writes the message of one event; none where it has one by now, or its payload is gone.
    fn one(
        &self,
        context: &mut WriteContext<'_>,
        lane: LaneKey,
        event: EventKey,
        number: u64,
    ) -> rusqlite::Result<Option<Written>> {
        if context.connection.prepare_cached(HAS_MESSAGE)?.exists([event.0, lane.0])? {
            return Ok(None);
        }
        let Ok(Some(id)) = random_ids(1).map(|mut ids| ids.pop()) else { return Ok(None) };
        let time = |row: &rusqlite::Row<'_>, column: usize| -> rusqlite::Result<Option<Timestamp>> {
            Ok(row.get::<_, Option<i64>>(column)?.map(Timestamp::from_millis))
        };
        let connection = context.connection;
        let mut statement = connection.prepare_cached(READ)?;
        let found = statement
            .query_row([event.0], |row| {
                let of_event = OfEvent {
                    id: EventId::from_bytes(row.get(0)?),
                    event_type: EventType::stored(row.get(1)?),
                    tenant: row.get(2)?,
                };
                let ordering_key = row.get::<_, Option<String>>(3)?.map(Arc::from);
                let timing = Timing { deliver_at: time(row, 6)?, expires_at: time(row, 7)? };
                let (size, sha256): (i64, [u8; 32]) = (row.get(4)?, row.get(5)?);
                let (hours, headers): (Option<u32>, Option<String>) = (row.get(8)?, row.get(9)?);
                let kept_from = Timestamp::from_millis(row.get(11)?);
                Ok((
                    kept_from,
                    of_event,
                    ordering_key,
                    timing,
                    size,
                    sha256,
                    hours,
                    headers,
                    Bytes::from(row.get::<_, Vec<u8>>(10)?),
                ))
            })
            .optional()?;
        let Some((
            kept_from,
            of_event,
            ordering_key,
            timing,
            size,
            sha256,
            retention_hours,
            headers,
            payload,
        )) = found
        else {
            return Ok(None);
        };
        let now = context.now;
        // Messages before the event's own moment wait for that; the others are spread.
        let spread = number.saturating_mul(self.gap_ms);
        let spread = (spread > 0).then(|| now.plus(std::time::Duration::from_millis(spread)));
        let deliver_at = timing.deliver_at.filter(|at| *at > now).max(spread);
        let timing = Timing { deliver_at, ..timing };
        if timing.is_over(deliver_at.unwrap_or(now)) {
            return Ok(None);
        }
        let shared = Shared {
            seq: event.0,
            of_event: Arc::new(of_event),
            size,
            payload: &payload,
            payload_sha256: &sha256,
            headers: &headers,
            ordering_key,
            timing,
            retention_hours,
            created_at: now,
            kept_from,
            for_server: false,
        };
        let written = insert_message(context, &shared, id, (lane, self.endpoint))?;
        connection.prepare_cached(NEEDED_MORE)?.execute([event.0])?;
        Ok(Some(written))
    }
}

impl Job for MakeUp {
    fn apply(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<()> {
        let Some(lane) = context.endpoint_seq(&self.endpoint)?.map(LaneKey) else {
            self.made = Err(endpoint_not_found());
            return Ok(());
        };
        let mut made = Vec::new();
        for event in &self.events {
            let number = made.len() as u64;
            made.extend(self.one(context, lane, *event, number)?);
        }
        self.made = Ok(made);
        Ok(())
    }

    fn is_written(&self, context: &WriteContext<'_>) -> rusqlite::Result<bool> {
        let Some(first) = self.made.as_ref().ok().and_then(|made| made.first()) else { return Ok(false) };
        messages::exists(context.connection, &first.message.id)
    }

    fn finish(self: Box<Self>, committed: std::result::Result<(), &Error>, after: &mut AfterCommit<'_>) {
        let outcome = committed.map_err(Clone::clone).and(self.made).map(|made| {
            let mut ids = Vec::with_capacity(made.len());
            for Written { message, due_at, .. } in made {
                ids.push(message.id);
                if let Some(due_at) = due_at {
                    after.accepted(due_at, message.lane, |_| message);
                }
            }
            ids
        });
        if let Ok(ids) = &outcome {
            tracing::debug!(target: "hookbridge::outbox", made = ids.len(), "made messages of missed events");
        }
        self.reply.fill(outcome);
    }
}
