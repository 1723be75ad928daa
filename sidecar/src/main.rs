//! The `hookbridge` command: an outbox file served over HTTP, and looked after.
#![forbid(unsafe_code)]

mod cli;
mod commands;
mod http;
mod listen;
mod logs;
mod output;
mod serve;
mod settings;
mod telemetry;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
