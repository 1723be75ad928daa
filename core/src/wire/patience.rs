//! How long a connection may take, in all its steps together.

use std::time::{Duration, Instant};

#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// When it is over.
    pub deadline: Instant,
    length: Duration,
}

impl Patience {
    /// Begins now and ends after `timeout` or with `deadline`, whichever comes first.
    pub(super) fn new(timeout: Duration, deadline: Instant) -> Self {
        let now = Instant::now();
        let left = deadline.saturating_duration_since(now);
        if timeout <= left {
            return Self { deadline: now + timeout, length: timeout };
        }
        // Said to people: the nanoseconds that have gone by do not matter to them.
        Self { deadline, length: Duration::from_millis((left.as_secs_f64() * 1000.0).round() as u64) }
    }

    /// What is said where it is over, with what was missing then.
    pub(super) fn over(self, missing: &str) -> String {
        format!("no connection within {:?}: {missing}", self.length)
    }
}
