//! A write that finds out whether the outbox can be written.

use super::{Applied, Step};
use crate::error::Result;
use crate::outbox::sqlite::writer::WriteContext;

/// Writes a row: an empty transaction would write nothing to the disk.
const NOTE: &str = "INSERT INTO hookbridge_state VALUES ('writable_at', ?1)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value";

pub(in crate::outbox::sqlite) struct Note;

impl Step for Note {
    type Answer = ();

    fn run(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<Result<Applied<()>>> {
        let now = context.now.as_millis();
        context.connection.prepare_cached(NOTE)?.execute([now])?;
        Ok(Ok(Applied { answer: (), edited: None, notices: Vec::new() }))
    }

    fn holds(&self, _context: &WriteContext<'_>) -> rusqlite::Result<bool> {
        Ok(false)
    }
}
