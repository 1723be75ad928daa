//! The rows of the routes, in the order of docs/contract.md#operations. `core/tests/documented.rs` holds each row's summary
//! and errors to that page.

use super::Parameter::{Cursor, Endpoint, Limit, RequiredWord, Text, Time, Word, Words};
use super::{Parameter, Route};
use crate::error::ErrorCode::{
    CannotDeleteLastSigningKey, DeliveryInProgress, EndpointBlocked, EndpointNotFound, EndpointUnreachable,
    ExportExpired, ExportNotReady, IdempotencyMismatch, InvalidEndpoint, InvalidHeaders, InvalidStatus,
    MaxSigningKeysReached, NotFound, PayloadTooLarge, PayloadUnavailable, RateLimitExceeded,
    ReplayLimitExceeded, RetentionExpired, RetryInProgress,
};
use crate::model::api_key::{ApiKey, NewApiKey};
use crate::model::attempt::Attempt;
use crate::model::endpoint;
use crate::model::export::Export;
use crate::model::message::{Message, MessageStatus};
use crate::model::message_summary::MessageSummary;
use crate::model::signing_key::{NewSigningKey, SigningKey};
use crate::operations::actors::Actors;
use crate::operations::api_keys::CreateApiKey;
use crate::operations::endpoints::{
    CreateEndpoint, CreatedEndpoint, EndpointSummary, PAGE_LIMIT, PausedEndpoint, UpdateEndpoint,
    UpdatedEndpoint,
};
use crate::operations::exports::CreateExport;
use crate::operations::logs::{DEAD_LETTERS_LIMIT, DeadLetters, LOGS_LIMIT};
use crate::operations::many::{
    DeletedAll, DeletedBatch, FOUND_LIMIT, MessageIds, REPLAYABLE, ReplayedAll, ReplayedBatch,
};
use crate::operations::messages::{DeletedMessage, SendReceipt, SendRequest};
use crate::operations::metrics::{Metrics, Timeseries, Window};
use crate::operations::replay::ChangedMessage;
use crate::operations::stats::Stats;

const STATUSES: &[&str] = &MessageStatus::NAMES;
const DELETED_BY: &str = "deleted_by_api_key_id";
const WINDOW: &[(&str, Parameter)] = &[("window", Word(&Window::NAMES)), ("endpoint_id", Endpoint)];
const LOOKED_AT: &str = "the messages were looked at";

pub(super) const ROUTES: &[Route] = &[
    Route::post("/v1/webhooks/send", "messages.send", "Accepts a message for delivery")
        .body::<SendRequest>()
        .data::<SendReceipt>(202)
        .errors(&[EndpointNotFound, InvalidHeaders, IdempotencyMismatch, PayloadTooLarge])
        .repeatable(),
    // Endpoints.
    Route::post("/v1/endpoints", "endpoints.create", "Makes an endpoint and its first signing key")
        .body::<CreateEndpoint>()
        .data::<CreatedEndpoint>(201)
        .errors(&[InvalidEndpoint, EndpointUnreachable, EndpointBlocked, InvalidHeaders]),
    Route::get("/v1/endpoints", "endpoints.list", "Lists endpoints, newest first")
        .query(&[("limit", Limit(PAGE_LIMIT)), ("cursor", Cursor)])
        .list::<EndpointSummary>(),
    Route::get("/v1/endpoints/{endpoint_id}", "endpoints.get", "Shows an endpoint")
        .data::<endpoint::Endpoint>(200)
        .errors(&[EndpointNotFound]),
    Route::patch("/v1/endpoints/{endpoint_id}", "endpoints.update", "Changes some fields of an endpoint")
        .body::<UpdateEndpoint>()
        .data::<UpdatedEndpoint>(200)
        .errors(&[EndpointNotFound, InvalidEndpoint, EndpointUnreachable, EndpointBlocked, InvalidHeaders]),
    Route::delete(
        "/v1/endpoints/{endpoint_id}",
        "endpoints.delete",
        "Deletes an endpoint: it takes no more messages",
    )
    .errors(&[EndpointNotFound]),
    Route::post("/v1/endpoints/{endpoint_id}/pause", "endpoints.pause", "Holds an endpoint's deliveries")
        .data::<PausedEndpoint>(200)
        .errors(&[EndpointNotFound])
        .repeatable(),
    Route::post("/v1/endpoints/{endpoint_id}/resume", "endpoints.resume", "Delivers what a pause has held")
        .data::<PausedEndpoint>(200)
        .errors(&[EndpointNotFound])
        .repeatable(),
    // Signing keys.
    Route::get(
        "/v1/endpoints/{endpoint_id}/signing-keys",
        "signing_keys.list",
        "Lists an endpoint's signing keys, oldest first",
    )
    .list::<SigningKey>()
    .errors(&[EndpointNotFound]),
    Route::post(
        "/v1/endpoints/{endpoint_id}/signing-keys",
        "signing_keys.create",
        "Adds a second signing key",
    )
    .data::<NewSigningKey>(201)
    .errors(&[EndpointNotFound, MaxSigningKeysReached]),
    Route::post(
        "/v1/endpoints/{endpoint_id}/rotate-secret",
        "signing_keys.create",
        "Adds a second signing key, under an older name",
    )
    .data::<NewSigningKey>(201)
    .errors(&[EndpointNotFound, MaxSigningKeysReached]),
    Route::delete(
        "/v1/endpoints/{endpoint_id}/signing-keys/{key_id}",
        "signing_keys.delete",
        "Removes one of two signing keys",
    )
    .errors(&[EndpointNotFound, NotFound, CannotDeleteLastSigningKey]),
    // Messages.
    Route::get("/v1/messages/{message_id}", "messages.get", "Shows a message, without its payload")
        .data::<Message>(200)
        .errors(&[NotFound]),
    Route::get(
        "/v1/messages/{message_id}/attempts",
        "messages.attempts",
        "Lists a message's attempts, oldest first",
    )
    .list::<Attempt>(),
    Route::post("/v1/messages/{message_id}/replay", "messages.replay", "Delivers a message once more")
        .data_with_message::<SendReceipt>("the message is queued again")
        .errors(&[
            NotFound,
            DeliveryInProgress,
            RetryInProgress,
            RetentionExpired,
            PayloadUnavailable,
            ReplayLimitExceeded,
        ]),
    Route::post(
        "/v1/messages/{message_id}/cancel",
        "messages.cancel",
        "Gives up a message that waits for a retry",
    )
    .data::<ChangedMessage>(200)
    .errors(&[NotFound, InvalidStatus]),
    Route::post(
        "/v1/messages/{message_id}/retry-now",
        "messages.retry_now",
        "Makes a retry that waits due at once",
    )
    .data_with_message::<ChangedMessage>("the message is due now")
    .errors(&[NotFound, InvalidStatus])
    .repeatable(),
    Route::post("/v1/messages/replay-all", "messages.replay_all", "Replays the messages that a filter finds")
        .query(&[
            ("status", RequiredWord(&REPLAYABLE)),
            ("endpoint_id", Endpoint),
            ("limit", Limit(FOUND_LIMIT)),
        ])
        .data_with_message::<ReplayedAll>(LOOKED_AT)
        .errors(&[EndpointNotFound]),
    Route::post("/v1/messages/replay-batch", "messages.replay_batch", "Replays the messages that are named")
        .body::<MessageIds>()
        .data_with_message::<ReplayedBatch>(LOOKED_AT),
    Route::delete("/v1/messages/{message_id}", "messages.delete", "Deletes a message")
        .data::<DeletedMessage>(200)
        .errors(&[NotFound])
        .api_key_field(DELETED_BY),
    Route::post("/v1/messages/delete-batch", "messages.delete_batch", "Deletes the messages that are named")
        .body::<MessageIds>()
        .data::<DeletedBatch>(200)
        .api_key_field(DELETED_BY)
        .repeatable(),
    Route::post("/v1/messages/delete-all", "messages.delete_all", "Deletes the messages that a filter finds")
        .query(&[
            ("status", Words(STATUSES)),
            ("endpoint_id", Endpoint),
            ("created_after", Time),
            ("created_before", Time),
            ("limit", Limit(FOUND_LIMIT)),
        ])
        .data::<DeletedAll>(200)
        .errors(&[EndpointNotFound])
        .api_key_field(DELETED_BY),
    // Logs and dead letters.
    Route::get("/v1/logs", "logs.list", "Lists messages, newest first")
        .query(&[
            ("endpoint_id", Endpoint),
            ("status", Word(STATUSES)),
            ("start_time", Time),
            ("end_time", Time),
            ("limit", Limit(LOGS_LIMIT)),
            ("cursor", Cursor),
        ])
        .list::<MessageSummary>()
        .errors(&[EndpointNotFound]),
    Route::get(
        "/v1/dlq/messages",
        "dead_letters.list",
        "Lists the messages that were given up, newest first",
    )
    .query(&[("limit", Limit(DEAD_LETTERS_LIMIT)), ("cursor", Cursor)])
    .data::<DeadLetters>(200),
    Route::post(
        "/v1/dlq/replay/{message_id}",
        "dead_letters.replay",
        "Delivers a message of the dead letter queue once more",
    )
    .data::<SendReceipt>(200)
    .errors(&[NotFound, InvalidStatus, RetentionExpired, PayloadUnavailable]),
    // Metrics.
    Route::get("/v1/metrics", "metrics.get", "Counts what happened in a window of time")
        .query(WINDOW)
        .data::<Metrics>(200)
        .errors(&[EndpointNotFound]),
    Route::get(
        "/v1/metrics/timeseries",
        "metrics.timeseries",
        "Counts what happened in each bucket of a window",
    )
    .query(WINDOW)
    .data::<Timeseries>(200)
    .errors(&[EndpointNotFound]),
    // API keys.
    Route::get("/v1/api-keys", "api_keys.list", "Lists API keys, oldest first").list::<ApiKey>(),
    Route::post("/v1/api-keys", "api_keys.create", "Makes an API key")
        .body::<CreateApiKey>()
        .data::<NewApiKey>(201),
    Route::delete(
        "/v1/api-keys/{key_id}",
        "api_keys.delete",
        "Deletes an API key: it lets nobody in any more",
    )
    .errors(&[NotFound]),
    // Exports.
    Route::post("/v1/exports", "exports.create", "Has a CSV file of messages written")
        .body::<CreateExport>()
        .data::<Export>(201)
        .errors(&[EndpointNotFound, RateLimitExceeded]),
    Route::get("/v1/exports", "exports.list", "Lists exports, newest first").list::<Export>(),
    Route::get("/v1/exports/{export_id}", "exports.get", "Shows an export")
        .data::<Export>(200)
        .errors(&[NotFound]),
    Route::get("/v1/exports/{export_id}/download", "exports.download", "Says where an export's file is")
        .redirect()
        .errors(&[NotFound, ExportNotReady, ExportExpired]),
    Route::delete("/v1/exports/{export_id}", "exports.delete", "Removes an export and its file")
        .errors(&[NotFound]),
    // What the command and the clients ask a sidecar.
    Route::get("/v1/stats", "stats", "Says how the outbox stands").data::<Stats>(200),
    Route::get("/v1/actors/lookup", "actors.lookup", "Names API keys by their ids")
        .query(&[("user_id", Text), ("api_key_id", Text)])
        .data::<Actors>(200),
];
