// Written by `hookbridge-generate`: change the definition, not this file.

//! The methods that are operations of the engine.

// Each language names them.
#![allow(clippy::too_many_arguments)]

use std::collections::HashMap;
use std::time::SystemTime;

use hookbridge_core::model::timestamp::Timestamp;

use super::client::HookBridge;
use super::errors::Result;
use super::json_text::JsonText;
use super::request::Request;
use super::results::*;
use super::schedule::RetrySchedule;

#[uniffi::export]
impl HookBridge {
    /// Accepts up to 1,000 events.
    ///
    /// All that are good are committed in one transaction with their messages. Each event has its
    /// result or its failure, in order; one that is refused touches no other.
    ///
    /// - Parameter events: At most 1,000, each as in `sendEvent`.
    pub fn send_event_batch(&self, events: JsonText) -> Result<SendEventsResponse> {
        let request = Request::default().with("events", events);
        self.call("events.send_batch", request)
    }

    /// Lists events, newest first.
    ///
    /// A page of a filter may be short, even empty, and have more behind it: follow `nextCursor`.
    ///
    /// - Parameter type: Only events of this type.
    /// - Parameter tenant: Only events of this tenant.
    /// - Parameter startTime: Only events accepted at this moment or later.
    /// - Parameter endTime: Only events accepted before this moment.
    /// - Parameter limit: 1 to 500, 50 where absent.
    /// - Parameter cursor: The `nextCursor` of the page before.
    #[uniffi::method(default(r#type = None, tenant = None, start_time = None, end_time = None, limit = None, cursor = None))]
    pub fn list_events(
        &self,
        r#type: Option<String>,
        tenant: Option<String>,
        start_time: Option<SystemTime>,
        end_time: Option<SystemTime>,
        limit: Option<i32>,
        cursor: Option<String>,
    ) -> Result<ListEventsResponse> {
        let request = Request::default()
            .given("type", r#type)
            .given("tenant", tenant)
            .given("start_time", start_time.map(Timestamp::from))
            .given("end_time", end_time.map(Timestamp::from))
            .given("limit", limit)
            .given("cursor", cursor);
        self.call("events.list", request)
    }

    /// Shows an event with its messages.
    ///
    /// - Parameter eventId: The event's id, `evt_...`.
    /// - Parameter limit: How many of its messages are shown: 1 to 1,000, 100 where absent.
    /// - Parameter cursor: The `nextCursor` of the answer before, for further messages.
    #[uniffi::method(default(limit = None, cursor = None))]
    pub fn get_event(
        &self,
        event_id: String,
        limit: Option<i32>,
        cursor: Option<String>,
    ) -> Result<EventDetails> {
        let request =
            Request::default().with("event_id", event_id).given("limit", limit).given("cursor", cursor);
        self.call("events.get", request)
    }

    /// Makes the messages of events that an endpoint has missed.
    ///
    /// Those since a moment that it wants, has no message for, and whose payload is kept; the oldest
    /// first. Each call does a bounded part: follow `nextCursor`.
    ///
    /// - Parameter endpointId: The endpoint's id, `ep_...`.
    /// - Parameter since: Only events accepted at this moment or later.
    /// - Parameter before: Only events accepted before this moment.
    /// - Parameter type: Only events of this type.
    /// - Parameter rate: Messages a second, 1 to 1,000: they are spread over the time that this takes.
    ///   Absent is at once.
    /// - Parameter limit: How many events one call replays: 1 to 1,000, 100 where absent.
    /// - Parameter cursor: The `nextCursor` of the call before.
    /// - Parameter dryRun: Only says what would be done.
    #[uniffi::method(default(before = None, r#type = None, rate = None, limit = None, cursor = None, dry_run = None))]
    pub fn replay_events(
        &self,
        endpoint_id: String,
        since: SystemTime,
        before: Option<SystemTime>,
        r#type: Option<String>,
        rate: Option<i32>,
        limit: Option<i32>,
        cursor: Option<String>,
        dry_run: Option<bool>,
    ) -> Result<ReplayEventsResult> {
        let request = Request::default()
            .with("endpoint_id", endpoint_id)
            .with("since", Timestamp::from(since))
            .given("before", before.map(Timestamp::from))
            .given("type", r#type)
            .given("rate", rate)
            .given("limit", limit)
            .given("cursor", cursor)
            .given("dry_run", dry_run);
        self.call("events.replay", request)
    }

    /// Says whether an endpoint would want an event like a sample.
    ///
    /// With the endpoint's own patterns and filter, or with others before they are written.
    ///
    /// - Parameter type: The type of the sample.
    /// - Parameter payload: The payload of the sample.
    /// - Parameter endpointId: The endpoint whose patterns and filter are tried where none are given
    ///   here.
    /// - Parameter eventTypes: Patterns of types, in place of the endpoint's.
    /// - Parameter filter: Conditions on the payload, in place of the endpoint's.
    #[uniffi::method(default(endpoint_id = None, event_types = None, filter = None))]
    pub fn check_subscription(
        &self,
        r#type: String,
        payload: JsonText,
        endpoint_id: Option<String>,
        event_types: Option<Vec<String>>,
        filter: Option<JsonText>,
    ) -> Result<CheckedSubscription> {
        let request = Request::default()
            .with("type", r#type)
            .with("payload", payload)
            .given("endpoint_id", endpoint_id)
            .given("event_types", event_types)
            .given("filter", filter);
        self.call("subscriptions.check", request)
    }

    /// Adds an event type to the catalogue.
    ///
    /// - Parameter name: The name, such as `order.created`.
    /// - Parameter description: For people; at most 500 characters.
    /// - Parameter schema: The JSON schema (2020-12) of its payloads, at most 65,536 bytes. References
    ///   to other documents are not followed.
    /// - Parameter example: A payload that fits the schema, for whoever writes a receiver.
    /// - Parameter deprecated: Whether receivers should not rely on it any more.
    #[uniffi::method(default(description = None, schema = None, example = None, deprecated = None))]
    pub fn create_event_type(
        &self,
        name: String,
        description: Option<String>,
        schema: Option<JsonText>,
        example: Option<JsonText>,
        deprecated: Option<bool>,
    ) -> Result<EventTypeEntry> {
        let request = Request::default()
            .with("name", name)
            .given("description", description)
            .given("schema", schema)
            .given("example", example)
            .given("deprecated", deprecated);
        self.call("event_types.create", request)
    }

    /// Lists the catalogue, in the order of names.
    ///
    /// - Parameter limit: 1 to 500, 100 where absent.
    /// - Parameter cursor: The `nextCursor` of the page before.
    #[uniffi::method(default(limit = None, cursor = None))]
    pub fn list_event_types(
        &self,
        limit: Option<i32>,
        cursor: Option<String>,
    ) -> Result<ListEventTypesResponse> {
        let request = Request::default().given("limit", limit).given("cursor", cursor);
        self.call("event_types.list", request)
    }

    /// Shows an event type.
    ///
    /// - Parameter name: The name, such as `order.created`.
    pub fn get_event_type(&self, name: String) -> Result<EventTypeEntry> {
        let request = Request::default().with("name", name);
        self.call("event_types.get", request)
    }

    /// Changes some fields of an event type.
    ///
    /// What is not given stays. An empty description, and null for the schema or the example, clear
    /// them.
    ///
    /// - Parameter name: The name, such as `order.created`.
    /// - Parameter description: At most 500 characters; `""` is none.
    /// - Parameter schema: As for a new type; null is none.
    /// - Parameter example: As for a new type; null is none.
    /// - Parameter deprecated: Whether receivers should not rely on it any more.
    #[uniffi::method(default(description = None, schema = None, example = None, deprecated = None))]
    pub fn update_event_type(
        &self,
        name: String,
        description: Option<String>,
        schema: Option<JsonText>,
        example: Option<JsonText>,
        deprecated: Option<bool>,
    ) -> Result<EventTypeEntry> {
        let request = Request::default()
            .with("name", name)
            .given("description", description)
            .given("schema", schema)
            .given("example", example)
            .given("deprecated", deprecated);
        self.call("event_types.update", request)
    }

    /// Removes an event type from the catalogue.
    ///
    /// Events of the type that were accepted before stay, and are delivered.
    ///
    /// - Parameter name: The name, such as `order.created`.
    pub fn delete_event_type(&self, name: String) -> Result<()> {
        let request = Request::default().with("name", name);
        self.run("event_types.delete", request)
    }

    /// Makes an endpoint and its first signing key.
    ///
    /// The signing secret is shown only in the answer.
    ///
    /// - Parameter url: 12 to 2,048 characters, `https`; its host resolves, to public addresses only
    ///   unless `allowLocalEndpoints` is set.
    /// - Parameter description: At most 500 characters; `""` is none.
    /// - Parameter rateLimitRps: Deliveries a second, 0 to 1,000; 0 is unlimited.
    /// - Parameter burst: Deliveries at once within the rate limit, 0 to 10,000; 0 is the same as
    ///   `rateLimitRps`.
    /// - Parameter headers: Sent with every delivery. They are replaced whole; `{}` is none.
    /// - Parameter retrySchedule: Replaces the engine's schedule; an empty one is none of its own.
    /// - Parameter maxAttempts: Replaces the engine's number of attempts, 0 to 100; 0 is the engine's.
    /// - Parameter tenant: The customer it belongs to, whose events it gets; at most 128 characters,
    ///   `""` is none.
    /// - Parameter eventTypes: The events that it wants: at most 100 patterns of types, such as
    ///   `order.*`. `[]` is every type.
    /// - Parameter filter: Conditions on an event's payload, all of which must hold: at most 20, each
    ///   with a JSON `pointer` and one of `equals`, `in`, `exists`, `starts_with`, `greater`, `less`.
    ///   `[]` is none.
    /// - Parameter onFailure: What follows for an ordering key when one of its messages is given up:
    ///   `continue` with the next, or `halt` until a person replays or deletes it.
    #[uniffi::method(default(description = None, rate_limit_rps = None, burst = None, headers = None, retry_schedule = None, max_attempts = None, tenant = None, event_types = None, filter = None, on_failure = None))]
    pub fn create_endpoint(
        &self,
        url: String,
        description: Option<String>,
        rate_limit_rps: Option<i32>,
        burst: Option<i32>,
        headers: Option<HashMap<String, String>>,
        retry_schedule: Option<RetrySchedule>,
        max_attempts: Option<i32>,
        tenant: Option<String>,
        event_types: Option<Vec<String>>,
        filter: Option<JsonText>,
        on_failure: Option<String>,
    ) -> Result<CreateEndpointResponse> {
        let request = Request::default()
            .with("url", url)
            .given("description", description)
            .given("rate_limit_rps", rate_limit_rps)
            .given("burst", burst)
            .given("headers", headers)
            .given("retry_schedule", retry_schedule)
            .given("max_attempts", max_attempts)
            .given("tenant", tenant)
            .given("event_types", event_types)
            .given("filter", filter)
            .given("on_failure", on_failure);
        self.call("endpoints.create", request)
    }

    /// Lists endpoints, newest first.
    ///
    /// - Parameter limit: 1 to 100, 50 where absent.
    /// - Parameter cursor: The `nextCursor` of the page before.
    /// - Parameter tenant: Only endpoints of this tenant.
    #[uniffi::method(default(limit = None, cursor = None, tenant = None))]
    pub fn list_endpoints(
        &self,
        limit: Option<i32>,
        cursor: Option<String>,
        tenant: Option<String>,
    ) -> Result<ListEndpointsResponse> {
        let request =
            Request::default().given("limit", limit).given("cursor", cursor).given("tenant", tenant);
        self.call("endpoints.list", request)
    }

    /// Shows an endpoint.
    ///
    /// - Parameter endpointId: The endpoint's id, `ep_...`.
    pub fn get_endpoint(&self, endpoint_id: String) -> Result<Endpoint> {
        let request = Request::default().with("endpoint_id", endpoint_id);
        self.call("endpoints.get", request)
    }

    /// Changes some fields of an endpoint.
    ///
    /// What is not given stays. 0 clears a number, an empty text the description, and empty headers the
    /// headers, which are replaced whole.
    ///
    /// - Parameter endpointId: The endpoint's id, `ep_...`.
    /// - Parameter url: As for a new endpoint.
    /// - Parameter description: At most 500 characters; `""` is none.
    /// - Parameter rateLimitRps: Deliveries a second, 0 to 1,000; 0 is unlimited.
    /// - Parameter burst: Deliveries at once within the rate limit, 0 to 10,000; 0 is the same as
    ///   `rateLimitRps`.
    /// - Parameter headers: Sent with every delivery. They are replaced whole; `{}` is none.
    /// - Parameter retrySchedule: Replaces the engine's schedule; an empty one clears it.
    /// - Parameter maxAttempts: Replaces the engine's number of attempts, 0 to 100; 0 is the engine's.
    /// - Parameter tenant: The customer it belongs to, whose events it gets; at most 128 characters,
    ///   `""` is none.
    /// - Parameter eventTypes: The events that it wants: at most 100 patterns of types, such as
    ///   `order.*`. `[]` is every type.
    /// - Parameter filter: Conditions on an event's payload, all of which must hold: at most 20, each
    ///   with a JSON `pointer` and one of `equals`, `in`, `exists`, `starts_with`, `greater`, `less`.
    ///   `[]` is none.
    /// - Parameter onFailure: What follows for an ordering key when one of its messages is given up:
    ///   `continue` with the next, or `halt` until a person replays or deletes it.
    #[uniffi::method(default(url = None, description = None, rate_limit_rps = None, burst = None, headers = None, retry_schedule = None, max_attempts = None, tenant = None, event_types = None, filter = None, on_failure = None))]
    pub fn update_endpoint(
        &self,
        endpoint_id: String,
        url: Option<String>,
        description: Option<String>,
        rate_limit_rps: Option<i32>,
        burst: Option<i32>,
        headers: Option<HashMap<String, String>>,
        retry_schedule: Option<RetrySchedule>,
        max_attempts: Option<i32>,
        tenant: Option<String>,
        event_types: Option<Vec<String>>,
        filter: Option<JsonText>,
        on_failure: Option<String>,
    ) -> Result<Endpoint> {
        let request = Request::default()
            .with("endpoint_id", endpoint_id)
            .given("url", url)
            .given("description", description)
            .given("rate_limit_rps", rate_limit_rps)
            .given("burst", burst)
            .given("headers", headers)
            .given("retry_schedule", retry_schedule)
            .given("max_attempts", max_attempts)
            .given("tenant", tenant)
            .given("event_types", event_types)
            .given("filter", filter)
            .given("on_failure", on_failure);
        self.call("endpoints.update", request)
    }

    /// Deletes an endpoint: it takes no more messages.
    ///
    /// What it accepted before is still delivered, also where it was paused.
    ///
    /// - Parameter endpointId: The endpoint's id, `ep_...`.
    pub fn delete_endpoint(&self, endpoint_id: String) -> Result<()> {
        let request = Request::default().with("endpoint_id", endpoint_id);
        self.run("endpoints.delete", request)
    }

    /// Holds an endpoint's deliveries.
    ///
    /// It goes on accepting messages; attempts under way end.
    ///
    /// - Parameter endpointId: The endpoint's id, `ep_...`.
    pub fn pause_endpoint(&self, endpoint_id: String) -> Result<PauseState> {
        let request = Request::default().with("endpoint_id", endpoint_id);
        self.call("endpoints.pause", request)
    }

    /// Delivers what a pause has held.
    ///
    /// - Parameter endpointId: The endpoint's id, `ep_...`.
    pub fn resume_endpoint(&self, endpoint_id: String) -> Result<PauseState> {
        let request = Request::default().with("endpoint_id", endpoint_id);
        self.call("endpoints.resume", request)
    }

    /// Says how endpoints are doing, newest first.
    ///
    /// Breaker, limits and attempts under way are known to the process that delivers alone. The backlog
    /// and the last hour are known to every process.
    ///
    /// - Parameter endpointId: Only this endpoint.
    /// - Parameter tenant: Only endpoints of this tenant.
    /// - Parameter limit: 1 to 100, 50 where absent.
    /// - Parameter cursor: The `nextCursor` of the page before.
    #[uniffi::method(default(endpoint_id = None, tenant = None, limit = None, cursor = None))]
    pub fn get_endpoint_health(
        &self,
        endpoint_id: Option<String>,
        tenant: Option<String>,
        limit: Option<i32>,
        cursor: Option<String>,
    ) -> Result<EndpointHealthResponse> {
        let request = Request::default()
            .given("endpoint_id", endpoint_id)
            .given("tenant", tenant)
            .given("limit", limit)
            .given("cursor", cursor);
        self.call("endpoints.health", request)
    }

    /// Makes a signed test delivery at once.
    ///
    /// It is not queued, counted or tried again: the answer is the whole attempt. The request has the
    /// header `X-Webhook-Test: true`. A pause does not hold it.
    ///
    /// - Parameter endpointId: The endpoint's id, `ep_...`.
    /// - Parameter payload: A JSON document as a text, at most 1,048,576 bytes, which is sent byte for
    ///   byte; where absent, a small one that says that it is a test.
    #[uniffi::method(default(payload = None))]
    pub fn test_endpoint(&self, endpoint_id: String, payload: Option<String>) -> Result<TestDelivery> {
        let request = Request::default().with("endpoint_id", endpoint_id).given("payload", payload);
        self.call("endpoints.test", request)
    }

    /// Checks the signature of a delivery as it was received.
    ///
    /// Says which key made it, or what is wrong: a body that was parsed and written again, a secret
    /// that was cut, another endpoint's key, a clock. With the value that a receiver's code computed it
    /// says which mistake makes that.
    ///
    /// - Parameter endpointId: The endpoint's id, `ep_...`.
    /// - Parameter headers: The headers of the delivery as they were received. Those of the signatures
    ///   are looked at, whatever their case.
    /// - Parameter body: The body as it was received, at most 1,048,576 bytes.
    /// - Parameter computed: What the receiver's own code made of it, to be told which mistake makes
    ///   that.
    #[uniffi::method(default(computed = None))]
    pub fn verify_endpoint_signature(
        &self,
        endpoint_id: String,
        headers: HashMap<String, String>,
        body: String,
        computed: Option<String>,
    ) -> Result<Verification> {
        let request = Request::default()
            .with("endpoint_id", endpoint_id)
            .with("headers", headers)
            .with("body", body)
            .given("computed", computed);
        self.call("endpoints.verify", request)
    }

    /// Lists an endpoint's signing keys, oldest first.
    ///
    /// - Parameter endpointId: The endpoint's id, `ep_...`.
    pub fn list_endpoint_signing_keys(&self, endpoint_id: String) -> Result<Vec<SigningKey>> {
        let request = Request::default().with("endpoint_id", endpoint_id);
        self.part("signing_keys.list", request, "data")
    }

    /// Adds a second signing key.
    ///
    /// Both keys sign until one is deleted. The signing secret is shown only in the answer.
    ///
    /// - Parameter endpointId: The endpoint's id, `ep_...`.
    pub fn create_endpoint_signing_key(&self, endpoint_id: String) -> Result<RotateSecretResponse> {
        let request = Request::default().with("endpoint_id", endpoint_id);
        self.call("signing_keys.create", request)
    }

    /// Adds a second signing key, under an older name.
    ///
    /// Both keys sign until one is deleted. The signing secret is shown only in the answer.
    ///
    /// - Parameter endpointId: The endpoint's id, `ep_...`.
    pub fn rotate_endpoint_secret(&self, endpoint_id: String) -> Result<RotateSecretResponse> {
        let request = Request::default().with("endpoint_id", endpoint_id);
        self.call("signing_keys.create", request)
    }

    /// Removes one of two signing keys.
    ///
    /// - Parameter endpointId: The endpoint's id, `ep_...`.
    /// - Parameter keyId: The signing key's id, `sk_...`.
    pub fn delete_endpoint_signing_key(&self, endpoint_id: String, key_id: String) -> Result<()> {
        let request = Request::default().with("endpoint_id", endpoint_id).with("key_id", key_id);
        self.run("signing_keys.delete", request)
    }

    /// Shows a message, without its payload.
    ///
    /// - Parameter messageId: The message's id, a UUIDv7 with dashes.
    pub fn get_message(&self, message_id: String) -> Result<Message> {
        let request = Request::default().with("message_id", message_id);
        self.call("messages.get", request)
    }

    /// Lists a message's attempts, oldest first.
    ///
    /// At most the last 200. A message that is unknown has none.
    ///
    /// - Parameter messageId: The message's id, a UUIDv7 with dashes.
    pub fn get_message_attempts(&self, message_id: String) -> Result<AttemptsResponse> {
        let request = Request::default().with("message_id", message_id);
        self.call("messages.attempts", request)
    }

    /// Shows a message's payload, byte for byte.
    ///
    /// With the message's own headers. It is there for as long as the payload is kept.
    ///
    /// - Parameter messageId: The message's id, a UUIDv7 with dashes.
    pub fn get_message_payload(&self, message_id: String) -> Result<MessagePayload> {
        let request = Request::default().with("message_id", message_id);
        self.call("messages.payload", request)
    }

    /// Says why a message is where it is, and when that changes.
    ///
    /// The first reason is the one that decides. What holds an endpoint's messages in the process that
    /// delivers (its breaker, its limits) is known to that process alone: another one says which
    /// process that is.
    ///
    /// - Parameter messageId: The message's id, a UUIDv7 with dashes.
    pub fn explain_message(&self, message_id: String) -> Result<Explanation> {
        let request = Request::default().with("message_id", message_id);
        self.call("messages.explain", request)
    }

    /// Delivers a message once more.
    ///
    /// A message can be replayed 10 times.
    ///
    /// - Parameter messageId: The message's id, a UUIDv7 with dashes.
    pub fn replay(&self, message_id: String) -> Result<ReplayMessageResponse> {
        let request = Request::default().with("message_id", message_id);
        self.call("messages.replay", request)
    }

    /// Gives up a message that waits for a retry or its time.
    ///
    /// - Parameter messageId: The message's id, a UUIDv7 with dashes.
    pub fn cancel_retry(&self, message_id: String) -> Result<Message> {
        let request = Request::default().with("message_id", message_id);
        self.call("messages.cancel", request)
    }

    /// Makes a message that waits for a retry or its time due at once.
    ///
    /// - Parameter messageId: The message's id, a UUIDv7 with dashes.
    pub fn retry_now(&self, message_id: String) -> Result<Message> {
        let request = Request::default().with("message_id", message_id);
        self.call("messages.retry_now", request)
    }

    /// Moves a scheduled message to another moment.
    ///
    /// A moment that is past is at once.
    ///
    /// - Parameter messageId: The message's id, a UUIDv7 with dashes.
    /// - Parameter deliverAt: Before when it is not delivered; at most a year ahead. A moment that is
    ///   past is at once.
    pub fn reschedule_message(&self, message_id: String, deliver_at: SystemTime) -> Result<Message> {
        let request =
            Request::default().with("message_id", message_id).with("deliver_at", Timestamp::from(deliver_at));
        self.call("messages.reschedule", request)
    }

    /// Replays the messages that a filter finds.
    ///
    /// The oldest first.
    ///
    /// - Parameter status: `failed_permanent` or `pending_retry`.
    /// - Parameter endpointId: Only messages of this endpoint.
    /// - Parameter limit: 1 to 1,000, 100 where absent.
    /// - Parameter createdAfter: Only messages accepted at this moment or later.
    /// - Parameter createdBefore: Only messages accepted before this moment.
    /// - Parameter cause: Only messages whose last failure has this cause, in the words of
    ///   `getDlqGroups`.
    /// - Parameter dryRun: Changes nothing, and answers what would happen.
    /// - Parameter cursor: The `nextCursor` of the call before: goes on behind what that one has looked
    ///   at.
    #[uniffi::method(default(endpoint_id = None, limit = None, created_after = None, created_before = None, cause = None, dry_run = None, cursor = None))]
    pub fn replay_all_messages(
        &self,
        status: String,
        endpoint_id: Option<String>,
        limit: Option<i32>,
        created_after: Option<SystemTime>,
        created_before: Option<SystemTime>,
        cause: Option<String>,
        dry_run: Option<bool>,
        cursor: Option<String>,
    ) -> Result<ReplayAllMessagesResponse> {
        let request = Request::default()
            .with("status", status)
            .given("endpoint_id", endpoint_id)
            .given("limit", limit)
            .given("created_after", created_after.map(Timestamp::from))
            .given("created_before", created_before.map(Timestamp::from))
            .given("cause", cause)
            .given("dry_run", dry_run)
            .given("cursor", cursor);
        self.call("messages.replay_all", request)
    }

    /// Gives up the messages that wait for a retry and that a filter finds.
    ///
    /// The oldest first. They are in the dead letter queue then.
    ///
    /// - Parameter endpointId: Only messages of this endpoint.
    /// - Parameter createdAfter: Only messages accepted at this moment or later.
    /// - Parameter createdBefore: Only messages accepted before this moment.
    /// - Parameter limit: 1 to 1,000, 1,000 where absent.
    /// - Parameter cause: Only messages whose last failure has this cause, in the words of
    ///   `getDlqGroups`.
    /// - Parameter dryRun: Changes nothing, and answers what would happen.
    /// - Parameter cursor: The `nextCursor` of the call before: goes on behind what that one has looked
    ///   at.
    #[uniffi::method(default(endpoint_id = None, created_after = None, created_before = None, limit = None, cause = None, dry_run = None, cursor = None))]
    pub fn cancel_all_messages(
        &self,
        endpoint_id: Option<String>,
        created_after: Option<SystemTime>,
        created_before: Option<SystemTime>,
        limit: Option<i32>,
        cause: Option<String>,
        dry_run: Option<bool>,
        cursor: Option<String>,
    ) -> Result<CancelAllResult> {
        let request = Request::default()
            .given("endpoint_id", endpoint_id)
            .given("created_after", created_after.map(Timestamp::from))
            .given("created_before", created_before.map(Timestamp::from))
            .given("limit", limit)
            .given("cause", cause)
            .given("dry_run", dry_run)
            .given("cursor", cursor);
        self.call("messages.cancel_all", request)
    }

    /// Replays the messages that are named.
    ///
    /// Each has its result, in order.
    ///
    /// - Parameter messageIds: 1 to 100.
    pub fn replay_batch_messages(&self, message_ids: Vec<String>) -> Result<ReplayBatchMessagesResponse> {
        let request = Request::default().with("message_ids", message_ids);
        self.call("messages.replay_batch", request)
    }

    /// Deletes a message.
    ///
    /// Its payload is gone at once, and its retries with it.
    ///
    /// - Parameter messageId: The message's id, a UUIDv7 with dashes.
    pub fn delete_message(&self, message_id: String) -> Result<DeleteMessageResult> {
        let request = Request::default().with("message_id", message_id);
        self.call("messages.delete", request)
    }

    /// Deletes the messages that are named.
    ///
    /// Each has its result, in order.
    ///
    /// - Parameter messageIds: 1 to 100.
    pub fn delete_messages_batch(&self, message_ids: Vec<String>) -> Result<DeleteBatchResult> {
        let request = Request::default().with("message_ids", message_ids);
        self.call("messages.delete_batch", request)
    }

    /// Deletes the messages that a filter finds.
    ///
    /// The oldest first. Where as many were deleted as the limit says, there may be more.
    ///
    /// - Parameter status: Only messages with one of these statuses; all where empty.
    /// - Parameter endpointId: Only messages of this endpoint.
    /// - Parameter createdAfter: Only messages accepted at this moment or later.
    /// - Parameter createdBefore: Only messages accepted before this moment.
    /// - Parameter limit: 1 to 1,000, 1,000 where absent.
    /// - Parameter cause: Only messages whose last failure has this cause, in the words of
    ///   `getDlqGroups`.
    /// - Parameter dryRun: Changes nothing, and answers what would happen.
    /// - Parameter cursor: The `nextCursor` of the call before: goes on behind what that one has looked
    ///   at.
    #[uniffi::method(default(status = None, endpoint_id = None, created_after = None, created_before = None, limit = None, cause = None, dry_run = None, cursor = None))]
    pub fn delete_messages_all(
        &self,
        status: Option<Vec<String>>,
        endpoint_id: Option<String>,
        created_after: Option<SystemTime>,
        created_before: Option<SystemTime>,
        limit: Option<i32>,
        cause: Option<String>,
        dry_run: Option<bool>,
        cursor: Option<String>,
    ) -> Result<DeleteAllResult> {
        let request = Request::default()
            .given("status", status)
            .given("endpoint_id", endpoint_id)
            .given("created_after", created_after.map(Timestamp::from))
            .given("created_before", created_before.map(Timestamp::from))
            .given("limit", limit)
            .given("cause", cause)
            .given("dry_run", dry_run)
            .given("cursor", cursor);
        self.call("messages.delete_all", request)
    }

    /// Lists messages, newest first.
    ///
    /// A page of a filter may be short, even empty, and have more behind it: follow `nextCursor`.
    ///
    /// - Parameter status: Only messages with one of these statuses.
    /// - Parameter startTime: Only messages accepted at this moment or later.
    /// - Parameter endTime: Only messages accepted before this moment.
    /// - Parameter limit: 1 to 500, 50 where absent.
    /// - Parameter cursor: The `nextCursor` of the page before.
    /// - Parameter endpointId: Only messages of this endpoint.
    /// - Parameter q: Only the message with this id, or messages with this text in their idempotency
    ///   key.
    /// - Parameter error: Only messages with this text in their last error.
    /// - Parameter cause: Only messages whose last failure has this cause, in the words of
    ///   `getDlqGroups`.
    /// - Parameter eventType: Only messages of events of this type.
    /// - Parameter tenant: Only messages of events of this tenant.
    /// - Parameter orderingKey: Only messages with this ordering key.
    #[uniffi::method(default(status = None, start_time = None, end_time = None, limit = None, cursor = None, endpoint_id = None, q = None, error = None, cause = None, event_type = None, tenant = None, ordering_key = None))]
    pub fn get_logs(
        &self,
        status: Option<Vec<String>>,
        start_time: Option<SystemTime>,
        end_time: Option<SystemTime>,
        limit: Option<i32>,
        cursor: Option<String>,
        endpoint_id: Option<String>,
        q: Option<String>,
        error: Option<String>,
        cause: Option<String>,
        event_type: Option<String>,
        tenant: Option<String>,
        ordering_key: Option<String>,
    ) -> Result<LogsResponse> {
        let request = Request::default()
            .given("status", status)
            .given("start_time", start_time.map(Timestamp::from))
            .given("end_time", end_time.map(Timestamp::from))
            .given("limit", limit)
            .given("cursor", cursor)
            .given("endpoint_id", endpoint_id)
            .given("q", q)
            .given("error", error)
            .given("cause", cause)
            .given("event_type", event_type)
            .given("tenant", tenant)
            .given("ordering_key", ordering_key);
        self.call("logs.list", request)
    }

    /// Lists the messages that were given up, newest first.
    ///
    /// - Parameter limit: 1 to 1,000, 100 where absent.
    /// - Parameter cursor: The `nextCursor` of the page before.
    /// - Parameter endpointId: Only messages of this endpoint.
    /// - Parameter cause: Only messages with this cause, in the words of `getDlqGroups`.
    /// - Parameter startTime: Only messages accepted at this moment or later.
    /// - Parameter endTime: Only messages accepted before this moment.
    #[uniffi::method(default(limit = None, cursor = None, endpoint_id = None, cause = None, start_time = None, end_time = None))]
    pub fn get_dlq_messages(
        &self,
        limit: Option<i32>,
        cursor: Option<String>,
        endpoint_id: Option<String>,
        cause: Option<String>,
        start_time: Option<SystemTime>,
        end_time: Option<SystemTime>,
    ) -> Result<DlqMessagesResponse> {
        let request = Request::default()
            .given("limit", limit)
            .given("cursor", cursor)
            .given("endpoint_id", endpoint_id)
            .given("cause", cause)
            .given("start_time", start_time.map(Timestamp::from))
            .given("end_time", end_time.map(Timestamp::from));
        self.call("dead_letters.list", request)
    }

    /// Counts the dead letter queue by cause and endpoint.
    ///
    /// A call reads at most 10,000 messages, newest first; where there are more, follow `nextCursor`
    /// and add up what has the same cause and endpoint. Any filter by cause takes the words of `cause`.
    ///
    /// - Parameter endpointId: Only messages of this endpoint.
    /// - Parameter cursor: The `nextCursor` of the call before.
    #[uniffi::method(default(endpoint_id = None, cursor = None))]
    pub fn get_dlq_groups(
        &self,
        endpoint_id: Option<String>,
        cursor: Option<String>,
    ) -> Result<DeadLetterGroups> {
        let request = Request::default().given("endpoint_id", endpoint_id).given("cursor", cursor);
        self.call("dead_letters.groups", request)
    }

    /// Delivers a message of the dead letter queue once more.
    ///
    /// - Parameter messageId: The message's id, a UUIDv7 with dashes.
    pub fn replay_from_dlq(&self, message_id: String) -> Result<ReplayMessageResponse> {
        let request = Request::default().with("message_id", message_id);
        self.call("dead_letters.replay", request)
    }

    /// Counts what happened in a window of time.
    ///
    /// - Parameter window: `1h`, `24h`, `7d` or `30d`; `24h` where absent.
    /// - Parameter endpointId: Only messages and attempts of this endpoint.
    #[uniffi::method(default(window = None, endpoint_id = None))]
    pub fn get_metrics(&self, window: Option<String>, endpoint_id: Option<String>) -> Result<Metrics> {
        let request = Request::default().given("window", window).given("endpoint_id", endpoint_id);
        self.call("metrics.get", request)
    }

    /// Counts what happened in each bucket of a window.
    ///
    /// - Parameter window: `1h`, `24h`, `7d` or `30d`; `24h` where absent.
    /// - Parameter endpointId: Only messages and attempts of this endpoint.
    #[uniffi::method(default(window = None, endpoint_id = None))]
    pub fn get_timeseries_metrics(
        &self,
        window: Option<String>,
        endpoint_id: Option<String>,
    ) -> Result<TimeSeriesMetrics> {
        let request = Request::default().given("window", window).given("endpoint_id", endpoint_id);
        self.call("metrics.timeseries", request)
    }

    /// Lists API keys, oldest first.
    pub fn list_api_keys(&self) -> Result<Vec<ApiKeyInfo>> {
        let request = Request::default();
        self.part("api_keys.list", request, "data")
    }

    /// Makes an API key.
    ///
    /// It lets its owner use a sidecar on this outbox. The key is shown only in the answer.
    ///
    /// - Parameter mode: `live` where absent.
    /// - Parameter label: A label for people, at most 255 characters.
    /// - Parameter scope: What the key lets its owner do over HTTP, `full` where absent.
    #[uniffi::method(default(mode = None, label = None, scope = None))]
    pub fn create_api_key(
        &self,
        mode: Option<String>,
        label: Option<String>,
        scope: Option<String>,
    ) -> Result<CreateApiKeyResponse> {
        let request = Request::default().given("mode", mode).given("label", label).given("scope", scope);
        self.call("api_keys.create", request)
    }

    /// Deletes an API key: it lets nobody in any more.
    ///
    /// - Parameter keyId: The API key's id, `key_...`.
    pub fn delete_api_key(&self, key_id: String) -> Result<()> {
        let request = Request::default().with("key_id", key_id);
        self.run("api_keys.delete", request)
    }

    /// Makes a code that signs a browser in to the console once.
    ///
    /// It works for 60 seconds, at every console of the outbox. The session is that of the caller's API
    /// key; in a process it is that of a key which is made for this, with the label `hookbridge
    /// console`.
    pub fn create_login_code(&self) -> Result<CreateLoginCodeResponse> {
        let request = Request::default();
        self.call("login_codes.create", request)
    }

    /// Has a CSV file of messages written.
    ///
    /// The file is written in the background; it is kept for seven days.
    ///
    /// - Parameter startTime: Messages accepted at this moment or later.
    /// - Parameter endTime: Messages accepted before this moment.
    /// - Parameter status: Only messages with this status. One of `queued`, `delivering`, `succeeded`,
    ///   `pending_retry`, `failed_permanent`; a newer server may say another.
    /// - Parameter endpointId: Only messages of this endpoint, which may have been deleted.
    #[uniffi::method(default(status = None, endpoint_id = None))]
    pub fn create_export(
        &self,
        start_time: SystemTime,
        end_time: SystemTime,
        status: Option<String>,
        endpoint_id: Option<String>,
    ) -> Result<ExportRecord> {
        let request = Request::default()
            .with("start_time", Timestamp::from(start_time))
            .with("end_time", Timestamp::from(end_time))
            .given("status", status)
            .given("endpoint_id", endpoint_id);
        self.call("exports.create", request)
    }

    /// Lists exports, newest first.
    pub fn list_exports(&self) -> Result<Vec<ExportRecord>> {
        let request = Request::default();
        self.part("exports.list", request, "data")
    }

    /// Shows an export.
    ///
    /// - Parameter exportId: The export's id, a UUIDv7 with dashes.
    pub fn get_export(&self, export_id: String) -> Result<ExportRecord> {
        let request = Request::default().with("export_id", export_id);
        self.call("exports.get", request)
    }

    /// Says where an export's file is.
    ///
    /// - Parameter exportId: The export's id, a UUIDv7 with dashes.
    pub fn download_export(&self, export_id: String) -> Result<String> {
        let request = Request::default().with("export_id", export_id);
        self.part("exports.download", request, "download_url")
    }

    /// Removes an export and its file.
    ///
    /// - Parameter exportId: The export's id, a UUIDv7 with dashes.
    pub fn delete_export(&self, export_id: String) -> Result<()> {
        let request = Request::default().with("export_id", export_id);
        self.run("exports.delete", request)
    }

    /// Says how the outbox stands.
    pub fn stats(&self) -> Result<Stats> {
        let request = Request::default();
        self.call("stats", request)
    }

    /// Says who asks, and what answers.
    ///
    /// The caller's API key with its scope, the version, the file, and the limits in force.
    pub fn whoami(&self) -> Result<WhoAmI> {
        let request = Request::default();
        self.call("whoami", request)
    }

    /// Lists what callers with an API key changed, newest first.
    ///
    /// Endpoints and keys that were made, changed, paused or deleted, messages that were replayed,
    /// cancelled or deleted: by which key, and how many. The newest 100,000 are kept.
    ///
    /// - Parameter limit: 1 to 500, 50 where absent.
    /// - Parameter cursor: The `nextCursor` of the page before.
    #[uniffi::method(default(limit = None, cursor = None))]
    pub fn list_activity(&self, limit: Option<i32>, cursor: Option<String>) -> Result<ActivityResponse> {
        let request = Request::default().given("limit", limit).given("cursor", cursor);
        self.call("activity.list", request)
    }

    /// Names API keys by their ids.
    ///
    /// 1 to 100 ids in all. Ids that are unknown are missing in the answer.
    ///
    /// - Parameter userIds: Ids of users. An outbox has none, so none is found.
    /// - Parameter apiKeyIds: Ids of API keys: `key_...`.
    #[uniffi::method(default(user_ids = None, api_key_ids = None))]
    pub fn lookup_actors(
        &self,
        user_ids: Option<Vec<String>>,
        api_key_ids: Option<Vec<String>>,
    ) -> Result<ActorLookupResult> {
        let request = Request::default().given("user_id", user_ids).given("api_key_id", api_key_ids);
        self.call("actors.lookup", request)
    }
}
