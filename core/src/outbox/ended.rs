//! An attempt that has ended, and the verdict on its message.

use std::sync::Arc;

use crate::model::attempt::{Attempt, RetryType};
use crate::model::event_record::OfEvent;
use crate::model::ids::{EndpointId, MessageId};
use crate::model::sent_headers::SentHeaders;
use crate::model::timestamp::Timestamp;
use crate::outbox::rows::{LaneKey, MessageKey};

/// The state that an attempt leads its message to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Verdict {
    Succeeded,
    RetryAt { at: Timestamp, kind: RetryType },
    Dead,
}

impl Verdict {
    /// The verdict in a word, and when the next attempt is due. For the log.
    pub(crate) fn said(&self) -> (&'static str, Option<Timestamp>) {
        match self {
            Self::Succeeded => ("succeeded", None),
            Self::RetryAt { at, .. } => ("retry", Some(*at)),
            Self::Dead => ("dead", None),
        }
    }
}

/// An attempt that has ended.
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
    /// The event that the message belongs to.
    pub event: Option<Arc<OfEvent>>,
    /// The message's ordering key.
    pub ordering_key: Option<Arc<str>>,
    /// Whether the payload is dropped once the message is delivered.
    pub drop_payload: bool,
    /// Whether the endpoint is paused, since the receiver is gone (410).
    pub pause_endpoint: bool,
}
