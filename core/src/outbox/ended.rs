//! An attempt that ended, and what becomes of its message.

use crate::model::attempt::{Attempt, RetryType};
use crate::model::ids::{EndpointId, MessageId};
use crate::model::sent_headers::SentHeaders;
use crate::model::timestamp::Timestamp;
use crate::outbox::rows::{LaneKey, MessageKey};

/// What becomes of the message.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Verdict {
    Succeeded,
    RetryAt { at: Timestamp, kind: RetryType },
    Dead,
}

/// An attempt that ended.
#[derive(Clone, Debug)]
pub(crate) struct EndedAttempt {
    pub message: MessageKey,
    pub lane: LaneKey,
    pub message_id: MessageId,
    pub endpoint_id: Option<EndpointId>,
    /// The message's epoch when the attempt began.
    pub epoch: i64,
    pub attempt: Attempt,
    pub sent: SentHeaders,
    pub verdict: Verdict,
    /// The message's payload is to be dropped once it is delivered.
    pub drop_payload: bool,
    /// The receiver is gone (410): its endpoint is paused.
    pub pause_endpoint: bool,
}
