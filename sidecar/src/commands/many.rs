//! `replay-all` and `delete-all`: page after page, with a counter on a terminal.

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Args;
use hookbridge_core::{Engine, Error, ErrorCode, Result};
use serde_json::json;

use super::call::{Operation, call};
use super::operations::messages::{MessagesDeleteAll, MessagesReplayAll};
use super::progress::progress;
use crate::{output, terminal};

/// How many messages one request replays or deletes.
const PAGE: u64 = 1000;

/// Which messages are queued again.
#[derive(Debug, Args)]
pub struct ReplayAllFlags {
    #[command(flatten)]
    which: MessagesReplayAll,
    /// At most so many; all where nothing is said.
    #[arg(long, value_name = "NUMBER")]
    limit: Option<u64>,
}

/// Replays page after page until nothing is left, or nothing more can be replayed.
pub fn replay_all(engine: &Engine, as_json: bool, flags: &ReplayAllFlags) -> Result<ExitCode> {
    let bar = progress("replayed");
    let (mut replayed, mut failed, mut left) = (0, 0, flags.limit.unwrap_or(u64::MAX));
    while left > 0 {
        let mut request = flags.which.request();
        request["limit"] = json!(left.min(PAGE));
        let answer = call(engine, MessagesReplayAll::NAME, request)?;
        let now = answer["replayed"].as_u64().unwrap_or(0);
        replayed += now;
        failed = answer["failed"].as_u64().unwrap_or(0);
        left = left.saturating_sub(now);
        bar.set_position(replayed);
        // The messages that failed would be tried again for ever.
        if now == 0 {
            break;
        }
    }
    bar.finish_and_clear();
    Ok(output::print(&json!({"replayed": replayed, "failed": failed}).to_string(), &[], as_json))
}

/// Which messages are deleted.
#[derive(Debug, Args)]
pub struct DeleteAllFlags {
    #[command(flatten)]
    which: MessagesDeleteAll,
    /// At most so many; all where nothing is said.
    #[arg(long, value_name = "NUMBER")]
    limit: Option<u64>,
    /// Does not ask.
    #[arg(long)]
    yes: bool,
}

/// Deletes page after page until nothing is left.
pub fn delete_all(engine: &Engine, as_json: bool, flags: &DeleteAllFlags) -> Result<ExitCode> {
    if !flags.yes && !confirmed("Delete every message that the filter finds? [y/N] ")? {
        terminal::say("hookbridge: nothing was deleted");
        return Ok(ExitCode::FAILURE);
    }
    let bar = progress("deleted");
    let (mut deleted, mut left) = (0, flags.limit.unwrap_or(u64::MAX));
    while left > 0 {
        let limit = left.min(PAGE);
        let mut request = flags.which.request();
        request["limit"] = json!(limit);
        let answer = call(engine, MessagesDeleteAll::NAME, request)?;
        let now = answer["deleted"].as_u64().unwrap_or(0);
        deleted += now;
        left = left.saturating_sub(now);
        bar.set_position(deleted);
        if now < limit {
            break;
        }
    }
    bar.finish_and_clear();
    Ok(output::print(&json!({"deleted": deleted}).to_string(), &[], as_json))
}

/// Asks on the terminal. Without a terminal, `--yes` is needed.
fn confirmed(question: &str) -> Result<bool> {
    if !std::io::stdin().is_terminal() {
        return Err(Error::new(ErrorCode::InvalidRequest, "say --yes where nobody can be asked"));
    }
    terminal::ask(question);
    let mut answer = String::new();
    let read = std::io::stdin().read_line(&mut answer);
    Ok(read.is_ok() && matches!(answer.trim(), "y" | "Y" | "yes"))
}
