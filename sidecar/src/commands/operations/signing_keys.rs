//! Look after an endpoint's signing keys.
//!
//! Written by `hookbridge-generate`: change the definition, not this file.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::commands::call::{Call, Operation};
use crate::output::Table;

/// What `hookbridge keys list` takes.
#[derive(Debug, Args)]
pub struct SigningKeysList {
    /// The endpoint's id, `ep_...`.
    #[arg(value_name = "ENDPOINT_ID")]
    pub endpoint_id: String,
}

impl Operation for SigningKeysList {
    const NAME: &'static str = "signing_keys.list";
    const TABLE: Option<Table> = Some(Table { items: "data", columns: &["id", "key_hint", "created_at"] });

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![("endpoint_id", Some(json!(self.endpoint_id)))]
    }
}

/// What `hookbridge keys create` takes.
#[derive(Debug, Args)]
pub struct SigningKeysCreate {
    /// The endpoint's id, `ep_...`.
    #[arg(value_name = "ENDPOINT_ID")]
    pub endpoint_id: String,
}

impl Operation for SigningKeysCreate {
    const NAME: &'static str = "signing_keys.create";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![("endpoint_id", Some(json!(self.endpoint_id)))]
    }
}

/// What `hookbridge keys delete` takes.
#[derive(Debug, Args)]
pub struct SigningKeysDelete {
    /// The endpoint's id, `ep_...`.
    #[arg(value_name = "ENDPOINT_ID")]
    pub endpoint_id: String,
    /// The signing key's id, `sk_...`.
    #[arg(value_name = "KEY_ID")]
    pub key_id: String,
}

impl Operation for SigningKeysDelete {
    const NAME: &'static str = "signing_keys.delete";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![("endpoint_id", Some(json!(self.endpoint_id))), ("key_id", Some(json!(self.key_id)))]
    }
}

/// Look after an endpoint's signing keys: one command an operation.
#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "A program makes one.")]
pub enum SigningKeysOperation {
    /// Lists an endpoint's signing keys, oldest first.
    List(SigningKeysList),
    /// Adds a second signing key.
    ///
    /// Both keys sign until one is deleted. The signing secret is shown only in the answer.
    Create(SigningKeysCreate),
    /// Removes one of two signing keys.
    Delete(SigningKeysDelete),
}

impl SigningKeysOperation {
    /// The operation, with its request.
    pub fn call(&self) -> Call {
        match self {
            Self::List(flags) => Call::of(flags),
            Self::Create(flags) => Call::of(flags),
            Self::Delete(flags) => Call::of(flags),
        }
    }
}
