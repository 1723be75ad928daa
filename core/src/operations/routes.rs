//! Every route of the contract, as a row: what it leads to, how it is read and how it answers. The HTTP server and the
//! HTTP client read the same rows.

use super::endpoints::PAGE_LIMIT;
use super::logs::{DEAD_LETTERS_LIMIT, LOGS_LIMIT};
use super::many::{FOUND_LIMIT, REPLAYABLE};
use super::metrics::Window;
use crate::model::message::MessageStatus;

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
    /// The schema of the body, where one is read.
    pub body: Option<&'static str>,
    /// How the operation's answer is wrapped.
    pub answer: Answer,
    /// The schema of `data`, or of its items.
    pub schema: &'static str,
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
        schema: &'static str,
    ) -> Self {
        let repeatable = !matches!(verb, Verb::Post);
        Self { verb, path, operation, query: &[], body: None, answer, schema, by: None, repeatable }
    }

    const fn query(self, query: &'static [(&'static str, Parameter)]) -> Self {
        Self { query, ..self }
    }

    const fn body(self, schema: &'static str) -> Self {
        Self { body: Some(schema), ..self }
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

/// The contract's sections 1.1 to 1.9, in their order.
#[rustfmt::skip]
const CONTRACT: &[Route] = &[
    Route::new(Post, "/v1/webhooks/send", "messages.send", Data(202), "SendReceipt").body("SendRequest").repeatable(),

    Route::new(Post, "/v1/endpoints", "endpoints.create", Data(201), "CreatedEndpoint").body("CreateEndpoint"),
    Route::new(Get, "/v1/endpoints", "endpoints.list", List, "EndpointSummary").query(&[("limit", Limit(PAGE_LIMIT)), ("cursor", Cursor)]),
    Route::new(Get, "/v1/endpoints/{endpoint_id}", "endpoints.get", Data(200), "Endpoint"),
    Route::new(Patch, "/v1/endpoints/{endpoint_id}", "endpoints.update", Data(200), "UpdatedEndpoint").body("UpdateEndpoint"),
    Route::new(Delete, "/v1/endpoints/{endpoint_id}", "endpoints.delete", Nothing, ""),
    Route::new(Post, "/v1/endpoints/{endpoint_id}/pause", "endpoints.pause", Data(200), "PausedEndpoint").repeatable(),
    Route::new(Post, "/v1/endpoints/{endpoint_id}/resume", "endpoints.resume", Data(200), "PausedEndpoint").repeatable(),
    Route::new(Get, "/v1/endpoints/{endpoint_id}/signing-keys", "signing_keys.list", List, "SigningKey"),
    Route::new(Post, "/v1/endpoints/{endpoint_id}/signing-keys", "signing_keys.create", Data(201), "NewSigningKey"),
    Route::new(Post, "/v1/endpoints/{endpoint_id}/rotate-secret", "signing_keys.create", Data(201), "NewSigningKey"),
    Route::new(Delete, "/v1/endpoints/{endpoint_id}/signing-keys/{key_id}", "signing_keys.delete", Nothing, ""),

    Route::new(Get, "/v1/messages/{message_id}", "messages.get", Data(200), "Message"),
    Route::new(Get, "/v1/messages/{message_id}/attempts", "messages.attempts", List, "Attempt"),
    Route::new(Post, "/v1/messages/{message_id}/replay", "messages.replay", Said("the message is queued again"), "SendReceipt"),
    Route::new(Post, "/v1/messages/{message_id}/cancel", "messages.cancel", Data(200), "ChangedMessage"),
    Route::new(Post, "/v1/messages/{message_id}/retry-now", "messages.retry_now", Said("the message is due now"), "ChangedMessage").repeatable(),
    Route::new(Post, "/v1/messages/replay-all", "messages.replay_all", Said("the messages were looked at"), "ReplayedAll")
        .query(&[("status", NeededWord(&REPLAYABLE)), ("endpoint_id", Endpoint), ("limit", Limit(FOUND_LIMIT))]),
    Route::new(Post, "/v1/messages/replay-batch", "messages.replay_batch", Said("the messages were looked at"), "ReplayedBatch").body("MessageIds"),
    Route::new(Delete, "/v1/messages/{message_id}", "messages.delete", Data(200), "DeletedMessage").by(DELETED_BY),
    Route::new(Post, "/v1/messages/delete-batch", "messages.delete_batch", Data(200), "DeletedBatch").body("MessageIds").by(DELETED_BY).repeatable(),
    Route::new(Post, "/v1/messages/delete-all", "messages.delete_all", Data(200), "DeletedAll").by(DELETED_BY)
        .query(&[("status", Words(STATUSES)), ("endpoint_id", Endpoint), ("created_after", Time), ("created_before", Time), ("limit", Limit(FOUND_LIMIT))]),

    Route::new(Get, "/v1/logs", "logs.list", List, "MessageSummary")
        .query(&[("endpoint_id", Endpoint), ("status", Word(STATUSES)), ("start_time", Time), ("end_time", Time), ("limit", Limit(LOGS_LIMIT)), ("cursor", Cursor)]),

    Route::new(Get, "/v1/dlq/messages", "dead_letters.list", Data(200), "DeadLetters")
        .query(&[("limit", Limit(DEAD_LETTERS_LIMIT)), ("cursor", Cursor)]),
    Route::new(Post, "/v1/dlq/replay/{message_id}", "dead_letters.replay", Data(200), "SendReceipt"),

    Route::new(Get, "/v1/metrics", "metrics.get", Data(200), "Metrics").query(WINDOW),
    Route::new(Get, "/v1/metrics/timeseries", "metrics.timeseries", Data(200), "Timeseries").query(WINDOW),

    Route::new(Get, "/v1/api-keys", "api_keys.list", List, "ApiKey"),
    Route::new(Post, "/v1/api-keys", "api_keys.create", Data(201), "NewApiKey").body("CreateApiKey"),
    Route::new(Delete, "/v1/api-keys/{key_id}", "api_keys.delete", Nothing, ""),

    Route::new(Post, "/v1/exports", "exports.create", Data(201), "Export").body("CreateExport"),
    Route::new(Get, "/v1/exports", "exports.list", List, "Export"),
    Route::new(Get, "/v1/exports/{export_id}", "exports.get", Data(200), "Export"),
    Route::new(Get, "/v1/exports/{export_id}/download", "exports.download", Redirect, ""),
    Route::new(Delete, "/v1/exports/{export_id}", "exports.delete", Nothing, ""),

    // Beside the contract: what the command and the clients ask a sidecar.
    Route::new(Get, "/v1/stats", "stats", Data(200), "Stats"),

    Route::new(Get, "/v1/actors/lookup", "actors.lookup", Data(200), "Actors").query(&[("user_id", Text), ("api_key_id", Text)]),
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

    /// Operations that the contract has no route for.
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
