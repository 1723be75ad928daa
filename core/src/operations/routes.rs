//! Every route (docs/contract.md#operations), as a row: what it leads to, how it is read and how it answers. The HTTP server and the
//! HTTP client read the same rows.

use super::actors::Actors;
use super::api_keys::CreateApiKey;
use super::endpoints::{
    CreateEndpoint, CreatedEndpoint, EndpointSummary, PAGE_LIMIT, PausedEndpoint, UpdateEndpoint,
    UpdatedEndpoint,
};
use super::exports::CreateExport;
use super::logs::{DEAD_LETTERS_LIMIT, DeadLetters, LOGS_LIMIT};
use super::many::{
    DeletedAll, DeletedBatch, FOUND_LIMIT, MessageIds, REPLAYABLE, ReplayedAll, ReplayedBatch,
};
use super::messages::{DeletedMessage, SendReceipt, SendRequest};
use super::metrics::{Metrics, Timeseries, Window};
use super::replay::ChangedMessage;
use super::stats::Stats;
use crate::model::api_key::{ApiKey, NewApiKey};
use crate::model::attempt::Attempt;
use crate::model::endpoint;
use crate::model::export::Export;
use crate::model::message::{Message, MessageStatus};
use crate::model::message_summary::MessageSummary;
use crate::model::signing_key::{NewSigningKey, SigningKey};

/// The method of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Reads.
    Get,
    /// Creates, or acts.
    Post,
    /// Changes.
    Patch,
    /// Deletes.
    Delete,
}

impl Verb {
    /// As it stands in an OpenAPI document.
    pub const fn name(self) -> &'static str {
        match self {
            Verb::Get => "get",
            Verb::Post => "post",
            Verb::Patch => "patch",
            Verb::Delete => "delete",
        }
    }
}

/// What a parameter may say. Numbers and lists become JSON of that kind, all else a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameter {
    /// Whatever stands there.
    Text,
    /// An endpoint's id.
    Endpoint,
    /// A cursor of the page before.
    Cursor,
    /// A moment.
    Time,
    /// One of these words.
    Word(&'static [&'static str]),
    /// One of these words, which must be said.
    NeededWord(&'static [&'static str]),
    /// Some of these words, separated by commas.
    Words(&'static [&'static str]),
    /// A whole number from 1 to this.
    Limit(usize),
}

/// How the operation's answer is wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// In `data`.
    Data(u16),
    /// In `data`, beside a `message` for people.
    Said(&'static str),
    /// Its items in `data`, its page in `meta`.
    List,
    /// 204, without a body.
    Nothing,
    /// 302 to the answer's `download_url`.
    Redirect,
}

impl Answer {
    /// The status of a success.
    pub const fn status(self) -> u16 {
        match self {
            Answer::Data(status) => status,
            Answer::Said(_) | Answer::List => 200,
            Answer::Nothing => 204,
            Answer::Redirect => 302,
        }
    }
}

/// The type of a body or of an answer, which knows its JSON schema where the feature `schema` is on.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// The schema, or a reference to what is added to the generator's definitions.
    #[cfg(feature = "schema")]
    pub schema: fn(&mut crate::model::schema::SchemaGenerator) -> crate::model::schema::Schema,
}

impl Shape {
    #[cfg(feature = "schema")]
    const fn of<T: crate::model::schema::JsonSchema>() -> Self {
        Self { schema: |generator| generator.subschema_for::<T>() }
    }

    #[cfg(not(feature = "schema"))]
    #[allow(clippy::extra_unused_type_parameters)]
    const fn of<T>() -> Self {
        Self {}
    }
}

/// A row. The names of the path's and the query's parameters are the fields of the operation's request.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// The method.
    pub verb: Verb,
    /// The path, with `{name}` for a parameter.
    pub path: &'static str,
    /// The operation's name.
    pub operation: &'static str,
    /// What the query may have.
    pub query: &'static [(&'static str, Parameter)],
    /// The type of the body, where one is read.
    pub body: Option<Shape>,
    /// How the operation's answer is wrapped.
    pub answer: Answer,
    /// The type of `data`, or of its items, where there is any.
    pub data: Option<Shape>,
    /// The field of the operation's request that is told whose key let the request in.
    pub by: Option<&'static str>,
    /// Whether a client that does not know if the request was carried out may send it again.
    pub repeatable: bool,
}

impl Route {
    const fn new(
        verb: Verb,
        path: &'static str,
        operation: &'static str,
        answer: Answer,
        data: Option<Shape>,
    ) -> Self {
        let repeatable = !matches!(verb, Verb::Post);
        Self { verb, path, operation, query: &[], body: None, answer, data, by: None, repeatable }
    }

    const fn query(self, query: &'static [(&'static str, Parameter)]) -> Self {
        Self { query, ..self }
    }

    const fn body(self, body: Shape) -> Self {
        Self { body: Some(body), ..self }
    }

    const fn repeatable(self) -> Self {
        Self { repeatable: true, ..self }
    }

    const fn by(self, field: &'static str) -> Self {
        Self { by: Some(field), ..self }
    }

    /// The names in the path, in order.
    pub fn path_parameters(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    }
}

use Answer::{Data, List, Nothing, Redirect, Said};
use Parameter::{Cursor, Endpoint, Limit, NeededWord, Text, Time, Word, Words};
use Verb::{Delete, Get, Patch, Post};

const STATUSES: &[&str] = &MessageStatus::NAMES;
const DELETED_BY: &str = "deleted_by_api_key_id";
const WINDOW: &[(&str, Parameter)] = &[("window", Word(&Window::NAMES)), ("endpoint_id", Endpoint)];

/// In the order of docs/contract.md#operations.
#[rustfmt::skip]
const CONTRACT: &[Route] = &[
    Route::new(Post, "/v1/webhooks/send", "messages.send", Data(202), Some(Shape::of::<SendReceipt>())).body(Shape::of::<SendRequest>()).repeatable(),

    Route::new(Post, "/v1/endpoints", "endpoints.create", Data(201), Some(Shape::of::<CreatedEndpoint>())).body(Shape::of::<CreateEndpoint>()),
    Route::new(Get, "/v1/endpoints", "endpoints.list", List, Some(Shape::of::<EndpointSummary>())).query(&[("limit", Limit(PAGE_LIMIT)), ("cursor", Cursor)]),
    Route::new(Get, "/v1/endpoints/{endpoint_id}", "endpoints.get", Data(200), Some(Shape::of::<endpoint::Endpoint>())),
    Route::new(Patch, "/v1/endpoints/{endpoint_id}", "endpoints.update", Data(200), Some(Shape::of::<UpdatedEndpoint>())).body(Shape::of::<UpdateEndpoint>()),
    Route::new(Delete, "/v1/endpoints/{endpoint_id}", "endpoints.delete", Nothing, None),
    Route::new(Post, "/v1/endpoints/{endpoint_id}/pause", "endpoints.pause", Data(200), Some(Shape::of::<PausedEndpoint>())).repeatable(),
    Route::new(Post, "/v1/endpoints/{endpoint_id}/resume", "endpoints.resume", Data(200), Some(Shape::of::<PausedEndpoint>())).repeatable(),
    Route::new(Get, "/v1/endpoints/{endpoint_id}/signing-keys", "signing_keys.list", List, Some(Shape::of::<SigningKey>())),
    Route::new(Post, "/v1/endpoints/{endpoint_id}/signing-keys", "signing_keys.create", Data(201), Some(Shape::of::<NewSigningKey>())),
    Route::new(Post, "/v1/endpoints/{endpoint_id}/rotate-secret", "signing_keys.create", Data(201), Some(Shape::of::<NewSigningKey>())),
    Route::new(Delete, "/v1/endpoints/{endpoint_id}/signing-keys/{key_id}", "signing_keys.delete", Nothing, None),

    Route::new(Get, "/v1/messages/{message_id}", "messages.get", Data(200), Some(Shape::of::<Message>())),
    Route::new(Get, "/v1/messages/{message_id}/attempts", "messages.attempts", List, Some(Shape::of::<Attempt>())),
    Route::new(Post, "/v1/messages/{message_id}/replay", "messages.replay", Said("the message is queued again"), Some(Shape::of::<SendReceipt>())),
    Route::new(Post, "/v1/messages/{message_id}/cancel", "messages.cancel", Data(200), Some(Shape::of::<ChangedMessage>())),
    Route::new(Post, "/v1/messages/{message_id}/retry-now", "messages.retry_now", Said("the message is due now"), Some(Shape::of::<ChangedMessage>())).repeatable(),
    Route::new(Post, "/v1/messages/replay-all", "messages.replay_all", Said("the messages were looked at"), Some(Shape::of::<ReplayedAll>()))
        .query(&[("status", NeededWord(&REPLAYABLE)), ("endpoint_id", Endpoint), ("limit", Limit(FOUND_LIMIT))]),
    Route::new(Post, "/v1/messages/replay-batch", "messages.replay_batch", Said("the messages were looked at"), Some(Shape::of::<ReplayedBatch>())).body(Shape::of::<MessageIds>()),
    Route::new(Delete, "/v1/messages/{message_id}", "messages.delete", Data(200), Some(Shape::of::<DeletedMessage>())).by(DELETED_BY),
    Route::new(Post, "/v1/messages/delete-batch", "messages.delete_batch", Data(200), Some(Shape::of::<DeletedBatch>())).body(Shape::of::<MessageIds>()).by(DELETED_BY).repeatable(),
    Route::new(Post, "/v1/messages/delete-all", "messages.delete_all", Data(200), Some(Shape::of::<DeletedAll>())).by(DELETED_BY)
        .query(&[("status", Words(STATUSES)), ("endpoint_id", Endpoint), ("created_after", Time), ("created_before", Time), ("limit", Limit(FOUND_LIMIT))]),

    Route::new(Get, "/v1/logs", "logs.list", List, Some(Shape::of::<MessageSummary>()))
        .query(&[("endpoint_id", Endpoint), ("status", Word(STATUSES)), ("start_time", Time), ("end_time", Time), ("limit", Limit(LOGS_LIMIT)), ("cursor", Cursor)]),

    Route::new(Get, "/v1/dlq/messages", "dead_letters.list", Data(200), Some(Shape::of::<DeadLetters>()))
        .query(&[("limit", Limit(DEAD_LETTERS_LIMIT)), ("cursor", Cursor)]),
    Route::new(Post, "/v1/dlq/replay/{message_id}", "dead_letters.replay", Data(200), Some(Shape::of::<SendReceipt>())),

    Route::new(Get, "/v1/metrics", "metrics.get", Data(200), Some(Shape::of::<Metrics>())).query(WINDOW),
    Route::new(Get, "/v1/metrics/timeseries", "metrics.timeseries", Data(200), Some(Shape::of::<Timeseries>())).query(WINDOW),

    Route::new(Get, "/v1/api-keys", "api_keys.list", List, Some(Shape::of::<ApiKey>())),
    Route::new(Post, "/v1/api-keys", "api_keys.create", Data(201), Some(Shape::of::<NewApiKey>())).body(Shape::of::<CreateApiKey>()),
    Route::new(Delete, "/v1/api-keys/{key_id}", "api_keys.delete", Nothing, None),

    Route::new(Post, "/v1/exports", "exports.create", Data(201), Some(Shape::of::<Export>())).body(Shape::of::<CreateExport>()),
    Route::new(Get, "/v1/exports", "exports.list", List, Some(Shape::of::<Export>())),
    Route::new(Get, "/v1/exports/{export_id}", "exports.get", Data(200), Some(Shape::of::<Export>())),
    Route::new(Get, "/v1/exports/{export_id}/download", "exports.download", Redirect, None),
    Route::new(Delete, "/v1/exports/{export_id}", "exports.delete", Nothing, None),

    // What the command and the clients ask a sidecar.
    Route::new(Get, "/v1/stats", "stats", Data(200), Some(Shape::of::<Stats>())),

    Route::new(Get, "/v1/actors/lookup", "actors.lookup", Data(200), Some(Shape::of::<Actors>())).query(&[("user_id", Text), ("api_key_id", Text)]),
];

/// The row that leads to `operation`.
pub fn of_operation(operation: &str) -> Option<&'static Route> {
    served().iter().find(|route| route.operation == operation)
}

/// Every row.
pub fn served() -> &'static [Route] {
    CONTRACT
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    /// Operations without a route (docs/contract.md#send).
    const ELSEWHERE: &[&str] = &["messages.send_batch"];

    #[test]
    fn every_row_leads_to_an_operation_and_every_operation_has_a_row() {
        let known: HashSet<&str> = crate::operations::names().collect();
        let reached: HashSet<&str> = served().iter().map(|route| route.operation).collect();
        assert_eq!(reached.difference(&known).collect::<Vec<_>>(), Vec::<&&str>::new());
        let missed = known.iter().filter(|name| !reached.contains(*name) && !ELSEWHERE.contains(*name));
        assert_eq!(missed.collect::<Vec<_>>(), Vec::<&&str>::new());
    }

    #[test]
    fn no_two_rows_are_the_same() {
        let mut seen = HashSet::new();
        for route in CONTRACT {
            assert!(seen.insert((route.verb.name(), route.path)), "{route:?}");
        }
    }
}
