//! Noting that the wall clock was set.

use super::{AfterCommit, Job, WriteContext};
use crate::error::Error;
use crate::outbox::clock::Reading;
use crate::outbox::sqlite::clock;

/// Has the file know of the clocks as they are now.
pub(crate) struct NoteClocks;

impl Job for NoteClocks {
    fn apply(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<()> {
        match Reading::take() {
            Some(now) => clock::note(context.connection, &now, 0).map(drop),
            None => Ok(()),
        }
    }

    fn finish(self: Box<Self>, _committed: std::result::Result<(), &Error>, _after: &mut AfterCommit<'_>) {}
}
