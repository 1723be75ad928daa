//! Look after messages.
//!
//! Written by `hookbridge-generate`: change the definition, not this file.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::commands::call::{Call, Operation};
use crate::commands::flags::{given, several};
use crate::output::Table;

/// What `hookbridge messages get` takes.
#[derive(Debug, Args)]
pub struct MessagesGet {
    /// The message's id, a UUIDv7 with dashes.
    #[arg(value_name = "MESSAGE_ID")]
    pub message_id: String,
}

impl Operation for MessagesGet {
    const NAME: &'static str = "messages.get";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![("message_id", Some(json!(self.message_id)))]
    }
}

/// What `hookbridge messages attempts` takes.
#[derive(Debug, Args)]
pub struct MessagesAttempts {
    /// The message's id, a UUIDv7 with dashes.
    #[arg(value_name = "MESSAGE_ID")]
    pub message_id: String,
}

impl Operation for MessagesAttempts {
    const NAME: &'static str = "messages.attempts";
    const TABLE: Option<Table> = Some(Table {
        items: "data",
        columns: &[
            "attempt_no",
            "created_at",
            "response_status",
            "response_latency_ms",
            "resolved_ip",
            "error_text",
            "note",
        ],
    });

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![("message_id", Some(json!(self.message_id)))]
    }
}

/// What `hookbridge messages payload` takes.
#[derive(Debug, Args)]
pub struct MessagesPayload {
    /// The message's id, a UUIDv7 with dashes.
    #[arg(value_name = "MESSAGE_ID")]
    pub message_id: String,
}

impl Operation for MessagesPayload {
    const NAME: &'static str = "messages.payload";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![("message_id", Some(json!(self.message_id)))]
    }
}

/// What `hookbridge messages explain` takes.
#[derive(Debug, Args)]
pub struct MessagesExplain {
    /// The message's id, a UUIDv7 with dashes.
    #[arg(value_name = "MESSAGE_ID")]
    pub message_id: String,
}

impl Operation for MessagesExplain {
    const NAME: &'static str = "messages.explain";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![("message_id", Some(json!(self.message_id)))]
    }
}

/// What `hookbridge messages replay` takes.
#[derive(Debug, Args)]
pub struct MessagesReplay {
    /// The message's id, a UUIDv7 with dashes.
    #[arg(value_name = "MESSAGE_ID")]
    pub message_id: String,
}

impl Operation for MessagesReplay {
    const NAME: &'static str = "messages.replay";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![("message_id", Some(json!(self.message_id)))]
    }
}

/// What `hookbridge messages cancel` takes.
#[derive(Debug, Args)]
pub struct MessagesCancel {
    /// The message's id, a UUIDv7 with dashes.
    #[arg(value_name = "MESSAGE_ID")]
    pub message_id: String,
}

impl Operation for MessagesCancel {
    const NAME: &'static str = "messages.cancel";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![("message_id", Some(json!(self.message_id)))]
    }
}

/// What `hookbridge messages retry-now` takes.
#[derive(Debug, Args)]
pub struct MessagesRetryNow {
    /// The message's id, a UUIDv7 with dashes.
    #[arg(value_name = "MESSAGE_ID")]
    pub message_id: String,
}

impl Operation for MessagesRetryNow {
    const NAME: &'static str = "messages.retry_now";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![("message_id", Some(json!(self.message_id)))]
    }
}

/// What `hookbridge messages reschedule` takes.
#[derive(Debug, Args)]
pub struct MessagesReschedule {
    /// The message's id, a UUIDv7 with dashes.
    #[arg(value_name = "MESSAGE_ID")]
    pub message_id: String,
    /// Before when it is not delivered; at most a year ahead. A moment that is past is at once.
    #[arg(value_name = "TIME")]
    pub deliver_at: String,
}

impl Operation for MessagesReschedule {
    const NAME: &'static str = "messages.reschedule";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![("message_id", Some(json!(self.message_id))), ("deliver_at", Some(json!(self.deliver_at)))]
    }
}

/// What `hookbridge messages replay-all` takes.
#[derive(Debug, Args)]
pub struct MessagesReplayAll {
    /// `failed_permanent` or `pending_retry`.
    #[arg(long, default_value = "failed_permanent", value_parser = ["failed_permanent", "pending_retry"])]
    pub status: String,
    /// Only messages of this endpoint.
    #[arg(long, value_name = "ENDPOINT_ID")]
    pub endpoint_id: Option<String>,
    /// Only messages accepted at this moment or later.
    #[arg(long = "since", value_name = "TIME")]
    pub created_after: Option<String>,
    /// Only messages accepted before this moment.
    #[arg(long = "until", value_name = "TIME")]
    pub created_before: Option<String>,
    /// Only messages whose last failure has this cause, in the words of `dead_letters.groups`.
    #[arg(long)]
    pub cause: Option<String>,
    /// Changes nothing, and answers what would happen.
    #[arg(long)]
    pub dry_run: bool,
}

impl Operation for MessagesReplayAll {
    const NAME: &'static str = "messages.replay_all";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![
            ("status", Some(json!(self.status))),
            ("endpoint_id", given(&self.endpoint_id)),
            ("created_after", given(&self.created_after)),
            ("created_before", given(&self.created_before)),
            ("cause", given(&self.cause)),
            ("dry_run", self.dry_run.then_some(json!(true))),
        ]
    }
}

/// What `hookbridge messages cancel-all` takes.
#[derive(Debug, Args)]
pub struct MessagesCancelAll {
    /// Only messages of this endpoint.
    #[arg(long, value_name = "ENDPOINT_ID")]
    pub endpoint_id: Option<String>,
    /// Only messages accepted at this moment or later.
    #[arg(long = "since", value_name = "TIME")]
    pub created_after: Option<String>,
    /// Only messages accepted before this moment.
    #[arg(long = "until", value_name = "TIME")]
    pub created_before: Option<String>,
    /// Only messages whose last failure has this cause, in the words of `dead_letters.groups`.
    #[arg(long)]
    pub cause: Option<String>,
    /// Changes nothing, and answers what would happen.
    #[arg(long)]
    pub dry_run: bool,
}

impl Operation for MessagesCancelAll {
    const NAME: &'static str = "messages.cancel_all";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![
            ("endpoint_id", given(&self.endpoint_id)),
            ("created_after", given(&self.created_after)),
            ("created_before", given(&self.created_before)),
            ("cause", given(&self.cause)),
            ("dry_run", self.dry_run.then_some(json!(true))),
        ]
    }
}

/// What `hookbridge messages replay-batch` takes.
#[derive(Debug, Args)]
pub struct MessagesReplayBatch {
    /// 1 to 100.
    #[arg(value_name = "MESSAGE_ID", required = true)]
    pub message_ids: Vec<String>,
}

impl Operation for MessagesReplayBatch {
    const NAME: &'static str = "messages.replay_batch";
    const TABLE: Option<Table> =
        Some(Table { items: "results", columns: &["message_id", "status", "error"] });

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![("message_ids", Some(json!(self.message_ids)))]
    }
}

/// What `hookbridge messages delete` takes.
#[derive(Debug, Args)]
pub struct MessagesDelete {
    /// The message's id, a UUIDv7 with dashes.
    #[arg(value_name = "MESSAGE_ID")]
    pub message_id: String,
}

impl Operation for MessagesDelete {
    const NAME: &'static str = "messages.delete";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![("message_id", Some(json!(self.message_id)))]
    }
}

/// What `hookbridge messages delete-batch` takes.
#[derive(Debug, Args)]
pub struct MessagesDeleteBatch {
    /// 1 to 100.
    #[arg(value_name = "MESSAGE_ID", required = true)]
    pub message_ids: Vec<String>,
}

impl Operation for MessagesDeleteBatch {
    const NAME: &'static str = "messages.delete_batch";
    const TABLE: Option<Table> =
        Some(Table { items: "results", columns: &["message_id", "outcome", "deleted_at"] });

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![("message_ids", Some(json!(self.message_ids)))]
    }
}

/// What `hookbridge messages delete-all` takes.
#[derive(Debug, Args)]
pub struct MessagesDeleteAll {
    /// Only messages with one of these statuses; all where empty.
    #[arg(long, value_parser = ["queued", "delivering", "succeeded", "pending_retry", "failed_permanent"], value_delimiter = ',')]
    pub status: Vec<String>,
    /// Only messages of this endpoint.
    #[arg(long, value_name = "ENDPOINT_ID")]
    pub endpoint_id: Option<String>,
    /// Only messages accepted at this moment or later.
    #[arg(long = "since", value_name = "TIME")]
    pub created_after: Option<String>,
    /// Only messages accepted before this moment.
    #[arg(long = "until", value_name = "TIME")]
    pub created_before: Option<String>,
    /// Only messages whose last failure has this cause, in the words of `dead_letters.groups`.
    #[arg(long)]
    pub cause: Option<String>,
    /// Changes nothing, and answers what would happen.
    #[arg(long)]
    pub dry_run: bool,
}

impl Operation for MessagesDeleteAll {
    const NAME: &'static str = "messages.delete_all";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![
            ("status", several(&self.status)),
            ("endpoint_id", given(&self.endpoint_id)),
            ("created_after", given(&self.created_after)),
            ("created_before", given(&self.created_before)),
            ("cause", given(&self.cause)),
            ("dry_run", self.dry_run.then_some(json!(true))),
        ]
    }
}

/// What `hookbridge messages list` takes.
#[derive(Debug, Args)]
pub struct LogsList {
    /// Only messages with one of these statuses.
    #[arg(long, value_parser = ["queued", "delivering", "succeeded", "pending_retry", "failed_permanent"], value_delimiter = ',')]
    pub status: Vec<String>,
    /// Only messages accepted at this moment or later.
    #[arg(long = "since", value_name = "TIME")]
    pub start_time: Option<String>,
    /// Only messages accepted before this moment.
    #[arg(long = "until", value_name = "TIME")]
    pub end_time: Option<String>,
    /// 1 to 500, 50 where absent.
    #[arg(long, value_name = "NUMBER")]
    pub limit: Option<u64>,
    /// The `next_cursor` of the page before.
    #[arg(long)]
    pub cursor: Option<String>,
    /// Only messages of this endpoint.
    #[arg(long, value_name = "ENDPOINT_ID")]
    pub endpoint_id: Option<String>,
    /// Only the message with this id, or messages with this text in their idempotency key.
    #[arg(long)]
    pub q: Option<String>,
    /// Only messages with this text in their last error.
    #[arg(long)]
    pub error: Option<String>,
    /// Only messages whose last failure has this cause, in the words of `dead_letters.groups`.
    #[arg(long)]
    pub cause: Option<String>,
    /// Only messages of events of this type.
    #[arg(long)]
    pub event_type: Option<String>,
    /// Only messages of events of this tenant.
    #[arg(long)]
    pub tenant: Option<String>,
    /// Only messages with this ordering key.
    #[arg(long)]
    pub ordering_key: Option<String>,
}

impl Operation for LogsList {
    const NAME: &'static str = "logs.list";
    const TABLE: Option<Table> = Some(Table {
        items: "data",
        columns: &["message_id", "status", "attempt_count", "created_at", "endpoint", "last_error"],
    });

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![
            ("status", several(&self.status)),
            ("start_time", given(&self.start_time)),
            ("end_time", given(&self.end_time)),
            ("limit", given(&self.limit)),
            ("cursor", given(&self.cursor)),
            ("endpoint_id", given(&self.endpoint_id)),
            ("q", given(&self.q)),
            ("error", given(&self.error)),
            ("cause", given(&self.cause)),
            ("event_type", given(&self.event_type)),
            ("tenant", given(&self.tenant)),
            ("ordering_key", given(&self.ordering_key)),
        ]
    }
}

/// Look after messages: one command an operation.
#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "A program makes one.")]
pub enum MessagesOperation {
    /// Shows a message, without its payload.
    Get(MessagesGet),
    /// Lists a message's attempts, oldest first.
    ///
    /// At most the last 200. A message that is unknown has none.
    Attempts(MessagesAttempts),
    /// Shows a message's payload, byte for byte.
    ///
    /// With the message's own headers. It is there for as long as the payload is kept.
    Payload(MessagesPayload),
    /// Says why a message is where it is, and when that changes.
    ///
    /// The first reason is the one that decides. What holds an endpoint's messages in the process that
    /// delivers (its breaker, its limits) is known to that process alone: another one says which process
    /// that is.
    #[command(alias = "why")]
    Explain(MessagesExplain),
    /// Delivers a message once more.
    ///
    /// A message can be replayed 10 times.
    Replay(MessagesReplay),
    /// Gives up a message that waits for a retry or its time.
    Cancel(MessagesCancel),
    /// Makes a message that waits for a retry or its time due at once.
    RetryNow(MessagesRetryNow),
    /// Moves a scheduled message to another moment.
    ///
    /// A moment that is past is at once.
    Reschedule(MessagesReschedule),
    /// Replays the messages that are named.
    ///
    /// Each has its result, in order.
    ReplayBatch(MessagesReplayBatch),
    /// Deletes a message.
    ///
    /// Its payload is gone at once, and its retries with it.
    Delete(MessagesDelete),
    /// Deletes the messages that are named.
    ///
    /// Each has its result, in order.
    DeleteBatch(MessagesDeleteBatch),
    /// Lists messages, newest first.
    ///
    /// A page of a filter may be short, even empty, and have more behind it: follow `next_cursor`.
    List(LogsList),
}

impl MessagesOperation {
    /// The operation, with its request.
    pub fn call(&self) -> Call {
        match self {
            Self::Get(flags) => Call::of(flags),
            Self::Attempts(flags) => Call::of(flags),
            Self::Payload(flags) => Call::of(flags),
            Self::Explain(flags) => Call::of(flags),
            Self::Replay(flags) => Call::of(flags),
            Self::Cancel(flags) => Call::of(flags),
            Self::RetryNow(flags) => Call::of(flags),
            Self::Reschedule(flags) => Call::of(flags),
            Self::ReplayBatch(flags) => Call::of(flags),
            Self::Delete(flags) => Call::of(flags),
            Self::DeleteBatch(flags) => Call::of(flags),
            Self::List(flags) => Call::of(flags),
        }
    }
}
