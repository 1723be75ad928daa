//! What is asked of an outbox file without a server: each command is an operation of the core.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand};
use hookbridge_core::{Config, Engine, Error, ErrorCode, Result};
use serde_json::{Value, json};

use crate::output::{self, Columns};

/// How long what was written may take to be brought to rest.
const CLOSE_PATIENCE: Duration = Duration::from_secs(5);

/// The file, and how it is shown.
#[derive(Clone, Debug, Args)]
pub struct FileFlags {
    /// The outbox file.
    #[arg(
        long,
        env = "HOOKBRIDGE_DATABASE",
        value_name = "FILE",
        default_value = "hookbridge.db",
        global = true
    )]
    database: PathBuf,
    /// Print the operation's JSON instead of a table.
    #[arg(long, global = true)]
    json: bool,
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

#[derive(Debug, Subcommand)]
pub enum Endpoints {
    /// List endpoints.
    List(PageFlags),
    /// Show an endpoint.
    Get { endpoint_id: String },
    /// Create an endpoint; its signing secret is shown only now.
    Create {
        url: String,
        #[arg(long)]
        description: Option<String>,
    },
    /// Delete an endpoint; what was accepted for it is still delivered.
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
        /// Only with this status.
        #[arg(long)]
        status: Option<String>,
        /// Only of this endpoint.
        #[arg(long)]
        endpoint_id: Option<String>,
        #[command(flatten)]
        page: PageFlags,
    },
    /// Show a message.
    Get { message_id: String },
    /// List a message's attempts.
    Attempts { message_id: String },
    /// Queue a message again.
    Replay { message_id: String },
    /// Give up a message that waits for a retry.
    Cancel { message_id: String },
    /// Retry now instead of later.
    RetryNow { message_id: String },
    /// Delete a message.
    Delete { message_id: String },
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
            Endpoints::Create { url, description } => {
                Self::new("endpoints.create", json!({"url": url, "description": description}), &[])
            }
            Endpoints::Delete { endpoint_id } => one("endpoints.delete", endpoint_id),
            Endpoints::Pause { endpoint_id } => one("endpoints.pause", endpoint_id),
            Endpoints::Resume { endpoint_id } => one("endpoints.resume", endpoint_id),
        }
    }
}

impl From<Messages> for Call {
    fn from(action: Messages) -> Self {
        let one =
            |operation, message_id: String| Self::new(operation, json!({"message_id": message_id}), &[]);
        match action {
            Messages::List { status, endpoint_id, page: PageFlags { limit, cursor } } => Self::new(
                "logs.list",
                json!({"status": status, "endpoint_id": endpoint_id, "limit": limit, "cursor": cursor}),
                MESSAGES,
            ),
            Messages::Get { message_id } => one("messages.get", message_id),
            Messages::Attempts { message_id } => Self::new(
                "messages.attempts",
                json!({"message_id": message_id}),
                &[
                    "attempt_no",
                    "created_at",
                    "response_status",
                    "response_latency_ms",
                    "resolved_ip",
                    "error_text",
                ],
            ),
            Messages::Replay { message_id } => one("messages.replay", message_id),
            Messages::Cancel { message_id } => one("messages.cancel", message_id),
            Messages::RetryNow { message_id } => one("messages.retry_now", message_id),
            Messages::Delete { message_id } => one("messages.delete", message_id),
        }
    }
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
pub fn run(file: &FileFlags, call: &Call) -> ExitCode {
    match answer(file, call) {
        Ok(answer) => output::print(&answer, call.columns, file.json),
        Err(error) => {
            eprintln!("hookbridge: {error}");
            ExitCode::FAILURE
        }
    }
}

fn answer(file: &FileFlags, call: &Call) -> Result<String> {
    if !file.database.exists() {
        // Opening would create it, and who mistypes a name wants no new outbox.
        let message = format!("there is no file {}", file.database.display());
        return Err(Error::new(ErrorCode::StorageUnavailable, message));
    }
    // A command is gone before a delivery would end.
    let settings = json!({"database": file.database, "delivery": "off"});
    // A server that the environment names is not what was asked for.
    let config = Config { server: None, ..Config::from_json(&settings.to_string())? };
    let engine = Engine::open(config)?;
    let answer = engine.call(call.operation, &call.request.to_string());
    engine.close(CLOSE_PATIENCE)?;
    answer
}
