//! Lists of messages: the logs and the dead letter queue (docs/contract.md#logs, docs/contract.md#dead-letters).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::context::Context;
use super::endpoints::{parse_id as parse_endpoint, row as endpoint_row};
use super::{Page, invalid_request};
use crate::error::Result;
use crate::model::ids::EndpointId;
use crate::model::message::MessageStatus;
use crate::model::message_summary::MessageSummary;
use crate::model::timestamp::Timestamp;
use crate::outbox::sqlite::listing::{self, Filter, Listing, Order};

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
pub(super) fn checked_limit(limit: Option<u64>, default: usize, most: usize) -> Result<usize> {
    let Some(limit) = limit else { return Ok(default) };
    usize::try_from(limit)
        .ok()
        .filter(|limit| (1..=most).contains(limit))
        .ok_or_else(|| invalid_request(format!("`limit` must be 1 to {most}")))
}

fn read_cursor(cursor: Option<&str>) -> Result<Option<i64>> {
    let Some(cursor) = cursor.filter(|cursor| !cursor.is_empty()) else { return Ok(None) };
    let row = || -> Option<i64> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
        text.strip_prefix("m1:")?.parse().ok()
    };
    row().map(Some).ok_or_else(|| invalid_request("`cursor` is not one of ours"))
}

fn write_cursor(next: Option<i64>) -> Option<String> {
    next.map(|row| URL_SAFE_NO_PAD.encode(format!("m1:{row}")))
}

/// What a message that this process delivers is shown as.
fn shown(context: &Context, listing: Listing) -> (Vec<MessageSummary>, Option<i64>) {
    let waits = |status| matches!(status, MessageStatus::Queued | MessageStatus::PendingRetry);
    let messages = listing
        .messages
        .into_iter()
        .map(|(seq, mut message)| {
            if waits(message.status) && message.deleted_at.is_none() && context.link.is_in_flight(seq) {
                message.status = MessageStatus::Delivering;
                message.next_attempt_at = None;
            }
            message
        })
        .collect();
    (messages, listing.next)
}

/// The endpoint that a filter names.
pub(super) fn named_endpoint(endpoint_id: Option<&str>) -> Result<Option<EndpointId>> {
    endpoint_id.filter(|id| !id.is_empty()).map(parse_endpoint).transpose()
}

/// The row of the endpoint that a filter names; deleted ones have none.
pub(super) fn filtered_endpoint(context: &Context, endpoint_id: Option<&str>) -> Result<Option<i64>> {
    let Some(id) = named_endpoint(endpoint_id)? else { return Ok(None) };
    context.read(|connection| endpoint_row(connection, &id))?.map(Some)
}

pub(crate) fn list(context: &Context, request: ListLogs) -> Result<Page<MessageSummary>> {
    let limit = checked_limit(request.limit, LOGS_DEFAULT, LOGS_LIMIT)?;
    let after = read_cursor(request.cursor.as_deref())?;
    // Only the process that delivers knows what is under way: it lists that from memory.
    let (statuses, among) = match request.status {
        Some(MessageStatus::Delivering) => {
            (vec![MessageStatus::Queued, MessageStatus::PendingRetry], Some(context.link.rows_in_flight()))
        }
        status => (status.into_iter().collect(), None),
    };
    let filter = Filter {
        endpoint_seq: filtered_endpoint(context, request.endpoint_id.as_deref())?,
        statuses,
        created_from: request.start_time,
        created_before: request.end_time,
        without_deleted: among.is_some(),
        among,
    };
    let found =
        context.read(|connection| listing::page(connection, &filter, Order::NewestFirst, after, limit))?;
    let (data, next) = shown(context, found);
    Ok(Page { data, has_more: next.is_some(), next_cursor: write_cursor(next) })
}

pub(crate) fn dead_letters(context: &Context, request: ListDeadLetters) -> Result<DeadLetters> {
    let limit = checked_limit(request.limit, DEAD_LETTERS_DEFAULT, DEAD_LETTERS_LIMIT)?;
    let after = read_cursor(request.cursor.as_deref())?;
    let filter =
        Filter { statuses: vec![MessageStatus::FailedPermanent], without_deleted: true, ..Filter::default() };
    let found =
        context.read(|connection| listing::page(connection, &filter, Order::NewestFirst, after, limit))?;
    let (messages, next) = shown(context, found);
    Ok(DeadLetters { messages, has_more: next.is_some(), next_cursor: write_cursor(next) })
}
