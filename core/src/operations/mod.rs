//! The operations (docs/contract.md#operations). Each is defined once: its request, its checks and its answer.
//!
//! A door (the C ABI, a binding, an HTTP route) leads here by the operation's name in [`TABLE`] and
//! checks nothing itself. Requests and answers are JSON (docs/contract.md#doors).

pub mod actors;
pub mod api_keys;
mod authentication;
pub(crate) mod context;
pub mod endpoints;
pub mod exports;
pub mod logs;
pub mod many;
pub mod messages;
pub mod metrics;
mod paging;
mod readers;
pub(crate) mod replay;
pub mod routes;
pub mod signing_keys;
pub mod stats;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

pub(crate) use crate::error::invalid_request;
use crate::error::{Error, ErrorCode, Result};
use context::Context;

type Handler = fn(&Context, &str) -> Result<String>;

/// An operation by name.
pub(crate) struct Operation {
    pub name: &'static str,
    pub run: Handler,
}

macro_rules! operation {
    ($name:literal, $handler:path) => {
        Operation { name: $name, run: |context, request| write(&$handler(context, read(request)?)?) }
    };
}

/// Every operation that `call` reaches.
pub(crate) const TABLE: &[Operation] = &[
    operation!("endpoints.create", endpoints::create),
    operation!("endpoints.get", endpoints::get),
    operation!("endpoints.list", endpoints::list),
    operation!("endpoints.update", endpoints::update),
    operation!("endpoints.delete", endpoints::delete),
    operation!("endpoints.pause", endpoints::pause),
    operation!("endpoints.resume", endpoints::resume),
    operation!("signing_keys.create", signing_keys::create),
    operation!("signing_keys.list", signing_keys::list),
    operation!("signing_keys.delete", signing_keys::delete),
    operation!("messages.send", messages::send),
    operation!("messages.send_batch", messages::send_batch),
    operation!("messages.get", messages::get),
    operation!("messages.attempts", messages::attempts),
    operation!("messages.replay", replay::replay),
    operation!("messages.cancel", replay::cancel),
    operation!("messages.retry_now", replay::retry_now),
    operation!("messages.delete", messages::delete),
    operation!("messages.replay_all", many::replay_all),
    operation!("messages.replay_batch", many::replay_batch),
    operation!("messages.delete_batch", many::delete_batch),
    operation!("messages.delete_all", many::delete_all),
    operation!("logs.list", logs::list),
    operation!("dead_letters.list", logs::dead_letters),
    operation!("dead_letters.replay", replay::replay_dead_letter),
    operation!("api_keys.create", api_keys::create),
    operation!("api_keys.list", api_keys::list),
    operation!("api_keys.delete", api_keys::delete),
    operation!("metrics.get", metrics::get),
    operation!("metrics.timeseries", metrics::timeseries),
    operation!("exports.create", exports::create),
    operation!("exports.list", exports::list),
    operation!("exports.get", exports::get),
    operation!("exports.download", exports::download),
    operation!("exports.delete", exports::delete),
    operation!("actors.lookup", actors::lookup),
    operation!("stats", stats::stats),
];

/// The names of every operation. A door checks its own table against them.
pub fn names() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|operation| operation.name)
}

/// Runs the operation called `name`.
pub(crate) fn call(context: &Context, name: &str, request: &str) -> Result<String> {
    let operation = TABLE.iter().find(|operation| operation.name == name).ok_or_else(|| {
        let names: Vec<&str> = TABLE.iter().map(|operation| operation.name).collect();
        Error::new(
            ErrorCode::NotFound,
            format!("there is no operation `{name}`; there are: {}", names.join(", ")),
        )
    })?;
    let _span = tracing::debug_span!(target: "hookbridge::operations", "operation", name).entered();
    let answer = (operation.run)(context, request);
    if let Err(error) = &answer {
        tracing::debug!(target: "hookbridge::operations", code = %error.code(), "refused");
    }
    answer
}

pub(crate) fn read<T: DeserializeOwned>(request: &str) -> Result<T> {
    let request = if request.trim().is_empty() { "{}" } else { request };
    serde_json::from_str(request)
        .map_err(|cause| invalid_request(format!("the request is not valid: {cause}")))
}

pub(crate) fn write<T: Serialize>(answer: &T) -> Result<String> {
    serde_json::to_string(answer)
        .map_err(|cause| Error::new(ErrorCode::Internal, format!("an answer cannot be written: {cause}")))
}

/// A list's answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The items of this page, never null.
    pub data: Vec<T>,
    /// Whether a further page exists.
    pub has_more: bool,
    /// What to pass as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
}

/// The answer of an operation that returns no data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nothing {}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    /// Every language's methods are compared with this list, so the list must name every operation.
    #[test]
    fn the_list_that_the_bindings_are_held_to_is_whole() {
        let listed = std::fs::read_to_string(
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/conformance/operations.json"),
        )
        .unwrap();
        let rows: Vec<Value> = serde_json::from_str(&listed).unwrap();
        let listed: BTreeSet<&str> = rows.iter().map(|row| row["operation"].as_str().unwrap()).collect();
        assert_eq!(listed, super::names().collect());
    }
}
