//! Look after the catalogue of event types.
//!
//! Written by `hookbridge-generate`: change the definition, not this file.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::commands::call::{Call, Operation};
use crate::commands::flags::{given, json_or_word};
use crate::output::Table;

/// What `hookbridge event-types create` takes.
#[derive(Debug, Args)]
pub struct EventTypesCreate {
    /// The name, such as `order.created`.
    pub name: String,
    /// For people; at most 500 characters.
    #[arg(long)]
    pub description: Option<String>,
    /// The JSON schema (2020-12) of its payloads, at most 65,536 bytes. References to other documents are
    /// not followed.
    #[arg(long, value_name = "JSON", value_parser = json_or_word)]
    pub schema: Option<Value>,
    /// A payload that fits the schema, for whoever writes a receiver.
    #[arg(long, value_name = "JSON", value_parser = json_or_word)]
    pub example: Option<Value>,
    /// Whether receivers should not rely on it any more.
    #[arg(long)]
    pub deprecated: bool,
}

impl Operation for EventTypesCreate {
    const NAME: &'static str = "event_types.create";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![
            ("name", Some(json!(self.name))),
            ("description", given(&self.description)),
            ("schema", given(&self.schema)),
            ("example", given(&self.example)),
            ("deprecated", self.deprecated.then_some(json!(true))),
        ]
    }
}

/// What `hookbridge event-types list` takes.
#[derive(Debug, Args)]
pub struct EventTypesList {
    /// 1 to 500, 100 where absent.
    #[arg(long, value_name = "NUMBER")]
    pub limit: Option<u64>,
    /// The `next_cursor` of the page before.
    #[arg(long)]
    pub cursor: Option<String>,
}

impl Operation for EventTypesList {
    const NAME: &'static str = "event_types.list";
    const TABLE: Option<Table> = Some(Table {
        items: "data",
        columns: &["name", "description", "deprecated", "created_at", "updated_at"],
    });

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![("limit", given(&self.limit)), ("cursor", given(&self.cursor))]
    }
}

/// What `hookbridge event-types get` takes.
#[derive(Debug, Args)]
pub struct EventTypesGet {
    /// The name, such as `order.created`.
    pub name: String,
}

impl Operation for EventTypesGet {
    const NAME: &'static str = "event_types.get";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![("name", Some(json!(self.name)))]
    }
}

/// What `hookbridge event-types update` takes.
#[derive(Debug, Args)]
pub struct EventTypesUpdate {
    /// The name, such as `order.created`.
    pub name: String,
    /// At most 500 characters; `""` is none.
    #[arg(long)]
    pub description: Option<String>,
    /// As for a new type; null is none.
    #[arg(long, value_name = "JSON", value_parser = json_or_word)]
    pub schema: Option<Value>,
    /// As for a new type; null is none.
    #[arg(long, value_name = "JSON", value_parser = json_or_word)]
    pub example: Option<Value>,
    /// Whether receivers should not rely on it any more.
    #[arg(long)]
    pub deprecated: bool,
}

impl Operation for EventTypesUpdate {
    const NAME: &'static str = "event_types.update";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![
            ("name", Some(json!(self.name))),
            ("description", given(&self.description)),
            ("schema", given(&self.schema)),
            ("example", given(&self.example)),
            ("deprecated", self.deprecated.then_some(json!(true))),
        ]
    }
}

/// What `hookbridge event-types delete` takes.
#[derive(Debug, Args)]
pub struct EventTypesDelete {
    /// The name, such as `order.created`.
    pub name: String,
}

impl Operation for EventTypesDelete {
    const NAME: &'static str = "event_types.delete";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![("name", Some(json!(self.name)))]
    }
}

/// Look after the catalogue of event types: one command an operation.
#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "A program makes one.")]
pub enum EventTypesOperation {
    /// Adds an event type to the catalogue.
    Create(EventTypesCreate),
    /// Lists the catalogue, in the order of names.
    List(EventTypesList),
    /// Shows an event type.
    Get(EventTypesGet),
    /// Changes some fields of an event type.
    ///
    /// What is not given stays. An empty description, and null for the schema or the example, clear them.
    Update(EventTypesUpdate),
    /// Removes an event type from the catalogue.
    ///
    /// Events of the type that were accepted before stay, and are delivered.
    Delete(EventTypesDelete),
}

impl EventTypesOperation {
    /// The operation, with its request.
    pub fn call(&self) -> Call {
        match self {
            Self::Create(flags) => Call::of(flags),
            Self::List(flags) => Call::of(flags),
            Self::Get(flags) => Call::of(flags),
            Self::Update(flags) => Call::of(flags),
            Self::Delete(flags) => Call::of(flags),
        }
    }
}
