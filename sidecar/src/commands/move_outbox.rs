//! `hookbridge move`: an outbox goes from its file into a PostgreSQL database.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use hookbridge_core::engine::{self, MovedTable};
use hookbridge_core::{Error, ErrorCode, Result};
use serde_json::json;

use super::progress::progress;
use crate::terminal;

/// What goes where.
#[derive(Args)]
pub struct MoveFlags {
    /// The outbox file. Whoever sends to it or delivers from it is stopped before.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The address of the database, as postgresql://owner@host/name: migrated, and never used. A command line is visible to every
    /// user of the machine (`ps`): a password is better in a password file or in PGPASSWORD.
    #[arg(value_name = "ADDRESS")]
    database: PathBuf,
    /// Say how many rows there are and whether the database can take them. Writes nothing, and nobody has to be stopped.
    #[arg(long)]
    dry_run: bool,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
}

/// Moves, or says what would be moved.
pub fn run(flags: &MoveFlags) -> ExitCode {
    move_outbox(flags).unwrap_or_else(|error| {
        terminal::say(format_args!("hookbridge: {error}"));
        ExitCode::FAILURE
    })
}

fn move_outbox(flags: &MoveFlags) -> Result<ExitCode> {
    let bar = progress("");
    let tables = engine::move_outbox(&flags.file, &flags.database, flags.dry_run, &mut |step, rows| {
        bar.set_message(step);
        bar.set_position(rows);
    });
    bar.finish_and_clear();
    let tables = tables?;
    let printed = if flags.json {
        terminal::print_json(&json!({ "moved": !flags.dry_run, "tables": tables }).to_string())
    } else {
        terminal::print(shown(&tables))
    };
    printed.map_err(|cause| Error::new(ErrorCode::Internal, cause.to_string()))?;
    if !flags.dry_run {
        terminal::say(format_args!(
            "hookbridge: everything is in the database; the file is marked and not used any more"
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// The tables, each with its rows and the hash that both sides have.
fn shown(tables: &[MovedTable]) -> String {
    let line = |table: &MovedTable| {
        format!("{:<13}{:>12}  {}", table.table, table.rows, table.sha256.as_deref().unwrap_or(""))
    };
    tables.iter().map(|table| line(table).trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}
