//! Lists of messages: the logs and the dead letter queue (docs/contract.md#logs, docs/contract.md#dead-letters).

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::endpoints::parse_id as parse_endpoint;
use super::{Page, invalid_request};
use crate::error::Result;
use crate::model::ids::EndpointId;
use crate::model::message::MessageStatus;
use crate::model::message_summary::MessageSummary;
use crate::model::timestamp::Timestamp;
use crate::outbox::messages::{Filter, Listing, Order};
use crate::outbox::page::{Cursor, Listed};

/// The most lines of one page of the logs, and how many there are where nothing is said.
pub const LOGS_LIMIT: usize = 500;
const LOGS_DEFAULT: usize = 50;
/// The same for the dead letter queue.
pub const DEAD_LETTERS_LIMIT: usize = 1000;
const DEAD_LETTERS_DEFAULT: usize = 100;

/// What `logs.list` takes. Messages that wait, are under way or were given up are found by an index. With any other filter
/// a page looks at a bounded number of messages: it may be short, even empty, and still have more behind its cursor.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ListLogs {
    /// Only of this endpoint.
    #[serde(default)]
    pub endpoint_id: Option<String>,
    /// Only with this status.
    #[serde(default)]
    pub status: Option<MessageStatus>,
    /// Only what was accepted at this moment or later.
    #[serde(default)]
    pub start_time: Option<Timestamp>,
    /// Only what was accepted before.
    #[serde(default)]
    pub end_time: Option<Timestamp>,
    /// 1 to 500, 50 where absent.
    #[serde(default)]
    pub limit: Option<u64>,
    /// Of the page before.
    #[serde(default)]
    pub cursor: Option<String>,
}

/// What `dead_letters.list` takes.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ListDeadLetters {
    /// 1 to 1,000, 100 where absent.
    #[serde(default)]
    pub limit: Option<u64>,
    /// Of the page before.
    #[serde(default)]
    pub cursor: Option<String>,
}

/// What `dead_letters.list` answers: its page is inside the data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeadLetters {
    /// Newest first.
    pub messages: Vec<MessageSummary>,
    /// Whether a further page exists.
    pub has_more: bool,
    /// What to pass as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
}

/// A limit within its range, or what holds where nothing is said.
pub(super) fn checked_limit<N: TryInto<usize>>(
    limit: Option<N>,
    default: usize,
    most: usize,
) -> Result<usize> {
    let Some(limit) = limit else { return Ok(default) };
    limit
        .try_into()
        .ok()
        .filter(|limit| (1..=most).contains(limit))
        .ok_or_else(|| invalid_request(format!("`limit` must be 1 to {most}")))
}

pub(super) fn read_cursor(cursor: Option<&str>, listed: Listed) -> Result<Option<Cursor>> {
    let Some(cursor) = cursor.filter(|cursor| !cursor.is_empty()) else { return Ok(None) };
    Cursor::decode(cursor, listed).map(Some).ok_or_else(|| invalid_request("`cursor` is not one of ours"))
}

/// What a message that this process delivers is shown as.
fn shown(context: &Context, listing: Listing) -> (Vec<MessageSummary>, Option<String>) {
    let waits = |status| matches!(status, MessageStatus::Queued | MessageStatus::PendingRetry);
    let messages = listing
        .messages
        .into_iter()
        .map(|(key, mut message)| {
            if waits(message.status) && message.deleted_at.is_none() && context.link.is_in_flight(key) {
                message.status = MessageStatus::Delivering;
                message.next_attempt_at = None;
            }
            message
        })
        .collect();
    (messages, listing.next.map(|next| next.encode(Listed::Messages)))
}

/// The endpoint that a filter names.
pub(super) fn named_endpoint(endpoint_id: Option<&str>) -> Result<Option<EndpointId>> {
    endpoint_id.filter(|id| !id.is_empty()).map(parse_endpoint).transpose()
}

pub(crate) fn list(context: &Context, request: ListLogs) -> Result<Page<MessageSummary>> {
    let limit = checked_limit(request.limit, LOGS_DEFAULT, LOGS_LIMIT)?;
    let after = read_cursor(request.cursor.as_deref(), Listed::Messages)?;
    // Only the process that delivers knows what is under way: it lists that from memory.
    let (statuses, among) = match request.status {
        Some(MessageStatus::Delivering) => {
            (vec![MessageStatus::Queued, MessageStatus::PendingRetry], Some(context.link.rows_in_flight()))
        }
        status => (status.into_iter().collect(), None),
    };
    let filter = Filter {
        endpoint: named_endpoint(request.endpoint_id.as_deref())?,
        statuses,
        created_from: request.start_time,
        created_before: request.end_time,
        without_deleted: among.is_some(),
        among,
    };
    let found = context.reading().page(&filter, Order::NewestFirst, after, limit)?;
    let (data, next) = shown(context, found);
    Ok(Page { data, has_more: next.is_some(), next_cursor: next })
}

pub(crate) fn dead_letters(context: &Context, request: ListDeadLetters) -> Result<DeadLetters> {
    let limit = checked_limit(request.limit, DEAD_LETTERS_DEFAULT, DEAD_LETTERS_LIMIT)?;
    let after = read_cursor(request.cursor.as_deref(), Listed::Messages)?;
    let filter =
        Filter { statuses: vec![MessageStatus::FailedPermanent], without_deleted: true, ..Filter::default() };
    let found = context.reading().page(&filter, Order::NewestFirst, after, limit)?;
    let (messages, next) = shown(context, found);
    Ok(DeadLetters { messages, has_more: next.is_some(), next_cursor: next })
}
