//! The `hookbridge` command: an outbox file served over HTTP, and looked after.
#![forbid(unsafe_code)]
#![deny(clippy::print_stdout, clippy::print_stderr)]

mod api_key;
mod cli;
mod colour;
mod commands;
mod dev;
mod http;
mod listen;
mod logs;
mod output;
mod serve;
mod serve_flags;
mod settings;
mod telemetry;
mod terminal;

use std::process::ExitCode;

/// A message is allocated on one thread and freed on the writer's. The C library's allocator takes a lock for that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::run()
}
