//! The lines of one export, from its messages.

use std::io;

use crate::error::{Error, ErrorCode, Result};
use crate::model::hex;
use crate::model::ids::ExportId;
use crate::outbox::Outbox;
use crate::outbox::export_bytes::ExportWriter;
use crate::outbox::exports::{ExportedMessage, Written};

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

/// Writes a whole export. `None` where the writing stopped: the engine was closed, the outbox cannot be read, the export was
/// deleted or another process writes it.
pub(super) fn write(
    writer: &mut dyn ExportWriter,
    outbox: &dyn Outbox,
    id: &ExportId,
    stopped: impl Fn() -> bool,
    check_size: impl Fn() -> Result<()>,
) -> Option<Written> {
    let written = write_rows(writer, outbox, id, stopped, check_size).and_then(|rows| match rows {
        Some(rows) => Ok(writer.publish()?.map(|bytes| Written::Whole { rows, bytes })),
        None => Ok(None),
    });
    match written {
        Ok(written) => written,
        // The outbox may be readable again later.
        Err(error) if matches!(error.code(), ErrorCode::StorageUnavailable | ErrorCode::Closed) => None,
        Err(error) => {
            writer.discard();
            Some(Written::Failed(error.message().to_owned()))
        }
    }
}

/// Writes the rows and returns their number; `None` where the writing stopped.
fn write_rows(
    writer: &mut dyn ExportWriter,
    outbox: &dyn Outbox,
    id: &ExportId,
    stopped: impl Fn() -> bool,
    check_size: impl Fn() -> Result<()>,
) -> Result<Option<u64>> {
    let failed =
        |cause: io::Error| Error::new(ErrorCode::Internal, format!("a line cannot be made: {cause}"));
    let mut lines = csv::Writer::from_writer(Vec::new());
    lines.write_record(COLUMNS).map_err(|cause| failed(cause.into()))?;
    let Some(export) = outbox.export(id)? else { return Ok(None) };
    let (mut after, mut rows) = (None, 0);
    loop {
        if stopped() || outbox.export(id)?.is_none() {
            return Ok(None);
        }
        let (found, last) = outbox.exported(&export.filter, after, PAGE)?;
        for message in &found {
            lines.write_record(fields(message)).map_err(|cause| failed(cause.into()))?;
        }
        rows += found.len() as u64;
        let page = lines.into_inner().map_err(|cause| failed(cause.into_error()))?;
        if !writer.write(&page)? {
            return Ok(None);
        }
        check_size()?;
        after = last;
        if after.is_none() {
            return Ok(Some(rows));
        }
        lines = csv::Writer::from_writer(Vec::new());
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
