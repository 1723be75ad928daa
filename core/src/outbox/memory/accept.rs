//! Accepting messages.

use super::job::{AfterCommit, Applied, Job};
use super::rows::StoredMessage;
use super::transaction::{Transaction, add_to_counters};
use super::{Memory, wait};
use crate::error::{Error, ErrorCode, Result, endpoint_not_found};
use crate::host::completion::{Reply, Slot};
use crate::model::endpoint::Endpoint;
use crate::model::ids::{EndpointId, MessageId};
use crate::model::message::MessageStatus;
use crate::model::receipt::SendReceipt;
use crate::model::timestamp::Timestamp;
use crate::outbox::accept::{Accept, Caller};
use crate::outbox::figures::{Counters, MINUTE, floor};
use crate::outbox::messages::StoredPayload;
use crate::outbox::rows::{LaneKey, MessageKey};
use crate::outbox::stored_message::Place;
use crate::outbox::{NewMessage, due_at};

enum Accepted {
    /// With when it is due, unless it waits behind another.
    New(MessageKey, LaneKey, Option<i64>),
    /// Accepted before: its idempotency key names this message.
    Known(MessageId),
}

/// A row for an endpoint that only the server of a relay knows.
pub(super) fn relayed_lane(transaction: &mut Transaction<'_>, id: EndpointId, now: Timestamp) -> LaneKey {
    if let Some(lane) = transaction.rows.any_lane_of(&id) {
        if let Some(stored) = transaction.rows.endpoints.get_mut(&lane) {
            stored.deleted_at = None;
        }
        return lane;
    }
    let endpoint = Endpoint {
        id,
        url: String::new(),
        description: None,
        rate_limit_rps: None,
        burst: None,
        headers: None,
        retry_schedule: None,
        max_attempts: None,
        paused: false,
        created_at: now,
        updated_at: now,
        tenant: None,
        event_types: None,
        filter: None,
        on_failure: None,
    };
    transaction.rows.insert_endpoint(endpoint, Vec::new())
}

fn insert(transaction: &mut Transaction<'_>, message: &NewMessage) -> Result<Accepted> {
    if message.id_is_given
        && let Some(key) = transaction.rows.written_key_of(&message.id)
        && let Some(known) = transaction.rows.messages.get(&key)
    {
        return message.is_there(&known.payload_sha256).map(Accepted::Known);
    }
    let lane = match transaction.rows.live_lane_of(&message.endpoint_id) {
        Some(lane) => lane,
        None if message.makes_lane => relayed_lane(transaction, message.endpoint_id, message.created_at),
        None => return Err(endpoint_not_found()),
    };
    if let Some(idempotency_key) = &message.idempotency_key
        && let Some(known) = transaction.rows.named_by(lane, idempotency_key)
    {
        return message.is_known_as(known.id, &known.payload_sha256).map(Accepted::Known);
    }
    if transaction.rows.written_key_of(&message.id).is_some() {
        return Err(transaction.is_not_unique("a message"));
    }
    let behind = transaction.rows.behind();
    let due_at = if message.makes_lane { due_at::AT_ONCE } else { message.timing.due_at(behind) };
    let place = transaction.rows.place_of_new(lane, message.ordering_key.as_deref());
    let held = place == Some(Place::Behind);
    let row = StoredMessage {
        id: message.id,
        lane,
        status: MessageStatus::Queued,
        due_at: (!held).then_some(due_at),
        attempt_count: 0,
        schedule_start: 0,
        epoch: 0,
        replay_count: 0,
        retry_type: None,
        size_bytes: message.payload.len() as u64,
        payload_sha256: message.payload_sha256,
        idempotency_key: message.idempotency_key.clone(),
        created_at: message.created_at,
        updated_at: message.created_at,
        retention_hours: message.retention_hours,
        payload_expires_at: message.payload_expires_at(),
        first_attempt_at: None,
        delivered_at: None,
        failed_at: None,
        last_error: None,
        response_status: None,
        response_latency_ms: None,
        deleted_at: None,
        deleted_by: None,
        payload: Some(StoredPayload { headers: message.headers.clone(), body: message.payload.clone() }),
        event: None,
        of_event: None,
        ordering_key: message.ordering_key.clone(),
        place,
        held_due_at: held.then_some(due_at),
        timing: message.timing,
    };
    let key = transaction.rows.insert_message(row);
    // Counted in the minute of its acceptance, unlike everything else that is counted.
    let minute = floor(message.created_at.as_millis(), MINUTE);
    add_to_counters(transaction.rows, (minute, lane), &Counters { total: 1, ..Counters::default() });
    Ok(Accepted::New(key, lane, (!held).then_some(due_at)))
}

/// The answer to the caller that sent a message.
fn receipt(message: NewMessage, accepted: Accepted, after: &mut AfterCommit<'_>) -> SendReceipt {
    let message_id = match accepted {
        Accepted::Known(id) => id,
        Accepted::New(key, lane, due_at) => {
            let id = message.id;
            if let Some(due_at) = due_at {
                after.accepted(due_at, lane, |lane| message.into_due(key, lane));
            }
            id
        }
    };
    SendReceipt { message_id, status: MessageStatus::Queued }
}

fn not_written() -> Error {
    Error::new(ErrorCode::Internal, "a message was not written")
}

struct Send {
    message: NewMessage,
    outcome: Result<Accepted>,
    reply: Reply,
}

impl Job for Send {
    fn apply(&mut self, transaction: &mut Transaction<'_>) {
        self.outcome = insert(transaction, &self.message);
    }

    fn finish(self: Box<Self>, committed: std::result::Result<(), &Error>, after: &mut AfterCommit<'_>) {
        let Self { message, outcome, reply } = *self;
        let outcome = committed.map_err(Clone::clone).and(outcome);
        let outcome = outcome.map(|accepted| receipt(message, accepted, after));
        after.completions.answer(reply, outcome.map_err(Error::in_process));
    }
}

struct SendBatch {
    entries: Vec<Result<(NewMessage, Result<Accepted>)>>,
    reply: std::sync::Arc<Slot<Result<Vec<Result<SendReceipt>>>>>,
}

impl Job for SendBatch {
    fn apply(&mut self, transaction: &mut Transaction<'_>) {
        for (message, outcome) in self.entries.iter_mut().flatten() {
            *outcome = insert(transaction, message);
        }
    }

    fn finish(self: Box<Self>, committed: std::result::Result<(), &Error>, after: &mut AfterCommit<'_>) {
        let Self { entries, reply } = *self;
        let mut answer = |entry: Result<(NewMessage, Result<Accepted>)>| {
            let (message, outcome) = entry?;
            outcome.map(|accepted| receipt(message, accepted, after))
        };
        let outcome = committed.map_err(Clone::clone);
        reply.fill(outcome.map(|()| entries.into_iter().map(&mut answer).collect()));
    }
}

impl Accept for Memory {
    fn accept(&self, message: NewMessage, _caller: Caller, reply: Reply) -> Result<()> {
        self.put("accept", Send { message, outcome: Err(not_written()), reply })
    }

    fn accept_batch(&self, messages: Vec<Result<NewMessage>>) -> Result<Vec<Result<SendReceipt>>> {
        let entries = messages.into_iter().map(|message| Ok((message?, Err(not_written())))).collect();
        let reply = Slot::new();
        self.put("accept_batch", SendBatch { entries, reply: reply.clone() })?;
        wait(&reply)
    }
}

impl Memory {
    /// Drops a message's row with everything that belongs to it, as retention does.
    pub(crate) fn drop_message(&self, key: MessageKey) -> Result<()> {
        self.change_and_wait("drop_message", move |transaction| {
            transaction.rows.drop_message(key);
            Ok(Applied::quietly(()))
        })
    }
}
