//! When a commit last succeeded.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// For how long a successful commit shows that the outbox can be written.
const RECENT: Duration = Duration::from_secs(1);

/// The time of the last commit, in milliseconds from `begun`; 0 where it failed or there was none.
pub(super) struct LastCommit {
    begun: Instant,
    at: AtomicU64,
}

impl Default for LastCommit {
    fn default() -> Self {
        Self { begun: Instant::now(), at: AtomicU64::new(0) }
    }
}

impl LastCommit {
    fn now(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX).max(1)
    }

    pub(super) fn succeeded(&self) {
        self.at.store(self.now(), Ordering::Relaxed);
    }

    pub(super) fn failed(&self) {
        self.at.store(0, Ordering::Relaxed);
    }

    pub(super) fn is_recent(&self) -> bool {
        let at = self.at.load(Ordering::Relaxed);
        at > 0 && self.now().saturating_sub(at) < RECENT.as_millis() as u64
    }
}
