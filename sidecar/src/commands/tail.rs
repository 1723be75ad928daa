//! `hookbridge messages tail`: the newest messages, and what happens to messages from then on.

use std::collections::HashMap;
use std::io;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::Args;
use hookbridge_core::{Engine, Error, ErrorCode, Result};
use serde_json::{Value, json};

use super::call::call;
use super::flags::MessageFilter;
use crate::{output, terminal};

/// How many of the newest messages are followed.
const FOLLOWED: u64 = 500;
const POLL: Duration = Duration::from_millis(250);
const SLICE: Duration = Duration::from_millis(25);
/// The columns with their widths. The longest of the usual errors has room, and a longer one shifts the rest of its line.
const COLUMNS: &[(&str, usize)] = &[
    ("message_id", 36),
    ("status", 16),
    ("last_error", 25),
    ("created_at", 24),
    ("attempt_count", 2),
    ("endpoint", 0),
];

/// Flags of `hookbridge messages tail`.
#[derive(Debug, Args)]
pub struct TailFlags {
    /// Go on: print new messages, and those among the newest 500 whose status changes.
    #[arg(short, long)]
    follow: bool,
    /// How many of the newest come first.
    #[arg(long, default_value = "10", value_name = "NUMBER")]
    limit: u64,
    #[command(flatten)]
    filter: MessageFilter,
}

/// Prints until stdout is closed or a signal comes.
pub fn run(engine: &Engine, as_json: bool, flags: &TailFlags) -> Result<ExitCode> {
    let stopped = signal_flag()?;
    let mut known: HashMap<String, (Value, Value)> = HashMap::new();
    let mut first = true;
    loop {
        let request = json!({
            "status": flags.filter.status,
            "endpoint_id": flags.filter.endpoint_id,
            "limit": if flags.follow { FOLLOWED } else { flags.limit.clamp(1, FOLLOWED) },
        });
        let page = call(engine, "logs.list", request)?;
        let newest = page["data"].as_array().map(Vec::as_slice).unwrap_or_default();
        let mut seen = HashMap::with_capacity(newest.len());
        for (age, message) in newest.iter().enumerate().rev() {
            let id = message["message_id"].as_str().unwrap_or_default().to_owned();
            let state = (message["status"].clone(), message["attempt_count"].clone());
            let has_changed = known.get(&id) != Some(&state) && (!first || (age as u64) < flags.limit);
            if has_changed {
                let printed = if as_json {
                    terminal::print_json(&message.to_string())
                } else {
                    terminal::print_pieces(&[output::row(message, COLUMNS)])
                };
                let printed = printed.map_err(|cause| {
                    Error::new(ErrorCode::StorageUnavailable, format!("stdout cannot be written: {cause}"))
                })?;
                if !printed {
                    return Ok(ExitCode::SUCCESS);
                }
            }
            seen.insert(id, state);
        }
        known = seen;
        first = false;
        let mut waited = Duration::ZERO;
        while waited < POLL {
            if !flags.follow || stopped.load(Ordering::Relaxed) {
                return Ok(ExitCode::SUCCESS);
            }
            std::thread::sleep(SLICE);
            waited += SLICE;
        }
    }
}

/// A flag that SIGINT and SIGTERM set.
fn signal_flag() -> Result<Arc<AtomicBool>> {
    let failed =
        |cause: io::Error| Error::new(ErrorCode::Internal, format!("signals cannot be heard: {cause}"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
    let stopped = Arc::new(AtomicBool::new(false));
    let flag = stopped.clone();
    let (ready, heard) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        runtime.block_on(async {
            use tokio::signal::unix::{SignalKind, signal};
            let signals = signal(SignalKind::interrupt())
                .and_then(|first| Ok((first, signal(SignalKind::terminate())?)));
            match signals {
                Ok((mut interrupt, mut terminate)) => {
                    let _ = ready.send(Ok(()));
                    tokio::select! {
                        _ = interrupt.recv() => {}
                        _ = terminate.recv() => {}
                    }
                    flag.store(true, Ordering::Relaxed);
                }
                Err(cause) => drop(ready.send(Err(cause))),
            }
        });
    });
    match heard.recv() {
        Ok(Ok(())) => Ok(stopped),
        Ok(Err(cause)) => Err(failed(cause)),
        Err(_) => Err(Error::new(ErrorCode::Internal, "signals cannot be heard")),
    }
}
