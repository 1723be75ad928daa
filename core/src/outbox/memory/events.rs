//! Events, and the messages that they make.

use std::sync::Arc;

use super::accept::relayed_lane;
use super::job::{AfterCommit, Job};
use super::rows::{Rows, StoredEvent, StoredMessage};
use super::transaction::{Transaction, add_to_counters};
use super::{Memory, wait};
use crate::error::{Error, ErrorCode, Result, endpoint_not_found};
use crate::host::completion::Slot;
use crate::model::event_record::{EventMessage, EventRecord, OfEvent};
use crate::model::hex;
use crate::model::ids::{EndpointId, EventId, MessageId};
use crate::model::message::MessageStatus;
use crate::model::receipt::{EventReceipt, SentMessage};
use crate::model::timestamp::Timestamp;
use crate::outbox::accept::Caller;
use crate::outbox::events::{
    EVENTS_OF_RELAY, EventKey, EventOutcomes, Events, EventsReply, Missed, NewEvent, SoughtEvents,
};
use crate::outbox::figures::{Counters, MINUTE, floor};
use crate::outbox::messages::StoredPayload;
use crate::outbox::page::Cursor;
use crate::outbox::rows::{LaneKey, MessageKey};
use crate::outbox::stored_message::Place;
use crate::outbox::subscriptions::{ReadLater, wants};
use crate::outbox::{DueMessage, Timing, due_at};

/// The most events that one page reads. It is small so that tests meet short pages.
const MOST_READ: usize = 50;

impl Rows {
    /// Drops a message's payload; that of an event with the last of its messages that needs it.
    pub(super) fn drop_payload(&mut self, key: MessageKey) {
        let mut had = false;
        self.change_message(key, |row| had = row.payload.take().is_some());
        let event = self.messages.get(&key).and_then(|row| row.event);
        if let Some(event) = event.filter(|_| had)
            && let Some(stored) = self.events.get_mut(&event)
        {
            stored.needed_by -= 1;
            if stored.needed_by == 0 {
                stored.payload = None;
                stored.record.has_payload = false;
            }
        }
    }

    /// The endpoints that want an event, as the transaction sees them.
    fn matching(&self, event: &NewEvent) -> Vec<LaneKey> {
        let mut payload = ReadLater::new(&event.payload);
        let mut lanes: Vec<LaneKey> = self
            .endpoints
            .range(..)
            .filter(|(_, stored)| stored.deleted_at.is_none())
            .filter(|(_, stored)| {
                wants(&stored.endpoint, event.tenant.as_deref(), &event.event_type, &mut payload)
            })
            .map(|(lane, _)| *lane)
            .collect();
        lanes.sort_unstable();
        lanes
    }

    /// The messages of an event, as the transaction sees them.
    fn messages_of(&self, event: EventKey) -> Vec<(LaneKey, MessageKey)> {
        let of_event = self.messages.range(..).filter(|(_, row)| row.event == Some(event));
        let mut found: Vec<_> = of_event.map(|(key, row)| (row.lane, *key)).collect();
        found.sort_unstable();
        found
    }

    pub(super) fn endpoint_id(&self, lane: LaneKey) -> EndpointId {
        self.endpoints.get(&lane).map_or(EndpointId::from_bytes([0; 16]), |stored| stored.endpoint.id)
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
    transaction: &mut Transaction<'_>,
    key: EventKey,
    event: &StoredEvent,
    lane: LaneKey,
    created_at: Timestamp,
    (timing, at_once): (Timing, bool),
) -> Option<Written> {
    let payload = event.payload.clone()?;
    let id = MessageId::generate().ok()?;
    let behind = transaction.rows.behind();
    let due_at = if at_once { due_at::AT_ONCE } else { timing.due_at(behind) };
    let ordering_key = event.record.ordering_key.clone();
    let place = transaction.rows.place_of_new(lane, ordering_key.as_deref());
    let held = place == Some(Place::Behind);
    let of_event = Arc::new(OfEvent {
        id: event.record.event_id,
        event_type: event.record.r#type.clone(),
        tenant: event.record.tenant.clone(),
    });
    let hours = event.retention_hours.filter(|hours| *hours > 0);
    let row = StoredMessage {
        id,
        lane,
        status: MessageStatus::Queued,
        due_at: (!held).then_some(due_at),
        attempt_count: 0,
        schedule_start: 0,
        epoch: 0,
        replay_count: 0,
        retry_type: None,
        size_bytes: payload.body.len() as u64,
        payload_sha256: event.payload_sha256,
        idempotency_key: None,
        created_at,
        updated_at: created_at,
        retention_hours: event.retention_hours,
        payload_expires_at: hours.map(|hours| {
            timing
                .deliver_at
                .unwrap_or(event.record.created_at)
                .plus(std::time::Duration::from_secs(u64::from(hours) * 3_600))
        }),
        first_attempt_at: None,
        delivered_at: None,
        failed_at: None,
        last_error: None,
        response_status: None,
        response_latency_ms: None,
        deleted_at: None,
        deleted_by: None,
        payload: Some(payload.clone()),
        event: Some(key),
        of_event: Some(of_event.clone()),
        ordering_key: ordering_key.clone(),
        place,
        held_due_at: held.then_some(due_at),
        timing,
    };
    let message_key = transaction.rows.insert_message(row);
    let minute = floor(created_at.as_millis(), MINUTE);
    add_to_counters(transaction.rows, (minute, lane), &Counters { total: 1, ..Counters::default() });
    let message = DueMessage {
        key: message_key,
        id,
        lane,
        due_at,
        attempt_count: 0,
        schedule_start: 0,
        epoch: 0,
        created_at,
        retention_hours: event.retention_hours,
        headers: payload.headers,
        payload: payload.body,
        event: Some(of_event),
        ordering_key: ordering_key.as_deref().map(Arc::from),
        timing,
    };
    Some(Written {
        message,
        due_at: (!held).then_some(due_at),
        endpoint_id: transaction.rows.endpoint_id(lane),
    })
}

enum Accepted {
    New(Vec<Written>),
    Known(EventReceipt),
}

fn insert(transaction: &mut Transaction<'_>, event: &NewEvent) -> Result<Accepted> {
    let name = event.idempotency_key.clone().map(|key| (event.tenant.clone(), key));
    let known = name.as_ref().and_then(|name| transaction.rows.event_names.get(name).copied());
    if let Some(key) = known
        && let Some(stored) = transaction.rows.events.get(&key)
    {
        event.check_known(stored.record.r#type.as_str(), &stored.payload_sha256)?;
        let (event_id, matched) = (stored.record.event_id, stored.record.matched);
        let sent = |(lane, message): (LaneKey, MessageKey)| {
            let row = transaction.rows.messages.get(&message)?;
            Some(SentMessage { message_id: row.id, endpoint_id: transaction.rows.endpoint_id(lane) })
        };
        let messages = if event.for_server {
            Vec::new()
        } else {
            transaction.rows.messages_of(key).into_iter().filter_map(sent).collect()
        };
        return Ok(Accepted::Known(EventReceipt {
            event_id,
            matched: (!event.for_server).then_some(matched),
            messages,
        }));
    }
    if transaction.rows.event_ids.get(&event.id).is_some() {
        return Err(transaction.is_not_unique("an event"));
    }
    let lanes = if event.for_server {
        let server = EndpointId::from_bytes(EVENTS_OF_RELAY);
        vec![match transaction.rows.live_lane_of(&server) {
            Some(lane) => lane,
            None => relayed_lane(transaction, server, event.created_at),
        }]
    } else {
        transaction.rows.matching(event)
    };
    let key = EventKey(transaction.rows.events.last_key().map_or(1, |last| last.0 + 1));
    let stored = StoredEvent {
        record: EventRecord {
            event_id: event.id,
            r#type: event.event_type.clone(),
            tenant: event.tenant.clone(),
            idempotency_key: event.idempotency_key.clone(),
            ordering_key: event.ordering_key.clone(),
            size_bytes: event.payload.len() as u64,
            payload_sha256: hex::encode(&event.payload_sha256),
            created_at: event.created_at,
            deliver_at: event.timing.deliver_at,
            expires_at: event.timing.expires_at,
            matched: if event.for_server { 0 } else { lanes.len() as u64 },
            has_payload: true,
        },
        payload_sha256: event.payload_sha256,
        retention_hours: event.retention_hours,
        payload: Some(StoredPayload { headers: event.headers.clone(), body: event.payload.clone() }),
        needed_by: lanes.len() as u64,
    };
    transaction.rows.event_ids.put(event.id, key);
    transaction.rows.events.put(key, stored.clone());
    if let Some(name) = name {
        transaction.rows.event_names.put(name, key);
    }
    let time = (event.timing, event.for_server);
    let written = lanes
        .into_iter()
        .filter_map(|lane| insert_message(transaction, key, &stored, lane, event.created_at, time))
        .collect();
    Ok(Accepted::New(written))
}

fn not_written() -> Error {
    Error::new(ErrorCode::Internal, "an event was not written")
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
            after.accepted(due_at, message.lane, |_| message);
        }
    }
    receipt
}

struct SendEvents {
    entries: Vec<Result<(NewEvent, Result<Accepted>)>>,
    reply: EventsReply,
}

impl Job for SendEvents {
    fn apply(&mut self, transaction: &mut Transaction<'_>) {
        for (event, outcome) in self.entries.iter_mut().flatten() {
            *outcome = insert(transaction, event);
        }
    }

    fn finish(self: Box<Self>, committed: std::result::Result<(), &Error>, after: &mut AfterCommit<'_>) {
        let Self { entries, reply } = *self;
        let mut answer = |entry: Result<(NewEvent, Result<Accepted>)>| {
            let (event, outcome) = entry?;
            outcome.map(|accepted| receipt(&event, accepted, after))
        };
        let outcome = committed.map_err(Clone::clone);
        reply.fill(outcome.map(|()| entries.into_iter().map(&mut answer).collect()));
    }
}

struct MakeUp {
    endpoint: EndpointId,
    events: Vec<EventKey>,
    gap_ms: u64,
    made: Result<Vec<Written>>,
    reply: Arc<Slot<Result<Vec<MessageId>>>>,
}

impl Job for MakeUp {
    fn apply(&mut self, transaction: &mut Transaction<'_>) {
        let Some(lane) = transaction.rows.live_lane_of(&self.endpoint) else {
            self.made = Err(endpoint_not_found());
            return;
        };
        let mut made: Vec<Written> = Vec::new();
        for event in &self.events {
            let has_message = transaction.rows.messages_of(*event).iter().any(|(of, _)| *of == lane);
            let Some(stored) = transaction.rows.events.get(event).cloned().filter(|_| !has_message) else {
                continue;
            };
            let now = transaction.now;
            let spread = (made.len() as u64).saturating_mul(self.gap_ms);
            let spread = (spread > 0).then(|| now.plus(std::time::Duration::from_millis(spread)));
            let deliver_at = stored.record.deliver_at.filter(|at| *at > now).max(spread);
            let timing = Timing { deliver_at, expires_at: stored.record.expires_at };
            let Some(written) = insert_message(transaction, *event, &stored, lane, now, (timing, false))
            else {
                continue;
            };
            made.push(written);
            if let Some(stored) = transaction.rows.events.get_mut(event) {
                stored.needed_by += 1;
            }
        }
        self.made = Ok(made);
    }

    fn finish(self: Box<Self>, committed: std::result::Result<(), &Error>, after: &mut AfterCommit<'_>) {
        let outcome = committed.map_err(Clone::clone).and(self.made);
        self.reply.fill(outcome.map(|made| {
            let mut ids = Vec::new();
            for Written { message, due_at, .. } in made {
                ids.push(message.id);
                if let Some(due_at) = due_at {
                    after.accepted(due_at, message.lane, |_| message);
                }
            }
            ids
        }));
    }
}

impl Events for Memory {
    fn accept_events(&self, events: Vec<Result<NewEvent>>, _: Caller, reply: EventsReply) -> Result<()> {
        let entries = events.into_iter().map(|event| Ok((event?, Err(not_written())))).collect();
        self.put("accept_events", SendEvents { entries, reply })
    }

    fn accept_events_now(&self, events: Vec<Result<NewEvent>>, caller: Caller) -> EventOutcomes {
        let slot = Slot::new();
        self.accept_events(events, caller, EventsReply::Thread(slot.clone()))?;
        wait(&slot)
    }

    fn event(&self, id: &EventId) -> Result<Option<EventRecord>> {
        self.read("event", |rows| {
            let key = rows.event_ids.committed().get(id)?;
            rows.events.committed().get(key).map(|stored| stored.record.clone())
        })
    }

    fn event_messages(
        &self,
        id: &EventId,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<(Vec<EventMessage>, Option<Cursor>)> {
        let after = LaneKey(after.map_or(0, |Cursor(row)| row));
        self.read("event_messages", |rows| {
            let Some(key) = rows.event_ids.committed().get(id).copied() else { return (Vec::new(), None) };
            let mut found: Vec<_> =
                rows.messages().values().filter(|row| row.event == Some(key) && row.lane > after).collect();
            found.sort_unstable_by_key(|row| row.lane);
            let more = found.len() > limit;
            found.truncate(limit);
            let next = found.last().filter(|_| more).map(|row| Cursor(row.lane.0));
            let shown = |row: &StoredMessage| EventMessage {
                message_id: row.id,
                endpoint_id: rows.endpoint_id(row.lane),
                status: row.status,
            };
            (found.into_iter().map(shown).collect(), next)
        })
    }

    fn events(
        &self,
        sought: &SoughtEvents,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<(Vec<EventRecord>, Option<Cursor>)> {
        self.read("events", |rows| {
            let before = EventKey(after.map_or(i64::MAX, |Cursor(row)| row));
            let mut all = rows.events.committed().range(..before).rev();
            let (mut found, mut last) = (Vec::new(), before);
            for (key, stored) in all.by_ref().take(MOST_READ) {
                let record = &stored.record;
                if sought.takes(record.r#type.as_str(), record.tenant.as_deref(), record.created_at) {
                    if found.len() == limit {
                        return (found, Some(Cursor(last.0)));
                    }
                    found.push(record.clone());
                }
                last = *key;
            }
            let next = all.next().map(|_| Cursor(last.0));
            (found, next)
        })
    }

    fn missed(
        &self,
        endpoint: &EndpointId,
        sought: &SoughtEvents,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Missed> {
        self.read("missed", |rows| {
            let lane = rows.lane_of(endpoint).ok_or_else(endpoint_not_found)?;
            let endpoint = &rows.endpoints().get(&lane).ok_or_else(endpoint_not_found)?.endpoint;
            let begin = EventKey(after.map_or(1, |Cursor(row)| row + 1));
            let mut all = rows.events.committed().range(begin..);
            let mut missed = Missed { events: Vec::new(), looked_at: 0, next: None };
            let mut last = begin.0 - 1;
            for (key, stored) in all.by_ref().take(MOST_READ) {
                let record = &stored.record;
                let has_message =
                    rows.messages().values().any(|row| row.event == Some(*key) && row.lane == lane);
                let takes = sought.takes(record.r#type.as_str(), record.tenant.as_deref(), record.created_at);
                let is_over = record.expires_at.is_some_and(|at| at <= self.clock().now());
                if let Some(payload) = stored.payload.as_ref().filter(|_| takes && !has_message && !is_over)
                    && wants(
                        endpoint,
                        record.tenant.as_deref(),
                        &record.r#type,
                        &mut ReadLater::new(&payload.body),
                    )
                {
                    if missed.events.len() == limit {
                        missed.next = Some(Cursor(last));
                        return Ok(missed);
                    }
                    missed.events.push((*key, record.event_id));
                }
                missed.looked_at += 1;
                last = key.0;
            }
            missed.next = all.next().map(|_| Cursor(last));
            Ok(missed)
        })?
    }

    fn make_up(&self, endpoint: &EndpointId, events: Vec<EventKey>, gap_ms: u64) -> Result<Vec<MessageId>> {
        let reply = Slot::new();
        let made = Ok(Vec::new());
        self.put("make_up", MakeUp { endpoint: *endpoint, events, gap_ms, made, reply: reply.clone() })?;
        wait(&reply)
    }
}
