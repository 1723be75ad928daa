//! When a message that waits is due, as every store keeps it: in one number that also tells why it waits, so that one index
//! serves all.
//!
//! 0 is a fresh message, which is due at once. Above 0 it is the moment of a retry. Below 0 it is the moment that the producer
//! has scheduled, less [`BEFORE_ALL`]. Each kind is in the order of its moments, and those of one moment in the order of
//! acceptance.

use crate::model::timestamp::Timestamp;

/// In milliseconds: more than any moment, so that what is scheduled stays below 0.
pub(crate) const BEFORE_ALL: i64 = 1_000_000_000_000_000;

/// A fresh message.
pub(crate) const AT_ONCE: i64 = 0;

/// A retry at a moment of due time.
pub(crate) fn retry(at: Timestamp) -> i64 {
    at.as_millis().max(1)
}

/// A message that is scheduled for a moment of due time.
pub(crate) fn scheduled(at: Timestamp) -> i64 {
    at.as_millis().clamp(1, BEFORE_ALL - 1) - BEFORE_ALL
}

/// The moment of due time; none for a fresh message.
pub(crate) fn moment(due_at: i64) -> Option<Timestamp> {
    let millis = if due_at < AT_ONCE { due_at.saturating_add(BEFORE_ALL) } else { due_at };
    (due_at != AT_ONCE).then(|| Timestamp::from_millis(millis))
}

/// Whether it is due at `now`, a moment of due time.
#[cfg(test)]
pub(crate) fn is_due(due_at: i64, now: i64) -> bool {
    moment(due_at).is_none_or(|at| at.as_millis() <= now)
}

/// Whether the message has been tried before: such a one is let through by an open breaker.
pub(crate) fn is_retry(due_at: i64) -> bool {
    due_at > AT_ONCE
}
