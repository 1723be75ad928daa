//! Decides when a failed message is tried again (docs/contract.md#retry-schedule, docs/contract.md#retry-after). Arithmetic only.

use std::time::Duration;

use crate::model::attempt::RetryType;
use crate::model::retry_schedule::RetrySchedule;
use crate::model::timestamp::Timestamp;

/// The largest part of a gap that jitter adds to it.
const JITTER: f64 = 0.1;

/// The retry schedule and the number of attempts of a message.
#[derive(Clone, Copy, Debug)]
pub struct RetryPolicy<'a> {
    /// The gaps.
    pub schedule: &'a RetrySchedule,
    /// How many attempts are made before the message is dead.
    pub max_attempts: u32,
}

/// What follows a failure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Next {
    /// Another attempt.
    RetryAt {
        /// When it is due.
        at: Timestamp,
        /// How long until then.
        delay: Duration,
    },
    /// The dead letter queue.
    Dead,
}

impl RetryPolicy<'_> {
    /// What follows failure number `failure`, counted from 1 since the schedule began. `jitter` is 0 to 1.
    pub fn after_failure(
        &self,
        failure: u32,
        kind: RetryType,
        retry_after: Option<Duration>,
        now: Timestamp,
        jitter: f64,
    ) -> Next {
        if failure >= self.max_attempts {
            return Next::Dead;
        }
        let gap = match kind {
            RetryType::Fast => self.schedule.fast_gap(failure),
            RetryType::Slow => self.schedule.slow_gap(failure),
        };
        let jittered = gap.mul_f64(1.0 + JITTER * jitter.clamp(0.0, 1.0));
        let delay = jittered.max(retry_after.unwrap_or_default());
        Next::RetryAt { at: now.plus(delay), delay }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    #[test]
    fn the_schedule_is_walked_and_ends_after_eight_attempts() {
        let schedule = RetrySchedule::hookbridge();
        let policy = RetryPolicy { schedule: &schedule, max_attempts: 8 };
        let delay = |failure, kind| match policy.after_failure(failure, kind, None, NOW, 0.0) {
            Next::RetryAt { delay, .. } => Some(delay.as_secs()),
            Next::Dead => None,
        };
        let slow: Vec<_> = (1..=8).map(|failure| delay(failure, RetryType::Slow)).collect();
        let hours = |hours: u64| Some(hours * 3600);
        assert_eq!(slow, [Some(1800), hours(2), hours(6), hours(12), hours(24), hours(48), hours(72), None]);
        let fast: Vec<_> = (1..=8).map(|failure| delay(failure, RetryType::Fast)).collect();
        let expected = [Some(30), Some(60), Some(120), Some(240), Some(300), Some(300), Some(300), None];
        assert_eq!(fast, expected);
    }

    proptest! {
        #[test]
        fn a_delay_lies_between_the_gap_and_a_tenth_more_and_never_before_retry_after(
            failure in 1u32..8, fast: bool, asked in proptest::option::of(0u64..100_000), jitter in 0.0f64..=1.0,
        ) {
            let schedule = RetrySchedule::hookbridge();
            let policy = RetryPolicy { schedule: &schedule, max_attempts: 8 };
            let kind = if fast { RetryType::Fast } else { RetryType::Slow };
            let gap = if fast { schedule.fast_gap(failure) } else { schedule.slow_gap(failure) };
            let asked = asked.map(Duration::from_secs);
            let Next::RetryAt { at, delay } = policy.after_failure(failure, kind, asked, NOW, jitter) else {
                return Err(TestCaseError::fail("dead too early"));
            };
            prop_assert!(delay >= gap && delay >= asked.unwrap_or_default());
            prop_assert!(delay <= gap.mul_f64(1.1001).max(asked.unwrap_or_default()));
            prop_assert_eq!(at, NOW.plus(delay));
        }
    }
}
