//! The bytes of exports.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use super::{Memory, lock};
use crate::error::Result;
use crate::model::export::{Export, ExportStatus};
use crate::model::ids::ExportId;
use crate::outbox::export_bytes::{ExportBytes, ExportFile, ExportWriter};
use crate::outbox::exports::Exports;

#[derive(Default)]
pub(super) struct Kept {
    whole: BTreeMap<ExportId, Vec<u8>>,
    /// Those that somebody writes.
    parts: BTreeMap<ExportId, Vec<u8>>,
}

/// The bytes of all exports, which every process of the outbox shares.
pub(super) type Files = Arc<Mutex<Kept>>;

struct Writer(Files, ExportId);

impl ExportWriter for Writer {
    fn write(&mut self, bytes: &[u8]) -> Result<bool> {
        lock(&self.0).parts.entry(self.1).or_default().extend_from_slice(bytes);
        Ok(true)
    }

    fn publish(&mut self) -> Result<Option<u64>> {
        let mut kept = lock(&self.0);
        let whole = kept.parts.remove(&self.1).unwrap_or_default();
        let length = whole.len() as u64;
        kept.whole.insert(self.1, whole);
        Ok(Some(length))
    }

    fn discard(&mut self) {
        lock(&self.0).parts.remove(&self.1);
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.discard();
    }
}

impl ExportBytes for Memory {
    fn claim_export(&self, id: ExportId) -> Result<Option<Box<dyn ExportWriter>>> {
        let files = self.shared.export_files.clone();
        let mut kept = lock(&files);
        if kept.parts.contains_key(&id) {
            return Ok(None);
        }
        kept.parts.insert(id, Vec::new());
        drop(kept);
        Ok(Some(Box::new(Writer(files, id))))
    }

    fn open_export(&self, export: &Export) -> Result<ExportFile> {
        let bytes = lock(&self.shared.export_files).whole.get(&export.id).cloned().unwrap_or_default();
        let length = bytes.len() as u64;
        Ok(ExportFile::new(Cursor::new(bytes), length))
    }

    fn export_path(&self, _id: &ExportId) -> Option<PathBuf> {
        None
    }

    fn export_bytes(&self) -> Result<u64> {
        let kept = lock(&self.shared.export_files);
        Ok(kept.whole.values().chain(kept.parts.values()).map(|bytes| bytes.len() as u64).sum())
    }

    fn drop_export_bytes(&self, id: &ExportId) -> Result<()> {
        lock(&self.shared.export_files).whole.remove(id);
        Ok(())
    }

    fn sweep_export_bytes(&self) -> Result<()> {
        let kept = self.exports()?;
        let has_file =
            |export: &&Export| !matches!(export.status, ExportStatus::Failed | ExportStatus::Expired);
        let ids: Vec<_> = kept.iter().filter(has_file).map(|export| export.id).collect();
        lock(&self.shared.export_files).whole.retain(|id, _| ids.contains(id));
        Ok(())
    }
}
