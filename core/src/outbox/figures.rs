//! The figures of an outbox: how many messages are in which state, and what happened over time.

use crate::error::Result;
use crate::model::ids::EndpointId;
use crate::model::timestamp::Timestamp;
use crate::outbox::ended::{EndedAttempt, Verdict};
use crate::outbox::rows::LaneKey;

/// The width of a bucket, in milliseconds.
pub(crate) const MINUTE: i64 = 60_000;
pub(crate) const HOUR: i64 = 60 * MINUTE;
/// A quarter of a day.
pub(crate) const QUARTER: i64 = 6 * HOUR;
pub(crate) const DAY: i64 = 24 * HOUR;

/// How many messages are in which state.
pub(crate) struct Counts {
    pub queued: u64,
    pub waiting_for_retry: u64,
    pub dead: u64,
    /// When the oldest due message was accepted.
    pub oldest_due: Option<Timestamp>,
}

/// What happened to an endpoint's messages in a span of time. Everything counts when it is committed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counters {
    /// Messages accepted. A replay, and a send that an idempotency key answered, accept none.
    pub total: u64,
    /// Successful deliveries recorded; a message that is replayed may have several.
    pub succeeded: u64,
    /// Messages given up after an attempt. Those that were cancelled, deleted or ran out of retention are not counted.
    pub failed: u64,
    /// Attempts that failed and will be followed by another.
    pub retries: u64,
    /// Attempts that got an answer, of any status.
    pub answers: u64,
    /// The time of those attempts together, in milliseconds.
    pub latency_ms: u64,
}

impl Counters {
    /// The mean time of the attempts that got an answer, rounded down; 0 where none did.
    pub(crate) fn avg_latency_ms(&self) -> u64 {
        self.latency_ms.checked_div(self.answers).unwrap_or(0)
    }

    /// Counts an attempt that has ended. `overtaken`: an operation changed the message while it ran.
    pub(crate) fn count(&mut self, ended: &EndedAttempt, overtaken: bool) {
        match ended.verdict {
            Verdict::Succeeded => self.succeeded += 1,
            // The operation decided the message's state.
            _ if overtaken => {}
            Verdict::RetryAt { .. } => self.retries += 1,
            Verdict::Dead => self.failed += 1,
        }
        if let (Some(_), Some(latency)) = (ended.attempt.response_status, ended.attempt.response_latency_ms) {
            self.answers += 1;
            self.latency_ms += u64::from(latency);
        }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.total += other.total;
        self.succeeded += other.succeeded;
        self.failed += other.failed;
        self.retries += other.retries;
        self.answers += other.answers;
        self.latency_ms += other.latency_ms;
    }
}

/// How the messages of an endpoint stand, and how it has answered.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct EndpointFigures {
    pub lane: LaneKey,
    pub queued: u64,
    pub waiting_for_retry: u64,
    pub dead: u64,
    /// When the newest bucket of the metrics with a success begins, and the newest with a failure.
    pub last_success: Option<Timestamp>,
    pub last_failure: Option<Timestamp>,
    /// What happened in each bucket, without `total`.
    pub buckets: Vec<Counters>,
}

/// Consecutive spans of time of equal width.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Buckets {
    /// When the first span begins, in milliseconds.
    pub from: i64,
    pub width: i64,
    pub count: usize,
}

/// The beginning of the bucket of `width` that `millis` lies in.
pub(crate) fn floor(millis: i64, width: i64) -> i64 {
    millis - millis.rem_euclid(width)
}

/// The figures of an outbox.
pub(crate) trait Figures: Send + Sync {
    fn counts(&self, now: Timestamp) -> Result<Counts>;

    /// What happened in each bucket, to the messages of one endpoint or of all. Read in one snapshot.
    ///
    /// # Errors
    /// `ENDPOINT_NOT_FOUND`, also for a deleted endpoint.
    fn counters(&self, buckets: Buckets, endpoint: Option<&EndpointId>) -> Result<Vec<Counters>>;

    /// The figures of each endpoint, in order, read in one snapshot; `None` for one that is unknown or deleted.
    fn endpoint_figures(&self, ids: &[EndpointId], buckets: Buckets) -> Result<Vec<Option<EndpointFigures>>>;

    /// Whether any message is due, whichever process delivers it.
    fn anything_due(&self, now: Timestamp) -> Result<bool>;

    /// The size of the outbox on disk, in bytes.
    fn bytes_on_disk(&self) -> u64;
}
