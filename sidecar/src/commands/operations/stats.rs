//! How the outbox stands.
//!
//! Written by `hookbridge-generate`: change the definition, not this file.

use clap::Args;
use serde_json::Value;

use crate::commands::call::Operation;
use crate::output::Table;

/// What `hookbridge stats` takes.
#[derive(Debug, Args)]
pub struct StatsFlags {}

impl Operation for StatsFlags {
    const NAME: &'static str = "stats";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![]
    }
}
