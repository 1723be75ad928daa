//! The time limit for making a connection, over all of its steps together.

use std::time::{Duration, Instant};

/// A time limit that remembers how long it was, for the error text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// When the limit is reached.
    pub deadline: Instant,
    length: Duration,
}

impl Patience {
    /// A limit from now on: `timeout` later or at `deadline`, whichever comes first.
    pub(super) fn new(timeout: Duration, deadline: Instant) -> Self {
        let now = Instant::now();
        let left = deadline.saturating_duration_since(now);
        if timeout <= left {
            return Self { deadline: now + timeout, length: timeout };
        }
        // The length is shown to people, so it is rounded to milliseconds.
        Self { deadline, length: Duration::from_millis((left.as_secs_f64() * 1000.0).round() as u64) }
    }

    /// The error text where the limit was reached; `missing` says what had not happened.
    pub(super) fn over(self, missing: &str) -> String {
        format!("no connection within {:?}: {missing}", self.length)
    }
}
