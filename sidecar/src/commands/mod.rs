//! The commands that work on an outbox, in a file or behind a server. Most of them are one operation of the engine.

mod call;
pub mod doctor;
pub mod export;
pub mod flags;
pub mod health;
mod many;
pub mod outbox;
mod progress;
pub mod send;
mod tail;

use std::process::ExitCode;

use call::{unreadable, without_nulls};
use clap::Subcommand;
use flags::{EndpointSettings, MessageFilter, MetricsFlags, PageFlags};
use hookbridge_core::{Engine, Result};
use outbox::OutboxFlags;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::output::{self, Columns};
use crate::terminal;

#[derive(Debug, Subcommand)]
pub enum Endpoints {
    /// List endpoints.
    List(PageFlags),
    /// Show an endpoint.
    #[command(alias = "show")]
    Get { endpoint_id: String },
    /// Create an endpoint; its signing secret is shown only now.
    Create {
        url: String,
        #[command(flatten)]
        settings: EndpointSettings,
    },
    /// Change an endpoint; 0 clears a limit, an empty text a description.
    Update {
        endpoint_id: String,
        /// Deliver to there.
        #[arg(long = "to", value_name = "URL")]
        url: Option<String>,
        #[command(flatten)]
        settings: EndpointSettings,
    },
    /// Delete an endpoint; messages that were accepted for it are still delivered.
    Delete { endpoint_id: String },
    /// Hold deliveries.
    Pause { endpoint_id: String },
    /// Deliver again.
    Resume { endpoint_id: String },
}

#[derive(Debug, Subcommand)]
pub enum Messages {
    /// List messages, newest first.
    List {
        #[command(flatten)]
        filter: MessageFilter,
        /// Only accepted at this moment (RFC 3339) or later.
        #[arg(long, value_name = "TIME")]
        since: Option<String>,
        /// Only accepted before this moment.
        #[arg(long, value_name = "TIME")]
        until: Option<String>,
        #[command(flatten)]
        page: PageFlags,
    },
    /// Show a message with its attempts.
    Show { message_id: String },
    /// Show a message.
    Get { message_id: String },
    /// List a message's attempts.
    Attempts { message_id: String },
    /// Print the newest messages, and with -f whatever happens to messages from now on.
    Tail(tail::TailFlags),
    /// Queue a message again.
    Replay { message_id: String },
    /// Queue again messages that failed or wait for a retry, oldest first.
    ReplayAll(many::ReplayAllFlags),
    /// Give up a message that waits for a retry.
    Cancel { message_id: String },
    /// Retry now instead of later.
    RetryNow { message_id: String },
    /// Delete a message.
    Delete { message_id: String },
    /// Delete every message that the filter finds.
    DeleteAll(many::DeleteAllFlags),
}

#[derive(Debug, Subcommand)]
pub enum DeadLetters {
    /// List messages that were given up.
    List(PageFlags),
    /// Queue one of these messages again.
    Replay { message_id: String },
}

#[derive(Debug, Subcommand)]
pub enum Keys {
    /// List an endpoint's signing keys.
    List { endpoint_id: String },
    /// Add a signing key; its secret is shown only now.
    Create { endpoint_id: String },
    /// Delete a signing key.
    Delete { endpoint_id: String, key_id: String },
}

#[derive(Debug, Subcommand)]
pub enum ApiKeys {
    /// List API keys, without the keys themselves.
    List,
    /// Create an API key; it is shown only now.
    Create {
        /// A name for people.
        #[arg(long)]
        label: Option<String>,
        /// live or test.
        #[arg(long)]
        mode: Option<String>,
    },
    /// Delete an API key.
    Delete { key_id: String },
}

impl From<ApiKeys> for Call {
    fn from(action: ApiKeys) -> Self {
        match action {
            ApiKeys::List => Self::new(
                "api_keys.list",
                json!({}),
                &["key_id", "prefix", "label", "created_at", "last_used_at"],
            ),
            ApiKeys::Create { label, mode } => {
                Self::new("api_keys.create", without_nulls(json!({"label": label, "mode": mode})), &[])
            }
            ApiKeys::Delete { key_id } => Self::new("api_keys.delete", json!({"key_id": key_id}), &[]),
        }
    }
}

/// An operation, its request, and the columns of the table if its answer is a list.
pub struct Call {
    operation: &'static str,
    request: Value,
    columns: Columns,
}

impl Call {
    fn new(operation: &'static str, request: Value, columns: Columns) -> Self {
        Self { operation, request, columns }
    }

    fn of_message(operation: &'static str, message_id: String, columns: Columns) -> Self {
        Self::new(operation, json!({"message_id": message_id}), columns)
    }

    pub fn metrics(flags: &MetricsFlags) -> Self {
        let request = without_nulls(json!({"window": flags.window, "endpoint_id": flags.endpoint_id}));
        if flags.series {
            const BUCKETS: Columns =
                &["timestamp", "total", "succeeded", "failed", "retrying", "avg_latency_ms"];
            return Self::new("metrics.timeseries", request, BUCKETS);
        }
        Self::new("metrics.get", request, &[])
    }

    pub fn stats() -> Self {
        Self::new("stats", json!({}), &[])
    }
}

const MESSAGES: Columns = &["message_id", "status", "attempt_count", "created_at", "endpoint", "last_error"];

impl From<Endpoints> for Call {
    fn from(action: Endpoints) -> Self {
        let one =
            |operation, endpoint_id: String| Self::new(operation, json!({"endpoint_id": endpoint_id}), &[]);
        match action {
            Endpoints::List(PageFlags { limit, cursor }) => Self::new(
                "endpoints.list",
                json!({"limit": limit, "cursor": cursor}),
                &["id", "paused", "created_at", "url", "description"],
            ),
            Endpoints::Get { endpoint_id } => one("endpoints.get", endpoint_id),
            Endpoints::Create { url, settings } => {
                Self::new("endpoints.create", settings.request(json!({"url": url})), &[])
            }
            Endpoints::Update { endpoint_id, url, settings } => Self::new(
                "endpoints.update",
                settings.request(json!({"endpoint_id": endpoint_id, "url": url})),
                &[],
            ),
            Endpoints::Delete { endpoint_id } => one("endpoints.delete", endpoint_id),
            Endpoints::Pause { endpoint_id } => one("endpoints.pause", endpoint_id),
            Endpoints::Resume { endpoint_id } => one("endpoints.resume", endpoint_id),
        }
    }
}

const ATTEMPTS: Columns = &[
    "attempt_no",
    "created_at",
    "response_status",
    "response_latency_ms",
    "resolved_ip",
    "error_text",
    "note",
];

/// Runs a command of `hookbridge messages`.
pub fn messages(outbox: &OutboxFlags, action: Messages) -> ExitCode {
    let one = |operation, message_id: String| run(outbox, &Call::of_message(operation, message_id, &[]));
    match action {
        Messages::List { filter, since, until, page: PageFlags { limit, cursor } } => {
            let request = json!({
                "status": filter.status,
                "endpoint_id": filter.endpoint_id,
                "start_time": since,
                "end_time": until,
                "limit": limit,
                "cursor": cursor,
            });
            run(outbox, &Call::new("logs.list", without_nulls(request), MESSAGES))
        }
        Messages::Show { message_id } => outbox.with(|engine| show(engine, outbox.json, &message_id)),
        Messages::Get { message_id } => one("messages.get", message_id),
        Messages::Attempts { message_id } => {
            run(outbox, &Call::of_message("messages.attempts", message_id, ATTEMPTS))
        }
        Messages::Tail(flags) => outbox.with(|engine| tail::run(engine, outbox.json, &flags)),
        Messages::Replay { message_id } => one("messages.replay", message_id),
        Messages::ReplayAll(flags) => outbox.with(|engine| many::replay_all(engine, outbox.json, &flags)),
        Messages::Cancel { message_id } => one("messages.cancel", message_id),
        Messages::RetryNow { message_id } => one("messages.retry_now", message_id),
        Messages::Delete { message_id } => one("messages.delete", message_id),
        Messages::DeleteAll(flags) => outbox.with(|engine| many::delete_all(engine, outbox.json, &flags)),
    }
}

/// Prints a message and its attempts.
fn show(engine: &Engine, as_json: bool, message_id: &str) -> Result<ExitCode> {
    let request = json!({"message_id": message_id}).to_string();
    let message = engine.call("messages.get", &request)?;
    let attempts = engine.call("messages.attempts", &request)?;
    if as_json {
        return Ok(output::print(&with_attempts(&message, &attempts)?, &[], true));
    }
    let shown = output::print(&message, &[], false);
    let _ = terminal::print("");
    let listed = output::print(&attempts, ATTEMPTS, false);
    Ok(if shown == ExitCode::SUCCESS { listed } else { shown })
}

/// The answers of `messages.get` and `messages.attempts` as one document. Their bytes stay as they are.
fn with_attempts(message: &str, attempts: &str) -> Result<String> {
    #[derive(Deserialize)]
    struct Attempts<'a> {
        #[serde(borrow)]
        data: &'a RawValue,
    }
    #[derive(Serialize)]
    struct Shown<'a> {
        message: &'a RawValue,
        attempts: &'a RawValue,
    }
    let read = || {
        let attempts: Attempts<'_> = serde_json::from_str(attempts)?;
        serde_json::to_string(&Shown { message: serde_json::from_str(message)?, attempts: attempts.data })
    };
    read().map_err(unreadable)
}

impl From<DeadLetters> for Call {
    fn from(action: DeadLetters) -> Self {
        match action {
            DeadLetters::List(PageFlags { limit, cursor }) => {
                Self::new("dead_letters.list", json!({"limit": limit, "cursor": cursor}), MESSAGES)
            }
            DeadLetters::Replay { message_id } => {
                Self::new("dead_letters.replay", json!({"message_id": message_id}), &[])
            }
        }
    }
}

impl From<Keys> for Call {
    fn from(action: Keys) -> Self {
        match action {
            Keys::List { endpoint_id } => Self::new(
                "signing_keys.list",
                json!({"endpoint_id": endpoint_id}),
                &["id", "key_hint", "created_at"],
            ),
            Keys::Create { endpoint_id } => {
                Self::new("signing_keys.create", json!({"endpoint_id": endpoint_id}), &[])
            }
            Keys::Delete { endpoint_id, key_id } => {
                Self::new("signing_keys.delete", json!({"endpoint_id": endpoint_id, "key_id": key_id}), &[])
            }
        }
    }
}

/// Runs one command.
pub fn run(outbox: &OutboxFlags, call: &Call) -> ExitCode {
    outbox.with(|engine| {
        let answer = engine.call(call.operation, &call.request.to_string())?;
        Ok(output::print(&answer, call.columns, outbox.json))
    })
}

#[cfg(test)]
mod tests {
    use hookbridge_core::ErrorCode;

    use super::*;

    #[test]
    fn attempts_are_found_whatever_stands_beside_them() {
        let (message, list) = (r#"{"a": 1.10}"#, r#"[{"b": ",\"has_more\":"}, {"data": []}]"#);
        for attempts in [
            format!(r#"{{"data":{list},"has_more":false}}"#),
            format!(r#"{{"total": 2, "data": {list}, "next_cursor": null}}"#),
        ] {
            let shown = with_attempts(message, &attempts).unwrap();
            assert_eq!(shown, format!(r#"{{"message":{message},"attempts":{list}}}"#));
        }
        assert_eq!(with_attempts(message, "[]").unwrap_err().code(), ErrorCode::Internal);
    }
}
