//! The `hookbridge` command: an outbox file served over HTTP.
#![forbid(unsafe_code)]

mod cli;
mod http;
mod logs;
mod serve;
mod settings;

use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::parse() {
        Ok(settings) => serve::run(settings),
        Err(refused) => cli::refuse(&refused),
    }
}
