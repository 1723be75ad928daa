//! `hookbridge send`: one message, or many from lines of JSON.

use std::io::{BufRead, BufReader, Read};
use std::process::ExitCode;

use clap::Args;
use hookbridge_core::model::header_map::HeaderMap;
use hookbridge_core::model::timestamp::Timestamp;
use hookbridge_core::operations::definition::SEND_EVENT;
use hookbridge_core::operations::messages::{BATCH_LIMIT, SendRequest};
use hookbridge_core::{Engine, Error, ErrorCode, Result};
use serde::Serialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::flags::header;
use super::progress::progress;
use crate::output::{self, Form};
use crate::terminal;

/// The largest batch in bytes. It fits into the smallest memory budget of an engine.
const BATCH_BYTES: usize = 512 * 1024;

/// The message, or the file of messages.
#[derive(Debug, Args)]
pub struct SendFlags {
    /// The endpoint; with `--type` the payload, since an event goes to every endpoint that wants it.
    #[arg(required_unless_present = "lines", conflicts_with = "lines")]
    endpoint_id: Option<String>,
    /// The payload as JSON; `@FILE` for a file's content, `-` for stdin.
    #[arg(required_unless_present_any = ["lines", "event_type"], conflicts_with_all = ["lines", "event_type"])]
    payload: Option<String>,
    /// Sends an event of this type.
    #[arg(long = "type", value_name = "TYPE", conflicts_with = "lines")]
    event_type: Option<String>,
    /// The customer whose endpoints an event goes to.
    #[arg(long, requires = "event_type")]
    tenant: Option<String>,
    /// A header of the message; may be said again.
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = header, conflicts_with = "lines")]
    headers: Vec<(String, String)>,
    /// Accepts the same message once only.
    #[arg(long, value_name = "KEY", conflicts_with = "lines")]
    idempotency_key: Option<String>,
    /// How long the payload is kept; 0 drops it right after delivery.
    #[arg(long, value_name = "HOURS", conflicts_with = "lines")]
    retention_hours: Option<u32>,
    /// Messages of an endpoint with this key are delivered one after another.
    #[arg(long, value_name = "KEY", conflicts_with = "lines")]
    ordering_key: Option<String>,
    /// Before when it is not delivered; at most a year ahead.
    #[arg(long, value_name = "TIME", conflicts_with = "lines")]
    deliver_at: Option<String>,
    /// After when it is not tried any more.
    #[arg(long, value_name = "TIME", conflicts_with = "lines")]
    expires_at: Option<String>,
    /// A file of messages, one JSON object a line with endpoint_id, payload and what else a send takes; `-` for stdin.
    #[arg(long, value_name = "FILE")]
    lines: Option<String>,
}

fn unreadable(name: &str, cause: impl std::fmt::Display) -> Error {
    Error::new(ErrorCode::InvalidRequest, format!("{name} cannot be read: {cause}"))
}

/// A moment that was given as a text.
fn moment(flag: &str, text: Option<String>) -> Result<Option<Timestamp>> {
    let Some(text) = text else { return Ok(None) };
    let read = serde_json::from_value(json!(text));
    read.map(Some)
        .map_err(|cause| Error::new(ErrorCode::InvalidRequest, format!("`{flag}` is no moment: {cause}")))
}

/// Runs `hookbridge send`.
pub fn run(engine: &Engine, form: Form, flags: SendFlags) -> Result<ExitCode> {
    if let Some(file) = &flags.lines {
        return send_lines(engine, form, file);
    }
    let (first, second) = (flags.endpoint_id.unwrap_or_default(), flags.payload.unwrap_or_default());
    let (endpoint_id, payload) =
        if flags.event_type.is_some() { (String::new(), first) } else { (first, second) };
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
        ordering_key: flags.ordering_key,
        deliver_at: moment("--deliver-at", flags.deliver_at)?,
        expires_at: moment("--expires-at", flags.expires_at)?,
        ..SendRequest::new(endpoint_id, payload)?
    };
    if let Some(event_type) = flags.event_type {
        return send_event(engine, form, &event_type, flags.tenant, request);
    }
    let receipt = engine.send(request)?;
    let answer = json!({"message_id": receipt.message_id, "status": receipt.status});
    Ok(output::print(&answer.to_string(), None, form))
}

/// Sends what was read as an event.
fn send_event(
    engine: &Engine,
    form: Form,
    event_type: &str,
    tenant: Option<String>,
    request: SendRequest,
) -> Result<ExitCode> {
    let document = String::from_utf8_lossy(request.payload.as_bytes()).into_owned();
    let payload = RawValue::from_string(document).map_err(|cause| {
        Error::new(ErrorCode::InvalidRequest, format!("the payload is not valid JSON: {cause}"))
    })?;
    let event = Event {
        r#type: event_type,
        tenant,
        payload,
        headers: request.headers,
        idempotency_key: request.idempotency_key,
        retention_hours: request.retention_hours,
        ordering_key: request.ordering_key,
        deliver_at: request.deliver_at,
        expires_at: request.expires_at,
    };
    let written = serde_json::to_string(&event)
        .map_err(|cause| Error::new(ErrorCode::Internal, format!("the event cannot be written: {cause}")))?;
    let answer = engine.call(SEND_EVENT, &written)?;
    Ok(output::print(&answer, None, form))
}

/// The request of an event.
#[derive(Serialize)]
struct Event<'a> {
    r#type: &'a str,
    tenant: Option<String>,
    payload: Box<RawValue>,
    headers: Option<HeaderMap>,
    idempotency_key: Option<String>,
    retention_hours: Option<u32>,
    ordering_key: Option<String>,
    deliver_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
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
