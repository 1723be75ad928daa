//! Lists of messages: the logs and the dead letter queue (docs/contract.md#logs, docs/contract.md#dead-letters).

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::definition::request::request;
use super::endpoints::parse_id as parse_endpoint;
use super::invalid_request;
use super::paging::{checked_limit, read_cursor};
use crate::error::Result;
use crate::model::ids::{EndpointId, MessageId};
use crate::model::message::MessageStatus;
use crate::model::message_summary::MessageSummary;
use crate::model::timestamp::Timestamp;
use crate::model::words_or_list;
use crate::outbox::messages::{Filter, Listing, Order};
use crate::outbox::page::Listed;

/// The most messages of one page of the logs.
pub const LOGS_LIMIT: usize = 500;
const LOGS_DEFAULT: usize = 50;
/// The most messages of one page of the dead letter queue.
pub const DEAD_LETTERS_LIMIT: usize = 1000;
const DEAD_LETTERS_DEFAULT: usize = 100;
/// The longest text that is looked for.
pub const TEXT_CHARACTERS: usize = 255;

request! {
    /// What `logs.list` takes. An index finds the messages that are queued, wait for a retry, are being delivered or were given
    /// up. With any other filter a page reads a bounded number of messages: it may be short, even empty, and still have more
    /// behind its cursor.
    #[derive(Clone, Debug, Default)]
    pub struct ListLogs {
        /// Only messages with one of these statuses.
        #[serde(default, deserialize_with = "words_or_list::read")]
        pub status: Vec<MessageStatus>,
        /// Only messages accepted at this moment or later.
        #[serde(default)]
        pub start_time: Option<Timestamp>,
        /// Only messages accepted before this moment.
        #[serde(default)]
        pub end_time: Option<Timestamp>,
        /// 1 to 500, 50 where absent.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(range(min = 1, max = LOGS_LIMIT)))]
        pub limit: Option<i64>,
        /// The `next_cursor` of the page before.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::schema::Cursor>"))]
        pub cursor: Option<String>,
        /// Only messages of this endpoint.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::ids::EndpointId>"))]
        pub endpoint_id: Option<String>,
        /// Only the message with this id, or messages with this text in their idempotency key.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(extend("maxLength" = TEXT_CHARACTERS)))]
        pub q: Option<String>,
        /// Only messages with this text in their last error.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(extend("maxLength" = TEXT_CHARACTERS)))]
        pub error: Option<String>,
        /// Only messages whose last failure has this cause, in the words of `dead_letters.groups`.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(extend("maxLength" = TEXT_CHARACTERS)))]
        pub cause: Option<String>,
        /// Only messages of events of this type.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::event_type::EventType>"))]
        pub event_type: Option<String>,
        /// Only messages of events of this tenant.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(extend("maxLength" = crate::model::event_record::TENANT_CHARACTERS, "pattern" = crate::model::schema::NO_CONTROLS)))]
        pub tenant: Option<String>,
        /// Only messages with this ordering key.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(extend("maxLength" = TEXT_CHARACTERS)))]
        pub ordering_key: Option<String>,
    }
}

request! {
    /// What `dead_letters.list` takes.
    #[derive(Clone, Debug, Default)]
    pub struct ListDeadLetters {
        /// 1 to 1,000, 100 where absent.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(range(min = 1, max = DEAD_LETTERS_LIMIT)))]
        pub limit: Option<i64>,
        /// The `next_cursor` of the page before.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::schema::Cursor>"))]
        pub cursor: Option<String>,
        /// Only messages of this endpoint.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::ids::EndpointId>"))]
        pub endpoint_id: Option<String>,
        /// Only messages with this cause, in the words of `dead_letters.groups`.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(extend("maxLength" = TEXT_CHARACTERS)))]
        pub cause: Option<String>,
        /// Only messages accepted at this moment or later.
        #[serde(default)]
        pub start_time: Option<Timestamp>,
        /// Only messages accepted before this moment.
        #[serde(default)]
        pub end_time: Option<Timestamp>,
    }
}

/// What `dead_letters.list` answers. `has_more` and `next_cursor` are inside the data, also over HTTP.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "DLQMessagesResponse"))]
pub struct DeadLetters {
    /// Newest first.
    pub messages: Vec<MessageSummary>,
    /// Whether a further page exists.
    pub has_more: bool,
    /// What to pass as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
}

/// The messages and the cursor of a page. A message that this process is delivering is shown as `delivering`.
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

/// The endpoint of a filter; none where the filter names none.
pub(super) fn named_endpoint(endpoint_id: Option<&str>) -> Result<Option<EndpointId>> {
    endpoint_id.filter(|id| !id.is_empty()).map(parse_endpoint).transpose()
}

/// A text that is looked for; none where it is empty.
pub(super) fn sought(name: &str, text: Option<String>) -> Result<Option<String>> {
    let text = text.filter(|text| !text.is_empty());
    if text.as_ref().is_some_and(|text| text.chars().count() > TEXT_CHARACTERS) {
        return Err(invalid_request(format!("`{name}` has at most {TEXT_CHARACTERS} characters")));
    }
    Ok(text)
}

/// What `logs.list` answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub struct LogsPage {
    /// The messages, newest first.
    pub data: Vec<MessageSummary>,
    /// Whether a further page exists.
    pub has_more: bool,
    /// What to pass as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
    /// How far back was looked, where a page is short and has more behind it: the moment at which the last message that was
    /// looked at was accepted.
    #[serde(default)]
    pub searched_to: Option<Timestamp>,
}

/// The newest messages.
pub(crate) fn newest(context: &Context, limit: usize) -> Result<Vec<MessageSummary>> {
    let found = context.reading().page(&Filter::default(), Order::NewestFirst, None, limit)?;
    Ok(shown(context, found).0)
}

pub(crate) fn list(context: &Context, request: ListLogs) -> Result<LogsPage> {
    let limit = checked_limit(request.limit, LOGS_DEFAULT, LOGS_LIMIT)?;
    let after = read_cursor(request.cursor.as_deref(), Listed::Messages)?;
    let endpoint = named_endpoint(request.endpoint_id.as_deref())?;
    // Only the process that delivers knows which attempts are under way: it lists their messages from memory.
    let (delivering, statuses): (Vec<_>, Vec<_>) =
        request.status.into_iter().partition(|status| *status == MessageStatus::Delivering);
    let q = sought("q", request.q)?;
    let id: Option<MessageId> = q.as_ref().and_then(|text| text.parse().ok());
    let only = match id {
        None => None,
        Some(id) => match context.reading().message(&id)? {
            Some(found) => Some(found.key),
            None => {
                return Ok(LogsPage {
                    data: Vec::new(),
                    has_more: false,
                    next_cursor: None,
                    searched_to: None,
                });
            }
        },
    };
    let filter = Filter {
        endpoint,
        statuses,
        delivering: (!delivering.is_empty()).then(|| context.link.rows_in_flight()),
        only,
        cause: sought("cause", request.cause)?,
        error: sought("error", request.error)?,
        idempotency_key: q.filter(|_| id.is_none()),
        created_from: request.start_time,
        created_before: request.end_time,
        without_deleted: false,
        event_type: request
            .event_type
            .filter(|name| !name.is_empty())
            .map(|name| crate::model::event_type::EventType::new(name).map(|name| name.to_string()))
            .transpose()?,
        tenant: super::events::checked_tenant(request.tenant)?,
        ordering_key: sought("ordering_key", request.ordering_key)?,
    };
    let found = context.reading().page(&filter, Order::NewestFirst, after, limit)?;
    let is_short = found.messages.len() < limit;
    let searched_to = match found.next.filter(|_| is_short) {
        Some(place) => context.reading().accepted_at(place)?,
        None => None,
    };
    let (data, next) = shown(context, found);
    Ok(LogsPage { data, has_more: next.is_some(), next_cursor: next, searched_to })
}

pub(crate) fn dead_letters(context: &Context, request: ListDeadLetters) -> Result<DeadLetters> {
    let limit = checked_limit(request.limit, DEAD_LETTERS_DEFAULT, DEAD_LETTERS_LIMIT)?;
    let after = read_cursor(request.cursor.as_deref(), Listed::Messages)?;
    let filter = Filter {
        endpoint: named_endpoint(request.endpoint_id.as_deref())?,
        statuses: vec![MessageStatus::FailedPermanent],
        cause: sought("cause", request.cause)?,
        created_from: request.start_time,
        created_before: request.end_time,
        without_deleted: true,
        ..Filter::default()
    };
    let found = context.reading().page(&filter, Order::NewestFirst, after, limit)?;
    let (messages, next) = shown(context, found);
    Ok(DeadLetters { messages, has_more: next.is_some(), next_cursor: next })
}
