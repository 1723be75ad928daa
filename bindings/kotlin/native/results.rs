// Written by `hookbridge-generate`: change the definition, not this file.

//! What operations answer, as records: read from the operation's JSON.

use std::collections::HashMap;
use std::time::SystemTime;

use serde::Deserialize;

use super::answers::{maybe_time, time};
use super::json_text::JsonText;
use super::schedule::RetrySchedule;

/// A message that was accepted: it is on disk.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct SendWebhookResponse {
    /// The id under which the message is delivered.
    #[serde(default)]
    pub message_id: String,
    /// Always `queued`.
    #[serde(default)]
    pub status: String,
}

/// A message that an event made.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct SentMessage {
    /// The id under which it is delivered.
    #[serde(default)]
    pub message_id: String,
    /// The endpoint it goes to.
    #[serde(default)]
    pub endpoint_id: String,
}

/// An event that was accepted: it is on disk with all its messages.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct SendEventResponse {
    /// The event's id, `evt_...`.
    #[serde(default)]
    pub event_id: String,
    /// How many endpoints want it. 0 is no error: the event is kept, and can be replayed to an endpoint
    /// that comes later. Absent in a relay, whose server knows the endpoints.
    #[serde(default)]
    pub matched: Option<i64>,
    /// Its messages, one for each endpoint.
    #[serde(default)]
    pub messages: Vec<SentMessage>,
}

/// Why a message of a batch was refused.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct SendFailure {
    /// The error's code, for programs.
    #[serde(default)]
    pub code: String,
    /// The error's sentence, for people.
    #[serde(default)]
    pub message: String,
}

/// The result for one event of a batch: a receipt, or why it was refused.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct EventResult {
    /// Why it was refused, which does not affect the other events; absent where it was accepted.
    #[serde(default)]
    pub error: Option<SendFailure>,
    /// The event's id; absent where it was refused.
    #[serde(default)]
    pub event_id: Option<String>,
    /// How many endpoints want it; absent where it was refused, and in a relay.
    #[serde(default)]
    pub matched: Option<i64>,
    /// Its messages; absent where it was refused.
    #[serde(default)]
    pub messages: Option<Vec<SentMessage>>,
}

/// What `sendEventBatch` answers: a result for each event, in order.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct SendEventsResponse {
    /// One result for each event of the request, in its order.
    #[serde(default)]
    pub results: Vec<EventResult>,
}

/// An event, without its payload.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct EventRecord {
    /// The event's id, `evt_...`.
    #[serde(default)]
    pub event_id: String,
    /// The name of its type.
    #[serde(default)]
    pub r#type: String,
    /// The customer whose endpoints it went to; absent where the producer named none.
    #[serde(default)]
    pub tenant: Option<String>,
    /// The producer's idempotency key; absent where it gave none.
    #[serde(default)]
    pub idempotency_key: Option<String>,
    /// Its messages to one endpoint are delivered in order with others of this key; absent where the
    /// producer gave none.
    #[serde(default)]
    pub ordering_key: Option<String>,
    /// The size of the payload.
    #[serde(default)]
    pub size_bytes: i64,
    /// Hex SHA-256 of the payload.
    #[serde(default)]
    pub payload_sha256: String,
    /// When it was accepted.
    #[serde(deserialize_with = "time")]
    pub created_at: SystemTime,
    /// Before when its messages are not delivered.
    #[serde(default, deserialize_with = "maybe_time")]
    pub deliver_at: Option<SystemTime>,
    /// After when its messages are not tried any more.
    #[serde(default, deserialize_with = "maybe_time")]
    pub expires_at: Option<SystemTime>,
    /// How many endpoints wanted it when it was accepted.
    #[serde(default)]
    pub matched: i64,
    /// Whether its payload is still kept.
    #[serde(default)]
    pub has_payload: bool,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct ListEventsResponse {
    /// The items of this page.
    #[serde(rename = "data", default)]
    pub events: Vec<EventRecord>,
    /// Whether a further page exists.
    #[serde(default)]
    pub has_more: bool,
    /// Where the next page begins; absent on the last.
    #[serde(default)]
    pub next_cursor: Option<String>,
}

/// A message of an event.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct EventMessage {
    /// The message's id.
    #[serde(default)]
    pub message_id: String,
    /// The endpoint it goes to.
    #[serde(default)]
    pub endpoint_id: String,
    /// The message's state. One of `queued`, `delivering`, `succeeded`, `pending_retry`,
    /// `failed_permanent`; a newer server may say another.
    #[serde(default)]
    pub status: String,
}

/// An event with its messages.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct EventDetails {
    /// The event's id, `evt_...`.
    #[serde(default)]
    pub event_id: String,
    /// The name of its type.
    #[serde(default)]
    pub r#type: String,
    /// The customer whose endpoints it went to; absent where the producer named none.
    #[serde(default)]
    pub tenant: Option<String>,
    /// The producer's idempotency key; absent where it gave none.
    #[serde(default)]
    pub idempotency_key: Option<String>,
    /// Its messages to one endpoint are delivered in order with others of this key; absent where the
    /// producer gave none.
    #[serde(default)]
    pub ordering_key: Option<String>,
    /// The size of the payload.
    #[serde(default)]
    pub size_bytes: i64,
    /// Hex SHA-256 of the payload.
    #[serde(default)]
    pub payload_sha256: String,
    /// When it was accepted.
    #[serde(deserialize_with = "time")]
    pub created_at: SystemTime,
    /// Before when its messages are not delivered.
    #[serde(default, deserialize_with = "maybe_time")]
    pub deliver_at: Option<SystemTime>,
    /// After when its messages are not tried any more.
    #[serde(default, deserialize_with = "maybe_time")]
    pub expires_at: Option<SystemTime>,
    /// How many endpoints wanted it when it was accepted.
    #[serde(default)]
    pub matched: i64,
    /// Whether its payload is still kept.
    #[serde(default)]
    pub has_payload: bool,
    /// Its messages, those of the oldest endpoint first.
    #[serde(default)]
    pub messages: Vec<EventMessage>,
    /// Whether it has further messages.
    #[serde(default)]
    pub has_more: bool,
    /// What to pass as `cursor` for them; null where there are none.
    #[serde(default)]
    pub next_cursor: Option<String>,
}

/// What `replayEvents` answers.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct ReplayEventsResult {
    /// How many events got a message for the endpoint, or would get one.
    #[serde(default)]
    pub replayed: i64,
    /// Those events, oldest first.
    #[serde(default)]
    pub event_ids: Vec<String>,
    /// The messages that were made; empty in a dry run.
    #[serde(default)]
    pub message_ids: Vec<String>,
    /// How many events this call looked at.
    #[serde(default)]
    pub examined: i64,
    /// Over how many seconds the messages are spread by `rate`. The next call should come no sooner.
    #[serde(default)]
    pub spread_over_seconds: i64,
    /// Whether this was a dry run.
    #[serde(default)]
    pub dry_run: bool,
    /// Whether there may be further events.
    #[serde(default)]
    pub has_more: bool,
    /// What to pass as `cursor` to go on; null where nothing is left.
    #[serde(default)]
    pub next_cursor: Option<String>,
}

/// A condition, and what it found.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct CheckedCondition {
    /// The place.
    #[serde(default)]
    pub pointer: String,
    /// Whether the condition holds.
    #[serde(default)]
    pub holds: bool,
    /// What the sample has there, as JSON; absent where it has nothing.
    #[serde(default)]
    pub found: Option<String>,
}

/// What `checkSubscription` answers.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct CheckedSubscription {
    /// Whether an event like the sample would be delivered.
    #[serde(default)]
    pub wanted: bool,
    /// Whether the patterns take its type.
    #[serde(default)]
    pub type_taken: bool,
    /// The conditions of the filter, in order.
    #[serde(default)]
    pub conditions: Vec<CheckedCondition>,
}

/// A type of event in the catalogue.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct EventTypeEntry {
    /// The name, such as `order.created`.
    #[serde(default)]
    pub name: String,
    /// For people; at most 500 characters.
    #[serde(default)]
    pub description: Option<String>,
    /// The JSON schema (2020-12) of its payloads.
    #[serde(default)]
    pub schema: Option<JsonText>,
    /// A payload, for whoever writes a receiver.
    #[serde(default)]
    pub example: Option<JsonText>,
    /// Whether receivers should not rely on it any more. It is sent all the same.
    #[serde(default)]
    pub deprecated: bool,
    /// When it was made.
    #[serde(deserialize_with = "time")]
    pub created_at: SystemTime,
    /// When it last changed.
    #[serde(deserialize_with = "time")]
    pub updated_at: SystemTime,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct ListEventTypesResponse {
    /// The items of this page.
    #[serde(rename = "data", default)]
    pub event_types: Vec<EventTypeEntry>,
    /// Whether a further page exists.
    #[serde(default)]
    pub has_more: bool,
    /// Where the next page begins; absent on the last.
    #[serde(default)]
    pub next_cursor: Option<String>,
}

/// A new endpoint. Its signing secret is shown only here.
#[derive(Clone, PartialEq, Deserialize, uniffi::Record)]
#[uniffi::export(Debug)]
pub struct CreateEndpointResponse {
    /// The endpoint's id, `ep_...`.
    #[serde(default)]
    pub id: String,
    /// The normalised URL.
    #[serde(default)]
    pub url: String,
    /// The secret that deliveries are signed with, `whsec_...`.
    #[serde(default)]
    pub signing_secret: String,
    /// When the endpoint was made.
    #[serde(deserialize_with = "time")]
    pub created_at: SystemTime,
    /// The owner's words.
    #[serde(default)]
    pub description: Option<String>,
    /// The signing key's id, `sk_...`.
    #[serde(default)]
    pub signing_key_id: String,
    /// The last four characters of the secret.
    #[serde(default)]
    pub key_hint: String,
}

/// Without its secrets.
impl std::fmt::Debug for CreateEndpointResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreateEndpointResponse")
            .field("id", &self.id)
            .field("url", &self.url)
            .field("signingSecret", &format_args!("[hidden]"))
            .field("createdAt", &self.created_at)
            .field("description", &self.description)
            .field("signingKeyId", &self.signing_key_id)
            .field("keyHint", &self.key_hint)
            .finish()
    }
}

/// An endpoint in a list.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct EndpointSummary {
    /// The endpoint's id, `ep_...`.
    #[serde(default)]
    pub id: String,
    /// Where deliveries are posted to.
    #[serde(default)]
    pub url: String,
    /// When it was made.
    #[serde(deserialize_with = "time")]
    pub created_at: SystemTime,
    /// Whether deliveries are held.
    #[serde(default)]
    pub paused: bool,
    /// The owner's words.
    #[serde(default)]
    pub description: Option<String>,
    /// The customer it belongs to.
    #[serde(default)]
    pub tenant: Option<String>,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct ListEndpointsResponse {
    /// The items of this page.
    #[serde(rename = "data", default)]
    pub endpoints: Vec<EndpointSummary>,
    /// Whether a further page exists.
    #[serde(default)]
    pub has_more: bool,
    /// Where the next page begins; absent on the last.
    #[serde(default)]
    pub next_cursor: Option<String>,
}

/// An endpoint, without its signing keys.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct Endpoint {
    /// The endpoint's id, `ep_...`.
    #[serde(default)]
    pub id: String,
    /// Where deliveries are posted to.
    #[serde(default)]
    pub url: String,
    /// When it was made.
    #[serde(deserialize_with = "time")]
    pub created_at: SystemTime,
    /// When it last changed.
    #[serde(deserialize_with = "time")]
    pub updated_at: SystemTime,
    /// Whether deliveries are held.
    #[serde(default)]
    pub paused: bool,
    /// The owner's words, at most 500 characters.
    #[serde(default)]
    pub description: Option<String>,
    /// Deliveries a second, 1 to 1,000; absent is unlimited.
    #[serde(default)]
    pub rate_limit_rps: Option<i32>,
    /// Deliveries at once within the rate limit, 1 to 10,000; absent is `rateLimitRps`.
    #[serde(default)]
    pub burst: Option<i32>,
    /// Sent with every delivery.
    #[serde(default)]
    pub headers: Option<HashMap<String, String>>,
    /// Replaces the engine's schedule.
    #[serde(default)]
    pub retry_schedule: Option<RetrySchedule>,
    /// Replaces the engine's number of attempts, 1 to 100.
    #[serde(default)]
    pub max_attempts: Option<i32>,
    /// The customer it belongs to, whose events it gets; absent for the producer's own.
    #[serde(default)]
    pub tenant: Option<String>,
    /// The events that it wants: patterns of types; absent is every type.
    #[serde(default)]
    pub event_types: Option<Vec<String>>,
    /// Conditions on an event's payload, all of which must hold.
    #[serde(default)]
    pub filter: Option<JsonText>,
    /// What follows for an ordering key when one of its messages is given up; absent is `continue`.
    #[serde(default)]
    pub on_failure: Option<String>,
}

/// Whether an endpoint's deliveries are held.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct PauseState {
    /// The endpoint's id, `ep_...`.
    #[serde(default)]
    pub id: String,
    /// Whether deliveries are held now.
    #[serde(default)]
    pub paused: bool,
    /// After a resume: how many messages had come due meanwhile.
    #[serde(default)]
    pub messages_requeued: Option<i64>,
}

/// What happened at an endpoint in a minute.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct HealthMinute {
    /// When the minute begins.
    #[serde(deserialize_with = "time")]
    pub at: SystemTime,
    /// Successful deliveries.
    #[serde(default)]
    pub succeeded: i64,
    /// Messages given up after an attempt.
    #[serde(default)]
    pub failed: i64,
    /// Failed attempts that another was to follow.
    #[serde(default)]
    pub retries: i64,
}

/// How an endpoint is doing.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct EndpointHealth {
    /// The endpoint's id.
    #[serde(default)]
    pub endpoint_id: String,
    /// Its URL.
    #[serde(default)]
    pub url: String,
    /// The customer it belongs to; absent where it belongs to none.
    #[serde(default)]
    pub tenant: Option<String>,
    /// Whether its deliveries are held.
    #[serde(default)]
    pub paused: bool,
    /// How it has answered. One of `untried`, `failing`, `answering`, `unknown`; a newer server may say
    /// another.
    #[serde(default)]
    pub standing: String,
    /// Whether its breaker is open. One of `closed`, `open`, `unknown`; a newer server may say another.
    #[serde(default)]
    pub breaker: String,
    /// When the next attempt probes it, while its breaker is open.
    #[serde(default, deserialize_with = "maybe_time")]
    pub probes_at: Option<SystemTime>,
    /// Attempts under way; absent where another process delivers.
    #[serde(default)]
    pub in_flight: Option<i64>,
    /// How many attempts may be under way now; absent where another process delivers, or nothing was to
    /// be delivered.
    #[serde(default)]
    pub limit: Option<i64>,
    /// How many attempts the rate limit lets begin at once; absent without one.
    #[serde(default)]
    pub tokens: Option<f64>,
    /// Messages that were accepted or replayed and not attempted since. Those in flight are among them.
    #[serde(default)]
    pub queued: i64,
    /// Messages that failed and will be tried again.
    #[serde(default)]
    pub waiting_for_retry: i64,
    /// Messages in the dead letter queue.
    #[serde(default)]
    pub dead: i64,
    /// When it last took a message, to the minute; to the hour or the day where that is long ago.
    #[serde(default, deserialize_with = "maybe_time")]
    pub last_success_at: Option<SystemTime>,
    /// When an attempt last failed, alike.
    #[serde(default, deserialize_with = "maybe_time")]
    pub last_failure_at: Option<SystemTime>,
    /// The last 60 minutes, the current one last.
    #[serde(default)]
    pub minutes: Vec<HealthMinute>,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct EndpointHealthResponse {
    /// The items of this page.
    #[serde(rename = "data", default)]
    pub endpoints: Vec<EndpointHealth>,
    /// Whether a further page exists.
    #[serde(default)]
    pub has_more: bool,
    /// Where the next page begins; absent on the last.
    #[serde(default)]
    pub next_cursor: Option<String>,
}

/// One attempt at a delivery. Times are whole milliseconds.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct AttemptRecord {
    /// A UUIDv7.
    #[serde(default)]
    pub id: String,
    /// 1 for the first attempt of the message; goes on counting after a replay.
    #[serde(default)]
    pub attempt_no: i32,
    /// When the attempt began.
    #[serde(deserialize_with = "time")]
    pub created_at: SystemTime,
    /// The receiver's status; absent where no answer came.
    #[serde(default)]
    pub response_status: Option<i32>,
    /// From the beginning of the attempt to the end of the answer or of the failure.
    #[serde(default)]
    pub response_latency_ms: Option<i32>,
    /// From the moment the message was due to the beginning of the attempt.
    #[serde(default)]
    pub processing_ms: Option<i32>,
    /// What went wrong, for people.
    #[serde(default)]
    pub error_text: Option<String>,
    /// The answer's headers. The values of a repeated name are joined by a comma.
    #[serde(default)]
    pub response_headers: Option<HashMap<String, String>>,
    /// Which list of the schedule the next attempt follows. One of `fast`, `slow`; a newer server may
    /// say another.
    #[serde(default)]
    pub retry_type: Option<String>,
    /// The delay until the next attempt.
    #[serde(default)]
    pub retry_after_seconds: Option<i64>,
    /// The address that was connected to or refused.
    #[serde(default)]
    pub resolved_ip: Option<String>,
    /// The headers sent. The value of `Authorization` is masked.
    #[serde(default)]
    pub request_headers: Option<HashMap<String, String>>,
    /// Resolving the host; absent on a reused connection.
    #[serde(default)]
    pub dns_ms: Option<i32>,
    /// Connecting; absent on a reused connection.
    #[serde(default)]
    pub tcp_connect_ms: Option<i32>,
    /// The TLS handshake; absent on a reused connection and without TLS.
    #[serde(default)]
    pub tls_handshake_ms: Option<i32>,
    /// From the request being ready to be written to the answer's headers.
    #[serde(default)]
    pub ttfb_ms: Option<i32>,
    /// From the answer's headers to its last byte.
    #[serde(default)]
    pub transfer_ms: Option<i32>,
    /// Whether a kept connection served.
    #[serde(default)]
    pub conn_reused: Option<bool>,
    /// Whether the answer's body was longer than the kept part.
    #[serde(default)]
    pub response_body_truncated: Option<bool>,
    /// The beginning of the answer's body as text, at most 64 KiB of it.
    #[serde(default)]
    pub response_body: Option<String>,
    /// Something unusual that neither the status nor the error says: a body that was cut off or ended
    /// badly, a dead kept connection that a fresh one replaced.
    #[serde(default)]
    pub note: Option<String>,
}

/// What a test delivery came to.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct TestDelivery {
    /// The id that was sent. No message has it.
    #[serde(default)]
    pub message_id: String,
    /// Whether the receiver answered 2xx.
    #[serde(default)]
    pub delivered: bool,
    /// What was sent.
    #[serde(default)]
    pub payload: String,
    /// The attempt.
    pub attempt: AttemptRecord,
}

/// What a check of a signature came to.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct Verification {
    /// Whether a key of the endpoint made the signature of this body at about this time, and the
    /// computed value, if one was given, is right.
    #[serde(default)]
    pub valid: bool,
    /// What is right or wrong, for programs. One of `valid`, `clock_off`, `header_missing`,
    /// `header_malformed`, `payload_written_again`, `payload_space`, `payload_changed`,
    /// `other_endpoint`, `unknown_key`, `values_not_split`, `secret_cut`, `secret_decoded`,
    /// `secret_not_decoded`, `encoding_wrong`, `signed_wrong`; a newer server may say another.
    #[serde(default)]
    pub cause: String,
    /// What it means and what to do, for people.
    #[serde(default)]
    pub sentence: String,
    /// The signature that was looked at; absent where there is none. One of `webhook`, `standard`; a
    /// newer server may say another.
    #[serde(default)]
    pub scheme: Option<String>,
    /// The endpoint's key that made it; absent where none did.
    #[serde(default)]
    pub key_id: Option<String>,
    /// The time that was signed.
    #[serde(default, deserialize_with = "maybe_time")]
    pub signed_at: Option<SystemTime>,
}

/// A signing key as `listEndpointSigningKeys` shows it, without its secret.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct SigningKey {
    /// The signing key's id, `sk_...`.
    #[serde(default)]
    pub id: String,
    /// The last four characters of the secret.
    #[serde(default)]
    pub key_hint: String,
    /// When it was made.
    #[serde(deserialize_with = "time")]
    pub created_at: SystemTime,
}

/// What `createEndpointSigningKey` answers: the one time that the secret is shown.
#[derive(Clone, PartialEq, Deserialize, uniffi::Record)]
#[uniffi::export(Debug)]
pub struct RotateSecretResponse {
    /// The signing key's id, `sk_...`.
    #[serde(default)]
    pub id: String,
    /// `whsec_...`, shown only here.
    #[serde(default)]
    pub signing_secret: String,
    /// The last four characters of the secret.
    #[serde(default)]
    pub key_hint: String,
    /// When it was made.
    #[serde(deserialize_with = "time")]
    pub created_at: SystemTime,
}

/// Without its secrets.
impl std::fmt::Debug for RotateSecretResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RotateSecretResponse")
            .field("id", &self.id)
            .field("signingSecret", &format_args!("[hidden]"))
            .field("keyHint", &self.key_hint)
            .field("createdAt", &self.created_at)
            .finish()
    }
}

/// A message, without its payload.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct Message {
    /// A UUIDv7.
    #[serde(default)]
    pub id: String,
    /// Always `proj_default`.
    #[serde(default)]
    pub project_id: String,
    /// The endpoint it goes to.
    #[serde(default)]
    pub endpoint_id: String,
    /// The message's state. One of `queued`, `delivering`, `succeeded`, `pending_retry`,
    /// `failed_permanent`; a newer server may say another.
    #[serde(default)]
    pub status: String,
    /// Attempts that ended.
    #[serde(default)]
    pub attempt_count: i32,
    /// Replays by `replay`, `replayAllMessages` and `replayBatchMessages`, at most 10.
    #[serde(default)]
    pub replay_count: i32,
    /// Always `application/json`.
    #[serde(default)]
    pub content_type: String,
    /// The size of the payload.
    #[serde(default)]
    pub size_bytes: i64,
    /// Hex SHA-256 of the payload.
    #[serde(default)]
    pub payload_sha256: String,
    /// When it was accepted.
    #[serde(deserialize_with = "time")]
    pub created_at: SystemTime,
    /// When it last changed.
    #[serde(deserialize_with = "time")]
    pub updated_at: SystemTime,
    /// The producer's idempotency key; absent where it gave none.
    #[serde(default)]
    pub idempotency_key: Option<String>,
    /// When the next attempt is due, while `pending_retry` or scheduled.
    #[serde(default, deserialize_with = "maybe_time")]
    pub next_attempt_at: Option<SystemTime>,
    /// What the last failed attempt said.
    #[serde(default)]
    pub last_error: Option<String>,
    /// The receiver's status in the last attempt; absent where that attempt got no answer.
    #[serde(default)]
    pub response_status: Option<i32>,
    /// How long the last attempt took, in milliseconds.
    #[serde(default)]
    pub response_latency_ms: Option<i32>,
    /// When it was deleted.
    #[serde(default, deserialize_with = "maybe_time")]
    pub deleted_at: Option<SystemTime>,
    /// The API key of the caller that deleted it; absent where the door asks for none.
    #[serde(default)]
    pub deleted_by_api_key_id: Option<String>,
    /// When the first attempt began.
    #[serde(default, deserialize_with = "maybe_time")]
    pub first_attempt_at: Option<SystemTime>,
    /// When it was delivered.
    #[serde(default, deserialize_with = "maybe_time")]
    pub delivered_at: Option<SystemTime>,
    /// When it was given up.
    #[serde(default, deserialize_with = "maybe_time")]
    pub failed_at: Option<SystemTime>,
    /// From acceptance to the first attempt, in milliseconds.
    #[serde(default)]
    pub queue_wait_ms: Option<i64>,
    /// From acceptance to success, in milliseconds.
    #[serde(default)]
    pub total_delivery_ms: Option<i64>,
    /// When the payload is dropped at the latest; absent once it is gone.
    #[serde(default, deserialize_with = "maybe_time")]
    pub payload_expires_at: Option<SystemTime>,
    /// The event that it belongs to; absent for a message that was sent to one endpoint.
    #[serde(default)]
    pub event_id: Option<String>,
    /// The type of that event.
    #[serde(default)]
    pub event_type: Option<String>,
    /// Messages of the endpoint with this key are delivered one after another.
    #[serde(default)]
    pub ordering_key: Option<String>,
    /// Before when it is not delivered.
    #[serde(default, deserialize_with = "maybe_time")]
    pub deliver_at: Option<SystemTime>,
    /// After when it is not tried any more.
    #[serde(default, deserialize_with = "maybe_time")]
    pub expires_at: Option<SystemTime>,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct AttemptsResponse {
    /// The items of this page.
    #[serde(rename = "data", default)]
    pub attempts: Vec<AttemptRecord>,
    /// Whether a further page exists.
    #[serde(default)]
    pub has_more: bool,
    /// Where the next page begins; absent on the last.
    #[serde(default)]
    pub next_cursor: Option<String>,
}

/// A message's payload and what is sent beside it.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct MessagePayload {
    /// The message's id.
    #[serde(default)]
    pub message_id: String,
    /// The endpoint it goes to.
    #[serde(default)]
    pub endpoint_id: String,
    /// Always `application/json`.
    #[serde(default)]
    pub content_type: String,
    /// The JSON document as a text, byte for byte as it was accepted: what is read into numbers may
    /// lose digits.
    #[serde(default)]
    pub payload: String,
    /// The size of the payload.
    #[serde(default)]
    pub size_bytes: i64,
    /// Hex SHA-256 of the payload.
    #[serde(default)]
    pub payload_sha256: String,
    /// The message's own headers; absent where it has none.
    #[serde(default)]
    pub headers: Option<HashMap<String, String>>,
    /// When the payload is dropped at the latest.
    #[serde(default, deserialize_with = "maybe_time")]
    pub payload_expires_at: Option<SystemTime>,
}

/// One reason, with what belongs to it.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct ExplanationReason {
    /// The reason, for programs. One of `delivered`, `deleted`, `given_up`, `cancelled`,
    /// `payload_gone`, `being_attempted`, `nobody_delivers`, `cannot_deliver`, `deliverer_stopped`,
    /// `paused`, `endpoint_deleted`, `scheduled`, `behind_in_order`, `order_halted`, `waits_for_retry`,
    /// `shortage`, `breaker_open`, `rate_limited`, `endpoint_busy`, `slots_taken`, `behind`,
    /// `delivered_elsewhere`, `due`; a newer server may say another.
    #[serde(default)]
    pub cause: String,
    /// The reason, for people.
    #[serde(default)]
    pub sentence: String,
    /// When the reason ends, or at the latest; absent where that is not known.
    #[serde(default, deserialize_with = "maybe_time")]
    pub until: Option<SystemTime>,
    /// How many: attempts made, attempts under way, or messages before it.
    #[serde(default)]
    pub count: Option<i64>,
    /// How many there may be: attempts in all, or under way.
    #[serde(default)]
    pub limit: Option<i64>,
    /// The process that is meant.
    #[serde(default)]
    pub pid: Option<i32>,
    /// The message that is meant.
    #[serde(default)]
    pub message_id: Option<String>,
}

/// Why a message is where it is.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct Explanation {
    /// The message's id.
    #[serde(default)]
    pub message_id: String,
    /// The endpoint it goes to.
    #[serde(default)]
    pub endpoint_id: String,
    /// Where it is. One of `waiting`, `being_attempted`, `delivered`, `given_up`, `deleted`; a newer
    /// server may say another.
    #[serde(default)]
    pub progress: String,
    /// The first of the reasons, for people.
    #[serde(default)]
    pub sentence: String,
    /// Every reason, what decides most first.
    #[serde(default)]
    pub reasons: Vec<ExplanationReason>,
    /// When it goes on; absent where that takes a person, or is not known.
    #[serde(default, deserialize_with = "maybe_time")]
    pub changes_at: Option<SystemTime>,
}

/// A message that is queued again.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct ReplayMessageResponse {
    /// The message's id, which stays.
    #[serde(default)]
    pub message_id: String,
    /// Always `queued`.
    #[serde(default)]
    pub status: String,
}

/// What a replay by a filter came to.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct ReplayAllMessagesResponse {
    /// How many messages are queued again.
    #[serde(default)]
    pub replayed: i64,
    /// How many were refused because of their state or their payload's retention.
    #[serde(default)]
    pub failed: i64,
    /// Always 0: a replay is one transaction, so no message is left halfway.
    #[serde(default)]
    pub stuck: i64,
    /// The messages that are queued again.
    #[serde(default)]
    pub replayed_message_ids: Vec<String>,
    /// Always empty.
    #[serde(default)]
    pub stuck_message_ids: Vec<String>,
    /// How many were refused, by the code of their error; absent where an older server answered.
    #[serde(default)]
    pub refused: Option<HashMap<String, i32>>,
    /// Whether nothing was changed, and this is what would happen; absent where an older server
    /// answered.
    #[serde(default)]
    pub dry_run: Option<bool>,
    /// What to pass as `cursor` to go on; absent where nothing is left.
    #[serde(default)]
    pub next_cursor: Option<String>,
}

/// What a cancel by a filter came to.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct CancelAllResult {
    /// How many messages were given up.
    #[serde(default)]
    pub cancelled: i64,
    /// Their ids.
    #[serde(default)]
    pub cancelled_message_ids: Vec<String>,
    /// How many were refused, by the code of their error.
    #[serde(default)]
    pub refused: HashMap<String, i32>,
    /// Whether nothing was changed, and this is what would happen.
    #[serde(default)]
    pub dry_run: bool,
    /// What to pass as `cursor` to go on; absent where nothing is left.
    #[serde(default)]
    pub next_cursor: Option<String>,
}

/// What became of one message of a replay.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct ReplayBatchResult {
    /// The id as the request gave it.
    #[serde(default)]
    pub message_id: String,
    /// `replayed` or `failed`.
    #[serde(default)]
    pub status: String,
    /// Why the message was not replayed.
    #[serde(default)]
    pub error: Option<String>,
}

/// What a replay of named messages came to.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct ReplayBatchMessagesResponse {
    /// How many messages are queued again.
    #[serde(default)]
    pub replayed: i64,
    /// How many were refused.
    #[serde(default)]
    pub failed: i64,
    /// Always 0.
    #[serde(default)]
    pub stuck: i64,
    /// One result for each id of the request, in its order.
    #[serde(default)]
    pub results: Vec<ReplayBatchResult>,
}

/// A message that was deleted, now or before.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct DeleteMessageResult {
    /// The message's id.
    #[serde(default)]
    pub message_id: String,
    /// When the message was first deleted.
    #[serde(deserialize_with = "time")]
    pub deleted_at: SystemTime,
    /// Whether it had been deleted before.
    #[serde(default)]
    pub already_deleted: bool,
}

/// What became of one message of a delete.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct DeleteBatchItemResult {
    /// The id as the request gave it.
    #[serde(default)]
    pub message_id: String,
    /// `deleted`, `already_deleted` or `not_found`.
    #[serde(default)]
    pub outcome: String,
    /// When the message was first deleted.
    #[serde(default, deserialize_with = "maybe_time")]
    pub deleted_at: Option<SystemTime>,
}

/// What a delete of named messages came to.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct DeleteBatchResult {
    /// One result for each id of the request, in its order.
    #[serde(default)]
    pub results: Vec<DeleteBatchItemResult>,
    /// How many messages this request deleted.
    #[serde(default)]
    pub deleted_count: i64,
    /// How many had been deleted before.
    #[serde(default)]
    pub already_deleted_count: i64,
    /// How many ids are unknown.
    #[serde(default)]
    pub not_found_count: i64,
}

/// What a delete by a filter came to. Where `deleted` is the limit there may be more.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct DeleteAllResult {
    /// How many messages were deleted.
    #[serde(default)]
    pub deleted: i64,
    /// Their ids.
    #[serde(default)]
    pub deleted_message_ids: Vec<String>,
    /// Whether nothing was changed, and this is what would happen; absent where an older server
    /// answered.
    #[serde(default)]
    pub dry_run: Option<bool>,
    /// What to pass as `cursor` to go on; absent where nothing is left.
    #[serde(default)]
    pub next_cursor: Option<String>,
}

/// One line of the logs or of the dead letter queue.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct MessageSummary {
    /// A UUIDv7.
    #[serde(default)]
    pub message_id: String,
    /// The endpoint's URL, not its id.
    #[serde(default)]
    pub endpoint: String,
    /// The message's state. One of `queued`, `delivering`, `succeeded`, `pending_retry`,
    /// `failed_permanent`; a newer server may say another.
    #[serde(default)]
    pub status: String,
    /// Attempts that ended.
    #[serde(default)]
    pub attempt_count: i32,
    /// When it was accepted.
    #[serde(deserialize_with = "time")]
    pub created_at: SystemTime,
    /// When it was delivered.
    #[serde(default, deserialize_with = "maybe_time")]
    pub delivered_at: Option<SystemTime>,
    /// When the next attempt is due, while `pending_retry` or scheduled.
    #[serde(default, deserialize_with = "maybe_time")]
    pub next_attempt_at: Option<SystemTime>,
    /// The receiver's status in the last attempt; absent where that attempt got no answer.
    #[serde(default)]
    pub response_status: Option<i32>,
    /// How long the last attempt took, in milliseconds.
    #[serde(default)]
    pub response_latency_ms: Option<i32>,
    /// What the last failed attempt said.
    #[serde(default)]
    pub last_error: Option<String>,
    /// When it was deleted.
    #[serde(default, deserialize_with = "maybe_time")]
    pub deleted_at: Option<SystemTime>,
    /// When it was given up.
    #[serde(default, deserialize_with = "maybe_time")]
    pub failed_at: Option<SystemTime>,
    /// The endpoint's id; absent where an older server answered.
    #[serde(default)]
    pub endpoint_id: Option<String>,
    /// The type of the event that it belongs to; absent for a message that was sent to one endpoint.
    #[serde(default)]
    pub event_type: Option<String>,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct LogsResponse {
    /// The items of this page.
    #[serde(rename = "data", default)]
    pub messages: Vec<MessageSummary>,
    /// Whether a further page exists.
    #[serde(default)]
    pub has_more: bool,
    /// Where the next page begins; absent on the last.
    #[serde(default)]
    pub next_cursor: Option<String>,
    /// How far back was looked, where a page is short and has more behind it: the moment at which the
    /// last message that was looked at was accepted.
    #[serde(default, deserialize_with = "maybe_time")]
    pub searched_to: Option<SystemTime>,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct DlqMessagesResponse {
    /// The items of this page.
    #[serde(default)]
    pub messages: Vec<MessageSummary>,
    /// Whether a further page exists.
    #[serde(default)]
    pub has_more: bool,
    /// Where the next page begins; absent on the last.
    #[serde(default)]
    pub next_cursor: Option<String>,
}

/// Dead letters with one cause at one endpoint.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct DeadLetterGroup {
    /// `HTTP 503` where the receiver answered, else the text of the error without numbers and
    /// addresses.
    #[serde(default)]
    pub cause: String,
    /// The endpoint.
    #[serde(default)]
    pub endpoint_id: String,
    /// The endpoint's URL.
    #[serde(default)]
    pub endpoint: String,
    /// How many messages.
    #[serde(default)]
    pub count: i64,
    /// When the first of them was given up.
    #[serde(deserialize_with = "time")]
    pub first_failed_at: SystemTime,
    /// When the last of them was given up.
    #[serde(deserialize_with = "time")]
    pub last_failed_at: SystemTime,
    /// The newest of them.
    #[serde(default)]
    pub message_id: String,
    /// What its last attempt said, whole.
    #[serde(default)]
    pub last_error: Option<String>,
}

/// What `getDlqGroups` answers. Where there is more, the further messages have groups of their own:
/// those with the same cause and endpoint belong together.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct DeadLetterGroups {
    /// The largest first.
    #[serde(default)]
    pub groups: Vec<DeadLetterGroup>,
    /// How many dead letters were read: at most 10,000.
    #[serde(default)]
    pub read: i64,
    /// Whether there are more.
    #[serde(default)]
    pub has_more: bool,
    /// What to pass as `cursor` to go on; null where all were read.
    #[serde(default)]
    pub next_cursor: Option<String>,
}

/// What happened in a window of time, in sum.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct Metrics {
    /// The window asked for. One of `1h`, `24h`, `7d`, `30d`; a newer server may say another.
    #[serde(default)]
    pub window: String,
    /// Messages accepted. A replay, and a send that an idempotency key answered, accept none.
    #[serde(default)]
    pub total_messages: i64,
    /// Successful deliveries; a message that is replayed may have several.
    #[serde(default)]
    pub succeeded: i64,
    /// Messages given up after an attempt; not those that were cancelled, deleted or ran out of
    /// retention.
    #[serde(default)]
    pub failed: i64,
    /// Failed attempts that another was to follow.
    #[serde(default)]
    pub retries: i64,
    /// `succeeded` divided by `totalMessages`, 0 to 1; 0 where no message was accepted. 1 where more
    /// messages succeeded than were accepted, as after an outage whose messages were accepted before
    /// the window.
    #[serde(default)]
    pub success_rate: f64,
    /// The mean time of the attempts that got an answer, of any status; 0 where none got one.
    #[serde(default)]
    pub avg_latency_ms: i64,
}

/// What happened in one bucket of a window.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct TimeSeriesBucket {
    /// When the bucket begins.
    #[serde(deserialize_with = "time")]
    pub timestamp: SystemTime,
    /// Messages accepted.
    #[serde(default)]
    pub total: i64,
    /// Successful deliveries.
    #[serde(default)]
    pub succeeded: i64,
    /// Messages given up after an attempt.
    #[serde(default)]
    pub failed: i64,
    /// Failed attempts that another was to follow.
    #[serde(default)]
    pub retrying: i64,
    /// The mean time of the attempts that got an answer.
    #[serde(default)]
    pub avg_latency_ms: i64,
}

/// What happened in a window of time, bucket by bucket.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct TimeSeriesMetrics {
    /// The window asked for. One of `1h`, `24h`, `7d`, `30d`; a newer server may say another.
    #[serde(default)]
    pub window: String,
    /// Oldest first, without a gap.
    #[serde(default)]
    pub buckets: Vec<TimeSeriesBucket>,
}

/// An API key as `listApiKeys` shows it.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct ApiKeyInfo {
    /// The API key's id, `key_...`.
    #[serde(default)]
    pub key_id: String,
    /// The label that it was given; empty without one.
    #[serde(default)]
    pub label: String,
    /// The key's first 11 characters.
    #[serde(default)]
    pub prefix: String,
    /// When it was made.
    #[serde(deserialize_with = "time")]
    pub created_at: SystemTime,
    /// When the key was last used, to the minute; null where it never was.
    #[serde(default, deserialize_with = "maybe_time")]
    pub last_used_at: Option<SystemTime>,
    /// What the key lets its owner do; absent where an older server answered. One of `full`, `read`,
    /// `send`; a newer server may say another.
    #[serde(default)]
    pub scope: Option<String>,
}

/// What `createApiKey` answers: the one time that the whole key is shown.
#[derive(Clone, PartialEq, Deserialize, uniffi::Record)]
#[uniffi::export(Debug)]
pub struct CreateApiKeyResponse {
    /// The API key's id, `key_...`.
    #[serde(default)]
    pub key_id: String,
    /// The whole key, shown only here.
    #[serde(default)]
    pub key: String,
    /// Its first 11 characters.
    #[serde(default)]
    pub prefix: String,
    /// The label that it was given; empty without one.
    #[serde(default)]
    pub label: String,
    /// When it was made.
    #[serde(deserialize_with = "time")]
    pub created_at: SystemTime,
    /// What the key lets its owner do; absent where an older server answered. One of `full`, `read`,
    /// `send`; a newer server may say another.
    #[serde(default)]
    pub scope: Option<String>,
}

/// Without its secrets.
impl std::fmt::Debug for CreateApiKeyResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreateApiKeyResponse")
            .field("keyId", &self.key_id)
            .field("key", &format_args!("[hidden]"))
            .field("prefix", &self.prefix)
            .field("label", &self.label)
            .field("createdAt", &self.created_at)
            .field("scope", &self.scope)
            .finish()
    }
}

/// A code that signs a browser in once.
#[derive(Clone, PartialEq, Deserialize, uniffi::Record)]
#[uniffi::export(Debug)]
pub struct CreateLoginCodeResponse {
    /// The code, shown only here. A console takes it behind its address: `/console#login=<code>`.
    #[serde(default)]
    pub code: String,
    /// Until when it works: 60 seconds from now.
    #[serde(deserialize_with = "time")]
    pub expires_at: SystemTime,
    /// Where consoles of this outbox were served last, the newest first.
    #[serde(default)]
    pub consoles: Vec<String>,
}

/// Without its secrets.
impl std::fmt::Debug for CreateLoginCodeResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreateLoginCodeResponse")
            .field("code", &format_args!("[hidden]"))
            .field("expiresAt", &self.expires_at)
            .field("consoles", &self.consoles)
            .finish()
    }
}

/// An export: a CSV file of messages.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct ExportRecord {
    /// A UUIDv7.
    #[serde(default)]
    pub id: String,
    /// Always `proj_default`.
    #[serde(default)]
    pub project_id: String,
    /// The export's state. One of `pending`, `processing`, `completed`, `failed`, `expired`; a newer
    /// server may say another.
    #[serde(default)]
    pub status: String,
    /// Messages accepted at this moment or later.
    #[serde(deserialize_with = "time")]
    pub filter_start_time: SystemTime,
    /// Messages accepted before this moment.
    #[serde(deserialize_with = "time")]
    pub filter_end_time: SystemTime,
    /// When it was requested.
    #[serde(deserialize_with = "time")]
    pub created_at: SystemTime,
    /// Only messages with this status. One of `queued`, `delivering`, `succeeded`, `pending_retry`,
    /// `failed_permanent`; a newer server may say another.
    #[serde(default)]
    pub filter_status: Option<String>,
    /// Only messages of this endpoint: the digits of its id as a UUID with dashes.
    #[serde(default)]
    pub filter_endpoint_id: Option<String>,
    /// How many messages it has.
    #[serde(default)]
    pub row_count: Option<i64>,
    /// How large the file is.
    #[serde(default)]
    pub file_size_bytes: Option<i64>,
    /// Why it failed.
    #[serde(default)]
    pub error_message: Option<String>,
    /// When writing last began.
    #[serde(default, deserialize_with = "maybe_time")]
    pub started_at: Option<SystemTime>,
    /// When it was completed or failed.
    #[serde(default, deserialize_with = "maybe_time")]
    pub completed_at: Option<SystemTime>,
    /// Until when the file is kept.
    #[serde(default, deserialize_with = "maybe_time")]
    pub expires_at: Option<SystemTime>,
    /// Always `outbound`.
    #[serde(default)]
    pub direction: String,
}

/// The process that delivers from an outbox.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct Deliverer {
    /// Its process id.
    #[serde(default)]
    pub pid: i32,
    /// Whether the asked engine itself delivers.
    #[serde(default)]
    pub this_engine: bool,
    /// Since when it delivers.
    #[serde(deserialize_with = "time")]
    pub since: SystemTime,
    /// Whether the process is stopped, by a signal or with its container, so that it delivers nothing.
    /// False where this cannot be seen: the process is on another machine or hidden from this one.
    #[serde(default)]
    pub stopped: bool,
}

/// A shortage that keeps attempts waiting.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct Shortage {
    /// What is missing. One of `descriptors`, `memory`, `local_ports`, `threads`, `lookup_places`,
    /// `resolver`, `trust_store`; a newer server may say another.
    #[serde(default)]
    pub kind: String,
    /// What is missing, with the system's error, for people.
    #[serde(default)]
    pub text: String,
    /// Since when it is missing.
    #[serde(deserialize_with = "time")]
    pub since: SystemTime,
}

/// How the outbox stands.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct Stats {
    /// Messages that were accepted or replayed and not attempted since. Those in flight are among them.
    #[serde(default)]
    pub queued: i64,
    /// Attempts under way in this process.
    #[serde(default)]
    pub in_flight: i64,
    /// Messages that failed and will be tried again.
    #[serde(default)]
    pub waiting_for_retry: i64,
    /// Messages in the dead letter queue.
    #[serde(default)]
    pub dead: i64,
    /// How long ago the oldest message that is due was accepted, in seconds; absent where none is due.
    #[serde(default)]
    pub oldest_due_age_seconds: Option<f64>,
    /// The size of the file and its write-ahead log.
    #[serde(default)]
    pub bytes_on_disk: i64,
    /// The process that delivers; absent where none delivers.
    #[serde(default)]
    pub deliverer: Option<Deliverer>,
    /// Why this process, which should deliver, cannot; absent where it can, or should not.
    #[serde(default)]
    pub not_delivering: Option<String>,
    /// What this process lacks for its attempts; absent where it lacks nothing.
    #[serde(default)]
    pub shortage: Option<Shortage>,
}

/// Who asks, and what answers.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct WhoAmI {
    /// The API key that the caller showed; absent in a process, where nobody is asked for one.
    #[serde(default)]
    pub api_key: Option<ApiKeyInfo>,
    /// What the caller may do. One of `full`, `read`, `send`; a newer server may say another.
    #[serde(default)]
    pub scope: String,
    /// The version of HookBridge.
    #[serde(default)]
    pub version: String,
    /// The process that answers.
    #[serde(default)]
    pub pid: i32,
    /// The outbox's file.
    #[serde(default)]
    pub database: String,
    /// Whether this engine is to deliver.
    #[serde(default)]
    pub delivers: bool,
    /// The process that delivers; absent where none does.
    #[serde(default)]
    pub deliverer: Option<Deliverer>,
    /// The largest payload, in bytes.
    #[serde(default)]
    pub max_payload_bytes: i64,
    /// How long payloads are kept, in hours.
    #[serde(default)]
    pub payload_retention_hours: i64,
    /// The most attempts at a message.
    #[serde(default)]
    pub max_attempts: i64,
}

/// A change that a caller with an API key asked for.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct Activity {
    /// Its number. A later one is higher.
    #[serde(default)]
    pub activity_id: i64,
    /// When it was done.
    #[serde(deserialize_with = "time")]
    pub occurred_at: SystemTime,
    /// The operation, such as `pauseEndpoint`.
    #[serde(default)]
    pub operation: String,
    /// The key that the caller showed.
    #[serde(default)]
    pub api_key_id: String,
    /// The label of that key at the time; empty where it had none.
    #[serde(default)]
    pub api_key_label: String,
    /// The first characters of that key.
    #[serde(default)]
    pub api_key_prefix: String,
    /// The endpoint that it was about; absent where it was about none, or several.
    #[serde(default)]
    pub endpoint_id: Option<String>,
    /// The message that it was about; absent where it was about none, or several.
    #[serde(default)]
    pub message_id: Option<String>,
    /// How many messages, endpoints or keys it changed.
    #[serde(default)]
    pub affected: i64,
    /// What else was asked for, as a JSON object: a filter, a label, the fields that were changed. No
    /// secret and no payload.
    #[serde(default)]
    pub detail: Option<String>,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct ActivityResponse {
    /// The items of this page.
    #[serde(rename = "data", default)]
    pub activities: Vec<Activity>,
    /// Whether a further page exists.
    #[serde(default)]
    pub has_more: bool,
    /// Where the next page begins; absent on the last.
    #[serde(default)]
    pub next_cursor: Option<String>,
}

/// An API key.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct ApiKeyActor {
    /// The key's label; empty where it has none.
    #[serde(default)]
    pub label: String,
}

/// A user.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct UserActor {
    /// The user's mail address.
    #[serde(default)]
    pub email: String,
}

/// The actors that are known. A map is present only where ids of its kind were asked for.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct ActorLookupResult {
    /// API keys by id.
    #[serde(default)]
    pub api_keys: Option<HashMap<String, ApiKeyActor>>,
    /// Users by id.
    #[serde(default)]
    pub users: Option<HashMap<String, UserActor>>,
}

/// Something that happened in the process that delivers, or should deliver. An event about a message is
/// sent after its outcome was recorded.
#[derive(Clone, Debug, PartialEq, Deserialize, uniffi::Record)]
pub struct Event {
    /// The kind of event. One of `message_delivered`, `attempt_failed`, `message_dead`,
    /// `not_delivering`, `message_accepted`, `attempt_started`, `endpoint_changed`; a newer server may
    /// say another.
    #[serde(default)]
    pub kind: String,
    /// The message; absent where the event is about none, as are the next three fields.
    #[serde(default)]
    pub message_id: Option<String>,
    /// Its endpoint.
    #[serde(default)]
    pub endpoint_id: Option<String>,
    /// The type of the event that the message belongs to; absent for a message that was sent to one
    /// endpoint.
    #[serde(default)]
    pub event_type: Option<String>,
    /// Which attempt it was, from 1.
    #[serde(default)]
    pub attempt_no: Option<i32>,
    /// The receiver's status; absent where no answer came.
    #[serde(default)]
    pub response_status: Option<i32>,
    /// What went wrong; absent where nothing did.
    #[serde(default)]
    pub error_text: Option<String>,
    /// When the next attempt is due; absent where none follows.
    #[serde(default, deserialize_with = "maybe_time")]
    pub next_attempt_at: Option<SystemTime>,
    /// When it happened.
    #[serde(deserialize_with = "time")]
    pub occurred_at: SystemTime,
}
