//! The exports of an outbox: their rows, and reading the messages for a file.

use crate::error::{Error, ErrorCode, Result};
use crate::model::export::{Export, ExportFilter};
use crate::model::ids::{EndpointId, ExportId, MessageId};
use crate::model::message::MessageStatus;
use crate::model::timestamp::Timestamp;
use crate::outbox::page::Cursor;

/// How the writing of a file ended.
#[derive(Clone, Debug)]
pub(crate) enum Written {
    Whole { rows: u64, bytes: u64 },
    Failed(String),
}

/// A message, for a line of the file.
pub(crate) struct ExportedMessage {
    pub created_at: Timestamp,
    pub status: MessageStatus,
    pub endpoint_id: EndpointId,
    pub message_id: MessageId,
    pub endpoint_url: String,
    pub attempt_count: u32,
    pub delivered_at: Option<Timestamp>,
    pub response_status: Option<u16>,
    pub response_latency_ms: Option<u32>,
    pub last_error: Option<String>,
    pub idempotency_key: Option<String>,
    pub payload_sha256: [u8; 32],
    pub size_bytes: u64,
}

/// Whether there is room for one more export beside `kept` that have a file or will have one.
///
/// # Errors
/// `RATE_LIMIT_EXCEEDED`
pub(in crate::outbox) fn check_room(kept: u64, most: u64) -> Result<()> {
    if kept < most {
        return Ok(());
    }
    let message = format!("there are {most} exports (`max_exports`): delete one, or wait until one expires");
    Err(Error::new(ErrorCode::RateLimitExceeded, message))
}

/// The exports of an outbox. The files are not in it.
pub(crate) trait Exports: Send + Sync {
    fn export(&self, id: &ExportId) -> Result<Option<Export>>;

    /// Every export, newest first.
    fn exports(&self) -> Result<Vec<Export>>;

    /// The exports that are not written yet, oldest first.
    fn unfinished_exports(&self) -> Result<Vec<ExportId>>;

    /// Creates the row of an export. `link_secret` is stored where the outbox has none yet.
    ///
    /// # Errors
    /// `RATE_LIMIT_EXCEEDED` where `most` exports have a file or will have one.
    fn create_export(
        &self,
        id: ExportId,
        filter: ExportFilter,
        most: u64,
        link_secret: [u8; 32],
    ) -> Result<Export>;

    /// Deletes an export. False where there is none.
    fn delete_export(&self, id: ExportId) -> Result<bool>;

    /// Marks an export as being written. False where it was deleted or is finished.
    fn begin_export(&self, id: ExportId) -> Result<bool>;

    /// Stores the result of an export. False where it was deleted, or another process finished it.
    fn finish_export(&self, id: ExportId, written: Written, kept_until: Timestamp) -> Result<bool>;

    /// Drops the rows of exports that expired before `before`.
    fn forget_exports(&self, before: Timestamp) -> Result<()>;

    /// Reads the next `looked_at` messages behind `after`. Returns those that the filter takes, and the cursor for the
    /// next; `None` where none can follow.
    fn exported(
        &self,
        filter: &ExportFilter,
        after: Option<Cursor>,
        looked_at: usize,
    ) -> Result<(Vec<ExportedMessage>, Option<Cursor>)>;

    /// The secret that signs the links to files; `None` before the first export.
    fn link_secret(&self) -> Result<Option<[u8; 32]>>;
}
