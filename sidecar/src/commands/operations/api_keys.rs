//! Look after the API keys that a sidecar on the outbox lets in.
//!
//! Written by `hookbridge-generate`: change the definition, not this file.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::commands::call::{Call, Operation};
use crate::commands::flags::given;
use crate::output::Table;

/// What `hookbridge api-keys list` takes.
#[derive(Debug, Args)]
pub struct ApiKeysList {}

impl Operation for ApiKeysList {
    const NAME: &'static str = "api_keys.list";
    const TABLE: Option<Table> =
        Some(Table { items: "data", columns: &["key_id", "prefix", "label", "created_at", "last_used_at"] });

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![]
    }
}

/// What `hookbridge api-keys create` takes.
#[derive(Debug, Args)]
pub struct ApiKeysCreate {
    /// `live` where absent.
    #[arg(long, value_parser = ["live", "test"])]
    pub mode: Option<String>,
    /// A label for people, at most 255 characters.
    #[arg(long)]
    pub label: Option<String>,
    /// What the key lets its owner do over HTTP, `full` where absent.
    #[arg(long, value_parser = ["full", "read", "send"])]
    pub scope: Option<String>,
}

impl Operation for ApiKeysCreate {
    const NAME: &'static str = "api_keys.create";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![("mode", given(&self.mode)), ("label", given(&self.label)), ("scope", given(&self.scope))]
    }
}

/// What `hookbridge api-keys delete` takes.
#[derive(Debug, Args)]
pub struct ApiKeysDelete {
    /// The API key's id, `key_...`.
    #[arg(value_name = "KEY_ID")]
    pub key_id: String,
}

impl Operation for ApiKeysDelete {
    const NAME: &'static str = "api_keys.delete";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![("key_id", Some(json!(self.key_id)))]
    }
}

/// Look after the API keys that a sidecar on the outbox lets in: one command an operation.
#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "A program makes one.")]
pub enum ApiKeysOperation {
    /// Lists API keys, oldest first.
    List(ApiKeysList),
    /// Makes an API key.
    ///
    /// It lets its owner use a sidecar on this outbox. The key is shown only in the answer.
    Create(ApiKeysCreate),
    /// Deletes an API key: it lets nobody in any more.
    Delete(ApiKeysDelete),
}

impl ApiKeysOperation {
    /// The operation, with its request.
    pub fn call(&self) -> Call {
        match self {
            Self::List(flags) => Call::of(flags),
            Self::Create(flags) => Call::of(flags),
            Self::Delete(flags) => Call::of(flags),
        }
    }
}
