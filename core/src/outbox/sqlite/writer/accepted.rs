//! Adding up accepted messages for the metrics, in small bites that ride along with other writes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{AfterCommit, Job, WriteContext};
use crate::error::Error;
use crate::outbox::sqlite::metrics;

/// What became of the last bite.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// It is still on its way to the disk.
    pub under_way: AtomicBool,
    /// It left some.
    pub more: AtomicBool,
}

/// One bite.
pub(crate) struct CountAccepted(Arc<Progress>);

impl CountAccepted {
    /// The next bite, which tells `progress`.
    pub(crate) fn new(progress: &Arc<Progress>) -> Self {
        progress.under_way.store(true, Ordering::Relaxed);
        Self(Arc::clone(progress))
    }
}

impl Job for CountAccepted {
    fn apply(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<()> {
        self.0.more.store(metrics::count_accepted(context.connection)?, Ordering::Relaxed);
        Ok(())
    }

    fn finish(self: Box<Self>, _committed: std::result::Result<(), &Error>, _after: &mut AfterCommit<'_>) {
        self.0.under_way.store(false, Ordering::Relaxed);
    }

    fn is_patient(&self) -> bool {
        true
    }
}
