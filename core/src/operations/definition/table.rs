//! The rows of the operations, in the order of docs/contract.md#operations. `core/tests/documented.rs` holds each row's summary
//! and errors to that page.

use super::Returns::{Field, Page, Type};
use super::route::Address;
use super::route::Answer::{Data, DataWithMessage, List, Nothing, Redirect};
use super::{Operation, Shape, answer_of, fields_of, method, operation, request_of};
use crate::error::ErrorCode::{
    AlreadyExists, CannotDeleteLastSigningKey, DeliveryInProgress, EndpointBlocked, EndpointNotFound,
    EndpointUnreachable, ExportExpired, ExportNotReady, IdempotencyMismatch, InvalidEndpoint, InvalidHeaders,
    InvalidPayload, InvalidStatus, MaxSigningKeysReached, NotFound, PayloadTooLarge, PayloadUnavailable,
    RateLimitExceeded, ReplayLimitExceeded, RetentionExpired, RetryInProgress, UnknownEventType,
};
use crate::model::endpoint::Endpoint;
use crate::model::message::Message;
use crate::operations::{
    activity, actors, api_keys, dead_letter_groups, endpoints, event_replay, event_types, events, explain,
    exports, found, health, logs, many, messages, metrics, payload, read, replay, sessions, signing_keys,
    stats, subscriptions, test_delivery, verify, whoami, write,
};

const LOOKED_AT: &str = "the messages were looked at";

pub(super) const OPERATIONS: &[Operation] = &[
    operation!("messages.send", messages::send, "Accepts a message for delivery")
        .details(
            "Returns once the message is on disk; delivery follows in the background. Sending again with the same \
             idempotency key and payload answers the first message.",
        )
        .method("send", &["endpoint_id", "payload"])
        .route(Address::post("/v1/webhooks/send").body().answers(Data(202)).repeatable())
        .errors(&[EndpointNotFound, InvalidHeaders, IdempotencyMismatch, PayloadTooLarge]),
    operation!("messages.send_batch", messages::send_batch, "Accepts up to 1,000 messages")
        .details(
            "All that are good are committed in one transaction. Each message has its result or its failure, in order; \
             one that is refused touches no other.",
        )
        .method("send_batch", &["messages"])
        .returns(Field("results"))
        .errors(&[PayloadTooLarge]),
    // Events.
    operation!("events.send", events::send, "Accepts an event for every endpoint that wants it")
        .details(
            "Returns once the event and all its messages are on disk. An event that no endpoint wants is no error: it is kept, and \
             `matched` is 0. Sending again with the same idempotency key, type and payload answers the first event.",
        )
        .method("send_event", &["type", "payload"])
        .route(Address::post("/v1/events").body().answers(Data(202)).repeatable())
        .errors(&[InvalidHeaders, IdempotencyMismatch, PayloadTooLarge, UnknownEventType, InvalidPayload]),
    operation!("events.send_batch", events::send_batch, "Accepts up to 1,000 events")
        .details(
            "All that are good are committed in one transaction with their messages. Each event has its result or its failure, in \
             order; one that is refused touches no other.",
        )
        .method("send_event_batch", &["events"])
        .errors(&[PayloadTooLarge]),
    operation!("events.list", events::list, "Lists events, newest first")
        .details("A page of a filter may be short, even empty, and have more behind it: follow `next_cursor`.")
        .method("list_events", &[])
        .returns(Page("ListEventsResponse", "events"))
        .route(Address::get("/v1/events/search").answers(List)),
    operation!("events.get", events::get, "Shows an event with its messages")
        .method("get_event", &["event_id"])
        .route(Address::get("/v1/events/{event_id}"))
        .errors(&[NotFound]),
    operation!("events.replay", event_replay::replay, "Makes the messages of events that an endpoint has missed")
        .details(
            "Those since a moment that it wants, has no message for, and whose payload is kept; the oldest first. Each call does a \
             bounded part: follow `next_cursor`.",
        )
        .method("replay_events", &["endpoint_id", "since"])
        .route(Address::post("/v1/endpoints/{endpoint_id}/replay-events").body())
        .errors(&[EndpointNotFound]),
    operation!("subscriptions.check", subscriptions::check, "Says whether an endpoint would want an event like a sample")
        .details("With the endpoint's own patterns and filter, or with others before they are written.")
        .method("check_subscription", &["type", "payload"])
        .route(Address::post("/v1/subscriptions/check").body().reads())
        .errors(&[EndpointNotFound]),
    // The catalogue of event types.
    operation!("event_types.create", event_types::create, "Adds an event type to the catalogue")
        .method("create_event_type", &["name"])
        .route(Address::post("/v1/event-types").body().answers(Data(201)))
        .errors(&[AlreadyExists]),
    operation!("event_types.list", event_types::list, "Lists the catalogue, in the order of names")
        .method("list_event_types", &[])
        .returns(Page("ListEventTypesResponse", "event_types"))
        .route(Address::get("/v1/event-types").answers(List)),
    operation!("event_types.get", event_types::get, "Shows an event type")
        .method("get_event_type", &["name"])
        .route(Address::get("/v1/event-types/{name}"))
        .errors(&[NotFound]),
    operation!("event_types.update", event_types::update, "Changes some fields of an event type")
        .details("What is not given stays. An empty description, and null for the schema or the example, clear them.")
        .method("update_event_type", &["name"])
        .route(Address::patch("/v1/event-types/{name}").body())
        .errors(&[NotFound]),
    operation!("event_types.delete", event_types::delete, "Removes an event type from the catalogue")
        .details("Events of the type that were accepted before stay, and are delivered.")
        .method("delete_event_type", &["name"])
        .route(Address::delete("/v1/event-types/{name}").answers(Nothing))
        .errors(&[NotFound]),
    // Endpoints.
    operation!("endpoints.create", endpoints::create, "Makes an endpoint and its first signing key")
        .details("The signing secret is shown only in the answer.")
        .method("create_endpoint", &["url"])
        .route(Address::post("/v1/endpoints").body().answers(Data(201)))
        .errors(&[InvalidEndpoint, EndpointUnreachable, EndpointBlocked, InvalidHeaders]),
    operation!("endpoints.list", endpoints::list, "Lists endpoints, newest first")
        .method("list_endpoints", &[])
        .returns(Page("ListEndpointsResponse", "endpoints"))
        .route(Address::get("/v1/endpoints").answers(List)),
    operation!("endpoints.get", endpoints::get, "Shows an endpoint")
        .method("get_endpoint", &["endpoint_id"])
        .route(Address::get("/v1/endpoints/{endpoint_id}"))
        .errors(&[EndpointNotFound]),
    operation!("endpoints.update", endpoints::update, "Changes some fields of an endpoint")
        .details(
            "What is not given stays. 0 clears a number, an empty text the description, and empty headers the headers, \
             which are replaced whole.",
        )
        .method("update_endpoint", &["endpoint_id"])
        .returns(Type(Shape::of::<Endpoint>()))
        .route(Address::patch("/v1/endpoints/{endpoint_id}").body())
        .errors(&[EndpointNotFound, InvalidEndpoint, EndpointUnreachable, EndpointBlocked, InvalidHeaders]),
    operation!("endpoints.delete", endpoints::delete, "Deletes an endpoint: it takes no more messages")
        .details("What it accepted before is still delivered, also where it was paused.")
        .method("delete_endpoint", &["endpoint_id"])
        .route(Address::delete("/v1/endpoints/{endpoint_id}").answers(Nothing))
        .errors(&[EndpointNotFound]),
    operation!("endpoints.pause", endpoints::pause, "Holds an endpoint's deliveries")
        .details("It goes on accepting messages; attempts under way end.")
        .method("pause_endpoint", &["endpoint_id"])
        .route(Address::post("/v1/endpoints/{endpoint_id}/pause").repeatable())
        .errors(&[EndpointNotFound]),
    operation!("endpoints.resume", endpoints::resume, "Delivers what a pause has held")
        .method("resume_endpoint", &["endpoint_id"])
        .route(Address::post("/v1/endpoints/{endpoint_id}/resume").repeatable())
        .errors(&[EndpointNotFound]),
    operation!("endpoints.health", health::health, "Says how endpoints are doing, newest first")
        .details(
            "Breaker, limits and attempts under way are known to the process that delivers alone. The backlog and the last hour \
             are known to every process.",
        )
        .method("get_endpoint_health", &["endpoint_id"])
        .returns(Page("EndpointHealthResponse", "endpoints"))
        .route(Address::get("/v1/endpoints/health").answers(List))
        .errors(&[EndpointNotFound]),
    operation!("endpoints.test", test_delivery::test, "Makes a signed test delivery at once")
        .details(
            "It is not queued, counted or tried again: the answer is the whole attempt. The request has the header \
             `X-Webhook-Test: true`. A pause does not hold it.",
        )
        .method("test_endpoint", &["endpoint_id"])
        .route(Address::post("/v1/endpoints/{endpoint_id}/test").body())
        .errors(&[EndpointNotFound, PayloadTooLarge]),
    operation!("endpoints.verify", verify::verify, "Checks the signature of a delivery as it was received")
        .details(
            "Says which key made it, or what is wrong: a body that was parsed and written again, a secret that was cut, \
             another endpoint's key, a clock. With the value that a receiver's code computed it says which mistake makes that.",
        )
        .method("verify_endpoint_signature", &["endpoint_id"])
        .route(Address::post("/v1/endpoints/{endpoint_id}/verify").body().reads())
        .errors(&[EndpointNotFound]),
    // Signing keys.
    operation!("signing_keys.list", signing_keys::list, "Lists an endpoint's signing keys, oldest first")
        .method("list_endpoint_signing_keys", &["endpoint_id"])
        .returns(Field("data"))
        .route(Address::get("/v1/endpoints/{endpoint_id}/signing-keys").answers(List))
        .errors(&[EndpointNotFound]),
    operation!("signing_keys.create", signing_keys::create, "Adds a second signing key")
        .details("Both keys sign until one is deleted. The signing secret is shown only in the answer.")
        .method("create_endpoint_signing_key", &["endpoint_id"])
        .route(Address::post("/v1/endpoints/{endpoint_id}/signing-keys").answers(Data(201)))
        .also(
            "rotate_endpoint_secret",
            Address::post("/v1/endpoints/{endpoint_id}/rotate-secret").answers(Data(201)),
            "Adds a second signing key, under an older name",
        )
        .errors(&[EndpointNotFound, MaxSigningKeysReached]),
    operation!("signing_keys.delete", signing_keys::delete, "Removes one of two signing keys")
        .method("delete_endpoint_signing_key", &["endpoint_id", "key_id"])
        .route(Address::delete("/v1/endpoints/{endpoint_id}/signing-keys/{key_id}").answers(Nothing))
        .errors(&[EndpointNotFound, NotFound, CannotDeleteLastSigningKey]),
    // Messages.
    operation!("messages.get", messages::get, "Shows a message, without its payload")
        .method("get_message", &["message_id"])
        .route(Address::get("/v1/messages/{message_id}"))
        .errors(&[NotFound]),
    operation!("messages.attempts", messages::attempts, "Lists a message's attempts, oldest first")
        .details("At most the last 200. A message that is unknown has none.")
        .method("get_message_attempts", &["message_id"])
        .returns(Page("AttemptsResponse", "attempts"))
        .route(Address::get("/v1/messages/{message_id}/attempts").answers(List)),
    operation!("messages.payload", payload::get, "Shows a message's payload, byte for byte")
        .details("With the message's own headers. It is there for as long as the payload is kept.")
        .method("get_message_payload", &["message_id"])
        .route(Address::get("/v1/messages/{message_id}/payload"))
        .errors(&[NotFound, RetentionExpired, PayloadUnavailable]),
    operation!("messages.explain", explain::explain, "Says why a message is where it is, and when that changes")
        .details(
            "The first reason is the one that decides. What holds an endpoint's messages in the process that delivers (its \
             breaker, its limits) is known to that process alone: another one says which process that is.",
        )
        .method("explain_message", &["message_id"])
        .route(Address::get("/v1/messages/{message_id}/explain"))
        .errors(&[NotFound]),
    operation!("messages.replay", replay::replay, "Delivers a message once more")
        .details("A message can be replayed 10 times.")
        .method("replay", &["message_id"])
        .route(
            Address::post("/v1/messages/{message_id}/replay")
                .answers(DataWithMessage("the message is queued again")),
        )
        .errors(&[
            NotFound,
            InvalidStatus,
            DeliveryInProgress,
            RetryInProgress,
            RetentionExpired,
            PayloadUnavailable,
            ReplayLimitExceeded,
        ]),
    operation!("messages.cancel", replay::cancel, "Gives up a message that waits for a retry or its time")
        .method("cancel_retry", &["message_id"])
        .returns(Type(Shape::of::<Message>()))
        .route(Address::post("/v1/messages/{message_id}/cancel"))
        .errors(&[NotFound, InvalidStatus]),
    operation!("messages.retry_now", replay::retry_now, "Makes a message that waits for a retry or its time due at once")
        .method("retry_now", &["message_id"])
        .returns(Type(Shape::of::<Message>()))
        .route(
            Address::post("/v1/messages/{message_id}/retry-now")
                .answers(DataWithMessage("the message is due now"))
                .repeatable(),
        )
        .errors(&[NotFound, InvalidStatus]),
    operation!("messages.reschedule", messages::reschedule, "Moves a scheduled message to another moment")
        .details("A moment that is past is at once.")
        .method("reschedule_message", &["message_id", "deliver_at"])
        .route(Address::post("/v1/messages/{message_id}/reschedule").body())
        .errors(&[NotFound, InvalidStatus]),
    operation!("messages.replay_all", found::replay_all, "Replays the messages that a filter finds")
        .details("The oldest first.")
        .method("replay_all_messages", &["status"])
        .route(Address::post("/v1/messages/replay-all").answers(DataWithMessage(LOOKED_AT)))
        .errors(&[EndpointNotFound]),
    operation!("messages.cancel_all", found::cancel_all, "Gives up the messages that wait for a retry and that a filter finds")
        .details("The oldest first. They are in the dead letter queue then.")
        .method("cancel_all_messages", &[])
        .route(Address::post("/v1/messages/cancel-all"))
        .errors(&[EndpointNotFound]),
    operation!("messages.replay_batch", many::replay_batch, "Replays the messages that are named")
        .details("Each has its result, in order.")
        .method("replay_batch_messages", &["message_ids"])
        .route(Address::post("/v1/messages/replay-batch").body().answers(DataWithMessage(LOOKED_AT))),
    operation!("messages.delete", messages::delete, "Deletes a message")
        .details("Its payload is gone at once, and its retries with it.")
        .method("delete_message", &["message_id"])
        .route(Address::delete("/v1/messages/{message_id}"))
        .errors(&[NotFound]),
    operation!("messages.delete_batch", many::delete_batch, "Deletes the messages that are named")
        .details("Each has its result, in order.")
        .method("delete_messages_batch", &["message_ids"])
        .route(Address::post("/v1/messages/delete-batch").body().repeatable()),
    operation!("messages.delete_all", found::delete_all, "Deletes the messages that a filter finds")
        .details("The oldest first. Where as many were deleted as the limit says, there may be more.")
        .method("delete_messages_all", &[])
        .route(Address::post("/v1/messages/delete-all"))
        .errors(&[EndpointNotFound]),
    // Logs and dead letters.
    operation!("logs.list", logs::list, "Lists messages, newest first")
        .details("A page of a filter may be short, even empty, and have more behind it: follow `next_cursor`.")
        .method("get_logs", &[])
        .returns(Page("LogsResponse", "messages"))
        .route(Address::get("/v1/logs").answers(List))
        .errors(&[EndpointNotFound]),
    operation!("dead_letters.list", logs::dead_letters, "Lists the messages that were given up, newest first")
        .method("get_dlq_messages", &[])
        .returns(Page("DLQMessagesResponse", "messages"))
        .route(Address::get("/v1/dlq/messages"))
        .errors(&[EndpointNotFound]),
    operation!(
        "dead_letters.groups",
        dead_letter_groups::groups,
        "Counts the dead letter queue by cause and endpoint"
    )
    .details(
        "A call reads at most 10,000 messages, newest first; where there are more, follow `next_cursor` and add up what has the \
         same cause and endpoint. Any filter by cause takes the words of `cause`.",
    )
    .method("get_dlq_groups", &[])
    .route(Address::get("/v1/dlq/groups"))
    .errors(&[EndpointNotFound]),
    operation!(
        "dead_letters.replay",
        replay::replay_dead_letter,
        "Delivers a message of the dead letter queue once more"
    )
    .method("replay_from_dlq", &["message_id"])
    .route(Address::post("/v1/dlq/replay/{message_id}"))
    .errors(&[NotFound, InvalidStatus, RetentionExpired, PayloadUnavailable]),
    // Metrics.
    operation!("metrics.get", metrics::get, "Counts what happened in a window of time")
        .method("get_metrics", &["window"])
        .route(Address::get("/v1/metrics"))
        .errors(&[EndpointNotFound]),
    operation!("metrics.timeseries", metrics::timeseries, "Counts what happened in each bucket of a window")
        .method("get_timeseries_metrics", &["window"])
        .route(Address::get("/v1/metrics/timeseries"))
        .errors(&[EndpointNotFound]),
    // API keys.
    operation!("api_keys.list", api_keys::list, "Lists API keys, oldest first")
        .method("list_api_keys", &[])
        .returns(Field("data"))
        .route(Address::get("/v1/api-keys").answers(List)),
    operation!("api_keys.create", api_keys::create, "Makes an API key")
        .details("It lets its owner use a sidecar on this outbox. The key is shown only in the answer.")
        .method("create_api_key", &["mode"])
        .route(Address::post("/v1/api-keys").body().answers(Data(201))),
    operation!("api_keys.delete", api_keys::delete, "Deletes an API key: it lets nobody in any more")
        .method("delete_api_key", &["key_id"])
        .route(Address::delete("/v1/api-keys/{key_id}").answers(Nothing))
        .errors(&[NotFound]),
    operation!(
        "login_codes.create",
        sessions::create_login_code,
        "Makes a code that signs a browser in to the console once"
    )
    .details(
        "It works for 60 seconds, at every console of the outbox. The session is that of the caller's API key; in a process it is \
         that of a key which is made for this, with the label `hookbridge console`.",
    )
    .method("create_login_code", &[])
    .route(Address::post("/v1/login-codes").answers(Data(201))),
    // Exports.
    operation!("exports.create", exports::create, "Has a CSV file of messages written")
        .details("The file is written in the background; it is kept for seven days.")
        .method("create_export", &[])
        .hidden(&["direction"])
        .route(Address::post("/v1/exports").body().answers(Data(201)))
        .errors(&[EndpointNotFound, RateLimitExceeded]),
    operation!("exports.list", exports::list, "Lists exports, newest first")
        .method("list_exports", &[])
        .returns(Field("data"))
        .route(Address::get("/v1/exports").answers(List)),
    operation!("exports.get", exports::get, "Shows an export")
        .method("get_export", &["export_id"])
        .route(Address::get("/v1/exports/{export_id}"))
        .errors(&[NotFound]),
    operation!("exports.download", exports::download, "Says where an export's file is")
        .method("download_export", &["export_id"])
        .returns(Field("download_url"))
        .route(Address::get("/v1/exports/{export_id}/download").answers(Redirect))
        .errors(&[NotFound, ExportNotReady, ExportExpired]),
    operation!("exports.delete", exports::delete, "Removes an export and its file")
        .method("delete_export", &["export_id"])
        .route(Address::delete("/v1/exports/{export_id}").answers(Nothing))
        .errors(&[NotFound]),
    // What the command and the clients ask a sidecar.
    operation!("stats", stats::stats, "Says how the outbox stands").method("stats", &[]).route(Address::get("/v1/stats")),
    operation!("whoami", whoami::whoami, "Says who asks, and what answers")
        .details("The caller's API key with its scope, the version, the file, and the limits in force.")
        .method("whoami", &[])
        .route(Address::get("/v1/whoami")),
    operation!("activity.list", activity::list, "Lists what callers with an API key changed, newest first")
        .details(
            "Endpoints and keys that were made, changed, paused or deleted, messages that were replayed, cancelled or deleted: by \
             which key, and how many. The newest 100,000 are kept.",
        )
        .method("list_activity", &[])
        .returns(Page("ActivityResponse", "activities"))
        .route(Address::get("/v1/activity").answers(List)),
    operation!("actors.lookup", actors::lookup, "Names API keys by their ids")
        .details("1 to 100 ids in all. Ids that are unknown are missing in the answer.")
        .method("lookup_actors", &[])
        .renamed(&[("user_id", "user_ids"), ("api_key_id", "api_key_ids")])
        .route(Address::get("/v1/actors/lookup")),
];
