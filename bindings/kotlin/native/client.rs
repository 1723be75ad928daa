//! What a client does beside the operations: sending, events, and its beginning and end.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hookbridge_core::operations::messages::SendRequest as CoreRequest;
use hookbridge_core::{Config, Engine, Error, ErrorCode, EventQueue};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;
use serde_json::value::RawValue;

use super::answers::strange;
use super::errors::Result;
use super::request::Request;
use super::requests::{EventRequest, HookBridgeOptions, SendRequest};
use super::results::{Event, SendEventResponse, SendFailure, SendWebhookResponse};
use super::schedule::RetrySchedule;
use hookbridge_core::model::timestamp::Timestamp;

impl HookBridgeOptions {
    fn config(&self) -> std::result::Result<Config, Error> {
        let unreadable =
            |cause: serde_json::Error| Error::new(ErrorCode::InvalidConfiguration, cause.to_string());
        // A client that has no schedule of its own has the default one.
        let retry_schedule =
            self.retry_schedule.clone().filter(|schedule| *schedule != RetrySchedule::default());
        let given = Self { retry_schedule, ..self.clone() };
        let settings = serde_json::to_value(given).map_err(unreadable)?;
        // JSON has no word for what is no number.
        let lost = settings.as_object().into_iter().flatten().find(|(_, value)| value.is_null());
        match lost {
            Some((name, _)) => {
                Err(Error::new(ErrorCode::InvalidConfiguration, format!("`{name}` must be a number")))
            }
            None => Config::from_json(&settings.to_string()),
        }
    }
}

impl SendRequest {
    fn into_core(self) -> std::result::Result<CoreRequest, Error> {
        let Self {
            endpoint_id,
            payload,
            headers,
            idempotency_key,
            retention_hours,
            ordering_key,
            deliver_at,
            expires_at,
        } = self;
        let negative = |_| Error::new(ErrorCode::InvalidRequest, "`retention_hours` must not be negative");
        Ok(CoreRequest {
            headers: headers.map(|headers| headers.into_iter().collect()),
            idempotency_key,
            retention_hours: retention_hours.map(u32::try_from).transpose().map_err(negative)?,
            ordering_key,
            deliver_at: deliver_at.map(Timestamp::from),
            expires_at: expires_at.map(Timestamp::from),
            ..CoreRequest::new(endpoint_id, payload)?
        })
    }

    /// The message as one of a batch, whose number from 0 is `number`.
    fn into_item(self, number: usize) -> std::result::Result<Request, Error> {
        let Self {
            endpoint_id,
            payload,
            headers,
            idempotency_key,
            retention_hours,
            ordering_key,
            deliver_at,
            expires_at,
        } = self;
        let payload = document(payload, &format!("messages[{number}].payload"))?;
        Ok(Request::default()
            .with("endpoint_id", endpoint_id)
            .with("payload", payload)
            .given("headers", headers)
            .given("idempotency_key", idempotency_key)
            .given("retention_hours", retention_hours)
            .given("ordering_key", ordering_key)
            .given("deliver_at", deliver_at.map(Timestamp::from))
            .given("expires_at", expires_at.map(Timestamp::from)))
    }
}

/// The JSON document of the field `name`: one value and nothing behind it, since what is no document of its own could begin another
/// field.
fn document(bytes: Vec<u8>, name: &str) -> std::result::Result<Box<RawValue>, Error> {
    let wrong = |what: &str| Error::new(ErrorCode::InvalidRequest, format!("`{name}` is not {what}"));
    let text = String::from_utf8(bytes).map_err(|_| wrong("UTF-8"))?;
    RawValue::from_string(text).map_err(|cause| wrong(&format!("JSON: {cause}")))
}

impl EventRequest {
    fn into_request(self) -> std::result::Result<Request, Error> {
        let Self {
            r#type,
            payload,
            tenant,
            headers,
            idempotency_key,
            ordering_key,
            deliver_at,
            expires_at,
            retention_hours,
        } = self;
        Ok(Request::default()
            .with("type", r#type)
            .with("payload", document(payload, "payload")?)
            .given("tenant", tenant)
            .given("headers", headers)
            .given("idempotency_key", idempotency_key)
            .given("ordering_key", ordering_key)
            .given("deliver_at", deliver_at.map(Timestamp::from))
            .given("expires_at", expires_at.map(Timestamp::from))
            .given("retention_hours", retention_hours))
    }
}

fn seconds(timeout: f64) -> Duration {
    const LONGEST: f64 = 100.0 * 365.0 * 86_400.0;
    Duration::from_secs_f64(if timeout.is_nan() { 0.0 } else { timeout.clamp(0.0, LONGEST) })
}

/// What became of one message of a batch: one of the two is there.
#[derive(Clone, Debug, Deserialize, uniffi::Record)]
pub struct BatchResult {
    /// The message, where it was accepted.
    #[serde(skip)]
    pub accepted: Option<SendWebhookResponse>,
    /// Why it was refused.
    #[serde(rename = "error")]
    pub failure: Option<SendFailure>,
}

/// An outbox in this process and its delivery, a server over HTTP, or a relay. Any thread may use it. `shutdown` ends it with patience.
/// Where nobody did, what this process has accepted gets the setting `exit_timeout` to be delivered once the client is not used any
/// more; what is undelivered then is delivered by the next process on the file.
#[derive(uniffi::Object)]
pub struct HookBridge {
    engine: Engine,
    ended: AtomicBool,
}

#[uniffi::export(async_runtime = "tokio")]
impl HookBridge {
    /// Opens or creates the outbox, or prepares to work with a server.
    #[uniffi::constructor]
    pub fn new(options: HookBridgeOptions) -> Result<Arc<Self>> {
        let engine = Engine::open(options.config()?)?;
        Ok(Arc::new(Self { engine, ended: AtomicBool::new(false) }))
    }

    /// Accepts a message: returns once it is on disk.
    pub fn send(&self, request: SendRequest) -> Result<SendWebhookResponse> {
        let receipt = self.engine.send(request.into_core()?)?;
        Ok(accepted(receipt.message_id.to_string()))
    }

    /// The same without a thread that waits.
    pub async fn send_async(&self, request: SendRequest) -> Result<SendWebhookResponse> {
        let receipt = self.engine.send_async(request.into_core()?).await?;
        Ok(accepted(receipt.message_id.to_string()))
    }

    /// Accepts an event for every endpoint that wants it: returns once the event and all its messages are on disk.
    pub fn send_event(&self, event: EventRequest) -> Result<SendEventResponse> {
        self.call("events.send", event.into_request()?)
    }

    /// Accepts up to 1,000 messages in one transaction; each has its result or its failure, in order.
    pub fn send_batch(&self, messages: Vec<SendRequest>) -> Result<Vec<BatchResult>> {
        #[derive(Deserialize)]
        struct Answer {
            results: Vec<Box<RawValue>>,
        }
        let items = messages.into_iter().enumerate().map(|(number, message)| message.into_item(number));
        let items = items.collect::<std::result::Result<Vec<_>, Error>>()?;
        let answer: Answer = self.call("messages.send_batch", Request::default().with("messages", items))?;
        let result = |item: Box<RawValue>| {
            let mut result: BatchResult = serde_json::from_str(item.get())?;
            if result.failure.is_none() {
                result.accepted = Some(serde_json::from_str(item.get())?);
            }
            Ok(result)
        };
        let results = answer.results.into_iter().map(result).collect::<serde_json::Result<_>>();
        Ok(results.map_err(strange)?)
    }

    /// A queue of what happens to messages from now on, while this process delivers.
    pub fn events(&self) -> Result<Arc<Events>> {
        Ok(Arc::new(Events { queue: Mutex::new(self.engine.events()?) }))
    }

    /// A queue of what happens to messages from now on, whichever process accepts and delivers them: the kinds of `events`, and
    /// `message_accepted`, `attempt_started` and `endpoint_changed`.
    pub fn watch(&self) -> Result<Arc<Events>> {
        Ok(Arc::new(Events { queue: Mutex::new(self.engine.watch()?) }))
    }

    /// Waits until nothing is due, whichever process delivers. False where so many seconds passed before.
    #[uniffi::method(default(timeout = 30.0))]
    pub fn flush(&self, timeout: f64) -> Result<bool> {
        Ok(self.engine.flush(seconds(timeout))?)
    }

    /// Takes no more work, lets attempts under way end and stops the threads. False where so many seconds passed before.
    #[uniffi::method(default(timeout = 5.0))]
    pub fn shutdown(&self, timeout: f64) -> Result<bool> {
        let ended = self.engine.close(seconds(timeout))?;
        self.ended.store(true, Ordering::Release);
        Ok(ended)
    }

    /// Ends the client at a normal exit of the program: what this process has accepted gets the setting `exit_timeout` to be delivered.
    /// False where that was too short. A client that was shut down does nothing.
    pub fn finish(&self) -> Result<bool> {
        let finished = self.engine.finish()?;
        self.ended.store(true, Ordering::Release);
        Ok(finished)
    }
}

impl HookBridge {
    /// The answer of an operation.
    pub(crate) fn call<T: DeserializeOwned>(&self, operation: &str, request: Request) -> Result<T> {
        let answer = self.engine.call(operation, &serde_json::to_string(&request).map_err(strange)?)?;
        Ok(serde_json::from_str(&answer).map_err(strange)?)
    }

    /// One field of the answer of an operation.
    pub(crate) fn part<T: DeserializeOwned>(
        &self,
        operation: &str,
        request: Request,
        field: &str,
    ) -> Result<T> {
        let mut answer: Value = self.call(operation, request)?;
        Ok(serde_json::from_value(answer[field].take()).map_err(strange)?)
    }

    /// Carries out an operation that has nothing to answer.
    pub(crate) fn run(&self, operation: &str, request: Request) -> Result<()> {
        self.call::<IgnoredAny>(operation, request).map(drop)
    }
}

fn accepted(message_id: String) -> SendWebhookResponse {
    SendWebhookResponse { message_id, status: "queued".to_owned() }
}

impl Drop for HookBridge {
    /// Nobody uses it any more, and nobody ended it. Whoever collects it is not held up.
    fn drop(&mut self) {
        if !self.ended.load(Ordering::Acquire) {
            let engine = self.engine.clone();
            let thread = std::thread::Builder::new().name("hookbridge-finish".to_owned());
            // Where there is no thread to be had, what is undelivered stays for the next run.
            drop(thread.spawn(move || drop(engine.finish())));
        }
    }
}

/// A queue of events, at most 10,000; past that the oldest are dropped and counted.
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

    /// How many were dropped because nobody took them.
    pub fn dropped(&self) -> i64 {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        i64::try_from(queue.dropped()).unwrap_or(i64::MAX)
    }

    /// Whether the client was closed and every event was taken: no more will come.
    pub fn is_closed(&self) -> bool {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).is_closed()
    }
}

#[cfg(test)]
mod tests {
    use super::super::results::CreateEndpointResponse;
    use super::*;

    #[test]
    fn a_payload_of_a_batch_cannot_begin_another_message() {
        let message = |payload: &str| SendRequest {
            endpoint_id: "ep_1".to_owned(),
            payload: payload.into(),
            headers: None,
            idempotency_key: None,
            retention_hours: None,
            ordering_key: None,
            deliver_at: None,
            expires_at: None,
        };
        let item = message(" {\"a\": 1.10}").into_item(0).unwrap();
        assert_eq!(serde_json::to_string(&item).unwrap(), r#"{"endpoint_id":"ep_1","payload":{"a": 1.10}}"#);
        for payload in [r#"1},{"endpoint_id":"ep_2","payload":2"#, "1 2", "", "{"] {
            let refused = message(payload).into_item(3).err().unwrap();
            assert!(refused.message().starts_with("`messages[3].payload` is not JSON: "), "{refused}");
        }
    }

    #[test]
    fn what_is_secret_is_not_printed() {
        let created: CreateEndpointResponse = serde_json::from_value(serde_json::json!({
            "id": "ep_1", "url": "https://example.com", "signing_secret": "whsec_1", "created_at": "2026-01-01T00:00:00Z"
        }))
        .unwrap();
        let printed = format!("{created:?}");
        assert!(printed.contains("ep_1") && !printed.contains("whsec_1"), "{printed}");
        let options = HookBridgeOptions { api_key: Some("hb_live_1".to_owned()), ..Default::default() };
        assert!(!format!("{options:?}").contains("hb_live_1"));
    }
}
