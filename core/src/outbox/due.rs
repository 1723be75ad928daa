//! What is due, as the loop that delivers reads it, and how what became of it is recorded.

use crate::error::Result;
use crate::model::endpoint::Endpoint;
use crate::model::signing_key::SigningSecret;
use crate::model::timestamp::Timestamp;
use crate::outbox::DueMessage;
use crate::outbox::clock::{Noted, Reading};
use crate::outbox::ended::EndedAttempt;
use crate::outbox::rows::{LaneKey, MessageKey, RowSet};

/// The lanes in which something waits, due or not, and what was noted of the clocks.
pub(crate) struct Overview {
    pub noted: Option<Noted>,
    pub waiting: Vec<LaneKey>,
}

/// An endpoint as deliveries need it.
pub(crate) struct StoredLane {
    pub endpoint: Endpoint,
    /// From the oldest on: the order in which they sign.
    pub secrets: Vec<SigningSecret>,
}

/// A lane that wants to read on.
pub(crate) struct Wanted {
    pub lane: LaneKey,
    /// At most so many messages, and about so many bytes.
    pub room: usize,
    pub bytes: usize,
    /// What is in memory already.
    pub known: RowSet<MessageKey>,
}

/// What a lane read on: retries whose time has come, then fresh messages in the order of their acceptance.
pub(crate) struct Refill {
    pub messages: Vec<DueMessage>,
    /// Whether further ones are due.
    pub more: bool,
    /// When the earliest one that is not due yet will be.
    pub next_due: Option<Timestamp>,
}

/// The outbox as the loop that delivers needs it.
pub(crate) trait Due: Send + Sync {
    fn overview(&self) -> Result<Overview>;

    /// Reads endpoints in the order of `lanes`, and tells `each` of one after the other: nothing where there is no such row.
    /// Where this fails, what was told before stands.
    fn lanes(&self, lanes: &[LaneKey], each: &mut dyn FnMut(LaneKey, Option<StoredLane>)) -> Result<()>;

    /// Reads what is due at `now` for lanes in the order of `wanted`, in one snapshot, and tells `each` of one after the
    /// other. Where this fails, what was told before stands.
    fn refill(&self, wanted: &[Wanted], now: Timestamp, each: &mut dyn FnMut(LaneKey, Refill)) -> Result<()>;

    /// Writes what became of an attempt. Nobody waits: the loop is told `Recorded` or `NotRecorded`.
    ///
    /// # Errors
    /// `CLOSED`; then the loop is told nothing.
    fn record(&self, ended: Box<EndedAttempt>) -> Result<()>;

    /// Has the outbox know of the clocks as they were read. Nobody waits for it.
    fn note_clocks(&self, reading: Reading);
}
