//! Events: what a host can be told while messages are delivered.

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorCode, Result};
use crate::model::event_type::EventType;
use crate::model::ids::{EndpointId, MessageId};
use crate::model::timestamp::Timestamp;

/// The kind of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(transform = crate::model::schema::words))]
pub enum EventKind {
    /// A receiver answered 2xx, and the success is on disk.
    MessageDelivered,
    /// An attempt failed and another will follow.
    AttemptFailed,
    /// The message was given up: it is in the dead letter queue.
    MessageDead,
    /// This process should deliver and cannot, for the reason in `error_text`. It goes on trying. The event is about no message.
    NotDelivering,
    /// A message is on disk. Only whoever watches an outbox is told.
    MessageAccepted,
    /// An attempt has begun. Only whoever watches an outbox is told, and not of attempts that end at once.
    AttemptStarted,
    /// An endpoint, a signing key or an API key was made, changed or deleted. Only whoever watches an outbox is told.
    EndpointChanged,
}

impl EventKind {
    /// The kind as it stands in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::MessageDelivered => "message_delivered",
            Self::AttemptFailed => "attempt_failed",
            Self::MessageDead => "message_dead",
            Self::NotDelivering => "not_delivering",
            Self::MessageAccepted => "message_accepted",
            Self::AttemptStarted => "attempt_started",
            Self::EndpointChanged => "endpoint_changed",
        }
    }
}

/// Something that happened in the process that delivers, or should deliver. An event about a message is sent after its
/// outcome was recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Event {
    /// The kind of event.
    pub kind: EventKind,
    /// The message; absent where the event is about none, as are the next three fields.
    pub message_id: Option<MessageId>,
    /// Its endpoint.
    pub endpoint_id: Option<EndpointId>,
    /// The type of the event that the message belongs to; absent for a message that was sent to one endpoint.
    pub event_type: Option<EventType>,
    /// Which attempt it was, from 1.
    pub attempt_no: Option<u32>,
    /// The receiver's status; absent where no answer came.
    pub response_status: Option<u16>,
    /// What went wrong; absent where nothing did.
    pub error_text: Option<String>,
    /// When the next attempt is due; absent where none follows.
    pub next_attempt_at: Option<Timestamp>,
    /// When it happened.
    pub occurred_at: Timestamp,
}

impl Event {
    /// The event as JSON, for bindings.
    ///
    /// # Errors
    /// `INTERNAL_ERROR`, which does not happen.
    pub fn to_json(&self) -> Result<String> {
        serde_json::to_string(self)
            .map_err(|cause| Error::new(ErrorCode::Internal, format!("an event cannot be written: {cause}")))
    }

    /// The event that this process should deliver and cannot.
    pub(crate) fn not_delivering(why: &str) -> Self {
        Self {
            kind: EventKind::NotDelivering,
            message_id: None,
            endpoint_id: None,
            event_type: None,
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
            EventKind::MessageAccepted,
            EventKind::AttemptStarted,
            EventKind::EndpointChanged,
        ] {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
    }
}
