//! `replay-all`, `cancel-all` and `delete-all`: page after page, with a counter on a terminal.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Args;
use hookbridge_core::{Engine, Error, ErrorCode, Result};
use serde_json::{Value, json};

use super::call::{Operation, call};
use super::operations::messages::{MessagesCancelAll, MessagesDeleteAll, MessagesReplayAll};
use super::progress::progress;
use crate::output::{self, Form};
use crate::terminal;

/// How many messages one request changes.
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

/// Which retries are given up.
#[derive(Debug, Args)]
pub struct CancelAllFlags {
    #[command(flatten)]
    which: MessagesCancelAll,
    /// At most so many; all where nothing is said.
    #[arg(long, value_name = "NUMBER")]
    limit: Option<u64>,
    /// Does not ask.
    #[arg(long)]
    yes: bool,
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

/// What became of the messages of all calls.
#[derive(Default)]
struct Sum {
    changed: u64,
    refused: BTreeMap<String, u64>,
}

/// Calls until the filter finds nothing more, or so many were changed. `count` is the field that says how many were.
fn sweep<O: Operation>(engine: &Engine, which: &O, limit: Option<u64>, count: &'static str) -> Result<Sum> {
    let bar = progress(count);
    let (mut sum, mut cursor) = (Sum::default(), Value::Null);
    let most = limit.unwrap_or(u64::MAX);
    while sum.changed < most {
        let mut request = which.request();
        request["limit"] = json!((most - sum.changed).min(PAGE));
        request["cursor"] = cursor;
        let answer = call(engine, O::NAME, request)?;
        sum.changed += answer[count].as_u64().unwrap_or(0);
        for (code, refused) in answer["refused"].as_object().into_iter().flatten() {
            *sum.refused.entry(code.clone()).or_default() += refused.as_u64().unwrap_or(0);
        }
        bar.set_position(sum.changed);
        cursor = answer["next_cursor"].clone();
        if cursor.is_null() {
            break;
        }
    }
    bar.finish_and_clear();
    Ok(sum)
}

fn told(answer: &Value, form: Form) -> ExitCode {
    output::print(&answer.to_string(), None, form)
}

/// Replays page after page.
pub fn replay_all(engine: &Engine, form: Form, flags: &ReplayAllFlags) -> Result<ExitCode> {
    let Sum { changed, refused } = sweep(engine, &flags.which, flags.limit, "replayed")?;
    let failed: u64 = refused.values().sum();
    let dry_run = flags.which.dry_run;
    Ok(told(&json!({"replayed": changed, "failed": failed, "refused": refused, "dry_run": dry_run}), form))
}

/// Gives retries up page after page.
pub fn cancel_all(engine: &Engine, form: Form, flags: &CancelAllFlags) -> Result<ExitCode> {
    let dry_run = flags.which.dry_run;
    if !dry_run && !flags.yes && !confirmed("Give up every retry that the filter finds? [y/N] ")? {
        terminal::say("hookbridge: nothing was cancelled");
        return Ok(ExitCode::FAILURE);
    }
    let Sum { changed, refused } = sweep(engine, &flags.which, flags.limit, "cancelled")?;
    Ok(told(&json!({"cancelled": changed, "refused": refused, "dry_run": dry_run}), form))
}

/// Deletes page after page.
pub fn delete_all(engine: &Engine, form: Form, flags: &DeleteAllFlags) -> Result<ExitCode> {
    let dry_run = flags.which.dry_run;
    if !dry_run && !flags.yes && !confirmed("Delete every message that the filter finds? [y/N] ")? {
        terminal::say("hookbridge: nothing was deleted");
        return Ok(ExitCode::FAILURE);
    }
    let Sum { changed, .. } = sweep(engine, &flags.which, flags.limit, "deleted")?;
    Ok(told(&json!({"deleted": changed, "dry_run": dry_run}), form))
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
