//! Messages: send, send a batch, get, list attempts, delete.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::context::Context;
use super::definition::request::request;
use super::{Page, invalid_request, read};
use crate::config::Config;
use crate::error::{Error, ErrorCode, Result, endpoint_not_found, message_not_found};
use crate::model::attempt::Attempt;
use crate::model::header_map::{HeaderMap, HeaderOwner};
use crate::model::ids::{ApiKeyId, MessageId};
use crate::model::message::{IDEMPOTENCY_KEY_CHARACTERS, Message, MessageStatus};
use crate::model::ordering::checked_key;
pub use crate::model::payload::Payload;
pub use crate::model::receipt::SendReceipt;
use crate::model::timestamp::Timestamp;
use crate::model::whole_number;
use crate::outbox::command::MessageCommand;
use crate::outbox::messages::{Changed, Found};
use crate::outbox::{NewMessage, Timing};

/// The most messages of one batch.
pub const BATCH_LIMIT: usize = 1000;
/// The most attempts of a message that are listed.
pub const ATTEMPTS_LIMIT: usize = 200;

request! {
    /// What `messages.send` takes.
    #[derive(Clone, Debug)]
    pub struct SendRequest {
        /// The endpoint's id, `ep_...`
        #[cfg_attr(feature = "schema", schemars(with = "crate::model::ids::EndpointId"))]
        pub endpoint_id: String,
        /// Any JSON value of at most 1,048,576 bytes.
        pub payload: Payload,
        /// Sent with this message's deliveries, in place of the endpoint's headers of the same names. At most 50 headers and
        /// 8,192 bytes.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::schema::MessageHeaders>"))]
        pub headers: Option<HeaderMap>,
        /// 1 to 255 of letters, digits, `_`, `-`.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::schema::IdempotencyKey>"))]
        pub idempotency_key: Option<String>,
        /// How long the payload is kept, in hours; 0 drops it right after delivery.
        #[serde(default, deserialize_with = "whole_number::optional")]
        #[cfg_attr(feature = "schema", schemars(extend("maximum" = crate::config::TEN_YEARS_HOURS)))]
        pub retention_hours: Option<u32>,
        /// Messages of the endpoint with this key are delivered one after another; at most 255 characters.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(extend("maxLength" = crate::model::ordering::ORDERING_KEY_CHARACTERS, "pattern" = crate::model::schema::NO_CONTROLS)))]
        pub ordering_key: Option<String>,
        /// Before when it is not delivered; at most a year ahead.
        #[serde(default)]
        pub deliver_at: Option<Timestamp>,
        /// After when it is not tried any more.
        #[serde(default)]
        pub expires_at: Option<Timestamp>,
    }
}

/// How far ahead a message may be scheduled.
const FARTHEST: Duration = Duration::from_secs(366 * 24 * 3600);

/// What a message and an event have in common beside their payload.
pub(super) struct Envelope {
    pub headers: Option<HeaderMap>,
    pub idempotency_key: Option<String>,
    pub retention_hours: Option<u32>,
    pub ordering_key: Option<String>,
    pub deliver_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
}

/// The same, checked, as it is written.
pub(super) struct CheckedEnvelope {
    /// A JSON object.
    pub headers: Option<String>,
    pub idempotency_key: Option<String>,
    pub retention_hours: Option<u32>,
    pub ordering_key: Option<String>,
    pub timing: Timing,
}

impl Envelope {
    /// Checks every limit of a message whose payload has `size` bytes.
    pub(super) fn checked(self, config: &Config, size: usize, now: Timestamp) -> Result<CheckedEnvelope> {
        if size > config.max_payload_bytes {
            return Err(Error::new(
                ErrorCode::PayloadTooLarge,
                format!("the payload has {size} bytes; at most {} are allowed", config.max_payload_bytes),
            ));
        }
        let headers = self.headers.filter(|headers| !headers.is_empty());
        if let Some(headers) = &headers {
            headers.check(HeaderOwner::Message)?;
        }
        if let Some(key) = &self.idempotency_key {
            let plain = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
            if key.is_empty() || key.len() > IDEMPOTENCY_KEY_CHARACTERS || !plain {
                return Err(invalid_request(format!(
                    "`idempotency_key` must be 1 to {IDEMPOTENCY_KEY_CHARACTERS} of letters, digits, `_` and `-`"
                )));
            }
        }
        let longest = config.payload_retention.as_secs() / 3600;
        if self.retention_hours.is_some_and(|hours| u64::from(hours) > longest) {
            return Err(invalid_request(format!("`retention_hours` must be 0 to {longest}")));
        }
        let headers =
            headers.map(|headers| serde_json::to_string(&headers)).transpose().map_err(|cause| {
                Error::new(ErrorCode::Internal, format!("the headers cannot be written: {cause}"))
            })?;
        Ok(CheckedEnvelope {
            headers,
            idempotency_key: self.idempotency_key,
            retention_hours: self.retention_hours,
            ordering_key: checked_key(self.ordering_key)?,
            timing: checked_timing(self.deliver_at, self.expires_at, now)?,
        })
    }
}

/// A moment at which something may be scheduled; none where that is past, which is at once.
fn checked_moment(at: Timestamp, now: Timestamp) -> Result<Option<Timestamp>> {
    if at > now.plus(FARTHEST) {
        return Err(invalid_request("`deliver_at` must be at most a year ahead"));
    }
    Ok(Some(at).filter(|at| *at > now))
}

fn checked_timing(
    deliver_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<Timing> {
    let deliver_at = deliver_at.map(|at| checked_moment(at, now)).transpose()?.flatten();
    if expires_at.is_some_and(|at| at <= now) {
        return Err(invalid_request("`expires_at` is past"));
    }
    if let (Some(deliver_at), Some(expires_at)) = (deliver_at, expires_at)
        && expires_at <= deliver_at
    {
        return Err(invalid_request("`expires_at` must be after `deliver_at`"));
    }
    Ok(Timing { deliver_at, expires_at })
}

impl SendRequest {
    /// A message whose payload is the JSON text in `payload`. The limits are checked by the send.
    ///
    /// # Errors
    /// `INVALID_REQUEST` where `payload` is not UTF-8 or not JSON.
    pub fn new(endpoint_id: impl Into<String>, payload: Vec<u8>) -> Result<Self> {
        Ok(Self {
            endpoint_id: endpoint_id.into(),
            payload: Payload::from_json(payload)?,
            headers: None,
            idempotency_key: None,
            retention_hours: None,
            ordering_key: None,
            deliver_at: None,
            expires_at: None,
        })
    }

    /// Checks every limit and makes the message to be written.
    pub(crate) fn accept(self, config: &Config, id: MessageId) -> Result<NewMessage> {
        let endpoint_id = self.endpoint_id.parse().map_err(|_| endpoint_not_found())?;
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
        Ok(NewMessage {
            id,
            id_is_given: false,
            endpoint_id,
            payload_sha256: Sha256::digest(self.payload.as_bytes()).into(),
            payload: self.payload.into_bytes(),
            headers: envelope.headers,
            idempotency_key: envelope.idempotency_key,
            retention_hours: envelope.retention_hours,
            created_at,
            makes_lane: config.server.is_some(),
            ordering_key: envelope.ordering_key,
            timing: envelope.timing,
        })
    }

    /// [`SendRequest::accept`] for a message that was committed under `id` elsewhere, some time ago. That it has expired since is no
    /// mistake of its sender's.
    pub(crate) fn accept_given(self, config: &Config, id: MessageId) -> Result<NewMessage> {
        let now = Timestamp::now();
        let (past, expires_at) = match self.expires_at {
            Some(at) if at <= now => (Some(at), None),
            at => (None, at),
        };
        let mut message = Self { expires_at, ..self }.accept(config, id)?;
        message.timing.expires_at = past.or(message.timing.expires_at);
        message.id_is_given = true;
        Ok(message)
    }
}

pub(crate) fn send(context: &Context, request: SendRequest) -> Result<SendReceipt> {
    context.begin_send(request)?.finish()
}

request! {
    /// What `messages.send_batch` takes.
    #[derive(Debug)]
    pub struct SendBatchRequest {
        /// At most 1,000, each as in `messages.send`.
        #[cfg_attr(feature = "schema", schemars(with = "Vec<SendRequest>", length(max = BATCH_LIMIT)))]
        pub messages: Vec<Box<RawValue>>,
    }
}

/// The result for one message of a batch.
#[derive(Debug, Serialize)]
#[serde(untagged)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum BatchResult {
    /// Accepted.
    Accepted(SendReceipt),
    /// Refused. This does not affect the other messages.
    Refused {
        /// Why the message was refused.
        error: BatchError,
    },
}

/// Why a message of a batch was refused.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "SendFailure"))]
pub struct BatchError {
    /// The error's code, for programs.
    code: &'static str,
    /// The error's sentence, for people.
    message: String,
}

impl BatchError {
    pub(super) fn of(error: &Error) -> Self {
        Self { code: error.code().name(), message: error.message().to_owned() }
    }
}

/// What `messages.send_batch` answers: a result for each message, in order.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "SendBatchResponse"))]
pub struct SendBatchAnswer {
    /// One result for each message of the request, in its order.
    results: Vec<BatchResult>,
}

pub(crate) fn send_batch(context: &Context, request: SendBatchRequest) -> Result<SendBatchAnswer> {
    send_batch_with(request, |requests| accept_batch(context, requests))
}

/// Reads a batch, has its messages accepted by `accept`, and makes the answer.
pub(crate) fn send_batch_with(
    request: SendBatchRequest,
    accept: impl FnOnce(Vec<Result<SendRequest>>) -> Result<Vec<Result<SendReceipt>>>,
) -> Result<SendBatchAnswer> {
    check_batch_size(request.messages.len())?;
    let requests = request.messages.iter().map(|text| read::<SendRequest>(text.get())).collect();
    let results = accept(requests)?
        .into_iter()
        .map(|outcome| match outcome {
            Ok(receipt) => BatchResult::Accepted(receipt),
            Err(error) => BatchResult::Refused { error: BatchError::of(&error) },
        })
        .collect();
    Ok(SendBatchAnswer { results })
}

pub(crate) fn check_batch_size(size: usize) -> Result<()> {
    if size > BATCH_LIMIT {
        return Err(invalid_request(format!("a batch has at most {BATCH_LIMIT}, not {size}")));
    }
    Ok(())
}

/// Checks the payloads of a batch together.
pub(super) fn check_batch_bytes(context: &Context, bytes: usize) -> Result<()> {
    if bytes > context.config.memory_budget_bytes {
        return Err(Error::new(
            ErrorCode::PayloadTooLarge,
            format!(
                "the batch has {bytes} bytes of payload; at most {} are allowed (`memory_budget_bytes`)",
                context.config.memory_budget_bytes
            ),
        ));
    }
    Ok(())
}

/// Commits many messages in one transaction.
pub(crate) fn accept_batch(
    context: &Context,
    requests: Vec<Result<SendRequest>>,
) -> Result<Vec<Result<SendReceipt>>> {
    check_batch_size(requests.len())?;
    let bytes = requests.iter().flatten().map(|request| request.payload.as_bytes().len()).sum();
    check_batch_bytes(context, bytes)?;
    let ids = MessageId::generate_many(requests.len())?;
    let accept = |(request, id): (Result<SendRequest>, MessageId)| request?.accept(&context.config, id);
    let messages = requests.into_iter().zip(ids).map(accept).collect();
    context.expect_delivery();
    context.outbox.accept_batch(messages)
}

request! {
    /// Names a message.
    #[derive(Clone, Debug)]
    pub struct MessageRef {
        /// The message's id, a UUIDv7 with dashes.
        #[cfg_attr(feature = "schema", schemars(with = "crate::model::ids::MessageId"))]
        pub message_id: String,
    }
}

pub(crate) fn parse_id(id: &str) -> Result<MessageId> {
    id.parse().map_err(|_| message_not_found())
}

/// The message as this process shows it: one that it is delivering has the status `delivering`.
pub(crate) fn shown(context: &Context, found: Found) -> Message {
    let mut message = found.message;
    let waiting = matches!(message.status, MessageStatus::Queued | MessageStatus::PendingRetry);
    if waiting && message.deleted_at.is_none() && context.link.is_in_flight(found.key) {
        message.status = MessageStatus::Delivering;
        message.next_attempt_at = None;
    }
    message
}

pub(crate) fn get(context: &Context, request: MessageRef) -> Result<Message> {
    let id = parse_id(&request.message_id)?;
    let found = context.reading().message(&id)?;
    found.map(|found| shown(context, found)).ok_or_else(message_not_found)
}

pub(crate) fn attempts(context: &Context, request: MessageRef) -> Result<Page<Attempt>> {
    let (data, has_more) = match request.message_id.parse() {
        // An unknown message has no attempts (docs/contract.md#messages).
        Err(_) => (Vec::new(), false),
        Ok(id) => context.reading().attempts(&id, ATTEMPTS_LIMIT)?,
    };
    Ok(Page { data, has_more, next_cursor: None })
}

/// A message that was deleted, now or before.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "DeleteMessageResult"))]
pub struct DeletedMessage {
    /// The message's id.
    pub message_id: MessageId,
    /// When the message was first deleted.
    pub deleted_at: Timestamp,
    /// Whether it had been deleted before.
    pub already_deleted: bool,
}

request! {
    /// What `messages.delete` takes.
    #[derive(Clone, Debug)]
    pub struct DeleteMessage {
        /// The message's id, a UUIDv7 with dashes.
        #[cfg_attr(feature = "schema", schemars(with = "crate::model::ids::MessageId"))]
        pub message_id: String,
        /// The API key of the caller; set by a door that asks for one.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(skip))]
        pub deleted_by_api_key_id: Option<ApiKeyId>,
    }
}

/// The answer of a delete, from the result of its command.
pub(super) fn deleted(message_id: MessageId, changed: &Changed) -> DeletedMessage {
    let message = &changed.message;
    let deleted_at = message.deleted_at.unwrap_or(message.updated_at);
    DeletedMessage { message_id, deleted_at, already_deleted: !changed.changed }
}

pub(crate) fn delete(context: &Context, request: DeleteMessage) -> Result<DeletedMessage> {
    let id = parse_id(&request.message_id)?;
    let command = MessageCommand::Delete { by: request.deleted_by_api_key_id };
    Ok(deleted(id, &context.change_message(id, command)?))
}

request! {
    /// What `messages.reschedule` takes.
    #[derive(Clone, Debug)]
    pub struct Reschedule {
        /// The message's id, a UUIDv7 with dashes.
        #[cfg_attr(feature = "schema", schemars(with = "crate::model::ids::MessageId"))]
        pub message_id: String,
        /// Before when it is not delivered; at most a year ahead. A moment that is past is at once.
        pub deliver_at: Timestamp,
    }
}

pub(crate) fn reschedule(context: &Context, request: Reschedule) -> Result<Message> {
    let id = parse_id(&request.message_id)?;
    let now = Timestamp::now();
    let at = checked_moment(request.deliver_at, now)?.unwrap_or(now);
    let expires_at = context.reading().message(&id)?.and_then(|found| found.message.expires_at);
    if expires_at.is_some_and(|expires_at| expires_at <= at) {
        return Err(invalid_request("`deliver_at` must be before the message's `expires_at`"));
    }
    Ok(context.change_message(id, MessageCommand::Reschedule { at })?.message)
}
