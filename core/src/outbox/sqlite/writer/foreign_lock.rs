//! Waiting for another program's write lock. Every job waits for it once: from when it came, or from when the lock was found
//! taken, and not again behind a group that waited before it.

use std::time::{Duration, Instant};

use super::queue::Queued;
use crate::outbox::sqlite::connection::BUSY_TIMEOUT;

/// What is left of a job's patience that is not worth another try.
const REST: Duration = Duration::from_millis(50);

/// What is known of the lock.
#[derive(Default)]
pub(super) struct ForeignLock {
    /// Since when nobody here got it, if so.
    taken_since: Option<Instant>,
}

impl ForeignLock {
    /// How long `jobs` may wait for the lock together: until the first of them has to be refused.
    pub(super) fn patience(&self, jobs: &[Queued]) -> Duration {
        let Some(taken_since) = self.taken_since else { return BUSY_TIMEOUT };
        let oldest = jobs.iter().map(|queued| queued.since).min().unwrap_or(taken_since);
        left(oldest.max(taken_since))
    }

    /// It was waited for since `begun`, and is still taken.
    pub(super) fn is_taken(&mut self, begun: Instant) {
        self.taken_since.get_or_insert(begun);
    }

    /// It was ours.
    pub(super) fn is_free(&mut self) {
        self.taken_since = None;
    }

    /// Takes those that may wait on out of `jobs`, and leaves those that have waited long enough.
    pub(super) fn waiting_on(&self, jobs: &mut Vec<Queued>) -> Vec<Queued> {
        let Some(taken_since) = self.taken_since else { return Vec::new() };
        let all = std::mem::take(jobs);
        let (waiting, over) = all.into_iter().partition(|queued| left(queued.since.max(taken_since)) > REST);
        *jobs = over;
        waiting
    }
}

fn left(since: Instant) -> Duration {
    BUSY_TIMEOUT.saturating_sub(since.elapsed())
}
