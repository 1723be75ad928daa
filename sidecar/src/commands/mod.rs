//! What is asked of an outbox, in a file or behind a server: most commands are one operation of the core.

pub mod doctor;
pub mod export;
pub mod health;
pub mod many;
pub mod send;
mod stale_files;
pub mod tail;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand};
use hookbridge_core::config::Server;
use hookbridge_core::{Config, Engine, Error, ErrorCode, Result};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::output::{self, Columns};
use crate::{api_key, terminal};

/// How long what was written may take to be brought to rest.
const CLOSE_PATIENCE: Duration = Duration::from_secs(5);

/// Where the outbox is, and how answers are shown.
#[derive(Clone, Args)]
pub struct OutboxFlags {
    /// The outbox file.
    #[arg(
        long,
        env = "HOOKBRIDGE_DATABASE",
        value_name = "FILE",
        default_value = "hookbridge.db",
        global = true,
        help_heading = "Outbox"
    )]
    pub database: PathBuf,
    /// A sidecar or the hosted service, instead of a file.
    #[arg(long = "url", env = "HOOKBRIDGE_URL", value_name = "URL", global = true, help_heading = "Outbox")]
    server_url: Option<String>,
    /// The API key for `--url`. Everybody on the machine sees a command line (`ps`), and who runs as the same user sees the
    /// environment: `--api-key-file` is for secrets.
    #[arg(
        long,
        env = "HOOKBRIDGE_API_KEY",
        value_name = "KEY",
        hide_env_values = true,
        global = true,
        help_heading = "Outbox"
    )]
    api_key: Option<String>,
    /// A file that has the API key for `--url` instead.
    #[arg(
        long,
        env = "HOOKBRIDGE_API_KEY_FILE",
        value_name = "FILE",
        global = true,
        help_heading = "Outbox"
    )]
    api_key_file: Option<PathBuf>,
    /// Permits `--url http://` to another machine: the key travels in the clear.
    #[arg(long, global = true, help_heading = "Outbox")]
    insecure_url: bool,
    /// Print JSON instead of a table.
    #[arg(long, global = true, help_heading = "Outbox")]
    pub json: bool,
}

impl OutboxFlags {
    /// Whether a server is asked instead of a file.
    pub fn has_server(&self) -> bool {
        self.server_url.is_some()
    }

    /// The engine to ask: without delivery, since a command is gone before a delivery would end.
    pub fn open(&self) -> Result<Engine> {
        if let Some(url) = &self.server_url {
            let key = api_key::resolve(self.api_key.as_deref(), self.api_key_file.as_deref())
                .map_err(|wrong| Error::new(ErrorCode::InvalidConfiguration, wrong))?;
            let settings = json!({"base_url": url, "api_key": key, "insecure_base_url": self.insecure_url});
            let config = Config::from_json(&settings.to_string())?;
            // A file that the environment names is not what was asked for.
            let server = config.server.map(|server| Server { relay: false, ..server });
            return Engine::open(Config { server, ..Config::default() });
        }
        if !self.database.exists() {
            // Opening would create it, and who mistypes a name wants no new outbox.
            let message = format!("there is no file {}", self.database.display());
            return Err(Error::new(ErrorCode::StorageUnavailable, message));
        }
        let settings = json!({"database": self.database, "delivery": "off"});
        // A server that the environment names is not what was asked for.
        Engine::open(Config { server: None, ..Config::from_json(&settings.to_string())? })
    }

    /// Opens, works, closes. A failure is told on stderr.
    pub fn with(&self, work: impl FnOnce(&Engine) -> Result<ExitCode>) -> ExitCode {
        let worked = self.open().and_then(|engine| {
            let ended = work(&engine);
            engine.close(CLOSE_PATIENCE)?;
            ended
        });
        worked.unwrap_or_else(|error| {
            terminal::say(format_args!("hookbridge: {error}"));
            ExitCode::FAILURE
        })
    }
}

/// A page of a list.
#[derive(Debug, Args)]
pub struct PageFlags {
    /// How many at most.
    #[arg(long)]
    limit: Option<u64>,
    /// Where the page before ended.
    #[arg(long)]
    cursor: Option<String>,
}

/// What an endpoint may have.
#[derive(Debug, Args)]
pub struct EndpointSettings {
    /// For people.
    #[arg(long)]
    description: Option<String>,
    /// Deliveries a second at most.
    #[arg(long, value_name = "NUMBER")]
    rate_limit_rps: Option<u32>,
    /// Deliveries at once that the rate limit lets through.
    #[arg(long, value_name = "NUMBER")]
    burst: Option<u32>,
    /// A header of every delivery; may be said again.
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = header)]
    headers: Vec<(String, String)>,
    /// Attempts in all before a message is dead.
    #[arg(long, value_name = "NUMBER")]
    max_attempts: Option<u32>,
}

impl EndpointSettings {
    fn request(self, mut request: Value) -> Value {
        request["description"] = json!(self.description);
        request["rate_limit_rps"] = json!(self.rate_limit_rps);
        request["burst"] = json!(self.burst);
        request["max_attempts"] = json!(self.max_attempts);
        if !self.headers.is_empty() {
            request["headers"] = self.headers.into_iter().map(|(name, value)| (name, json!(value))).collect();
        }
        without_nulls(request)
    }
}

/// `NAME: VALUE`.
pub fn header(text: &str) -> std::result::Result<(String, String), String> {
    match text.split_once(':') {
        Some((name, value)) if !name.is_empty() => Ok((name.trim().to_owned(), value.trim().to_owned())),
        _ => Err("a header is `NAME: VALUE`".to_owned()),
    }
}

/// What was not said is not asked.
fn without_nulls(mut request: Value) -> Value {
    if let Value::Object(fields) = &mut request {
        fields.retain(|_, value| !value.is_null());
    }
    request
}

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
    /// Delete an endpoint; what was accepted for it is still delivered.
    Delete { endpoint_id: String },
    /// Hold deliveries.
    Pause { endpoint_id: String },
    /// Deliver again.
    Resume { endpoint_id: String },
}

/// Which messages.
#[derive(Debug, Args)]
pub struct MessageFilter {
    /// Only with this status: queued, pending_retry, succeeded or failed_permanent.
    #[arg(long)]
    pub status: Option<String>,
    /// Only of this endpoint.
    #[arg(long, value_name = "ENDPOINT_ID")]
    pub endpoint_id: Option<String>,
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
    /// Queue again what failed or waits for a retry, oldest first.
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
    /// Queue one of them again.
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
        /// What people call it.
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

/// Which metrics.
#[derive(Debug, Args)]
pub struct MetricsFlags {
    /// How far back: 1h, 24h, 7d or 30d.
    #[arg(long)]
    window: Option<String>,
    /// Only of this endpoint.
    #[arg(long, value_name = "ENDPOINT_ID")]
    endpoint_id: Option<String>,
    /// Over time instead of in all.
    #[arg(long)]
    series: bool,
}

/// An operation, its request, and what a list of its answer shows.
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

/// Runs what concerns messages.
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

/// A message, and below it what was tried.
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

/// An answer that is not what the operation answers.
fn unreadable(cause: serde_json::Error) -> Error {
    Error::new(ErrorCode::Internal, format!("the answer cannot be read: {cause}"))
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
