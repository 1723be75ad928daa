//! Look after the exports that the outbox keeps; `export` writes one to a file of yours.
//!
//! Written by `hookbridge-generate`: change the definition, not this file.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::commands::call::{Call, Operation};
use crate::commands::flags::given;
use crate::output::Table;

/// What `hookbridge exports create` takes.
#[derive(Debug, Args)]
pub struct ExportsCreate {
    /// Messages accepted at this moment or later.
    #[arg(long = "since", value_name = "TIME")]
    pub start_time: String,
    /// Messages accepted before this moment.
    #[arg(long = "until", value_name = "TIME")]
    pub end_time: String,
    /// Only messages with this status.
    #[arg(long, value_parser = ["queued", "delivering", "succeeded", "pending_retry", "failed_permanent"])]
    pub status: Option<String>,
    /// Only messages of this endpoint, which may have been deleted.
    #[arg(long, value_name = "ENDPOINT_ID")]
    pub endpoint_id: Option<String>,
}

impl Operation for ExportsCreate {
    const NAME: &'static str = "exports.create";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![
            ("start_time", Some(json!(self.start_time))),
            ("end_time", Some(json!(self.end_time))),
            ("status", given(&self.status)),
            ("endpoint_id", given(&self.endpoint_id)),
        ]
    }
}

/// What `hookbridge exports list` takes.
#[derive(Debug, Args)]
pub struct ExportsList {}

impl Operation for ExportsList {
    const NAME: &'static str = "exports.list";
    const TABLE: Option<Table> = Some(Table {
        items: "data",
        columns: &[
            "id",
            "project_id",
            "status",
            "filter_start_time",
            "filter_end_time",
            "created_at",
            "filter_status",
            "filter_endpoint_id",
            "row_count",
            "file_size_bytes",
            "error_message",
            "started_at",
            "completed_at",
            "expires_at",
            "direction",
        ],
    });

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![]
    }
}

/// What `hookbridge exports get` takes.
#[derive(Debug, Args)]
pub struct ExportsGet {
    /// The export's id, a UUIDv7 with dashes.
    #[arg(value_name = "EXPORT_ID")]
    pub export_id: String,
}

impl Operation for ExportsGet {
    const NAME: &'static str = "exports.get";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![("export_id", Some(json!(self.export_id)))]
    }
}

/// What `hookbridge exports download` takes.
#[derive(Debug, Args)]
pub struct ExportsDownload {
    /// The export's id, a UUIDv7 with dashes.
    #[arg(value_name = "EXPORT_ID")]
    pub export_id: String,
}

impl Operation for ExportsDownload {
    const NAME: &'static str = "exports.download";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![("export_id", Some(json!(self.export_id)))]
    }
}

/// What `hookbridge exports delete` takes.
#[derive(Debug, Args)]
pub struct ExportsDelete {
    /// The export's id, a UUIDv7 with dashes.
    #[arg(value_name = "EXPORT_ID")]
    pub export_id: String,
}

impl Operation for ExportsDelete {
    const NAME: &'static str = "exports.delete";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![("export_id", Some(json!(self.export_id)))]
    }
}

/// Look after the exports that the outbox keeps; `export` writes one to a file of yours: one command an operation.
#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "A program makes one.")]
pub enum ExportsOperation {
    /// Has a CSV file of messages written.
    ///
    /// The file is written in the background; it is kept for seven days.
    Create(ExportsCreate),
    /// Lists exports, newest first.
    List(ExportsList),
    /// Shows an export.
    Get(ExportsGet),
    /// Says where an export's file is.
    Download(ExportsDownload),
    /// Removes an export and its file.
    Delete(ExportsDelete),
}

impl ExportsOperation {
    /// The operation, with its request.
    pub fn call(&self) -> Call {
        match self {
            Self::Create(flags) => Call::of(flags),
            Self::List(flags) => Call::of(flags),
            Self::Get(flags) => Call::of(flags),
            Self::Download(flags) => Call::of(flags),
            Self::Delete(flags) => Call::of(flags),
        }
    }
}
