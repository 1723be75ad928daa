//! How long recent commits took. It decides whether a thread with other work commits a message itself.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The average from which commits count as lengthy.
const LENGTHY: Duration = Duration::from_millis(1);
/// How many commits the average covers, roughly.
const AVERAGED: u64 = 8;

/// The moving average of commit times, in microseconds.
#[derive(Default)]
pub(super) struct UsualTime(AtomicU64);

impl UsualTime {
    /// Adds a commit's time. Only the holder of the turn may call it.
    pub(super) fn note(&self, took: Duration) {
        let took = u64::try_from(took.as_micros()).unwrap_or(u64::MAX) / AVERAGED;
        let usual = self.0.load(Ordering::Relaxed);
        self.0.store(usual - usual / AVERAGED + took, Ordering::Relaxed);
    }

    pub(super) fn is_lengthy(&self) -> bool {
        u128::from(self.0.load(Ordering::Relaxed)) >= LENGTHY.as_micros()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_long_commit_is_no_habit_and_a_habit_can_be_given_up() {
        let usual = UsualTime::default();
        let note = |times, took| (0..times).for_each(|_| usual.note(took));
        note(100, Duration::from_micros(200));
        note(1, Duration::from_millis(5));
        assert!(!usual.is_lengthy());
        note(20, Duration::from_millis(5));
        assert!(usual.is_lengthy());
        note(30, Duration::from_micros(200));
        assert!(!usual.is_lengthy());
        note(1, Duration::MAX);
        assert!(usual.is_lengthy());
    }
}
