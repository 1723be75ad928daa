//! When a message that waits is due, as every store keeps it: in one number that also tells why it waits, so that one index
//! serves all.
//!
//! 0 is a fresh message, which is due at once. Above 0 it is the moment of a retry. Below 0 it is the negative of the moment
//! that the producer has scheduled. So a message is due where the number lies between the negative of now and now.

use crate::model::timestamp::Timestamp;

/// A fresh message.
pub(crate) const AT_ONCE: i64 = 0;

/// A retry at a moment of due time.
pub(crate) fn retry(at: Timestamp) -> i64 {
    at.as_millis().max(1)
}

/// A message that is scheduled for a moment of due time.
pub(crate) fn scheduled(at: Timestamp) -> i64 {
    -at.as_millis().max(1)
}

/// The moment of due time; none for a fresh message.
pub(crate) fn moment(due_at: i64) -> Option<Timestamp> {
    (due_at != AT_ONCE).then(|| Timestamp::from_millis(due_at.saturating_abs()))
}

/// Whether it is due at `now`, a moment of due time.
#[cfg(test)]
pub(crate) fn is_due(due_at: i64, now: i64) -> bool {
    due_at.saturating_abs() <= now
}

/// Whether the message has been tried before: such a one is let through by an open breaker.
pub(crate) fn is_retry(due_at: i64) -> bool {
    due_at > AT_ONCE
}
