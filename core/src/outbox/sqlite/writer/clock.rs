//! Noting a reading of the clocks.

use super::{AfterCommit, Job, WriteContext};
use crate::error::Error;
use crate::outbox::clock::Reading;
use crate::outbox::sqlite::clock;

/// The job that notes a reading.
pub(crate) struct NoteClocks(pub Reading);

impl Job for NoteClocks {
    fn apply(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<()> {
        clock::note(context.connection, &self.0, 0).map(drop)
    }

    fn finish(self: Box<Self>, _committed: std::result::Result<(), &Error>, _after: &mut AfterCommit<'_>) {}
}
