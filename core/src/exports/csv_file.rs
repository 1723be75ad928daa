//! Writing one file: it has another name until it is whole, and one process has it locked.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use nix::fcntl::{FcntlArg, fcntl};
use nix::libc;

use crate::error::{Error, ErrorCode, Result};
use crate::model::hex;
use crate::model::ids::ExportId;
use crate::outbox::Outbox;
use crate::outbox::exports::{ExportedMessage, Written};
use crate::outbox::sqlite::side_file;

/// How many rows one read takes. Between two reads the log can be folded.
const PAGE: usize = 1000;
/// The columns (docs/contract.md#exports).
const COLUMNS: [&str; 13] = [
    "message_id",
    "endpoint_id",
    "endpoint_url",
    "status",
    "attempt_count",
    "created_at",
    "delivered_at",
    "response_status",
    "response_latency_ms",
    "last_error",
    "idempotency_key",
    "payload_sha256",
    "size_bytes",
];

/// How the writing of a file ended.
pub(super) enum WriteOutcome {
    Written(Written),
    /// The writing stopped: the engine was closed, the outbox cannot be read, or the export was deleted.
    Abandoned,
}

/// An unfinished file that this process writes.
pub(super) struct PartFile {
    id: ExportId,
    folder: PathBuf,
    file: File,
}

impl PartFile {
    /// Creates and locks the file of `id`; `None` where another process has it locked. The lock is a record lock (fcntl),
    /// the only kind that a forked child does not keep alive.
    pub(super) fn claim(database: &Path, folder: &Path, id: ExportId) -> Option<Self> {
        let opened = side_file::create_folder(database, folder).and_then(|()| {
            let part = folder.join(format!("{id}.part"));
            let mut options = OpenOptions::new();
            side_file::open(database, &part, options.write(true).create(true).truncate(false))
        });
        let file = match opened {
            Ok(file) => file,
            Err(error) => {
                tracing::warn!(target: "hookbridge::exports", %error, "an export cannot be written");
                return None;
            }
        };
        let whole = libc::flock {
            l_type: libc::F_WRLCK as libc::c_short,
            l_whence: libc::SEEK_SET as libc::c_short,
            l_start: 0,
            l_len: 0,
            l_pid: 0,
        };
        fcntl(file.as_fd(), FcntlArg::F_SETLK(&whole)).ok()?;
        Some(Self { id, folder: folder.to_owned(), file })
    }

    fn part(&self) -> PathBuf {
        self.folder.join(format!("{}.part", self.id))
    }

    /// Removes the file.
    pub(super) fn discard(self) {
        let _ = std::fs::remove_file(self.part());
    }

    /// Writes the whole file and renames it to its final name.
    pub(super) fn write(
        self,
        outbox: &dyn Outbox,
        stopped: impl Fn() -> bool,
        check_size: impl Fn() -> Result<()>,
    ) -> WriteOutcome {
        match self.write_rows(outbox, stopped, check_size) {
            Ok(Some(rows)) => match self.publish() {
                Ok(bytes) => WriteOutcome::Written(Written::Whole { rows, bytes }),
                Err(error) => self.failed(&error.to_string()),
            },
            Ok(None) => WriteOutcome::Abandoned,
            // The outbox may be readable again later.
            Err(error) if matches!(error.code(), ErrorCode::StorageUnavailable | ErrorCode::Closed) => {
                WriteOutcome::Abandoned
            }
            Err(error) => self.failed(error.message()),
        }
    }

    fn failed(self, why: &str) -> WriteOutcome {
        let why = why.to_owned();
        self.discard();
        WriteOutcome::Written(Written::Failed(why))
    }

    /// Writes the rows and returns their number; `None` where the writing stopped.
    fn write_rows(
        &self,
        outbox: &dyn Outbox,
        stopped: impl Fn() -> bool,
        check_size: impl Fn() -> Result<()>,
    ) -> Result<Option<u64>> {
        let failed = |cause: io::Error| {
            Error::new(ErrorCode::Internal, format!("the file cannot be written: {cause}"))
        };
        self.file.set_len(0).map_err(failed)?;
        let mut lines = csv::Writer::from_writer(BufWriter::new(&self.file));
        lines.write_record(COLUMNS).map_err(|cause| failed(cause.into()))?;
        let Some(export) = outbox.export(&self.id)? else { return Ok(None) };
        let (mut after, mut rows) = (None, 0);
        loop {
            if stopped() || outbox.export(&self.id)?.is_none() {
                return Ok(None);
            }
            let (found, last) = outbox.exported(&export.filter, after, PAGE)?;
            for message in &found {
                lines.write_record(fields(message)).map_err(|cause| failed(cause.into()))?;
            }
            rows += found.len() as u64;
            lines.flush().map_err(failed)?;
            check_size()?;
            after = last;
            if after.is_none() {
                break;
            }
        }
        lines.flush().map_err(failed)?;
        Ok(Some(rows))
    }

    /// Syncs the file, renames it to its final name and returns its size.
    fn publish(&self) -> io::Result<u64> {
        (&self.file).flush()?;
        self.file.sync_all()?;
        let bytes = self.file.metadata()?.len();
        std::fs::rename(self.part(), self.folder.join(format!("{}.csv", self.id)))?;
        File::open(&self.folder)?.sync_all()?;
        Ok(bytes)
    }
}

fn fields(message: &ExportedMessage) -> [String; COLUMNS.len()] {
    fn text<T: ToString>(value: Option<T>) -> String {
        value.map(|value| value.to_string()).unwrap_or_default()
    }
    [
        message.message_id.to_string(),
        message.endpoint_id.to_string(),
        message.endpoint_url.clone(),
        message.status.name().to_owned(),
        message.attempt_count.to_string(),
        message.created_at.to_string(),
        text(message.delivered_at),
        text(message.response_status),
        text(message.response_latency_ms),
        harmless(message.last_error.as_deref().unwrap_or_default()),
        message.idempotency_key.clone().unwrap_or_default(),
        hex::encode(&message.payload_sha256),
        message.size_bytes.to_string(),
    ]
}

/// Keeps a spreadsheet from taking `last_error` for a formula. It is the only column that a receiver can influence: an
/// idempotency key is letters, digits, `_` and `-`, and a URL begins with its scheme.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_quoted() {
        assert_eq!(harmless("=cmd()"), "'=cmd()");
        assert_eq!(harmless("connection refused"), "connection refused");
        assert_eq!(harmless(""), "");
    }
}
