//! What a host may want to be told while messages are delivered.

use serde::{Deserialize, Serialize};

use crate::model::ids::{EndpointId, MessageId};
use crate::model::timestamp::Timestamp;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// A receiver answered 2xx, and that is on disk.
    MessageDelivered,
    /// An attempt failed and another will follow.
    AttemptFailed,
    /// The message was given up: it is in the dead letter queue.
    MessageDead,
    /// This process should deliver and cannot, for the reason in `error_text`; it goes on trying. Of no message.
    NotDelivering,
}

impl EventKind {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::MessageDelivered => "message_delivered",
            Self::AttemptFailed => "attempt_failed",
            Self::MessageDead => "message_dead",
            Self::NotDelivering => "not_delivering",
        }
    }
}

/// One thing that happened in the process that delivers, or should. What became of a message is told after it was recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// What happened.
    pub kind: EventKind,
    /// The message, where it is about one, as the next two.
    pub message_id: Option<MessageId>,
    /// Its endpoint.
    pub endpoint_id: Option<EndpointId>,
    /// Which attempt it was, from 1.
    pub attempt_no: Option<u32>,
    /// The receiver's status, where one came.
    pub response_status: Option<u16>,
    /// What went wrong, where something did.
    pub error_text: Option<String>,
    /// When the next attempt is due, where one follows.
    pub next_attempt_at: Option<Timestamp>,
    /// When it happened.
    pub occurred_at: Timestamp,
}

impl Event {
    /// This process should deliver and cannot.
    pub(crate) fn not_delivering(why: &str) -> Self {
        Self {
            kind: EventKind::NotDelivering,
            message_id: None,
            endpoint_id: None,
            attempt_no: None,
            response_status: None,
            error_text: Some(why.to_owned()),
            next_attempt_at: None,
            occurred_at: Timestamp::now(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_named_as_it_is_written() {
        for kind in [
            EventKind::MessageDelivered,
            EventKind::AttemptFailed,
            EventKind::MessageDead,
            EventKind::NotDelivering,
        ] {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
    }
}
