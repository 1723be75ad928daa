//! The receipt of a send.

use serde::{Deserialize, Serialize};

use crate::model::ids::{EndpointId, EventId, MessageId};
use crate::model::message::MessageStatus;

/// A message that was accepted: it is on disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "SendWebhookResponse"))]
pub struct SendReceipt {
    /// The id under which the message is delivered.
    pub message_id: MessageId,
    /// Always `queued`.
    #[cfg_attr(feature = "schema", schemars(with = "crate::model::schema::QueuedStatus"))]
    pub status: MessageStatus,
}

/// A message that an event made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SentMessage {
    /// The id under which it is delivered.
    pub message_id: MessageId,
    /// The endpoint it goes to.
    pub endpoint_id: EndpointId,
}

/// An event that was accepted: it is on disk with all its messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "SendEventResponse"))]
pub struct EventReceipt {
    /// The event's id, `evt_...`
    pub event_id: EventId,
    /// How many endpoints want it. 0 is no error: the event is kept, and can be replayed to an endpoint that comes later. Absent
    /// in a relay, whose server knows the endpoints.
    pub matched: Option<u64>,
    /// Its messages, one for each endpoint.
    pub messages: Vec<SentMessage>,
}
