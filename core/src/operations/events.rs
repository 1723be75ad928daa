//! Events: send, send a batch, list, get (docs/contract.md#events).

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::context::Context;
use super::definition::SEND_EVENT;
use super::definition::request::request;
use super::messages::{self, BatchError, Envelope};
use super::paging::{checked_limit, read_cursor};
use super::{Page, invalid_request, read, span, write};
use crate::error::{Error, ErrorCode, Result};
use crate::host::completion::Tell;
use crate::model::event_record::{EventMessage, EventRecord, TENANT_CHARACTERS};
use crate::model::event_type::EventType;
use crate::model::header_map::HeaderMap;
use crate::model::ids::EventId;
use crate::model::payload::Payload;
pub use crate::model::receipt::{EventReceipt, SentMessage};
use crate::model::timestamp::Timestamp;
use crate::model::whole_number;
use crate::outbox::accept::Caller;
use crate::outbox::events::{EventsReply, NewEvent, SoughtEvents};
use crate::outbox::page::Listed;

/// The most events of one page.
pub const PAGE_LIMIT: usize = 500;
const PAGE_DEFAULT: usize = 50;
/// The most messages of an event of one page.
pub const MESSAGES_LIMIT: usize = 1000;
const MESSAGES_DEFAULT: usize = 100;

request! {
    /// What `events.send` takes.
    #[derive(Clone, Debug)]
    pub struct SendEvent {
        /// The name of its type, such as `order.created`.
        #[cfg_attr(feature = "schema", schemars(with = "EventType"))]
        pub r#type: String,
        /// Any JSON value of at most 1,048,576 bytes.
        pub payload: Payload,
        /// The customer whose endpoints it goes to, at most 128 characters; absent for endpoints without a tenant.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(extend("maxLength" = TENANT_CHARACTERS, "pattern" = crate::model::schema::NO_CONTROLS)))]
        pub tenant: Option<String>,
        /// Sent with its deliveries, in place of the endpoint's headers of the same names. At most 50 headers and 8,192 bytes.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::schema::MessageHeaders>"))]
        pub headers: Option<HeaderMap>,
        /// 1 to 255 of letters, digits, `_`, `-`. Within a tenant it names one event.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::schema::IdempotencyKey>"))]
        pub idempotency_key: Option<String>,
        /// Messages of one endpoint with this key are delivered one after another; at most 255 characters.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(extend("maxLength" = crate::model::ordering::ORDERING_KEY_CHARACTERS, "pattern" = crate::model::schema::NO_CONTROLS)))]
        pub ordering_key: Option<String>,
        /// Before when it is not delivered; at most a year ahead.
        #[serde(default)]
        pub deliver_at: Option<Timestamp>,
        /// After when it is not tried any more.
        #[serde(default)]
        pub expires_at: Option<Timestamp>,
        /// How long the payload is kept, in hours; 0 drops it once all its messages are delivered.
        #[serde(default, deserialize_with = "whole_number::optional")]
        #[cfg_attr(feature = "schema", schemars(extend("maximum" = crate::config::TEN_YEARS_HOURS)))]
        pub retention_hours: Option<u32>,
    }
}

/// A tenant; none where it is empty.
///
/// # Errors
/// `INVALID_REQUEST` where it is too long or has control characters.
pub(super) fn checked_tenant(tenant: Option<String>) -> Result<Option<String>> {
    let tenant = tenant.filter(|tenant| !tenant.is_empty());
    let fits = |tenant: &String| {
        tenant.chars().count() <= TENANT_CHARACTERS && !tenant.chars().any(char::is_control)
    };
    if tenant.as_ref().is_some_and(|tenant| !fits(tenant)) {
        return Err(invalid_request(format!(
            "`tenant` must be at most {TENANT_CHARACTERS} characters, without control characters"
        )));
    }
    Ok(tenant)
}

impl SendEvent {
    /// Checks every limit and makes the event to be written.
    fn accept(self, context: &Context) -> Result<NewEvent> {
        let config = &context.config;
        let event_type = EventType::new(self.r#type)?;
        let tenant = checked_tenant(self.tenant)?;
        let created_at = Timestamp::now();
        let envelope = Envelope {
            headers: self.headers,
            idempotency_key: self.idempotency_key,
            retention_hours: self.retention_hours,
            ordering_key: self.ordering_key,
            deliver_at: self.deliver_at,
            expires_at: self.expires_at,
        }
        .checked(config, self.payload.as_bytes().len(), created_at)?;
        super::event_types::check_event(context, &event_type, self.payload.as_bytes())?;
        Ok(NewEvent {
            id: EventId::generate()?,
            event_type,
            tenant,
            payload_sha256: Sha256::digest(self.payload.as_bytes()).into(),
            payload: self.payload.into_bytes(),
            headers: envelope.headers,
            idempotency_key: envelope.idempotency_key,
            retention_hours: envelope.retention_hours,
            created_at,
            ordering_key: envelope.ordering_key,
            timing: envelope.timing,
            for_server: config.server.is_some(),
        })
    }
}

pub(crate) fn send(context: &Context, request: SendEvent) -> Result<EventReceipt> {
    let event = request.accept(context)?;
    context.expect_delivery();
    let unanswered = || Err(Error::new(ErrorCode::Internal, "an event was not answered"));
    context.outbox.accept_events_now(vec![Ok(event)], Caller::MayWait)?.pop().unwrap_or_else(unanswered)
}

/// `events.send` for whoever does not wait: `tell` gets the answer, unless the event is refused at once.
pub(crate) fn begin_send(context: &Context, request: &str, caller: Caller, tell: Tell) -> Result<()> {
    let _span = span(SEND_EVENT).entered();
    let event = read::<SendEvent>(request)?.accept(context)?;
    context.expect_delivery();
    let tell = Box::new(move |outcome: Result<EventReceipt>| {
        tell(outcome.and_then(|receipt| write(&receipt)).map_err(Error::in_process));
    });
    context.outbox.accept_events(vec![Ok(event)], caller, EventsReply::One(tell))
}

request! {
    /// What `events.send_batch` takes.
    #[derive(Debug)]
    pub struct SendEvents {
        /// At most 1,000, each as in `events.send`.
        #[cfg_attr(feature = "schema", schemars(with = "Vec<SendEvent>", length(max = crate::operations::messages::BATCH_LIMIT)))]
        pub events: Vec<Box<RawValue>>,
    }
}

/// The result for one event of a batch: a receipt, or why it was refused.
#[derive(Debug, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EventResult {
    /// The event's id; absent where it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_id: Option<EventId>,
    /// How many endpoints want it; absent where it was refused, and in a relay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matched: Option<u64>,
    /// Its messages; absent where it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub messages: Option<Vec<SentMessage>>,
    /// Why it was refused, which does not affect the other events; absent where it was accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<BatchError>,
}

/// What `events.send_batch` answers: a result for each event, in order.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "SendEventsResponse"))]
pub struct SentEvents {
    /// One result for each event of the request, in its order.
    results: Vec<EventResult>,
}

pub(crate) fn send_batch(context: &Context, request: SendEvents) -> Result<SentEvents> {
    send_batch_with(request, |requests| {
        let bytes = requests.iter().flatten().map(|request| request.payload.as_bytes().len()).sum();
        messages::check_batch_bytes(context, bytes)?;
        let events = requests.into_iter().map(|request| request?.accept(context)).collect();
        context.expect_delivery();
        context.outbox.accept_events_now(events, Caller::MayWait)
    })
}

/// Reads a batch, has its events accepted by `accept`, and makes the answer.
pub(crate) fn send_batch_with(
    request: SendEvents,
    accept: impl FnOnce(Vec<Result<SendEvent>>) -> Result<Vec<Result<EventReceipt>>>,
) -> Result<SentEvents> {
    messages::check_batch_size(request.events.len())?;
    let requests = request.events.iter().map(|text| read::<SendEvent>(text.get())).collect();
    let results = accept(requests)?
        .into_iter()
        .map(|outcome| match outcome {
            Ok(EventReceipt { event_id, matched, messages }) => {
                EventResult { event_id: Some(event_id), matched, messages: Some(messages), error: None }
            }
            Err(error) => EventResult { error: Some(BatchError::of(&error)), ..EventResult::default() },
        })
        .collect();
    Ok(SentEvents { results })
}

request! {
    /// What `events.list` takes. A page reads a bounded number of events: it may be short, even empty, and still have more behind
    /// its cursor.
    #[derive(Clone, Debug, Default)]
    pub struct ListEvents {
        /// Only events of this type.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(with = "Option<EventType>"))]
        pub r#type: Option<String>,
        /// Only events of this tenant.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(extend("maxLength" = TENANT_CHARACTERS, "pattern" = crate::model::schema::NO_CONTROLS)))]
        pub tenant: Option<String>,
        /// Only events accepted at this moment or later.
        #[serde(default)]
        pub start_time: Option<Timestamp>,
        /// Only events accepted before this moment.
        #[serde(default)]
        pub end_time: Option<Timestamp>,
        /// 1 to 500, 50 where absent.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(range(min = 1, max = PAGE_LIMIT)))]
        pub limit: Option<i64>,
        /// The `next_cursor` of the page before.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::schema::Cursor>"))]
        pub cursor: Option<String>,
    }
}

/// What a list of events, or a replay, is about.
pub(super) fn sought(
    event_type: Option<String>,
    tenant: Option<String>,
    created_from: Option<Timestamp>,
    created_before: Option<Timestamp>,
) -> Result<SoughtEvents> {
    let event_type = event_type.filter(|name| !name.is_empty()).map(EventType::new).transpose()?;
    Ok(SoughtEvents {
        event_type: event_type.map(|name| name.as_str().to_owned()),
        tenant: checked_tenant(tenant)?,
        created_from,
        created_before,
    })
}

pub(crate) fn list(context: &Context, request: ListEvents) -> Result<Page<EventRecord>> {
    let limit = checked_limit(request.limit, PAGE_DEFAULT, PAGE_LIMIT)?;
    let after = read_cursor(request.cursor.as_deref(), Listed::Events)?;
    let sought = sought(request.r#type, request.tenant, request.start_time, request.end_time)?;
    let (data, next) = context.reading().events(&sought, after, limit)?;
    Ok(Page { data, has_more: next.is_some(), next_cursor: next.map(|next| next.encode(Listed::Events)) })
}

request! {
    /// What `events.get` takes.
    #[derive(Clone, Debug)]
    pub struct GetEvent {
        /// The event's id, `evt_...`
        #[cfg_attr(feature = "schema", schemars(with = "EventId"))]
        pub event_id: String,
        /// How many of its messages are shown: 1 to 1,000, 100 where absent.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(range(min = 1, max = MESSAGES_LIMIT)))]
        pub limit: Option<i64>,
        /// The `next_cursor` of the answer before, for further messages.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::schema::Cursor>"))]
        pub cursor: Option<String>,
    }
}

/// An event with its messages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EventDetails {
    /// The event.
    #[serde(flatten)]
    pub event: EventRecord,
    /// Its messages, those of the oldest endpoint first.
    pub messages: Vec<EventMessage>,
    /// Whether it has further messages.
    pub has_more: bool,
    /// What to pass as `cursor` for them; null where there are none.
    pub next_cursor: Option<String>,
}

fn event_not_found() -> Error {
    Error::new(ErrorCode::NotFound, "there is no such event")
}

pub(crate) fn get(context: &Context, request: GetEvent) -> Result<EventDetails> {
    let id: EventId = request.event_id.parse().map_err(|_| event_not_found())?;
    let limit = checked_limit(request.limit, MESSAGES_DEFAULT, MESSAGES_LIMIT)?;
    let after = read_cursor(request.cursor.as_deref(), Listed::EventMessages)?;
    let reading = context.reading();
    let event = reading.event(&id)?.ok_or_else(event_not_found)?;
    // In a relay the one message is the forwarding.
    let (messages, next) = if context.config.server.is_some() {
        (Vec::new(), None)
    } else {
        reading.event_messages(&id, after, limit)?
    };
    Ok(EventDetails {
        event,
        messages,
        has_more: next.is_some(),
        next_cursor: next.map(|next| next.encode(Listed::EventMessages)),
    })
}
