//! See which API keys changed what.
//!
//! Written by `hookbridge-generate`: change the definition, not this file.

use clap::{Args, Subcommand};
use serde_json::Value;

use crate::commands::call::{Call, Operation};
use crate::commands::flags::given;
use crate::output::Table;

/// What `hookbridge activity list` takes.
#[derive(Debug, Args)]
pub struct ActivityList {
    /// 1 to 500, 50 where absent.
    #[arg(long, value_name = "NUMBER")]
    pub limit: Option<u64>,
    /// The `next_cursor` of the page before.
    #[arg(long)]
    pub cursor: Option<String>,
}

impl Operation for ActivityList {
    const NAME: &'static str = "activity.list";
    const TABLE: Option<Table> = Some(Table {
        items: "data",
        columns: &[
            "activity_id",
            "occurred_at",
            "operation",
            "api_key_id",
            "api_key_label",
            "api_key_prefix",
            "endpoint_id",
            "message_id",
            "affected",
            "detail",
        ],
    });

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![("limit", given(&self.limit)), ("cursor", given(&self.cursor))]
    }
}

/// See which API keys changed what: one command an operation.
#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "A program makes one.")]
pub enum ActivityOperation {
    /// Lists what callers with an API key changed, newest first.
    ///
    /// Endpoints and keys that were made, changed, paused or deleted, messages that were replayed, cancelled
    /// or deleted: by which key, and how many. The newest 100,000 are kept.
    List(ActivityList),
}

impl ActivityOperation {
    /// The operation, with its request.
    pub fn call(&self) -> Call {
        match self {
            Self::List(flags) => Call::of(flags),
        }
    }
}
