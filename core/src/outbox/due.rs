//! The delivery loop's side of an outbox: reading due messages, and recording the outcomes of attempts.

use std::time::Duration;

use crate::error::Result;
use crate::model::endpoint::Endpoint;
use crate::model::signing_key::SigningSecret;
use crate::model::timestamp::Timestamp;
use crate::outbox::DueMessage;
use crate::outbox::clock::{Noted, Reading};
use crate::outbox::ended::EndedAttempt;
use crate::outbox::rows::{LaneKey, MessageKey, RowSet};

/// The lanes in which messages wait, due or not, and the noted state of the clocks.
pub(crate) struct Overview {
    pub noted: Option<Noted>,
    pub waiting: Vec<LaneKey>,
}

/// A lane's endpoint.
pub(crate) struct StoredLane {
    pub endpoint: Endpoint,
    /// The signing secrets, oldest first: the order in which they sign.
    pub secrets: Vec<SigningSecret>,
}

/// How soon a lane that holds expired messages is looked at again, should they not be given up by then: the wall clock may be
/// set back, and they are due again.
pub(crate) const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// The request of a lane for further due messages.
pub(crate) struct Wanted {
    pub lane: LaneKey,
    /// The most messages, and about the most bytes, to read.
    pub room: usize,
    pub bytes: usize,
    /// The lane's messages that are in memory already.
    pub known: RowSet<MessageKey>,
}

/// The messages read for a lane: due retries first, then scheduled messages, then fresh ones in the order of acceptance. Those
/// that have expired are not among them.
pub(crate) struct Refill {
    pub messages: Vec<DueMessage>,
    /// Whether further messages are due.
    pub more: bool,
    /// When the earliest message that is not due yet becomes due.
    pub next_due: Option<Timestamp>,
}

/// An outbox, as the delivery loop needs it.
pub(crate) trait Due: Send + Sync {
    fn overview(&self) -> Result<Overview>;

    /// Reads the endpoints of `lanes`, in order, and calls `each` for every lane; `None` where there is no such row. If
    /// this fails, the calls made before stay valid.
    fn lanes(&self, lanes: &[LaneKey], each: &mut dyn FnMut(LaneKey, Option<StoredLane>)) -> Result<()>;

    /// Reads the messages due at `now`, and not expired at `wall` by the wall clock, for the requests, in order and in one snapshot, and calls `each` for every lane. If this
    /// fails, the calls made before stay valid.
    fn refill(
        &self,
        wanted: &[Wanted],
        now: Timestamp,
        wall: Timestamp,
        each: &mut dyn FnMut(LaneKey, Refill),
    ) -> Result<()>;

    /// Writes the outcome of an attempt, without waiting. The loop gets `Recorded` or `NotRecorded`.
    ///
    /// # Errors
    /// `CLOSED`. Then the loop gets nothing.
    fn record(&self, ended: Box<EndedAttempt>) -> Result<()>;

    /// Notes a reading of the clocks, without waiting.
    fn note_clocks(&self, reading: Reading);
}
