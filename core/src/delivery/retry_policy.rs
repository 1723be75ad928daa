//! What an answer means, and when a failed message is tried again (contract Part A: success, retried,
//! schedule, Retry-After). Arithmetic only.

use std::time::Duration;

use crate::model::attempt::RetryType;
use crate::model::retry_schedule::RetrySchedule;
use crate::model::timestamp::Timestamp;

/// The most that a `Retry-After` delays.
const RETRY_AFTER_CAP: Duration = Duration::from_secs(24 * 3600);
/// The most that jitter adds to a gap.
const JITTER: f64 = 0.1;

/// What an attempt came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outcome {
    /// A 2xx, whatever became of its body.
    Succeeded,
    /// A failure that may pass.
    Retry {
        /// Which list of the schedule it takes.
        kind: RetryType,
        /// What the receiver asked for.
        retry_after: Option<Duration>,
    },
    /// A failure that will not pass.
    Permanent {
        /// 410: the receiver wants nothing more.
        gone: bool,
    },
}

/// Judges an answer by its status; `None` is a network error or a timeout.
pub fn classify(status: Option<u16>, retry_after: Option<Duration>) -> Outcome {
    match status {
        Some(200..=299) => Outcome::Succeeded,
        Some(429) => Outcome::Retry { kind: RetryType::Fast, retry_after },
        Some(408 | 425) => Outcome::Retry { kind: RetryType::Slow, retry_after },
        Some(status @ 400..=499) => Outcome::Permanent { gone: status == 410 },
        _ => Outcome::Retry { kind: RetryType::Slow, retry_after },
    }
}

/// Reads a `Retry-After` header (RFC 9110, 10.2.3): seconds or a date, at most 24 hours; a date that has
/// passed by `now` is zero, anything else is nothing.
pub fn parse_retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        let seconds = value.parse().unwrap_or(u64::MAX);
        return Some(Duration::from_secs(seconds).min(RETRY_AFTER_CAP));
    }
    let date = Timestamp::from(httpdate::parse_http_date(value).ok()?);
    Some(date.since(now).min(RETRY_AFTER_CAP))
}

/// When an answer was given, by the clock of whoever gave it: a `Retry-After` with a date is by the same clock, and ours may
/// be wrong. Without a `Date` that can be read it is ours.
pub fn answered_at(date: Option<&str>, now: Timestamp) -> Timestamp {
    date.and_then(|date| httpdate::parse_http_date(date.trim()).ok()).map_or(now, Timestamp::from)
}

/// What all the `Retry-After` headers of an answer ask for: the longest of them, where they differ. One that several
/// hands have joined by commas counts as its parts.
pub fn retry_after<'a>(values: impl Iterator<Item = &'a str>, now: Timestamp) -> Option<Duration> {
    let parts = |value: &str| value.split(',').filter_map(|part| parse_retry_after(part, now)).max();
    values.filter_map(|value| parse_retry_after(value, now).or_else(|| parts(value))).max()
}

/// The schedule and the number of attempts that hold for a message.
#[derive(Clone, Copy, Debug)]
pub struct RetryPolicy<'a> {
    /// The gaps.
    pub schedule: &'a RetrySchedule,
    /// Attempts in all before the message is dead.
    pub max_attempts: u32,
}

/// What follows a failure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Next {
    /// Another attempt.
    RetryAt {
        /// When it is due.
        at: Timestamp,
        /// How long that is from now.
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
    fn answers_are_judged_as_the_contract_says() {
        for status in [200, 201, 204, 299] {
            assert_eq!(classify(Some(status), None), Outcome::Succeeded);
        }
        for status in [301, 302, 304, 408, 425, 500, 503, 599] {
            assert_eq!(
                classify(Some(status), None),
                Outcome::Retry { kind: RetryType::Slow, retry_after: None },
                "{status}"
            );
        }
        assert!(matches!(classify(Some(429), None), Outcome::Retry { kind: RetryType::Fast, .. }));
        assert!(matches!(classify(None, None), Outcome::Retry { kind: RetryType::Slow, .. }));
        for status in [400, 401, 403, 404, 422, 451] {
            assert_eq!(classify(Some(status), None), Outcome::Permanent { gone: false });
        }
        assert_eq!(classify(Some(410), None), Outcome::Permanent { gone: true });
    }

    #[test]
    fn retry_after_has_two_forms_and_a_cap() {
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(parse_retry_after("120", NOW), seconds(120));
        assert_eq!(parse_retry_after(" 0 ", NOW), seconds(0));
        assert_eq!(parse_retry_after("99999999999999999999999", NOW), seconds(86_400));
        let later = std::time::UNIX_EPOCH + Duration::from_millis(1_800_000_060_000);
        assert_eq!(parse_retry_after(&httpdate::fmt_http_date(later), NOW), seconds(60));
        assert_eq!(parse_retry_after("Thu, 01 Jan 1970 00:00:00 GMT", NOW), seconds(0));
        // By the receiver's clock, which is a day behind.
        let date = |seconds: u64| {
            httpdate::fmt_http_date(
                std::time::UNIX_EPOCH + Duration::from_secs(1_800_000_000 - 86_400 + seconds),
            )
        };
        let answered = answered_at(Some(&date(0)), NOW);
        assert_eq!(parse_retry_after(&date(90), answered), seconds(90));
        assert_eq!(answered_at(Some("yesterday"), NOW), NOW);
        assert_eq!(answered_at(None, NOW), NOW);
        for garbage in ["", "soon", "-1", "1.5", "1e3", "\u{661}"] {
            assert_eq!(parse_retry_after(garbage, NOW), None, "{garbage}");
        }
    }

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

        #[test]
        fn no_header_text_breaks_the_reader(text in ".*") {
            let read = parse_retry_after(&text, NOW);
            prop_assert!(read.is_none_or(|delay| delay <= RETRY_AFTER_CAP));
        }
    }
}
