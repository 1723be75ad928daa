//! The messages of an outbox.

use std::time::Duration;

use bytes::Bytes;

use crate::error::Result;
use crate::model::attempt::{Attempt, RetryType};
use crate::model::failure_cause::failure_cause;
use crate::model::ids::{EndpointId, MessageId};
use crate::model::message::{Message, MessageStatus};
use crate::model::message_summary::MessageSummary;
use crate::model::timestamp::Timestamp;
use crate::outbox::command::MessageCommand;
use crate::outbox::page::Cursor;
use crate::outbox::rows::{LaneKey, MessageKey};

/// A filter of messages.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub endpoint: Option<EndpointId>,
    /// Only these statuses; all where empty and no message is named as being delivered.
    pub statuses: Vec<MessageStatus>,
    /// These too, while they wait: the messages that are being delivered, which no store knows. In the order of acceptance.
    pub delivering: Option<Vec<MessageKey>>,
    /// Only this message.
    pub only: Option<MessageKey>,
    /// Only messages whose last failure has this cause.
    pub cause: Option<String>,
    /// Only messages whose last error has this text in it.
    pub error: Option<String>,
    /// Only messages whose idempotency key has this text in it.
    pub idempotency_key: Option<String>,
    pub created_from: Option<Timestamp>,
    pub created_before: Option<Timestamp>,
    pub without_deleted: bool,
    /// Only messages of events of this type.
    pub event_type: Option<String>,
    /// Only messages of events of this tenant.
    pub tenant: Option<String>,
    /// Only messages with this ordering key.
    pub ordering_key: Option<String>,
}

impl Filter {
    /// Whether a message of this status passes, as far as statuses go.
    pub(in crate::outbox) fn takes_status(
        &self,
        key: MessageKey,
        status: MessageStatus,
        is_deleted: bool,
    ) -> bool {
        let waits = matches!(status, MessageStatus::Queued | MessageStatus::PendingRetry) && !is_deleted;
        match &self.delivering {
            None => self.statuses.is_empty() || self.statuses.contains(&status),
            Some(rows) => self.statuses.contains(&status) || (waits && rows.binary_search(&key).is_ok()),
        }
    }

    /// Whether a message with these texts passes.
    pub(in crate::outbox) fn takes_texts(
        &self,
        response_status: Option<u16>,
        last_error: Option<&str>,
        idempotency_key: Option<&str>,
    ) -> bool {
        let has = |text: Option<&str>, part: &Option<String>| {
            part.as_ref().is_none_or(|part| text.is_some_and(|text| text.contains(part.as_str())))
        };
        has(last_error, &self.error)
            && has(idempotency_key, &self.idempotency_key)
            && self.cause.as_ref().is_none_or(|cause| *cause == failure_cause(response_status, last_error))
    }

    /// Whether a message of this event, and with this ordering key, passes.
    pub(in crate::outbox) fn takes_event(
        &self,
        event_type: Option<&str>,
        tenant: Option<&str>,
        ordering_key: Option<&str>,
    ) -> bool {
        let is = |wanted: &Option<String>, found: Option<&str>| {
            wanted.as_ref().is_none_or(|wanted| found == Some(wanted.as_str()))
        };
        is(&self.event_type, event_type) && is(&self.tenant, tenant) && is(&self.ordering_key, ordering_key)
    }

    /// Whether a row that an index finds for the status may still be refused.
    pub(in crate::outbox) fn looks_further(&self) -> bool {
        self.created_from.is_some()
            || self.created_before.is_some()
            || self.cause.is_some()
            || self.error.is_some()
            || self.idempotency_key.is_some()
            || self.event_type.is_some()
            || self.tenant.is_some()
            || self.ordering_key.is_some()
    }
}

/// The order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    NewestFirst,
    OldestFirst,
}

/// A page of messages. It may be short although more follow, since a bounded number of messages is read.
pub(crate) struct Listing {
    pub messages: Vec<(MessageKey, MessageSummary)>,
    pub next: Option<Cursor>,
}

/// A message as it is stored. The store does not know whether an attempt is under way.
pub(crate) struct Found {
    pub key: MessageKey,
    pub lane: LaneKey,
    pub message: Message,
    /// The kind of retry that it waits for.
    pub retry_type: Option<RetryType>,
    /// How often operations have changed it.
    pub epoch: i64,
    /// Whether it waits behind another message of its ordering key.
    pub held: bool,
}

/// The message that holds others of its ordering key back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Front {
    pub message_id: MessageId,
    /// Whether it was given up, and the others wait until a person acts.
    pub halted: bool,
    /// How many come before the message that was asked about, up to a bound.
    pub before: u64,
}

/// A payload with the message's own headers.
#[derive(Clone, Debug)]
pub(crate) struct StoredPayload {
    /// A JSON object.
    pub headers: Option<String>,
    pub body: Bytes,
}

/// A message in the dead letter queue, as it is grouped.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DeadLetter {
    pub message_id: MessageId,
    pub endpoint_id: EndpointId,
    /// The endpoint's URL.
    pub endpoint: String,
    pub response_status: Option<u16>,
    pub last_error: Option<String>,
    pub failed_at: Timestamp,
}

/// The result of a command.
#[derive(Debug)]
pub(crate) struct Changed {
    /// The message as it is now.
    pub message: Message,
    /// False where the message was like this before.
    pub changed: bool,
}

/// The messages of an outbox.
pub(crate) trait Messages: Send + Sync {
    /// A message by its id, also a deleted one.
    fn message(&self, id: &MessageId) -> Result<Option<Found>>;

    /// A message as [`message`](Self::message) finds it, with its payload where that is still kept.
    fn payload(&self, id: &MessageId) -> Result<Option<(Found, Option<StoredPayload>)>>;

    /// How many messages of its lane are due before this one, which waits: counted up to `most`.
    fn ahead(&self, found: &Found, now: Timestamp, most: u64) -> Result<u64>;

    /// The message in front of one that waits behind it in its order, with how many come before it: counted up to `most`. `None`
    /// for a message that is not held by another.
    fn front(&self, found: &Found, most: u64) -> Result<Option<Front>>;

    /// The first `limit` attempts of a message, and whether there are more. An unknown message has none.
    fn attempts(&self, id: &MessageId, limit: usize) -> Result<(Vec<Attempt>, bool)>;

    /// When the message at which a page ended was accepted; none where it is gone.
    fn accepted_at(&self, place: Cursor) -> Result<Option<Timestamp>>;

    /// At most `limit` messages behind `after`.
    ///
    /// # Errors
    /// `ENDPOINT_NOT_FOUND` where the filter names an endpoint that is unknown or deleted.
    fn page(&self, filter: &Filter, order: Order, after: Option<Cursor>, limit: usize) -> Result<Listing>;

    /// Calls `each` for at most `limit` messages of the dead letter queue behind `after`, newest first. Returns where to go on, if
    /// there may be more.
    ///
    /// # Errors
    /// `ENDPOINT_NOT_FOUND` where the endpoint is unknown or deleted.
    fn dead_letters(
        &self,
        endpoint: Option<&EndpointId>,
        after: Option<Cursor>,
        limit: usize,
        each: &mut dyn FnMut(DeadLetter),
    ) -> Result<Option<Cursor>>;

    /// Runs the command on each message, in one transaction. Returns a result for each, in order.
    fn change(&self, ids: &[MessageId], command: MessageCommand) -> Result<Vec<Result<Changed>>>;
}

/// When a payload is past its retention: at its `own` expiry, or after the retention `kept`. `set_since` is by how much the
/// wall clock was set since the message was accepted.
pub(in crate::outbox) fn payload_expiry(
    created_at: Timestamp,
    own: Option<i64>,
    kept: Duration,
    set_since: i64,
) -> Timestamp {
    let expiry = own.map_or_else(|| created_at.plus(kept), Timestamp::from_millis);
    Timestamp::from_millis(expiry.as_millis().saturating_add(set_since))
}
