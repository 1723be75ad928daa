//! Try which events an endpoint would want.
//!
//! Written by `hookbridge-generate`: change the definition, not this file.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::commands::call::{Call, Operation};
use crate::commands::flags::{given, json_or_word, several};
use crate::output::Table;

/// What `hookbridge subscriptions check` takes.
#[derive(Debug, Args)]
pub struct SubscriptionsCheck {
    /// The type of the sample.
    pub r#type: String,
    /// The payload of the sample.
    #[arg(value_name = "JSON", value_parser = json_or_word)]
    pub payload: Value,
    /// The endpoint whose patterns and filter are tried where none are given here.
    #[arg(long, value_name = "ENDPOINT_ID")]
    pub endpoint_id: Option<String>,
    /// Patterns of types, in place of the endpoint's.
    #[arg(long, value_delimiter = ',')]
    pub event_types: Vec<String>,
    /// Conditions on the payload, in place of the endpoint's.
    #[arg(long, value_name = "JSON", value_parser = json_or_word)]
    pub filter: Option<Value>,
}

impl Operation for SubscriptionsCheck {
    const NAME: &'static str = "subscriptions.check";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![
            ("type", Some(json!(self.r#type))),
            ("payload", Some(json!(self.payload))),
            ("endpoint_id", given(&self.endpoint_id)),
            ("event_types", several(&self.event_types)),
            ("filter", given(&self.filter)),
        ]
    }
}

/// Try which events an endpoint would want: one command an operation.
#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "A program makes one.")]
pub enum SubscriptionsOperation {
    /// Says whether an endpoint would want an event like a sample.
    ///
    /// With the endpoint's own patterns and filter, or with others before they are written.
    Check(SubscriptionsCheck),
}

impl SubscriptionsOperation {
    /// The operation, with its request.
    pub fn call(&self) -> Call {
        match self {
            Self::Check(flags) => Call::of(flags),
        }
    }
}
