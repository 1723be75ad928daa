//! Exports of the file.

use rusqlite::Connection;

use super::Store;
use crate::error::{Error, ErrorCode, Result};
use crate::model::export::{Export, ExportFilter};
use crate::model::ids::ExportId;
use crate::model::timestamp::Timestamp;
use crate::outbox::exports::{ExportedMessage, Exports, Written};
use crate::outbox::page::Cursor;
use crate::outbox::sqlite::exports;
use crate::outbox::sqlite::writer::edit::Edited;

impl Store {
    /// Changes an export where it is as it should be; whether it was.
    fn change_export(
        &self,
        change: impl Fn(&Connection) -> rusqlite::Result<bool> + Send + 'static,
    ) -> Result<bool> {
        // A group that is written again may find its own change.
        let mut changed = false;
        self.edit(move |context| {
            changed |= change(context.connection)?;
            Ok(Ok(Edited { answer: changed, notices: Vec::new() }))
        })
    }
}

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
        let now = Timestamp::now();
        self.edit(move |context| {
            if exports::kept(context.connection, &id, now)? >= most {
                let message = format!(
                    "there are {most} exports (`max_exports`): delete one, or wait until one expires"
                );
                return Ok(Err(Error::new(ErrorCode::RateLimitExceeded, message)));
            }
            exports::keep_secret(context.connection, &link_secret)?;
            exports::insert(context.connection, &id, &filter, now)?;
            let gone = || Error::new(ErrorCode::NotFound, "there is no such export");
            let answer = exports::find(context.connection, &id, now)?;
            Ok(answer.ok_or_else(gone).map(|answer| Edited { answer, notices: Vec::new() }))
        })
    }

    fn delete_export(&self, id: ExportId) -> Result<bool> {
        self.change_export(move |connection| exports::delete(connection, &id))
    }

    fn begin_export(&self, id: ExportId) -> Result<bool> {
        let now = Timestamp::now();
        self.change_export(move |connection| exports::begin(connection, &id, now))
    }

    fn finish_export(&self, id: ExportId, written: Written, kept_until: Timestamp) -> Result<bool> {
        let now = Timestamp::now();
        self.change_export(move |connection| exports::finish(connection, &id, &written, now, kept_until))
    }

    fn forget_exports(&self, before: Timestamp) -> Result<()> {
        self.change_export(move |connection| Ok(exports::forget(connection, before)? > 0)).map(drop)
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
