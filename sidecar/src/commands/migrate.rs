//! `hookbridge migrate`: the tables of a PostgreSQL database.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use hookbridge_core::Result;
use hookbridge_core::engine;

use crate::terminal;

/// Which database, and what to do.
#[derive(Args)]
pub struct MigrateFlags {
    /// The address of the database, as postgresql://owner@host/name. A command line is visible to every user of the machine
    /// (`ps`): prefer the environment for an address with a password.
    #[arg(long, env = "HOOKBRIDGE_DATABASE", hide_env_values = true, value_name = "ADDRESS")]
    database: Option<PathBuf>,
    /// Print the statements for an empty database, and carry none out.
    #[arg(long)]
    print: bool,
}

/// Makes or updates the tables, or prints the statements.
pub fn run(flags: &MigrateFlags) -> ExitCode {
    migrate(flags).unwrap_or_else(|error| {
        terminal::say(format_args!("hookbridge: {error}"));
        ExitCode::FAILURE
    })
}

fn migrate(flags: &MigrateFlags) -> Result<ExitCode> {
    if flags.print {
        let written = terminal::content().write_all(engine::migrations()?.as_bytes());
        return Ok(match written {
            Err(cause) if cause.kind() != std::io::ErrorKind::BrokenPipe => ExitCode::FAILURE,
            _ => ExitCode::SUCCESS,
        });
    }
    let Some(database) = &flags.database else {
        terminal::say(format_args!("hookbridge: name the database with --database"));
        return Ok(ExitCode::from(2));
    };
    engine::migrate(database)?;
    terminal::say(format_args!("hookbridge: the tables are up to date"));
    Ok(ExitCode::SUCCESS)
}
