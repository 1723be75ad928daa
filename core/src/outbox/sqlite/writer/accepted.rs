//! Counting accepted messages for the metrics, in small bites that ride along with other writes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{AfterCommit, Job, WriteContext};
use crate::error::Error;
use crate::outbox::sqlite::metrics;

/// The state of the last bite.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// Whether the bite is still being written.
    pub under_way: AtomicBool,
    /// Whether it left messages uncounted.
    pub more: AtomicBool,
}

/// The job of one bite.
pub(crate) struct CountAccepted {
    progress: Arc<Progress>,
    /// Whether the bite left messages uncounted.
    left_some: bool,
}

impl CountAccepted {
    /// The next bite. It reports to `progress`.
    pub(crate) fn new(progress: &Arc<Progress>) -> Self {
        progress.under_way.store(true, Ordering::Relaxed);
        Self { progress: Arc::clone(progress), left_some: false }
    }
}

impl Job for CountAccepted {
    fn apply(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<()> {
        self.left_some = metrics::count_accepted(context.connection)?;
        Ok(())
    }

    fn finish(self: Box<Self>, committed: std::result::Result<(), &Error>, _after: &mut AfterCommit<'_>) {
        self.progress.more.store(committed.is_ok() && self.left_some, Ordering::Relaxed);
        self.progress.under_way.store(false, Ordering::Relaxed);
    }

    fn is_patient(&self) -> bool {
        true
    }
}
