//! The exports of the file.

use std::path::PathBuf;

use super::Store;
use crate::error::Result;
use crate::model::export::{Export, ExportFilter};
use crate::model::ids::ExportId;
use crate::model::timestamp::Timestamp;
use crate::outbox::export_bytes::{ExportBytes, ExportFile, ExportWriter};
use crate::outbox::exports::{ExportedMessage, Exports, Written};
use crate::outbox::page::Cursor;
use crate::outbox::sqlite::export_files::{self, PartFile};
use crate::outbox::sqlite::exports;
use crate::outbox::sqlite::writer::change::{ChangeExport, CreateExport, ExportChange, ForgetExports};

impl Exports for Store {
    fn export(&self, id: &ExportId) -> Result<Option<Export>> {
        self.file.read(|connection| exports::find(connection, id, Timestamp::now()))
    }

    fn exports(&self) -> Result<Vec<Export>> {
        self.file.read(|connection| exports::list(connection, Timestamp::now()))
    }

    fn unfinished_exports(&self) -> Result<Vec<ExportId>> {
        self.file.read(exports::unfinished)
    }

    fn create_export(
        &self,
        id: ExportId,
        filter: ExportFilter,
        most: u64,
        link_secret: [u8; 32],
    ) -> Result<Export> {
        self.change_one(CreateExport { id, filter, most, link_secret })
    }

    fn delete_export(&self, id: ExportId) -> Result<bool> {
        self.change_one(ChangeExport::new(id, ExportChange::Delete))
    }

    fn begin_export(&self, id: ExportId) -> Result<bool> {
        self.change_one(ChangeExport::new(id, ExportChange::Begin))
    }

    fn finish_export(&self, id: ExportId, written: Written, kept_until: Timestamp) -> Result<bool> {
        self.change_one(ChangeExport::new(id, ExportChange::Finish { written, kept_until }))
    }

    fn forget_exports(&self, before: Timestamp) -> Result<()> {
        self.change_one(ForgetExports(before))
    }

    fn exported(
        &self,
        filter: &ExportFilter,
        after: Option<Cursor>,
        looked_at: usize,
    ) -> Result<(Vec<ExportedMessage>, Option<Cursor>)> {
        self.file.read(|connection| {
            let after = match after {
                Some(Cursor(row)) => row,
                None => exports::first_row(connection, filter)?,
            };
            let (found, last) = exports::messages(connection, filter, after, looked_at)?;
            Ok((found, last.map(Cursor)))
        })
    }

    fn link_secret(&self) -> Result<Option<[u8; 32]>> {
        self.file.read(exports::secret)
    }
}

impl ExportBytes for Store {
    fn claim_export(&self, id: ExportId) -> Result<Option<Box<dyn ExportWriter>>> {
        let claimed = PartFile::claim(self.path(), id)?;
        Ok(claimed.map(|part| Box::new(part) as _))
    }

    fn open_export(&self, export: &Export) -> Result<ExportFile> {
        export_files::open(self.path(), export)
    }

    fn export_path(&self, id: &ExportId) -> Option<PathBuf> {
        Some(export_files::path(self.path(), id))
    }

    fn export_bytes(&self) -> Result<u64> {
        Ok(export_files::bytes_on_disk(self.path()))
    }

    fn drop_export_bytes(&self, id: &ExportId) -> Result<()> {
        let _ = std::fs::remove_file(export_files::path(self.path(), id));
        Ok(())
    }

    fn sweep_export_bytes(&self) -> Result<()> {
        export_files::sweep(self.path(), || {
            let now = Timestamp::now();
            let kept =
                self.exports()?.into_iter().filter(|export| export.expires_at.is_none_or(|at| at > now));
            Ok(kept.map(|export| export.id.to_string()).collect())
        })
    }
}
