//! Who asks, and what answers.
//!
//! Written by `hookbridge-generate`: change the definition, not this file.

use clap::Args;
use serde_json::Value;

use crate::commands::call::Operation;
use crate::output::Columns;

/// What `hookbridge whoami` takes.
#[derive(Debug, Args)]
pub struct WhoamiFlags {}

impl Operation for WhoamiFlags {
    const NAME: &'static str = "whoami";
    const COLUMNS: Columns = &[];

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![]
    }
}
