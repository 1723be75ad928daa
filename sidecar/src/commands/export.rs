//! `hookbridge export`: a CSV file of messages.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use hookbridge_core::{Engine, Error, ErrorCode, Result};
use serde_json::json;

use super::call::call;
use super::flags::MessageFilter;
use super::progress::progress;
use crate::output::{self, Form};
use crate::terminal;

const POLL: Duration = Duration::from_millis(50);

/// Which messages, and where to.
#[derive(Debug, Args)]
pub struct ExportFlags {
    /// The first moment (RFC 3339) at which they were accepted.
    #[arg(long, value_name = "TIME", default_value = "1970-01-01T00:00:00Z")]
    since: String,
    /// The moment before which they were accepted.
    #[arg(long, value_name = "TIME", default_value = "9999-01-01T00:00:00Z")]
    until: String,
    #[command(flatten)]
    filter: MessageFilter,
    /// The file, which must not exist; `-` for stdout.
    #[arg(long, short, value_name = "FILE", default_value = "-")]
    output: String,
}

fn unwritable(name: &str, cause: &io::Error) -> Error {
    Error::new(ErrorCode::StorageUnavailable, format!("{name} cannot be written: {cause}"))
}

/// Creates the file with mode 0600, like the outbox's. `create_new` follows no link.
fn create(target: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(target)
}

/// Counts the bytes that are written.
struct ProgressWriter<'a, W: Write>(W, &'a indicatif::ProgressBar);

impl<W: Write> Write for ProgressWriter<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.0.write(bytes)?;
        self.1.inc(written as u64);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Creates an export, waits for it, copies its file, and deletes the export.
pub fn run(engine: &Engine, form: Form, flags: &ExportFlags) -> Result<ExitCode> {
    // Created before the export: a mistyped name fails at once.
    let to_stdout = flags.output == "-";
    let target = PathBuf::from(&flags.output);
    let mut file = match to_stdout {
        true => None,
        false => Some(create(&target).map_err(|cause| unwritable(&flags.output, &cause))?),
    };
    let bar = progress("bytes");
    let request = json!({
        "start_time": flags.since,
        "end_time": flags.until,
        "status": flags.filter.status,
        "endpoint_id": flags.filter.endpoint_id,
    });
    let exported = call(engine, "exports.create", request).and_then(|export| {
        let id = export["id"].as_str().unwrap_or_default().to_owned();
        let copied = completed(engine, &id).and_then(|export| {
            let mut out: Box<dyn Write> = match file.as_mut() {
                Some(file) => Box::new(file),
                None => terminal::content(),
            };
            engine.download_export(&id, &mut ProgressWriter(&mut out, &bar))?;
            out.flush().map_err(|cause| unwritable(&flags.output, &cause))?;
            Ok(export)
        });
        let deleted = call(engine, "exports.delete", json!({"export_id": id}));
        copied.and_then(|export| deleted.map(|_| export))
    });
    bar.finish_and_clear();
    match exported {
        Ok(_) if to_stdout => Ok(ExitCode::SUCCESS),
        Ok(export) => {
            let answer =
                json!({"file": target, "rows": export["row_count"], "bytes": export["file_size_bytes"]});
            Ok(output::print(&answer.to_string(), None, form))
        }
        Err(error) => {
            if !to_stdout {
                let _ = std::fs::remove_file(&target);
            }
            Err(error)
        }
    }
}

fn completed(engine: &Engine, id: &str) -> Result<serde_json::Value> {
    loop {
        let export = call(engine, "exports.get", json!({"export_id": id}))?;
        match export["status"].as_str() {
            Some("completed") => return Ok(export),
            Some("pending" | "processing") => std::thread::sleep(POLL),
            _ => {
                let why = export["error_message"].as_str().unwrap_or("the export is over");
                return Err(Error::new(ErrorCode::StorageUnavailable, why));
            }
        }
    }
}
