//! The bytes of exports. Each store has a place of its own for them: files beside an outbox file, rows in a database.

use std::io::{self, Read};
use std::path::PathBuf;

use crate::error::Result;
use crate::model::export::Export;
use crate::model::ids::ExportId;

/// The bytes of a completed export, from their beginning. They are read piece by piece.
pub struct ExportFile {
    bytes: Box<dyn Read + Send>,
    length: u64,
}

impl ExportFile {
    pub(in crate::outbox) fn new(bytes: impl Read + Send + 'static, length: u64) -> Self {
        Self { bytes: Box::new(bytes), length }
    }

    /// How many bytes it has.
    pub fn length(&self) -> u64 {
        self.length
    }
}

impl std::fmt::Debug for ExportFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ExportFile").field("length", &self.length).finish_non_exhaustive()
    }
}

impl Read for ExportFile {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.bytes.read(into)
    }
}

/// The right to write an export, which no other process has meanwhile. Dropping it gives it back.
pub(crate) trait ExportWriter {
    /// Adds bytes. False where the right was lost: another process writes the export now, or it was deleted.
    fn write(&mut self, bytes: &[u8]) -> Result<bool>;

    /// Makes what was written last, and returns its size. `None` where the right was lost.
    fn publish(&mut self) -> Result<Option<u64>>;

    /// Drops what was written.
    fn discard(&mut self);
}

/// Where the bytes of an outbox's exports are.
pub(crate) trait ExportBytes: Send + Sync {
    /// Takes the right to write an export, and drops what another process had written of it. `None` where another process has
    /// the right.
    fn claim_export(&self, id: ExportId) -> Result<Option<Box<dyn ExportWriter>>>;

    /// Opens a completed export.
    fn open_export(&self, export: &Export) -> Result<ExportFile>;

    /// The file of a completed export. `None` where its bytes are in no file.
    fn export_path(&self, id: &ExportId) -> Option<PathBuf>;

    /// How many bytes all exports have.
    fn export_bytes(&self) -> Result<u64>;

    /// Drops the bytes of an export that was deleted.
    fn drop_export_bytes(&self, id: &ExportId) -> Result<()>;

    /// Drops the bytes of all exports that have expired, have failed or were deleted.
    fn sweep_export_bytes(&self) -> Result<()>;
}
