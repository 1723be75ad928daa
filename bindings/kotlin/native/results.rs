//! What operations answer, as records: read from the operation's JSON.

use std::collections::HashMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hookbridge_core::model::timestamp::Timestamp;
use serde::{Deserialize, Deserializer};

fn instant(moment: Timestamp) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(u64::try_from(moment.as_millis()).unwrap_or(0))
}

fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SystemTime, D::Error> {
    Timestamp::deserialize(deserializer).map(instant)
}

fn maybe_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SystemTime>, D::Error> {
    Ok(Option::<Timestamp>::deserialize(deserializer)?.map(instant))
}

/// What a send answers.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Receipt {
    /// The id under which the message is delivered.
    pub message_id: String,
    /// Always `queued`.
    pub status: String,
}

/// What became of one message of a batch: an id, or a code and a message.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct BatchResult {
    /// The id, where it was accepted.
    #[serde(default)]
    pub message_id: Option<String>,
    /// `queued`, where it was accepted.
    #[serde(default)]
    pub status: Option<String>,
    /// Why it was refused.
    #[serde(default)]
    pub error: Option<BatchFailure>,
}

/// Why a message of a batch was refused.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct BatchFailure {
    /// For programs.
    pub code: String,
    /// For people.
    pub message: String,
}

/// What became of each message, in order.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct BatchResults {
    /// One for each.
    pub results: Vec<BatchResult>,
}

/// A new endpoint; its secret is shown only here.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct CreatedEndpoint {
    /// `ep_...`
    pub id: String,
    /// Where it delivers to.
    pub url: String,
    /// For people.
    #[serde(default)]
    pub description: Option<String>,
    /// `sk_...`
    pub signing_key_id: String,
    /// `whsec_...`
    pub signing_secret: String,
    /// The secret's last four characters.
    pub key_hint: String,
    /// When it was created.
    #[serde(deserialize_with = "time")]
    pub created_at: SystemTime,
}

/// An endpoint.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Endpoint {
    /// `ep_...`
    pub id: String,
    /// Where it delivers to.
    pub url: String,
    /// For people.
    #[serde(default)]
    pub description: Option<String>,
    /// Deliveries a second at most.
    #[serde(default)]
    pub rate_limit_rps: Option<i32>,
    /// Deliveries at once that the rate limit lets through.
    #[serde(default)]
    pub burst: Option<i32>,
    /// Sent with every delivery.
    #[serde(default)]
    pub headers: Option<HashMap<String, String>>,
    /// Attempts in all before a message is dead.
    #[serde(default)]
    pub max_attempts: Option<i32>,
    /// Whether deliveries are held.
    pub paused: bool,
    /// When it was created.
    #[serde(deserialize_with = "time")]
    pub created_at: SystemTime,
    /// When it was changed last.
    #[serde(deserialize_with = "time")]
    pub updated_at: SystemTime,
}

/// An endpoint in a list.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct EndpointSummary {
    /// `ep_...`
    pub id: String,
    /// Where it delivers to.
    pub url: String,
    /// For people.
    #[serde(default)]
    pub description: Option<String>,
    /// Whether deliveries are held.
    pub paused: bool,
    /// When it was created.
    #[serde(deserialize_with = "time")]
    pub created_at: SystemTime,
}

/// A page of endpoints.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct EndpointPage {
    /// Newest first.
    pub data: Vec<EndpointSummary>,
    /// Whether a further page exists.
    pub has_more: bool,
    /// For the next page.
    #[serde(default)]
    pub next_cursor: Option<String>,
}

/// An endpoint that was paused or resumed.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct PausedEndpoint {
    /// `ep_...`
    pub id: String,
    /// Whether deliveries are held.
    pub paused: bool,
    /// What had come due while it was paused.
    #[serde(default)]
    pub messages_requeued: Option<i64>,
}

/// A signing key without its secret.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct SigningKey {
    /// `sk_...`
    pub id: String,
    /// The secret's last four characters.
    pub key_hint: String,
    /// When it was created.
    #[serde(deserialize_with = "time")]
    pub created_at: SystemTime,
}

/// The signing keys of an endpoint.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct SigningKeyPage {
    /// Oldest first.
    pub data: Vec<SigningKey>,
    /// Whether a further page exists.
    pub has_more: bool,
    /// For the next page.
    #[serde(default)]
    pub next_cursor: Option<String>,
}

/// A new signing key; its secret is shown only here.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct NewSigningKey {
    /// `sk_...`
    pub id: String,
    /// `whsec_...`
    pub signing_secret: String,
    /// Its last four characters.
    pub key_hint: String,
    /// When it was created.
    #[serde(deserialize_with = "time")]
    pub created_at: SystemTime,
}

/// A message without its payload.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Message {
    /// A UUIDv7.
    pub id: String,
    /// Always `proj_default`.
    pub project_id: String,
    /// Where it goes.
    pub endpoint_id: String,
    /// Where it stands.
    pub status: String,
    /// Attempts that ended.
    pub attempt_count: i32,
    /// How often it was replayed.
    pub replay_count: i32,
    /// Always JSON.
    pub content_type: String,
    /// Of the payload.
    pub size_bytes: i64,
    /// In hexadecimal.
    pub payload_sha256: String,
    /// When it was accepted.
    #[serde(deserialize_with = "time")]
    pub created_at: SystemTime,
    /// When it was changed last.
    #[serde(deserialize_with = "time")]
    pub updated_at: SystemTime,
    /// What it was sent with.
    #[serde(default)]
    pub idempotency_key: Option<String>,
    /// When the next attempt is due.
    #[serde(default, deserialize_with = "maybe_time")]
    pub next_attempt_at: Option<SystemTime>,
    /// What the last failed attempt said.
    #[serde(default)]
    pub last_error: Option<String>,
    /// The last answer's status.
    #[serde(default)]
    pub response_status: Option<i32>,
    /// How long the last answer took.
    #[serde(default)]
    pub response_latency_ms: Option<i32>,
    /// When it was first attempted.
    #[serde(default, deserialize_with = "maybe_time")]
    pub first_attempt_at: Option<SystemTime>,
    /// When it succeeded.
    #[serde(default, deserialize_with = "maybe_time")]
    pub delivered_at: Option<SystemTime>,
    /// When it was given up.
    #[serde(default, deserialize_with = "maybe_time")]
    pub failed_at: Option<SystemTime>,
    /// From acceptance to the first attempt.
    #[serde(default)]
    pub queue_wait_ms: Option<i64>,
    /// From acceptance to success.
    #[serde(default)]
    pub total_delivery_ms: Option<i64>,
    /// Until when the payload is kept.
    #[serde(default, deserialize_with = "maybe_time")]
    pub payload_expires_at: Option<SystemTime>,
    /// When it was deleted.
    #[serde(default, deserialize_with = "maybe_time")]
    pub deleted_at: Option<SystemTime>,
    /// By which API key.
    #[serde(default)]
    pub deleted_by_api_key_id: Option<String>,
}

/// One attempt at a delivery.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Attempt {
    /// A UUIDv7.
    pub id: String,
    /// From 1.
    pub attempt_no: i32,
    /// When it began.
    #[serde(deserialize_with = "time")]
    pub created_at: SystemTime,
    /// What was answered.
    #[serde(default)]
    pub response_status: Option<i32>,
    /// How long it took.
    #[serde(default)]
    pub response_latency_ms: Option<i32>,
    /// How long it had waited.
    #[serde(default)]
    pub processing_ms: Option<i32>,
    /// What went wrong.
    #[serde(default)]
    pub error_text: Option<String>,
    /// Of the answer.
    #[serde(default)]
    pub response_headers: Option<HashMap<String, String>>,
    /// `fast` or `slow`.
    #[serde(default)]
    pub retry_type: Option<String>,
    /// Until the next attempt.
    #[serde(default)]
    pub retry_after_seconds: Option<i64>,
    /// Where it was connected to.
    #[serde(default)]
    pub resolved_ip: Option<String>,
    /// As sent, credentials masked.
    #[serde(default)]
    pub request_headers: Option<HashMap<String, String>>,
    /// Resolving.
    #[serde(default)]
    pub dns_ms: Option<i32>,
    /// Connecting.
    #[serde(default)]
    pub tcp_connect_ms: Option<i32>,
    /// The handshake.
    #[serde(default)]
    pub tls_handshake_ms: Option<i32>,
    /// To the answer's headers.
    #[serde(default)]
    pub ttfb_ms: Option<i32>,
    /// From there to its end.
    #[serde(default)]
    pub transfer_ms: Option<i32>,
    /// Whether a kept connection served.
    #[serde(default)]
    pub conn_reused: Option<bool>,
    /// The beginning of the answer.
    #[serde(default)]
    pub response_body: Option<String>,
    /// Whether it was longer.
    #[serde(default)]
    pub response_body_truncated: Option<bool>,
    /// What was unusual that neither the status nor the error says.
    #[serde(default)]
    pub note: Option<String>,
}

/// The attempts at a message.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct AttemptPage {
    /// In order.
    pub data: Vec<Attempt>,
    /// Whether there are more.
    pub has_more: bool,
    /// For the next page.
    #[serde(default)]
    pub next_cursor: Option<String>,
}

/// A message that was deleted.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct DeletedMessage {
    /// The message.
    pub message_id: String,
    /// When.
    #[serde(deserialize_with = "time")]
    pub deleted_at: SystemTime,
    /// Whether it had been deleted before.
    pub already_deleted: bool,
}

/// A message in a list.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct MessageSummary {
    /// A UUIDv7.
    pub message_id: String,
    /// The URL it goes to.
    pub endpoint: String,
    /// Where it stands.
    pub status: String,
    /// Attempts that ended.
    pub attempt_count: i32,
    /// When it was accepted.
    #[serde(deserialize_with = "time")]
    pub created_at: SystemTime,
    /// When it succeeded.
    #[serde(default, deserialize_with = "maybe_time")]
    pub delivered_at: Option<SystemTime>,
    /// When it was given up.
    #[serde(default, deserialize_with = "maybe_time")]
    pub failed_at: Option<SystemTime>,
    /// When the next attempt is due.
    #[serde(default, deserialize_with = "maybe_time")]
    pub next_attempt_at: Option<SystemTime>,
    /// The last answer's status.
    #[serde(default)]
    pub response_status: Option<i32>,
    /// How long it took.
    #[serde(default)]
    pub response_latency_ms: Option<i32>,
    /// What the last failed attempt said.
    #[serde(default)]
    pub last_error: Option<String>,
    /// When it was deleted.
    #[serde(default, deserialize_with = "maybe_time")]
    pub deleted_at: Option<SystemTime>,
}

/// A page of messages.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct MessagePage {
    /// Newest first.
    pub data: Vec<MessageSummary>,
    /// Whether a further page exists.
    pub has_more: bool,
    /// For the next page.
    #[serde(default)]
    pub next_cursor: Option<String>,
}

/// What a replay by filter came to.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct ReplayedAll {
    /// Queued again.
    pub replayed: i64,
    /// Refused.
    pub failed: i64,
    /// Neither.
    pub stuck: i64,
    /// Which.
    pub replayed_message_ids: Vec<String>,
    /// Which.
    pub stuck_message_ids: Vec<String>,
}

/// One message of a replay.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct ReplayResult {
    /// The message.
    pub message_id: String,
    /// `replayed` or `failed`.
    pub status: String,
    /// Why it failed.
    #[serde(default)]
    pub error: Option<String>,
}

/// What a replay by name came to.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct ReplayedBatch {
    /// Queued again.
    pub replayed: i64,
    /// Refused.
    pub failed: i64,
    /// Neither.
    pub stuck: i64,
    /// One for each, in order.
    pub results: Vec<ReplayResult>,
}

/// One message of a delete.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct DeleteResult {
    /// The message.
    pub message_id: String,
    /// `deleted`, `already_deleted` or `not_found`.
    pub outcome: String,
    /// When.
    #[serde(default, deserialize_with = "maybe_time")]
    pub deleted_at: Option<SystemTime>,
}

/// What a delete by name came to.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct DeletedBatch {
    /// One for each, in order.
    pub results: Vec<DeleteResult>,
    /// Deleted now.
    pub deleted_count: i64,
    /// Deleted before.
    pub already_deleted_count: i64,
    /// Unknown.
    pub not_found_count: i64,
}

/// What a delete by filter came to.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct DeletedAll {
    /// How many.
    pub deleted: i64,
    /// Which.
    pub deleted_message_ids: Vec<String>,
}

/// What happened in a window.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Metrics {
    /// The window.
    pub window: String,
    /// Accepted.
    pub total_messages: i64,
    /// Delivered.
    pub succeeded: i64,
    /// Given up.
    pub failed: i64,
    /// Attempts that failed and were to be followed by another.
    pub retries: i64,
    /// 0 to 1.
    pub success_rate: f64,
    /// Of attempts that were answered.
    pub avg_latency_ms: i64,
}

/// What happened in a part of a window.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Bucket {
    /// When it begins.
    #[serde(deserialize_with = "time")]
    pub timestamp: SystemTime,
    /// Delivered.
    pub succeeded: i64,
    /// Given up.
    pub failed: i64,
    /// Failed and to be tried again.
    pub retrying: i64,
    /// Accepted.
    pub total: i64,
    /// Of attempts that were answered.
    pub avg_latency_ms: i64,
}

/// What happened over time.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Timeseries {
    /// The window.
    pub window: String,
    /// Oldest first, without gaps.
    pub buckets: Vec<Bucket>,
}

/// An API key without the key itself.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct ApiKey {
    /// `key_...`
    pub key_id: String,
    /// For people.
    pub label: String,
    /// Its beginning.
    pub prefix: String,
    /// When it was created.
    #[serde(deserialize_with = "time")]
    pub created_at: SystemTime,
    /// When it was used last.
    #[serde(default, deserialize_with = "maybe_time")]
    pub last_used_at: Option<SystemTime>,
}

/// API keys.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct ApiKeyPage {
    /// Oldest first.
    pub data: Vec<ApiKey>,
    /// Whether there are more.
    pub has_more: bool,
    /// For the next page.
    #[serde(default)]
    pub next_cursor: Option<String>,
}

/// A new API key; it is shown only here.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct NewApiKey {
    /// `key_...`
    pub key_id: String,
    /// The key.
    pub key: String,
    /// Its beginning.
    pub prefix: String,
    /// For people.
    pub label: String,
    /// When it was created.
    #[serde(deserialize_with = "time")]
    pub created_at: SystemTime,
}

/// A file of messages.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Export {
    /// A UUIDv7.
    pub id: String,
    /// Always `proj_default`.
    pub project_id: String,
    /// Where it stands.
    pub status: String,
    /// From when on.
    #[serde(deserialize_with = "time")]
    pub filter_start_time: SystemTime,
    /// Before when.
    #[serde(deserialize_with = "time")]
    pub filter_end_time: SystemTime,
    /// Only with this status.
    #[serde(default)]
    pub filter_status: Option<String>,
    /// Only of this endpoint.
    #[serde(default)]
    pub filter_endpoint_id: Option<String>,
    /// How many messages it has.
    #[serde(default)]
    pub row_count: Option<i64>,
    /// How large it is.
    #[serde(default)]
    pub file_size_bytes: Option<i64>,
    /// Why it failed.
    #[serde(default)]
    pub error_message: Option<String>,
    /// When it was asked for.
    #[serde(deserialize_with = "time")]
    pub created_at: SystemTime,
    /// When writing began.
    #[serde(default, deserialize_with = "maybe_time")]
    pub started_at: Option<SystemTime>,
    /// When it was there.
    #[serde(default, deserialize_with = "maybe_time")]
    pub completed_at: Option<SystemTime>,
    /// Until when it is kept.
    #[serde(default, deserialize_with = "maybe_time")]
    pub expires_at: Option<SystemTime>,
}

/// Exports.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct ExportPage {
    /// Newest first.
    pub data: Vec<Export>,
    /// Whether there are more.
    pub has_more: bool,
    /// For the next page.
    #[serde(default)]
    pub next_cursor: Option<String>,
}

/// Where a file is.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Download {
    /// `file://` in-process, a link where a server was asked.
    pub download_url: String,
}

/// What an API key is called.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct KeyActor {
    /// For people.
    pub label: String,
}

/// What those are called that did something.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Actors {
    /// By the key's id.
    #[serde(default)]
    pub api_keys: Option<HashMap<String, KeyActor>>,
}

/// The process that delivers.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Deliverer {
    /// Its process id.
    pub pid: i32,
    /// Whether it is this one.
    pub this_engine: bool,
    /// Since when.
    #[serde(deserialize_with = "time")]
    pub since: SystemTime,
    /// Whether it is stopped, by a signal or with its container, so that it delivers nothing.
    #[serde(default)]
    pub stopped: bool,
}

/// What a process lacks, so that attempts wait.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Shortage {
    /// `descriptors`, `memory`, `local_ports`, `threads`, `lookup_places`, `resolver` or `trust_store`.
    pub kind: String,
    /// For people.
    pub text: String,
    /// Since when.
    #[serde(deserialize_with = "time")]
    pub since: SystemTime,
}

/// How the outbox stands.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Stats {
    /// Not attempted since they were accepted or replayed.
    pub queued: i64,
    /// Attempts under way.
    pub in_flight: i64,
    /// Failed and to be tried again.
    pub waiting_for_retry: i64,
    /// In the dead letter queue.
    pub dead: i64,
    /// Of the oldest message that is due.
    #[serde(default)]
    pub oldest_due_age_seconds: Option<f64>,
    /// The file and its log.
    pub bytes_on_disk: i64,
    /// Who delivers.
    #[serde(default)]
    pub deliverer: Option<Deliverer>,
    /// Why the process that was asked, which should deliver, cannot.
    #[serde(default)]
    pub not_delivering: Option<String>,
    /// What it lacks.
    #[serde(default)]
    pub shortage: Option<Shortage>,
}

/// What happened.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct Event {
    /// `message_delivered`, `attempt_failed` or `message_dead`; or `not_delivering`, of no message, where this process
    /// should deliver and cannot: `error_text` says why.
    pub kind: String,
    /// The message.
    #[serde(default)]
    pub message_id: Option<String>,
    /// Its endpoint.
    #[serde(default)]
    pub endpoint_id: Option<String>,
    /// Which attempt.
    #[serde(default)]
    pub attempt_no: Option<i32>,
    /// What was answered.
    #[serde(default)]
    pub response_status: Option<i32>,
    /// What went wrong.
    #[serde(default)]
    pub error_text: Option<String>,
    /// When it is tried again.
    #[serde(default, deserialize_with = "maybe_time")]
    pub next_attempt_at: Option<SystemTime>,
    /// When it happened.
    #[serde(deserialize_with = "time")]
    pub occurred_at: SystemTime,
}
