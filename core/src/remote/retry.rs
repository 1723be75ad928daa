//! Whether and when a failed request is repeated.

use std::time::Duration;

use super::answer::ServerAnswer;
use crate::error::{Error, ErrorCode, Result};

const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// The result of sending a request once.
#[derive(Debug)]
pub(super) enum Try {
    /// There was no connection: the server has not got the request.
    NotSent(Error),
    /// The request was sent and no whole answer came: the server may have carried it out.
    NotAnswered(Error),
    /// A whole answer came, of any status.
    Answered(ServerAnswer),
}

impl Try {
    /// The pause before the next try; `None` where there must be none. `failures` counts the failed tries before this one.
    pub(super) fn pause(&self, repeatable: bool, failures: u32) -> Option<Duration> {
        let retry_after = match self {
            Try::NotSent(_) => None,
            Try::NotAnswered(_) if repeatable => None,
            Try::NotAnswered(_) => return None,
            Try::Answered(answer) => match answer.status.as_u16() {
                // Waiting does not change the number of replays.
                429 if answer.refused_with().as_deref() == Some(ErrorCode::ReplayLimitExceeded.name()) => {
                    return None;
                }
                // The server refused the request before it ran the operation.
                429 | 503 => answer.retry_after(),
                500..=599 if repeatable => answer.retry_after(),
                _ => return None,
            },
        };
        let backoff = FIRST_PAUSE.saturating_mul(1 << failures.min(16)).min(LONGEST_PAUSE);
        let jittered = backoff.mul_f64(0.5 + fastrand::f64() / 2.0);
        match retry_after {
            // A long wait is left to the caller, who gets the error with its `retry_after` at once.
            Some(wait) if wait > LONGEST_PAUSE => None,
            wait => Some(jittered.max(wait.unwrap_or_default())),
        }
    }

    /// The result for the caller, where the request is not repeated.
    pub(super) fn outcome(self) -> Result<ServerAnswer> {
        match self {
            Try::NotSent(error) | Try::NotAnswered(error) => Err(error),
            Try::Answered(answer) => Ok(answer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::client::AnswerHeaders;
    use bytes::Bytes;
    use http::StatusCode;

    fn answered(status: u16, retry_after: Option<&'static str>, body: &'static str) -> Try {
        let lines = retry_after.map(|text| ("retry-after", text.into()));
        let headers: AnswerHeaders = lines.into_iter().collect();
        let status = StatusCode::from_u16(status).unwrap();
        Try::Answered(ServerAnswer { status, headers, body: Bytes::from_static(body.as_bytes()) })
    }

    #[test]
    fn what_may_have_been_carried_out_is_repeated_only_where_that_is_harmless() {
        let broken = || Error::new(ErrorCode::NetworkError, "reset");
        assert!(Try::NotSent(broken()).pause(false, 0).is_some());
        assert!(Try::NotAnswered(broken()).pause(false, 0).is_none());
        assert!(Try::NotAnswered(broken()).pause(true, 0).is_some());
        assert!(answered(500, None, "").pause(false, 0).is_none());
        assert!(answered(500, None, "").pause(true, 0).is_some());
        assert!(answered(503, None, "").pause(false, 0).is_some());
        assert!(answered(404, None, "").pause(true, 0).is_none());
        let limit = r#"{"error":{"code":"REPLAY_LIMIT_EXCEEDED","message":""}}"#;
        assert!(answered(429, None, limit).pause(true, 0).is_none());
    }

    #[test]
    fn the_pause_grows_and_heeds_what_the_server_asks() {
        let pause = |failures| answered(503, None, "").pause(true, failures).unwrap();
        assert!(pause(0) <= FIRST_PAUSE && pause(0) >= FIRST_PAUSE / 2);
        assert!(pause(30) <= LONGEST_PAUSE && pause(30) >= LONGEST_PAUSE / 2);
        assert!(answered(429, Some("2"), "").pause(true, 0).unwrap() >= Duration::from_secs(2));
        assert!(answered(429, Some("3600"), "").pause(true, 0).is_none());
    }
}
