//! `hookbridge send`: one message, or many from lines of JSON.

use std::io::{BufRead, BufReader, Read};
use std::process::ExitCode;

use clap::Args;
use hookbridge_core::operations::messages::{BATCH_LIMIT, SendRequest};
use hookbridge_core::{Engine, Error, ErrorCode, Result};
use serde_json::json;

use super::flags::header;
use super::progress::progress;
use crate::output::{self, Form};
use crate::terminal;

/// The largest batch in bytes. It fits into the smallest memory budget of an engine.
const BATCH_BYTES: usize = 512 * 1024;

/// The message, or the file of messages.
#[derive(Debug, Args)]
pub struct SendFlags {
    /// The endpoint.
    #[arg(required_unless_present = "lines", conflicts_with = "lines")]
    endpoint_id: Option<String>,
    /// The payload as JSON; `@FILE` for a file's content, `-` for stdin.
    #[arg(required_unless_present = "lines", conflicts_with = "lines")]
    payload: Option<String>,
    /// A header of the message; may be said again.
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = header, conflicts_with = "lines")]
    headers: Vec<(String, String)>,
    /// Accepts the same message once only.
    #[arg(long, value_name = "KEY", conflicts_with = "lines")]
    idempotency_key: Option<String>,
    /// How long the payload is kept; 0 drops it right after delivery.
    #[arg(long, value_name = "HOURS", conflicts_with = "lines")]
    retention_hours: Option<u32>,
    /// A file of messages, one JSON object a line with endpoint_id, payload and what else a send takes; `-` for stdin.
    #[arg(long, value_name = "FILE")]
    lines: Option<String>,
}

fn unreadable(name: &str, cause: impl std::fmt::Display) -> Error {
    Error::new(ErrorCode::InvalidRequest, format!("{name} cannot be read: {cause}"))
}

/// Runs `hookbridge send`.
pub fn run(engine: &Engine, form: Form, flags: SendFlags) -> Result<ExitCode> {
    if let Some(file) = &flags.lines {
        return send_lines(engine, form, file);
    }
    let (endpoint_id, payload) = (flags.endpoint_id.unwrap_or_default(), flags.payload.unwrap_or_default());
    let payload = match payload.strip_prefix('@') {
        Some(path) => std::fs::read(path).map_err(|cause| unreadable(path, cause))?,
        None if payload == "-" => {
            let mut bytes = Vec::new();
            std::io::stdin().read_to_end(&mut bytes).map_err(|cause| unreadable("stdin", cause))?;
            bytes
        }
        None => payload.into_bytes(),
    };
    let request = SendRequest {
        headers: (!flags.headers.is_empty()).then(|| flags.headers.into_iter().collect()),
        idempotency_key: flags.idempotency_key,
        retention_hours: flags.retention_hours,
        ..SendRequest::new(endpoint_id, payload)?
    };
    let receipt = engine.send(request)?;
    let answer = json!({"message_id": receipt.message_id, "status": receipt.status});
    Ok(output::print(&answer.to_string(), None, form))
}

/// How many lines were accepted and refused.
#[derive(Default)]
struct Tally {
    accepted: u64,
    refused: u64,
}

fn send_lines(engine: &Engine, form: Form, file: &str) -> Result<ExitCode> {
    let input: Box<dyn Read> = match file {
        "-" => Box::new(std::io::stdin()),
        path => Box::new(std::fs::File::open(path).map_err(|cause| unreadable(path, cause))?),
    };
    let bar = progress("sent");
    let (mut tally, mut batch, mut bytes) = (Tally::default(), Vec::new(), 0);
    for (number, line) in (1u64..).zip(BufReader::new(input).lines()) {
        let line = line.map_err(|cause| unreadable(file, cause))?;
        if line.trim().is_empty() {
            continue;
        }
        bytes += line.len();
        match serde_json::from_str::<SendRequest>(&line) {
            Ok(request) => batch.push((number, request)),
            Err(cause) => refuse(&mut tally, number, ErrorCode::InvalidRequest, &cause.to_string()),
        }
        if batch.len() == BATCH_LIMIT || bytes >= BATCH_BYTES {
            send_batch(engine, &mut tally, std::mem::take(&mut batch))?;
            bar.set_position(tally.accepted + tally.refused);
            bytes = 0;
        }
    }
    send_batch(engine, &mut tally, batch)?;
    bar.finish_and_clear();
    let answer = json!({"accepted": tally.accepted, "refused": tally.refused});
    let printed = output::print(&answer.to_string(), None, form);
    Ok(if tally.refused > 0 { ExitCode::FAILURE } else { printed })
}

fn send_batch(engine: &Engine, tally: &mut Tally, batch: Vec<(u64, SendRequest)>) -> Result<()> {
    if batch.is_empty() {
        return Ok(());
    }
    let (numbers, requests): (Vec<u64>, Vec<SendRequest>) = batch.into_iter().unzip();
    for (number, outcome) in numbers.into_iter().zip(engine.send_batch(requests)?) {
        match outcome {
            Ok(_) => tally.accepted += 1,
            Err(error) => refuse(tally, number, error.code(), error.message()),
        }
    }
    Ok(())
}

fn refuse(tally: &mut Tally, number: u64, code: ErrorCode, message: &str) {
    tally.refused += 1;
    terminal::say(format_args!("line {number}: {code}: {message}"));
}
