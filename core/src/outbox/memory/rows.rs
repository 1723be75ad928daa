//! The tables of the outbox, and their indices.

use std::collections::BTreeMap;

use super::table::{Table, Transactional};

use crate::model::activity::Activity;
use crate::model::attempt::Attempt;
use crate::model::endpoint::Endpoint;
use crate::model::event_record::EventRecord;
use crate::model::event_type_entry::EventTypeEntry;
use crate::model::export::Export;
use crate::model::ids::{EndpointId, EventId, MessageId};
use crate::model::sent_headers::SentHeaders;
use crate::model::timestamp::Timestamp;
use crate::outbox::api_keys::StoredApiKey;
use crate::outbox::change::Change;
use crate::outbox::clock::Noted;
use crate::outbox::endpoints::StoredKey;
use crate::outbox::events::EventKey;
use crate::outbox::figures::Counters;
use crate::outbox::messages::StoredPayload;
use crate::outbox::rows::{LaneKey, MessageKey};
use crate::outbox::sign_in::LoginCode;
use crate::outbox::stored_message;

/// The row of a message, with its payload.
pub(crate) type StoredMessage = stored_message::StoredMessage<StoredPayload>;

/// The row of an event.
#[derive(Clone, Debug)]
pub(crate) struct StoredEvent {
    pub record: EventRecord,
    pub payload_sha256: [u8; 32],
    pub retention_hours: Option<u32>,
    pub payload: Option<StoredPayload>,
    /// How many of its messages need the payload.
    pub needed_by: u64,
}

#[derive(Clone, Debug)]
pub(super) struct StoredAttempt {
    pub attempt: Attempt,
    pub sent: SentHeaders,
}

/// The row of an endpoint. A deleted endpoint still delivers its accepted messages.
#[derive(Clone)]
pub(crate) struct StoredEndpoint {
    pub endpoint: Endpoint,
    pub deleted_at: Option<Timestamp>,
    /// Oldest first.
    pub keys: Vec<StoredKey>,
}

/// The tables. Only the open transaction changes them, and at most one is open.
#[derive(Default)]
pub(crate) struct Rows {
    pub(super) messages: Table<MessageKey, StoredMessage>,
    message_ids: Table<MessageId, MessageKey>,
    /// The messages by idempotency key, without deleted ones.
    idempotency_keys: Table<(LaneKey, String), MessageKey>,
    pub(super) events: Table<EventKey, StoredEvent>,
    pub(super) event_ids: Table<EventId, EventKey>,
    /// The events by tenant and idempotency key.
    pub(super) event_names: Table<(Option<String>, String), EventKey>,
    pub(super) event_types: Table<String, EventTypeEntry>,
    /// Every message that waits, by its lane and due time.
    pub(super) waiting: Table<(LaneKey, i64, MessageKey), ()>,
    pub(super) attempts: Table<(MessageKey, u32), StoredAttempt>,
    pub(super) endpoints: Table<LaneKey, StoredEndpoint>,
    lanes: Table<EndpointId, LaneKey>,
    pub(super) api_keys: Table<i64, StoredApiKey>,
    pub(super) exports: Table<i64, Export>,
    /// By number.
    pub(super) activities: Table<u64, Activity>,
    /// The secret that signs links to exports.
    pub(super) link_secret: Table<(), [u8; 32]>,
    /// The secret that signs the console's sessions.
    pub(super) session_secret: Table<(), [u8; 32]>,
    pub(super) login_codes: Table<[u8; 32], LoginCode>,
    /// When each was served last, by its URL.
    pub(super) consoles: Table<String, Timestamp>,
    /// The counters, by the minute's beginning.
    pub(super) counters: Table<(i64, LaneKey), Counters>,
    /// The state of the clocks that was noted last.
    pub(super) noted: Table<(), Noted>,
    /// By how much the wall clock was set, with the newest message at that moment.
    pub(super) clock_steps: Table<i64, (MessageKey, i64)>,
    /// The changes, by revision.
    pub(super) changes: Table<i64, Change>,
}

impl Rows {
    fn tables(&mut self) -> [&mut dyn Transactional; 22] {
        [
            &mut self.messages,
            &mut self.message_ids,
            &mut self.idempotency_keys,
            &mut self.events,
            &mut self.event_ids,
            &mut self.event_names,
            &mut self.event_types,
            &mut self.waiting,
            &mut self.attempts,
            &mut self.endpoints,
            &mut self.lanes,
            &mut self.api_keys,
            &mut self.exports,
            &mut self.activities,
            &mut self.link_secret,
            &mut self.session_secret,
            &mut self.login_codes,
            &mut self.consoles,
            &mut self.counters,
            &mut self.noted,
            &mut self.clock_steps,
            &mut self.changes,
        ]
    }

    /// Ends the transaction. Returns whether it had written anything.
    pub(super) fn commit(&mut self) -> bool {
        let mut tables = self.tables();
        let wrote = tables.iter().any(|table| table.is_written());
        tables.iter_mut().for_each(|table| table.commit());
        wrote
    }

    pub(super) fn roll_back(&mut self) {
        self.tables().iter_mut().for_each(|table| table.roll_back());
    }

    /// Every message, as readers see them.
    pub(crate) fn messages(&self) -> &BTreeMap<MessageKey, StoredMessage> {
        self.messages.committed()
    }

    /// Every endpoint, also those that were deleted.
    pub(crate) fn endpoints(&self) -> &BTreeMap<LaneKey, StoredEndpoint> {
        self.endpoints.committed()
    }

    /// The due times of the messages that wait in a lane, in order; 0 for fresh messages.
    pub(crate) fn waiting_in(&self, lane: LaneKey) -> impl Iterator<Item = (i64, MessageKey)> + '_ {
        let whole = (lane, i64::MIN, MessageKey(i64::MIN))..=(lane, i64::MAX, MessageKey(i64::MAX));
        self.waiting.committed().range(whole).map(|((_, due_at, message), ())| (*due_at, *message))
    }

    /// The row of a message, as readers see it.
    pub(crate) fn key_of(&self, id: &MessageId) -> Option<MessageKey> {
        self.message_ids.committed().get(id).copied()
    }

    /// The row of an endpoint that was not deleted, as readers see it.
    pub(crate) fn lane_of(&self, id: &EndpointId) -> Option<LaneKey> {
        let lane = *self.lanes.committed().get(id)?;
        self.endpoints().get(&lane).filter(|stored| stored.deleted_at.is_none()).map(|_| lane)
    }

    /// The revision, which rises with every change.
    pub(super) fn revision(&self) -> i64 {
        self.changes.committed().last_key_value().map_or(0, |(revision, _)| *revision)
    }

    /// How far due time is ahead of the wall clock.
    pub(super) fn behind(&self) -> i64 {
        self.noted.get(&()).map_or(0, |noted| noted.behind)
    }

    /// By how much the wall clock was set since a message was accepted.
    pub(super) fn set_since(&self, message: MessageKey) -> i64 {
        self.clock_steps.range(..).filter(|(_, (last, _))| *last >= message).map(|(_, (_, step))| *step).sum()
    }

    // The methods below read and write as the transaction.

    pub(super) fn written_key_of(&self, id: &MessageId) -> Option<MessageKey> {
        self.message_ids.get(id).copied()
    }

    /// The row of an endpoint, whether it was deleted or not.
    pub(super) fn any_lane_of(&self, id: &EndpointId) -> Option<LaneKey> {
        self.lanes.get(id).copied()
    }

    /// The row of an endpoint that was not deleted.
    pub(super) fn live_lane_of(&self, id: &EndpointId) -> Option<LaneKey> {
        let lane = self.any_lane_of(id)?;
        self.endpoints.get(&lane).filter(|stored| stored.deleted_at.is_none()).map(|_| lane)
    }

    /// An endpoint that was not deleted, and its row.
    pub(super) fn live_endpoint(&mut self, id: &EndpointId) -> Option<(LaneKey, &mut StoredEndpoint)> {
        let lane = self.live_lane_of(id)?;
        Some((lane, self.endpoints.get_mut(&lane)?))
    }

    /// The message that an idempotency key names.
    pub(super) fn named_by(&self, lane: LaneKey, idempotency_key: &str) -> Option<&StoredMessage> {
        self.messages.get(self.idempotency_keys.get(&(lane, idempotency_key.to_owned()))?)
    }

    pub(super) fn insert_endpoint(&mut self, endpoint: Endpoint, keys: Vec<StoredKey>) -> LaneKey {
        let lane = LaneKey(self.endpoints.last_key().map_or(1, |last| last.0 + 1));
        self.lanes.put(endpoint.id, lane);
        self.endpoints.put(lane, StoredEndpoint { endpoint, deleted_at: None, keys });
        lane
    }

    pub(super) fn insert_message(&mut self, message: StoredMessage) -> MessageKey {
        let key = MessageKey(self.messages.last_key().map_or(1, |last| last.0 + 1));
        self.message_ids.put(message.id, key);
        if let Some(idempotency_key) = &message.idempotency_key {
            self.idempotency_keys.put((message.lane, idempotency_key.clone()), key);
        }
        if let Some(due_at) = message.due_at {
            self.waiting.put((message.lane, due_at, key), ());
        }
        self.messages.put(key, message);
        key
    }

    /// Changes a message. False where there is no such message.
    pub(super) fn change_message(
        &mut self,
        key: MessageKey,
        change: impl FnOnce(&mut StoredMessage),
    ) -> bool {
        let Some(row) = self.messages.get_mut(&key) else { return false };
        let (was_due_at, was_deleted) = (row.due_at, row.deleted_at.is_some());
        change(row);
        let (lane, due_at) = (row.lane, row.due_at);
        if row.deleted_at.is_some()
            && !was_deleted
            && let Some(idempotency_key) = row.idempotency_key.clone()
        {
            self.idempotency_keys.delete((lane, idempotency_key));
        }
        if due_at != was_due_at {
            if let Some(before) = was_due_at {
                self.waiting.delete((lane, before, key));
            }
            if let Some(now) = due_at {
                self.waiting.put((lane, now, key), ());
            }
        }
        true
    }

    /// Drops a message's row with everything that belongs to it, as retention does.
    pub(super) fn drop_message(&mut self, key: MessageKey) {
        // Removes the message from the indices.
        let mut id = None;
        self.change_message(key, |row| {
            id = Some(row.id);
            (row.due_at, row.held_due_at) = (None, None);
            row.deleted_at = Some(row.updated_at);
        });
        self.leave(key);
        let Some(id) = id else { return };
        self.message_ids.delete(id);
        self.messages.delete(key);
        let attempts: Vec<_> =
            self.attempts.range((key, 0)..=(key, u32::MAX)).map(|(attempt, _)| *attempt).collect();
        attempts.into_iter().for_each(|attempt| self.attempts.delete(attempt));
    }
}
