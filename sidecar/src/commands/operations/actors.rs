//! Look up who acted.
//!
//! Written by `hookbridge-generate`: change the definition, not this file.

use clap::{Args, Subcommand};
use serde_json::Value;

use crate::commands::call::{Call, Operation};
use crate::commands::flags::several;
use crate::output::Table;

/// What `hookbridge actors lookup` takes.
#[derive(Debug, Args)]
pub struct ActorsLookup {
    /// Ids of users. An outbox has none, so none is found.
    #[arg(long, value_name = "USER_ID", value_delimiter = ',')]
    pub user_id: Vec<String>,
    /// Ids of API keys: `key_...`.
    #[arg(long, value_name = "API_KEY_ID", value_delimiter = ',')]
    pub api_key_id: Vec<String>,
}

impl Operation for ActorsLookup {
    const NAME: &'static str = "actors.lookup";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![("user_id", several(&self.user_id)), ("api_key_id", several(&self.api_key_id))]
    }
}

/// Look up who acted: one command an operation.
#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "A program makes one.")]
pub enum ActorsOperation {
    /// Names API keys by their ids.
    ///
    /// 1 to 100 ids in all. Ids that are unknown are missing in the answer.
    Lookup(ActorsLookup),
}

impl ActorsOperation {
    /// The operation, with its request.
    pub fn call(&self) -> Call {
        match self {
            Self::Lookup(flags) => Call::of(flags),
        }
    }
}
