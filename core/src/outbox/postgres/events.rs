//! Events, and the messages that they make.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};

use super::accept::relayed_lane;
use super::ordering::{self, Order};
use super::rows::{self, NewRow};
use super::statement::{Columns, Sql, args, millis, uuid};
use super::transaction::{AfterCommit, Tx};
use super::writer::Work;
use super::{Store, endpoints, event_lists, subscriptions};
use crate::error::{Error, ErrorCode, Result, closed, endpoint_not_found};
use crate::model::event_record::{EventMessage, EventRecord, OfEvent};
use crate::model::event_type::EventType;
use crate::model::ids::{EndpointId, EventId, MessageId};
use crate::model::receipt::{EventReceipt, SentMessage};
use crate::model::timestamp::Timestamp;
use crate::outbox::accept::Caller;
use crate::outbox::events::{EVENTS_OF_RELAY, EventKey, Events, EventsReply, Missed, NewEvent, SoughtEvents};
use crate::outbox::page::Cursor;
use crate::outbox::rows::LaneKey;
use crate::outbox::stored_message::Place;
use crate::outbox::subscriptions::ReadLater;
use crate::outbox::{DueMessage, Timing, due_at};

const TAKE_KEY: &str = "INSERT INTO hookbridge.event_keys (tenant, key, event_id) VALUES ($1, $2, $3)
    ON CONFLICT (tenant, key) DO NOTHING RETURNING key";
const KNOWN: &str = "SELECT v.seq, v.id, v.type, v.payload_sha256, v.matched FROM hookbridge.event_keys k
    JOIN hookbridge.events v ON v.id = k.event_id WHERE k.tenant = $1 AND k.key = $2";
const WRITTEN: &str = "SELECT seq, matched FROM hookbridge.events WHERE id = $1";
const INSERT: &str = "INSERT INTO hookbridge.events (id, type, tenant, idempotency_key, ordering_key, size_bytes, payload_sha256,
        created_at, deliver_at, expires_at, retention_hours, matched, needed_by, unwanted_until)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING seq";
/// An event with its payload, kept from changes of others until the transaction ends; none where it has a message already.
const TO_MAKE_UP: &str = "SELECT v.id, v.type, v.tenant, v.ordering_key, v.created_at, v.deliver_at, v.expires_at,
        v.retention_hours, v.payload_sha256, p.headers, p.body
    FROM hookbridge.events v JOIN hookbridge.payloads p ON p.id = v.id
    WHERE v.seq = $1 AND NOT EXISTS (SELECT 1 FROM hookbridge.messages m WHERE m.event = v.seq AND m.endpoint = $2)
    FOR NO KEY UPDATE OF v";
const NEEDED_MORE: &str =
    "UPDATE hookbridge.events SET needed_by = needed_by + 1, unwanted_until = NULL WHERE seq = $1";

/// A message of an event that was written. It is due then, unless it waits behind another.
struct Written {
    message: DueMessage,
    due_at: Option<i64>,
    endpoint_id: EndpointId,
}

enum Accepted {
    New(Vec<Written>),
    Known(EventReceipt),
}

/// An event of which messages are made.
struct Source<'a> {
    key: EventKey,
    of_event: Arc<OfEvent>,
    ordering_key: Option<&'a str>,
    accepted_at: Timestamp,
    retention_hours: Option<u32>,
    payload_sha256: [u8; 32],
    headers: Option<String>,
    payload: bytes::Bytes,
}

/// Writes the messages of an event for endpoints.
async fn insert_messages(
    tx: &mut Tx<'_>,
    source: &Source<'_>,
    lanes: &[(LaneKey, EndpointId)],
    created_at: Timestamp,
    (timing, at_once): (Timing, bool),
) -> Sql<Vec<Written>> {
    let ids = MessageId::generate_many(lanes.len()).unwrap_or_default();
    if ids.len() < lanes.len() || lanes.is_empty() {
        return Ok(Vec::new());
    }
    let order = |lane: LaneKey| source.ordering_key.map(|key| (lane, key.to_owned()));
    let orders: Vec<Order> = lanes.iter().filter_map(|(lane, _)| order(*lane)).collect();
    ordering::lock(tx.client, &orders).await?;
    let with_front: HashSet<Order> = ordering::with_front(tx.client, &orders).await?.into_iter().collect();
    let keys = rows::numbers_for(tx.client, lanes.len()).await?;
    let due_at = if at_once { due_at::AT_ONCE } else { timing.due_at(tx.node.behind()) };
    let hours = source.retention_hours.filter(|hours| *hours > 0);
    let since = timing.deliver_at.unwrap_or(source.accepted_at);
    let expiry = hours.map(|hours| since.plus(std::time::Duration::from_secs(u64::from(hours) * 3_600)));
    let (mut new, mut written) = (Vec::new(), Vec::new());
    for (((lane, endpoint_id), id), key) in lanes.iter().zip(ids).zip(keys) {
        let place = order(*lane).map(|order| match with_front.contains(&order) {
            true => Place::Behind,
            false => Place::Front,
        });
        new.push(NewRow {
            id,
            key,
            lane: *lane,
            size_bytes: source.payload.len(),
            payload_sha256: source.payload_sha256,
            idempotency_key: None,
            created_at,
            retention_hours: source.retention_hours,
            payload_expires_at: expiry,
            event: Some(source.key),
            payload: uuid(source.of_event.id.as_bytes()),
            ordering_key: source.ordering_key,
            place,
            due_at,
            timing,
        });
        written.push(Written {
            message: DueMessage {
                key,
                id,
                lane: *lane,
                due_at,
                attempt_count: 0,
                schedule_start: 0,
                epoch: 0,
                created_at,
                retention_hours: source.retention_hours,
                headers: source.headers.clone(),
                payload: source.payload.clone(),
                event: Some(source.of_event.clone()),
                ordering_key: source.ordering_key.map(Arc::from),
                timing,
            },
            due_at: (place != Some(Place::Behind)).then_some(due_at),
            endpoint_id: *endpoint_id,
        });
    }
    rows::insert(tx, &new).await?;
    Ok(written)
}

/// The event itself, where an earlier try has written it: its commit was not learnt. The loop reads its messages.
async fn written(tx: &Tx<'_>, event: &NewEvent) -> Sql<Option<Accepted>> {
    let rows = tx.client.query_typed(WRITTEN, args![uuid(event.id.as_bytes())]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let messages = sent(tx, event, row.int(0)?).await?;
    let matched = (!event.for_server).then_some(row.count(1)?);
    Ok(Some(Accepted::Known(EventReceipt { event_id: event.id, matched, messages })))
}

/// The messages of an event that is there already, for its answer.
async fn sent(tx: &Tx<'_>, event: &NewEvent, seq: i64) -> Sql<Vec<SentMessage>> {
    if event.for_server {
        return Ok(Vec::new());
    }
    let all = event_lists::messages_behind(tx.client, seq, 0, i64::MAX).await?;
    let sent = |(_, message): (i64, EventMessage)| SentMessage {
        message_id: message.message_id,
        endpoint_id: message.endpoint_id,
    };
    Ok(all.into_iter().map(sent).collect())
}

/// The event that an idempotency key names already.
async fn known(tx: &Tx<'_>, event: &NewEvent, key: &str) -> Sql<Option<Result<Accepted>>> {
    let tenant = event.tenant.as_deref().unwrap_or_default();
    let taken = tx.client.query_typed(TAKE_KEY, args![tenant, key, uuid(event.id.as_bytes())]).await?;
    if !taken.is_empty() {
        return Ok(None);
    }
    let rows = tx.client.query_typed(KNOWN, args![tenant, key]).await?;
    let Some(row) = rows.first() else {
        let gone = Error::new(ErrorCode::Internal, "an idempotency key names an event that is not there");
        return Ok(Some(Err(gone)));
    };
    if let Err(refusal) = event.check_known(&row.text(2)?, &row.sha256(3)?) {
        return Ok(Some(Err(refusal)));
    }
    let messages = sent(tx, event, row.int(0)?).await?;
    let matched = row.count(4)?;
    Ok(Some(Ok(Accepted::Known(EventReceipt {
        event_id: EventId::from_bytes(row.id(1)?),
        matched: (!event.for_server).then_some(matched),
        messages,
    }))))
}

async fn insert(tx: &mut Tx<'_>, event: &NewEvent) -> Sql<Result<Accepted>> {
    if tx.again
        && let Some(written) = written(tx, event).await?
    {
        return Ok(Ok(written));
    }
    if let Some(key) = &event.idempotency_key
        && let Some(known) = known(tx, event, key).await?
    {
        return Ok(known);
    }
    let lanes = if event.for_server {
        let server = EndpointId::from_bytes(EVENTS_OF_RELAY);
        vec![(relayed_lane(tx.client, &server, event.created_at).await?, server)]
    } else {
        let known = subscriptions::take(tx).await?;
        let mut payload = ReadLater::new(&event.payload);
        let lanes = known.index.matching(event.tenant.as_deref(), &event.event_type, &mut payload);
        tx.node.subscriptions.replace(known);
        lanes
    };
    let count = lanes.len() as i64;
    let values = args![
        uuid(event.id.as_bytes()),
        event.event_type.as_str(),
        event.tenant,
        event.idempotency_key,
        event.ordering_key,
        event.payload.len() as i64,
        &event.payload_sha256[..],
        event.created_at.as_millis(),
        millis(event.timing.deliver_at),
        millis(event.timing.expires_at),
        event.retention_hours.map(i64::from),
        if event.for_server { 0 } else { count },
        count,
        if count == 0 { event.own_payload_expiry() } else { None },
    ];
    let rows = tx.client.query_typed(INSERT, values).await?;
    let key = EventKey(rows.first().map_or(Ok(0), |row| row.int(0))?);
    let id = uuid(event.id.as_bytes());
    rows::insert_payloads(tx.client, &[(id, event.headers.as_deref(), &event.payload)]).await?;
    let source = Source {
        key,
        of_event: Arc::new(OfEvent {
            id: event.id,
            event_type: event.event_type.clone(),
            tenant: event.tenant.clone(),
        }),
        ordering_key: event.ordering_key.as_deref(),
        accepted_at: event.created_at,
        retention_hours: event.retention_hours,
        payload_sha256: event.payload_sha256,
        headers: event.headers.clone(),
        payload: event.payload.clone(),
    };
    let time = (event.timing, event.for_server);
    let written = insert_messages(tx, &source, &lanes, event.created_at, time).await?;
    Ok(Ok(Accepted::New(written)))
}

fn receipt(event: &NewEvent, accepted: Accepted, after: &mut AfterCommit<'_>) -> EventReceipt {
    let written = match accepted {
        Accepted::Known(receipt) => return receipt,
        Accepted::New(written) => written,
    };
    let mut receipt = EventReceipt {
        event_id: event.id,
        matched: (!event.for_server).then_some(written.len() as u64),
        messages: Vec::new(),
    };
    for Written { message, due_at, endpoint_id } in written {
        if !event.for_server {
            receipt.messages.push(SentMessage { message_id: message.id, endpoint_id });
        }
        if let Some(due_at) = due_at {
            after.accepted(due_at, message.lane, || message);
        }
    }
    receipt
}

/// Events that are accepted or fail together.
pub(super) struct SentEvents {
    entries: Vec<Result<(NewEvent, Result<Accepted>)>>,
    reply: EventsReply,
}

impl SentEvents {
    fn new(events: Vec<Result<NewEvent>>, reply: EventsReply) -> Self {
        let not_written = || Error::new(ErrorCode::Internal, "an event was not written");
        let entries = events.into_iter().map(|event| Ok((event?, Err(not_written())))).collect();
        Self { entries, reply }
    }

    pub(super) async fn apply(&mut self, tx: &mut Tx<'_>) -> Sql<()> {
        for (event, outcome) in self.entries.iter_mut().flatten() {
            *outcome = insert(tx, event).await?;
        }
        Ok(())
    }

    pub(super) fn finish(self, committed: std::result::Result<(), &Error>, after: &mut AfterCommit<'_>) {
        let Self { entries, reply } = self;
        let mut answer = |entry: Result<(NewEvent, Result<Accepted>)>| {
            let (event, outcome) = entry?;
            outcome.map(|accepted| receipt(&event, accepted, after))
        };
        let outcome = committed.map_err(Clone::clone);
        reply.fill(outcome.map(|()| entries.into_iter().map(&mut answer).collect()));
    }
}

/// Makes the messages of events that an endpoint has missed.
pub(super) struct MakeUp {
    endpoint: EndpointId,
    events: Vec<EventKey>,
    gap_ms: u64,
    made: Result<Vec<Written>>,
    reply: SyncSender<Result<Vec<MessageId>>>,
}

impl MakeUp {
    pub(super) async fn apply(&mut self, tx: &mut Tx<'_>) -> Sql<()> {
        let Some(lane) = endpoints::live_lane(tx.client, &self.endpoint).await? else {
            self.made = Err(endpoint_not_found());
            return Ok(());
        };
        let mut made: Vec<Written> = Vec::new();
        for event in &self.events {
            let rows = tx.client.query_typed(TO_MAKE_UP, args![event.0, lane.0]).await?;
            let Some(row) = rows.first() else { continue };
            let ordering_key = row.maybe_text(3)?;
            let source = Source {
                key: *event,
                of_event: Arc::new(OfEvent {
                    id: EventId::from_bytes(row.id(0)?),
                    event_type: EventType::stored(row.text(1)?),
                    tenant: row.maybe_text(2)?,
                }),
                ordering_key: ordering_key.as_deref(),
                accepted_at: row.time(4)?,
                retention_hours: row.maybe_small(7)?,
                payload_sha256: row.sha256(8)?,
                headers: row.maybe_text(9)?,
                payload: row.bytes(10)?.into(),
            };
            let now = tx.now;
            let spread = (made.len() as u64).saturating_mul(self.gap_ms);
            let spread = (spread > 0).then(|| now.plus(std::time::Duration::from_millis(spread)));
            let deliver_at = row.maybe_time(5)?.filter(|at| *at > now).max(spread);
            let timing = Timing { deliver_at, expires_at: row.maybe_time(6)? };
            let lanes = [(lane, self.endpoint)];
            made.extend(insert_messages(tx, &source, &lanes, now, (timing, false)).await?);
            tx.client.query_typed(NEEDED_MORE, args![event.0]).await?;
        }
        self.made = Ok(made);
        Ok(())
    }

    pub(super) fn finish(self, committed: std::result::Result<(), &Error>, after: &mut AfterCommit<'_>) {
        let outcome = committed.map_err(Clone::clone).and(self.made);
        let _ = self.reply.send(outcome.map(|made| {
            let mut ids = Vec::new();
            for Written { message, due_at, .. } in made {
                ids.push(message.id);
                if let Some(due_at) = due_at {
                    after.accepted(due_at, message.lane, || message);
                }
            }
            ids
        }));
    }
}

impl Events for Store {
    fn accept_events(&self, events: Vec<Result<NewEvent>>, _: Caller, reply: EventsReply) -> Result<()> {
        self.write(Work::Events(SentEvents::new(events, reply)))
    }

    fn event(&self, id: &EventId) -> Result<Option<EventRecord>> {
        let id = uuid(id.as_bytes());
        self.read(async move |_, client| event_lists::find(client, id).await)
    }

    fn event_messages(
        &self,
        id: &EventId,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<(Vec<EventMessage>, Option<Cursor>)> {
        let id = uuid(id.as_bytes());
        self.read(async move |_, client| event_lists::messages(client, id, after, limit).await)
    }

    fn events(
        &self,
        sought: &SoughtEvents,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<(Vec<EventRecord>, Option<Cursor>)> {
        let sought = sought.clone();
        self.read(async move |_, client| event_lists::list(client, &sought, after, limit).await)
    }

    fn missed(
        &self,
        endpoint: &EndpointId,
        sought: &SoughtEvents,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Missed> {
        let (endpoint, sought) = (*endpoint, sought.clone());
        self.read(async move |_, client| event_lists::missed(client, &endpoint, &sought, after, limit).await)?
            .ok_or_else(endpoint_not_found)
    }

    fn make_up(&self, endpoint: &EndpointId, events: Vec<EventKey>, gap_ms: u64) -> Result<Vec<MessageId>> {
        let (reply, answered) = sync_channel(1);
        let made = Ok(Vec::new());
        self.write(Work::MakeUp(MakeUp { endpoint: *endpoint, events, gap_ms, made, reply }))?;
        answered.recv().unwrap_or_else(|_| Err(closed()))
    }
}
