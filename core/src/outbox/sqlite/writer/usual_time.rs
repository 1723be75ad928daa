//! How long commits take lately: whether a thread that has other things to do had better wait for one or not.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// From how long on they are lengthy.
const LENGTHY: Duration = Duration::from_millis(1);
/// Over how many the average reaches back, more or less.
const AVERAGED: u64 = 8;

/// The average of the last commits, in microseconds.
#[derive(Default)]
pub(super) struct UsualTime(AtomicU64);

impl UsualTime {
    /// A commit took so long. Only whoever has the turn may say so.
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
