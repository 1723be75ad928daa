//! Creating exports, and changing their state.

use super::{Applied, Step};
use crate::error::{Error, ErrorCode, Result};
use crate::model::export::{Export, ExportFilter};
use crate::model::ids::ExportId;
use crate::model::timestamp::Timestamp;
use crate::outbox::exports::{Written, check_room};
use crate::outbox::sqlite::exports;
use crate::outbox::sqlite::writer::WriteContext;

/// Creates the row of an export.
pub(in crate::outbox::sqlite) struct CreateExport {
    pub id: ExportId,
    pub filter: ExportFilter,
    pub most: u64,
    pub link_secret: [u8; 32],
}

impl Step for CreateExport {
    type Answer = Export;

    fn run(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<Result<Applied<Export>>> {
        let (connection, now, most) = (context.connection, context.now, self.most);
        if let Err(refused) = check_room(exports::kept(connection, &self.id, now)?, most) {
            return Ok(Err(refused));
        }
        exports::keep_secret(connection, &self.link_secret)?;
        exports::insert(connection, &self.id, &self.filter, now)?;
        let made = exports::find(connection, &self.id, now)?;
        let missing = || Error::new(ErrorCode::NotFound, "there is no such export");
        Ok(made.ok_or_else(missing).map(|answer| Applied { answer, edited: None, notices: Vec::new() }))
    }

    fn holds(&self, context: &WriteContext<'_>) -> rusqlite::Result<bool> {
        Ok(exports::find(context.connection, &self.id, Timestamp::now())?.is_some())
    }
}

pub(in crate::outbox::sqlite) enum ExportChange {
    Delete,
    Begin,
    Finish { written: Written, kept_until: Timestamp },
}

/// Changes an export, if its state allows the change. Answers whether it did.
pub(in crate::outbox::sqlite) struct ChangeExport {
    id: ExportId,
    change: ExportChange,
    changed: bool,
}

impl ChangeExport {
    pub(in crate::outbox::sqlite) fn new(id: ExportId, change: ExportChange) -> Self {
        Self { id, change, changed: false }
    }
}

impl Step for ChangeExport {
    type Answer = bool;

    fn run(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<Result<Applied<bool>>> {
        let (connection, now) = (context.connection, context.now);
        self.changed = match &self.change {
            ExportChange::Delete => exports::delete(connection, &self.id)?,
            ExportChange::Begin => exports::begin(connection, &self.id, now)?,
            ExportChange::Finish { written, kept_until } => {
                exports::finish(connection, &self.id, written, now, *kept_until)?
            }
        };
        Ok(Ok(Applied { answer: self.changed, edited: None, notices: Vec::new() }))
    }

    fn holds(&self, context: &WriteContext<'_>) -> rusqlite::Result<bool> {
        if !self.changed {
            return Ok(false);
        }
        let found = exports::find(context.connection, &self.id, Timestamp::now())?;
        Ok(found.is_none_or(|export| match self.change {
            ExportChange::Delete => false,
            ExportChange::Begin => export.started_at.is_some(),
            ExportChange::Finish { .. } => export.completed_at.is_some(),
        }))
    }
}

/// Drops the rows of exports that expired before this time.
pub(in crate::outbox::sqlite) struct ForgetExports(pub Timestamp);

impl Step for ForgetExports {
    type Answer = ();

    fn run(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<Result<Applied<()>>> {
        exports::forget(context.connection, self.0)?;
        Ok(Ok(Applied { answer: (), edited: None, notices: Vec::new() }))
    }

    fn holds(&self, _context: &WriteContext<'_>) -> rusqlite::Result<bool> {
        Ok(false)
    }
}
