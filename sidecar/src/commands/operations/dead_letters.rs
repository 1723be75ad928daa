//! Look after messages that were given up.
//!
//! Written by `hookbridge-generate`: change the definition, not this file.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::commands::call::{Call, Operation};
use crate::commands::flags::given;
use crate::output::Table;

/// What `hookbridge dlq list` takes.
#[derive(Debug, Args)]
pub struct DeadLettersList {
    /// 1 to 1,000, 100 where absent.
    #[arg(long, value_name = "NUMBER")]
    pub limit: Option<u64>,
    /// The `next_cursor` of the page before.
    #[arg(long)]
    pub cursor: Option<String>,
    /// Only messages of this endpoint.
    #[arg(long, value_name = "ENDPOINT_ID")]
    pub endpoint_id: Option<String>,
    /// Only messages with this cause, in the words of `dead_letters.groups`.
    #[arg(long)]
    pub cause: Option<String>,
    /// Only messages accepted at this moment or later.
    #[arg(long = "since", value_name = "TIME")]
    pub start_time: Option<String>,
    /// Only messages accepted before this moment.
    #[arg(long = "until", value_name = "TIME")]
    pub end_time: Option<String>,
}

impl Operation for DeadLettersList {
    const NAME: &'static str = "dead_letters.list";
    const TABLE: Option<Table> = Some(Table {
        items: "messages",
        columns: &["message_id", "status", "attempt_count", "created_at", "endpoint", "last_error"],
    });

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![
            ("limit", given(&self.limit)),
            ("cursor", given(&self.cursor)),
            ("endpoint_id", given(&self.endpoint_id)),
            ("cause", given(&self.cause)),
            ("start_time", given(&self.start_time)),
            ("end_time", given(&self.end_time)),
        ]
    }
}

/// What `hookbridge dlq groups` takes.
#[derive(Debug, Args)]
pub struct DeadLettersGroups {
    /// Only messages of this endpoint.
    #[arg(long, value_name = "ENDPOINT_ID")]
    pub endpoint_id: Option<String>,
    /// The `next_cursor` of the call before.
    #[arg(long)]
    pub cursor: Option<String>,
}

impl Operation for DeadLettersGroups {
    const NAME: &'static str = "dead_letters.groups";
    const TABLE: Option<Table> = Some(Table {
        items: "groups",
        columns: &[
            "cause",
            "endpoint_id",
            "endpoint",
            "count",
            "first_failed_at",
            "last_failed_at",
            "message_id",
            "last_error",
        ],
    });

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![("endpoint_id", given(&self.endpoint_id)), ("cursor", given(&self.cursor))]
    }
}

/// What `hookbridge dlq replay` takes.
#[derive(Debug, Args)]
pub struct DeadLettersReplay {
    /// The message's id, a UUIDv7 with dashes.
    #[arg(value_name = "MESSAGE_ID")]
    pub message_id: String,
}

impl Operation for DeadLettersReplay {
    const NAME: &'static str = "dead_letters.replay";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![("message_id", Some(json!(self.message_id)))]
    }
}

/// Look after messages that were given up: one command an operation.
#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "A program makes one.")]
pub enum DeadLettersOperation {
    /// Lists the messages that were given up, newest first.
    List(DeadLettersList),
    /// Counts the dead letter queue by cause and endpoint.
    ///
    /// A call reads at most 10,000 messages, newest first; where there are more, follow `next_cursor` and
    /// add up what has the same cause and endpoint. Any filter by cause takes the words of `cause`.
    Groups(DeadLettersGroups),
    /// Delivers a message of the dead letter queue once more.
    Replay(DeadLettersReplay),
}

impl DeadLettersOperation {
    /// The operation, with its request.
    pub fn call(&self) -> Call {
        match self {
            Self::List(flags) => Call::of(flags),
            Self::Groups(flags) => Call::of(flags),
            Self::Replay(flags) => Call::of(flags),
        }
    }
}
