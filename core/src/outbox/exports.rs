//! Exports as a store keeps them: what was asked for, how it came out, and the messages that go into a file.

use crate::error::{Error, ErrorCode, Result};
use crate::model::export::{Export, ExportFilter};
use crate::model::ids::{EndpointId, ExportId, MessageId};
use crate::model::message::MessageStatus;
use crate::model::timestamp::Timestamp;
use crate::outbox::page::Cursor;

/// How a file came out.
#[derive(Clone, Debug)]
pub(crate) enum Written {
    Whole { rows: u64, bytes: u64 },
    Failed(String),
}

/// A message as a line of the file.
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

    /// What is not written yet, oldest first.
    fn unfinished_exports(&self) -> Result<Vec<ExportId>>;

    /// Notes what is to be written. `link_secret` is kept where there is none yet.
    ///
    /// # Errors
    /// `RATE_LIMIT_EXCEEDED` where `most` have a file or will have one.
    fn create_export(
        &self,
        id: ExportId,
        filter: ExportFilter,
        most: u64,
        link_secret: [u8; 32],
    ) -> Result<Export>;

    /// False where there is no such export.
    fn delete_export(&self, id: ExportId) -> Result<bool>;

    /// False where it was deleted or is finished.
    fn begin_export(&self, id: ExportId) -> Result<bool>;

    /// False where it was deleted or is finished by another process.
    fn finish_export(&self, id: ExportId, written: Written, kept_until: Timestamp) -> Result<bool>;

    /// Forgets what expired before `before`.
    fn forget_exports(&self, before: Timestamp) -> Result<()>;

    /// What the filter takes of the next `looked_at` messages, and where it ended; no cursor where nothing can follow.
    fn exported(
        &self,
        filter: &ExportFilter,
        after: Option<Cursor>,
        looked_at: usize,
    ) -> Result<(Vec<ExportedMessage>, Option<Cursor>)>;

    /// What signs the links to files; none before the first export.
    fn link_secret(&self) -> Result<Option<[u8; 32]>>;
}
