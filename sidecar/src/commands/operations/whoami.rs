//! Who asks, and what answers.
//!
//! Written by `hookbridge-generate`: change the definition, not this file.

use clap::Args;
use serde_json::Value;

use crate::commands::call::Operation;
use crate::output::Table;

/// What `hookbridge whoami` takes.
#[derive(Debug, Args)]
pub struct WhoamiFlags {}

impl Operation for WhoamiFlags {
    const NAME: &'static str = "whoami";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![]
    }
}
