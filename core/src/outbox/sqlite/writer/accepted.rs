//! Adding up accepted messages for the metrics, in small bites between other commits.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{AfterCommit, Job, WriteContext};
use crate::error::Error;
use crate::outbox::sqlite::metrics;

/// One bite.
pub(crate) struct CountAccepted {
    more: Arc<AtomicBool>,
}

impl CountAccepted {
    /// A bite, and the place where it tells whether there are more.
    pub(crate) fn new() -> (Self, Arc<AtomicBool>) {
        let more = Arc::default();
        (Self { more: Arc::clone(&more) }, more)
    }
}

impl Job for CountAccepted {
    fn apply(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<()> {
        self.more.store(metrics::count_accepted(context.connection)?, Ordering::Relaxed);
        Ok(())
    }

    fn finish(self: Box<Self>, _committed: std::result::Result<(), &Error>, _after: &mut AfterCommit<'_>) {}
}
