//! Waiting for another program's write lock. A job's wait counts from its arrival, or from when the lock was first found
//! taken, if that was later. It does not start again for a job behind a group that has waited.

use std::time::{Duration, Instant};

use super::queue::Queued;
use crate::outbox::sqlite::connection::BUSY_TIMEOUT;

/// A remaining wait that is not worth another try.
const TOO_SHORT: Duration = Duration::from_millis(50);

/// What is known of another program's write lock.
#[derive(Default)]
pub(super) struct ForeignLock {
    /// Since when the lock is taken; `None` where it was free at the last try.
    taken_since: Option<Instant>,
}

impl ForeignLock {
    /// How long `jobs` may wait for the lock together: until the first of them must be refused.
    pub(super) fn patience(&self, jobs: &[Queued]) -> Duration {
        let Some(taken_since) = self.taken_since else { return BUSY_TIMEOUT };
        let oldest = jobs.iter().map(|queued| queued.since).min().unwrap_or(taken_since);
        left(oldest.max(taken_since))
    }

    /// Call where the lock is still taken after a wait that began at `begun`.
    pub(super) fn is_taken(&mut self, begun: Instant) {
        self.taken_since.get_or_insert(begun);
    }

    /// Call where we got the lock.
    pub(super) fn is_free(&mut self) {
        self.taken_since = None;
    }

    /// Takes the jobs that may go on waiting out of `jobs`, and leaves those that have waited long enough.
    pub(super) fn waiting_on(&self, jobs: &mut Vec<Queued>) -> Vec<Queued> {
        let Some(taken_since) = self.taken_since else { return Vec::new() };
        let all = std::mem::take(jobs);
        let (waiting, over) =
            all.into_iter().partition(|queued| left(queued.since.max(taken_since)) > TOO_SHORT);
        *jobs = over;
        waiting
    }
}

fn left(since: Instant) -> Duration {
    BUSY_TIMEOUT.saturating_sub(since.elapsed())
}
