//! Make codes that sign a browser in; `console` opens one.
//!
//! Written by `hookbridge-generate`: change the definition, not this file.

use clap::{Args, Subcommand};
use serde_json::Value;

use crate::commands::call::{Call, Operation};
use crate::output::Table;

/// What `hookbridge login-codes create` takes.
#[derive(Debug, Args)]
pub struct LoginCodesCreate {}

impl Operation for LoginCodesCreate {
    const NAME: &'static str = "login_codes.create";
    const TABLE: Option<Table> = None;

    fn fields(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![]
    }
}

/// Make codes that sign a browser in; `console` opens one: one command an operation.
#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "A program makes one.")]
pub enum LoginCodesOperation {
    /// Makes a code that signs a browser in to the console once.
    ///
    /// It works for 60 seconds, at every console of the outbox. The session is that of the caller's API key;
    /// in a process it is that of a key which is made for this, with the label `hookbridge console`.
    Create(LoginCodesCreate),
}

impl LoginCodesOperation {
    /// The operation, with its request.
    pub fn call(&self) -> Call {
        match self {
            Self::Create(flags) => Call::of(flags),
        }
    }
}
