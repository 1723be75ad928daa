//! The outcome of an attempt (docs/contract.md#success-and-failure).

use std::time::Duration;

use crate::model::attempt::RetryType;

/// The outcome of an attempt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outcome {
    /// A 2xx, also where its body was cut off.
    Succeeded,
    /// A failure after which the message is tried again.
    Retry {
        /// The list of the retry schedule that gives the gap.
        kind: RetryType,
        /// The wait that the receiver asked for.
        retry_after: Option<Duration>,
    },
    /// A failure after which the message is given up.
    Permanent {
        /// Whether the status was 410: the receiver wants no more messages.
        gone: bool,
    },
}

/// The outcome that a status means; `None` is a network error or a timeout.
pub fn classify(status: Option<u16>, retry_after: Option<Duration>) -> Outcome {
    match status {
        Some(200..=299) => Outcome::Succeeded,
        Some(429) => Outcome::Retry { kind: RetryType::Fast, retry_after },
        Some(408 | 425) => Outcome::Retry { kind: RetryType::Slow, retry_after },
        Some(status @ 400..=499) => Outcome::Permanent { gone: status == 410 },
        _ => Outcome::Retry { kind: RetryType::Slow, retry_after },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
