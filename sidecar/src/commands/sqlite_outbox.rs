//! `hookbridge sqlite-outbox`: the table by which an application on SQLite sends in its own transactions.

use std::io::Write;
use std::process::ExitCode;

use clap::Args;
use hookbridge_core::engine;

use crate::terminal;

/// What to print.
#[derive(Args)]
pub struct SqliteOutboxFlags {
    /// Print the statements, for a migration of the application's own. Empty lines separate them.
    #[arg(long, required = true)]
    print: bool,
    /// With a list of the endpoints, which the sidecar keeps: a send to an unknown one is refused at once.
    #[arg(long)]
    endpoints: bool,
}

/// Prints the statements.
pub fn run(flags: &SqliteOutboxFlags) -> ExitCode {
    match terminal::content().write_all(engine::sqlite_outbox(flags.endpoints).as_bytes()) {
        Err(cause) if cause.kind() != std::io::ErrorKind::BrokenPipe => ExitCode::FAILURE,
        _ => ExitCode::SUCCESS,
    }
}
