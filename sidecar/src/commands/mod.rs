//! The commands that work on an outbox, in a file or behind a server. Most of them are one operation of the engine
//! ([`operations`]).

mod call;
pub mod console;
pub mod doctor;
pub mod export;
pub mod flags;
pub mod health;
mod many;
pub mod metrics;
pub mod migrate;
#[cfg(feature = "postgres")]
pub mod move_outbox;
pub mod operations;
pub mod outbox;
mod progress;
pub mod send;
pub mod sqlite_outbox;
mod tail;

use std::process::ExitCode;

use call::{Call, Operation, unreadable};
use clap::Subcommand;
use hookbridge_core::{Engine, Result};
use operations::messages::{MessagesAttempts, MessagesGet, MessagesOperation, MessagesPayload};
use outbox::OutboxFlags;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::output::{self, Form};
use crate::terminal;

#[derive(Debug, Subcommand)]
pub enum Messages {
    #[command(flatten)]
    Operation(MessagesOperation),
    /// Show a message with its payload and its attempts.
    Show { message_id: String },
    /// Print the newest messages, and with -f whatever happens to messages from now on.
    ///
    /// Times are absolute: a line stays on the screen while time passes.
    Tail(tail::TailFlags),
    /// Queue again messages that failed or wait for a retry, oldest first.
    ReplayAll(many::ReplayAllFlags),
    /// Give up the retries that the filter finds, oldest first.
    CancelAll(many::CancelAllFlags),
    /// Delete every message that the filter finds.
    DeleteAll(many::DeleteAllFlags),
}

/// Runs a command of `hookbridge messages`.
pub fn messages(outbox: &OutboxFlags, action: Messages) -> ExitCode {
    match action {
        Messages::Operation(operation) => run(outbox, &operation.call()),
        Messages::Show { message_id } => outbox.with(|engine| show(engine, outbox.form, &message_id)),
        Messages::Tail(flags) => outbox.with(|engine| tail::run(engine, outbox.form.json, &flags)),
        Messages::ReplayAll(flags) => outbox.with(|engine| many::replay_all(engine, outbox.form, &flags)),
        Messages::CancelAll(flags) => outbox.with(|engine| many::cancel_all(engine, outbox.form, &flags)),
        Messages::DeleteAll(flags) => outbox.with(|engine| many::delete_all(engine, outbox.form, &flags)),
    }
}

/// Prints a message and its attempts.
fn show(engine: &Engine, form: Form, message_id: &str) -> Result<ExitCode> {
    let id = || message_id.to_owned();
    let message = answer(engine, &Call::of(&MessagesGet { message_id: id() }))?;
    let attempts = answer(engine, &Call::of(&MessagesAttempts { message_id: id() }))?;
    // It may be gone, or the server may be older than the operation.
    let payload = answer(engine, &Call::of(&MessagesPayload { message_id: id() })).ok();
    let payload = payload.and_then(|answer| serde_json::from_str::<Payload>(&answer).ok());
    let payload = payload.map(|found| found.payload);
    if form.json {
        return Ok(output::print(&whole(&message, payload.as_deref(), &attempts)?, None, form));
    }
    let shown = output::print(&message, None, form);
    let _ = terminal::print("");
    if let Some(payload) = &payload {
        let _ = terminal::print(payload);
        let _ = terminal::print("");
    }
    let listed = output::print(&attempts, MessagesAttempts::TABLE.as_ref(), form);
    Ok(if shown == ExitCode::SUCCESS { listed } else { shown })
}

/// The payload in the answer of `messages.payload`.
#[derive(Deserialize)]
struct Payload {
    payload: String,
}

/// The answers of `messages.get` and `messages.attempts` as one document, with the payload as a text. Their bytes stay as they are.
fn whole(message: &str, payload: Option<&str>, attempts: &str) -> Result<String> {
    #[derive(Deserialize)]
    struct Attempts<'a> {
        #[serde(borrow)]
        data: &'a RawValue,
    }
    #[derive(Serialize)]
    struct Shown<'a> {
        message: &'a RawValue,
        payload: Option<&'a str>,
        attempts: &'a RawValue,
    }
    let read = || {
        let attempts: Attempts<'_> = serde_json::from_str(attempts)?;
        let message = serde_json::from_str(message)?;
        serde_json::to_string(&Shown { message, payload, attempts: attempts.data })
    };
    read().map_err(unreadable)
}

/// Runs one command.
pub fn run(outbox: &OutboxFlags, call: &Call) -> ExitCode {
    outbox.with(|engine| Ok(output::print(&answer(engine, call)?, call.table.as_ref(), outbox.form)))
}

fn answer(engine: &Engine, call: &Call) -> Result<String> {
    engine.call(call.operation, &call.request.to_string())
}

#[cfg(test)]
mod tests {
    use hookbridge_core::ErrorCode;

    use super::*;

    #[test]
    fn attempts_are_found_whatever_stands_beside_them() {
        let (message, list) = (r#"{"a": 1.10}"#, r#"[{"b": ",\"has_more\":"}, {"data": []}]"#);
        for attempts in [
            format!(r#"{{"data":{list},"has_more":false}}"#),
            format!(r#"{{"total": 2, "data": {list}, "next_cursor": null}}"#),
        ] {
            let shown = whole(message, Some("[1.10]"), &attempts).unwrap();
            assert_eq!(shown, format!(r#"{{"message":{message},"payload":"[1.10]","attempts":{list}}}"#));
        }
        assert_eq!(whole(message, None, "[]").unwrap_err().code(), ErrorCode::Internal);
    }
}
