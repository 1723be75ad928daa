//! The engine for Kotlin, Java and Swift: uniffi writes their sources from this one definition.
//!
//! Numbers are signed, since Java has no others and cannot call what Kotlin names after an unsigned one.

mod errors;
mod results;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hookbridge_core::operations::messages::SendRequest as CoreRequest;
use hookbridge_core::{Config, Engine, Error, ErrorCode, EventQueue};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Value, json};

pub use errors::{Failure, HookBridgeError};
pub use results::*;

uniffi::setup_scaffolding!("hookbridge");

type Result<T> = std::result::Result<T, HookBridgeError>;

/// Settings; what is not given comes from its `HOOKBRIDGE_` variable or its default.
#[derive(Clone, Debug, Default, Serialize, uniffi::Record)]
pub struct Options {
    /// Needed with `base_url`.
    #[uniffi(default)]
    pub api_key: Option<String>,
    /// The outbox file.
    #[uniffi(default)]
    pub database: Option<String>,
    /// `full` or `normal`.
    #[uniffi(default)]
    pub durability: Option<String>,
    /// `auto` or `off`.
    #[uniffi(default)]
    pub delivery: Option<String>,
    /// A sidecar or the hosted service; with `database` beside it a relay.
    #[uniffi(default)]
    pub base_url: Option<String>,
    /// Where messages are sent to, if elsewhere.
    #[uniffi(default)]
    pub send_url: Option<String>,
    /// Seconds for one request.
    #[uniffi(default)]
    pub timeout: Option<f64>,
    /// How often a request is made again.
    #[uniffi(default)]
    pub retries: Option<i32>,
    /// Permits `http://`, loopback, private and link-local endpoints.
    #[uniffi(default)]
    pub allow_local_endpoints: Option<bool>,
    /// Whether an endpoint's host must resolve when it is written.
    #[uniffi(default)]
    pub verify_dns: Option<bool>,
    /// Attempts under way at once, 1 to 10,000 (256).
    #[uniffi(default)]
    pub max_in_flight: Option<i32>,
    /// The same to one endpoint (32).
    #[uniffi(default)]
    pub max_in_flight_per_endpoint: Option<i32>,
    /// Seconds for one attempt (30).
    #[uniffi(default)]
    pub request_timeout: Option<f64>,
    /// Seconds for DNS, TCP and TLS together (10).
    #[uniffi(default)]
    pub connect_timeout: Option<f64>,
    /// Attempts in all before a message is given up, 1 to 100 (8).
    #[uniffi(default)]
    pub max_attempts: Option<i32>,
    /// Hours for which payloads are kept (720).
    #[uniffi(default)]
    pub payload_retention_hours: Option<i32>,
    /// Days for which a message's row is kept after it ended (90).
    #[uniffi(default)]
    pub row_retention_days: Option<i32>,
    /// The largest payload taken, up to 1 MiB, which is the default.
    #[uniffi(default)]
    pub max_payload_bytes: Option<i32>,
    /// The memory for messages that wait, 1 MiB to 16 GiB (64 MiB).
    #[uniffi(default)]
    pub memory_budget_bytes: Option<i64>,
    /// Exports kept at once, 1 to 10,000 (100); more are refused.
    #[uniffi(default)]
    pub max_exports: Option<i32>,
    /// The bytes of all files of exports together, 1 MiB to 16 TiB (10 GiB).
    #[uniffi(default)]
    pub max_export_bytes: Option<i64>,
    /// Seconds that a normal exit without a close waits for what this process accepted, 0 to 60 (2).
    #[uniffi(default)]
    pub exit_timeout: Option<f64>,
    /// A PEM file of authorities trusted beside the system's.
    #[uniffi(default)]
    pub ca_file: Option<String>,
    /// Permits a `base_url` with `http://` to other machines: the key travels in the clear.
    #[uniffi(default)]
    pub insecure_base_url: Option<bool>,
    /// Settings as a JSON object, such as `retry_schedule`.
    #[uniffi(default)]
    #[serde(skip)]
    pub more: Option<String>,
}

impl Options {
    fn config(&self) -> std::result::Result<Config, Error> {
        let unreadable =
            |cause: serde_json::Error| Error::new(ErrorCode::InvalidConfiguration, cause.to_string());
        let mut settings = serde_json::to_value(self).map_err(unreadable)?;
        if let Some(more) = &self.more {
            let more: HashMap<String, Value> = serde_json::from_str(more).map_err(unreadable)?;
            more.into_iter().for_each(|(name, value)| settings[name] = value);
        }
        Config::from_json(&settings.to_string())
    }
}

/// A message to accept.
#[derive(Clone, Debug, uniffi::Record)]
pub struct SendRequest {
    /// `ep_...`
    pub endpoint_id: String,
    /// The payload as JSON in UTF-8, sent byte for byte.
    pub payload: Vec<u8>,
    /// Sent with its deliveries.
    #[uniffi(default)]
    pub headers: Option<HashMap<String, String>>,
    /// Accepts the same message once only.
    #[uniffi(default)]
    pub idempotency_key: Option<String>,
    /// How long the payload is kept, in hours; 0 drops it right after delivery.
    #[uniffi(default)]
    pub retention_hours: Option<i32>,
}

impl SendRequest {
    fn into_core(self) -> std::result::Result<CoreRequest, Error> {
        let negative = |_| Error::new(ErrorCode::InvalidRequest, "`retention_hours` must not be negative");
        let retention_hours = self.retention_hours.map(u32::try_from).transpose().map_err(negative)?;
        Ok(CoreRequest {
            headers: self.headers.map(|headers| headers.into_iter().collect()),
            idempotency_key: self.idempotency_key,
            retention_hours,
            ..CoreRequest::new(self.endpoint_id, self.payload)?
        })
    }
}

/// What an endpoint may have.
#[derive(Clone, Debug, Default, Serialize, uniffi::Record)]
pub struct EndpointSettings {
    /// Where it delivers to; only for a change.
    #[uniffi(default)]
    pub url: Option<String>,
    /// For people.
    #[uniffi(default)]
    pub description: Option<String>,
    /// Deliveries a second at most; 0 for no limit.
    #[uniffi(default)]
    pub rate_limit_rps: Option<i32>,
    /// Deliveries at once that the rate limit lets through.
    #[uniffi(default)]
    pub burst: Option<i32>,
    /// Sent with every delivery.
    #[uniffi(default)]
    pub headers: Option<HashMap<String, String>>,
    /// Gaps between attempts, in seconds.
    #[uniffi(default)]
    pub retry_schedule: Option<Vec<f64>>,
    /// Attempts in all before a message is dead.
    #[uniffi(default)]
    pub max_attempts: Option<i32>,
}

/// Which messages.
#[derive(Clone, Debug, Default, Serialize, uniffi::Record)]
pub struct LogFilter {
    /// Only of this endpoint.
    #[uniffi(default)]
    pub endpoint_id: Option<String>,
    /// Only with this status.
    #[uniffi(default)]
    pub status: Option<String>,
    /// Only accepted at this moment (RFC 3339) or later.
    #[uniffi(default)]
    pub start_time: Option<String>,
    /// Only accepted before this moment.
    #[uniffi(default)]
    pub end_time: Option<String>,
    /// How many at most.
    #[uniffi(default)]
    pub limit: Option<i32>,
    /// Of the page before.
    #[uniffi(default)]
    pub cursor: Option<String>,
}

/// What is deleted.
#[derive(Clone, Debug, Default, Serialize, uniffi::Record)]
pub struct DeleteFilter {
    /// Only with one of these.
    #[uniffi(default)]
    pub status: Option<Vec<String>>,
    /// Only of this endpoint.
    #[uniffi(default)]
    pub endpoint_id: Option<String>,
    /// Only accepted at this moment (RFC 3339) or later.
    #[uniffi(default)]
    pub created_after: Option<String>,
    /// Only accepted before this moment.
    #[uniffi(default)]
    pub created_before: Option<String>,
    /// How many at most.
    #[uniffi(default)]
    pub limit: Option<i32>,
}

fn seconds(timeout: f64) -> Duration {
    const LONGEST: f64 = 100.0 * 365.0 * 86_400.0;
    Duration::from_secs_f64(if timeout.is_nan() { 0.0 } else { timeout.clamp(0.0, LONGEST) })
}

fn strange(cause: impl std::fmt::Display) -> Error {
    Error::new(ErrorCode::Internal, format!("an answer cannot be read: {cause}"))
}

/// An outbox in this process and its delivery, a server over HTTP, or a relay. Any thread may use it. [`HookBridge::shutdown`] ends it
/// with patience; without one it ends at once, and what is undelivered is delivered by the next process on the file.
#[derive(uniffi::Object)]
pub struct HookBridge {
    engine: Engine,
}

impl HookBridge {
    fn call<T: DeserializeOwned>(&self, operation: &str, mut request: Value) -> Result<T> {
        if let Value::Object(fields) = &mut request {
            fields.retain(|_, value| !value.is_null());
        }
        let answer = self.engine.call(operation, &request.to_string())?;
        Ok(serde_json::from_str(&answer).map_err(strange)?)
    }

    fn of_endpoint<T: DeserializeOwned>(&self, operation: &str, endpoint_id: &str) -> Result<T> {
        self.call(operation, json!({"endpoint_id": endpoint_id}))
    }

    fn of_message<T: DeserializeOwned>(&self, operation: &str, message_id: &str) -> Result<T> {
        self.call(operation, json!({"message_id": message_id}))
    }
}

/// The answer of an operation that has nothing to say.
#[derive(serde::Deserialize)]
struct Nothing {}

#[uniffi::export(async_runtime = "tokio")]
impl HookBridge {
    /// Opens or creates the outbox, or prepares to work with a server.
    #[uniffi::constructor]
    pub fn new(options: Options) -> Result<Arc<Self>> {
        Ok(Arc::new(Self { engine: Engine::open(options.config()?)? }))
    }

    /// Accepts a message: returns once it is on disk.
    pub fn send(&self, request: SendRequest) -> Result<Receipt> {
        let receipt = self.engine.send(request.into_core()?)?;
        Ok(Receipt { message_id: receipt.message_id.to_string(), status: "queued".to_owned() })
    }

    /// The same without a thread that waits.
    pub async fn send_async(&self, request: SendRequest) -> Result<Receipt> {
        let receipt = self.engine.send_async(request.into_core()?).await?;
        Ok(Receipt { message_id: receipt.message_id.to_string(), status: "queued".to_owned() })
    }

    /// Accepts up to 1,000 messages in one transaction; each has its result or its failure, in order.
    pub fn send_batch(&self, messages: Vec<SendRequest>) -> Result<BatchResults> {
        #[derive(Serialize)]
        struct One {
            endpoint_id: String,
            payload: Box<RawValue>,
            #[serde(skip_serializing_if = "Option::is_none")]
            headers: Option<HashMap<String, String>>,
            #[serde(skip_serializing_if = "Option::is_none")]
            idempotency_key: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            retention_hours: Option<i32>,
        }
        let wrong = |cause: serde_json::Error| {
            Error::new(ErrorCode::InvalidRequest, format!("a payload is not JSON: {cause}"))
        };
        let messages = messages.into_iter().map(|message| {
            Ok(One {
                endpoint_id: message.endpoint_id,
                payload: String::from_utf8(message.payload)
                    .map_err(|_| Error::new(ErrorCode::InvalidRequest, "a payload is not UTF-8"))
                    .and_then(|text| RawValue::from_string(text).map_err(wrong))?,
                headers: message.headers,
                idempotency_key: message.idempotency_key,
                retention_hours: message.retention_hours,
            })
        });
        let messages = messages.collect::<std::result::Result<Vec<_>, Error>>()?;
        let request = serde_json::to_string(&messages).map_err(wrong)?;
        let answer = self.engine.call("messages.send_batch", &format!("{{\"messages\":{request}}}"))?;
        Ok(serde_json::from_str(&answer).map_err(strange)?)
    }

    /// Creates an endpoint; its signing secret is shown only in the answer.
    pub fn create_endpoint(&self, url: String, settings: EndpointSettings) -> Result<CreatedEndpoint> {
        self.call("endpoints.create", json!(EndpointSettings { url: Some(url), ..settings }))
    }

    /// An endpoint.
    pub fn get_endpoint(&self, endpoint_id: String) -> Result<Endpoint> {
        self.of_endpoint("endpoints.get", &endpoint_id)
    }

    /// Endpoints, newest first, 1 to 100 (50) a page.
    #[uniffi::method(default(limit = None, cursor = None))]
    pub fn list_endpoints(&self, limit: Option<i32>, cursor: Option<String>) -> Result<EndpointPage> {
        self.call("endpoints.list", json!({"limit": limit, "cursor": cursor}))
    }

    /// Changes what is given; 0 clears a number, an empty text the description, an empty map the headers.
    pub fn update_endpoint(&self, endpoint_id: String, settings: EndpointSettings) -> Result<Endpoint> {
        let mut request = json!(settings);
        request["endpoint_id"] = json!(endpoint_id);
        self.call("endpoints.update", request)
    }

    /// Deletes an endpoint; what it accepted is still delivered.
    pub fn delete_endpoint(&self, endpoint_id: String) -> Result<()> {
        self.of_endpoint::<Nothing>("endpoints.delete", &endpoint_id).map(drop)
    }

    /// Holds an endpoint's deliveries.
    pub fn pause_endpoint(&self, endpoint_id: String) -> Result<PausedEndpoint> {
        self.of_endpoint("endpoints.pause", &endpoint_id)
    }

    /// Delivers what was held, at once.
    pub fn resume_endpoint(&self, endpoint_id: String) -> Result<PausedEndpoint> {
        self.of_endpoint("endpoints.resume", &endpoint_id)
    }

    /// Adds a second signing key; both sign until one is deleted.
    pub fn create_endpoint_signing_key(&self, endpoint_id: String) -> Result<NewSigningKey> {
        self.of_endpoint("signing_keys.create", &endpoint_id)
    }

    /// The same as `create_endpoint_signing_key`.
    pub fn rotate_endpoint_secret(&self, endpoint_id: String) -> Result<NewSigningKey> {
        self.of_endpoint("signing_keys.create", &endpoint_id)
    }

    /// The signing keys of an endpoint, oldest first.
    pub fn list_endpoint_signing_keys(&self, endpoint_id: String) -> Result<SigningKeyPage> {
        self.of_endpoint("signing_keys.list", &endpoint_id)
    }

    /// Deletes a signing key, unless it is the only one.
    pub fn delete_endpoint_signing_key(&self, endpoint_id: String, key_id: String) -> Result<()> {
        self.call::<Nothing>("signing_keys.delete", json!({"endpoint_id": endpoint_id, "key_id": key_id}))
            .map(drop)
    }

    /// A message.
    pub fn get_message(&self, message_id: String) -> Result<Message> {
        self.of_message("messages.get", &message_id)
    }

    /// The attempts at a message, at most 200; an unknown message has none.
    pub fn get_message_attempts(&self, message_id: String) -> Result<AttemptPage> {
        self.of_message("messages.attempts", &message_id)
    }

    /// Queues a message again, at most 10 times.
    pub fn replay(&self, message_id: String) -> Result<Receipt> {
        self.of_message("messages.replay", &message_id)
    }

    /// Gives up a message that waits for a retry.
    pub fn cancel_retry(&self, message_id: String) -> Result<Message> {
        self.of_message("messages.cancel", &message_id)
    }

    /// Makes a waiting retry due.
    pub fn retry_now(&self, message_id: String) -> Result<Message> {
        self.of_message("messages.retry_now", &message_id)
    }

    /// Deletes a message: its payload at once, its retries with it.
    pub fn delete_message(&self, message_id: String) -> Result<DeletedMessage> {
        self.of_message("messages.delete", &message_id)
    }

    /// Queues again what is `failed_permanent` or `pending_retry`, oldest first, 1 to 1,000 (100) of them.
    #[uniffi::method(default(endpoint_id = None, limit = None))]
    pub fn replay_all_messages(
        &self,
        status: String,
        endpoint_id: Option<String>,
        limit: Option<i32>,
    ) -> Result<ReplayedAll> {
        self.call(
            "messages.replay_all",
            json!({"status": status, "endpoint_id": endpoint_id, "limit": limit}),
        )
    }

    /// Queues 1 to 100 messages again; each has its outcome, in order.
    pub fn replay_batch_messages(&self, message_ids: Vec<String>) -> Result<ReplayedBatch> {
        self.call("messages.replay_batch", json!({"message_ids": message_ids}))
    }

    /// Deletes 1 to 100 messages; each has its outcome, in order.
    pub fn delete_messages_batch(&self, message_ids: Vec<String>) -> Result<DeletedBatch> {
        self.call("messages.delete_batch", json!({"message_ids": message_ids}))
    }

    /// Deletes what the filter finds, oldest first, at most 1,000.
    pub fn delete_messages_all(&self, filter: DeleteFilter) -> Result<DeletedAll> {
        self.call("messages.delete_all", json!(filter))
    }

    /// Messages, newest first, 1 to 500 (50) a page. A filtered page may be short and still have more.
    pub fn get_logs(&self, filter: LogFilter) -> Result<MessagePage> {
        self.call("logs.list", json!(filter))
    }

    /// The dead letter queue, newest first, 1 to 1,000 (100) a page.
    #[uniffi::method(default(limit = None, cursor = None))]
    pub fn get_dlq_messages(&self, limit: Option<i32>, cursor: Option<String>) -> Result<MessagePage> {
        let mut page: Value = self.call("dead_letters.list", json!({"limit": limit, "cursor": cursor}))?;
        page["data"] = page["messages"].take();
        Ok(serde_json::from_value(page).map_err(strange)?)
    }

    /// Queues a message of the dead letter queue again, as often as is wanted.
    pub fn replay_from_dlq(&self, message_id: String) -> Result<Receipt> {
        self.of_message("dead_letters.replay", &message_id)
    }

    /// What happened in the last `1h`, `24h`, `7d` or `30d`.
    #[uniffi::method(default(window = None, endpoint_id = None))]
    pub fn get_metrics(&self, window: Option<String>, endpoint_id: Option<String>) -> Result<Metrics> {
        self.call("metrics.get", json!({"window": window, "endpoint_id": endpoint_id}))
    }

    /// The same by the minute, the hour, 6 hours or the day.
    #[uniffi::method(default(window = None, endpoint_id = None))]
    pub fn get_timeseries_metrics(
        &self,
        window: Option<String>,
        endpoint_id: Option<String>,
    ) -> Result<Timeseries> {
        self.call("metrics.timeseries", json!({"window": window, "endpoint_id": endpoint_id}))
    }

    /// Creates an API key, `live` or `test`; it is shown only in the answer.
    #[uniffi::method(default(mode = None, label = None))]
    pub fn create_api_key(&self, mode: Option<String>, label: Option<String>) -> Result<NewApiKey> {
        self.call("api_keys.create", json!({"mode": mode, "label": label}))
    }

    /// API keys, oldest first, without the keys themselves.
    pub fn list_api_keys(&self) -> Result<ApiKeyPage> {
        self.call("api_keys.list", json!({}))
    }

    /// Deletes an API key.
    pub fn delete_api_key(&self, key_id: String) -> Result<()> {
        self.call::<Nothing>("api_keys.delete", json!({"key_id": key_id})).map(drop)
    }

    /// Has a CSV file written of the messages accepted from `start_time` on and before `end_time` (RFC 3339).
    #[uniffi::method(default(status = None, endpoint_id = None))]
    pub fn create_export(
        &self,
        start_time: String,
        end_time: String,
        status: Option<String>,
        endpoint_id: Option<String>,
    ) -> Result<Export> {
        let request = json!({"start_time": start_time, "end_time": end_time, "status": status, "endpoint_id": endpoint_id});
        self.call("exports.create", request)
    }

    /// Exports, newest first.
    pub fn list_exports(&self) -> Result<ExportPage> {
        self.call("exports.list", json!({}))
    }

    /// An export; its file is there once `status` is `completed`.
    pub fn get_export(&self, export_id: String) -> Result<Export> {
        self.call("exports.get", json!({"export_id": export_id}))
    }

    /// Where the file is.
    pub fn download_export(&self, export_id: String) -> Result<Download> {
        self.call("exports.download", json!({"export_id": export_id}))
    }

    /// Deletes an export and its file.
    pub fn delete_export(&self, export_id: String) -> Result<()> {
        self.call::<Nothing>("exports.delete", json!({"export_id": export_id})).map(drop)
    }

    /// What API keys are called, by their ids separated by commas.
    #[uniffi::method(default(api_key_id = None, user_id = None))]
    pub fn lookup_actors(&self, api_key_id: Option<String>, user_id: Option<String>) -> Result<Actors> {
        self.call("actors.lookup", json!({"api_key_id": api_key_id, "user_id": user_id}))
    }

    /// How the outbox stands.
    pub fn stats(&self) -> Result<Stats> {
        self.call("stats", json!({}))
    }

    /// A queue of what happens to messages from now on, while this process delivers.
    pub fn events(&self) -> Result<Arc<Events>> {
        Ok(Arc::new(Events { queue: Mutex::new(self.engine.events()?) }))
    }

    /// Waits until nothing is due, whichever process delivers. False where so many seconds passed before.
    #[uniffi::method(default(timeout = 30.0))]
    pub fn flush(&self, timeout: f64) -> Result<bool> {
        Ok(self.engine.flush(seconds(timeout))?)
    }

    /// Takes no more work, lets attempts under way end and stops the threads. False where so many seconds passed before.
    #[uniffi::method(default(timeout = 5.0))]
    pub fn shutdown(&self, timeout: f64) -> Result<bool> {
        Ok(self.engine.close(seconds(timeout))?)
    }
}

/// A queue of events, at most 10,000; past that the oldest are dropped.
#[derive(uniffi::Object)]
pub struct Events {
    queue: Mutex<EventQueue>,
}

#[uniffi::export]
impl Events {
    /// The next event, or nothing where none came within so many seconds or the client was closed.
    pub fn next(&self, timeout: f64) -> Result<Option<Event>> {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(event) = queue.next(seconds(timeout))? else { return Ok(None) };
        let event = serde_json::to_value(event).map_err(strange)?;
        Ok(Some(serde_json::from_value(event).map_err(strange)?))
    }
}

#[cfg(test)]
mod tests {
    use hookbridge_core::config;

    use super::Options;

    #[test]
    fn every_setting_has_a_field() {
        let named = serde_json::to_value(Options::default()).unwrap();
        let missing: Vec<&str> = config::keys().filter(|key| named.get(*key).is_none()).collect();
        // It may be a word, a list or an object: it is given as JSON.
        assert_eq!(missing, ["retry_schedule"]);
    }
}
