//! The operations (docs/contract.md#operations). Each is defined once: its request, its checks and its answer.
//!
//! A door (the C ABI, a binding, an HTTP route) leads here by the operation's name in [`definition`] and
//! checks nothing itself. Requests and answers are JSON (docs/contract.md#doors).

pub mod activity;
pub mod actors;
pub mod api_keys;
pub(crate) mod authentication;
pub(crate) mod context;
pub mod dead_letter_groups;
pub mod definition;
pub mod endpoints;
pub mod event_replay;
pub mod event_types;
pub mod events;
pub(crate) mod explain;
pub mod exports;
pub mod found;
pub mod health;
pub mod logs;
pub mod many;
pub mod messages;
pub mod metrics;
mod paging;
pub(crate) mod payload;
mod readers;
mod reading;
pub(crate) mod replay;
pub mod sessions;
pub mod signing_keys;
pub mod stats;
pub mod subscriptions;
pub mod test_delivery;
pub mod verify;
pub mod whoami;

use serde::{Deserialize, Serialize};

pub(crate) use crate::error::invalid_request;
use crate::error::{Error, ErrorCode, Result};
use context::Context;
pub(crate) use reading::read;

/// The names of every operation. A door checks its own table against them.
pub fn names() -> impl Iterator<Item = &'static str> {
    definition::operations().iter().map(|operation| operation.name)
}

/// The span of an operation.
fn span(operation: &str) -> tracing::Span {
    tracing::debug_span!(target: "hookbridge::operations", "operation", operation)
}

/// Runs the operation called `name`.
pub(crate) fn call(context: &Context, name: &str, request: &str) -> Result<String> {
    let operation = definition::named(name).ok_or_else(|| {
        let names: Vec<&str> = names().collect();
        Error::new(
            ErrorCode::NotFound,
            format!("there is no operation `{name}`; there are: {}", names.join(", ")),
        )
    })?;
    let _span = span(operation.name).entered();
    (operation.run)(context, request)
}

pub(crate) fn write<T: Serialize>(answer: &T) -> Result<String> {
    serde_json::to_string(answer)
        .map_err(|cause| Error::new(ErrorCode::Internal, format!("an answer cannot be written: {cause}")))
}

/// A list's answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
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
