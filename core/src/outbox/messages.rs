//! The messages of an outbox.

use std::time::Duration;

use bytes::Bytes;

use crate::error::Result;
use crate::model::attempt::{Attempt, RetryType};
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
    /// Only these statuses; all where empty.
    pub statuses: Vec<MessageStatus>,
    pub created_from: Option<Timestamp>,
    pub created_before: Option<Timestamp>,
    pub without_deleted: bool,
    /// Only these messages, in the order of acceptance. Used for those that are being delivered, which no store knows.
    pub among: Option<Vec<MessageKey>>,
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

    /// The first `limit` attempts of a message, and whether there are more. An unknown message has none.
    fn attempts(&self, id: &MessageId, limit: usize) -> Result<(Vec<Attempt>, bool)>;

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
