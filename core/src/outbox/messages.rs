//! Messages as a store finds them.

use std::time::Duration;

use crate::error::Result;
use crate::model::attempt::{Attempt, RetryType};
use crate::model::ids::{EndpointId, MessageId};
use crate::model::message::{Message, MessageStatus};
use crate::model::message_summary::MessageSummary;
use crate::model::timestamp::Timestamp;
use crate::outbox::command::MessageCommand;
use crate::outbox::page::Cursor;
use crate::outbox::rows::{LaneKey, MessageKey};

/// Which messages.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub endpoint: Option<EndpointId>,
    /// All where empty.
    pub statuses: Vec<MessageStatus>,
    pub created_from: Option<Timestamp>,
    pub created_before: Option<Timestamp>,
    pub without_deleted: bool,
    /// Only these, in the order of acceptance: what only the process that delivers knows.
    pub among: Option<Vec<MessageKey>>,
}

/// In which direction a list goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    NewestFirst,
    OldestFirst,
}

/// A page, which may be short though there is more: a bounded number of messages is looked at.
pub(crate) struct Listing {
    pub messages: Vec<(MessageKey, MessageSummary)>,
    pub next: Option<Cursor>,
}

/// A message as it is stored: whether an attempt of it is under way, only the process that delivers knows.
pub(crate) struct Found {
    pub key: MessageKey,
    pub lane: LaneKey,
    pub message: Message,
    /// Which kind of retry it waits for.
    pub retry_type: Option<RetryType>,
    /// Counts what operations changed of it.
    pub epoch: i64,
}

/// What came of a command.
#[derive(Debug)]
pub(crate) struct Changed {
    /// As it is now.
    pub message: Message,
    /// False where it was so before.
    pub changed: bool,
}

/// The messages of an outbox.
pub(crate) trait Messages: Send + Sync {
    /// Also one that was deleted.
    fn message(&self, id: &MessageId) -> Result<Option<Found>>;

    /// The first `limit` attempts of a message, and whether there are more. An unknown message has none.
    fn attempts(&self, id: &MessageId, limit: usize) -> Result<(Vec<Attempt>, bool)>;

    /// At most `limit` messages behind `after`.
    ///
    /// # Errors
    /// `ENDPOINT_NOT_FOUND` where the filter names an endpoint that is unknown or deleted.
    fn page(&self, filter: &Filter, order: Order, after: Option<Cursor>, limit: usize) -> Result<Listing>;

    /// Changes each in one transaction. Each has its own answer, in order.
    fn change(&self, ids: &[MessageId], command: MessageCommand) -> Result<Vec<Result<Changed>>>;
}

/// When a payload is past its retention: at `own` where it carries a date of its own, else when it was `kept` for long enough.
/// By `set_since` the wall clock was set since it was accepted.
pub(in crate::outbox) fn payload_expiry(
    created_at: Timestamp,
    own: Option<i64>,
    kept: Duration,
    set_since: i64,
) -> Timestamp {
    let expiry = own.map_or_else(|| created_at.plus(kept), Timestamp::from_millis);
    Timestamp::from_millis(expiry.as_millis().saturating_add(set_since))
}
